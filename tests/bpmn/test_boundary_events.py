"""Boundary events, escalations and listeners: what happens beside an element."""

import pytest

from engine.bpmn import TokenGone
from tests.bpmn.conformance import shows
from tests.bpmn.host import Desk, Story
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
    flows,
    gateway,
    message,
    model,
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


@shows("Other", "Listeners of the process")
def test_listeners_of_a_process_run_before_it_starts_and_before_it_ends() -> None:
    own = extensions(
        zeebe("executionListeners", *(zeebe("executionListener", eventType=when, type=f"{when}_all") for when in ("start", "end", "end")))
    )
    beside = event_sub("S", timer("timeDuration", "PT1H"), user("late"), end("over"), flows("S_start -> late -> over"))
    story = Story(model(own, start(), user("a"), end(), flows("start -> a -> end"), beside))
    assert [(wait.element_id, wait.job_type) for wait in story.waits if wait.kind == "job"] == [("start", "start_all")]
    story.complete("start", {"x": 1}).complete("a")
    assert [(wait.element_id, wait.job_type) for wait in story.waits] == [("p", "end_all")] and story.state == "running"
    story.complete("p", {"y": 2}).complete("p")
    assert story.state == "completed" and story.variables == {"x": 1, "y": 2} and story.path == ["start", "a", "end"]


@shows("Other", "Listeners of a called process")
def test_listeners_of_a_called_process_run_within_the_call() -> None:
    own = extensions(zeebe("executionListeners", *(zeebe("executionListener", eventType=when, type=f"{when}_all") for when in ("start", "end"))))
    called = process(own, start("s2"), end("e2"), flows("s2 -> e2"), id="q")
    calls = element("callActivity", "call", extensions(zeebe("calledElement", processId="q")))
    story = Story({"model.bpmn": definitions(process(start(), calls, user("a"), end(), flows("start -> call -> a -> end")), called)})
    assert story.waiting == ["s2"]
    assert story.complete("s2").waiting == ["q"]
    assert story.complete("q").waiting == ["a"]


@shows("Other", "Listeners of a terminated process")
def test_a_terminate_end_event_lets_the_end_listeners_run_first() -> None:
    own = extensions(zeebe("executionListeners", zeebe("executionListener", eventType="end", type="end_all")))
    stop = element("endEvent", "stop", "<bpmn:terminateEventDefinition />")
    story = Story(
        model(own, start(), gateway("parallel", "fork"), user("a"), user("b"), stop, end(), flows("start -> fork -> a -> stop", "fork -> b -> end"))
    )
    assert story.complete("a").waiting == ["p"]
    assert story.complete("p").state == "terminated"


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


@shows("Boundary events", "On a call activity")
def test_a_boundary_event_on_a_call_activity_sees_the_variables_of_the_caller() -> None:
    called = process(start("s1"), user("ask"), flows("s1->ask"), id="called")
    call = element("callActivity", "call", extensions(zeebe("calledElement", processId="called", propagateAllParentVariables="false")))
    caller = process(start(), call, boundary("b", "call", event("message", "n")), user("stopped"), flows("start->call", "b->stopped"))
    story = Story({"a.bpmn": definitions(message("n", "Stop", "=order"), caller, called)}, {"order": "O-1"})
    assert story.wait("b").key == "O-1"
    assert story.trigger("b").waiting == ["stopped"]
