"""Sub-processes, called processes, event sub-processes and transactions (BPMN 2.0 sections 10.3.4 to 10.3.6)."""

from typing import Any

from engine.bpmn.failures import StepFailed
from engine.bpmn.scopes import Scope, stored
from engine.bpmn.specs.activities import Activity, frames
from engine.bpmn.specs.base import NodeSpec
from engine.bpmn.specs.events import detach, rearm
from engine.bpmn.specs.flow import FlowSpec
from engine.bpmn.specs.throwing import begin_event_sub
from engine.bpmn.specs.waits import stand_by
from engine.bpmn.token import Token
from engine.bpmn.workflow import Body, Flows


def open_container(workflow: Flows, spec: FlowSpec) -> None:
    """Arm the event sub-processes of a container that has just begun."""
    for sub in spec.event_subs:
        if sub.event in ("timer", "message", "signal", "conditional"):
            sub.start.arm(workflow, None)


class SubProcess(Activity):
    """An embedded sub-process or transaction: its inside is a body with a scope of its own."""

    inside: FlowSpec

    def execute(self, token: Token) -> bool:
        token.local = token.local or Scope({}, token.scope)
        body = Body(self.inside, token, token.workflow.process, token.local)
        open_container(body, self.inside)
        self.enter_body(token, body)
        return self.body_done(body)

    def enter_body(self, token: Token, body: Body) -> None:
        """Put the first token in."""
        if self.inside.entrance is not None:
            body.enter(self.inside.entrance, body.scope)

    def remember_for_compensation(self, token: Token) -> None:
        """A completed sub-process is compensated by its handler, or by what was completed inside it."""
        inside = token.body.compensable if token.body is not None else []
        if self.handler is not None or inside or any(sub.event == "compensate" for sub in self.inside.event_subs):
            token.workflow.record([self.element.id, frames(token), inside])


class CallActivity(Activity):
    """Another process of the model, with a root scope of its own."""

    def execute(self, token: Token) -> bool:
        call = self.element.call
        called = self.evaluate(token, call.process_id) if call else None
        process = token.top.model.processes.get(called) if isinstance(called, str) else None
        if call is None or process is None or process.spec.entrance is None:
            raise StepFailed(self.element.id, f"there is no process {stored(called)!r} to call", f"부를 프로세스 {stored(called)!r}이(가) 없어요.")
        given = token.inmost.visible() if call.all_parent else dict(token.local.variables if token.local else {})
        token.remember(process=process.id)
        body = Body(process.spec, token, process, Scope(given))
        open_container(body, process.spec)
        body.enter(process.spec.entrance, body.scope)
        return False

    def finish(self, token: Token, answer: dict[str, Any]) -> bool | None:
        """Take the called process's variables, all of them or only what the outputs name."""
        results = token.body.scope.variables if token.body is not None else {}
        token.local = Scope({**results, **answer}, token.scope) if self.element.outputs else None
        if not self.element.outputs and self.element.call is not None and self.element.call.all_child:
            token.top.merge(token.scope, results)
        return self.done(token)


class EventSubProcess(SubProcess):
    """An event sub-process that was started: its start event has already happened."""

    start: NodeSpec

    def enter_body(self, token: Token, body: Body) -> None:
        """Its start event takes what the event brought along."""
        memo = token.memo or {}
        body.compensable = memo.pop("compensable", [])
        body.enter(self.start, body.scope, answer=memo.pop("answer", {}))


class EventSubStart(NodeSpec):
    """The start event of an event sub-process: armed with the container, then again with each event if it does not interrupt.

    The same token never enters it twice: the armed one starts the sub-process and is gone; inside, a new one runs through it.
    """

    def arm(self, workflow: Flows, owner: Token | None) -> None:
        """Wait for the event for as long as the container lives."""
        stand_by(self, workflow, None)

    def resume(self, token: Token, answer: dict[str, Any]) -> bool | None:
        """Armed: the event has happened, start the sub-process. Inside: take what came with it."""
        if not token.triggered:
            return super().resume(token, answer)
        workflow = token.workflow
        sub = next(sub for sub in workflow.spec.event_subs if sub.start is self)
        if sub.interrupting:
            workflow.clear(keep=token)
        else:
            rearm(self, token)
        detach(token)
        token.memo = {"spent": True}
        begin_event_sub(workflow, sub, answer)
        return True

    def leave(self, token: Token) -> None:
        if not (token.memo and token.memo.get("spent")):
            super().leave(token)
