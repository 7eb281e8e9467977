"""What a command may read while it computes: short reads, the time, the apps, personal data. It opens no transaction and writes nothing."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Executable, Row, select

from engine.apps import ProcessApp
from engine.errors import NotFound
from engine.runtime.deployed import Deployed
from engine.runtime.numbers import Numbers
from engine.settings import Settings
from engine.store.tables import Deployment, Person
from engine.vault import Vault


class Reader:
    """One command's or one page's view of the world. `now` stands still for it."""

    def __init__(self, connection: Connection, now: datetime, vault: Vault, deployed: Deployed, numbers: Numbers, settings: Settings) -> None:
        self.connection = connection
        self.now = now
        self.vault = vault
        self.settings = settings
        self._deployed = deployed
        self._numbers = numbers
        self._persons: dict[str, dict[str, str]] = {}
        self._keys: dict[str, bytes | None] = {}

    def one(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Row[Any] | None:
        """The first row, or None."""
        return self.connection.execute(statement, parameters).first()

    def all(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Sequence[Row[Any]]:
        """All rows."""
        return self.connection.execute(statement, parameters).all()

    def value(self, statement: Executable) -> Any:
        """The first column of the first row, or None."""
        return self.connection.scalar(statement)

    def app(self, deployment_id: str) -> ProcessApp:
        """The process app of a deployment, as it was deployed."""
        return self._deployed.get(deployment_id, self.connection)

    def live(self, key: str) -> tuple[str, ProcessApp]:
        """The live deployment's id and app; NotFound when there is no such app."""
        found: str | None = self.value(select(Deployment.id).where(Deployment.app == key, Deployment.live.is_(True)))
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
            for row in self.all(select(Person.id, Person.key, Person.data).where(Person.id.in_(sorted(wanted)))):
                self.know_person(row.id, row.key, row.data)
        for unknown in wanted - self._persons.keys():
            self._persons[unknown], self._keys[unknown] = {}, None

    def know_person(self, person_id: str, key: bytes | None, data: bytes) -> None:
        """Take over a person's row that was read with another."""
        self._persons[person_id], self._keys[person_id] = self.vault.read_person(key, data), key

    def person_key(self, person_id: str) -> bytes | None:
        """A person's sealed key; None for one who is new or erased."""
        self.person(person_id)
        return self._keys[person_id]

    def resolve(self, reference: str) -> str:
        """The text behind `<person id>/<field>`; empty once erased."""
        person_id, _, field = reference.partition("/")
        return self.person(person_id).get(field, "")
