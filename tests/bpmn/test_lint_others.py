"""Diagrams as other tools write them: many extensions, pools and data. Whatever is wrong with them is a finding and nothing else."""

from pathlib import Path

import pytest

from engine import apps, bpmn
from engine.bpmn.drawing import draw
from engine.bpmn.layout import lay_out
from engine.bpmn.lint import Known, lint
from tests.bpmn.host import Story

MODELS = Path(__file__).parent / "models"
FILES = sorted(MODELS.glob("*.bpmn"))


def found(name: str) -> dict[str, set[str]]:
    """The elements by rule, of the errors only."""
    errors: dict[str, set[str]] = {}
    for finding in lint({name: (MODELS / name).read_bytes()}):
        if finding.level == "error":
            errors.setdefault(finding.rule, set()).add(finding.element)
    return errors


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_is_checked_parsed_laid_out_and_drawn_without_a_surprise(path: Path) -> None:
    data = path.read_bytes()
    findings = lint({path.name: data})
    assert findings and all(finding.ko and finding.en and finding.mend_ko and finding.mend_en for finding in findings)
    assert draw(data).svg.startswith("<svg") and draw(lay_out(data), lang="en").svg
    if any(finding.level == "error" for finding in findings):
        with pytest.raises(bpmn.ModelRefused):
            bpmn.parse({path.name: data})
    else:
        assert bpmn.parse({path.name: data})


def test_a_model_for_camunda_8_lacks_only_what_is_really_missing() -> None:
    assert found("parcel_claim.bpmn") == {"unreachable-element": {"Agent"}}
    connected = (MODELS / "parcel_claim.bpmn").read_bytes().replace(b'targetRef="ClaimPaid"', b'targetRef="Agent"')
    assert {finding.element for finding in lint({"a.bpmn": connected}) if finding.level == "error"} == {"ClaimPaid"}


def test_a_collaboration_from_another_tool_is_told_what_is_missing_element_by_element() -> None:
    assert found("three_pools.bpmn") == {
        "not-supported": {"_r_complex"},
        "message-without-correlation-key": {"_r_wait"},
        "missing-job-type": {"_l_find"},
        "missing-called-process": {"_l_bill"},
        "missing-decision": {"_o_rule"},
        "missing-script": {"_o_script"},
        "loop-without-collection": {"_l_fetch"},
        "expression-error": {"_lf3", "_r_read"},
        "flow-without-condition": {"_lf4"},
    }


def test_a_choreography_has_nothing_to_run_and_is_drawn() -> None:
    assert found("choreography.bpmn") == {"no-process": {""}}
    assert 'data-element-id="offer"' in draw((MODELS / "choreography.bpmn").read_bytes()).svg


def missing(name: str, known: Known | None = None) -> set[tuple[str, str, str]]:
    """(level, rule, element) of what lint says about an app's own things: forms, roles, connectors, decisions, processes."""
    rules = {"unknown-form", "unknown-job-type", "unknown-decision", "unknown-process", "unknown-role", "user-task-without-form"}
    found = lint({name: (MODELS / name).read_bytes()}, known)
    return {(finding.level, finding.rule, finding.element) for finding in found if finding.rule in rules}


BARE = Known(forms=set(), decisions=set(), processes=set(), roles=set())


def test_a_leave_request_with_names_of_several_words_runs() -> None:
    assert found("leave_request.bpmn") == {}
    status = {"days left": 12, "email": "person@example.test"}
    files = {"leave_request.bpmn": (MODELS / "leave_request.bpmn").read_bytes()}
    story = Story(files, {"Current Leave Status": status, "Leave Request": {"days": 3}}, process="leave_request").complete("_fetch")
    assert story.variables["Leave Approval"] == {"decision": "leave_approval", "for": 9}
    story.complete("_decide")
    assert story.wait("_inform").inputs == {"to": {"email": "person@example.test"}}
    assert story.complete("_inform").state == "completed"


def test_a_leave_request_in_a_bare_app_lacks_form_decision_role_and_connector() -> None:
    assert missing("leave_request.bpmn", BARE) == {
        ("error", "unknown-form", "_fetch"),
        ("error", "unknown-decision", "_rule"),
        ("error", "unknown-role", "_decide"),
        ("warning", "user-task-without-form", "_decide"),
        ("warning", "unknown-job-type", "_inform"),
    }


def test_a_loan_with_partners_connectors_and_a_called_process_runs() -> None:
    assert found("car_loan.bpmn") == {}
    files = {"car_loan.bpmn": (MODELS / "car_loan.bpmn").read_bytes()}
    application = {"application": {"name": "가나다", "number": "7", "amount": 9_000_000}}
    story = Story(files, application, process="car_loan", at="Applied").complete("AskAgency", {"inquiry": 1})
    assert story.waiting == ["Answered", "Slow"] and story.wait("Answered").key == "7"
    story.trigger("Answered", {"rating": "A"}).complete("Transfer")
    assert story.complete("Told").state == "completed"


def test_a_loan_in_a_bare_app_lacks_form_decision_role_and_connectors() -> None:
    assert missing("car_loan.bpmn", BARE) == {
        ("error", "unknown-form", "Check"),
        ("error", "unknown-decision", "Risk"),
        ("error", "unknown-role", "Check"),
        ("warning", "unknown-job-type", "AskAgency"),
        ("warning", "unknown-job-type", "Transfer"),
        ("warning", "unknown-job-type", "Told"),
    }


def test_a_helper_that_a_worker_leads_runs_and_one_that_a_connector_of_ours_would_lead_is_refused() -> None:
    data = (MODELS / "chat_helper.bpmn").read_bytes()
    assert found("chat_helper.bpmn") == {}
    story = Story({"chat_helper.bpmn": data}, {"question": "Soup?"}, process="chat_helper")
    assert story.wait("Helper").inputs["data"] == {"prompt": "Soup?"}
    call = {"query": "soup", "_meta": {"id": "c1"}}
    story.complete("Helper", {"activateElements": [{"elementId": "Search", "variables": {"call": call}}]}).complete("Search", {"result": ["R-1"]})
    assert story.execution.scope(story.wait("Helper").token)["results"][0]["content"] == ["R-1"]
    story.complete("Helper", {"isCompletionConditionFulfilled": True, "answer": {"tokens": {"in": 7}}})
    assert story.state == "completed" and story.variables["tokens"] == 7
    ours = data.replace(b"io.camunda.agenticai:aiagent:subprocess:2", b"record.find")
    assert {finding.element for finding in lint({"a.bpmn": ours}) if finding.rule == "not-supported"} == {"Helper"}


def test_a_desk_with_every_kind_of_event_sub_process_runs_as_camunda_8_runs_it() -> None:
    assert found("loan_desk.bpmn") == {}
    given = {"risks": ["age"], "papers": ["P1", "P2"], "paperId": "L-1", "loanId": "L-1", "fraud": True}
    story = Story({"loan_desk.bpmn": (MODELS / "loan_desk.bpmn").read_bytes()}, given, process="loan_desk")
    story.complete("Asked")
    assert {"Decide", "TooLate", "PaperStart", "HurryStart", "DoubtStart"} == set(story.waiting)
    story.trigger("PaperStart").complete("Bring").complete("Bring")
    story.trigger("HurryStart").complete("Tell")
    story.trigger("DoubtStart").complete("Look")
    assert story.waiting == ["loan_desk"] and "Decide" in story.desk.stopped
    assert story.complete("loan_desk").state == "completed"


def test_a_desk_from_the_web_modeler_runs_with_the_form_inside_it_and_nothing_is_held_against_the_modeler() -> None:
    data = (MODELS / "repair_desk.bpmn").read_bytes()
    assert found("repair_desk.bpmn") == {}
    assert "camunda-7-attributes" not in {finding.rule for finding in lint({"a.bpmn": data})}
    story = Story({"repair_desk.bpmn": data}, process="repair-desk")
    assert story.variables["fault"] == "unknown" and story.variables["second"] == 1_796_083_200
    assert story.wait("TakenBack").key == "1" and story.wait("Look").form == "userTaskForm_look"
    story.trigger("TwoDays")
    assert story.wait("Remind").inputs["authentication"] == {"type": "noAuth", "clientId": None, "secret": "{{secrets.MAIL}}"}
    story.complete("Remind", {"sent": 7}).complete("Look", {"ticket": "T-1"})
    assert story.wait("OrderPart").job_type == "com.example:order"
    story.complete("OrderPart")
    assert story.wait("PartCame").key == "T-1"
    assert story.trigger("PartCame", {"part": "belt"}).complete("Done").state == "completed"


def test_the_form_inside_a_drawing_is_one_of_the_apps_forms_whichever_way_it_is_named() -> None:
    data = (MODELS / "repair_desk.bpmn").read_bytes()
    assert ("error", "unknown-form", "Look") not in missing("repair_desk.bpmn", BARE)
    elsewhere = lint({"a.bpmn": data.replace(b'externalReference="userTaskForm_look"', b'externalReference="look_at_it"')}, BARE)
    assert "Look" in {finding.element for finding in elsewhere if finding.rule == "unknown-form"}
    files = {"processes/desk/app.toml": b'title = { ko = "A", en = "A" }', "processes/desk/repair_desk.bpmn": data}
    desk = apps.load("desk", files)
    assert "userTaskForm_look" in desk.forms
