"""Instances that an operator holds: nothing of them runs until they are resumed, and whoever tries is told who holds them."""

from sqlalchemy import select

from engine.errors import Refused
from engine.runtime import access
from engine.runtime.reader import Reader
from engine.runtime.work import Work
from engine.store.tables import Account, Audit

SUSPEND = "instance.suspend"


class Suspended(Refused):
    """The instance is held by an operator; nothing was written. Says who holds it and since when."""

    def __init__(self, by: str, when: dict[str, str]) -> None:
        texts = {
            "ko": f"{by}님이 {when['ko']}에 이 건을 잠시 멈췄어요. 다시 시작하면 이어서 할 수 있어요. 적은 내용은 그대로 있어요.",
            "en": f"{by} put this case on hold at {when['en']}. You can go on once it is resumed. What you typed is kept.",
        }
        super().__init__("SUSPENDED", texts, 409, {"by": by})


def need_running(read: Reader, work: Work) -> None:
    """Raise Suspended when an operator holds the instance, unless an operator is mending it."""
    if work.suspended_at is not None and not work.repaired:
        raise refusal(read, work)


def refusal(read: Reader, work: Work) -> Suspended:
    """Who holds the instance, by name, and since when."""
    named = select(Account.name, Audit.actor_id).join_from(Audit, Account, Account.login == Audit.actor_id, isouter=True)
    row = read.one(named.where(Audit.action == SUSPEND, Audit.object == work.id).order_by(Audit.at.desc()).limit(1))
    return Suspended((row.name or row.actor_id) if row else "-", access.when(work.suspended_at))
