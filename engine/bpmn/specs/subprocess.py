"""Sub-processes, called processes, event sub-processes, transactions and ad-hoc sub-processes (BPMN 2.0 sections 10.3.4 to 10.3.6)."""

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


class AdHocSubProcess(SubProcess):
    """Its elements have no fixed order: chosen ones (or all without incoming flow) begin, until the completion condition holds."""

    def branch_ended(self, body: Body, last: Token) -> None:
        """Keep the output element of what was done in the output collection."""
        ad_hoc, token = self.element.ad_hoc, body.owner
        if ad_hoc is not None and ad_hoc.output_collection and ad_hoc.output_element is not None:
            found = self.evaluate(token, ad_hoc.output_element, token.top.look(last.inmost))
            results = [*body.scope.variables[ad_hoc.output_collection], stored(found)]
            token.top.put(body.scope, ad_hoc.output_collection, results)

    def finish(self, token: Token, answer: dict[str, Any]) -> bool | None:
        """The output collection leaves with the last one."""
        name = self.element.ad_hoc.output_collection if self.element.ad_hoc is not None else None
        if name and token.local is not None:
            token.top.merge(token.scope, {name: token.local.variables[name]})
        return super().finish(token, answer)

    def enter_body(self, token: Token, body: Body) -> None:
        """Begin the chosen elements: at the same time, or one after the other."""
        ad_hoc, loose = self.element.ad_hoc, {spec.element.id: spec for spec in self.inside.loose}
        chosen: Any = list(loose)
        if ad_hoc is not None and ad_hoc.output_collection:
            body.scope.variables[ad_hoc.output_collection] = []
        if ad_hoc is not None and ad_hoc.active is not None:
            chosen = stored(self.evaluate(token, ad_hoc.active))
            unknown = [name for name in chosen if name not in loose] if isinstance(chosen, list) else [chosen]
            if unknown:
                raise StepFailed(
                    self.element.id,
                    f"the elements to activate are {chosen!r}, but only {sorted(loose)} can be",
                    f"시작할 요소가 {chosen!r}인데, 시작할 수 있는 것은 {sorted(loose)}뿐이에요.",
                )
        if ad_hoc is not None and ad_hoc.sequential:
            token.remember(queue=chosen[1:])
            chosen = chosen[:1]
        for name in chosen:
            body.enter(loose[name], body.scope)

    def body_done(self, body: Body) -> bool:
        """Asked after each element: true once the condition holds (and the rest is cancelled or done), or nothing is left to do."""
        token, ad_hoc = body.owner, self.element.ad_hoc
        if (
            ad_hoc is not None
            and ad_hoc.completion is not None
            and self.truth(token, ad_hoc.completion, token.top.look(body.scope), "the completion condition")
        ):
            token.remember(queue=[])
            return ad_hoc.cancel_remaining or body.idle
        queue = (token.memo or {}).get("queue")
        if body.idle and queue:
            spec = next(spec for spec in self.inside.loose if spec.element.id == queue[0])
            token.remember(queue=queue[1:])
            body.enter(spec, body.scope)
        return body.idle and not body.arrivals
