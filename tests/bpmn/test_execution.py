"""A step as a whole: through SpiffWorkflow, within its budget, as cheap when old as when young."""

import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import orjson
import pytest
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task

from engine import bpmn
from engine.bpmn import StepFailed, TokenGone
from engine.bpmn.token import Token
from tests.bpmn.conformance import shows
from tests.bpmn.host import Desk, Story
from tests.bpmn.models import (
    boundary,
    catch,
    element,
    end,
    event,
    flow,
    flows,
    gateway,
    message,
    model,
    multi,
    script,
    service,
    start,
    sub,
    throw,
    timer,
    user,
)


@contextmanager
def counting() -> Iterator[Counter[str]]:
    """Counts what goes through the library's own Task.run, element by element."""
    seen: Counter[str] = Counter()
    code = Task.run.__code__

    def watch(frame: object, what: str, argument: object) -> None:
        if what == "call" and getattr(frame, "f_code", None) is code:
            seen[frame.f_locals["self"].task_spec.element.id] += 1  # type: ignore[attr-defined]

    sys.setprofile(watch)
    try:
        yield seen
    finally:
        sys.setprofile(None)


def everything() -> dict[str, bytes]:
    inner = sub("s", start("s1"), script("calc", "=1 + 1", "two"), end("e1"), flows("s1->calc->e1"))
    return model(
        message("m", "Paid", '="1"'),
        start(),
        gateway("parallel", "fork"),
        user("ask"),
        boundary("late", "ask", timer("timeDuration", "PT1H")),
        service("call"),
        gateway("parallel", "join"),
        inner,
        user("each", multi("=[1, 2]")),
        catch("paid", event("message", "m")),
        throw("done"),
        gateway("exclusive", "which", default="which_end"),
        end(),
        flows("start->fork->ask->join->s->each->paid->done->which->end", "fork->call->join", "late->join2"),
        gateway("exclusive", "join2"),
        flows("join2->far"),
        user("far"),
    )


@shows("Other", "Every element runs through SpiffWorkflow")
def test_every_element_that_completes_went_through_the_librarys_task_run() -> None:
    with counting() as seen:
        story = Story(everything()).complete("ask").complete("call").complete("each").complete("each").trigger("paid")
    assert story.state == "completed"
    assert set(story.path) <= set(seen)
    # Waiting elements run twice (entered, woken), the others once; a loop and its two runs are counted under one id.
    assert seen == {
        "start": 1,
        "fork": 1,
        "ask": 2,
        "call": 2,
        "join": 2,
        "s": 2,
        "s1": 1,
        "calc": 1,
        "e1": 1,
        "each": 2 + 4,
        "paid": 2,
        "done": 1,
        "which": 1,
        "end": 1,
    }


def test_specs_tokens_and_workflows_are_the_librarys_own_kinds() -> None:
    story = Story(everything())
    instance = story.execution.instance
    assert isinstance(instance, BpmnWorkflow)
    assert all(isinstance(token, Token) and isinstance(token, Task) for token in instance.live.values())
    assert all(isinstance(spec, BpmnTaskSpec) for spec in story.model.processes["p"].nodes.values())
    assert Task.run is vars(Task)["run"] and "run" not in vars(Token)


def turning() -> dict[str, bytes]:
    return model(
        start(),
        gateway("exclusive", "top"),
        user("a"),
        script("b", "=n + 1", "n"),
        user("c"),
        gateway("exclusive", "again", default="again_top"),
        end(),
        flows("start->top->a->b->c->again->top"),
        flow("again", "end", "=n >= 10000"),
    )


@shows("Other", "Loop of 10,000 turns")
def test_ten_thousand_turns_leave_no_trace_in_the_snapshot() -> None:
    desk, files = Desk(), bpmn.parse(turning())
    execution = bpmn.start(files, "p", {"n": 0}, desk)
    execution.run()
    sizes = []
    for turn in range(10_000):
        desk.path.clear()
        for _ in range(2):
            execution.complete(execution.waits[0].token)
            execution.run()
        if turn % 1000 == 10:
            sizes.append(len(execution.dump()))
            execution = bpmn.restore(files, execution.dump(), desk)
    assert execution.state == "completed"
    assert max(sizes) < 300
    assert len(execution.instance.tasks) == 1


@shows("Other", "Chain of 5,000 tasks")
def test_a_chain_of_five_thousand_tasks_runs_in_steps_of_a_thousand() -> None:
    names = [f"t{number}" for number in range(5000)]
    story = Story(model(start(), *(element("task", name) for name in names), end(), flows("->".join(["start", *names, "end"]))))
    steps = 1
    while story.state == "running":
        assert [wait.kind for wait in story.waits] == ["continue"]
        story._run()
        steps += 1
    assert steps >= 6
    assert len(story.path) == 5002


@shows("Other", "Endless automatic loop")
def test_a_loop_without_a_wait_yields_after_its_budget() -> None:
    files = model(
        start(),
        gateway("exclusive", "top"),
        script("a", "=n + 1", "n"),
        gateway("exclusive", "again", default="again_top"),
        end(),
        flows("start->top->a->again->top"),
        flow("again", "end", "=n < 0"),
    )
    story = Story(files, {"n": 0})
    assert story.waits[0].kind == "continue"
    before = story.variables["n"]
    story.execution.trigger(story.waits[0].token)
    story._run()
    assert story.variables["n"] > before


def test_a_token_is_answered_once() -> None:
    story = Story(model(start(), user("a"), user("b"), flows("start->a->b")))
    token = story.wait("a").token
    story.complete("a")
    for act in (story.execution.complete, story.execution.trigger, story.execution.scope):
        with pytest.raises(TokenGone):
            act(token)
    twice = story.wait("b").token
    story.execution.complete(twice)
    with pytest.raises(TokenGone):
        story.execution.complete(twice)


def test_token_ids_are_never_used_again() -> None:
    story = Story(turning(), {"n": 0})
    seen: set[int] = set()
    for _ in range(50):
        token = story.waits[0].token
        assert token not in seen
        seen.add(token)
        story.complete(story.waiting[0])


def test_a_process_or_start_that_does_not_exist_is_named() -> None:
    found = bpmn.parse(turning())
    for arguments in (("nobody", None), ("p", "nowhere"), ("p", "a")):
        with pytest.raises(StepFailed):
            bpmn.start(found, arguments[0], {}, Desk(), arguments[1])


def test_a_snapshot_is_compact_json_with_a_version() -> None:
    story = Story(everything())
    assert orjson.loads(story.snapshot)[:2] == [1, "p"]
    assert bpmn.process_of(story.snapshot) == "p"
    with pytest.raises(StepFailed, match="version 2"):
        bpmn.restore(story.model, story.snapshot.replace(b"[1,", b"[2,", 1), story.desk)


def test_one_model_serves_many_threads() -> None:
    found, ended = bpmn.parse(everything()), []

    def run() -> None:
        for _ in range(20):
            execution = bpmn.start(found, "p", {}, Desk())
            execution.run()
            while execution.state == "running":
                execution.trigger(next(wait.token for wait in execution.waits if wait.element_id != "late"))
                execution.run()
            ended.append(execution.state)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended == ["completed"] * 80


@pytest.mark.parametrize("budget", [1, 2, 3, 5, 7])
def test_wherever_a_budget_ends_the_instance_goes_on_to_the_same_end(budget: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.bpmn.execution.BUDGET", budget)
    files = model(
        start(),
        gateway("inclusive", "split"),
        *(script(name, "=1", name) for name in "abc"),
        gateway("inclusive", "join"),
        script("each", "=item", "last", multi("=[1, 2, 3]", out=("all", "=item"))),
        end(),
        flows("start->split", "a->join", "b->join", "c->join", "join->each->end"),
        *(flow("split", name, "=true") for name in "abc"),
    )
    story = Story(files)
    while story.state == "running":
        assert [wait.kind for wait in story.waits] == ["continue"]
        story._run()
    assert story.variables == {"a": 1, "b": 1, "c": 1, "last": 3, "all": [1, 2, 3]}
    assert story.path.count("join") == 1
