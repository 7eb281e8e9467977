"""Totals of records: many steps add to one record at the same time, each with one statement of its own, and none has to run again for it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects.postgresql import insert as upsert

from engine.errors import BpmnError
from engine.runtime.record_changes import beginning, reference_term
from engine.runtime.records import Addition, Records, RecordView, encode
from engine.store.commit import Change
from engine.store.json_sql import added
from engine.store.tables import Record, SearchKey


def add(records: Records, collection: str, record_id: str, values: Mapping[str, Any]) -> RecordView:
    """Add numbers to the `total` fields of a record. When it is missing it is made: with its defaults, and with the other values.

    Raises BpmnError NOT_A_TOTAL for a number field that is none, BAD_AMOUNT for what is no whole number.
    """
    kind = records.kind(collection)
    amounts = {name: _amount(collection, name, value) for name, value in values.items() if name in kind.fields and kind.fields[name].total}
    others = {name: encode(value) for name, value in values.items() if name not in amounts}
    for name in others:
        if name not in kind.fields or kind.fields[name].pii or kind.fields[name].type in ("int", "number", "won"):
            raise BpmnError("NOT_A_TOTAL", f"`{collection}.{name}` is no total; declare it in records.toml with `total = true`")
    first = beginning(kind, record_id) | others
    known = records.get(collection, record_id)
    record = known or records.know(collection, record_id, 1, first, None)
    if record not in records.created:
        addition = records.additions.setdefault(record, Addition(first, new=known is None))
        addition.amounts = {name: addition.amounts.get(name, 0) + amounts.get(name, 0) for name in {**addition.amounts, **amounts}}
    record.data = {**record.data, **_sums(record.data, amounts)}
    return record


def _amount(collection: str, name: str, value: Any) -> int:
    if isinstance(value, (bool, str)) or value is None or value != int(value):
        raise BpmnError("BAD_AMOUNT", f"what is added to `{collection}.{name}` must be a whole number")
    return int(value)


def _sums(data: Mapping[str, Any], amounts: Mapping[str, int]) -> dict[str, int]:
    return {name: int(data.get(name) or 0) + amount for name, amount in amounts.items()}


def write(records: Records, change: Change) -> None:
    """Add one statement for each record, always in the same order, so that two steps never wait for each other."""
    now, dialect = records.read.now, records.read.connection.dialect.name
    for record, addition in sorted(records.additions.items(), key=lambda pair: (pair[0].kind.name, pair[0].id)):
        row = {"app": records.app.key, "collection": record.kind.name, "id": record.id, "rev": 1, "person_id": None, "link": None}
        row |= {"data": {**addition.first, **_sums(addition.first, addition.amounts)}, "created_at": now, "updated_at": now}
        more = {"data": added(dialect, Record.data, addition.amounts), "updated_at": now}
        change.add(upsert(Record).values(**row).on_conflict_do_update(index_elements=["app", "collection", "id"], set_=more), expect=1)
        if addition.new:
            _write_search(records, change, record, addition.first)


def _write_search(records: Records, change: Change, record: RecordView, first: Mapping[str, Any]) -> None:
    fields = record.kind.fields
    terms = {name: str(value) for name, value in first.items() if name in record.kind.search and value}
    terms |= {name: reference_term(str(fields[name].to), value) for name, value in first.items() if fields[name].type == "ref" and value}
    rows = [
        {"app": records.app.key, "collection": record.kind.name, "record_id": record.id, "field": name, "term": records.read.vault.term(text)}
        for name, text in terms.items()
    ]
    if rows:
        change.add(upsert(SearchKey).on_conflict_do_nothing(), rows)
