"""The e-book rental with the people in it: customers, a book manager, and the simulated payment."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from engine.actors import CUSTOMER, SYSTEM
from engine.errors import Refused
from engine.runtime import cases, definitions, demo, sync
from engine.runtime.cases import CaseRef
from engine.scenarios import Partners
from engine.store.tables import Capacity, Incident, Record
from tests.runtime.story import Story, open_world

ALL = ("ebook", "ebook_books", "ebook_points")


@dataclass
class Library(Story):
    """One world, and the partners that it calls."""

    partners: Partners

    def members(self, count: int) -> list[str]:
        """Customers; their numbers."""
        rows = [{"id": f"U{n}", "user_no": f"U{n}", "user_name": "김하나", "mobile": f"010{n:08}", "language": "ko"} for n in range(1, count + 1)]
        return self._seed("member", rows)

    def books(self, count: int, licences: int = 1) -> list[str]:
        """Books for rent; their numbers."""
        book = {"book_name": "토지", "rental_fee": 3000, "licences": licences, "available": licences}
        return self._seed("book", [{"id": f"B{n}", "book_no": f"B{n}", **book} for n in range(1, count + 1)])

    def _seed(self, collection: str, rows: list[dict[str, Any]]) -> list[str]:
        with self.baton.read() as read:
            _, app = read.live("ebook")
        self.baton.do(demo.seed_records, app=app, collection=collection, rows=rows)
        return [row["id"] for row in rows]

    def rent(self, member: str, book: str, key: str | None = None) -> str:
        """A customer rents a book: the number of the rental, or the code of the refusal."""
        return self._tried("member", member, "rent", key, book_no=book)

    def call_off(self, rental: str) -> str:
        """The customer cancels: "done", or the code of the refusal."""
        return self._tried("rental", rental, "cancel", reason="OTHER")

    def give_back(self, rental: str) -> str:
        """The customer returns the book: "done", or the code of the refusal."""
        return self._tried("rental", rental, "return_book")

    def _tried(self, collection: str, number: str, action: str, key: str | None = None, **form: Any) -> str:
        case = CaseRef("ebook", collection, number)
        try:
            acted: cases.Acted = sync.perform(self.baton, cases.act, case=case, action=action, actor=CUSTOMER, submission=form, key=key)
        except Refused as refused:
            return refused.code
        return acted.number or "done"

    def undeploy(self, app: str) -> None:
        """An app is taken away."""
        self.baton.do(definitions.retire, key=app, actor=SYSTEM, reason="nobody needs it any more")

    def rows(self, collection: str, app: str = "ebook") -> dict[str, dict[str, Any]]:
        """All records of a collection by id."""
        with self.baton.read() as read:
            return {row.id: row.data for row in read.all(select(Record.id, Record.data).filter_by(app=app, collection=collection))}

    def taken(self, name: str) -> dict[str, int]:
        """How much of a capacity is taken, by key."""
        with self.baton.read() as read:
            return {row.key: row.reserved for row in read.all(select(Capacity.key, Capacity.reserved).where(Capacity.name == name))}

    def incidents(self) -> list[tuple[str, str]]:
        """Open incidents: kind and message."""
        with self.baton.read() as read:
            rows = read.all(select(Incident.kind, Incident.message).where(Incident.resolved_at.is_(None)))
        return [(row.kind, row.message) for row in rows]

    def payments(self) -> list[str]:
        """What the payment service says of each rental."""
        return [one["status"] for one in self.partners.simulation.state["payment"].values()]

    def calls(self, route: str) -> int:
        """How often payment was called on a route."""
        return sum(1 for call in self.partners.simulation.calls if (call.partner, call.route) == ("payment", route))


@contextmanager
def opened(folder: Path, database_url: str = "", apps: tuple[str, ...] = ("ebook",)) -> Iterator[Library]:
    """A library with these apps."""
    with Partners() as partners:
        baton = open_world(folder, database_url, apps, **partners.settings())
        try:
            yield Library(baton, partners)
        finally:
            baton.database.close()
