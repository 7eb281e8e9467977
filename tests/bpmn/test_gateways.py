"""Gateways: splits, joins in every order and every turn, and events that race."""

from itertools import permutations

import pytest

from engine.bpmn import StepFailed
from tests.bpmn.conformance import shows
from tests.bpmn.host import Story
from tests.bpmn.models import boundary, catch, element, end, event, flow, flows, gateway, message, model, script, start, throw, timer, user


def approval() -> dict[str, bytes]:
    return model(
        start(),
        gateway("exclusive", "size", default="size_small"),
        *(user(name) for name in ("large", "medium", "small")),
        flows("start->size->small", "large->end", "medium->end", "small->end"),
        flow("size", "large", "=amount > 100"),
        flow("size", "medium", "=amount > 10"),
        end(),
    )


@shows("Gateways", "Exclusive gateway")
@pytest.mark.parametrize(("amount", "way"), [(500, "large"), (50, "medium"), (5, "small")])
def test_an_exclusive_gateway_takes_the_first_true_flow_and_else_the_default(amount: int, way: str) -> None:
    assert Story(approval(), {"amount": amount}).waiting == [way]


def test_an_exclusive_gateway_without_a_true_flow_or_default_stops_the_step() -> None:
    files = model(start(), gateway("exclusive", "g"), user("a"), user("b"), flow("g", "a", "=x = 1"), flow("g", "b", "=x = 2"), flows("start->g"))
    with pytest.raises(StepFailed, match="no condition is true") as failure:
        Story(files, {"x": 3})
    assert failure.value.element_id == "g"


def test_a_condition_that_is_neither_true_nor_false_stops_the_step_and_names_the_value() -> None:
    with pytest.raises(StepFailed, match="neither true nor false but None"):
        Story(approval(), {})


@shows("Gateways", "Parallel gateway")
@pytest.mark.parametrize("order", list(permutations("abc")))
def test_a_parallel_join_waits_for_every_branch(order: tuple[str, ...]) -> None:
    branches = [path for name in "abc" for path in (f"fork->{name}->join",)]
    story = Story(
        model(
            start(),
            gateway("parallel", "fork"),
            *map(user, "abc"),
            gateway("parallel", "join"),
            user("after"),
            end(),
            flows("start->fork", *branches, "join->after->end"),
        )
    )
    for name in order[:-1]:
        assert "after" not in story.complete(name).waiting
    assert story.complete(order[-1]).waiting == ["after"]


def looping(kind: str) -> dict[str, bytes]:
    return model(
        start(),
        gateway("exclusive", "top"),
        gateway(kind, "fork"),
        user("a"),
        user("b"),
        gateway(kind, "join"),
        user("check"),
        gateway("exclusive", "again", default="again_top"),
        end(),
        flows("start->top->fork", "a->join", "b->join", "join->check->again->top"),
        flow("fork", "a", "=true" if kind == "inclusive" else None),
        flow("fork", "b", "=true" if kind == "inclusive" else None),
        flow("again", "end", "=finished = true"),
    )


@shows("Gateways", "Parallel join in a loop")
@shows("Gateways", "Inclusive join in a loop")
@pytest.mark.parametrize("kind", ["parallel", "inclusive"])
@pytest.mark.parametrize("orders", [("ab", "ab", "ba"), ("ab", "ba", "ab"), ("ba", "ab", "ab"), ("ba", "ba", "ba")])
def test_a_join_in_a_loop_waits_for_both_branches_in_every_turn_and_order(kind: str, orders: tuple[str, ...]) -> None:
    story = Story(looping(kind), {"finished": False})
    for first, second in orders:
        assert story.complete(first).waiting == [second]
        assert story.complete(second).waiting == ["check"]
        story.complete("check", {"finished": False})
    story.complete("a").complete("b").complete("check", {"finished": True})
    assert story.state == "completed"
    assert story.path.count("check") == 4


@shows("Gateways", "Several tokens on one flow")
def test_a_parallel_join_fires_once_for_each_pair_of_tokens() -> None:
    files = model(
        start(),
        gateway("parallel", "twice"),
        gateway("exclusive", "merge"),
        gateway("parallel", "fork"),
        user("a"),
        user("b"),
        gateway("parallel", "join"),
        user("after"),
        end(),
        flows("start->twice->merge->fork->a->join->after->end", "fork->b->join"),
        flow("twice", "merge", id="second"),
    )
    story = Story(files).complete("a").complete("a")
    assert story.waiting == ["b", "b"]
    assert story.complete("b").waiting == ["after", "b"]
    assert story.complete("b").waiting == ["after", "after"]
    story.complete("after").complete("after")
    assert story.state == "completed"


@shows("Gateways", "Inclusive gateway")
@pytest.mark.parametrize(("amount", "ways"), [(500, ["large", "medium"]), (50, ["medium"]), (5, ["small"])])
def test_an_inclusive_gateway_takes_every_true_flow_and_joins_what_was_taken(amount: int, ways: list[str]) -> None:
    files = model(
        start(),
        gateway("inclusive", "split", default="split_small"),
        *map(user, ("large", "medium", "small")),
        gateway("inclusive", "join"),
        user("after"),
        end(),
        flows("start->split->small->join->after->end", "large->join", "medium->join"),
        flow("split", "large", "=amount > 100"),
        flow("split", "medium", "=amount > 10"),
    )
    story = Story(files, {"amount": amount})
    assert story.waiting == ways
    for way in ways[:-1]:
        assert "after" not in story.complete(way).waiting
    assert story.complete(ways[-1]).waiting == ["after"]


@shows("Gateways", "Inclusive join beside a branch that leaves")
def test_an_inclusive_join_does_not_wait_for_a_branch_that_has_left_to_an_end_event() -> None:
    files = model(
        start(),
        gateway("inclusive", "split"),
        user("a"),
        user("b"),
        gateway("exclusive", "leave", default="leave_join"),
        gateway("inclusive", "join"),
        user("after"),
        end(),
        end("gone"),
        flows("start->split", "a->join->after->end", "b->leave->join"),
        flow("split", "a", "=true"),
        flow("split", "b", "=true"),
        flow("leave", "gone", "=left"),
    )
    story = Story(files).complete("a")
    assert story.waiting == ["b"]
    assert story.complete("b", {"left": True}).waiting == ["after"]


@shows("Gateways", "Join beside a boundary event")
def test_a_join_fires_when_a_branch_arrives_by_its_boundary_event() -> None:
    files = model(
        start(),
        gateway("parallel", "fork"),
        user("a"),
        boundary("late", "a", timer("timeDuration", "PT1H")),
        user("b"),
        gateway("exclusive", "either"),
        gateway("parallel", "join"),
        user("after"),
        end(),
        flows("start->fork->a->either->join->after->end", "fork->b->join", "late->either"),
    )
    story = Story(files).trigger("late")
    assert story.waiting == ["b"]
    assert story.complete("b").waiting == ["after"]


@shows("Gateways", "Join that can never fire")
def test_a_join_that_can_never_fire_is_an_incident_and_not_silence() -> None:
    files = model(
        start(),
        gateway("inclusive", "split", default="split_b"),
        user("a"),
        user("b"),
        gateway("parallel", "join"),
        end(),
        flows("start->split->b->join->end", "a->join"),
        flow("split", "a", "=x = 1"),
    )
    story = Story(files, {"x": 1})
    with pytest.raises(StepFailed, match="never arrive") as failure:
        story.complete("a")
    assert failure.value.element_id == "join"


def racing(kind: str = "eventBased") -> dict[str, bytes]:
    return model(
        message("m", "Paid", "=order"),
        start(),
        gateway(kind, "race"),
        catch("paid", event("message", "m")),
        catch("late", timer("timeDuration", "PT30M")),
        element("receiveTask", "also", messageRef="m"),
        user("ship"),
        user("remind"),
        user("third"),
        end(),
        flows("start->race->paid->ship->end", "race->late->remind->race", "race->also->third->end"),
    )


@shows("Gateways", "Event-based gateway")
def test_the_first_event_behind_an_event_based_gateway_wins_and_the_others_stop_waiting() -> None:
    story = Story(racing(), {"order": "O-1"})
    assert story.waiting == ["also", "late", "paid"]
    assert (story.wait("paid").name, story.wait("paid").key) == ("Paid", "O-1")
    story.trigger("paid", {"amount": 100})
    assert story.waiting == ["ship"]
    assert story.variables["amount"] == 100
    assert "race" in story.path


@shows("Gateways", "Event-based gateway in a loop")
def test_an_event_based_gateway_can_be_reached_again_and_again() -> None:
    story = Story(racing(), {"order": "O-1"})
    for _ in range(3):
        story.trigger("late").complete("remind")
        assert story.waiting == ["also", "late", "paid"]
    assert story.trigger("also").waiting == ["third"]


@shows("Events", "Link events")
def test_a_link_goes_on_at_the_catching_link_of_the_same_name() -> None:
    files = model(
        start(),
        user("a"),
        throw("out", event("link", name="L")),
        catch("in", event("link", name="L")),
        user("b"),
        end(),
        flows("start->a->out", "in->b->end"),
    )
    story = Story(files).complete("a")
    assert story.waiting == ["b"]
    assert story.complete("b").path == ["start", "a", "out", "in", "b", "end"]


@shows("Other", "Implicit fork and end")
def test_a_task_with_two_outgoing_flows_forks_and_a_process_without_end_event_completes() -> None:
    story = Story(model(start(), user("a"), user("b"), user("c"), flows("start->a->b", "a->c"))).complete("a")
    assert story.waiting == ["b", "c"]
    assert story.complete("b").complete("c").state == "completed"


@shows("Other", "Conditional flow out of a task")
@pytest.mark.parametrize(("x", "ways"), [(1, ["always", "one"]), (2, ["always", "other"])])
def test_conditions_on_flows_out_of_a_task_are_kept(x: int, ways: list[str]) -> None:
    files = model(
        start(),
        script("a", "=x", "y", default="a_other"),
        *map(user, ("one", "other", "always")),
        flows("start->a->other", "a->always"),
        flow("a", "one", "=y = 1"),
    )
    assert Story(files, {"x": x}).waiting == ways


@shows("Other", "Condition on the only flow out of a task")
def test_a_false_condition_on_the_only_flow_out_of_a_task_is_no_way_out() -> None:
    files = model(start(), user("a"), user("b"), flows("start->a"), flow("a", "b", "=ready"))
    assert Story(files).complete("a", {"ready": True}).waiting == ["b"]
    with pytest.raises(StepFailed, match="no condition is true") as failure:
        Story(files).complete("a", {"ready": False})
    assert failure.value.element_id == "a"
