"""What operators do to a running instance: hold it, let it go on, end it, mend it. Each has a reason, an audit row and a line in its history.

Every operation is guarded by the instance's revision. What would leave the instance broken is refused, and then nothing was written.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import delete, select, update

from engine import bpmn
from engine.actors import Actor
from engine.bpmn import Execution, StepFailed, TokenGone, UncaughtError
from engine.errors import BpmnError, Refused
from engine.personal import MARK
from engine.runtime import audit, incidents, step, suspension
from engine.runtime.reader import Reader
from engine.runtime.work import Work
from engine.store.commit import Change
from engine.store.database import dump_json
from engine.store.tables import Draft, Job, MessageSubscription, ProcessInstance, UserTask

LARGEST = 256 * 1024  # bytes of one variable (design 8)
NO_REASON = {"ko": "이유를 적어 주세요. 감사 기록에 남아요.", "en": "Give a reason. It is kept in the audit log."}
ENDED = {"ko": "이미 끝난 인스턴스예요.", "en": "This instance has ended."}
NOT_HELD = {"ko": "멈춰 둔 인스턴스가 아니에요.", "en": "This instance is not suspended."}
TOKEN_GONE = {"ko": "그 사이에 진행이 바뀌었어요. 새로 고친 뒤 다시 해 주세요.", "en": "It has moved on meanwhile. Reload the page and try again."}
BAD_NAME = {"ko": "변수 이름 {name}은(는) 쓸 수 없어요. 글자로 시작하고 글자, 숫자, _만 써 주세요.", "en": "{name} is no name of a variable."}
TOO_LARGE = {"ko": "변수 {name}의 값이 256 KB를 넘어요.", "en": "The value of {name} is larger than 256 KB."}
PERSONAL = {"ko": "변수 {name}: 개인정보 참조는 손으로 쓸 수 없어요.", "en": "{name}: references to personal data cannot be written by hand."}


def suspend(read: Reader, *, instance_id: str, actor: Actor, reason: str) -> Change:
    """Hold an instance: no job, timer or message of it runs and no task can be completed, until it is resumed. Suspended when it is already."""
    work, _ = going(read, instance_id, actor, reason)
    suspension.need_running(read, work)
    change = _set(read, work, actor, suspension.SUSPEND, reason, suspended_at=read.now)
    change.add(update(Job).where(Job.instance_id == instance_id).values(suspended=True))
    return change


def resume(read: Reader, *, instance_id: str, actor: Actor, reason: str) -> Change:
    """Let a suspended instance go on; what became due meanwhile runs now. Refused when it is not suspended."""
    work, _ = going(read, instance_id, actor, reason)
    if work.suspended_at is None:
        raise Refused("NOT_SUSPENDED", NOT_HELD)
    change = _set(read, work, actor, "instance.resume", reason, suspended_at=None)
    change.add(update(Job).where(Job.instance_id == instance_id).values(suspended=False))
    change.wake = True
    return change


def cancel(read: Reader, *, instance_id: str, actor: Actor, reason: str) -> Change:
    """End an instance, with the processes that it called: its tasks are cancelled, its jobs, timers and subscriptions are gone, incidents closed.

    Nothing is compensated and nothing that it reserved is given back: for that, move the token to where the drawing does so.
    Notifications that were already promised still go out.
    """
    work, _ = going(read, instance_id, actor, reason)
    change = _set(read, work, actor, "instance.cancel", reason, state="terminated", ended_at=read.now, suspended_at=None)
    mine = UserTask.instance_id == instance_id
    change.add(delete(Draft).where(Draft.task_id.in_(select(UserTask.id).where(mine))))
    change.add(update(UserTask).where(mine, UserTask.state == "open").values(state="cancelled", done_at=read.now))
    change.add(delete(Job).where(Job.instance_id == instance_id, Job.kind != "notification"))
    change.add(update(Job).where(Job.instance_id == instance_id).values(suspended=False))
    change.add(delete(MessageSubscription).where(MessageSubscription.instance_id == instance_id))
    incidents.resolve_all(read, change, instance_id, actor)
    change.wake = True
    return change


def set_variables(read: Reader, *, instance_id: str, variables: Mapping[str, Any], actor: Actor, reason: str, token: int | None = None) -> Change:
    """Write variables (JSON values of at most 256 KB) into the root scope, or into the innermost one of a token."""
    for name, value in variables.items():
        _check_variable(name, value)

    def act(execution: Execution) -> None:
        bpmn.set_variables(execution, variables, token)

    return repair(read, instance_id, actor, "instance.variables", reason, act, names=sorted(variables))


def move_token(read: Reader, *, instance_id: str, token: int, to: str, actor: Actor, reason: str) -> Change:
    """Cancel what a token is at and go on before another element."""
    return repair(read, instance_id, actor, "instance.move", reason, lambda execution: bpmn.move_token(execution, token, to), token=token, element=to)


def cancel_element(read: Reader, *, instance_id: str, token: int, actor: Actor, reason: str) -> Change:
    """Cancel what a token is at, with everything inside; its branch ends there."""
    return repair(read, instance_id, actor, "instance.cancel_element", reason, lambda execution: bpmn.cancel_element(execution, token), token=token)


def start_before(read: Reader, *, instance_id: str, element: str, actor: Actor, reason: str) -> Change:
    """A further token arrives at an element."""
    return repair(read, instance_id, actor, "instance.start_before", reason, lambda execution: bpmn.start_before(execution, element), element=element)


def start_after(read: Reader, *, instance_id: str, element: str, actor: Actor, reason: str) -> Change:
    """A further token leaves an element, as if it had just been completed."""
    return repair(read, instance_id, actor, "instance.start_after", reason, lambda execution: bpmn.start_after(execution, element), element=element)


def repair(read: Reader, instance_id: str, actor: Actor, action: str, reason: str, act: Callable[[Execution], None], **details: Any) -> Change:
    """Do something to an instance, suspended or not, and run it on. Refused, in words, when it cannot be done or cannot go on from there."""
    work, snapshot = going(read, instance_id, actor, reason)
    work.repaired = True
    work.events.append({"type": "operation", "action": action, **details})
    with refused_in_words():
        change = step.advance(read, work, snapshot, act, actor)
    audit.note(read, change, actor, action, instance_id, reason)
    change.result = instance_id
    change.wake = True
    return change


class refused_in_words:
    """Turns what an instance cannot do into a refusal that an operator understands."""

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        """Raise the refusal."""
        if isinstance(error, TokenGone):
            raise Refused("TOKEN_GONE", TOKEN_GONE) from error
        if isinstance(error, StepFailed):
            raise Refused("REPAIR_REFUSED", {"ko": f"{error.element_id}: {error.ko}", "en": str(error)}) from error
        if isinstance(error, (UncaughtError, BpmnError)):
            texts = {"ko": f"거기에서는 이어서 갈 수 없어요. 오류 {error.code}: {error.message}", "en": f"It cannot go on from there: {error}"}
            raise Refused("REPAIR_REFUSED", texts) from error


def going(read: Reader, instance_id: str, actor: Actor, reason: str) -> tuple[Work, bytes]:
    """The instance and its snapshot, if it still runs and a reason was given; NotFound or Refused otherwise."""
    if not reason.strip():
        raise Refused("NO_REASON", NO_REASON, 422)
    work, snapshot = step.load(read, instance_id, actor)
    if work.state != "running":
        raise Refused("INSTANCE_ENDED", ENDED)
    return work, snapshot


def _set(read: Reader, work: Work, actor: Actor, action: str, reason: str, **columns: Any) -> Change:
    change = Change(result=work.id)
    where = (ProcessInstance.id == work.id, ProcessInstance.rev == work.rev)
    change.add(update(ProcessInstance).where(*where).values(rev=work.rev + 1, updated_at=read.now, **columns), expect=1)
    work.events.append({"type": "operation", "action": action})
    step.note(read, work, change, actor)
    audit.note(read, change, actor, action, work.id, reason)
    return change


def _check_variable(name: str, value: Any) -> None:
    wrong = None
    if not name.isidentifier() or name.startswith("_"):
        wrong = BAD_NAME
    elif _refers(value):
        wrong = PERSONAL
    elif len(dump_json(value).encode()) > LARGEST:
        wrong = TOO_LARGE
    if wrong:
        raise Refused("BAD_VARIABLE", {language: text.replace("{name}", name) for language, text in wrong.items()}, 422)


def _refers(value: Any) -> bool:
    if isinstance(value, dict):
        return MARK in value or any(_refers(item) for item in value.values())
    return isinstance(value, list) and any(_refers(item) for item in value)
