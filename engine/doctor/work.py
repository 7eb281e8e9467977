"""What waits, is lost or stands still, and what operators switched off."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, func, select

from engine.connectors.contract import CALLS
from engine.doctor.finding import Finding, fault
from engine.runtime import outbox
from engine.runtime.reader import Reader
from engine.store.tables import Account, Breaker, Incident, Job, SubscriberCursor, Switch

AGE = timedelta(minutes=5)  # how long something due may wait before nobody seems to work
SERVICE = "service"


def queue(read: Reader) -> Iterator[Finding]:
    """Work of ours that nobody takes."""
    oldest = read.value(
        select(func.min(Job.due_at)).where(_ours(), Job.due_at < read.now - AGE, Job.lease_until < read.now, Job.lease_token.is_(None))
    )
    if oldest:
        minutes = int((read.now - oldest).total_seconds() // 60)
        yield fault(
            "queue",
            f"가장 오래된 작업이 {minutes}분째 기다려요.",
            f"the oldest job has been due for {minutes} minutes and nobody takes it",
            "워커가 돌고 있는지(`baton worker`, BATON_WORKERS) 확인해 주세요.",
            "check that workers run (`baton worker`, BATON_WORKERS)",
        )


def leases(read: Reader) -> Iterator[Finding]:
    """Jobs of workers that are gone."""
    lost = _count(
        read, select(func.count()).select_from(Job).where(Job.lease_token.is_not(None), Job.lease_until < read.now - AGE, Job.retries_left > 0)
    )
    if lost:
        yield fault(
            "leases",
            f"워커가 놓아 버린 작업이 {lost}개 있어요.",
            f"{lost} jobs are held by workers that are gone, and nobody takes them over",
            "워커를 다시 시작해 주세요.",
            "start the workers again: they take over what was left",
        )


def _ours() -> Any:
    return (Job.retries_left > 0) & ((Job.kind != SERVICE) | Job.type.in_(CALLS)) & Job.suspended.is_(False)


def incidents(read: Reader) -> Iterator[Finding]:
    """Incidents that wait for an operator."""
    count = _count(read, select(func.count()).select_from(Incident).where(Incident.resolved_at.is_(None)))
    if count:
        yield fault(
            "incidents",
            f"해결하지 않은 문제가 {count}개 있어요.",
            f"{count} incidents wait for an operator",
            "운영 화면의 문제 목록에서 원인을 보고 다시 시도하거나 고쳐 주세요.",
            "see the incidents on the operators' page: each says what happened and what can be done",
        )


def subscribers(read: Reader) -> Iterator[Finding]:
    """Subscribers that stand still, and events that pile up."""
    rows = read.all(select(SubscriberCursor.subscriber, SubscriberCursor.error).where(SubscriberCursor.error.is_not(None)))
    for row in rows:
        yield fault(
            "subscribers",
            f"{row.subscriber}이(가) 이벤트를 더 읽지 못하고 있어요: {row.error}",
            f"{row.subscriber} stands still and reads no more events: {row.error}",
            "원인을 고치면 스스로 이어서 읽어요.",
            "mend the cause; it goes on by itself where it stopped",
        )
    if outbox.lag(read) > AGE:
        yield fault(
            "relay",
            "이벤트가 밖으로 나가지 못하고 쌓여 있어요.",
            "events pile up: nobody passes them on",
            "워커가 돌고 있는지 확인해 주세요.",
            "check that workers run",
        )


def breakers(read: Reader) -> Iterator[Finding]:
    """Partners that are left alone for a while."""
    for row in read.all(select(Breaker.key).where(Breaker.opened_at.is_not(None)).order_by(Breaker.key)):
        yield fault(
            "breakers",
            f"{row.key}이(가) 여러 번 실패해서 잠시 부르지 않고 있어요.",
            f"{row.key} failed several times and is left alone for a while",
            "상대 시스템이 살아 있는지, BATON_PARTNERS의 주소가 맞는지 확인해 주세요.",
            "check that the partner is up, and its address in BATON_PARTNERS",
        )


def switches(read: Reader) -> Iterator[Finding]:
    """What operators switched off."""
    for row in read.all(select(Switch.name, Switch.by, Switch.reason).order_by(Switch.name)):
        yield fault(
            "switches",
            f"{row.by}님이 꺼 두었어요: {row.name} ({row.reason})",
            f"{row.by} switched this off: {row.name} ({row.reason})",
            "다시 켜려면 `baton resume APP` 또는 `baton undrain`을 실행해 주세요.",
            "to go on, run `baton resume APP` or `baton undrain`",
            "warning",
        )


def accounts(read: Reader) -> Iterator[Finding]:
    """Accounts, where nobody can sign in."""
    if not _count(read, select(func.count()).select_from(Account).where(Account.active.is_(True))):
        yield fault(
            "accounts",
            "로그인할 수 있는 계정이 없어요.",
            "nobody can sign in",
            "`baton user save LOGIN --role operator`로 첫 계정을 만들어 주세요.",
            "make the first account: `baton user save LOGIN --role operator`",
        )


def _count(read: Reader, statement: Select[Any]) -> int:
    return int(read.value(statement) or 0)
