"""The analyst's quarter hour: a new user task and a changed text by files alone, while the service keeps running."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from lxml import etree

from engine.partners import http as gateway
from engine.partners.inbox import Inbox
from engine.partners.simulation import Simulation
from engine.runtime import user_tasks
from tests.runtime.story import LEE, Story, open_world
from tests.web.world import Visitor, words
from web import create_app

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
FORM = {
    "type": "default",
    "id": "iptv_address",
    "components": [
        {"type": "text", "text": "{{subscription.road_address}}"},
        {
            "type": "checkbox",
            "key": "address_checked",
            "label": "주소가 맞아요",
            "properties": {"label.en": "The address is right"},
            "validate": {"required": True},
        },
    ],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The analyst's copy of the app."""
    for top in ("processes", "forms"):
        shutil.copytree(Path(top) / "iptv", tmp_path / top / "iptv")
    return tmp_path


@pytest.fixture
def story(folder: Path) -> Iterator[Story]:
    """The running service, whose apps folder is the analyst's."""
    baton = open_world(folder / "data")
    yield Story(baton)
    baton.database.close()


def insert_task(folder: Path, form: str = "iptv_address") -> None:
    """What the analyst draws: 주소 확인 on the flow from RECEIVED to assigning, with shape and edge, and its form."""
    file = folder / "processes/iptv/subscription.bpmn"
    tree = etree.parse(file)
    flow = next(each for each in tree.iter(f"{{{BPMN}}}sequenceFlow") if each.get("sourceRef") == "Ms_Received")
    target = next(each for each in tree.iter() if each.get("id") == flow.get("targetRef"))
    task = etree.SubElement(flow.getparent(), f"{{{BPMN}}}userTask", id="UT_CheckAddress", name="주소 확인")
    extension = etree.SubElement(task, f"{{{BPMN}}}extensionElements")
    etree.SubElement(extension, f"{{{ZEEBE}}}formDefinition", formId=form)
    etree.SubElement(extension, f"{{{ZEEBE}}}assignmentDefinition", candidateGroups="cs_agent")
    properties = etree.SubElement(extension, f"{{{ZEEBE}}}properties")
    etree.SubElement(properties, f"{{{ZEEBE}}}property", name="baton:label.en", value="Check the address")
    etree.SubElement(task, f"{{{BPMN}}}incoming").text = flow.get("id")
    etree.SubElement(task, f"{{{BPMN}}}outgoing").text = "Flow_CheckAddress"
    for incoming in target.findall(f"{{{BPMN}}}incoming"):
        if incoming.text == flow.get("id"):
            incoming.text = "Flow_CheckAddress"
    etree.SubElement(
        flow.getparent(), f"{{{BPMN}}}sequenceFlow", id="Flow_CheckAddress", sourceRef="UT_CheckAddress", targetRef=str(target.get("id"))
    )
    flow.set("targetRef", "UT_CheckAddress")
    plane = next(tree.iter(f"{{{BPMNDI}}}BPMNPlane"))
    shape = etree.SubElement(plane, f"{{{BPMNDI}}}BPMNShape", id="UT_CheckAddress_di", bpmnElement="UT_CheckAddress")
    etree.SubElement(shape, f"{{{DC}}}Bounds", x="1200", y="1500", width="100", height="80")
    edge = etree.SubElement(plane, f"{{{BPMNDI}}}BPMNEdge", id="Flow_CheckAddress_di", bpmnElement="Flow_CheckAddress")
    for x, y in (("1300", "1540"), ("1400", "1540")):
        etree.SubElement(edge, f"{{{DI}}}waypoint", x=x, y=y)
    tree.write(file, xml_declaration=True, encoding="UTF-8")


def write_form(folder: Path) -> None:
    """What the analyst draws in the form editor."""
    (folder / "forms/iptv/iptv_address.form").write_text(json.dumps(FORM, ensure_ascii=False), "utf-8")


def change_text(folder: Path) -> None:
    """One notification with other words."""
    file = folder / "processes/iptv/notifications.toml"
    file.write_text(file.read_text("utf-8").replace("가입 신청을 받았어요. 신청번호", "신청서가 도착했어요. 신청번호"), "utf-8")


def baton(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command line, as the analyst calls it, on the data of the running service."""
    environment = os.environ | {"BATON_DATA": str(folder / "data"), "BATON_APPS": str(folder)}
    return subprocess.run([sys.executable, "-m", "engine.cli", *words], env=environment, capture_output=True, text=True, timeout=300)


def test_lint_names_the_mistake_with_element_and_mend(folder: Path) -> None:
    insert_task(folder, form="iptv_adress")
    write_form(folder)
    found = baton(folder, "lint", "--json", str(folder / "processes/iptv"))
    errors = [finding for finding in json.loads(found.stdout) if finding["level"] == "error"]
    assert found.returncode == 1
    assert [(error["element"], "iptv_adress" in error["message"]) for error in errors] == [("UT_CheckAddress", True)]
    assert errors[0]["file"].endswith("subscription.bpmn") and errors[0]["mend"]


def test_a_mistake_is_not_deployed(folder: Path, story: Story) -> None:
    insert_task(folder, form="iptv_adress")
    refused = baton(folder, "deploy", str(folder / "processes/iptv"))
    assert refused.returncode == 1 and "UT_CheckAddress" in refused.stderr
    number = story.apply().number
    story.complete("UT_Receive", number, LEE)
    assert story.open_tasks(number) == ["UT_Assign"]


def test_by_the_command_line_the_next_application_passes_the_new_task(folder: Path, story: Story) -> None:
    running = story.apply().number
    insert_task(folder)
    write_form(folder)
    change_text(folder)
    deployed = baton(folder, "deploy", str(folder / "processes/iptv"))
    assert deployed.returncode == 0, deployed.stderr
    assert "version 2" in deployed.stdout
    passes_the_new_task(story, running)


def test_by_a_zip_in_the_studio_the_next_application_passes_the_new_task(folder: Path, story: Story) -> None:
    running = story.apply().number
    insert_task(folder)
    write_form(folder)
    change_text(folder)
    analyst = Visitor(create_app(story.baton).test_client())
    analyst.sign_in("analyst1")
    page = analyst.get("/studio").text
    token = re.search(r'name="csrf_token" value="([^"]*)"', page)
    assert token
    name = re.search(r'<input[^>]*type="file"[^>]*name="([^"]*)"|<input[^>]*name="([^"]*)"[^>]*type="file"', page)
    assert name
    field = name.group(1) or name.group(2)
    body = {"csrf_token": token.group(1), field: (io.BytesIO(zipped(folder)), "iptv.zip"), "do": "deploy"}
    answer = analyst.client.post("/studio/upload", data=body, content_type="multipart/form-data", follow_redirects=True)
    assert answer.status_code == 200, words(answer.text)
    with story.baton.read() as read:
        assert read.live("iptv")[1].forms["iptv_address"]
    passes_the_new_task(story, running)


def zipped(folder: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for top in ("processes", "forms"):
            for path in sorted((folder / top / "iptv").rglob("*")):
                archive.write(path, path.relative_to(folder).as_posix())
    return buffer.getvalue()


def passes_the_new_task(story: Story, running: str) -> None:
    """Nothing was restarted: the case from before goes the old way, a new one the new way, with the new words."""
    simulation = Simulation()
    server = gateway.server(simulation, "127.0.0.1", 0)
    story.baton.settings = story.baton.settings.model_copy(update={"sms_url": f"http://127.0.0.1:{server.server_port}"})
    new = story.apply(mobile="01055556666").number
    story.complete("UT_Receive", running, LEE)
    story.complete("UT_Receive", new, LEE)
    assert story.open_tasks(running) == ["UT_Assign"]
    assert story.open_tasks(new) == ["UT_CheckAddress"]
    story.baton.do(user_tasks.complete, task_id=story.task("UT_CheckAddress", new), actor=LEE, submission={"address_checked": True})
    assert story.open_tasks(new) == ["UT_Assign"]
    texts = sent(story, simulation.inbox, server)
    assert any("신청서가 도착했어요" in text for text in texts["01055556666"])
    assert all("신청서가 도착했어요" not in text for text in texts["01012345678"])


def sent(story: Story, inbox: Inbox, server: ThreadingHTTPServer) -> dict[str, list[str]]:
    """What the worker sends now, by phone."""
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        story.work()
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    found: dict[str, list[str]] = {}
    for entry in inbox.received:
        found.setdefault(entry.to, []).append(entry.text)
    return found
