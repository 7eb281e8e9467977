"""The tutorial and the page about scenarios are followed to the letter: what they show runs."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from engine import apps
from engine.partners.simulation import OFFICES, SWITCHES
from engine.scenarios import AppReport, Stage, load, play, run
from engine.scenarios.spec import Given, Then
from engine.scenarios.step_spec import KINDS
from tests.scenarios import cloaks, theatre
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


def report_of(root: Path) -> AppReport:
    return next(run(root, ["repair"]))


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


def test_the_example_of_the_tutorial_is_clean_and_its_stories_come_true(copied):
    assert findings(copied) == []
    report = report_of(copied)
    assert report.passed and len(report.outcomes) == 2
    assert report.coverage.percent_of_flows == 100


def test_a_newcomer_who_follows_the_tutorial_gets_what_it_says(copied):
    draw_the_task(copied)
    assert findings(copied) == ["UT_Check unknown-form", "UT_Check missing-layout"]
    write_the_form(copied)
    assert findings(copied) == ["UT_Check missing-layout"]
    assert [outcome.id for outcome in report_of(copied).outcomes if not outcome.passed] == ["repair-1"]
    story = copied / "processes/repair/scenarios/repair-1.yaml"
    step = block("first-app.md", "append to: processes/repair/scenarios/repair-1.yaml before: then:")
    story.write_text(story.read_text().replace("then:", f"{step}then:"))
    assert report_of(copied).passed


def test_the_example_of_the_scenarios_page_comes_true(copied, tmp_path, stages: Stages):
    path = tmp_path / "example.yaml"
    path.write_text(block("scenarios.md", "scenario: repair"))
    stage = Stage(copied, "repair", stages.partners)
    outcome = play(load(path), stage)
    stage.close()
    assert not outcome.problems, [str(problem) for problem in outcome.problems]
    assert outcome.orders == 2


TOLD = re.findall(r"<!-- scenario: ((?:theatre|cloaks)/\w+) -->", (DOCS / "scenarios.md").read_text())


@pytest.fixture(scope="module")
def houses(tmp_path_factory, stages: Stages) -> Iterator[dict[str, Stage]]:
    root = cloaks.write(theatre.write(tmp_path_factory.mktemp("houses")))
    found = {key: Stage(root, key, stages.partners) for key in ("theatre", "cloaks")}
    yield found
    for stage in found.values():
        stage.close()


@pytest.mark.parametrize("name", TOLD)
def test_every_example_with_partners_other_apps_and_moments_comes_true(tmp_path, houses: dict[str, Stage], name):
    path = tmp_path / "example.yaml"
    path.write_text(block("scenarios.md", f"scenario: {name}"))
    outcome = play(load(path), houses[name.partition("/")[0]])
    assert not outcome.problems, [str(problem) for problem in outcome.problems]


def test_every_key_that_a_scenario_may_have_is_explained():
    page = (DOCS / "scenarios.md").read_text()
    keys = {*Given.model_fields, *Then.model_fields, *KINDS} - {"line", "lines"}
    assert {key for key in keys if f"`{key}" not in page} == set()
    assert {key for key in keys if f"{key}:" not in page} == set()


def test_every_simulated_partner_and_switch_is_explained_to_operators():
    page = (ROOT / "docs/operator/demo-partners.md").read_text()
    calls = [route.split("{hook}")[0] for office in OFFICES.values() for route in office().routes]
    assert {name for name in (*OFFICES, *SWITCHES) if f"`{name}`" not in page} == set()
    assert {call for call in calls if call not in page} == set()
