"""Changing records in a step: fields, statuses, once-fields, unique values, personal data; and the statements that write it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, update

from engine.apps import RecordType
from engine.errors import BpmnError
from engine.ids import new_id
from engine.personal import PersonalText
from engine.runtime.records import Records, RecordView, encode
from engine.store.commit import Change
from engine.store.tables import Person, Record, RecordKey, SearchKey
from engine.vault import link_digest


def create(records: Records, collection: str, fields: Mapping[str, Any], record_id: str | None = None) -> RecordView:
    """A new record with these fields. Its id is `record_id`, else the next number of its series, else a fresh identifier."""
    kind = records.kind(collection)
    number = kind.number
    if record_id is None:
        record_id = records.read.number(records.app.key, number.format) if number else str(fields.get("id") or new_id())
    defaults = {name: field.default for name, field in kind.fields.items() if field.default is not None}
    record = records.know(collection, record_id, 1, {}, None)
    records.created.append(record)
    update_fields(records, record, {**defaults, **fields, **({number.field: record_id} if number else {})})
    return record


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
    stored = _personal(records, record, name, value) if field.pii and value not in (None, "") else encode(value)
    if field.values and stored is not None and stored not in {choice.id for choice in field.values}:
        raise BpmnError("BAD_VALUE", f"`{kind.name}.{name}` cannot be {stored!r}")
    if stored == old and not field.pii:  # another text of a person stands behind the same reference
        return
    if field.once and old is not None:
        raise BpmnError("ALREADY_SET", f"`{kind.name}.{name}` is already {old!r}")
    if name == kind.states and old is not None and stored not in kind.transitions.get(str(old), []):
        raise BpmnError("BAD_STATE", f"`{kind.name}` cannot go from {old} to {stored}")
    record.data = {**record.data, name: stored}
    records.changed.setdefault(record, set()).add(name)


def _personal(records: Records, record: RecordView, name: str, value: Any) -> Any:
    if isinstance(value, PersonalText):
        return encode(value)
    record.person_id = record.person_id or new_id()
    person = records.persons.setdefault(record.person_id, dict(records.read.person(record.person_id)))
    person[name] = str(encode(value))
    return encode(PersonalText(person[name], f"{record.person_id}/{name}"))


def settle(records: Records, record: RecordView, name: str, value: Any) -> tuple[bool, Any]:
    """Write a once-field if it is still empty. Returns whether this call won, and the value that stands."""
    standing = record.data.get(name)
    if standing is not None:
        return False, standing
    update_fields(records, record, {name: value})
    return True, record.data[name]


def write(records: Records, change: Change, linked: RecordView | None = None) -> None:
    """Add the statements for everything that was created or changed. `linked` is the case that gets a tracking link."""
    now, app = records.read.now, records.app.key
    _write_persons(records, change)
    if records.created:
        change.add(insert(Record), [_row(records, record, record is linked) for record in records.created])
    for record in records.changed:
        if record not in records.created:
            where = (Record.app == app, Record.collection == record.kind.name, Record.id == record.id, Record.rev == record.rev)
            values = {"rev": record.rev + 1, "data": record.data, "person_id": record.person_id, "updated_at": now}
            change.add(update(Record).where(*where).values(**values), expect=1)
    _write_search(records, change)
    for record, names in records.changed.items():
        _write_unique(records, change, record, names)


def _row(records: Records, record: RecordView, linked: bool) -> dict[str, Any]:
    now, app = records.read.now, records.app.key
    link = link_digest(records.read.vault.link_token(app, record.kind.name, record.id)) if linked else None
    row = {"app": app, "collection": record.kind.name, "id": record.id, "rev": 1, "data": record.data, "person_id": record.person_id}
    return {**row, "link": link, "created_at": now, "updated_at": now}


def _write_persons(records: Records, change: Change) -> None:
    vault = records.read.vault
    for person_id, fields in records.persons.items():
        key = records.read.person_key(person_id)
        if key:
            change.add(update(Person).where(Person.id == person_id).values(data=vault.write_person(key, fields)), expect=1)
        else:
            key = vault.new_person_key()
            change.add(insert(Person), {"id": person_id, "key": key, "data": vault.write_person(key, fields), "created_at": records.read.now})


def _write_search(records: Records, change: Change) -> None:
    rows = []
    for record, names in records.changed.items():
        sought = {name: text for name in sorted(names) if (text := _sought(record, name)) is not None}
        place = {"app": records.app.key, "collection": record.kind.name, "record_id": record.id}
        if sought and record not in records.created:
            change.add(delete(SearchKey).filter_by(**place).where(SearchKey.field.in_(sought)))
        rows += [{**place, "field": name, "term": records.read.vault.term(text)} for name, text in sought.items() if text]
    if rows:
        change.add(insert(SearchKey), rows)


def _sought(record: RecordView, name: str) -> str | None:
    if name in record.kind.search:
        return str(record[name] or "")
    field = record.kind.fields[name]
    return reference_term(str(field.to), record.data.get(name)) if field.type == "ref" else None


def reference_term(collection: str, record_id: Any) -> str:
    """Under what the records that refer to a record are found again."""
    return f"{collection}/{record_id}" if record_id else ""


def _write_unique(records: Records, change: Change, record: RecordView, names: set[str]) -> None:
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
            change.add(delete(RecordKey).filter_by(**place))
        if holds and holder is None:
            change.add(insert(RecordKey), {**place, "value": value})


def _unique_value(record: RecordView, fields: Sequence[str]) -> str | None:
    values = [record.data.get(name) for name in fields]
    if any(value is None for value in values):
        return None
    texts = [str(record[name]) if record.kind.fields[name].pii else str(value) for name, value in zip(fields, values, strict=True)]
    return record.records.read.vault.digest("\x1f".join(texts))


def of_type(kind: RecordType, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of `values` that are fields of the record type."""
    return {name: value for name, value in values.items() if name in kind.fields}
