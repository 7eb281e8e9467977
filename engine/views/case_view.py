"""Where each case stands and when it got there: a projection of the statuses in history, kept by the relay, rebuilt at will."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import Row, delete, literal, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from engine.runtime import outbox, subscribers
from engine.runtime.baton import Baton
from engine.runtime.cases import CaseRef
from engine.runtime.reader import Reader
from engine.store.commit import Change
from engine.store.tables import CaseView, History, SubscriberCursor

LATE = timedelta(seconds=2)  # after which a page says that it may not show the newest (C-18)
PAGE = 1_000  # rows of history read at a time while rebuilding
KEYS = (CaseView.app, CaseView.collection, CaseView.number)


@dataclass
class Standing:
    """One case: its status, the moment each status was first reached, and when the last came."""

    status: str | None = None
    reached: dict[str, str] = field(default_factory=dict)
    updated_at: datetime | None = None

    def take(self, status: str, at: datetime) -> None:
        """A status was reached."""
        self.status, self.updated_at = status, at
        self.reached.setdefault(status, at.isoformat())


def follow(read: Reader, change: Change, rows: Sequence[Row[Any]]) -> None:
    """Add the statements that bring the view up to date with these rows of history, as they are relayed."""
    told = list(_statuses(rows))
    known = _stored(read, {ref for ref, _, _ in told})
    _write(change, _told(known, told))


def _statuses(rows: Iterable[Row[Any]]) -> Iterable[tuple[CaseRef, str, datetime]]:
    for row in rows:
        for event in row.events:
            if event["type"] == "status":
                yield CaseRef(row.app, event["record"], event["id"]), event["status"], row.at


def _told(known: dict[CaseRef, Standing], told: Iterable[tuple[CaseRef, str, datetime]]) -> dict[CaseRef, Standing]:
    for ref, status, at in told:
        known.setdefault(ref, Standing()).take(status, at)
    return known


def _stored(read: Reader, refs: Iterable[CaseRef] | None = None) -> dict[CaseRef, Standing]:
    statement = select(*CaseView.__table__.c)
    if refs is not None:
        statement = statement.where(tuple_(*KEYS).in_([(ref.app, ref.collection, ref.number) for ref in refs]))
    return {CaseRef(row.app, row.collection, row.number): Standing(row.status, dict(row.reached), row.updated_at) for row in read.all(statement)}


def _write(change: Change, standings: Mapping[CaseRef, Standing]) -> None:
    rows = [
        {
            "app": ref.app,
            "collection": ref.collection,
            "number": ref.number,
            "status": one.status,
            "reached": one.reached,
            "updated_at": one.updated_at,
        }
        for ref, one in standings.items()
    ]
    if rows:
        row = upsert(CaseView)
        kept = {name: row.excluded[name] for name in ("status", "reached", "updated_at")}
        change.add(row.on_conflict_do_update(index_elements=[column.name for column in CaseView.__table__.primary_key], set_=kept), rows)


def reached(read: Reader, refs: Sequence[CaseRef]) -> dict[CaseRef, dict[str, datetime]]:
    """When each case first reached each status, with what the relay has not come to yet."""
    where = (History.published_at.is_(None), History.app.in_({ref.app for ref in refs}))
    waiting = outbox.in_order(read.all(outbox.ROWS.where(*where).order_by(History.at, History.instance_id, History.rev).limit(outbox.BATCH)))
    wanted = set(refs)
    found = _told(_stored(read, wanted), ((ref, status, at) for ref, status, at in _statuses(waiting) if ref in wanted))
    return {ref: {status: datetime.fromisoformat(at) for status, at in found.get(ref, Standing()).reached.items()} for ref in refs}


def late(read: Reader) -> bool:
    """Whether the view is so far behind that a page should say so."""
    return outbox.lag(read) > LATE


class Rebuilding:
    """The whole view, worked out from history alone. Goes on where it was when history has grown meanwhile."""

    def __init__(self) -> None:
        self._standings: dict[CaseRef, Standing] = {}
        self._until: datetime | None = None

    def replace(self, read: Reader) -> Change:
        """Read history up to its relayed end, and write what the kept view has wrong. Answers how many cases those were.

        Guarded by the relay's cursor: nothing is relayed in between.
        """
        end = subscribers.cursor(read, subscribers.RELAY)
        change = Change(result=0)
        if end is None:
            return change
        self._read_on(read, end.updated_at)
        where = (SubscriberCursor.subscriber == subscribers.RELAY, SubscriberCursor.updated_at == end.updated_at)
        change.add(update(SubscriberCursor).where(*where).values(position=end.position), expect=1)
        kept = _stored(read)
        wrong = {ref: standing for ref, standing in self._standings.items() if kept.get(ref) != standing}
        _write(change, wrong)
        gone = sorted((ref.app, ref.collection, ref.number) for ref in kept.keys() - self._standings.keys())
        for start in range(0, len(gone), PAGE):
            change.add(delete(CaseView).where(tuple_(*KEYS).in_(gone[start : start + PAGE])))
        change.result = len(wrong) + len(gone)
        return change

    def _read_on(self, read: Reader, until: datetime) -> None:
        # Relayed together is applied together, in the relay's own order.
        for _, together in groupby(_relayed(read, self._until, until), key=lambda row: row.published_at):
            _told(self._standings, _statuses(outbox.in_order(list(together))))
        self._until = until


def _relayed(read: Reader, after: datetime | None, until: datetime) -> Iterator[Row[Any]]:
    place = (History.published_at, History.at, History.instance_id, History.rev)
    statement = outbox.ROWS.add_columns(History.published_at).where(History.published_at <= until).order_by(*place).limit(PAGE)
    rows = read.all(statement.where(History.published_at > after) if after else statement)
    while rows:
        yield from rows
        last = tuple_(*(literal(rows[-1]._mapping[column.key], column.type) for column in place))
        rows = read.all(statement.where(tuple_(*place) > last)) if len(rows) == PAGE else []


def rebuild(baton: Baton) -> int:
    """Make the view anew from history, while everything goes on; returns how many cases it had wrong."""
    found: int = baton.do(Rebuilding().replace)
    return found
