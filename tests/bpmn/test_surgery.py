"""Operator Choi repairs instances: moves, cancels, starts, and takes them to a new version of the model."""

from collections.abc import Callable

import pytest

from engine import bpmn
from engine.bpmn import Execution, SurgeryRefused
from tests.bpmn.conformance import shows
from tests.bpmn.host import Story
from tests.bpmn.models import (
    boundary,
    element,
    end,
    event,
    event_sub,
    extensions,
    flows,
    gateway,
    message,
    model,
    multi,
    service,
    start,
    sub,
    timer,
    user,
    zeebe,
)


def repair(story: Story, act: Callable[[Execution], None]) -> Story:
    act(story.execution)
    story._run()
    return story


def two_branches() -> dict[str, bytes]:
    inner = sub("s", start("s1"), user("x"), user("y"), flows("s1->x->y"))
    return model(
        start(),
        gateway("parallel", "f"),
        user("a"),
        user("b"),
        inner,
        gateway("parallel", "j"),
        user("c"),
        end(),
        flows("start->f->a->j->c->end", "f->b->s->j"),
    )


@shows("Other", "Repair: move a token")
def test_a_token_is_moved_and_the_old_task_is_cancelled() -> None:
    story = Story(two_branches())
    repair(story, lambda execution: bpmn.move_token(execution, story.wait("b").token, "s"))
    assert (story.waiting, story.desk.stopped) == (["a", "x"], ["b"])
    repair(story, lambda execution: bpmn.move_token(execution, story.wait("x").token, "y"))
    assert story.waiting == ["a", "y"]
    assert story.complete("y").complete("a").waiting == ["c"]


@shows("Other", "Repair: cancel an element")
def test_a_cancelled_element_ends_its_branch_and_the_last_one_ends_the_instance() -> None:
    story = Story(model(start(), user("a"), user("b"), flows("start->a", "start->b")))
    repair(story, lambda execution: bpmn.cancel_element(execution, story.wait("a").token))
    assert story.waiting == ["b"]
    repair(story, lambda execution: bpmn.cancel_element(execution, story.wait("b").token))
    assert story.state == "completed"


@shows("Other", "Repair: start before and after an element")
def test_an_element_is_started_again_and_a_branch_goes_on_after_another() -> None:
    story = Story(two_branches(), {"x": 1})
    repair(story, lambda execution: bpmn.start_before(execution, "c", {"x": 2}))
    assert (story.waiting, story.variables) == (["a", "b", "c"], {"x": 2})
    story.desk.entries.clear()
    repair(story, lambda execution: bpmn.start_after(execution, "s"))
    assert story.desk.entries == []
    assert story.complete("a").waiting == ["b", "c", "c"]
    with pytest.raises(SurgeryRefused, match="s is not open; start before s instead"):
        bpmn.start_before(story.execution, "x")


def test_a_token_moved_out_of_a_sub_process_ends_it_like_any_other_last_token() -> None:
    story = Story(two_branches()).complete("b")
    repair(story, lambda execution: bpmn.cancel_element(execution, story.wait("x").token))
    assert story.complete("a").waiting == ["c"]


@shows("Other", "Repair of multi-instance", "refused")
def test_one_run_of_a_multi_instance_activity_is_not_moved_but_the_whole_is() -> None:
    story = Story(model(start(), user("ask", multi("=[1, 2]")), user("after"), flows("start->ask->after")))
    with pytest.raises(SurgeryRefused, match="one run of the multi-instance activity ask") as refusal:
        bpmn.move_token(story.execution, story.wait("ask").token, "after")
    assert "여러 번" in refusal.value.texts["ko"]
    assert story.execution.dump() == story.snapshot
    whole = story.execution.tokens[0][0]
    assert repair(story, lambda execution: bpmn.move_token(execution, whole, "after")).waiting == ["after"]
    inner = sub("s", start("s1"), user("x"), user("y"), multi("=[1, 2]"), flows("s1->x->y"))
    story = Story(model(start(), inner, flows("start->s")))
    with pytest.raises(SurgeryRefused, match="open 2 times"):
        bpmn.start_before(story.execution, "y")
    assert repair(story, lambda execution: bpmn.move_token(execution, story.wait("x").token, "y")).waiting == ["x", "y"]


@pytest.mark.parametrize(
    ("target", "reason"), [("nowhere", "no element"), ("late", "boundary event"), ("h", "begins by its event"), ("h_start", "begins by its event")]
)
def test_what_cannot_be_started_is_refused_with_the_reason(target: str, reason: str) -> None:
    handler = event_sub("h", timer("timeDuration", "PT1H"), user("b"), flows("h_start->b"))
    story = Story(model(start(), user("a"), boundary("late", "a", timer("timeDuration", "PT1H")), user("c"), handler, flows("start->a", "late->c")))
    with pytest.raises(SurgeryRefused, match=reason):
        bpmn.start_before(story.execution, target)
    with pytest.raises(SurgeryRefused, match="stands by"):
        bpmn.cancel_element(story.execution, story.wait("late").token)


OLD = model(
    message("m", "Changed", '="1"'),
    start(),
    gateway("parallel", "f"),
    user("a"),
    boundary("b1", "a", event("message", "m")),
    user("b"),
    gateway("parallel", "j"),
    user("c"),
    end(),
    flows("start->f->a->j->c->end", "f->b->j", "b1->c"),
)
NEW = model(
    message("m", "Changed", '="1"'),
    start(),
    gateway("parallel", "f"),
    user("check"),
    boundary("t", "check", timer("timeDuration", "PT1H")),
    user("b"),
    gateway("parallel", "j"),
    user("c"),
    user("late"),
    end(),
    flows("start->f->check->j->c->end", "f->b->j", "t->late"),
    event_sub("h", event("message", "m"), user("stop"), flows("h_start->stop")),
)


def migrated(story: Story, new: bpmn.Model, mapping: dict[str, str]) -> Story:
    story.execution = bpmn.migrate(story.model, new, story.snapshot, mapping, story.desk)
    story.model = new
    story._run()
    return story


@shows("Other", "Migration to another version")
def test_an_instance_moves_to_a_new_version_with_its_arrivals_and_new_events_begin_to_wait() -> None:
    story, new = Story(OLD), bpmn.parse(NEW)
    story.complete("b")
    before = story.wait("a").token
    mapping = {"a": "check", "a_j": "check_j"}
    found = bpmn.verdict(story.model, new, story.snapshot, mapping)
    assert (found.possible, [note.element_id for note in found.notes]) == (True, ["b1"])
    migrated(story, new, mapping)
    assert story.waiting == ["check", "h_start", "t"]
    assert story.wait("check").token == before
    assert story.complete("check").complete("c").state == "completed"


@shows("Other", "Migration with something in the way", "refused")
def test_the_verdict_says_beforehand_what_is_in_the_way() -> None:
    story = Story(OLD).complete("b")
    new = bpmn.parse(NEW)
    found = bpmn.verdict(story.model, new, story.snapshot, {})
    assert [problem.element_id for problem in found.problems] == ["a"]
    assert all(problem.ko and problem.en for problem in found.problems)
    wrong = bpmn.verdict(story.model, new, story.snapshot, {"a": "t", "b_j": "gone"})
    assert {problem.element_id for problem in wrong.problems} == {"a", "j"}
    with pytest.raises(SurgeryRefused, match="nowhere to move"):
        bpmn.migrate(story.model, new, story.snapshot, {}, story.desk)


def test_multi_instance_moves_only_where_it_repeats_in_the_same_way() -> None:
    def files(*loop: str) -> dict[str, bytes]:
        return model(start(), user("ask", extensions(zeebe("userTask")), *loop), user("after"), flows("start->ask->after"))

    story = Story(files(multi("=[1, 2]")))
    assert not bpmn.verdict(story.model, bpmn.parse(files()), story.snapshot, {}).possible
    assert not bpmn.verdict(story.model, bpmn.parse(files(multi("=[1, 2]", sequential=True))), story.snapshot, {}).possible
    same = bpmn.parse(files(multi("=[1, 2, 3]")))
    assert migrated(story, same, {}).waiting == ["ask", "ask"]
    assert story.complete("ask").complete("ask").waiting == ["after"]


def test_a_completed_activity_must_stay_compensable() -> None:
    def files(handler: bool) -> dict[str, bytes]:
        parts = (
            boundary("c", "do", event("compensate"))
            + service("undo", isForCompensation="true")
            + element("association", "x", sourceRef="c", targetRef="undo")
        )
        return model(start(), service("do"), parts if handler else "", user("a"), flows("start->do->a"))

    story = Story(files(True)).complete("do")
    assert not bpmn.verdict(story.model, bpmn.parse(files(False)), story.snapshot, {}).possible
    assert bpmn.verdict(story.model, bpmn.parse(files(True)), story.snapshot, {}).possible
