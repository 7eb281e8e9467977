"""A new master secret: everything that the old one sealed is sealed anew. Persons keep their own keys, so their data is not touched."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, bindparam, select, update
from sqlalchemy.orm import InstrumentedAttribute

from engine.actors import SYSTEM
from engine.runtime import audit
from engine.runtime.baton import Baton
from engine.runtime.reader import Reader
from engine.store.base import Base
from engine.store.commit import Change
from engine.store.tables import Comment, Document, Draft, Person
from engine.vault import Vault, next_secret

SEALED: tuple[tuple[type[Base], InstrumentedAttribute[Any], ColumnElement[bool]], ...] = (
    (Person, Person.key, Person.key.is_not(None)),
    (Draft, Draft.data, Draft.data.is_not(None)),
    (Comment, Comment.text, Comment.text.is_not(None)),
    (Document, Document.data, Document.person_id.is_(None)),
)


def rotate(baton: Baton, secret_file: Path) -> None:
    """Make a new secret, seal everything with it, and put it in place of the old one. The service must stand still meanwhile.

    One that was interrupted before is finished first: until everything is sealed anew the new secret waits beside the old one.
    """
    waiting = secret_file.with_name(f"{secret_file.name}.next")
    current = secret_file.read_bytes().strip()
    if not waiting.exists():
        with open(waiting, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(next_secret(current))
            os.fsync(file.fileno())
    fresh = Vault(waiting.read_bytes().strip())
    while baton.do(reseal, old=Vault(current), new=fresh):
        continue
    os.replace(waiting, secret_file)
    baton.vault = fresh


def reseal(read: Reader, *, old: Vault, new: Vault) -> Change:
    """Seal anew what the new secret does not open yet; answers how many that were. Audited."""
    change = Change(result=0)
    for table, column, where in SEALED:
        rows = list(_resealed(read, old, new, table, column, where))
        if rows:
            keys = [key == bindparam(f"is_{key.name}") for key in table.__table__.primary_key]
            change.add(update(table).where(*keys).values({column.key: bindparam("sealed", type_=LargeBinary())}), rows)
            change.result += len(rows)
    if change.result:
        audit.note(read, change, SYSTEM, "secret.rotate", "secret")
    return change


def _resealed(
    read: Reader, old: Vault, new: Vault, table: type[Base], column: InstrumentedAttribute[Any], where: ColumnElement[bool]
) -> Iterator[dict[str, Any]]:
    keys = list(table.__table__.primary_key)
    for row in read.all(select(*keys, column.label("sealed")).where(where)):
        if not _opens(new, row.sealed):
            yield {f"is_{key.name}": row._mapping[key.name] for key in keys} | {"sealed": new.seal(old.open(row.sealed))}


def _opens(vault: Vault, sealed: bytes) -> bool:
    try:
        vault.open(sealed)
    except ValueError:
        return False
    return True
