"""Lint: variables that nobody wrote, and that two branches write."""

from engine.bpmn.lint import Known, lint
from tests.bpmn.models import (
    boundary,
    catch,
    condition,
    definitions,
    element,
    end,
    event,
    event_sub,
    extensions,
    flow,
    flows,
    gateway,
    io,
    message,
    model,
    multi,
    process,
    script,
    service,
    start,
    sub,
    throw,
    timer,
    user,
    zeebe,
)

APP = Known(
    forms={"receive"},
    fields={"receive": {"decision", "memo"}},
    records={"subscription": {"status", "postcode"}},
    starts={"p": {"applicant"}},
    lanes=set(),
)


def unwritten(files: dict[str, bytes], known: Known | None = None) -> set[tuple[str, str]]:
    """(element, variable) of what nobody wrote."""
    found = [finding for finding in lint(files, known) if finding.rule in ("variable-never-written", "unknown-record-field")]
    return {(finding.element, finding.en.split("'")[3 if "''" not in finding.en else 5]) for finding in found}


def reads(expression: str, *before: str, path: str = "", known: Known | None = None) -> bool:
    """Whether a script at the end of a path is told that what it reads was never written."""
    files = model(start(), *before, script("last", expression, "result"), end(), flows(f"start {path} -> last -> end"))
    return bool(unwritten(files, known))


def test_a_variable_that_nothing_wrote_is_found_where_it_is_read() -> None:
    files = model(start(), script("a", "=total + 1", "x"), end(), flows("start -> a -> end"))
    assert unwritten(files) == {("a", "total")}


def test_a_variable_is_reported_once_for_each_process() -> None:
    files = model(start(), script("a", "=total", "x"), script("b", "=total", "y"), end(), flows("start -> a -> b -> end"))
    assert unwritten(files) == {("a", "total")}


def test_what_a_script_wrote_before_can_be_read() -> None:
    assert not reads("=x", script("a", "=1", "x"), path="-> a")


def test_what_is_only_written_later_cannot() -> None:
    files = model(start(), script("a", "=x", "y"), script("b", "=1", "x"), end(), flows("start -> a -> b -> end"))
    assert unwritten(files) == {("a", "x")}


def test_in_a_loop_later_is_also_before() -> None:
    again = gateway("exclusive", "again", default="again_end")
    files = model(
        start(), script("a", "=x", "y"), script("b", "=1", "x"), again, end(),
        flows("start -> a -> b -> again"), flow("again", "a", "=x > y"), flow("again", "end"),
    )  # fmt: skip
    assert unwritten(files) == set()


def test_a_condition_sees_what_the_element_before_it_wrote() -> None:
    task = script("a", "=1", "x", default="a_end")
    files = model(start(), task, end("b"), end(), flow("a", "b", "=x > 0 and y"), flow("a", "end"), flows("start -> a"))
    assert unwritten(files) == {("a_b", "y")}


def test_form_fields_can_be_read_and_nothing_else_of_the_form() -> None:
    task = user("a", extensions(zeebe("formDefinition", formId="receive")))
    assert not reads("=decision", task, path="-> a", known=APP)
    assert reads("=decisoin", task, path="-> a", known=APP)
    assert not reads("=decisoin", task, path="-> a")


def test_what_the_doors_hand_in_can_be_read_and_records_always() -> None:
    assert not reads("=applicant", known=APP)
    assert not reads("=subscription.status + settings.phone + user.name", known=APP)
    assert reads("=subscribtion.status", known=APP)


def test_a_field_that_the_record_does_not_have_is_found() -> None:
    files = model(start(), script("a", "=subscription.postcod", "x"), end(), flows("start -> a -> end"))
    (finding,) = [finding for finding in lint(files, APP) if finding.rule == "unknown-record-field"]
    assert finding.element == "a" and "'subscription.postcod'" in finding.en


def test_results_of_connectors_are_known_and_those_of_external_workers_are_not() -> None:
    headers = zeebe("taskHeaders", zeebe("header", key="resultVariable", value="answer"))
    assert not reads("=answer", service("a", "http", mapping=headers), path="-> a")
    assert reads("=other", service("a", "http", mapping=headers), path="-> a")
    assert not reads("=other", service("a", "fax"), path="-> a")
    assert reads("=other", service("a", "fax", mapping=io(None, {"x": "=y"})), path="-> a")


def test_input_mappings_are_seen_inside_only_and_by_each_other() -> None:
    task = script("a", "=price * 2", "x", mapping=io({"price": "=10", "more": "=price"}))
    assert unwritten(model(start(), task, end(), flows("start -> a -> end"))) == set()
    assert reads("=price", task, path="-> a")


def test_a_message_brings_what_its_sender_maps() -> None:
    known = message("m", "Paid", "=1")
    sends = throw("send", event("message", "m"), extensions(io({"amount": "=10"})))
    parts = known, start(), sends, catch("wait", event("message", "m"))
    ways = flows("start -> send -> wait -> a -> end")
    assert unwritten(model(*parts, script("a", "=amount", "x"), end(), ways)) == set()
    assert unwritten(model(*parts, script("a", "=total", "x"), end(), ways)) == {("a", "total")}


def test_a_message_from_outside_may_bring_anything_unless_the_app_says_what() -> None:
    parts = message("m", "Paid", "=1"), start(), catch("wait", event("message", "m")), script("a", "=total", "x"), end()
    files = model(*parts, flows("start -> wait -> a -> end"))
    assert unwritten(files) == set()
    assert unwritten(files, Known(records={}, messages={"Paid": {"amount"}})) == {("a", "total")}


def test_a_called_process_sees_what_its_caller_hands_over() -> None:
    called = process(start("s"), script("t", "=price + tax", "x"), end("e"), flows("s -> t -> e"), id="called")
    narrow = zeebe("calledElement", processId="called", propagateAllParentVariables="false")
    for zeebes, expected in ((narrow, {("t", "tax")}), (zeebe("calledElement", processId="called"), set())):
        call = element("callActivity", "call", extensions(zeebes, io({"price": "=1"})))
        files = {"m.bpmn": definitions(process(start(), call, end(), flows("start -> call -> end")), called)}
        assert unwritten(files) == expected


def test_each_run_of_a_multi_instance_sees_its_item_and_later_elements_see_the_collection() -> None:
    inside = sub("each", start("s"), script("t", "=item + loopCounter", "x"), end("e"), flows("s -> t -> e"), multi("=[1, 2]", out=("all", "=x")))
    after = script("a", "=all", "y")
    assert unwritten(model(start(), inside, after, end(), flows("start -> each -> a -> end"))) == set()
    assert reads("=item", inside, path="-> each")


def test_event_sub_processes_and_awaited_conditions_see_what_their_scope_writes() -> None:
    aside = event_sub("aside", timer("timeDuration", "PT1H"), script("t", "=x", "y"), end("e"), flows("aside_start -> t -> e"))
    files = model(start(), script("a", "=1", "x"), aside, end(), flows("start -> a -> end"))
    assert unwritten(files) == set()
    waits = model(
        start(), gateway("parallel", "fork"), catch("wait", condition("=x > 0")), script("a", "=1", "x"), end("one"), end("two"),
        flows("start -> fork -> wait -> one", "fork -> a -> two"),
    )  # fmt: skip
    assert unwritten(waits) == set()


def test_a_file_on_its_own_that_uses_records_is_left_alone() -> None:
    case = extensions(zeebe("properties", zeebe("property", name="baton:case", value="subscription")))
    drawn = definitions(process(case, start(), script("a", "=technician", "x"), end(), flows("start -> a -> end")))
    assert unwritten({"a.bpmn": drawn}) == set()


def parallel(*branches: str, known: str = "x") -> set[str]:
    """The elements that write a variable which another branch writes too."""
    first, second = branches
    files = model(
        start(), gateway("parallel", "fork"), first, second, gateway("parallel", "join"), end(), script("after", "=1", known),
        flows("start -> fork -> a -> join -> after -> end", "fork -> b -> join"),
    )  # fmt: skip
    return {finding.element for finding in lint(files) if finding.rule == "parallel-writes"}


def test_two_branches_that_write_one_variable_are_found() -> None:
    assert parallel(script("a", "=1", "x"), script("b", "=2", "x")) == {"b"}
    assert parallel(script("a", "=1", "x"), script("b", "=2", "y")) == set()
    assert parallel(script("a", "=1", "x"), service("b", "http", mapping=io(None, {"x": "=1"}))) == {"b"}


def test_a_branch_beside_a_non_interrupting_boundary_event_is_one_too() -> None:
    for interrupting, expected in ((False, {"b"}), (True, set())):
        late = boundary("late", "work", timer("timeDuration", "PT1H"), interrupting)
        files = model(
            start(), user("work"), late, script("a", "=1", "x"), script("b", "=2", "x"), end(), end("other"),
            flows("start -> work -> a -> end", "late -> b -> other"),
        )  # fmt: skip
        assert {finding.element for finding in lint(files) if finding.rule == "parallel-writes"} == expected
