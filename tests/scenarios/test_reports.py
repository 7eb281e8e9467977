"""What `baton test` says: by whom it was played makes no difference, what was not reached has a name, and each app sets its own bar."""

import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from engine.cli.test import command
from engine.clock import KST
from engine.scenarios import Stage, load, run
from engine.scenarios.steps import play as play_steps
from engine.scenarios.story import Story
from engine.store.tables import History
from tests.bpmn import models as m
from tests.scenarios import theatre
from tests.scenarios.conftest import Stages

BUYS = """id: {id}
title: {{ ko: 표를 삼, en: Buys a ticket }}
given: {{ features: {{ seats: false }} }}
when: [{{ start: buy, form: {{ buyer: 김하나, mobile: "01000001234", play: X1 }} }}]
then: {{ record: {{ order: {{ status: {status} }} }} }}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return theatre.write(tmp_path)


def write(root: Path, name: str, status: str = "PAID", id: str = "") -> None:
    folder = root / "processes/theatre/scenarios"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.yaml").write_text(BUYS.format(id=id or name, status=status))


def told(root: Path) -> Any:
    """The report of `baton test --json`, without the times."""
    done = subprocess.run([sys.executable, "-m", "engine.cli", "test", "theatre", "--json", "--root", root], capture_output=True, text=True)
    (report,) = json.loads(done.stdout)["apps"]
    assert done.returncode == (0 if report["passed"] else 1)
    return report


def test_scenarios_that_are_spread_over_processes_are_reported_as_one(root):
    for number in range(30):
        write(root, f"story-{number:02}", "PAID" if number != 7 else "FULL")
    write(root, "twin", id="story-03")
    (root / "processes/theatre/scenarios/broken.yaml").write_text("id: broken\ntitle: { ko: 망가짐 }\nwhen: [{ buy: all }]\n")
    report = told(root)
    ids = [scenario["id"] for scenario in report["scenarios"]]
    assert ids == [*(f"story-{number:02}" for number in range(30)), "story-03"]
    (failed,) = [scenario for scenario in report["scenarios"] if not scenario["passed"]]
    assert (failed["id"], failed["orders"], failed["title"]["en"]) == ("story-07", 1, "Buys a ticket")
    assert failed["problems"][0]["line"] == 5 and "'FULL'" in failed["problems"][0]["en"]
    assert [problem["file"].rpartition("/")[2] for problem in report["problems"]] == ["broken.yaml", "twin.yaml"]
    assert report["coverage"]["flows"]["theatre_order"]["reached"] == 5


def test_the_json_report_has_these_keys(root):
    write(root, "story")
    report = told(root)
    assert list(report) == ["app", "passed", "problems", "scenarios", "goal", "covered", "coverage"]
    assert list(report["scenarios"][0]) == ["id", "title", "file", "passed", "orders", "seconds", "problems"]
    assert list(report["coverage"]) == ["percent_of_flows", "elements", "flows", "rules"]
    flows = report["coverage"]["flows"]["theatre_order"]
    assert list(flows) == ["file", "all", "reached", "percent", "missing"]
    assert flows["missing"][0] == {"id": "B_Declined_T_Declined", "name": "B_Declined -> T_Declined"}


def test_what_was_not_reached_is_named_as_in_the_drawing_and_each_app_sets_its_bar(root):
    write(root, "story")
    below = CliRunner().invoke(command, ["theatre", "--coverage", "--root", str(root)])
    assert below.exit_code == 1
    assert "flows covered: 33.3 %  (app.toml: 40 %)" in below.output
    assert "processes/theatre/order.bpmn theatre_order: flows 33 %" in below.output
    assert "not reached: S_Seat_T_Seated  S_Seat -> T_Seated" in below.output
    toml = root / "processes/theatre/app.toml"
    toml.write_text(toml.read_text().replace("flows = 40", "flows = 30"))
    assert CliRunner().invoke(command, ["theatre", "--coverage", "--root", str(root)]).exit_code == 0


def test_the_flows_that_count_are_exactly_those_that_a_token_took(root):
    write(root, "story")
    (report,) = run(root, ["theatre"])
    taken = report.coverage.flows["theatre_order"].reached
    assert taken == {"start_S_Pay", "S_Pay_G_In", "G_In_T_Paid", "T_Paid_G_Seats", "G_Seats_end"}


def test_a_story_that_is_written_while_others_are_told_waits_for_the_next_run(root):
    for key in ("theatre", "books"):
        (root / f"processes/{key}/scenarios").mkdir()
    write(root, "good")
    reports = run(root, ["books", "theatre"])
    assert next(reports).app == "books"
    write(root, "late")
    assert [outcome.id for outcome in next(reports).outcomes] == ["good"]


def test_an_app_that_there_is_not_ends_the_command_at_once(root):
    done = CliRunner().invoke(command, ["theater", "--root", str(root)])
    assert done.exit_code == 2 and "books, theatre" in done.output


def test_what_breaks_one_scenario_does_not_end_the_run(root):
    write(root, "good")
    (root / "processes/theatre/scenarios/bad.yaml").write_text(BUYS.format(id="bad", status="PAID").replace("given: {", "given: { apps: [books],"))
    (root / "processes/books/sale.bpmn").write_text("no drawing")
    (report,) = run(root, ["theatre"])
    assert [outcome.id for outcome in report.outcomes] == ["good"]
    assert report.problems[0].file == "processes/books/sale.bpmn"


def test_timers_go_off_in_their_order_each_at_its_own_time(tmp_path, stages: Stages):
    drawn = m.process(
        m.start(),
        m.catch("C_Hour", m.timer("timeDuration", "PT1H")),
        m.catch("C_Half", m.timer("timeDuration", "PT30M")),
        m.end(),
        m.flows("start->C_Hour->C_Half->end"),
        id="clock",
    )
    app = tmp_path / "processes/clock"
    app.mkdir(parents=True)
    (app / "app.toml").write_text(
        'title = { ko = "시계", en = "Clock" }\n[[start]]\nid = "go"\nprocess = "clock"\nlabel = { ko = "시작", en = "Go" }\n'
    )
    (app / "clock.bpmn").write_bytes(m.definitions(drawn))
    path = tmp_path / "story.yaml"
    path.write_text("id: clock\ntitle: { ko: 시계 }\nwhen: [{ start: go }, { wait: 10 min }, { start: go }, { wait: 3 h }]\n")
    scenario, stage = load(path), Stage(tmp_path, "clock", stages.partners)
    with stage.world(scenario) as world:
        play_steps(Story(scenario, world), ())
        with world.baton.read() as read:
            moments = [row.at for row in read.all(select(History.at).order_by(History.at))]
    stage.close()
    begun = datetime(2026, 12, 1, 10, 0, tzinfo=KST)
    assert [moment - begun for moment in moments] == [timedelta(minutes=minutes) for minutes in (0, 10, 60, 70, 90, 100)]
