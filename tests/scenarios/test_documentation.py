"""The tutorial and the page about scenarios are followed to the letter: what they show runs."""

import re
import shutil
from pathlib import Path

import pytest
from lxml import etree

from engine import apps
from engine.scenarios import Stage, load, play, run_app
from tests.scenarios.conftest import ROOT, Stages

DOCS = ROOT / "docs/analyst"
EXAMPLE = DOCS / "first-app"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


def block(page: str, marker: str) -> str:
    found = re.search(rf"<!-- {re.escape(marker)} -->\n```\w+\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)
    assert found, f"{page} has no block {marker}"
    return found[1]


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    shutil.copytree(EXAMPLE, tmp_path, dirs_exist_ok=True)
    return tmp_path


def findings(root: Path) -> list[str]:
    return [f"{finding.element} {finding.rule}" for finding in apps.lint("repair", apps.read(root, "repair"))]


def draw_the_task(root: Path) -> None:
    path = root / "processes/repair/repair.bpmn"
    drawing = etree.parse(path)
    process = drawing.find(f"{BPMN}process")
    flow = process.find(f"{BPMN}sequenceFlow[@targetRef='Ms_Mended']")
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in process.nsmap.items())
    task = etree.fromstring(f"<x {spaces}>{block('first-app.md', 'insert before: Ms_Mended')}</x>")[0]
    flow.set("targetRef", "UT_Check")
    process.append(task)
    etree.SubElement(process, f"{BPMN}sequenceFlow", id="Flow_checked", sourceRef="UT_Check", targetRef="Ms_Mended")
    lane = process.find(f".//{BPMN}lane[@id='Lane_Fixer']")
    etree.SubElement(lane, f"{BPMN}flowNodeRef").text = "UT_Check"
    drawing.write(path, encoding="UTF-8", xml_declaration=True)


def write_the_form(root: Path) -> None:
    (root / "forms/repair/repair_check.form").write_text(block("first-app.md", "file: forms/repair/repair_check.form"))
    records = root / "processes/repair/records.toml"
    line = block("first-app.md", "append to: processes/repair/records.toml at: answer")
    records.write_text(records.read_text().replace("answer     =", f"{line}answer     ="))


def test_the_example_of_the_tutorial_is_clean_and_its_stories_come_true(copied, stages: Stages):
    assert findings(copied) == []
    report = run_app(copied, "repair", stages.partners)
    assert report.passed and len(report.outcomes) == 2
    assert report.coverage.percent_of_flows == 100


def test_a_newcomer_who_follows_the_tutorial_gets_what_it_says(copied, stages: Stages):
    draw_the_task(copied)
    assert findings(copied) == ["UT_Check unknown-form", "UT_Check missing-layout"]
    write_the_form(copied)
    assert findings(copied) == ["UT_Check missing-layout"]
    assert [outcome.id for outcome in run_app(copied, "repair", stages.partners).outcomes if not outcome.passed] == ["repair-1"]
    story = copied / "processes/repair/scenarios/repair-1.yaml"
    step = block("first-app.md", "append to: processes/repair/scenarios/repair-1.yaml before: then:")
    story.write_text(story.read_text().replace("then:", f"{step}then:"))
    assert run_app(copied, "repair", stages.partners).passed


def test_the_example_of_the_scenarios_page_comes_true(copied, tmp_path, stages: Stages):
    path = tmp_path / "example.yaml"
    path.write_text(block("scenarios.md", "scenario: repair"))
    stage = Stage("repair", apps.read(copied, "repair"), stages.partners)
    outcome = play(load(path), stage)
    stage.close()
    assert not outcome.problems, [str(problem) for problem in outcome.problems]
    assert outcome.orders == 2
