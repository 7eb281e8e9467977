"""The runner tells an analyst exactly what did not come true, and where."""

import json
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.cli.test import command
from engine.clock import KST
from engine.scenarios import Coverage, Problem, load, play
from engine.scenarios.located import read
from engine.scenarios.steps import play as play_steps
from engine.scenarios.story import Story
from tests.scenarios.conftest import ROOT, Stages

KIM = (
    '{ product_type: BUNDLE, postcode: "04524", road_address: 세종대로 110, visit_date: 2026-12-03, visit_slot: AM1,'
    ' applicant_name: 김고객, birth_date: 1990-05-05, mobile: "01012345678", language: ko, terms_agreed: true, privacy_agreed: true }'
)
APPLIES = f"  - start: apply\n    as: customer\n    form: {KIM}\n"
RECEIVES = "  - complete: UT_Receive\n    as: agent1\n    form: { decision: ACCEPT }\n"


def story(tmp_path: Path, when: str, then: str, clock: str = "2026-12-01T10:00+09:00") -> Path:
    path = tmp_path / "story.yaml"
    path.write_text(f"id: story\ntitle: {{ ko: 이야기, en: A story }}\ngiven:\n  clock: {clock}\nwhen:\n{when}then:\n{then}")
    return path


def only_problem(path: Path, stages: Stages) -> Problem:
    problems = play(load(path, "story.yaml"), stages.of("iptv")).problems
    assert len(problems) == 1, [str(problem) for problem in problems]
    return problems[0]


def test_scalars_are_what_an_analyst_wrote(tmp_path):
    document = read("x", b"answer: NO\nday: 2026-12-03\nmobile: 01012345677\nyes: true\nprice: 35200\nnothing: null\n")
    assert dict(document) == {"answer": "NO", "day": "2026-12-03", "mobile": "01012345677", "yes": True, "price": 35200, "nothing": None}


def test_a_misspelt_key_is_named_with_its_line(tmp_path):
    path = story(tmp_path, "  - start: apply\n    as: customer\n    fomr: {}\n", "  tasks: []\n")
    with pytest.raises(Problem) as caught:
        load(path, "story.yaml")
    assert (caught.value.file, caught.value.line) == ("story.yaml", 8)
    assert "fomr" in caught.value.ko and "fomr" in caught.value.en


@pytest.mark.parametrize(("given", "named"), [("clock: soon", "soon"), ("partners: { fax: ok }", "fax"), ("partners: { sms: asleep }", "down")])
def test_a_world_that_cannot_be_is_refused(tmp_path, given, named):
    path = tmp_path / "story.yaml"
    path.write_text(f"id: story\ntitle: {{ ko: 이야기 }}\ngiven:\n  {given}\nwhen: []\n")
    with pytest.raises(Problem) as caught:
        load(path, "story.yaml")
    assert caught.value.line == 4
    assert named in caught.value.en


def test_a_step_of_no_known_kind_says_which_kinds_there_are(tmp_path):
    path = story(tmp_path, "  - begin: apply\n", "  tasks: []\n")
    with pytest.raises(Problem) as caught:
        load(path, "story.yaml")
    assert caught.value.line == 6
    assert "complete" in caught.value.en


def test_a_task_that_is_not_open_is_named_with_its_line_and_what_is_open_instead(tmp_path, stages: Stages):
    path = story(tmp_path, APPLIES + "  - complete: UT_Assign\n    as: agent1\n    form: { engineer: E101 }\n", "  tasks: []\n")
    problem = only_problem(path, stages)
    assert (problem.line, problem.element) == (9, "UT_Assign")
    assert "UT_Receive" in problem.en


def test_a_wrong_expectation_says_what_was_expected_and_what_is(tmp_path, stages: Stages):
    path = story(tmp_path, APPLIES, "  record: { subscription: { status: RECEIVED } }\n")
    problem = only_problem(path, stages)
    assert "'RECEIVED'" in problem.en and "'APPLIED'" in problem.en


def test_a_refusal_that_nobody_expected_fails_the_scenario(tmp_path, stages: Stages):
    path = story(tmp_path, APPLIES + "  - complete: UT_Receive\n    as: agent1\n    form: { decision: REJECT }\n", "  tasks: [UT_Receive]\n")
    problem = only_problem(path, stages)
    assert (problem.line, problem.element) == (9, "UT_Receive")
    assert "INVALID" in problem.en


def test_a_refusal_that_did_not_come_fails_the_scenario(tmp_path, stages: Stages):
    path = story(tmp_path, APPLIES, "  refused: [{ step: 1, code: SLOT_TAKEN }]\n")
    assert "it was accepted" in only_problem(path, stages).en


def test_together_plays_every_order_and_names_the_one_that_went_wrong(tmp_path, stages: Stages):
    cancel = "      - {{ action: cancel, as: customer, form: {{ reason_code: {} }} }}\n"
    both = "  - together:\n" + cancel.format("MOVING") + cancel.format("DELAY")
    then = "  record: { cancellation: { reason_code: MOVING } }\n  either:\n"
    then += "".join(f"    - refused: [{{ step: {number}, code: DUPLICATE }}]\n" for number in ("2.1", "2.2"))
    problem = only_problem(story(tmp_path, APPLIES + both, then), stages)
    assert "[order 2.2 -> 2.1]" in problem.en
    assert "'DELAY'" in problem.en


def test_while_the_worker_is_stopped_nothing_leaves(tmp_path, stages: Stages):
    path = story(tmp_path, "  - worker: stop\n" + APPLIES, "  notifications: [{ id: applied, times: 0 }]\n  tasks: [UT_Receive]\n")
    assert not play(load(path), stages.of("iptv")).problems


def test_a_notification_that_was_sent_twice_is_not_sent_once(tmp_path, stages: Stages):
    path = story(tmp_path, APPLIES, "  notifications: [{ id: applied, to: customer, times: 2 }]\n")
    assert "expected 2, got 1" in only_problem(path, stages).en


@pytest.mark.parametrize(
    ("wait", "arrives"),
    [
        ("30 min", "2026-12-04T17:30"),
        ("PT2H", "2026-12-04T19:00"),
        ("4 business hours", "2026-12-07T12:00"),
        ("2 business days", "2026-12-08T17:00"),
        ("until 2026-12-05T08:40", "2026-12-05T08:40"),
    ],
)
def test_time_passes_by_the_clock_or_in_business_hours(tmp_path, stages: Stages, wait, arrives):
    scenario = load(story(tmp_path, f"  - wait: {wait}\n", "  incidents: 0\n", clock="2026-12-04T17:00+09:00"))
    with stages.of("iptv").world(scenario) as world:
        play_steps(Story(scenario, world), ())
        assert world.clock.now() == datetime.fromisoformat(arrives).replace(tzinfo=KST)


def test_coverage_counts_the_flows_that_were_taken_and_no_others(tmp_path, stages: Stages):
    stage = stages.of("iptv")
    coverage = Coverage(stage.app)
    coverage.add(play(load(story(tmp_path, APPLIES + RECEIVES, "  tasks: [UT_Assign]\n")), stage).reached)
    taken = coverage.flows["iptv_subscription"].reached
    assert {"Flow_GW_Served_BR_Price", "Flow_GW_Receive_Ms_Received", "Flow_Svc_Suggest_UT_Assign"} <= taken
    assert not {"Flow_GW_Served_Svc_NotServed", "Flow_GW_Receive_Svc_SettleClosed", "Flow_B_SlotTaken_GW_NotReserved"} & taken
    assert coverage.elements["iptv_cancellation"].percent == 0
    assert {"1", "3"} <= set(coverage.rules["iptv_internet_price"].missing) and "2" in coverage.rules["iptv_internet_price"].reached


def app_folder(tmp_path: Path, scenario: str) -> Path:
    for part in ("processes/iptv", "forms/iptv"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("scenarios"))
    (tmp_path / "processes/iptv/scenarios").mkdir()
    (tmp_path / "processes/iptv/scenarios/story.yaml").write_text(scenario)
    return tmp_path


def test_the_command_fails_with_a_failing_scenario_and_reports_it_as_json(tmp_path):
    root = app_folder(tmp_path, story(tmp_path, APPLIES, "  tasks: []\n").read_text())
    result = CliRunner().invoke(command, ["iptv", "--json", "--root", str(root)])
    report = json.loads(result.stdout)["apps"][0]
    assert result.exit_code == 1
    assert (report["app"], report["passed"]) == ("iptv", False)
    assert report["scenarios"][0]["problems"][0]["file"] == "processes/iptv/scenarios/story.yaml"
    assert report["coverage"]["flows"]["iptv_subscription"]["reached"] > 5


def test_coverage_below_the_bar_fails_the_command_only_when_asked_for(tmp_path):
    root = app_folder(tmp_path, story(tmp_path, APPLIES, "  tasks: [UT_Receive]\n").read_text())
    assert CliRunner().invoke(command, ["iptv", "--root", str(root)]).exit_code == 0
    assert CliRunner().invoke(command, ["iptv", "--coverage", "--root", str(root)]).exit_code == 1


def test_an_app_that_cannot_be_deployed_says_why(tmp_path):
    root = app_folder(tmp_path, story(tmp_path, APPLIES, "  tasks: []\n").read_text())
    records = root / "processes/iptv/records.toml"
    records.write_text(records.read_text().replace('full  = "SLOT_TAKEN"', 'ful  = "SLOT_TAKEN"', 1))
    result = CliRunner().invoke(command, ["iptv", "--root", str(root)])
    assert result.exit_code == 1
    assert "records.toml" in result.output and "ful" in result.output
