"""One step of an instance: restore or start, hand in what happened, run to the next wait, dump. Pure but for the host."""

from collections.abc import Mapping
from time import thread_time
from typing import Any, Final, Literal, cast

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.conditions import fire_conditions
from engine.bpmn.failures import StepFailed, TokenGone
from engine.bpmn.host import Host
from engine.bpmn.joins import fire_inclusive, hopeless_join, stuck_join
from engine.bpmn.model import Element, Model
from engine.bpmn.scopes import Scope, View, all_stored
from engine.bpmn.snapshot import dump, load
from engine.bpmn.specs.base import waiting
from engine.bpmn.specs.subprocess import open_container
from engine.bpmn.specs.throwing import catcher, handle_error
from engine.bpmn.token import Token
from engine.bpmn.waits import Wait, wait_of
from engine.bpmn.workflow import OUTSIDE, Instance
from engine.errors import BpmnError
from engine.feel import FeelError

BUDGET: Final = 1000
SECONDS: Final = 1.0
LOOK_AT_CLOCK: Final = 64


class Budget:
    """What one step may spend: elements, and processor time (a busy machine does not cut a step short)."""

    def __init__(self) -> None:
        self.elements = 0
        self.deadline: float | None = None

    def spent(self) -> bool:
        """Asked before each element. Short steps never look at the clock: that would cost more than an element."""
        self.elements += 1
        if self.elements % LOOK_AT_CLOCK == 0:
            now = thread_time()
            self.deadline = self.deadline or now + SECONDS
            return now > self.deadline
        return self.elements > BUDGET


class Execution:
    """An instance within one step. Made by `start` or `restore`, used, dropped."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance

    @property
    def state(self) -> Literal["running", "completed", "terminated"]:
        """ "completed" when the last token ended, "terminated" when a terminate end event of the process itself ended it."""
        return cast(Literal["running", "completed", "terminated"], self.instance.outcome)

    @property
    def process_id(self) -> str:
        """The process this is an instance of."""
        return self.instance.process.id

    @property
    def waits(self) -> list[Wait]:
        """Everything that now waits with its own wake-up, in the order in which it began to; with "continue" last when a budget ran out."""
        live = self.instance.live
        tokens = [live[token] for token in sorted(live)]
        found = [wait_of(token) for token in tokens if waiting(token)]
        unfinished = next((token for token in tokens if token.state == TaskState.READY), None)
        return [*found, Wait("continue", unfinished.id, unfinished.task_spec.element.id)] if unfinished else found

    @property
    def variables(self) -> dict[str, Any]:
        """The root scope's variables, JSON values."""
        return self.instance.scope.variables

    @property
    def tokens(self) -> list[tuple[int, str]]:
        """Where tokens are: (token, element id), without those that only stand by for an event."""
        return [(token.id, token.task_spec.element.id) for token in self.instance.live.values() if not token.triggered]

    @property
    def hopeless_join(self) -> str | None:
        """A join that can never fire; None when every join still can."""
        return stuck_join(self.instance) or hopeless_join(self.instance)

    def scope(self, token: int) -> View:
        """What the element of this token sees: the variables of its scopes, then the host's names. Raises TokenGone."""
        return self._token(token).view()

    def element(self, token: int) -> Element:
        """Where this token is. Raises TokenGone."""
        return self._token(token).task_spec.element

    def complete(self, token: int, variables: Mapping[str, Any] | None = None) -> None:
        """The user task was submitted, the job succeeded. Raises TokenGone."""
        self._answer(token, all_stored(variables or {}))

    def trigger(self, token: int, variables: Mapping[str, Any] | None = None) -> None:
        """Its timer is due, its message or signal came; for a wait of kind "continue" nothing more than run() is needed. Raises TokenGone."""
        if self._token(token).state != TaskState.READY:
            self.complete(token, variables)

    def hear(self, token: int, element_id: str, variables: Mapping[str, Any] | None = None) -> None:
        """A signal came for what waited with this token at this element. What does not interrupt hears each signal: a second one may come for a
        token that the first one has replaced. Raises TokenGone."""
        live = self.instance.live.values()
        again = (other for other in live if other.task_spec.element.id == element_id and other.wait and other.wait["kind"] == "signal")
        kept = token in self.instance.live
        found = token if kept else next((other.id for other in again if not other.task_spec.element.interrupting), token)
        self.trigger(found, variables)

    def throw(self, token: int, error: BpmnError) -> None:
        """A BPMN error was reported for the job. Raises TokenGone."""
        self._answer(token, {"$error": [error.code, error.message, all_stored(error.variables)]})

    def catches(self, token: int, code: str) -> bool:
        """Whether the drawing would catch an error with this code if it were thrown at the token now. Raises TokenGone."""
        return catcher(self._token(token), code) is not None

    def run(self) -> None:
        """Run to the next wait or to the end of the budget: 1,000 elements or one second of processor time; a wait of kind "continue" stands
        for the rest.

        Raises UncaughtError for a BPMN error that nobody catches and StepFailed for everything else; nothing of this step is to be kept then.
        """
        instance, budget = self.instance, Budget()
        while True:
            token = instance.next_ready()
            if token is None:
                if fire_conditions(instance) or fire_inclusive(instance):
                    continue
                break
            if budget.spent():
                instance.ready.appendleft(token)
                break
            self._run(token)
            if instance.conditions:
                # The host's names (records, status) may have changed with any element.
                instance.changed.add(OUTSIDE)
                fire_conditions(instance)
        self._check()

    def dump(self) -> bytes:
        """The snapshot: what can still act, versioned, as compact JSON."""
        return dump(self.instance)

    def _run(self, token: Token) -> None:
        element = token.task_spec.element
        try:
            token.run()
        except BpmnError as error:
            handle_error(token, error)
        except FeelError as error:
            raise StepFailed(element.id, str(error), error.ko) from error
        except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
            said = f"{type(error).__name__}: {error}"
            raise StepFailed(element.id, said, f"처리하지 못했어요. {said}") from error

    def _check(self) -> None:
        # Law 5: after a step an instance is finished, or something waits with a live wake-up.
        instance = self.instance
        if instance.outcome != "running" or instance.ready:
            return
        stuck = stuck_join(instance)
        if stuck is not None:
            raise StepFailed(stuck, "the gateway waits for tokens that can never arrive", "이 갈림길은 올 수 없는 흐름을 기다리고 있어요.")
        lost = next((token for token in instance.live.values() if asleep(token)), None)
        if lost is not None or not instance.live:
            where = lost.task_spec.element.id if lost else instance.process.id
            raise StepFailed(where, "nothing waits here and it is not finished", "끝나지 않았는데 여기에서 기다리는 일이 없어요.")

    def _answer(self, token: int, answer: dict[str, Any]) -> None:
        found = self._token(token)
        if not waiting(found):
            raise TokenGone(token)
        found.wake(answer)

    def _token(self, token: int) -> Token:
        found = self.instance.live.get(token)
        if found is None:
            raise TokenGone(token)
        return found


def asleep(token: Token) -> bool:
    """Whether nothing could ever wake the token: it waits for nothing itself, and nothing works for it."""
    return not waiting(token) and not token.inner and (token.body is None or token.body.idle)


def start(model: Model, process_id: str, variables: Mapping[str, Any], host: Host, start_id: str | None = None) -> Execution:
    """A new instance, ready to run. `start_id` names the start event (default: the none start event, else the first one).

    Raises StepFailed when the process or the start does not exist.
    """
    process = model.processes.get(process_id)
    if process is None:
        raise StepFailed(process_id, "there is no such process", "그런 프로세스가 없어요.")
    spec = process.nodes.get(start_id) if start_id else process.spec.entrance
    if spec is None or (start_id and all(start_id != element.id for element in process.starts)):
        raise StepFailed(start_id or process_id, "the process cannot start there", "프로세스를 거기에서 시작할 수 없어요.")
    instance = Instance(model, process, host, Scope({}))
    given = all_stored(variables)
    if not spec.element.outputs:
        instance.merge(instance.scope, given)
    open_container(instance, process.spec)
    instance.enter(spec, instance.scope, answer=given if spec.element.outputs else {})
    for sibling in process.together.get(spec.element.id, ()):
        instance.enter(process.nodes[sibling], instance.scope)
    return Execution(instance)


def restore(model: Model, snapshot: bytes, host: Host) -> Execution:
    """The instance as it was dumped. Raises StepFailed for a snapshot that this model cannot continue."""
    return Execution(load(model, snapshot, host))
