"""Start, end, intermediate and boundary events (BPMN 2.0 section 10.5)."""

from typing import Any

from engine.bpmn.failures import StepFailed
from engine.bpmn.model import Value
from engine.bpmn.scopes import stored
from engine.bpmn.specs.activities import run_job, win_race
from engine.bpmn.specs.base import NodeSpec, waiting
from engine.bpmn.specs.throwing import escalate, raise_error
from engine.bpmn.specs.waits import due_wait, event_wait, mapped, publish, stand_by, text, watch
from engine.bpmn.timers import next_due
from engine.bpmn.token import Token
from engine.bpmn.workflow import Flows, Instance


class StartEvent(NodeSpec):
    """The start of a process or sub-process; what triggered it may bring variables along."""


class ProcessEnd(NodeSpec):
    """The end listeners of a process: its last token, which nobody sees."""

    loud = False

    def close(self, token: Token) -> bool:
        """All listeners are through: the outcome that was held back stands."""
        if isinstance(token.workflow, Instance):
            token.workflow.finish(str((token.memo or {})["outcome"]))
        return super().close(token)


class CatchEvent(NodeSpec):
    """An intermediate event that waits for a timer, message, signal or condition."""

    def arm(self, workflow: Flows, owner: Token | None) -> None:
        """Wait behind an event-based gateway."""
        stand_by(self, workflow, owner)

    def execute(self, token: Token) -> bool:
        if self.element.event in ("none", "link"):
            return True
        if self.element.event == "conditional":
            if self.truth(token, self.element.condition, token.view(), "the condition"):
                return True
            watch(token)
        token.wait = event_wait(self, token)
        return False

    def resume(self, token: Token, answer: dict[str, Any]) -> bool | None:
        """The event has happened; behind an event-based gateway it decides the race first."""
        win_race(token)
        token.top.conditions.pop(token.id, None)
        return super().resume(token, answer)


class BoundaryEvent(NodeSpec):
    """An event on an activity: interrupts it, or lets it go on and waits again."""

    def arm(self, workflow: Flows, owner: Token | None) -> None:
        """Wait beside the activity `owner`."""
        stand_by(self, workflow, owner)

    def resume(self, token: Token, answer: dict[str, Any]) -> bool | None:
        """It has happened while the activity was open."""
        activity = token.owner
        if activity is not None:
            if not self.element.interrupting:
                rearm(self, token)
            detach(token)
            if self.element.interrupting:
                activity.cancel()
        token.local = None
        return super().resume(token, answer)


def detach(token: Token) -> None:
    """Let a token go on by itself, whoever it belonged to."""
    if token.owner is not None:
        token.owner.inner.pop(token.id, None)
        token.owner = None
    token.workflow.armed.pop(token.id, None)
    token.top.conditions.pop(token.id, None)


def rearm(spec: NodeSpec, token: Token) -> None:
    """Wait for the next time: a timer only while repetitions are left, everything else for ever."""
    wait = token.wait or {}
    if wait.get("kind") != "timer":
        again = stand_by(spec, token.workflow, token.owner)
        if again.memo and "was" in again.memo:
            again.remember(was=True)
        return
    left = wait.get("left", 0)
    host, timer = token.top.host, spec.element.timer
    due = next_due(timer, None if left == -1 else left, token.view(), host, host.seed) if timer else None
    if due is not None:
        token.workflow.stand_by(spec, token.owner).wait = due_wait(due)


class ThrowEvent(NodeSpec):
    """An intermediate throw or end event: sends what is drawn and goes on or ends."""

    def execute(self, token: Token) -> bool:
        return throw(self, token)


def throw(spec: NodeSpec, token: Token) -> bool:
    """What a throwing event does for each kind of event definition."""
    element = spec.element
    if element.event == "message":
        if element.job_type is not None:
            return run_job(spec, token)
        publish(spec, token)
    elif element.event == "signal":
        name = text(spec, spec.evaluate(token, element.signal), "signal")
        token.top.host.broadcast(element, name, mapped(token))
        hear(token.top, name, mapped(token))
    elif element.event == "escalation":
        escalate(token, code_of(spec, token, element.code), mapped(token))
    elif element.event == "error":
        spec.close(token)
        token.begun = False
        raise_error(code_of(spec, token, element.code), element.name, mapped(token))
    elif element.event == "terminate":
        terminate(token)
    return True


def hear(instance: Instance, name: str, variables: dict[str, Any]) -> None:
    """Who waits for a signal in the same instance takes it in the same step; who comes to wait later has missed it (BPMN 2.0 section 10.5.1)."""
    for token in list(instance.live.values()):
        if waiting(token) and token.wait and token.wait["kind"] == "signal" and token.wait["name"] == name:
            token.wake(dict(variables))


def code_of(spec: NodeSpec, token: Token, code: Value | None) -> str:
    """The code of an error or escalation, "" for one without."""
    found = stored(spec.evaluate(token, code))
    if found is not None and not isinstance(found, (str, int)):
        raise StepFailed(spec.element.id, f"the code is {found!r:.80}, not a text", f"코드가 글자가 아니라 {found!r:.80}이에요.")
    return "" if found is None else str(found)


def terminate(token: Token) -> None:
    """End everything else in this container at once, and only there (BPMN 2.0 section 10.5.3)."""
    token.workflow.clear(keep=token)
    if token.workflow.spec.closing is not None:
        token.workflow.close_with("terminated")
    elif isinstance(token.workflow, Instance):
        token.workflow.finish("terminated")
