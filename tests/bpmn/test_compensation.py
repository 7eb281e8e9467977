"""Compensation: what was completed is undone, the last first."""

import pytest

from engine.bpmn import StepFailed
from tests.bpmn.conformance import shows
from tests.bpmn.host import Story
from tests.bpmn.models import (
    boundary,
    element,
    end,
    event,
    event_sub,
    flow,
    flows,
    gateway,
    io,
    model,
    multi,
    script,
    service,
    start,
    sub,
    throw,
    user,
)

ERROR = element("error", "e", errorCode="X")


def undoable(name: str, *inside: str, mapping: str = "") -> str:
    """A service task with a handler `undo_<name>`."""
    return (
        service(name, "do", *inside)
        + boundary(f"c_{name}", name, event("compensate"))
        + service(f"undo_{name}", f"undo_{name}", mapping=mapping, isForCompensation="true")
        + element("association", f"as_{name}", sourceRef=f"c_{name}", targetRef=f"undo_{name}")
    )


def booking(last: str) -> dict[str, bytes]:
    return model(
        start(),
        undoable("hotel"),
        undoable("flight"),
        gateway("exclusive", "drive", default="drive_ask"),
        undoable("car"),
        user("ask"),
        last,
        user("after"),
        flows("start->hotel->flight->drive->ask->back->after", "car->ask"),
        flow("drive", "car", "=false"),
    )


@shows("Compensation", "Compensation throw event")
def test_completed_activities_are_undone_in_reverse_order_and_only_these() -> None:
    story = Story(booking(throw("back", event("compensate")))).complete("hotel").complete("flight").complete("ask")
    assert story.waiting == ["undo_flight"]
    assert story.complete("undo_flight").waiting == ["undo_hotel"]
    assert story.complete("undo_hotel").waiting == ["after"]
    assert "car" not in story.path


@shows("Compensation", "Compensation of one activity")
def test_a_throw_with_an_activity_undoes_that_one_only() -> None:
    story = Story(booking(throw("back", event("compensate", activityRef="hotel")))).complete("hotel").complete("flight").complete("ask")
    assert story.waiting == ["undo_hotel"]
    assert story.complete("undo_hotel").waiting == ["after"]


@shows("Compensation", "Compensation end event")
def test_a_compensation_end_event_undoes_and_then_ends() -> None:
    files = model(start(), undoable("hotel"), end("back", event("compensate")), flows("start->hotel->back"))
    story = Story(files).complete("hotel")
    assert story.waiting == ["undo_hotel"]
    assert story.complete("undo_hotel").state == "completed"


@shows("Compensation", "Nothing to compensate")
def test_a_throw_with_nothing_completed_goes_on_at_once() -> None:
    files = model(start(), throw("back", event("compensate")), undoable("hotel"), flows("start->back->hotel"))
    assert Story(files).waiting == ["hotel"]


@shows("Compensation", "Inside a sub-process")
def test_a_completed_sub_process_is_undone_from_its_inside_with_its_own_variables() -> None:
    inner = sub(
        "trip", start("s1"), script("set", '="R-7"', "room", mapping=""), undoable("hotel"), undoable("flight"), flows("s1->set->hotel->flight")
    )
    inner = inner.replace('id="trip">', 'id="trip">' + f"<bpmn:extensionElements>{io({'room': '=null'})}</bpmn:extensionElements>")
    files = model(start(), inner, throw("back", event("compensate")), user("after"), flows("start->trip->back->after"))
    story = Story(files).complete("hotel").complete("flight")
    assert story.waiting == ["undo_flight"]
    assert story.execution.scope(story.wait("undo_flight").token)["room"] == "R-7"
    assert "room" not in story.variables
    assert story.complete("undo_flight").complete("undo_hotel").waiting == ["after"]


@shows("Compensation", "Handler on a sub-process")
def test_a_handler_on_the_sub_process_itself_replaces_those_inside() -> None:
    inner = sub("trip", start("s1"), undoable("hotel"), flows("s1->hotel"))
    handler = (
        boundary("c_trip", "trip", event("compensate"))
        + service("undo_trip", isForCompensation="true")
        + element("association", "x", sourceRef="c_trip", targetRef="undo_trip")
    )
    files = model(start(), inner, handler, throw("back", event("compensate")), user("after"), flows("start->trip->back->after"))
    story = Story(files).complete("hotel")
    assert story.waiting == ["undo_trip"]
    assert story.complete("undo_trip").waiting == ["after"]


@shows("Compensation", "Over multi-instance")
def test_every_instance_of_a_multi_instance_activity_is_undone_with_its_own_item() -> None:
    files = model(
        start(),
        undoable("seat", multi("=[1, 2, 3]", "seat_no")),
        throw("back", event("compensate")),
        user("after"),
        flows("start->seat->back->after"),
    )
    story = Story(files).complete("seat").complete("seat").complete("seat")
    undone = []
    while story.waiting == ["undo_seat"]:
        undone.append(story.execution.scope(story.waits[0].token)["seat_no"])
        story.complete("undo_seat")
    assert undone == [3, 2, 1]
    assert story.waiting == ["after"]


@shows("Compensation", "In a transaction")
def test_a_cancelled_transaction_undoes_what_was_completed_before_it_leaves() -> None:
    inner = sub(
        "t",
        start("s1"),
        undoable("hotel"),
        undoable("flight"),
        user("ask"),
        end("no", event("cancel")),
        flows("s1->hotel->flight->ask->no"),
        kind="transaction",
    )
    files = model(start(), inner, boundary("c", "t", event("cancel")), user("failed"), flows("start->t", "c->failed"))
    story = Story(files).complete("hotel").complete("flight").complete("ask")
    assert story.waiting == ["undo_flight"]
    assert story.complete("undo_flight").complete("undo_hotel").waiting == ["failed"]


@shows("Compensation", "From an error event sub-process")
def test_an_error_handler_undoes_what_its_container_had_completed() -> None:
    handler = event_sub("h", event("error", "e"), throw("back", event("compensate")), user("told"), flows("h_start->back->told"))
    files = model(ERROR, start(), undoable("hotel"), service("pay"), handler, flows("start->hotel->pay"))
    story = Story(files).complete("hotel").fail("pay", "X")
    assert story.waiting == ["undo_hotel"]
    assert story.complete("undo_hotel").waiting == ["told"]


@shows("Event sub-processes", "Compensation start")
def test_a_compensation_event_sub_process_undoes_its_sub_process_in_its_own_way() -> None:
    handler = event_sub("h", event("compensate"), user("call"), throw("back", event("compensate")), flows("h_start->call->back"))
    inner = sub("trip", start("s1"), undoable("hotel"), handler, flows("s1->hotel"))
    files = model(start(), undoable("car"), inner, throw("all", event("compensate")), user("after"), flows("start->car->trip->all->after"))
    story = Story(files).complete("car").complete("hotel")
    assert story.waiting == ["call"]
    assert story.complete("call").waiting == ["undo_hotel"]
    assert story.complete("undo_hotel").waiting == ["undo_car"]
    assert story.complete("undo_car").waiting == ["after"]


@shows("Compensation", "Undone only once")
def test_what_was_undone_is_not_undone_again() -> None:
    files = model(
        start(),
        undoable("hotel"),
        throw("one", event("compensate")),
        throw("two", event("compensate")),
        user("after"),
        flows("start->hotel->one->two->after"),
    )
    assert Story(files).complete("hotel").complete("undo_hotel").waiting == ["after"]


@shows("Compensation", "More than 1,000 completed activities")
def test_more_than_a_thousand_compensable_activities_are_an_incident() -> None:
    files = model(
        start(),
        gateway("exclusive", "top"),
        script("count", "=n + 1", "n"),
        boundary("c", "count", event("compensate")),
        script("undo", "=0", "m", isForCompensation="true"),
        element("association", "x", sourceRef="c", targetRef="undo"),
        user("look"),
        gateway("exclusive", "again", default="again_top"),
        throw("back", event("compensate")),
        end(),
        flows("start->top->count->again->top", "look->back->end"),
        flow("again", "look", "=n >= limit"),
    )
    story = Story(files, {"n": 0, "limit": 300})
    while story.waits[0].kind == "continue":
        story._run()
    assert story.complete("look").state == "completed"
    with pytest.raises(StepFailed, match="more than 1000"):
        story = Story(files, {"n": 0, "limit": 1100})
        for _ in range(10):
            story._run()
