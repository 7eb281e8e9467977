"""Business records of one app, as one step or one page sees them: read when asked for, changed in memory, written with the step."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, bindparam, exists, literal, or_, select

from engine import feel
from engine.apps import ProcessApp, RecordType
from engine.clock import KST
from engine.errors import BpmnError, NotFound
from engine.forms import Field
from engine.ids import new_id
from engine.personal import MARK, SEALED, PersonalText, from_stored, to_stored
from engine.runtime.reader import Reader
from engine.runtime.sealing import sealed, unsealed
from engine.store.constant import Constant
from engine.store.tables import MessageSubscription, Record, RecordKey, SearchKey
from engine.texts import Coded

LISTED = 10_000  # more records than this in one list are an error, not a slow page
BESIDE = 20  # records that are read along with one that is asked for
WATCHES = "condition:"  # and <app>.<collection>: the subscriptions of those who wait for a record to change
WATCH = MessageSubscription.__table__.c
OF_KIND = WATCH.name == literal(WATCHES) + Record.app + literal(".") + Record.collection
# Whether anybody waits for a record to change. Who begins to wait just then looks again soon (`watches.SOON`).
WATCHED = exists().where(OF_KIND, or_(WATCH.key == "", WATCH.key == Record.id)).correlate(Record).label("watched")
ROW = (Record.collection, Record.id, Record.rev, Record.data, Record.person_id, WATCHED)
ONE = Constant(select(*ROW).where(*(Record.__table__.c[name] == bindparam(name) for name in ("app", "collection", "id"))))
HOLDER = Constant(
    select(RecordKey.record_id).where(*(RecordKey.__table__.c[name] == bindparam(name) for name in ("app", "collection", "fields", "value")))
)
SEVERAL = select(*ROW).where(
    Record.app == bindparam("app"),
    Record.collection.in_(bindparam("collections", expanding=True)),
    Record.id.in_(bindparam("ids", expanding=True)),
)


class RecordView(Mapping[str, Any]):
    """A record as FEEL sees it: its declared fields and `id`; references are followed, dates are dates, personal values are texts in clear."""

    def __init__(
        self, records: "Records", kind: RecordType, record_id: str, rev: int, data: dict[str, Any], person_id: str | None, watched: bool = True
    ) -> None:
        self.records = records
        self.kind = kind
        self.id = record_id
        self.rev = rev
        self.data = data
        self.person_id = person_id
        self.watched = watched  # an instance may wait for it to change

    def __getitem__(self, name: str) -> Any:
        if name == "id":
            return self.id
        field = self.kind.fields[name]
        return self.records.decode(field, self.data.get(name))

    def __iter__(self) -> Iterator[str]:
        yield "id"
        yield from (name for name in self.kind.fields if name != "id")

    def __len__(self) -> int:
        return len(self.kind.fields) + ("id" not in self.kind.fields)

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RecordView) and (self.kind.name, self.id) == (other.kind.name, other.id)

    def __hash__(self) -> int:
        return hash((self.kind.name, self.id))


@dataclass
class Addition:
    """What a step adds to the totals of one record; `first` is what the record begins with if nobody made it yet (`new`: when it was read)."""

    first: dict[str, Any]
    new: bool
    amounts: dict[str, int] = field(default_factory=dict)


class Records:
    """The records that a step has read and changed. `changed`, `created`, `additions` and `persons` say what is to be written."""

    def __init__(self, read: Reader, app: ProcessApp) -> None:
        self.read = read
        self.app = app
        self._known: dict[tuple[str, str], RecordView | None] = {}
        self._referred: dict[tuple[str, str], None] = {}  # what the records that were taken over one by one refer to
        self._listed: dict[str, list[RecordView]] = {}
        self.changed: dict[RecordView, set[str]] = {}
        self.created: list[RecordView] = []
        self.additions: dict[RecordView, Addition] = {}
        self.adopted: dict[str, RecordView] = {}  # documents that become a record's
        self.dropped: set[str] = set()  # documents that no field holds any more
        self.persons: dict[str, dict[str, str]] = {}
        self.new_keys: dict[str, bytes] = {}

    def kind(self, collection: str) -> RecordType:
        """The declared type of a collection."""
        if collection not in self.app.records:
            raise BpmnError("NO_COLLECTION", f"the app {self.app.key} declares no record `{collection}` in records.toml")
        return self.app.records[collection]

    def get(self, collection: str, record_id: str) -> RecordView | None:
        """One record, or None. What the case refers to is read along with it: a step that reads one record reads those too."""
        if (collection, record_id) not in self._known:
            beside = [place for place in self._referred if place not in self._known and place != (collection, record_id)]
            wanted = [(collection, record_id), *beside[:BESIDE]]
            self._known |= dict.fromkeys(wanted)
            for row in self._rows(wanted):
                self.know(row.collection, row.id, row.rev, row.data, row.person_id, row.watched)
        return self._known[collection, record_id]

    def _rows(self, wanted: list[tuple[str, str]]) -> Sequence[Row[Any]]:
        if len(wanted) == 1:
            return self.read.all(ONE, {"app": self.app.key, "collection": wanted[0][0], "id": wanted[0][1]})
        collections, ids = (sorted(set(part)) for part in zip(*wanted, strict=True))
        rows = self.read.all(SEVERAL, {"app": self.app.key, "collections": collections, "ids": ids})
        return [row for row in rows if (row.collection, row.id) in wanted]

    def several(self, collection: str, record_ids: Collection[str]) -> list[RecordView]:
        """Those of the records with these ids that exist, in one query; they are known from then on."""
        where = (Record.app == self.app.key, Record.collection == collection, Record.id.in_(sorted(record_ids)))
        rows = self.read.all(select(Record.id, Record.rev, Record.data, Record.person_id).where(*where))
        return [self.know(collection, row.id, row.rev, row.data, row.person_id) for row in rows]

    def know(self, collection: str, record_id: str, rev: int, data: dict[str, Any], person_id: str | None, watched: bool = True) -> RecordView:
        """Take over a record that was read, or made, elsewhere."""
        record = self._view(collection, record_id, rev, data, person_id, watched)
        references = ((str(field.to), data.get(name)) for name, field in record.kind.fields.items() if field.type == "ref")
        self._referred |= {(to, found): None for to, found in references if isinstance(found, str)}
        return record

    def _view(self, collection: str, record_id: str, *row: Any) -> RecordView:
        record = RecordView(self, self.kind(collection), record_id, *row)
        self._known[collection, record_id] = record
        return record

    def need(self, collection: str, record_id: str) -> RecordView:
        """One record; NotFound without it."""
        record = self.get(collection, record_id)
        if record is None:
            raise NotFound()
        return record

    def all(self, collection: str) -> list[RecordView]:
        """All records of a collection, oldest first, with what this step changed and created. Read once."""
        if collection not in self._listed:
            self._listed[collection] = self._select(collection)
        made = [*self.created, *(record for record, addition in self.additions.items() if addition.new)]
        return self._listed[collection] + [record for record in made if record.kind.name == collection]

    def list_with(self, record_id: str) -> list[str]:
        """The ids of a list that was read and has this record in it; empty without one."""
        found = (listed for collection, listed in self._listed.items() if (collection, record_id) in self._known)
        ids = ([record.id for record in listed] for listed in found)
        return next((some for some in ids if record_id in some), [])

    def matching(self, collection: str, equal: Mapping[str, Any]) -> list[RecordView]:
        """The records whose fields equal these values, oldest first. By `id`, a reference or a searchable field it reads only what may match."""
        found = self._candidates(self.kind(collection), {name: value for name, value in equal.items() if value is not None})
        return [record for record in found if all(_equal(record, name, value) for name, value in equal.items())]

    def _candidates(self, kind: RecordType, equal: Mapping[str, Any]) -> list[RecordView]:
        if "id" in equal:
            record = self.get(kind.name, str(encode(equal["id"])))
            return [record] if record else []
        keyed = next((name for name in equal if name in kind.search or (name in kind.fields and kind.fields[name].type == "ref")), None)
        if keyed is None:
            return self.all(kind.name)
        here = [record for record in (*self.created, *self.changed, *self.additions) if record.kind is kind]
        return list(dict.fromkeys((*self._keyed(kind, keyed, equal[keyed]), *here)))

    def _keyed(self, kind: RecordType, name: str, value: Any) -> list[RecordView]:
        field = kind.fields[name]
        text = f"{field.to}/{encode(value)}" if field.type == "ref" else str(value)
        place = {"app": self.app.key, "collection": kind.name, "field": name}
        # Two queries, each by its key: in one, a planner without statistics may read the whole collection for each of its rows.
        ids = self.read.all(select(SearchKey.record_id).filter_by(**place, term=self.read.vault.term(text)).limit(LISTED + 1))
        return self._select(kind.name, Record.id.in_([row.record_id for row in ids])) if ids else []

    def _select(self, collection: str, *where: Any) -> list[RecordView]:
        place = (Record.app == self.app.key, Record.collection == collection, *where)
        statement = select(Record.id, Record.rev, Record.data, Record.person_id).where(*place).order_by(Record.created_at, Record.id)
        rows = self.read.all(statement.limit(LISTED + 1))
        if len(rows) > LISTED:
            raise BpmnError(
                "TOO_MANY_RECORDS", f"`{collection}` has more than {LISTED} records; ask for one by a reference instead of filtering the list"
            )
        return [self._known.get((collection, row.id)) or self._view(collection, row.id, row.rev, row.data, row.person_id) for row in rows]

    def decode(self, field: Field, stored: Any) -> Any:
        """A stored value as FEEL sees it."""
        if stored is None:
            return None
        if isinstance(stored, dict) and MARK in stored:  # also of a date: what is personal stays a text that knows where it is kept
            return from_stored(stored, self.resolve)
        if field.type == "ref":
            return self.get(str(field.to), stored)
        if field.type == "date":
            return date.fromisoformat(stored)
        if field.type == "datetime":
            return moment(stored)
        if field.values and isinstance(stored, str):
            choice = field.choice(stored)
            return Coded(stored, choice.label) if choice else stored
        return feel.from_json(from_stored(stored, self.resolve))

    def resolve(self, reference: str) -> str:
        """The text behind a reference, with what this step has just written."""
        person_id, _, name = reference.partition("/")
        if name.startswith(SEALED):
            text = unsealed(self.read.vault, self.key_of, reference)
        else:
            text = self.persons.get(person_id, {}).get(name) or self.read.resolve(reference)
        found = PersonalText(text, reference, self.seal)
        found.gone = not text and self.read.erased(reference)
        return found

    def seal(self, persons: frozenset[str], text: str) -> str | None:
        """The reference under which a text computed from these persons' data is kept."""
        return sealed(self.read.vault, self.key_of, persons, text)

    def person_of(self, record: RecordView) -> str:
        """The id of the record's own person, a new one where it has none or its data was erased."""
        if record.person_id is None or (record.person_id not in self.persons and self.read.erased(record.person_id)):
            record.person_id = new_id()
            self.read.new_person(record.person_id)
        return record.person_id

    def key_of(self, person_id: str) -> bytes | None:
        """A person's sealed key, made now for one that this step makes; None once erased."""
        if person_id in self.persons and self.read.person_key(person_id) is None:
            return self.new_keys.setdefault(person_id, self.read.vault.new_person_key())
        return self.read.person_key(person_id)

    def holder(self, kind: RecordType, fields: str, value: str) -> str | None:
        """The id of the record that holds a unique value."""
        found: str | None = self.read.value(HOLDER, {"app": self.app.key, "collection": kind.name, "fields": fields, "value": value})
        return found


def _equal(record: RecordView, name: str, value: Any) -> bool:
    field = record.kind.fields.get(name)
    return bool(record.data.get(name) == encode(value) if field and field.type == "ref" else record[name] == value)


def moment(text: str) -> datetime:
    """A date and time as FEEL writes it, with an offset (`...+09:00`) or the name of a zone (`...@Asia/Seoul`); Korean time without either."""
    body, _, zone = text.partition("@")
    found = datetime.fromisoformat(body)
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone) if zone else KST)


def encode(value: Any) -> Any:
    """A FEEL value as it is stored: JSON, records by their id, personal texts by reference."""
    if value is None or type(value) in (str, int, bool):
        return value
    if isinstance(value, RecordView):
        return value.id
    if isinstance(value, str):
        return to_stored(value)
    if isinstance(value, (dict, Mapping)):
        return {name: encode(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    return feel.to_json(value)
