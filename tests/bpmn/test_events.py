"""Start, end, intermediate and boundary events."""

import pytest

from engine.bpmn import StepFailed, TokenGone
from tests.bpmn.conformance import shows
from tests.bpmn.host import Desk, Story
from tests.bpmn.models import (
    boundary,
    catch,
    condition,
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
    script,
    service,
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


@shows("Boundary events", "Conditional, not interrupting")
def test_a_non_interrupting_condition_fires_each_time_it_becomes_true() -> None:
    files = model(
        start(),
        gateway("parallel", "fork"),
        user("work"),
        boundary("low", "work", condition("=stock < 3"), False),
        user("order"),
        gateway("exclusive", "merge"),
        user("count"),
        flows("start->fork->work", "low->order", "fork->merge->count->merge"),
    )
    story = Story(files, {"stock": 9}).complete("count", {"stock": 1})
    assert story.waiting == ["count", "low", "order", "work"]
    assert story.complete("count", {"stock": 0}).waiting.count("order") == 1
    story.complete("count", {"stock": 7}).complete("count", {"stock": 2})
    assert story.waiting.count("order") == 2


@shows("Boundary events", "Conditional with a filter on variables")
def test_a_condition_with_a_filter_is_only_looked_at_when_these_variables_change() -> None:
    filtered = event(
        "conditional", "", "<bpmn:condition>=stock &lt; 3 and open</bpmn:condition>", extensions(zeebe("conditionalFilter", variableNames="stock"))
    )
    files = model(
        start(), user("work"), boundary("low", "work", filtered), user("order"), user("other"), flows("start->work", "low->order", "start->other")
    )
    story = Story(files, {"stock": 1, "open": False}).complete("other", {"open": True})
    assert story.waiting == ["low", "work"]


def bounded(definition: str, interrupting: bool = True, *outside: str) -> dict[str, bytes]:
    return model(
        *outside,
        start(),
        user("work"),
        boundary("b", "work", definition, interrupting),
        user("then"),
        end(),
        flows("start->work->end", "b->then->end"),
    )


BOUNDARIES = [
    ("Timer", timer("timeDuration", "PT1H"), ()),
    ("Message", event("message", "m"), (message("m", "Changed", '="S-1"'),)),
    ("Signal", event("signal", "s"), (element("signal", "s", name="Changed"),)),
]


@shows("Boundary events", "Timer, message, signal, interrupting")
@pytest.mark.parametrize(("kind", "definition", "outside"), BOUNDARIES)
def test_an_interrupting_boundary_event_cancels_the_activity(kind: str, definition: str, outside: tuple[str, ...]) -> None:
    story = Story(bounded(definition, True, *outside)).trigger("b", {"why": kind})
    assert story.waiting == ["then"]
    assert story.desk.stopped == ["work"]
    assert story.variables == {"why": kind}
    assert story.complete("then").state == "completed"


@shows("Boundary events", "Message, signal, not interrupting")
@pytest.mark.parametrize(("kind", "definition", "outside"), BOUNDARIES[1:])
def test_a_non_interrupting_boundary_event_fires_again_and_again(kind: str, definition: str, outside: tuple[str, ...]) -> None:
    story = Story(bounded(definition, False, *outside))
    for number in (1, 2, 3):
        story.trigger("b")
        assert story.waiting.count("then") == number
    story.complete("work")
    assert story.waiting == ["then", "then", "then"]


@shows("Boundary events", "Timer cycle, not interrupting")
def test_a_non_interrupting_cycle_fires_as_often_as_it_says_and_a_duration_once() -> None:
    story = Story(bounded(timer("timeCycle", "R2/PT1H"), False)).trigger("b").trigger("b")
    assert story.waiting == ["then", "then", "work"]
    assert Story(bounded(timer("timeDuration", "PT1H"), False)).trigger("b").waiting == ["then", "work"]


def test_what_waited_beside_a_completed_activity_is_gone() -> None:
    story = Story(bounded(timer("timeDuration", "PT1H")))
    token = story.wait("b").token
    story.complete("work")
    with pytest.raises(TokenGone):
        story.execution.trigger(token)


@shows("Boundary events", "On a sub-process")
def test_a_boundary_event_on_a_sub_process_cancels_everything_inside() -> None:
    inner = sub("s", start("s1"), gateway("parallel", "f"), user("a"), user("b"), flows("s1->f->a", "f->b"))
    files = model(
        message("m", "Cancel", '="1"'),
        start(),
        inner,
        boundary("c", "s", event("message", "m")),
        user("undo"),
        end(),
        flows("start->s->end", "c->undo->end"),
    )
    story = Story(files).trigger("c")
    assert story.waiting == ["undo"]
    assert sorted(story.desk.stopped) == ["a", "b", "s"]


@shows("Events", "Several waits woken in one step")
def test_the_second_of_two_events_in_one_step_finds_the_first_has_won() -> None:
    story = Story(bounded(timer("timeDuration", "PT1H")))
    work, late = story.wait("work").token, story.wait("b").token
    story.execution.complete(work, {})
    story.execution.trigger(late)
    story._run()
    assert story.state == "completed"


@shows("Other", "Execution listeners")
@shows("Other", "Task listeners")
def test_listeners_are_jobs_before_and_after_an_element() -> None:
    listeners = zeebe("executionListeners", *(zeebe("executionListener", eventType=when, type=f"{when}_log") for when in ("start", "end")))
    watching = zeebe("taskListeners", *(zeebe("taskListener", eventType=when, type=f"{when}_log") for when in ("creating", "completing")))
    files = model(start(), user("a", extensions(zeebe("userTask"), listeners, watching)), end(), flows("start->a->end"))
    story = Story(files)
    seen = []
    while story.state == "running":
        wait = story.waits[0]
        seen.append(wait.job_type or wait.kind)
        story.complete("a", {"done": True})
    assert seen == ["start_log", "creating_log", "user_task", "end_log", "completing_log"]
    inside = Story(
        files, desk=Desk(start_log=lambda *_: {"a": 1}, creating_log=lambda *_: None, end_log=lambda *_: None, completing_log=lambda *_: {"b": 2})
    )
    assert inside.complete("a").state == "completed"
    assert inside.variables == {"a": 1, "b": 2}


@shows("Events", "Escalation")
def test_an_escalation_is_caught_around_it_and_the_thrower_goes_on_unless_interrupted() -> None:
    def files(interrupting: bool) -> dict[str, bytes]:
        inner = sub("s", start("s1"), throw("up", event("escalation", "e")), user("a"), flows("s1->up->a"))
        return model(
            element("escalation", "e", escalationCode="LATE"),
            start(),
            inner,
            boundary("b", "s", event("escalation", "e"), interrupting),
            user("boss"),
            user("after"),
            flows("start->s->after", "b->boss"),
        )

    assert Story(files(False)).waiting == ["a", "boss"]
    assert Story(files(True)).waiting == ["boss"]


@shows("Events", "Escalation end event")
def test_an_escalation_end_event_ends_its_branch_and_one_that_nobody_catches_does_no_harm() -> None:
    inner = sub("s", start("s1"), end("up", event("escalation", "e")), flows("s1->up"))
    files = model(element("escalation", "e", escalationCode="LATE"), start(), inner, user("after"), flows("start->s->after"))
    assert Story(files).waiting == ["after"]


@shows("Event sub-processes", "Escalation start")
def test_an_escalation_reaches_the_event_sub_process_of_its_container_first() -> None:
    handler = event_sub("h", event("escalation", "e"), user("boss"), flows("h_start->boss"), interrupting=False)
    inner = sub("s", start("s1"), throw("up", event("escalation", "e")), user("a"), handler, flows("s1->up->a"))
    files = model(
        element("escalation", "e", escalationCode="LATE"),
        start(),
        inner,
        boundary("b", "s", event("escalation", "e"), False),
        user("other"),
        flows("start->s", "b->other"),
    )
    story = Story(files)
    assert story.waiting == ["a", "boss"]
    assert story.complete("a").waiting == ["boss"]
    assert story.complete("boss").state == "completed"


@shows("Tasks", "Service task as a job")
def test_a_boundary_timer_on_a_job_and_a_script_after_it() -> None:
    files = model(
        start(),
        service("call"),
        boundary("t", "call", timer("timeDuration", "PT5M")),
        script("late", '="too late"', "why"),
        end(),
        flows("start->call->end", "t->late->end"),
    )
    assert Story(files).trigger("t").variables == {"why": "too late"}


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


def test_a_condition_over_the_hosts_names_is_met_in_the_step_in_which_a_connector_changes_them() -> None:
    desk = Desk(close=lambda inputs, scope: desk.names.update(visit={"status": "CLOSED"}))
    desk.names = {"visit": {"status": "OPEN"}}
    files = model(
        start(),
        gateway("parallel", "f"),
        user("work"),
        boundary("b", "work", condition('=visit.status = "CLOSED"')),
        user("then"),
        user("other"),
        service("close"),
        flows("start->f->work", "f->other->close", "b->then"),
    )
    story = Story(files, desk=desk)
    assert story.complete("other").waiting == ["then"]


def test_listeners_before_an_event_that_has_happened_run_before_its_variables_are_taken() -> None:
    listeners = extensions(zeebe("executionListeners", zeebe("executionListener", eventType="start", type="look")))
    files = model(
        message("m", "Paid", '="1"'),
        start(),
        gateway("eventBased", "race"),
        catch("paid", event("message", "m"), listeners),
        catch("late", timer("timeDuration", "PT1H")),
        user("a"),
        flows("start->race->paid->a", "race->late->a"),
    )
    story = Story(files).trigger("paid", {"amount": 3})
    assert (story.waits[0].job_type, story.variables) == ("look", {})
    assert story.complete("paid").waiting == ["a"]
    assert story.variables == {"amount": 3}
