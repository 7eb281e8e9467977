"""Changing records in a step: fields, statuses, once-fields, unique values, personal data; and the statements that write it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert as upsert

from engine.apps import RecordType
from engine.bpmn import TooLarge, limits
from engine.clock import KST
from engine.errors import BpmnError
from engine.forms import Field
from engine.ids import new_id
from engine.personal import MARK, PersonalText
from engine.runtime import documents
from engine.runtime.records import Records, RecordView, encode, moment
from engine.store import statements
from engine.store.commit import Change
from engine.store.constant import Constant
from engine.store.json_sql import patched
from engine.store.tables import Person, Record, RecordKey, SearchKey
from engine.vault import link_digest

HELD_BY = ("app", "collection", "fields", "record_id")
FOUND_BY = ("app", "collection", "record_id", "field")
TERM = upsert(SearchKey).values({name: bindparam(name) for name in (*FOUND_BY, "term")})
FIND_BY = Constant(TERM.on_conflict_do_update(index_elements=FOUND_BY, set_={"term": TERM.excluded.term}))


def create(records: Records, collection: str, fields: Mapping[str, Any], record_id: str | None = None) -> RecordView:
    """A new record with these fields. Its id is `record_id`, else the next number of its series, else a fresh identifier."""
    kind = records.kind(collection)
    number = kind.number
    if record_id is None:
        record_id = records.read.number(records.app.key, number.format) if number else str(fields.get("id") or new_id())
    record = records.know(collection, record_id, 1, {}, None)
    records.created.append(record)
    update_fields(records, record, {**beginning(kind, record_id), **fields, **({number.field: record_id} if number else {})})
    return record


def beginning(kind: RecordType, record_id: str) -> dict[str, Any]:
    """What every new record of the type begins with: its defaults and its number."""
    defaults = {name: field.default for name, field in kind.fields.items() if field.default is not None}
    return defaults | ({kind.number.field: record_id} if kind.number else {})


def update_fields(records: Records, record: RecordView, fields: Mapping[str, Any]) -> None:
    """Write fields of a record. A status must be an allowed transition (else BAD_STATE), a once-field must be empty (else ALREADY_SET)."""
    for name, value in fields.items():
        if name == "id" and "id" not in record.kind.fields:
            continue
        _set(records, record, name, value)


def _set(records: Records, record: RecordView, name: str, value: Any) -> None:
    kind = record.kind
    if name not in kind.fields:
        raise BpmnError("NO_FIELD", f"record `{kind.name}` has no field `{name}`; declare it in records.toml")
    field, old = kind.fields[name], record.data.get(name)
    if field.pii and value == records.decode(field, old):
        return
    stored = _stored(records, record, name, value)
    if field.values and not _allowed(field, stored):
        raise BpmnError("BAD_VALUE", f"`{kind.name}.{name}` cannot be {stored!r}")
    if stored == old and not field.pii:  # another text of a person stands behind the same reference
        return
    if field.total and record not in records.created:
        raise BpmnError("TOTAL_FIELD", f"`{kind.name}.{name}` is a total: many steps add to it, and only `record.add` may change it")
    if field.once and old is not None:
        raise BpmnError("ALREADY_SET", f"`{kind.name}.{name}` is already {old!r}")
    if name == kind.states and old is not None and stored not in kind.transitions.get(str(old), []):
        raise BpmnError("BAD_STATE", f"`{kind.name}` cannot go from {old} to {stored}")
    record.data = {**record.data, name: stored}
    records.changed.setdefault(record, set()).add(name)


def _allowed(field: Field, stored: Any) -> bool:
    chosen = stored if isinstance(stored, list) else [] if stored is None else [stored]
    return all(any(one == choice.id for choice in field.values) for one in chosen)


def _stored(records: Records, record: RecordView, name: str, value: Any) -> Any:
    field = record.kind.fields[name]
    if field.type == "file":
        return documents.adopt(records, record, name, value)
    if field.pii and value not in (None, ""):
        return _personal(records, record, name, value)
    stored = encode(value)
    return moment(stored).astimezone(KST).isoformat() if field.type == "datetime" and isinstance(stored, str) and stored else stored


def _personal(records: Records, record: RecordView, name: str, value: Any) -> Any:
    if isinstance(value, PersonalText) and value.reference is not None:
        return encode(value)
    if isinstance(value, dict) and MARK in value:  # as the inputs of a task bring it
        return value
    person_id = records.person_of(record)
    person = records.persons.setdefault(person_id, dict(records.read.person(person_id)))
    person[name] = str(value) if isinstance(value, str) else str(encode(value))
    if (found := limits.size(person[name])) > limits.VARIABLE:  # the variable holds a reference, and does not tell
        label = record.kind.fields[name].label or {}
        raise TooLarge(record.kind.name, {lang: label.get(lang) or name for lang in ("ko", "en")}, found, limits.VARIABLE)
    return encode(PersonalText(person[name], f"{person_id}/{name}"))


def settle(records: Records, record: RecordView, name: str, value: Any) -> tuple[bool, Any]:
    """Write a once-field if it is still empty. Returns whether this call won, and the value that stands."""
    standing = record.data.get(name)
    if standing is not None:
        return False, standing
    update_fields(records, record, {name: value})
    return True, record.data[name]


def write(records: Records, change: Change, linked: RecordView | None = None) -> None:
    """Add the statements for everything that was created or changed.

    `linked` is the case that gets a tracking link; a record that people find by number and phone has one anyway.
    """
    now, app = records.read.now, records.app.key
    _write_persons(records, change)
    documents.write(records, change)
    if records.created:
        change.insert(Record, [_row(records, record, record is linked or _is_found(record)) for record in records.created])
    plain = []
    for record, names in records.changed.items():
        if record not in records.created:
            guards = {"app": app, "collection": record.kind.name, "id": record.id, "rev": record.rev}
            values = {"rev": record.rev + 1, "person_id": record.person_id, "updated_at": now}
            if any(field.total for field in record.kind.fields.values()):  # others may be adding to it at this moment
                change.update(Record, guards, values, {"data": _patched(records, record, names)})
            else:
                plain.append((guards, {**values, "data": record.data}))
    change.update_all(Record, plain)
    _write_search(records, change)
    _write_unique(records, change)


def _patched(records: Records, record: RecordView, names: set[str]) -> Any:
    return patched(records.read.connection.dialect.name, Record.data, {name: record.data.get(name) for name in sorted(names)})


def _is_found(record: RecordView) -> bool:
    return record.kind.number is not None and record.kind.phone is not None


def _row(records: Records, record: RecordView, linked: bool) -> dict[str, Any]:
    now, app = records.read.now, records.app.key
    link = link_digest(records.read.vault.link_token(app, record.kind.name, record.id)) if linked else None
    row = {"app": app, "collection": record.kind.name, "id": record.id, "rev": 1, "data": record.data, "person_id": record.person_id}
    return {**row, "link": link, "created_at": now, "updated_at": now}


def _write_persons(records: Records, change: Change) -> None:
    vault = records.read.vault
    for person_id, fields in records.persons.items():
        key = records.read.person_key(person_id)
        if key is not None:
            change.update(Person, {"id": person_id}, {"data": vault.write_person(key, fields)})
        else:
            key = records.key_of(person_id) or vault.new_person_key()
            change.insert(Person, {"id": person_id, "key": key, "data": vault.write_person(key, fields), "created_at": records.read.now})


def _write_search(records: Records, change: Change) -> None:
    rows: list[dict[str, Any]] = []
    emptied: list[dict[str, Any]] = []
    for record, names in records.changed.items():
        sought = {name: text for name in sorted(names) if (text := _sought(record, name)) is not None}
        place = {"app": records.app.key, "collection": record.kind.name, "record_id": record.id}
        if record not in records.created:
            emptied += [statements.bound({**place, "field": name}) for name, text in sought.items() if not text]
        rows += [{**place, "field": name, "term": records.read.vault.term(text)} for name, text in sought.items() if text]
    if emptied:
        change.add(statements.deleting(SearchKey, FOUND_BY), emptied)
    if rows:
        change.add(FIND_BY, rows)


def _sought(record: RecordView, name: str) -> str | None:
    if name in record.kind.search:
        return str(record[name] or "")
    field = record.kind.fields[name]
    return reference_term(str(field.to), record.data.get(name)) if field.type == "ref" else None


def reference_term(collection: str, record_id: Any) -> str:
    """Under what the records that refer to a record are found again."""
    return f"{collection}/{record_id}" if record_id else ""


def _write_unique(records: Records, change: Change) -> None:
    given_up: list[dict[str, Any]] = []
    taken: list[dict[str, Any]] = []
    for record, names in records.changed.items():
        _unique(records, record, names, given_up, taken)
    if given_up:
        change.add(statements.deleting(RecordKey, HELD_BY), given_up)
    if taken:
        change.insert(RecordKey, taken)


def _unique(records: Records, record: RecordView, names: set[str], given_up: list[dict[str, Any]], taken: list[dict[str, Any]]) -> None:
    for unique in record.kind.unique:
        if names.isdisjoint({*unique.fields, *(unique.while_.names_read if unique.while_ else ())}):
            continue
        fields, value = ",".join(unique.fields), _unique_value(record, unique.fields)
        holds = value is not None and (unique.while_ is None or unique.while_(record, records.read.now) is True)
        holder = records.holder(record.kind, fields, value) if value else None
        if holds and holder not in (None, record.id):
            raise BpmnError(unique.error, f"{record.kind.name}: {fields} already held by {holder}", {"no": holder})
        place = {"app": records.app.key, "collection": record.kind.name, "fields": fields, "record_id": record.id}
        if record not in records.created and not (holds and holder):
            given_up.append(statements.bound(place))
        if holds and holder is None:
            taken.append({**place, "value": value})


def _unique_value(record: RecordView, fields: Sequence[str]) -> str | None:
    values = [record.data.get(name) for name in fields]
    if any(value is None for value in values):
        return None
    texts = [str(record[name]) if record.kind.fields[name].pii else str(value) for name, value in zip(fields, values, strict=True)]
    return record.records.read.vault.digest("\x1f".join(texts))


def of_type(kind: RecordType, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of `values` that are fields of the record type."""
    return {name: value for name, value in values.items() if name in kind.fields}
