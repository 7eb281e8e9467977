"""A backup: every row of one moment, the secret, and what they are, in one file that either database can be restored from.

The file is a zip with `<table>.jsonl` (one JSON object a row), `secret`, and `manifest.json` with the SHA-256 of each of them.
"""

import hashlib
import os
import secrets
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import orjson
from sqlalchemy import BigInteger, Connection, Integer, LargeBinary, Table, func, insert, inspect, select, text

from engine.errors import ConfigurationError
from engine.store import migrate
from engine.store.base import Base, Moment
from engine.store.database import Database, dump_json

FORMAT = 1
BATCH = 1_000
CHUNK = 1 << 20


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. `rows` by table, `sha256` by member of the file."""

    format: int
    version: str
    revision: str
    made_at: str
    database: str
    rows: dict[str, int]
    sha256: dict[str, str]


def write(database: Database, secret: bytes, file: Path, *, now: datetime, version: str) -> Manifest:
    """Back the database up into a new file (mode 0600) as it stands at this moment, while everything goes on.

    Raises ConfigurationError when the file exists already, or the schema is not this version's.
    """
    revision = migrate.found(database)[0]
    if problem := migrate.problem(database):
        raise ConfigurationError(problem)
    if revision != migrate.wanted(database)[0]:
        raise ConfigurationError("the database's schema is newer than this version: back it up with the version that made it")
    if file.exists():
        raise ConfigurationError(f"{file} exists already; a backup never overwrites one")
    unfinished = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        with open(unfinished, "xb", opener=_private) as raw, zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            manifest = _fill(database, secret, archive, revision, now, version)
            raw.flush()
        _keep(unfinished, file)
    finally:
        unfinished.unlink(missing_ok=True)
    return manifest


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _keep(unfinished: Path, file: Path) -> None:
    with open(unfinished, "rb") as written:
        os.fsync(written.fileno())
    try:
        os.link(unfinished, file)
    except FileExistsError:
        raise ConfigurationError(f"{file} exists already; a backup never overwrites one") from None


def _fill(database: Database, secret: bytes, archive: zipfile.ZipFile, revision: str, now: datetime, version: str) -> Manifest:
    rows, sums = {}, {"secret": hashlib.sha256(secret).hexdigest()}
    with _moment(database) as connection:
        for table in Base.metadata.sorted_tables:
            with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as member:
                rows[str(table.name)], sums[f"{table.name}.jsonl"] = _copy(connection, table, member)
    archive.writestr("secret", secret)
    manifest = Manifest(FORMAT, version, revision, now.isoformat(), database.url.get_backend_name(), rows, sums)
    archive.writestr("manifest.json", orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
    return manifest


def _moment(database: Database) -> Connection:
    """A connection on which everything is read as it stood at its first statement."""
    connection = database.engine.connect()
    return connection if database.is_sqlite else connection.execution_options(isolation_level="REPEATABLE READ")


def _copy(connection: Connection, table: Table, member: IO[bytes]) -> tuple[int, str]:
    count, digest = 0, hashlib.sha256()
    for row in connection.execution_options(yield_per=BATCH).execute(select(table)):
        line = dump_json({str(name): _plain(value) for name, value in row._mapping.items() if value is not None}).encode() + b"\n"
        member.write(line)
        digest.update(line)
        count += 1
    return count, digest.hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, (bytes, memoryview)):
        return b64encode(value).decode()
    return value.isoformat() if isinstance(value, datetime) else value


def read_manifest(file: Path) -> Manifest:
    """What a backup says of itself, after every checksum was found right. Raises ConfigurationError for a file that is no backup or is damaged."""
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = Manifest(**orjson.loads(archive.read("manifest.json")))
            for name, expected in manifest.sha256.items():
                with archive.open(name) as member:
                    digest = hashlib.sha256()
                    while piece := member.read(CHUNK):
                        digest.update(piece)
                    if digest.hexdigest() != expected:
                        raise ConfigurationError(f"{file} is damaged: the checksum of {name} is wrong; use another backup")
    except (zipfile.BadZipFile, KeyError, TypeError, orjson.JSONDecodeError) as error:
        raise ConfigurationError(f"{file} is no backup of Baton, or it is damaged: {error}") from error
    return manifest


def restore(database: Database, file: Path, secret_file: Path) -> Manifest:
    """Put a backup into an empty database, bring its schema to this version, and put its secret (mode 0600) in place.

    Raises ConfigurationError when the file is damaged or newer than this version, the database is not empty, or another secret is there.
    """
    manifest = read_manifest(file)
    if manifest.format != FORMAT or manifest.revision > migrate.wanted(database)[0]:
        raise ConfigurationError(f"{file} was made by the newer version {manifest.version}; restore it with that version")
    _need_empty(database)
    with zipfile.ZipFile(file) as archive:
        fresh = _place_secret(secret_file, archive.read("secret"))
        try:
            migrate.upgrade_to(database, manifest.revision)
            with database.write() as connection:
                for table in Base.metadata.sorted_tables:
                    if table.name in manifest.rows:
                        _load(connection, table, archive)
            migrate.upgrade(database)
        except BaseException:
            if fresh:
                secret_file.unlink(missing_ok=True)
            raise
    return manifest


def _need_empty(database: Database) -> None:
    with database.read() as connection:
        there = set(inspect(connection).get_table_names()) & set(Base.metadata.tables)
        filled = [name for name in sorted(there) if connection.execute(select(1).select_from(Base.metadata.tables[name]).limit(1)).first()]
    if filled:
        raise ConfigurationError(f"the database is not empty ({', '.join(filled)}): restore into an empty one, so that nothing is overwritten")


def _place_secret(secret_file: Path, secret: bytes) -> bool:
    """Whether the secret was put there; it may be there already."""
    if secret_file.exists():
        if secret_file.read_bytes().strip() != secret.strip():
            raise ConfigurationError(f"{secret_file} is another secret than the backup's: move it away, or restore into another BATON_DATA")
        return False
    secret_file.parent.mkdir(parents=True, exist_ok=True)
    with open(secret_file, "xb", opener=_private) as kept:
        kept.write(secret)
        os.fsync(kept.fileno())
    return True


def _load(connection: Connection, table: Table, archive: zipfile.ZipFile) -> None:
    with archive.open(f"{table.name}.jsonl") as member:
        for batch in _batches(table, member):
            for names in {frozenset(row) for row in batch}:  # a column that is left out is null
                connection.execute(insert(table), [row for row in batch if row.keys() == names])
    (key, *others) = table.primary_key.columns
    if connection.dialect.name == "postgresql" and not others and isinstance(key.type, (Integer, BigInteger)):
        highest = select(func.coalesce(func.max(key), 0)).scalar_subquery()
        connection.execute(select(func.setval(func.pg_get_serial_sequence(table.name, key.name), highest + 1, text("false"))))


def _batches(table: Table, member: IO[bytes]) -> Iterator[list[dict[str, Any]]]:
    batch = []
    for line in member:
        batch.append({name: _typed(table, name, value) for name, value in orjson.loads(line).items()})
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _typed(table: Table, name: str, value: Any) -> Any:
    kind = table.columns[name].type
    if isinstance(kind, LargeBinary):
        return b64decode(value)
    return datetime.fromisoformat(value) if isinstance(kind, Moment) else value
