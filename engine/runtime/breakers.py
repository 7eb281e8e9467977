"""Circuit breakers: after some failures in a row a partner is left alone for a while, then one caller tries.

State is one row per app and partner, so that all workers share it. Each change is one conditional statement on that row; a library that keeps
its state in an object of one process would have to be told of every other process's calls, and would need a lock to let one of them probe.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Row, case, delete, literal, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from engine.runtime.reader import Reader
from engine.store.commit import Change
from engine.store.tables import Breaker

HOLD = timedelta(seconds=5)  # how much longer than its own time a probe may take before another caller may try


@dataclass(frozen=True)
class Rule:
    """When a breaker opens (`failures` in a row) and for how long it stays open."""

    failures: int
    open: timedelta


@dataclass(frozen=True)
class Permit:
    """Whether a call may be made. `until`: when one may be made again. `opened_at`: of the open breaker that this call probes."""

    until: datetime | None = None
    opened_at: datetime | None = None


def ask(read: Reader, *, key: str, rule: Rule, seconds: float) -> Change:
    """Whether a call that takes up to `seconds` may be made now. Answers a Permit; of many callers at a half-open breaker one gets it."""
    row = _row(read, key)
    if row is None or row.opened_at is None:
        return Change(result=Permit())
    closes = row.opened_at + rule.open
    if read.now < closes:
        return Change(result=Permit(until=closes))
    if row.probe_until is not None and read.now < row.probe_until:
        return Change(result=Permit(until=row.probe_until))
    change = Change(result=Permit(opened_at=row.opened_at))
    unclaimed = Breaker.probe_until.is_(None) if row.probe_until is None else Breaker.probe_until == row.probe_until
    claim = update(Breaker).where(Breaker.key == key, Breaker.opened_at == row.opened_at, unclaimed)
    change.add(claim.values(probe_until=read.now + timedelta(seconds=seconds) + HOLD, updated_at=read.now), expect=1)
    return change


def succeeded(read: Reader, *, key: str, permit: Permit) -> Change:
    """The partner answered: failures are forgotten, and a probe closes the breaker. A late answer closes nothing."""
    change, row = Change(), _row(read, key)
    if row is not None and row.opened_at == permit.opened_at:
        change.add(delete(Breaker).where(Breaker.key == key, _as_opened(permit)))
    return change


def failed(read: Reader, *, key: str, rule: Rule, permit: Permit) -> Change:
    """The partner failed: one failure more, and the breaker opens at the last one that it allows, or again after a probe."""
    change = Change()
    if permit.opened_at is not None:
        again = update(Breaker).where(Breaker.key == key, _as_opened(permit))
        change.add(again.values(opened_at=read.now, probe_until=None, updated_at=read.now))
        return change
    first = upsert(Breaker).values(key=key, failures=1, opened_at=read.now if rule.failures <= 1 else None, probe_until=None, updated_at=read.now)
    opened = case((Breaker.failures + 1 >= rule.failures, literal(read.now, Breaker.opened_at.type)), else_=None)
    more = {"failures": Breaker.failures + 1, "opened_at": opened, "updated_at": read.now}
    change.add(first.on_conflict_do_update(index_elements=["key"], set_=more, where=Breaker.opened_at.is_(None)))
    return change


def withdrawn(read: Reader, *, key: str, permit: Permit) -> Change:
    """The call was given up without a judgement: another may probe."""
    change = Change()
    if permit.opened_at is not None:
        change.add(update(Breaker).where(Breaker.key == key, _as_opened(permit)).values(probe_until=None))
    return change


def _row(read: Reader, key: str) -> Row[tuple[datetime | None, datetime | None]] | None:
    return read.one(select(Breaker.opened_at, Breaker.probe_until).where(Breaker.key == key))


def _as_opened(permit: Permit) -> ColumnElement[bool]:
    return Breaker.opened_at.is_(None) if permit.opened_at is None else Breaker.opened_at == permit.opened_at
