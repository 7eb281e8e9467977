"""The stage of a scenario: an app deployed into an in-memory database, a clock that stands still, staff, and partners that listen."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from engine import settings
from engine.actors import CUSTOMER, SYSTEM, Actor
from engine.apps import ProcessApp
from engine.clock import KST, FixedClock
from engine.partners import http, smtp
from engine.partners.inbox import Inbox, Received
from engine.partners.ports import free_port
from engine.runtime import definitions, demo
from engine.runtime.baton import Baton
from engine.runtime.deployed import Deployed
from engine.runtime.reader import Reader
from engine.scenarios.spec import Given
from engine.store.base import Base
from engine.store.commit import Change
from engine.store.database import Database
from engine.store.tables import Account
from engine.vault import Vault

SECRET = b"the secret of every scenario: nothing real is sealed with it"
PLACE = "127.0.0.1"


class Partners:
    """An SMS gateway and a mail server on this machine, shared by all scenarios of a run: the connectors talk to them as to real ones."""

    def __init__(self) -> None:
        self.inbox = Inbox()
        self._web = http.server(self.inbox, PLACE, 0)
        self._mail_port = free_port(PLACE, 0)
        self._mail = smtp.server(self.inbox, PLACE, self._mail_port)

    @property
    def addresses(self) -> dict[str, str]:
        """The settings that lead to them."""
        return {"sms_url": f"http://{PLACE}:{self._web.server_address[1]}", "smtp_url": f"smtp://{PLACE}:{self._mail_port}"}

    @property
    def received(self) -> list[Received]:
        """What they took since the last reset."""
        return self.inbox.received

    def reset(self, switches: Mapping[str, str]) -> None:
        """Forget everything, and behave as `switches` says."""
        self.inbox.received.clear()
        self.inbox.switches.update({"sms": "ok", "mail": "ok", **switches})

    def __enter__(self) -> "Partners":
        threading.Thread(target=self._web.serve_forever, name="scenario-partners", daemon=True).start()
        self._mail.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._web.shutdown()
        self._web.server_close()
        self._mail.stop()


class World:
    """One scenario's own database, clock and people."""

    def __init__(self, baton: Baton, clock: FixedClock, app: ProcessApp, people: dict[str, Actor], partners: Partners) -> None:
        self.baton = baton
        self.clock = clock
        self.app = app
        self.people = people
        self.partners = partners

    def actor(self, name: str) -> Actor | None:
        """The person of that name: `customer`, a member of staff, or a role id that stands for somebody with that role."""
        if name == "customer":
            return CUSTOMER
        return self.people.get(name) or (Actor("staff", name, name, frozenset({name})) if name in self.app.roles else None)


class Stage:
    """An app, deployed once; each scenario plays in a copy of that database."""

    def __init__(self, key: str, files: dict[str, bytes], partners: Partners) -> None:
        """Raises AppRefused when the app cannot be deployed."""
        self.key = key
        self._partners = partners
        self._vault = Vault(SECRET)
        self._settings = settings.load(database_url="sqlite://", public_url="https://baton.example", **partners.addresses)
        self._deployed = Deployed()
        self._template = Database("sqlite://")
        Base.metadata.create_all(self._template.engine)
        baton = self._baton(self._template, FixedClock(datetime(2000, 1, 1, tzinfo=KST)))
        baton.do(definitions.deploy, key=key, files=files, actor=SYSTEM)
        with baton.read() as read:
            self.app = read.live(key)[1]

    def _baton(self, database: Database, clock: FixedClock) -> Baton:
        baton = Baton(self._settings, database, self._vault, clock)
        baton.deployed = self._deployed
        return baton

    def close(self) -> None:
        """Give the template's database back."""
        self._template.close()

    @contextmanager
    def world(self, given: Given) -> Iterator[World]:
        """A fresh world as `given` describes it."""
        database = Database("sqlite://")
        _copy(self._template, database)
        clock = FixedClock(moment(given.clock))
        baton = self._baton(database, clock)
        people = staff(self.app, given)
        self._partners.reset(given.partners)
        try:
            baton.do(_hire, people=people)
            for collection, rows in _records(self.app, given).items():
                baton.do(demo.seed_records, app=self.app, collection=collection, rows=rows)
            yield World(baton, clock, self.app, people, self._partners)
        finally:
            database.close()


def moment(text: str) -> datetime:
    """An ISO 8601 moment; without a zone it is Korean time. Raises ValueError."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=KST)


def staff(app: ProcessApp, given: Given) -> dict[str, Actor]:
    """The people who can act: `given.staff` (login: role), else the demo accounts of the app's seed."""
    if given.staff:
        return {login: _person(login, login, [roles] if isinstance(roles, str) else roles) for login, roles in given.staff.items()}
    accounts = app.seed.get("account", ())
    return {entry["login"]: _person(entry["login"], entry.get("name", entry["login"]), entry.get("roles", ())) for entry in accounts}


def _person(login: str, name: str, roles: Any) -> Actor:
    return Actor("staff", login, name, frozenset(roles))


def _records(app: ProcessApp, given: Given) -> Mapping[str, list[dict[str, Any]]]:
    if given.records is not None:
        return given.records
    return {collection: entries for collection, entries in app.seed.items() if collection in app.records}


def _hire(read: Reader, *, people: Mapping[str, Actor]) -> Change:
    rows = [{"login": who.id, "name": who.name, "password_hash": "", "roles": sorted(who.roles), "active": True} for who in people.values()]
    change = Change()
    if rows:
        change.add(insert(Account), rows)
    return change


def _copy(source: Database, target: Database) -> None:
    taken, given = source.engine.raw_connection(), target.engine.raw_connection()
    try:
        taken.driver_connection.backup(given.driver_connection)  # type: ignore[union-attr]
    finally:
        taken.close()
        given.close()
