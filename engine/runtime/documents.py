"""Files that people attach: taken in when a form is sent, sealed, and given to the record whose field holds them."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Final

from sqlalchemy import Row, delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from engine.errors import BpmnError, NotFound
from engine.ids import new_id
from engine.personal import PersonalText
from engine.runtime.reader import Reader
from engine.runtime.records import Records, RecordView, encode
from engine.store.commit import Change
from engine.store.tables import Document

LARGEST: Final = 5 * 1024 * 1024
SUFFIXES: Final = {"application/pdf": (".pdf",), "image/png": (".png",), "image/jpeg": (".jpg", ".jpeg"), "text/plain": (".txt",)}
MAGIC: Final = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
UNSAFE: Final = re.compile(r'[<>:"|?*%;\s]+')
LONGEST: Final = 80
COLUMNS = (Document.id, Document.app, Document.owner, Document.person_id, Document.name, Document.type, Document.size)


def type_of(data: bytes) -> str | None:
    """The content type of a PDF, PNG, JPEG or plain text, by what is in it; None for anything else."""
    for start, kind in MAGIC.items():
        if data.startswith(start):
            return kind
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "text/plain" if all(letter.isprintable() or letter in "\t\r\n\ufeff" for letter in text) else None


def problem(data: bytes) -> str | None:
    """Why a file cannot be taken: EMPTY, SIZE or TYPE; None for one that can."""
    if not data:
        return "EMPTY"
    return "SIZE" if len(data) > LARGEST else "TYPE" if type_of(data) is None else None


def safe_name(name: str, kind: str) -> str:
    """A file name without folders, control characters and what file systems trip over, with the ending of its content."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    plain = "".join(letter for letter in base if unicodedata.category(letter) not in ("Cc", "Cf", "Zl", "Zp", "Cs", "Co"))
    stem, ending = PurePosixPath(UNSAFE.sub("_", plain).strip("._") or "file"), SUFFIXES[kind]
    return f"{stem.name[:LONGEST]}" if stem.suffix.lower() in ending else f"{stem.name[:LONGEST]}{ending[0]}"


def upload(read: Reader, *, name: str, data: bytes, key: str | None = None) -> Change:
    """Take a file in; it is dropped after a day unless a submitted form holds it. Answers `{document, name, type, size}`.

    The same file under the same request `key` is the same document: a form that is sent twice says the same twice.
    """
    kind = type_of(data)
    if problem(data) or kind is None:
        raise ValueError("look for the file's problem first")
    again = read.vault.digest(f"document/{key}/{name}/{hashlib.sha256(data).hexdigest()}")[:32] if key else new_id()
    kept = {"document": again, "name": safe_name(name, kind), "type": kind, "size": len(data)}
    change = Change(result=kept)
    row = {"id": kept["document"], "app": "", "owner": None, "person_id": None, "name": kept["name"], "type": kind, "size": len(data)}
    change.add(upsert(Document).values(**row, data=read.vault.seal(data), created_at=read.now).on_conflict_do_nothing())
    return change


def adopt(records: Records, record: RecordView, name: str, value: Any) -> Any:
    """The stored form of a file field's new value: what the documents themselves say, not what was sent about them.

    Raises BpmnError NO_DOCUMENT for one that is not there, or that another record holds.
    """
    sent: Sequence[Mapping[str, Any]] = value or ()
    ids = [str(one.get("document")) for one in sent]
    old = {one["document"]: one for one in record.data.get(name) or ()}
    found = {row.id: row for row in records.read.all(select(*COLUMNS).where(Document.id.in_(ids)))} if ids else {}
    stored = [old.get(one) or _adopted(records, record, name, found.get(one)) for one in dict.fromkeys(ids)]
    records.dropped |= old.keys() - set(ids)
    return stored or None


def _adopted(records: Records, record: RecordView, field: str, row: Row[Any] | None) -> dict[str, Any]:
    if row is None or row.owner is not None:
        raise BpmnError("NO_DOCUMENT", "a file was attached that is not there any more, or that belongs to another record")
    records.adopted[row.id] = record
    name: Any = row.name
    if record.kind.fields[field].pii:
        person_id = records.person_of(record)
        person = records.persons.setdefault(person_id, dict(records.read.person(person_id)))
        person[row.id] = row.name
        name = encode(PersonalText(row.name, f"{person_id}/{row.id}"))
    return {"document": row.id, "name": name, "type": row.type, "size": row.size}


def write(records: Records, change: Change) -> None:
    """Add the statements: adopted files are sealed with their person's key, dropped ones deleted."""
    vault = records.read.vault
    for id, record in records.adopted.items():
        values: dict[str, Any] = {"app": records.app.key, "owner": f"{record.kind.name}/{record.id}"}
        key = records.key_of(record.person_id) if record.person_id else None
        if key:
            values |= {"person_id": record.person_id, "data": vault.seal_for(key, vault.open(_data(records.read, id)))}
        if id in records.persons.get(record.person_id or "", {}):  # the name is the person's too, and stands with them
            values["name"] = ""
        change.add(update(Document).where(Document.id == id, Document.owner.is_(None)).values(**values), expect=1)
    if records.dropped:
        change.add(delete(Document).where(Document.id.in_(sorted(records.dropped)), Document.app == records.app.key))


def _data(read: Reader, id: str) -> bytes:
    found: bytes = read.value(select(Document.data).where(Document.id == id))
    return found


def of_record(read: Reader, app: str, owner: str) -> list[tuple[str, str, str, int]]:
    """The files of a record (`<collection>/<id>`) as (id, name, type, bytes), the oldest first; those of an erased person are gone."""
    rows = read.all(select(*COLUMNS).where(Document.app == app, Document.owner == owner).order_by(Document.created_at, Document.id))
    read.persons(row.person_id for row in rows if row.person_id)
    return [(row.id, _name(read, row), row.type, row.size) for row in rows if not row.person_id or read.person_key(row.person_id)]


def opened(read: Reader, id: str, owner: tuple[str, str] | None = None) -> tuple[Row[Any], str, bytes]:
    """A file: its row, its name, its content. NotFound when there is none, when it is nobody's yet, when its person was erased, or when it
    is not that `owner`'s (app, `<collection>/<id>`)."""
    row = read.one(select(*COLUMNS).where(Document.id == id))
    if row is None or row.owner is None or owner not in (None, (row.app, row.owner)):
        raise NotFound("NO_DOCUMENT")
    key = read.person_key(row.person_id) if row.person_id else None
    if row.person_id and key is None:
        raise NotFound("NO_DOCUMENT")
    data = _data(read, id)
    return row, _name(read, row), read.vault.open_for(key, data) if key else read.vault.open(data)


def _name(read: Reader, row: Row[Any]) -> str:
    return row.name or (read.person(row.person_id).get(row.id) if row.person_id else "") or "file"
