"""The world of a scenario: apps deployed into an in-memory database, a clock that stands still, staff, and partners that listen."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from engine import apps, feel, settings
from engine.actors import CUSTOMER, SYSTEM, Actor
from engine.apps import ProcessApp
from engine.clock import KST, FixedClock
from engine.errors import BatonError
from engine.runtime import definitions, demo
from engine.runtime.reader import Reader
from engine.scenarios.partners import Partners
from engine.scenarios.problem import Problem
from engine.scenarios.spec import Given, Scenario
from engine.scenarios.watched import Loaded, Seen, WatchedBaton
from engine.settings import Settings
from engine.store.base import Base
from engine.store.commit import Change
from engine.store.database import Database
from engine.store.tables import Account
from engine.vault import Vault

SECRET = b"the secret of every scenario: nothing real is sealed with it"
BEFORE = datetime(2000, 1, 1, tzinfo=KST)


@dataclass
class World:
    """One scenario's own database, clock, apps as they are live (the first is the scenario's), people and partners."""

    baton: WatchedBaton
    clock: FixedClock
    apps: Mapping[str, ProcessApp]
    people: Mapping[str, Actor]
    partners: Partners

    def restart(self) -> None:
        """Another process goes on where one died."""
        self.baton = self.baton.reborn()

    def deploy(self, key: str, files: Mapping[str, bytes]) -> None:
        """Make these files the live version of an app. Raises AppRefused."""
        self.baton.do(definitions.deploy, key=key, files=dict(files), actor=SYSTEM)
        with self.baton.read() as read:
            self.apps = {**self.apps, key: read.live(key)[1]}

    @property
    def app(self) -> ProcessApp:
        """The scenario's own app."""
        return next(iter(self.apps.values()))

    @property
    def roles(self) -> list[str]:
        """The role ids of all apps."""
        return [role for app in self.apps.values() for role in app.roles]

    def actor(self, name: str) -> Actor | None:
        """The person of that name: `customer`, a member of staff, or a role id that stands for somebody with that role."""
        if name == "customer":
            return CUSTOMER
        return self.people.get(name) or (Actor("staff", name, name, frozenset({name})) if name in self.roles else None)

    def collection(self, name: str) -> tuple[ProcessApp, str] | None:
        """The app and collection that `collection` or `app.collection` means; None when there is none."""
        key, _, collection = name.rpartition(".")
        app = self.apps.get(key) if key else self.app
        return (app, collection) if app is not None and collection in app.records else None


class Stage:
    """An app of a folder, deployed once; each scenario plays in a copy of that database, with the other apps that it names."""

    def __init__(self, root: Path, key: str, partners: Partners) -> None:
        """Raises AppRefused when the app cannot be deployed."""
        self.key = key
        self._root = root
        self._partners = partners
        self._vault = Vault(SECRET)
        self._settings = settings.load(database_url="sqlite://", public_url="https://baton.example", **partners.settings())
        self._seen = Seen()
        self._loaded: Loaded = {}
        self._blank = Database("sqlite://")
        Base.metadata.create_all(self._blank.engine)
        self._database = Database("sqlite://")  # of one world after the other: statements are prepared once
        self._templates: dict[tuple[datetime, tuple[str, ...]], tuple[Database, dict[str, ProcessApp]]] = {}
        self.app = self._template((key,), BEFORE)[1][key]

    def close(self) -> None:
        """Give the databases back."""
        for database in (self._blank, self._database, *(database for database, _ in self._templates.values())):
            database.close()

    def _template(self, keys: tuple[str, ...], now: datetime) -> tuple[Database, dict[str, ProcessApp]]:
        # Start timers count from the deployment, so each clock has its own.
        if (now, keys) not in self._templates:
            database = Database("sqlite://")
            _copy(self._blank, database)
            baton = self._baton(self._settings, database, FixedClock(now))
            for key in keys:
                baton.do(definitions.deploy, key=key, files=apps.read(self._root, key), actor=SYSTEM)
            with baton.read() as read:
                self._templates[now, keys] = database, {key: read.live(key)[1] for key in keys}
        return self._templates[now, keys]

    @contextmanager
    def world(self, scenario: Scenario) -> Iterator[World]:
        """A fresh world as its `given` describes it, one at a time. Raises Problem for what there is not."""
        given = scenario.given
        clock = FixedClock(datetime_of(given.clock))
        template, there = self._template(self._keys(scenario), clock.now())
        chosen = _chosen(there[self.key], scenario)
        _copy(template, self._database)
        baton = self._baton(self._with(given), self._database, clock)
        baton.overrides = {self.key: chosen} if chosen else {}
        people = staff(there.values(), given)
        world = World(baton, clock, there, people, self._partners)
        self._seen.reset()
        self._partners.reset(given)
        baton.do(_hire, people=people)
        for owner, collection, rows in _records(world, scenario):
            self._seed(baton, scenario, owner, collection, rows)
        yield world

    def _baton(self, chosen: Settings, database: Database, clock: FixedClock) -> WatchedBaton:
        return WatchedBaton(chosen, database, self._vault, clock, self._seen, self._loaded)

    def _seed(self, baton: WatchedBaton, scenario: Scenario, owner: ProcessApp, collection: str, rows: list[dict[str, Any]]) -> None:
        try:
            baton.do(demo.seed_records, app=owner, collection=collection, rows=rows)
        except BatonError as error:
            raise Problem(
                scenario.file, scenario.given.at("records"), "", f"{collection}에 넣을 수 없어요: {error}", f"{collection} cannot be filled: {error}"
            ) from error

    def _keys(self, scenario: Scenario) -> tuple[str, ...]:
        known = apps.keys(self._root)
        if unknown := [name for name in scenario.given.apps if name not in known]:
            raise _wrong(scenario, "given.apps", unknown, known)
        return tuple(dict.fromkeys((self.key, *scenario.given.apps)))

    def _with(self, given: Given) -> Settings:
        if not given.answers:
            return self._settings
        return settings.load(database_url="sqlite://", public_url="https://baton.example", **self._partners.settings(given.answers))


def datetime_of(text: str) -> datetime:
    """An ISO 8601 moment; without a zone it is Korean time. Raises ValueError."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=KST)


def staff(there: Iterable[ProcessApp], given: Given) -> dict[str, Actor]:
    """The people who can act: `given.staff` (login: role), else the demo accounts of the apps' seeds."""
    if given.staff:
        return {login: _person(login, login, [roles] if isinstance(roles, str) else roles) for login, roles in given.staff.items()}
    accounts = [entry for app in there for entry in app.seed.get("account", ())]
    return {entry["login"]: _person(entry["login"], entry.get("name", entry["login"]), entry.get("roles", ())) for entry in accounts}


def _person(login: str, name: str, roles: Any) -> Actor:
    return Actor("staff", login, name, frozenset(roles))


def _chosen(app: ProcessApp, scenario: Scenario) -> dict[str, Any]:
    """The settings of the app that this scenario has otherwise."""
    given = scenario.given
    features = app.settings.get("features", {})
    for place, names, known in (("features", given.features, features), ("settings", given.settings, app.settings)):
        if unknown := [name for name in names if name not in known]:
            raise _wrong(scenario, f"given.{place}", unknown, known)
    chosen = {name: feel.from_json(value) for name, value in given.settings.items()}
    return {**chosen, **({"features": given.features} if given.features else {})}


def _wrong(scenario: Scenario, place: str, unknown: Iterable[str], known: Iterable[str]) -> Problem:
    names, there = ", ".join(unknown), ", ".join(known) or "-"
    line = scenario.given.at(place.rpartition(".")[2])
    en = f"{place}: there is no {names}; known: {there}."
    return Problem(scenario.file, line, "", f"{place}: 모르는 이름이에요: {names} (있는 것: {there})", en)


def _records(world: World, scenario: Scenario) -> Iterator[tuple[ProcessApp, str, list[dict[str, Any]]]]:
    given = scenario.given.records
    for name, rows in (given or {}).items():
        found = world.collection(name)
        if found is None:
            raise _wrong(scenario, "given.records", [name], world.app.records)
        yield *found, rows
    said = {world.collection(name) for name in given or ()}
    for app in world.apps.values():
        if given is None or app is not world.app:
            yield from ((app, name, rows) for name, rows in app.seed.items() if name in app.records and (app, name) not in said)


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
