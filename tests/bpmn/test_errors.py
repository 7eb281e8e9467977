"""Errors: who catches them, and what stays untouched."""

import pytest

from engine.bpmn import BpmnError, TokenGone, UncaughtError
from tests.bpmn.conformance import shows
from tests.bpmn.host import Desk, Story
from tests.bpmn.models import boundary, element, end, event, event_sub, flows, gateway, model, multi, service, start, sub, user

ERROR = element("error", "e", name="Declined", errorCode="DECLINED")
OTHER = element("error", "o", name="Other", errorCode="OTHER")


def raising(inputs: object, scope: object) -> None:
    raise BpmnError("DECLINED", "no money", {"reason": "limit"})


@shows("Boundary events", "Error, on a job")
def test_an_error_of_a_job_leaves_by_the_boundary_event_with_its_code_and_variables() -> None:
    files = model(
        ERROR,
        OTHER,
        start(),
        service("pay"),
        boundary("no", "pay", event("error", "e")),
        boundary("x", "pay", event("error", "o")),
        boundary("all", "pay", event("error")),
        *map(user, ("declined", "other", "any")),
        end(),
        flows("start->pay->end", "no->declined", "x->other", "all->any"),
    )
    story = Story(files).fail("pay", "DECLINED", {"reason": "limit"})
    assert (story.waiting, story.variables) == (["declined"], {"reason": "limit"})
    assert Story(files).fail("pay", "OTHER").waiting == ["other"]
    assert Story(files).fail("pay", "WHATEVER").waiting == ["any"]


@shows("Boundary events", "Error, from an in-step connector")
def test_an_error_raised_in_the_step_is_caught_like_one_of_a_job() -> None:
    files = model(ERROR, start(), service("pay"), boundary("no", "pay", event("error", "e")), user("declined"), flows("start->pay", "no->declined"))
    story = Story(files, desk=Desk(pay=raising))
    assert (story.waiting, story.variables) == (["declined"], {"reason": "limit"})


def test_an_error_that_nobody_catches_names_its_code_and_element() -> None:
    with pytest.raises(UncaughtError) as failure:
        Story(model(start(), service("pay"), flows("start->pay")), desk=Desk(pay=raising))
    assert (failure.value.code, failure.value.element_id) == ("DECLINED", "pay")


@shows("Events", "Error end event")
def test_an_error_end_event_is_an_incident_even_beside_an_open_branch() -> None:
    files = model(ERROR, start(), gateway("parallel", "f"), user("a"), end("bad", event("error", "e")), flows("start->f->a", "f->bad"))
    with pytest.raises(UncaughtError, match="DECLINED"):
        Story(files)


def beside() -> dict[str, bytes]:
    one = sub("one", start("s1"), user("a"), end("bad", event("error", "e")), flows("s1->a->bad"))
    two = sub("two", start("s2"), user("b"), flows("s2->b"))
    return model(
        ERROR,
        start(),
        gateway("parallel", "f"),
        one,
        two,
        boundary("x1", "one", event("error", "e")),
        boundary("x2", "two", event("error", "e")),
        user("first"),
        user("second"),
        flows("start->f->one", "f->two", "x1->first", "x2->second"),
    )


@shows("Boundary events", "Error beside a sibling sub-process")
def test_an_error_in_one_sub_process_leaves_its_sibling_alone() -> None:
    assert Story(beside()).complete("a").waiting == ["b", "first"]


@shows("Boundary events", "Error, through several levels")
def test_an_error_climbs_until_someone_knows_its_code() -> None:
    deep = sub("deep", start("s2"), end("bad", event("error", "e")), flows("s2->bad"))
    outer = sub("outer", start("s1"), deep, boundary("wrong", "deep", event("error", "o")), user("w"), flows("s1->deep", "wrong->w"))
    files = model(ERROR, OTHER, start(), outer, boundary("right", "outer", event("error", "e")), user("r"), flows("start->outer", "right->r"))
    assert Story(files).waiting == ["r"]


@shows("Event sub-processes", "Error start")
def test_an_error_event_sub_process_runs_only_when_the_error_comes_and_replaces_the_rest() -> None:
    handler = event_sub("h", event("error", "e"), user("repair"), flows("h_start->repair"))
    files = model(ERROR, start(), gateway("parallel", "f"), service("pay"), user("b"), handler, user("after"), flows("start->f->pay->after", "f->b"))
    story = Story(files)
    assert story.waiting == ["b", "pay"]
    story.fail("pay", "DECLINED", {"reason": "limit"})
    assert (story.waiting, story.variables) == (["repair"], {"reason": "limit"})
    assert story.complete("repair").state == "completed"


@shows("Event sub-processes", "Error start, error thrown inside it")
def test_an_error_event_sub_process_does_not_catch_its_own_errors() -> None:
    handler = event_sub("h", event("error", "e"), end("again", event("error", "e")), flows("h_start->again"))
    inner = sub("s", start("s1"), end("bad", event("error", "e")), handler, flows("s1->bad"))
    files = model(ERROR, start(), inner, boundary("x", "s", event("error", "e")), user("outside"), flows("start->s", "x->outside"))
    assert Story(files).waiting == ["outside"]


@shows("Loops", "Error in one of several instances")
def test_an_error_in_one_instance_leaves_the_whole_multi_instance_activity() -> None:
    files = model(
        ERROR, start(), service("pay", None, multi("=[1, 2, 3]")), boundary("x", "pay", event("error", "e")), user("no"), flows("start->pay", "x->no")
    )
    assert Story(files).fail("pay", "DECLINED").waiting == ["no"]


@shows("Other", "Refusal by the host when an element completes")
def test_an_error_that_the_host_raises_on_completion_can_be_caught_by_the_drawing() -> None:
    class Strict(Desk):
        def completed(self, element: object, scope: object) -> None:
            super().completed(element, scope)  # type: ignore[arg-type]
            if self.path[-1] == "work":
                raise BpmnError("DECLINED")

    files = model(ERROR, start(), user("work"), boundary("x", "work", event("error", "e")), user("no"), flows("start->work", "x->no"))
    assert Story(files, desk=Strict()).complete("work").waiting == ["no"]


def test_it_is_known_beforehand_whether_a_code_would_be_caught_on_the_task_around_it_or_beside_it() -> None:
    inside = sub("room", start("s1"), service("pay", "job"), boundary("no", "pay", event("error", "e")), user("a"), flows("s1->pay", "no->a"))
    handler = event_sub("h", event("error", "o"), user("told"), flows("h_start->told"))
    third = element("error", "t", name="Third", errorCode="THIRD")
    around = boundary("late", "room", event("error", "t"))
    drawn = (start(), inside, around, handler, user("b"), flows("start->room", "late->b"))
    story = Story(model(ERROR, OTHER, third, *drawn))
    token = story.wait("pay").token
    assert {code: story.execution.catches(token, code) for code in ("DECLINED", "THIRD", "OTHER", "NOBODY")} == {
        "DECLINED": True,
        "THIRD": True,
        "OTHER": True,
        "NOBODY": False,
    }
    assert story.waiting == ["pay"]
    assert story.fail("pay", "OTHER").waiting == ["told"]
    with pytest.raises(TokenGone):
        story.execution.catches(token, "DECLINED")


def test_one_that_catches_everything_catches_every_code() -> None:
    story = Story(model(start(), service("pay"), boundary("all", "pay", event("error")), user("any"), flows("start->pay", "all->any")))
    assert story.execution.catches(story.wait("pay").token, "WHATEVER")
