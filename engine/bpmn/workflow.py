"""The workflows: an instance and the bodies of its sub-processes, with an index of what is ready, so that nothing ever walks a tree."""

from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.failures import StepFailed
from engine.bpmn.scopes import Scope, View, holds_personal, nested, stored
from engine.bpmn.token import Token

if TYPE_CHECKING:
    from engine.bpmn.host import Host
    from engine.bpmn.model import Model, Process
    from engine.bpmn.specs.base import NodeSpec
    from engine.bpmn.specs.flow import FlowSpec

MAX_COMPENSABLE: Final = 1000
MAX_DEPTH: Final = 50
# Stand among the changed variables for "a condition has begun to wait" and "the host's names may have changed".
ARMED: Final = ""
OUTSIDE: Final = " "
# The library wants a script engine; scripts are FEEL and never reach it.
NO_SCRIPTS: Final = PythonScriptEngine()


class Flows:
    """What an instance and a body have in common: one container of flow elements at work."""

    spec: "FlowSpec"
    tasks: dict[int, Token]
    top_workflow: "Instance"
    task_tree: Token
    process: "Process"
    owner: Token | None
    depth: int

    def _plant(self, scope: Scope) -> None:
        self.scope = scope
        self.arrivals: dict[str, dict[str, int]] = {}
        self.armed: dict[int, Token] = {}
        self.compensable: list[Any] = []
        # The root is the library's own start task; it never runs again and is the parent of every token.
        self.task_tree = Token(self, self.spec.start, None, TaskState.COMPLETED, id=0, scope=scope)

    def enter(
        self, spec: "NodeSpec", scope: Scope, via: str | None = None, owner: Token | None = None, answer: dict[str, Any] | None = None
    ) -> Token:
        """A new token that arrives at `spec` (by the flow `via`), ready to run.

        With `owner` it works for that token; with `answer` its event has already happened.
        """
        token = self.task_tree._add_child(spec, scope=scope)
        token.via = via
        token.answer = answer
        if via is not None:
            self.top_workflow.host.took(self.process.id, via)
        if owner is not None:
            token.owner = owner
            owner.inner[token.id] = token
        spec._update(token)
        return token

    def stand_by(self, spec: "NodeSpec", owner: Token | None) -> Token:
        """A token that waits at `spec` for its event: under `owner` (an activity, a gateway), or armed for this container."""
        token = self.task_tree._add_child(spec, TaskState.WAITING, scope=owner.scope if owner else self.scope)
        token.triggered = True
        if owner is not None:
            token.owner = owner
            token.local = owner.local
            owner.inner[token.id] = token
        else:
            self.armed[token.id] = token
        return token

    @property
    def idle(self) -> bool:
        """Nothing moves or waits here any more, except event sub-processes that could still begin."""
        return len(self.tasks) == 1 + len(self.armed)

    def clear(self, keep: Token | None = None) -> None:
        """Cancel everything here but `keep` and those it works for."""
        kept = set()
        while keep is not None:
            kept.add(keep.id)
            keep = keep.owner
        for token in [token for token in self.tasks.values() if token.id and token.id not in kept]:
            token.cancel()
        self.arrivals = {}

    def forget(self, token: Token) -> None:
        """Take a token that is done or cancelled out of every index."""
        self.tasks.pop(token.id, None)
        self.task_tree._kids.pop(token.id, None)
        self.armed.pop(token.id, None)
        self.top_workflow.live.pop(token.id, None)
        self.top_workflow.conditions.pop(token.id, None)
        if token.owner is not None:
            token.owner.inner.pop(token.id, None)

    def _task_completed_notify(self, task: Token) -> None:
        self.forget(task)
        if task.body is not None:
            self.top_workflow.subprocesses.pop(task.id, None)
        if self.spec.closing is not None and task.task_spec is not self.spec.closing and self.idle and not self.arrivals:
            self.close_with("completed")
        else:
            self.settle()

    def close_with(self, outcome: str) -> None:
        """Let the end listeners of the process run before it has this outcome; what is armed waits no longer."""
        if self.top_workflow.outcome == "running" and self.spec.closing is not None:
            self.armed_gone()
            self.enter(self.spec.closing, self.scope).remember(outcome=outcome)

    def armed_gone(self) -> None:
        """Event sub-processes can begin no more."""
        for token in list(self.armed.values()):
            token.cancel()

    def settle(self) -> None:
        """End this container if nothing is left in it."""
        raise TypeError("an instance or a body settles")

    def record(self, entry: list[Any]) -> None:
        """Remember a completed activity that could be compensated."""
        self.compensable.append(entry)
        if weight(self.compensable) > MAX_COMPENSABLE:
            raise StepFailed(
                str(entry[0]),
                f"more than {MAX_COMPENSABLE} completed activities wait for a possible compensation",
                f"되돌릴 수 있도록 기억하는 업무가 {MAX_COMPENSABLE}개를 넘었어요.",
            )


def weight(records: list[Any]) -> int:
    """How many completed activities a list of records holds, those inside sub-processes too."""
    return len(records) + sum(weight(entry[2]) for entry in records if entry[2])


class Body(Flows, BpmnSubWorkflow):  # type: ignore[misc]  # the library has no types
    """The inside of one activated sub-process, called process or event sub-process. `owner` is the token outside that stands for it."""

    owner: Token

    def __init__(self, spec: "FlowSpec", owner: Token, process: "Process", scope: Scope) -> None:
        self.owner = owner
        self.process = process
        super().__init__(spec, owner.id, owner.top, deserializing=True)
        self._plant(scope)
        owner.body = self
        owner.top.subprocesses[owner.id] = self

    def _calculate_depth(self) -> int:
        depth = self.owner.workflow.depth + 1
        if depth > MAX_DEPTH:
            raise StepFailed(
                self.owner.task_spec.element.id,
                f"sub-processes and called processes are nested deeper than {MAX_DEPTH}",
                f"하위 프로세스와 호출이 {MAX_DEPTH}단계보다 깊어요.",
            )
        return int(depth)

    @property
    def parent_workflow(self) -> Flows:
        return self.owner.workflow

    def _task_completed_notify(self, task: Token) -> None:
        if not task.task_spec.flows and task.owner is None:
            self.owner.task_spec.branch_ended(self, task)
        super()._task_completed_notify(task)

    def settle(self) -> None:
        """Wake the owner once the last token is gone; an ad-hoc sub-process decides for itself."""
        if self.owner.state == TaskState.STARTED and self.owner.task_spec.body_done(self):
            self.clear()
            self.owner.wake({})


class Instance(Flows, BpmnWorkflow):  # type: ignore[misc]  # the library has no types
    """A process instance within one step: the tokens by id, the ready ones in order, and the host."""

    owner = None

    def __init__(self, model: "Model", process: "Process", host: "Host", scope: Scope, counter: int = 0) -> None:
        self.model = model
        self.process = process
        self.host = host
        self.counter = counter
        self.live: dict[int, Token] = {}
        self.ready: deque[Token] = deque()
        self.conditions: dict[int, Token] = {}
        self.changed: set[str] = set()
        self.personal = False
        self.outcome = "running"
        super().__init__(process.spec, script_engine=NO_SCRIPTS, deserializing=True)
        self._plant(scope)

    def next_id(self) -> int:
        self.counter += 1
        return self.counter

    def look(self, scope: Scope) -> View:
        """What can be seen from a scope."""
        return View(scope, self.host.names, self.host.resolve if self.personal else None)

    def new_scope(self, variables: dict[str, Any], parent: Scope | None) -> Scope:
        """A new scope with these stored values."""
        self.personal = self.personal or any(holds_personal(value) for value in variables.values())
        return Scope(variables, parent)

    def put(self, scope: Scope, name: str, value: Any) -> None:
        """Write one variable into exactly this scope."""
        scope.variables[name] = kept = stored(value)
        self.wrote(name, kept)

    def wrote(self, name: str, kept: Any) -> None:
        """Note that a variable has a new stored value."""
        self.personal = self.personal or (type(kept) in (dict, list) and holds_personal(kept))
        self.changed.add(name)

    def merge(self, scope: Scope, variables: Mapping[str, Any]) -> None:
        """Each variable goes to the nearest scope that has it, else to the root (Camunda 8's propagation)."""
        for name, value in variables.items():
            self.put(scope.holder(name), name, value)

    def merge_at(self, scope: Scope, path: tuple[str, ...], value: Any) -> None:
        """Like merge, for a mapping target with dots."""
        holder = scope.holder(path[0])
        self.put(holder, path[0], nested(holder.variables.get(path[0]), path[1:], stored(value)))

    def settle(self) -> None:
        if self.idle and not self.arrivals and self.outcome == "running":
            self.clear()
            self.finish("completed")

    def finish(self, outcome: str) -> None:
        """End the instance: "completed" or "terminated"."""
        self.outcome = outcome
        self.completed = True

    def update_waiting_tasks(self) -> None:
        """Nothing to look at: what waits is woken by name."""

    def do_engine_steps(self, will_complete_task: Any = None, did_complete_task: Any = None) -> None:
        """Run whatever is ready, without a budget (Execution.run has one)."""
        while (token := self.next_ready()) is not None:
            token.run()

    def next_ready(self) -> Token | None:
        """The token that became ready first, taken out of the line; None when nothing is ready."""
        while self.ready:
            token = self.ready.popleft()
            if token.state == TaskState.READY:
                return token
        return None

    def get_task_from_id(self, task_id: int) -> Task:
        return self.live[task_id]
