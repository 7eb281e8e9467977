"""The museum and its entry confirmation with the people in them: visitors, a curator, gate staff, and the simulated seats."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from engine.actors import CUSTOMER, Actor
from engine.errors import Invalid, Refused
from engine.partners.seats import Seats
from engine.runtime import cases, demo, instances, sync
from engine.runtime.cases import CaseRef
from engine.scenarios import Partners
from engine.store.tables import Capacity, Incident, Record
from tests.runtime.story import Story, open_world

YOON = Actor("staff", "curator1", "윤학예", frozenset({"curator"}))
MOON = Actor("staff", "gate1", "문입장", frozenset({"gate_staff"}))
BOTH = ("museum", "museum_entry")
DAY = "2026-12-20"


@dataclass
class Museum(Story):
    """One world, and the partners that it calls."""

    partners: Partners

    def exhibitions(self, count: int, capacity: int) -> list[str]:
        """Exhibitions that are open for booking, at the office of the seats too."""
        common = {"exhibition_date": DAY, "capacity": capacity, "status": "OPEN"}
        rows = [{"id": f"Y{n}", "name": f"전시 {n}", "hall": f"{n}관"} | common for n in range(count)]
        with self.baton.read() as read:
            app = read.live("museum")[1]
        self.baton.do(demo.seed_records, app=app, collection="exhibition", rows=rows)
        for row in rows:
            self.office.open(str(row["id"]), capacity)
        return [str(row["id"]) for row in rows]

    @property
    def office(self) -> Seats:
        """The simulated office of the seats."""
        office = self.partners.simulation._offices["exhibitions"]
        assert isinstance(office, Seats)
        return office

    def book(self, exhibition: str, visitor: int = 1, size: int = 1, key: str | None = None) -> str:
        """A visitor tries to book: the number, or the code of the refusal."""
        form = {"exhibition_no": exhibition, "party_size": size, "cust_nm": "김관람", "mobile": f"0100000{visitor:04}", "language": "ko"}
        return self.tried(instances.start, app="museum", door="book", actor=CUSTOMER, submission=form, key=key)

    def cancel(self, booking: str) -> str:
        """The visitor cancels: "done", or the code of the refusal."""
        case = CaseRef("museum", "booking", booking)
        return self.tried(cases.act, case=case, action="cancel", actor=CUSTOMER, submission={"reason_code": "SICK"})

    def withdraw(self, exhibition: str, live: int) -> str:
        """The curator deletes an exhibition: the number, or the code of the refusal."""
        form = {"exhibition_no": exhibition, "reason": "작품 보수", "confirm_count": live}
        return self.tried(instances.start, app="museum", door="delete", actor=YOON, submission=form)

    def admit(self, booking: str) -> str:
        """Gate staff read the booking's number: the number of the admission, or the code of the refusal."""
        return self.tried(instances.start, app="museum_entry", door="gate", actor=MOON, submission={"booking_no": booking})

    def tried(self, command: Any, **arguments: Any) -> str:
        """The number of what was made ("done" where there is none), else the code, or that of the first field that is wrong."""
        try:
            made = sync.perform(self.baton, command, **arguments)
        except Invalid as invalid:
            return next(text.get("code", field) for field, texts in invalid.errors.items() for text in texts)
        except Refused as refused:
            return refused.code
        return made.number if isinstance(made, instances.Started) else "done"

    def rows(self, collection: str) -> dict[str, dict[str, Any]]:
        """All records of a collection by id."""
        with self.baton.read() as read:
            return {row.id: row.data for row in read.all(select(Record.id, Record.data).where(Record.collection == collection))}

    def statuses(self, exhibition: str) -> Counter[str]:
        """How many bookings of an exhibition have which status."""
        return Counter(row["status"] for row in self.rows("booking").values() if row["exhibition_no"] == exhibition)

    def held(self, name: str) -> dict[str, int]:
        """How much of a capacity is taken, by its key."""
        with self.baton.read() as read:
            return {row.key: row.reserved for row in read.all(select(Capacity.key, Capacity.reserved).where(Capacity.name == name))}

    def incidents(self) -> list[tuple[str, str]]:
        """Open incidents: kind and message."""
        with self.baton.read() as read:
            rows = read.all(select(Incident.kind, Incident.message).where(Incident.resolved_at.is_(None)))
        return [(row.kind, row.message) for row in rows]

    def seats(self, exhibition: str) -> dict[str, Any]:
        """What the office of the seats keeps of an exhibition."""
        found: dict[str, Any] = self.partners.simulation.state["exhibitions"][exhibition]
        return found

    def calls(self, route: str) -> int:
        """How often the office of the seats was called on a route."""
        return sum(1 for call in self.partners.simulation.calls if (call.partner, call.route) == ("exhibitions", route))


@contextmanager
def opened(folder: Path, database_url: str = "", apps: tuple[str, ...] = BOTH, **settings: Any) -> Iterator[Museum]:
    """A museum with these apps."""
    with Partners() as partners:
        baton = open_world(folder, database_url, apps, **{**partners.settings(), **settings})
        try:
            yield Museum(baton, partners)
        finally:
            baton.database.close()
