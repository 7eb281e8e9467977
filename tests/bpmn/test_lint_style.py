"""Lint: what runs all the same, and should be looked at."""

from engine.bpmn.lint import lint
from tests.bpmn.models import definitions, element, end, flow, flows, model, process, start, user


def warned(files: dict[str, bytes]) -> set[tuple[str, str]]:
    """(rule, element) of the warnings."""
    return {(finding.rule, finding.element) for finding in lint(files) if finding.level == "warning"}


def test_an_empty_process_is_doubted() -> None:
    assert ("empty-process", "p") in warned({"a.bpmn": definitions(process())})
    assert ("empty-process", "p") not in warned(model(start(), end(), flows("start -> end")))


def test_korean_names_want_an_english_one() -> None:
    assert ("missing-english-label", "p") in warned(model(start(), user("a", name="접수하기"), flows("start -> a")))
    assert ("missing-english-label", "p") not in warned(model(start(), user("a", name="Receive"), flows("start -> a")))


def test_a_task_without_a_type_is_passed_through_and_doubted() -> None:
    for kind in ("task", "manualTask"):
        assert ("task-does-nothing", "a") in warned(model(start(), element(kind, "a"), flows("start -> a")))


def test_attributes_of_camunda_7_are_counted() -> None:
    files = model(start(), user("a"), flow("start", "a"))
    spoilt = files["model.bpmn"].replace(
        b'<bpmn:userTask id="a"', b'<bpmn:userTask xmlns:c="http://camunda.org/schema/1.0/bpmn" c:assignee="x" id="a"'
    )
    assert ("camunda-7-attributes", "") in warned({"model.bpmn": spoilt})
    assert ("camunda-7-attributes", "") not in warned(files)
