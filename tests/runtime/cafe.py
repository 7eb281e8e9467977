"""The café and its accounting with the people in them: customers, two baristas, an accountant, and the simulated partners."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from engine.actors import CUSTOMER, SYSTEM, Actor
from engine.errors import Invalid, Refused
from engine.runtime import cases, definitions, instances, record_lists, sync, user_tasks
from engine.runtime.cases import CaseRef
from engine.scenarios import Partners
from engine.store.tables import Capacity, Deployment, Incident, Record, UserTask
from tests.runtime.story import Story, open_world

HAN = Actor("staff", "barista1", "한바리", frozenset({"barista"}))
OH = Actor("staff", "barista2", "오바리", frozenset({"barista"}))
SEO = Actor("staff", "accountant1", "서회계", frozenset({"accountant"}))
PRICES = {"IceAmericano": 2000, "CafeLatte": 3000, "GreenTea": 2500}
DAY = "20261201"
BOTH = ("cafe", "cafe_accounting")


@dataclass
class Cafe(Story):
    """One world, and the partners that it calls."""

    partners: Partners

    def order(self, product: str = "IceAmericano", qty: int = 1, **more: Any) -> str:
        """A customer orders and pays; the order's number."""
        made: instances.Started = sync.perform(self.baton, instances.start, **door(product, qty, **more))
        return made.number

    def buy(self, product: str = "IceAmericano", qty: int = 1, **more: Any) -> str:
        """A customer tries to order: "done", or the code of the refusal."""
        return self.tried(instances.start, **door(product, qty, **more))

    def at_store(self, count: int, **more: Any) -> list[str]:
        """Orders that the store has on its list."""
        numbers = [self.order(**more) for _ in range(count)]
        self.work()
        return numbers

    def submit(self, element: str, number: str, actor: Actor = HAN, **form: Any) -> str:
        """Somebody submits the task of an order: "done", or the code of the refusal."""
        return self.complete_task(self.task(element, number), actor, **form)

    def complete_task(self, task: str, actor: Actor, **form: Any) -> str:
        """Somebody submits a task: "done", or the code of the refusal."""
        return self.tried(user_tasks.complete, task_id=task, actor=actor, submission=form)

    def task_anywhere(self, element: str) -> str:
        """The open task at an element, of whatever case."""
        with self.baton.read() as read:
            return str(read.value(select(UserTask.id).where(UserTask.element_id == element, UserTask.state == "open")))

    def accept(self, number: str, actor: Actor = HAN) -> str:
        """A barista takes the order."""
        return self.submit("UT_Decide", number, actor, decision="RECEIVE")

    def call_off(self, number: str) -> str:
        """The customer cancels."""
        case = CaseRef("cafe", "order", number)
        return self.tried(cases.act, case=case, action="cancel", actor=CUSTOMER, submission={"reason_code": "CHANGE_OF_MIND"})

    def edit_menu(self, product: str, **fields: Any) -> None:
        """A barista edits the menu."""
        self.baton.do(record_lists.save, app="cafe", name="menu", actor=HAN, fields=fields, id=product, new=False)

    def tried(self, command: Any, **arguments: Any) -> str:
        """Whether a command was carried out ("done"), else its code, or that of the first field that is wrong."""
        try:
            sync.perform(self.baton, command, **arguments)
        except Invalid as invalid:
            return next(text.get("code", field) for field, texts in invalid.errors.items() for text in texts)
        except Refused as refused:
            return refused.code
        return "done"

    def deploy(self, key: str, files: dict[str, bytes]) -> int:
        """A version of an app goes live; its number."""
        version: int = self.baton.do(definitions.deploy, key=key, files=files, actor=SYSTEM).version
        return version

    def rows(self, collection: str) -> dict[str, dict[str, Any]]:
        """All records of a collection by id."""
        with self.baton.read() as read:
            return {row.id: row.data for row in read.all(select(Record.id, Record.data).where(Record.collection == collection))}

    def day(self) -> dict[str, Any]:
        """What accounting added up for the day."""
        return self.rows("day").get(DAY, {})

    def reserved(self, name: str) -> int:
        """How much of a capacity is taken in all."""
        with self.baton.read() as read:
            return int(read.value(select(func.sum(Capacity.reserved)).where(Capacity.name == name)) or 0)

    def incidents(self) -> list[tuple[str, str]]:
        """Open incidents: kind and message."""
        with self.baton.read() as read:
            rows = read.all(select(Incident.kind, Incident.message).where(Incident.resolved_at.is_(None)))
        return [(row.kind, row.message) for row in rows]

    def live(self) -> dict[str, int]:
        """The live version of each app."""
        with self.baton.read() as read:
            return {row.app: row.version for row in read.all(select(Deployment.app, Deployment.version).where(Deployment.live.is_(True)))}

    def paid(self) -> dict[str, str]:
        """What the payment service says of each order."""
        return {number: one["status"] for number, one in self.partners.simulation.state["payment"].items()}

    def calls(self, partner: str, route: str) -> int:
        """How often a partner was called on a route."""
        return sum(1 for call in self.partners.simulation.calls if (call.partner, call.route) == (partner, route))


def door(product: str, qty: int, **more: Any) -> dict[str, Any]:
    """What the page of the door sends."""
    form = {"product": product, "qty": qty, "price": PRICES[product], "customer_mobile": "01011112222", "language": "ko"} | more
    return {"app": "cafe", "door": "order", "actor": CUSTOMER, "submission": form}


@contextmanager
def opened(folder: Path, database_url: str = "", apps: tuple[str, ...] = BOTH) -> Iterator[Cafe]:
    """A café with these apps."""
    with Partners() as partners:
        baton = open_world(folder, database_url, apps, **partners.settings())
        try:
            yield Cafe(baton, partners)
        finally:
            baton.database.close()
