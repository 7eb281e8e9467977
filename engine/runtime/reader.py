"""What a command may read while it computes: short reads, the time, the apps, personal data. It opens no transaction and writes nothing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row, bindparam, select

from engine.apps import ProcessApp
from engine.errors import NotFound
from engine.personal import NOBODY, SEALED, persons_of
from engine.runtime.deployed import Deployed
from engine.runtime.leases import Slot
from engine.runtime.numbers import Numbers
from engine.runtime.sealing import unsealed
from engine.settings import Settings
from engine.store.constant import Constant
from engine.store.link import Link, Statement
from engine.store.tables import Deployment, Person
from engine.vault import Vault

LIVE = Constant(select(Deployment.id).where(Deployment.app == bindparam("app"), Deployment.live.is_(True)))
PERSONS = select(Person.id, Person.key, Person.data).where(Person.id.in_(bindparam("ids", expanding=True)))


class Reader:
    """One command's or one page's view of the world. `now` stands still for it."""

    watch: Callable[[str, str], None] | None = None  # told of every sequence flow (process id, flow id) that is taken: scenarios count them

    again = False  # the same was computed before, and a guard failed: nothing is taken for granted any more

    overrides: Mapping[str, Mapping[str, Any]] = MappingProxyType({})  # app -> settings that win over its files and the environment

    def __init__(
        self, connection: Link, now: datetime, vault: Vault, deployed: Deployed, numbers: Numbers, settings: Settings, slot: Slot | None = None
    ) -> None:
        self.connection = connection
        self.now = now
        self.vault = vault
        self.settings = settings
        self.slot = slot  # of the web request that is being answered, if it may run jobs itself
        self._deployed = deployed
        self._numbers = numbers
        self._persons: dict[str, dict[str, str]] = {}
        self._keys: dict[str, bytes | None] = {}
        self._gone: set[str] = set()

    def one(self, statement: Statement, parameters: Mapping[str, Any] | None = None) -> Row[Any] | None:
        """The first row, or None."""
        return self.connection.first(statement, parameters)

    def all(self, statement: Statement, parameters: Mapping[str, Any] | None = None) -> Sequence[Row[Any]]:
        """All rows."""
        return self.connection.all(statement, parameters)

    def value(self, statement: Statement, parameters: Mapping[str, Any] | None = None) -> Any:
        """The first column of the first row, or None."""
        row = self.connection.first(statement, parameters)
        return row[0] if row else None

    def app(self, deployment_id: str) -> ProcessApp:
        """The process app of a deployment, as it was deployed."""
        return self._deployed.get(deployment_id, self.connection)

    def live(self, key: str) -> tuple[str, ProcessApp]:
        """The live deployment's id and app; NotFound when there is no such app."""
        found: str | None = self.value(LIVE, {"app": key})
        if found is None:
            raise NotFound("NO_APP")
        return found, self.app(found)

    def number(self, app: str, pattern: str) -> str:
        """The next business number of a series."""
        return self._numbers.next(app, pattern, self.now)

    def person(self, person_id: str) -> dict[str, str]:
        """A person's fields in clear; empty once erased."""
        if person_id not in self._persons:
            self.persons([person_id])
        return self._persons[person_id]

    def persons(self, person_ids: Iterable[str]) -> None:
        """Look several persons up at once, for a list that will show them."""
        wanted = set(person_ids) - self._persons.keys()
        if wanted:
            for row in self.all(PERSONS, {"ids": sorted(wanted)}):
                self.know_person(row.id, row.key, row.data)
        for unknown in wanted - self._persons.keys():
            self.new_person(unknown)

    def new_person(self, person_id: str) -> None:
        """Nothing is kept of this person yet."""
        self._persons[person_id], self._keys[person_id] = {}, None

    def know_person(self, person_id: str, key: bytes | None, data: bytes) -> None:
        """Take over a person's row that was read with another."""
        self._persons[person_id], self._keys[person_id] = self.vault.read_person(key, data), key
        if key is None:
            self._gone.add(person_id)

    def person_key(self, person_id: str) -> bytes | None:
        """A person's sealed key; None for one who is new or erased."""
        self.person(person_id)
        return self._keys[person_id]

    def erased(self, reference: str) -> bool:
        """Whether the data of a person, or of one behind a reference, is gone."""
        persons = persons_of(reference)
        self.persons(persons)
        return NOBODY in persons or not self._gone.isdisjoint(persons)

    def resolve(self, reference: str) -> str:
        """The text behind `<person id>/<field>`, or inside a sealed reference; empty once erased."""
        person_id, _, field = reference.partition("/")
        return unsealed(self.vault, self.person_key, reference) if field.startswith(SEALED) else self.person(person_id).get(field, "")
