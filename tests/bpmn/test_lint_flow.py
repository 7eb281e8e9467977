"""Lint: where tokens go, and where they get stuck."""

from engine.bpmn.lint import lint
from tests.bpmn.models import (
    boundary,
    catch,
    element,
    end,
    event,
    extensions,
    flow,
    flows,
    gateway,
    model,
    script,
    service,
    start,
    sub,
    throw,
    timer,
    user,
    zeebe,
)


def found(files: dict[str, bytes], level: str = "error") -> set[tuple[str, str]]:
    """(rule, element) of the findings of that level, without those about layout and people."""
    taste = {"missing-layout", "user-task-without-form", "user-task-without-role", "variable-never-written", "unknown-job-type"}
    return {(finding.rule, finding.element) for finding in lint(files) if finding.level == level and finding.rule not in taste}


def test_an_island_is_reported_once_at_its_beginning() -> None:
    files = model(start(), end(), flows("start -> end"), user("a"), user("b"), flows("a -> b"))
    assert found(files) == {("unreachable-element", "a")}


def test_an_island_that_is_a_circle_is_reported_once() -> None:
    files = model(start(), end(), flows("start -> end"), user("a"), user("b"), flows("a -> b -> a"))
    assert found(files) == {("unreachable-element", "a")}


def test_what_links_compensation_and_boundary_events_lead_to_is_reached() -> None:
    files = model(
        start(), throw("out", event("link", name="A")), catch("in", event("link", name="A")), user("work"), end(), user("late_work"),
        boundary("late", "work", timer("timeDuration", "PT1H")), boundary("undo", "work", event("compensate")),
        service("refund", "http", isForCompensation="true"), element("association", "a", sourceRef="undo", targetRef="refund"),
        flows("start -> out", "in -> work -> end", "late -> late_work -> end"),
    )  # fmt: skip
    assert found(files) == set()


def test_an_exclusive_split_needs_conditions_and_should_have_a_default() -> None:
    parts = start(), gateway("exclusive", "which"), end("a"), end("b"), flows("start -> which")
    assert found(model(*parts, flow("which", "a", "=x"), flow("which", "b"))) == {("flow-without-condition", "which_b")}
    files = model(*parts, flow("which", "a", "=x"), flow("which", "b", "=y"))
    assert (found(files), found(files, "warning")) == (set(), {("missing-default-flow", "which")})


def test_a_default_flow_needs_no_condition() -> None:
    which = gateway("exclusive", "which", default="which_b")
    files = model(start(), which, end("a"), end("b"), flow("which", "a", "=x"), flow("which", "b"), flows("start -> which"))
    assert found(files) | found(files, "warning") == set()


def test_conditions_behind_a_parallel_gateway_are_ignored_and_said_to_be() -> None:
    files = model(start(), gateway("parallel", "fork"), end("a"), end("b"), flows("start -> fork -> b"), flow("fork", "a", "=x"))
    assert found(files, "warning") == {("condition-ignored", "fork_a")}


def test_implied_ends_and_forks_run_and_are_doubted() -> None:
    files = model(start(), user("work"), user("a"), end(), flows("start -> work -> a", "work -> end"))
    assert found(files) == set()
    assert found(files, "warning") == {("implicit-fork", "work"), ("implicit-end", "a")}


def test_an_automatic_cycle_without_a_way_out_is_refused() -> None:
    files = model(start(), script("a", "=1", "x"), script("b", "=2", "x"), flows("start -> a -> b -> a"))
    assert found(files) == {("automatic-cycle", "a")}


def test_a_fork_that_feeds_itself_is_refused() -> None:
    files = model(start(), gateway("parallel", "bomb"), end(), flows("start -> bomb -> end", "bomb -> bomb"))
    assert ("automatic-cycle", "bomb") in found(files)


def test_an_automatic_cycle_with_a_way_out_is_doubted() -> None:
    which = gateway("exclusive", "which", default="which_end")
    files = model(start(), script("a", "=1", "x"), which, end(), flow("which", "a", "=x < 3"), flow("which", "end"), flows("start -> a -> which"))
    assert (found(files), found(files, "warning")) == (set(), {("automatic-cycle-with-exit", "a")})


def test_a_cycle_that_waits_for_a_person_or_a_job_is_fine() -> None:
    which = gateway("exclusive", "which", default="which_end")
    for task in (user("a"), service("a", "http")):
        files = model(start(), task, which, end(), flow("which", "a", "=again"), flow("which", "end"), flows("start -> a -> which"))
        assert found(files) | found(files, "warning") == set()


def test_a_connector_that_runs_in_the_step_does_not_wait() -> None:
    files = model(start(), service("a", "record.update"), flows("start -> a -> a"))
    assert ("automatic-cycle", "a") in found(files)


def test_a_process_that_calls_itself_is_doubted() -> None:
    again = element("callActivity", "again", extensions(zeebe("calledElement", processId="p")))
    assert found(model(start(), again, end(), flows("start -> again -> end")), "warning") == {("recursive-call", "p")}


def test_an_exclusive_split_into_a_parallel_join_is_a_deadlock() -> None:
    which = gateway("exclusive", "which", default="which_b")
    files = model(
        start(), which, user("a"), user("b"), gateway("parallel", "join"), end(),
        flow("which", "a", "=x"), flow("which", "b"), flows("start -> which", "a -> join -> end", "b -> join"),
    )  # fmt: skip
    assert found(files) == {("join-deadlock", "join")}


def test_a_join_that_a_loop_feeds_before_it_ever_fired_is_a_deadlock() -> None:
    files = model(start(), gateway("parallel", "join"), user("work"), end(), flows("start -> join -> work -> join", "work -> end"))
    assert ("join-deadlock", "join") in found(files)


def test_a_branch_that_leaves_makes_the_join_doubtful() -> None:
    which = gateway("exclusive", "which", default="which_join")
    files = model(
        start(), gateway("parallel", "fork"), user("a"), which, gateway("parallel", "join"), end(), end("gone"),
        flows("start -> fork -> a -> join -> end", "fork -> which"), flow("which", "gone", "=x"), flow("which", "join"),
    )  # fmt: skip
    assert (found(files), found(files, "warning")) == (set(), {("join-may-wait-for-ever", "join")})


def test_a_branch_that_ends_everything_does_not() -> None:
    which = gateway("exclusive", "which", default="which_join")
    files = model(
        start(), gateway("parallel", "fork"), user("a"), which, gateway("parallel", "join"), end(), end("gone", event("terminate")),
        flows("start -> fork -> a -> join -> end", "fork -> which"), flow("which", "gone", "=x"), flow("which", "join"),
    )  # fmt: skip
    assert found(files) | found(files, "warning") == set()


def test_forks_and_joins_that_fit_are_fine_in_loops_and_sub_processes_too() -> None:
    again = gateway("exclusive", "again", default="again_end")
    looping = (
        start(), gateway("exclusive", "merge"), gateway("parallel", "fork"), user("a"), user("b"), gateway("parallel", "join"), again, end(),
        flows("start -> merge -> fork -> a -> join -> again", "fork -> b -> join"), flow("again", "merge", "=more"), flow("again", "end"),
    )  # fmt: skip
    assert found(model(*looping)) | found(model(*looping), "warning") == set()
    inside = sub("inside", *(part.replace('"start', '"s0').replace('"end', '"e0').replace("_end", "_e0") for part in looping))
    assert found(model(start(), inside, end(), flows("start -> inside -> end"))) == set()


def test_a_chain_of_thousands_and_a_wide_fan_of_choices_are_checked() -> None:
    chain = model(start(), *(user(f"t{i}") for i in range(3000)), flows(" -> ".join(["start", *(f"t{i}" for i in range(3000))])))
    fan = [gateway("exclusive", f"g{i}") + user(f"a{i}") + user(f"b{i}") for i in range(60)]
    ways = [flow(f"g{i}", f"a{i}", "=x") + flow(f"g{i}", f"b{i}", "=y") + flows(f"fork -> g{i}", f"a{i} -> join", f"b{i} -> join") for i in range(60)]
    wide = model(start(), gateway("parallel", "fork"), gateway("parallel", "join"), end(), *fan, *ways, flows("start -> fork", "join -> end"))
    assert found(chain) == set()
    assert found(wide) == set()
