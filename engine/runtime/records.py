"""Business records of one app, as one step or one page sees them: read when asked for, changed in memory, written with the step."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select

from engine import feel
from engine.apps import ProcessApp, RecordType
from engine.errors import BpmnError, NotFound
from engine.forms import Field
from engine.personal import from_stored, to_stored
from engine.runtime.reader import Reader
from engine.store.tables import Record, RecordKey
from engine.texts import Coded

LISTED = 10_000  # more records than this in one list are an error, not a slow page


class RecordView(Mapping[str, Any]):
    """A record as FEEL sees it: its declared fields and `id`; references are followed, dates are dates, personal values are texts in clear."""

    def __init__(self, records: "Records", kind: RecordType, record_id: str, rev: int, data: dict[str, Any], person_id: str | None) -> None:
        self.records = records
        self.kind = kind
        self.id = record_id
        self.rev = rev
        self.data = data
        self.person_id = person_id

    def __getitem__(self, name: str) -> Any:
        if name == "id":
            return self.id
        field = self.kind.fields[name]
        return self.records.decode(field, self.data.get(name))

    def __iter__(self) -> Iterator[str]:
        yield "id"
        yield from (name for name in self.kind.fields if name != "id")

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RecordView) and (self.kind.name, self.id) == (other.kind.name, other.id)

    def __hash__(self) -> int:
        return hash((self.kind.name, self.id))


class Records:
    """The records that a step has read and changed. `changed`, `created` and `persons` say what is to be written."""

    def __init__(self, read: Reader, app: ProcessApp) -> None:
        self.read = read
        self.app = app
        self._known: dict[tuple[str, str], RecordView | None] = {}
        self._listed: dict[str, list[RecordView]] = {}
        self.changed: dict[RecordView, set[str]] = {}
        self.created: list[RecordView] = []
        self.persons: dict[str, dict[str, str]] = {}

    def kind(self, collection: str) -> RecordType:
        """The declared type of a collection."""
        if collection not in self.app.records:
            raise BpmnError("NO_COLLECTION", f"the app {self.app.key} declares no record `{collection}` in records.toml")
        return self.app.records[collection]

    def get(self, collection: str, record_id: str) -> RecordView | None:
        """One record, or None."""
        if (collection, record_id) not in self._known:
            where = (Record.app == self.app.key, Record.collection == collection, Record.id == record_id)
            row = self.read.one(select(Record.id, Record.rev, Record.data, Record.person_id).where(*where))
            self._known[collection, record_id] = self._view(collection, row) if row else None
        return self._known[collection, record_id]

    def several(self, collection: str, record_ids: Collection[str]) -> list[RecordView]:
        """Those of the records with these ids that exist, in one query; they are known from then on."""
        where = (Record.app == self.app.key, Record.collection == collection, Record.id.in_(sorted(record_ids)))
        rows = self.read.all(select(Record.id, Record.rev, Record.data, Record.person_id).where(*where))
        return [self.know(collection, row.id, row.rev, row.data, row.person_id) for row in rows]

    def know(self, collection: str, record_id: str, rev: int, data: dict[str, Any], person_id: str | None) -> RecordView:
        """Take over a record that was read, or made, elsewhere."""
        record = RecordView(self, self.kind(collection), record_id, rev, data, person_id)
        self._known[collection, record_id] = record
        return record

    def _view(self, collection: str, row: Row[Any]) -> RecordView:
        return RecordView(self, self.kind(collection), row.id, row.rev, row.data, row.person_id)

    def need(self, collection: str, record_id: str) -> RecordView:
        """One record; NotFound without it."""
        record = self.get(collection, record_id)
        if record is None:
            raise NotFound()
        return record

    def all(self, collection: str) -> list[RecordView]:
        """All records of a collection, oldest first, with what this step changed and created. Read once."""
        if collection not in self._listed:
            self._listed[collection] = self._read_all(collection)
        return self._listed[collection] + [record for record in self.created if record.kind.name == collection]

    def _read_all(self, collection: str) -> list[RecordView]:
        where = (Record.app == self.app.key, Record.collection == collection)
        statement = select(Record.id, Record.rev, Record.data, Record.person_id).where(*where).order_by(Record.created_at, Record.id)
        rows = self.read.all(statement.limit(LISTED + 1))
        if len(rows) > LISTED:
            raise BpmnError(
                "TOO_MANY_RECORDS", f"`{collection}` has more than {LISTED} records; ask for one by a reference instead of filtering the list"
            )
        listed = []
        for row in rows:
            record = self._known.get((collection, row.id)) or self._view(collection, row)
            self._known[collection, row.id] = record
            listed.append(record)
        return listed

    def decode(self, field: Field, stored: Any) -> Any:
        """A stored value as FEEL sees it."""
        if stored is None:
            return None
        if field.type == "ref":
            return self.get(str(field.to), stored)
        if field.type == "date":
            return date.fromisoformat(stored)
        if field.type == "datetime":
            return datetime.fromisoformat(stored)
        if field.values and isinstance(stored, str):
            choice = field.choice(stored)
            return Coded(stored, choice.label) if choice else stored
        return feel.from_json(from_stored(stored, self.resolve))

    def resolve(self, reference: str) -> str:
        """The text behind a reference, with what this step has just written."""
        person_id, _, name = reference.partition("/")
        return self.persons.get(person_id, {}).get(name) or self.read.resolve(reference)

    def holder(self, kind: RecordType, fields: str, value: str) -> str | None:
        """The id of the record that holds a unique value."""
        where = (RecordKey.app == self.app.key, RecordKey.collection == kind.name, RecordKey.fields == fields, RecordKey.value == value)
        found: str | None = self.read.value(select(RecordKey.record_id).where(*where))
        return found


def encode(value: Any) -> Any:
    """A FEEL value as it is stored: JSON, records by their id, personal texts by reference."""
    if isinstance(value, RecordView):
        return value.id
    if isinstance(value, str):
        return to_stored(value)
    if isinstance(value, Mapping):
        return {name: encode(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    return feel.to_json(value)
