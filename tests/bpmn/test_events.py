"""Start, end, intermediate and boundary events."""

import pytest

from engine.bpmn import StepFailed
from tests.bpmn.conformance import shows
from tests.bpmn.host import Desk, Story
from tests.bpmn.models import (
    catch,
    condition,
    element,
    end,
    event,
    extensions,
    flow,
    flows,
    gateway,
    io,
    message,
    model,
    start,
    sub,
    throw,
    timer,
    user,
    zeebe,
)


@shows("Start", "None start event")
def test_a_process_begins_at_its_plain_start_event() -> None:
    story = Story(model(start(), user("a"), end(), flows("start->a->end")), {"amount": 3})
    assert story.waiting == ["a"]
    assert story.variables == {"amount": 3}
    assert story.complete("a").state == "completed"


@shows("Start", "Message start event")
@shows("Start", "Timer start event")
@shows("Start", "Signal start event")
@shows("Start", "Conditional start event")
@pytest.mark.parametrize(
    ("which", "kind"), [("by_message", "message"), ("by_timer", "timer"), ("by_signal", "signal"), ("by_condition", "conditional"), ("plain", "none")]
)
def test_an_instance_begins_at_the_start_event_that_has_happened(which: str, kind: str) -> None:
    files = model(
        message("m", "Ordered"),
        element("signal", "s", name="Opened"),
        start("by_message", event("message", "m")),
        start("by_timer", timer("timeCycle", "R/PT1H")),
        start("by_signal", event("signal", "s")),
        start("by_condition", condition("=stock < 3")),
        start("plain"),
        *(user(f"after_{name}") for name in ("by_message", "by_timer", "by_signal", "by_condition", "plain")),
        *(flows(f"{name}->after_{name}") for name in ("by_message", "by_timer", "by_signal", "by_condition", "plain")),
    )
    story = Story(files, {"x": 1}, at=which)
    assert story.waiting == [f"after_{which}"]
    starts = {element.id: element for element in story.model.processes["p"].starts}
    assert starts[which].event == kind
    assert Story(files).waiting == ["after_plain"]


@shows("Start", "Receive task that instantiates")
@shows("Start", "Event-based gateway that instantiates")
def test_an_instance_begins_at_a_receive_task_or_behind_an_event_based_gateway() -> None:
    files = model(
        message("m", "Ordered"),
        message("n", "Asked"),
        element("receiveTask", "first", messageRef="m", instantiate="true"),
        user("a"),
        element("eventBasedGateway", "gate", instantiate="true"),
        catch("second", event("message", "n")),
        user("b"),
        flows("first->a", "gate->second->b"),
    )
    assert [element.id for element in Story(files, at="first").model.processes["p"].starts] == ["first", "second"]
    assert Story(files, {"x": 1}, at="first").waiting == ["a"]
    story = Story(files, at="second")
    assert story.waiting == ["b"]
    assert story.path == ["second"]


@shows("Start", "Parallel event-based gateway that instantiates")
def test_behind_a_parallel_instantiating_gateway_every_event_is_awaited() -> None:
    files = model(
        message("m", "Order", "=order"),
        message("n", "Payment", "=order"),
        element("eventBasedGateway", "gate", instantiate="true", eventGatewayType="Parallel"),
        catch("order", event("message", "m")),
        catch("payment", event("message", "n")),
        gateway("parallel", "both"),
        user("ship"),
        flows("gate->order->both->ship", "gate->payment->both"),
    )
    story = Story(files, {"order": "O-7"}, at="payment")
    assert story.waiting == ["order"]
    assert story.wait("order").key == "O-7"
    assert story.trigger("order").waiting == ["ship"]


@shows("Events", "Message throw event")
@shows("Events", "Message end event")
@shows("Tasks", "Send task")
def test_throwing_elements_publish_their_message_with_key_inputs_and_time_to_live() -> None:
    lives = extensions(zeebe("properties", zeebe("property", name="baton:timeToLive", value="PT0S")), io({"amount": "=total * 2"}))
    files = model(
        message("m", "Ordered", "=order"),
        start(),
        element("sendTask", "send", messageRef="m"),
        throw("thrown", event("message", "m"), lives),
        end("end", event("message", "m")),
        flows("start->send->thrown->end"),
    )
    story = Story(files, {"order": 17, "total": 50})
    assert story.state == "completed"
    assert story.desk.sent == [("Ordered", "17", {}, "PT24H"), ("Ordered", "17", {"amount": 100}, "PT0S"), ("Ordered", "17", {}, "PT24H")]


@shows("Events", "Message throw event with a job type")
def test_a_message_throw_event_with_a_task_definition_is_a_job() -> None:
    files = model(
        message("m", "Ordered"), start(), throw("out", event("message", "m"), extensions(zeebe("taskDefinition", type="mail"))), flows("start->out")
    )
    story = Story(files)
    assert (story.wait("out").kind, story.wait("out").job_type, story.desk.sent) == ("job", "mail", [])
    assert story.complete("out").state == "completed"


@shows("Events", "Message catch event")
@shows("Tasks", "Receive task")
def test_a_catch_event_and_a_receive_task_wait_for_name_and_key_and_take_the_variables() -> None:
    files = model(
        message("m", "Paid", "=order"),
        start(),
        catch("paid", event("message", "m"), extensions(io(outputs={"paid": "=amount > 0"}))),
        element("receiveTask", "again", messageRef="m"),
        end(),
        flows("start->paid->again->end"),
    )
    story = Story(files, {"order": 17})
    assert (story.wait("paid").name, story.wait("paid").key) == ("Paid", "17")
    story.trigger("paid", {"amount": 5})
    assert story.variables == {"order": 17, "paid": True}
    story.trigger("again", {"amount": 5})
    assert (story.state, story.variables["amount"]) == ("completed", 5)


def test_a_missing_correlation_key_stops_the_step() -> None:
    files = model(message("m", "Paid", "=order"), start(), catch("paid", event("message", "m")), flows("start->paid"))
    with pytest.raises(StepFailed, match="correlation key is None") as failure:
        Story(files)
    assert failure.value.element_id == "paid"


@shows("Events", "Signal throw event")
@shows("Events", "Signal end event")
@shows("Events", "Signal catch event")
def test_signals_are_broadcast_also_by_an_end_event_and_caught_by_name() -> None:
    files = model(
        element("signal", "s", name="Opened"),
        start(),
        throw("out", event("signal", "s"), extensions(io({"room": "=1 + 1"}))),
        catch("in", event("signal", "s")),
        end("end", event("signal", "s")),
        flows("start->out->in->end"),
    )
    story = Story(files)
    assert story.desk.signals == [("Opened", {"room": 2})]
    assert story.wait("in").name == "Opened"
    story.trigger("in", {"by": "Park"})
    assert story.desk.signals[1:] == [("Opened", {})]
    assert (story.state, story.variables) == ("completed", {"by": "Park"})


@shows("Events", "Terminate end event")
def test_terminate_ends_the_whole_instance_but_inside_a_sub_process_only_that() -> None:
    files = model(
        start(),
        gateway("parallel", "fork"),
        user("a"),
        user("b"),
        end("stop", event("terminate")),
        flows("start->fork->a->stop", "fork->b"),
    )
    assert Story(files).complete("a").state == "terminated"
    inner = sub(
        "s", start("s1"), gateway("parallel", "fork"), user("a"), user("b"), end("stop", event("terminate")), flows("s1->fork->a->stop", "fork->b")
    )
    story = Story(model(start(), gateway("parallel", "g"), inner, user("after"), user("beside"), flows("start->g->s->after", "g->beside"))).complete(
        "a"
    )
    assert story.waiting == ["after", "beside"]
    assert story.state == "running"


@shows("Events", "Conditional catch event")
def test_a_conditional_event_sees_what_another_branch_writes() -> None:
    files = model(
        start(),
        gateway("parallel", "fork"),
        catch("enough", condition("=stock > 2")),
        user("count"),
        user("sell"),
        flows("start->fork->enough->sell", "fork->count"),
    )
    story = Story(files, {"stock": 0})
    assert story.waiting == ["count", "enough"]
    assert story.complete("count", {"stock": 5}).waiting == ["sell"]
    assert Story(files, {"stock": 9}).waiting == ["count", "sell"]


def test_a_flow_with_a_gateway_keeps_the_flow_ids_of_the_drawing() -> None:
    files = model(
        start(), gateway("exclusive", "g", default="d"), user("a"), user("b"), flow("g", "a", "=false"), flow("g", "b", id="d"), flows("start->g")
    )
    assert Story(files).waiting == ["b"]


def test_a_condition_over_the_hosts_names_is_looked_at_again_in_the_next_step() -> None:
    desk = Desk()
    desk.names = {"visit": {"status": "OPEN"}}
    story = Story(model(start(), catch("closed", condition('=visit.status = "CLOSED"')), user("a"), flows("start->closed->a")), desk=desk)
    assert story.waiting == ["closed"]
    desk.names = {"visit": {"status": "CLOSED"}}
    story._run()
    assert story.waiting == ["a"]
