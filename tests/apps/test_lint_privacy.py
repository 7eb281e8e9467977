"""Personal data is asked for only where it can be erased."""

from engine.apps import lint
from engine.findings import Finding
from tests.bpmn import models as m
from tests.runtime import club

TASK_FORM = b'{"type": "default", "id": "ask", "components": [{"type": "textfield", "id": "a", "key": "mobile", "label": "Mobile"}]}'


def findings(app: str = club.APP, task: str = "", forms: dict[str, bytes] | None = None) -> set[tuple[str, str, str]]:
    """What lint finds in the club: (element, rule, level)."""
    drawing = (
        club.drawing()
        .decode()
        .replace(
            '<bpmn:userTask id="UT_Look" name="보기"><bpmn:extensionElements>',
            f'<bpmn:userTask id="UT_Look" name="보기"><bpmn:extensionElements>{task}',
        )
    )
    files = {
        "processes/club/app.toml": app.encode(),
        "processes/club/records.toml": club.RECORDS.encode(),
        "processes/club/club.bpmn": drawing.encode(),
    }
    found: list[Finding] = lint("club", files | {"forms/club/join.form": club.FORM} | (forms or {}))
    return {(one.element, one.rule, one.level) for one in found}


def test_a_task_that_asks_for_personal_data_saves_it() -> None:
    form = m.zeebe("formDefinition", formId="ask")
    saves = m.zeebe("properties", m.zeebe("property", name="baton:saves", value="member"))
    asked = {"forms/club/ask.form": TASK_FORM}
    assert ("UT_Look", "personal-unsaved", "error") in findings(task=form, forms=asked)
    assert ("UT_Look", "personal-unsaved", "error") not in findings(task=form + saves, forms=asked)


def test_an_action_sends_no_personal_data_in_a_message() -> None:
    action = '[[action]]\nid = "tell"\nlabel = { ko = "알리기", en = "Tell" }\nform = "join"\nmessage = "Told"\n'
    assert ("action[tell]", "personal-unsaved", "error") in findings(club.APP + action)


def test_retention_knows_the_statuses() -> None:
    assert ("retention.after", "unknown-status", "error") in findings(club.APP.replace('"LEFT"', '"GONE"'))
    assert not any(element == "retention.after" for element, _, _ in findings())
