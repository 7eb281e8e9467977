"""Compensation (BPMN 2.0 section 10.7): completed activities are undone in reverse order; a transaction that is cancelled undoes itself."""

from typing import Any

from engine.bpmn.failures import StepFailed
from engine.bpmn.scopes import Scope
from engine.bpmn.specs.activities import Activity
from engine.bpmn.specs.base import NodeSpec
from engine.bpmn.specs.multi_instance import LoopSpec
from engine.bpmn.specs.subprocess import EventSubProcess, SubProcess
from engine.bpmn.specs.throwing import interrupt
from engine.bpmn.token import Token
from engine.bpmn.workflow import Body, Flows


class CompensationThrow(NodeSpec):
    """An intermediate throw or end event that undoes what was completed in its container, and waits until that is done."""

    def execute(self, token: Token) -> bool:
        queue: list[Any] = []
        for workflow in containers(token.workflow):
            queue += take_records(workflow, self.element.activity_ref)
        token.remember(queue=queue)
        return self.undo_next(token)

    def undo_next(self, token: Token) -> bool:
        """Begin the next handler; true when there is none left."""
        memo = token.memo or {}
        while memo["queue"]:
            (element_id, found, inside), *rest = memo["queue"]
            memo["queue"] = rest
            spec = token.workflow.process.nodes[element_id]
            scope = containers(token.workflow)[-1].scope
            for variables in found:
                scope = Scope(variables, scope)
            if self.undo(token, spec.work if isinstance(spec, LoopSpec) else spec, scope, found, inside or [], memo):
                return False
        return True

    def undo(self, token: Token, spec: NodeSpec, scope: Scope, found: list[Any], inside: list[Any], memo: dict[str, Any]) -> bool:
        """Undo one completed activity; false when that only put its inside on the queue."""
        if isinstance(spec, Activity) and spec.handler is not None:
            token.workflow.enter(spec.handler, scope, owner=token)
            return True
        sub = compensation_sub(spec)
        if sub is not None:
            token.workflow.enter(sub, scope, owner=token).remember(compensable=inside)
            return True
        memo["queue"] = [[entry[0], found + entry[1], entry[2]] for entry in reversed(inside)] + memo["queue"]
        return False

    def inner_done(self, token: Token, inner: Token) -> None:
        """One is undone; on to the next."""
        if self.undo_next(token):
            token.wake({})


class CancelEnd(CompensationThrow):
    """The cancel end event of a transaction: everything in it stops, is undone, and the cancel boundary event goes on."""

    def execute(self, token: Token) -> bool:
        token.workflow.clear(keep=token)
        return super().execute(token)

    def close(self, token: Token) -> bool:
        """All is undone: leave the transaction by its cancel boundary event."""
        super().close(token)
        transaction = token.workflow.owner
        boundary = cancel_boundary(transaction)
        if transaction is None or boundary is None:
            raise StepFailed(
                self.element.id, "the transaction has no cancel boundary event to leave by", "트랜잭션에 취소 경계 이벤트가 없어 나갈 길이 없어요."
            )
        token.begun = False
        interrupt(around(transaction), boundary, {})
        return True


def around(token: Token) -> Token:
    """The loop around a token, or the token itself."""
    return around(token.owner) if token.owner is not None else token


def cancel_boundary(transaction: Token | None) -> NodeSpec | None:
    """The cancel boundary event of a transaction."""
    if transaction is None:
        return None
    return next((spec for spec in around(transaction).task_spec.boundaries if spec.element.event == "cancel"), None)


def compensation_sub(spec: NodeSpec) -> NodeSpec | None:
    """The compensation event sub-process inside a sub-process."""
    subs = spec.inside.event_subs if isinstance(spec, SubProcess) else ()
    return next((sub.spec for sub in subs if sub.event == "compensate"), None)


def containers(workflow: Flows) -> list[Flows]:
    """The container of a throwing event; from an event sub-process the ones around it too, because they are what it handles."""
    found = [workflow]
    while isinstance(workflow, Body) and handles_outside(workflow.owner.task_spec):
        workflow = workflow.owner.workflow
        found.append(workflow)
    return found


def handles_outside(spec: NodeSpec) -> bool:
    """Whether it is an event sub-process that deals with the container around it (one for compensation undoes only its own)."""
    return isinstance(spec, EventSubProcess) and spec.start.element.event != "compensate"


def take_records(workflow: Flows, activity: str | None) -> list[Any]:
    """Take what is to be undone out of a container's records, the last one first."""
    taken = [entry for entry in workflow.compensable if activity is None or entry[0] == activity]
    workflow.compensable = [entry for entry in workflow.compensable if not (activity is None or entry[0] == activity)]
    return taken[::-1]
