"""Demo data: what the apps' seed.toml files say, and one account for each role. Only with the demo switch, on this machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import insert, select

from engine import feel
from engine.apps import ProcessApp
from engine.runtime import record_changes
from engine.runtime.accounts import hashed
from engine.runtime.baton import Baton
from engine.runtime.reader import Reader
from engine.runtime.records import Records
from engine.store.commit import Change
from engine.store.tables import Account, Deployment, Record

PASSWORD = "baton-demo"
PLATFORM = [
    {"login": "operator1", "name": "최운영", "roles": ["operator", "lead"]},
    {"login": "analyst1", "name": "정분석", "roles": ["analyst"]},
]


@dataclass(frozen=True)
class DemoAccount:
    """What `baton run` prints."""

    login: str
    name: str
    roles: tuple[str, ...]


def seed(baton: Baton) -> None:
    """Load the seed records and demo accounts that are missing. May be called again."""
    for app in _live(baton):
        for collection, rows in app.seed.items():
            if collection != "account":
                baton.do(seed_records, app=app, collection=collection, rows=rows)
    for entry in _entries(baton):
        _account(baton, entry)


def accounts(baton: Baton) -> list[DemoAccount]:
    """The demo accounts, platform roles last."""
    return [DemoAccount(entry["login"], entry["name"], tuple(entry["roles"])) for entry in _entries(baton)]


def _live(baton: Baton) -> list[ProcessApp]:
    with baton.read() as read:
        rows = read.all(select(Deployment.id).where(Deployment.live.is_(True)).order_by(Deployment.app))
        return [read.app(row.id) for row in rows]


def _entries(baton: Baton) -> list[dict[str, Any]]:
    return [entry for app in _live(baton) for entry in app.seed.get("account", [])] + PLATFORM


def _account(baton: Baton, entry: Mapping[str, Any]) -> None:
    with baton.read() as read:
        known = read.value(select(Account.login).where(Account.login == entry["login"]))
    if known is None:
        baton.do(seed_account, entry=entry)


@cache
def _password_hash() -> str:
    return hashed(PASSWORD)


def seed_account(read: Reader, *, entry: Mapping[str, Any]) -> Change:
    """Create a demo account; all share one password, so it is hashed once."""
    change = Change()
    row = {"login": entry["login"], "name": entry["name"], "roles": entry["roles"], "password_hash": _password_hash(), "active": True}
    change.add(insert(Account), row)
    return change


def seed_records(read: Reader, *, app: ProcessApp, collection: str, rows: list[dict[str, Any]]) -> Change:
    """Create those of `rows` whose id is not there yet. A text that begins with `=` is FEEL, computed now: dates relative to today."""
    records, change = Records(read, app), Change()
    known = {row.id for row in read.all(select(Record.id).where(Record.app == app.key, Record.collection == collection))}
    for row in rows:
        if row.get("id") not in known:
            fields = {name: _value(value, read) for name, value in row.items()}
            record_changes.create(records, collection, fields, record_id=row.get("id"))
    record_changes.write(records, change)
    return change


def _value(value: Any, read: Reader) -> Any:
    return feel.compile(value[1:])({}, read.now) if isinstance(value, str) and value.startswith("=") else value
