"""The meal kits with the people in them: customers, two of the warehouse, and the simulated payment."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from engine.actors import CUSTOMER, Actor
from engine.errors import Refused
from engine.runtime import cases, instances, record_lists, sync, user_tasks
from engine.runtime.cases import CaseRef
from engine.scenarios import Partners
from engine.store.tables import Capacity, Incident, Record
from tests.runtime.story import Story, open_world

KO = Actor("staff", "warehouse1", "고창고", frozenset({"warehouse"}))
NA = Actor("staff", "warehouse2", "나창고", frozenset({"warehouse"}))
BULGOGI = "Bulgogi"  # of the seed: ₩15,900


@dataclass
class Kitchen(Story):
    """One world, and the payment that it calls."""

    partners: Partners

    def stock(self, made: int) -> None:
        """The warehouse has made so many in all."""
        self.baton.do(record_lists.save, app="mealkit", name="kits", actor=KO, fields={"made": made}, id=BULGOGI, new=False)

    def order(self, qty: int = 1, key: str | None = None) -> str:
        """A customer orders and pays: the number, or the code of the refusal."""
        kim = {"customer_name": "김하나", "mobile": "01000001234", "address": "서울 중구 세종대로 110", "language": "ko"}
        form = {"product": BULGOGI, "qty": qty} | kim
        try:
            made: instances.Started = sync.perform(self.baton, instances.start, app="mealkit", door="order", actor=CUSTOMER, submission=form, key=key)
        except Refused as refused:
            return refused.code
        return made.number

    def orders(self, count: int) -> list[str]:
        """Orders that the warehouse has on its list."""
        numbers = [self.order() for _ in range(count)]
        self.work()
        return numbers

    def ship(self, number: str, actor: Actor = KO) -> str:
        """The warehouse ships: "done", or the code of the refusal."""
        return self._tried(user_tasks.complete, task_id=self.task("UT_Ship", number), actor=actor, submission={"parcel_no": "1"})

    def call_off(self, number: str) -> str:
        """The customer cancels: "done", or the code of the refusal."""
        return self._tried(cases.act, case=CaseRef("mealkit", "order", number), action="cancel", actor=CUSTOMER, submission={})

    def _tried(self, command: Any, **arguments: Any) -> str:
        try:
            sync.perform(self.baton, command, **arguments)
        except Refused as refused:
            return refused.code
        return "done"

    def rows(self) -> dict[str, dict[str, Any]]:
        """All orders by number."""
        with self.baton.read() as read:
            return {row.id: row.data for row in read.all(select(Record.id, Record.data).where(Record.collection == "order"))}

    def sold(self) -> int:
        """How much of the stock is taken."""
        with self.baton.read() as read:
            return int(read.value(select(func.sum(Capacity.reserved)).where(Capacity.name == "stock")) or 0)

    def paid(self) -> dict[str, str]:
        """What the payment service says of each order."""
        return {number: one["status"] for number, one in self.partners.simulation.state["payment"].items()}

    def calls(self, route: str) -> int:
        """How often payment was called on a route."""
        return sum(1 for call in self.partners.simulation.calls if (call.partner, call.route) == ("payment", route))

    def settle(self) -> None:
        """Everything that follows is done, and nothing went wrong."""
        self.work()
        with self.baton.read() as read:
            assert read.all(select(Incident.kind, Incident.message).where(Incident.resolved_at.is_(None))) == []


@contextmanager
def opened(folder: Path, database_url: str = "") -> Iterator[Kitchen]:
    """A kitchen that takes orders."""
    with Partners() as partners:
        baton = open_world(folder, database_url, ("mealkit",), **partners.settings())
        try:
            yield Kitchen(baton, partners)
        finally:
            baton.database.close()
