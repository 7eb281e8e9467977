"""Lint: expressions, timers, loops."""

import pytest

from engine.bpmn.lint import Known, lint
from engine.findings import Finding
from tests.bpmn.host import Story
from tests.bpmn.models import (
    boundary,
    catch,
    definitions,
    element,
    end,
    extensions,
    flow,
    flows,
    gateway,
    io,
    model,
    multi,
    process,
    script,
    service,
    start,
    user,
    zeebe,
)
from tests.bpmn.models import timer as timer_definition


def errors(files: dict[str, bytes]) -> list[Finding]:
    """The errors."""
    return [finding for finding in lint(files) if finding.level == "error"]


def between(part: str) -> dict[str, bytes]:
    """A model that leads from start to end through the element `it`."""
    return model(start(), part, end(), flows("start -> it -> end"))


def timer(kind: str, text: str) -> dict[str, bytes]:
    """A model that waits for a timer."""
    return between(catch("it", timer_definition(kind, text)))


def test_a_wrong_expression_names_its_line_and_column() -> None:
    (finding,) = errors(between(script("it", "=1 +\n  * 2", "x")))
    assert (finding.rule, finding.element) == ("expression-error", "it")
    assert "line 2, column 3" in finding.en and "2번째 줄 3번째 글자" in finding.ko


def test_the_column_counts_from_the_beginning_of_what_was_written() -> None:
    (finding,) = errors(between(script("it", "=)", "x")))
    assert "column 2" in finding.en


def test_a_condition_is_found_under_the_id_of_its_flow() -> None:
    which = gateway("exclusive", "which", default="which_b")
    files = model(start(), which, end("a"), end("b"), flow("which", "a", "=amount >"), flow("which", "b"), flows("start -> which"))
    assert [(finding.rule, finding.element) for finding in errors(files)] == [("expression-error", "which_a")]


def test_java_expressions_get_a_mend_of_their_own() -> None:
    which = gateway("exclusive", "which", default="which_b")
    files = model(start(), which, end("a"), end("b"), flow("which", "a", "${amount > 10}"), flow("which", "b"), flows("start -> which"))
    (finding,) = errors(files)
    assert "${...}" in finding.mend_en and "${...}" in finding.mend_ko


def test_names_with_spaces_get_a_mend_of_their_own() -> None:
    (finding,) = errors(between(script("it", "=Vacation Status.days + 1", "x")))
    assert "vacation_status" in finding.mend_en and "vacation_status" in finding.mend_ko


def test_names_with_spaces_that_the_file_gives_to_data_are_read_everywhere() -> None:
    data = element("dataObjectReference", "d", name="Vacation Status")
    task = script("it", "=Vacation Status.days + 1", "x", mapping=io({"more": "=Vacation Status.more"}))
    wait = catch("wait", timer_definition("timeDuration", "=Vacation Status.delay"))
    files = model(start(), data, task, wait, end(), flows("start -> it -> wait -> end"))
    assert errors(files) == []
    story = Story(files, {"Vacation Status": {"days": 3, "more": 1, "delay": "PT1H"}})
    assert story.variables["x"] == 4 and story.trigger("wait").state == "completed"
    assert "Vacation Status" in " ".join(finding.en for finding in lint(files) if finding.rule == "variable-never-written")


@pytest.mark.parametrize(
    "part",
    [
        service("it", "http", mapping=io({"a": "=1 +"})),
        service("it", "http", mapping=io(None, {"a": "=1 +"})),
        service("it", "=1 +"),
        user("it", extensions(zeebe("assignmentDefinition", assignee="=1 +"))),
        user("it", extensions(zeebe("taskSchedule", dueDate="=1 +"))),
        user("it", extensions(zeebe("priorityDefinition", priority="=1 +"))),
        user("it", extensions(zeebe("executionListeners", zeebe("executionListener", eventType="start", type="=1 +")))),
        element("callActivity", "it", extensions(zeebe("calledElement", processId="=1 +"))),
        element("businessRuleTask", "it", extensions(zeebe("calledDecision", decisionId="=1 +", resultVariable="r"))),
        user("it", multi("=1 +")),
        user("it", multi("=[1]", out=("all", "=1 +"))),
        user("it", multi("=[1]", until="=1 +")),
    ],
)
def test_expressions_are_found_wherever_they_stand(part: str) -> None:
    assert [(finding.rule, finding.element) for finding in errors(between(part))] == [("expression-error", "it")]


def test_static_texts_are_no_expressions() -> None:
    files = between(user("it", extensions(zeebe("assignmentDefinition", assignee="kim + lee )"))))
    assert errors(files) == []


def test_the_line_in_the_worklist_is_checked_in_a_file_on_its_own() -> None:
    rows = zeebe("property", name="baton:subject", value="{{ 1 + }}") + zeebe("property", name="baton:facts", value="a, b +")
    drawn = definitions(process(extensions(zeebe("properties", rows)), start(), end(), flows("start -> end")))
    assert [(finding.rule, finding.element) for finding in errors({"a.bpmn": drawn})] == [("expression-error", "p")] * 2
    assert [finding for finding in lint({"a.bpmn": drawn}, Known(forms=set())) if finding.level == "error"] == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("timeDate", "2026-12-01T09:00:00+09:00"),
        ("timeDuration", "PT30M"),
        ("timeDuration", "P1DT2H"),
        ("timeCycle", "R3/PT1H"),
        ("timeCycle", "R/P1D"),
        ("timeCycle", "0 0 9 * * MON-FRI"),
        ("timeDuration", '=duration("PT" + string(1) + "H")'),
    ],
)
def test_timers_that_work_are_fine(kind: str, text: str) -> None:
    assert errors(timer(kind, text)) == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("timeDuration", ""),
        ("timeDuration", "10 minutes"),
        ("timeDuration", "-PT5M"),
        ("timeDuration", "P999999999Y"),
        ("timeDate", "2026-02-31T00:00:00Z"),
        ("timeDate", "${when}"),
        ("timeCycle", "R/PT0S"),
        ("timeCycle", "R-5/PT1S"),
        ("timeCycle", "61 * * * * *"),
        ("timeCycle", "R99999/PT1H"),
    ],
)
def test_timers_that_can_never_work_are_refused(kind: str, text: str) -> None:
    assert [(finding.rule, finding.element) for finding in errors(timer(kind, text))] == [("bad-timer", "it")]


def test_a_cycle_where_a_timer_can_fire_only_once_is_doubted() -> None:
    def doubted(files: dict[str, bytes]) -> set[str]:
        return {finding.element for finding in lint(files) if finding.rule == "cycle-fires-once"}

    def on_border(interrupting: bool) -> dict[str, bytes]:
        late = boundary("late", "it", timer_definition("timeCycle", "R3/PT1H"), interrupting)
        return model(start(), user("it"), late, end(), flows("start -> it -> end", "late -> end"))

    assert doubted(timer("timeCycle", "R3/PT1H")) == {"it"}
    data = element("dataObjectReference", "d", name="Vacation Status")
    assert doubted(between(data + catch("it", timer_definition("timeCycle", "=Vacation Status.often")))) == {"it"}
    assert doubted(on_border(True)) == {"late"} and doubted(on_border(False)) == set()


def test_a_multi_instance_needs_something_to_repeat_over() -> None:
    bare = user("it", "<bpmn:multiInstanceLoopCharacteristics/>")
    assert [finding.rule for finding in errors(between(bare))] == ["loop-without-collection"]
    assert errors(between(user("it", multi("=[1, 2]")))) == []


@pytest.mark.parametrize(("count", "ok"), [("3", True), ("=n", True), ("-1", False), ("2.5", False), ("1000000", False)])
def test_a_number_of_instances_is_a_whole_number_within_the_limit(count: str, ok: bool) -> None:
    inside = f"<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>{count}</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
    assert [finding.rule for finding in errors(between(user("it", inside)))] == ([] if ok else ["bad-loop-count"])


def test_a_standard_loop_needs_an_end() -> None:
    def loop(inside: str = "", **attributes: str) -> dict[str, bytes]:
        return between(user("it", element("standardLoopCharacteristics", "loop", inside, **attributes)))

    assert [finding.rule for finding in errors(loop())] == ["loop-without-end"]
    assert [finding.rule for finding in errors(loop(loopMaximum="many"))] == ["bad-loop-count"]
    assert errors(loop(loopMaximum="3")) == []
    assert errors(loop("<bpmn:loopCondition>=again</bpmn:loopCondition>")) == []
