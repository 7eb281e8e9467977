"""What every element has in common: enter, listen, do, map, leave. Each runs through SpiffWorkflow's Task.run."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.durations import TimerError
from engine.bpmn.failures import StepFailed
from engine.bpmn.model import Element, Listener, Value
from engine.bpmn.scopes import Scope, nested, stored
from engine.bpmn.specs.flow import Flow, FlowSpec
from engine.bpmn.token import Token
from engine.errors import BpmnError
from engine.feel import FeelError

if TYPE_CHECKING:
    from engine.bpmn.workflow import Body

Stage = Literal["before", "after"]
BEFORE = frozenset({"start", "creating", "assigning"})


class NodeSpec(BpmnTaskSpec):  # type: ignore[misc]  # the library has no types
    """A flow node. Subclasses say in `execute` what it does; True means done, False that it waits for an answer."""

    boundaries: tuple["NodeSpec", ...] = ()
    armable: tuple["NodeSpec", ...] = ()
    loud = True

    def __init__(self, wf_spec: FlowSpec, element: Element, name: str | None = None) -> None:
        super().__init__(wf_spec, name or element.id, lane=element.lane)
        self.element = element
        self.bpmn_id = element.id
        self.bpmn_name = element.name
        self.flows: tuple[Flow, ...] = ()
        self.default: Flow | None = None
        self.conditional = False
        self.incoming: tuple[str, ...] = ()
        self.before: Sequence[Listener] = [entry for entry in element.listeners if entry.event in BEFORE]
        self.after: Sequence[Listener] = [entry for entry in element.listeners if entry.event in ("end", "completing")]

    # SpiffWorkflow's hooks

    def test(self) -> None:
        """Parsing has checked the drawing."""

    def _predict(self, my_task: Token, seen: Any = None, looked_ahead: int = 0, mask: int = 0) -> None:
        """Nothing is predicted: tokens exist only where they are."""

    def _update_hook(self, my_task: Token) -> bool:
        return True

    def _on_ready_hook(self, my_task: Token) -> None:
        my_task.top.ready.append(my_task)

    def _run_hook(self, my_task: Token) -> bool | None:
        answer, my_task.answer = my_task.answer, None
        try:
            return self.begin(my_task) if answer is None else self.resume(my_task, answer)
        except (FeelError, TimerError) as error:
            raise StepFailed(self.element.id, str(error), error.ko) from error

    def _on_complete_hook(self, my_task: Token) -> None:
        for inner in list(my_task.inner.values()):
            inner.cancel()
        if my_task.owner is None:
            self.leave(my_task)
        else:
            my_task.owner.task_spec.inner_done(my_task.owner, my_task)

    def _on_cancel(self, my_task: Token) -> None:
        for inner in list(my_task.inner.values()):
            inner.cancel()
        if my_task.body is not None:
            my_task.body.clear()
            my_task.top.subprocesses.pop(my_task.id, None)
        my_task.workflow.forget(my_task)
        if self.loud and my_task.begun:
            my_task.top.host.cancelled(self.element)

    def _on_error_hook(self, my_task: Token) -> None:
        """What goes wrong is handled by Execution."""

    # The way of a token through an element

    def begin(self, token: Token) -> bool | None:
        """It arrives: inputs, listeners before, then its work."""
        token.begun = True
        if self.loud:
            token.top.host.entered(self.element)
        if self.element.inputs:
            self.take_inputs(token)
        return self.listen(token, "before", 0) if self.before else self.perform(token)

    def perform(self, token: Token) -> bool | None:
        """Its work; what does not end at once is put under its boundary events."""
        if self.execute(token):
            return self.done(token)
        for boundary in self.armable:
            boundary.arm(token.workflow, token)
        return None

    def execute(self, token: Token) -> bool:
        """What this kind of element does. True: done. False: it waits."""
        return True

    def resume(self, token: Token, answer: dict[str, Any]) -> bool | None:
        """What it waited for has come."""
        token.wait = None
        if not token.begun:
            token.begun = True
            token.top.host.entered(self.element)
            if self.before:
                token.remember(came=answer)
                return self.listen(token, "before", 0)
        if "$error" in answer:
            raise BpmnError(*answer["$error"])
        listening = token.memo.pop("listener", None) if token.memo else None
        if listening:
            token.top.merge(token.inmost, answer)
            return self.listen(token, listening[0], listening[1] + 1)
        return self.finish(token, answer)

    def finish(self, token: Token, answer: dict[str, Any]) -> bool | None:
        """Take the result and end."""
        self.take_result(token, answer)
        return self.done(token)

    def done(self, token: Token) -> bool | None:
        """Its work is done: outputs, listeners after, then it is complete."""
        if self.element.outputs:
            self.give_outputs(token)
        return self.listen(token, "after", 0) if self.after else self.close(token)

    def close(self, token: Token) -> bool:
        """The last moment at which it can still be refused."""
        if self.loud:
            token.top.host.completed(self.element, token.view())
        return True

    def listen(self, token: Token, stage: Stage, index: int) -> bool | None:
        """Run the listeners from `index` on, in order; one that needs a job waits for it."""
        listeners = self.before if stage == "before" else self.after
        for position in range(index, len(listeners)):
            turn = position if stage == "before" else len(self.before) + 1 + position
            job = self.job(token, listeners[position].job_type, listeners[position].retries, turn)
            if not token.top.host.runs_in_step(job["job_type"]):
                token.remember(listener=[stage, position])
                token.wait = job
                return None
            found = token.top.host.call(self.element, job["job_type"], {}, {}, token.view())
            token.top.merge(token.inmost, found or {})
        if stage == "after":
            return self.close(token)
        # An event that began by happening goes on with what it brought.
        came = token.memo.pop("came", None) if token.memo else None
        return self.perform(token) if came is None else self.finish(token, came)

    def leave(self, token: Token) -> None:
        """Send a token along each outgoing flow that is taken."""
        for flow in self.choose(token) if self.conditional else self.flows:
            token.workflow.enter(flow.target, token.scope, flow.id)

    def choose(self, token: Token) -> Sequence[Flow]:
        """The flows taken out of an activity: all without condition, those whose condition holds, the default one if none of these holds.

        Raises StepFailed when there is none to take.
        """
        view = token.view()
        conditional = [flow for flow in self.flows if flow.condition is not None]
        held = {flow.id for flow in conditional if self.holds(token, flow, view)}
        taken = [flow for flow in self.flows if flow.id in held or (flow.condition is None and flow is not self.default)]
        if self.default is not None and not held:
            taken.append(self.default)
        if not taken:
            raise no_way_out(self)
        return taken

    def holds(self, token: Token, flow: Flow, view: Mapping[str, Any]) -> bool:
        """Whether a flow's condition is true. Raises StepFailed unless it is true or false, as in Camunda 8."""
        return self.truth(token, flow.condition, view, f"the condition of the flow {flow.id}")

    def truth(self, token: Token, value: Value | None, view: Mapping[str, Any], what: str) -> bool:
        """A condition's value. Raises StepFailed unless it is true or false."""
        found = self.evaluate(token, value, view)
        if found is not True and found is not False:
            said = value.text if value else ""
            raise StepFailed(
                self.element.id,
                f"{what} ({said}) is neither true nor false but {stored(found)!r:.80}",
                f"조건 {said}의 값이 참도 거짓도 아니라 {stored(found)!r:.80}이에요.",
            )
        return found

    def evaluate(self, token: Token, value: Value | None, view: Mapping[str, Any] | None = None) -> Any:
        """The value for what the token sees; None where nothing is drawn."""
        if value is None:
            return None
        host = token.top.host
        try:
            return value.evaluate(token.view() if view is None else view, host.now, host.seed)
        except FeelError as error:
            raise StepFailed(self.element.id, f"{value.text}: {error}", f"{value.text}: {error.ko}") from error

    # Variables

    def take_inputs(self, token: Token) -> None:
        """Input mappings make a local scope; each sees the ones before it."""
        local = token.local = Scope({}, token.scope)
        view = token.view()
        for mapping in self.element.inputs:
            value = stored(self.evaluate(token, mapping.source, view))
            token.top.put(local, mapping.target[0], nested(local.variables.get(mapping.target[0]), mapping.target[1:], value))

    def take_result(self, token: Token, variables: Mapping[str, Any]) -> None:
        """A result stays local when outputs are drawn, else it goes where the variables are."""
        if not variables:
            return
        if self.element.outputs:
            token.local = token.local or Scope({}, token.scope)
            for name, value in variables.items():
                token.top.put(token.local, name, value)
        else:
            token.top.merge(token.inmost, variables)

    def give_outputs(self, token: Token) -> None:
        """Output mappings carry values out of the local scope."""
        view = token.view()
        for mapping in self.element.outputs:
            token.top.merge_at(token.scope, mapping.target, self.evaluate(token, mapping.source, view))

    def job(self, token: Token, job_type: Value | None, retries: Value | None, turn: int = 0) -> dict[str, Any]:
        """The wait for a job; `turn` tells the jobs of one token apart (its listeners' and its own)."""
        found, tries = self.evaluate(token, job_type), self.evaluate(token, retries)
        if not isinstance(found, str) or not found:
            raise StepFailed(
                self.element.id, f"the job type is {stored(found)!r} and not a text", f"작업 유형이 글자가 아니라 {stored(found)!r}이에요."
            )
        inputs = dict(token.local.variables) if token.local is not None and self.element.inputs else {}
        wait = {"kind": "job", "job_type": found, "retries": int(tries) if tries is not None else 3, "inputs": inputs}
        return wait | {"turn": turn} if turn else wait

    # For specs that have others working for them or can be armed

    def arm(self, workflow: Any, owner: Token | None) -> None:
        """Make it wait for its event without being entered (boundary events, event sub-processes, events behind a gateway)."""
        kind = self.element.type
        raise StepFailed(self.element.id, f"a {kind} cannot wait for an event", f"{kind}은(는) 이벤트를 기다릴 수 없어요.")

    def inner_done(self, token: Token, inner: Token) -> None:
        """A token that worked for `token` is complete."""

    def branch_ended(self, body: "Body", last: Token) -> None:
        """A branch inside has come to its end with `last`."""

    def body_done(self, body: "Body") -> bool:
        """Whether the inside of `token` is finished."""
        return body.idle and not body.arrivals


def waiting(token: Token) -> bool:
    """Whether the token waits for something that can wake it."""
    return token.wait is not None and bool(token.state & (TaskState.STARTED | TaskState.WAITING))


def no_way_out(spec: NodeSpec) -> StepFailed:
    """The failure of a split where no flow can be taken."""
    return StepFailed(spec.element.id, "no condition is true and there is no default flow", "참인 조건이 없고 기본 흐름도 없어요.")
