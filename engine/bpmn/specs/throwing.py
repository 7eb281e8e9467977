"""Errors and escalations: who catches them, from the inside out (BPMN 2.0 section 10.5.1)."""

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from engine.bpmn.failures import UncaughtError
from engine.bpmn.scopes import all_stored
from engine.bpmn.specs.base import NodeSpec
from engine.bpmn.specs.flow import EventSub
from engine.bpmn.token import Token
from engine.bpmn.workflow import Flows
from engine.errors import BpmnError


def raise_error(code: str, message: str, variables: Mapping[str, Any]) -> NoReturn:
    """Throw a BPMN error from within an element."""
    raise BpmnError(code, message, variables)


def handle_error(token: Token, error: BpmnError) -> None:
    """Let the nearest boundary event or event sub-process that knows the code catch it; a catch-all only if no other on the same level does.

    Raises UncaughtError.
    """
    variables = all_stored(error.variables)
    found = catcher(token, error.code)
    if found is None:
        raise UncaughtError(error.code, error.message, token.task_spec.element.id)
    at, catches = found
    if isinstance(catches, EventSub):
        at.workflow.clear()
        begin_event_sub(at.workflow, catches, variables)
    else:
        interrupt(at, catches, variables)


def catcher(token: Token, code: str) -> tuple[Token, NodeSpec | EventSub] | None:
    """What would catch an error thrown at the token, and the token at which it stands: a boundary event, or an event sub-process beside it."""
    at: Token | None = token
    while at is not None:
        boundary: NodeSpec | None = pick(((spec, spec) for spec in at.task_spec.boundaries if spec.element.event == "error"), code)
        if boundary is not None:
            return at, boundary
        if at.owner is not None:
            at = at.owner
            continue
        sub = catching_sub(at, "error", code)
        if sub is not None:
            return at, sub
        at = at.workflow.owner
    return None


def escalate(token: Token, code: str, variables: dict[str, Any]) -> None:
    """Let the nearest escalation event catch it; an escalation that nobody catches is no failure."""
    at: Token | None = token
    while at is not None:
        if at is not token:
            boundary = pick(((spec, spec) for spec in at.task_spec.boundaries if spec.element.event == "escalation"), code)
            if boundary is not None:
                if boundary.element.interrupting:
                    interrupt(at, boundary, variables)
                else:
                    at.workflow.enter(boundary, at.scope, answer=variables)
                return
        if at.owner is not None:
            at = at.owner
            continue
        sub = catching_sub(at, "escalation", code)
        if sub is not None:
            workflow = at.workflow
            if sub.interrupting:
                workflow.clear()
            begin_event_sub(workflow, sub, variables)
            return
        at = at.workflow.owner


def interrupt(activity: Token, boundary: NodeSpec, variables: dict[str, Any]) -> None:
    """Cancel an activity and go on from its boundary event."""
    workflow, scope = activity.workflow, activity.scope
    activity.cancel()
    workflow.enter(boundary, scope, answer=variables)


def catching_sub(token: Token, event: str, code: str) -> EventSub | None:
    """The event sub-process of the token's container that catches, but never the one the token itself stands for."""
    subs = token.workflow.spec.event_subs
    found: EventSub | None = pick(((sub, sub.start) for sub in subs if sub.event == event and sub.spec is not token.task_spec), code)
    return found


def begin_event_sub(workflow: Flows, sub: EventSub, variables: dict[str, Any]) -> None:
    """Start an event sub-process whose start event has happened."""
    workflow.enter(sub.spec, workflow.scope).remember(answer=variables)


def pick(candidates: Iterable[tuple[Any, NodeSpec]], code: str) -> Any:
    """The candidate with this code, else the one that catches all, else None."""
    catch_all = None
    for candidate, spec in candidates:
        drawn = spec.element.code
        if drawn is None:
            catch_all = catch_all or candidate
        elif drawn.text == code:
            return candidate
    return catch_all
