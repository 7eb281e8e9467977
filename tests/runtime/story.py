"""The cast and what they do, through the real commands: customer Kim, agent Lee, technician Park, operator Choi."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from engine import worker
from engine.actors import CUSTOMER, Actor
from engine.clock import KST, FixedClock
from engine.runtime import cases, instances, user_tasks
from engine.runtime.baton import Baton
from engine.runtime.cases import Acted, CaseRef
from engine.runtime.instances import Started
from engine.settings import Settings
from engine.start import open_baton
from engine.store.tables import History, Record, UserTask
from tests import worlds

ROOT = Path(__file__).parents[2]
TUESDAY = datetime(2026, 12, 1, 10, 0, tzinfo=KST)
LEE = Actor("staff", "agent1", "이상담", frozenset({"cs_agent"}))
JUNG = Actor("staff", "agent2", "정상담", frozenset({"cs_agent"}))
PARK = Actor("staff", "E101", "김기사", frozenset({"technician"}))
OTHER_TECHNICIAN = Actor("staff", "E102", "이기사", frozenset({"technician"}))
CHOI = Actor("staff", "operator1", "최운영", frozenset({"operator"}))


WITHOUT_PARTNERS = {"iptv": {"features": {"identity": False, "billing": False}}}


def open_world(folder: Path, database_url: str = "", apps: Sequence[str] = ("iptv",), **settings: Any) -> Baton:
    """A Baton with these real apps, their technicians and accounts, and a clock that stands still; on a folder that has one already, that one."""
    if not (folder / "secret").exists():
        worlds.copy(folder, database_url, TUESDAY, tuple(apps))
    baton = open_baton(Settings(data=folder, apps=folder / "apps", database_url=database_url, **settings), FixedClock(TUESDAY))
    baton.overrides = WITHOUT_PARTNERS
    return baton


def application(**changes: Any) -> dict[str, Any]:
    """What customer Kim sends."""
    typed = {
        "product_type": "BUNDLE",
        "postcode": "04524",
        "road_address": "서울 중구 세종대로 110",
        "visit_date": "2026-12-03",
        "visit_slot": "AM1",
        "applicant_name": "김고객",
        "birth_date": "1990-05-05",
        "mobile": "01012345678",
        "email": "",
        "language": "ko",
        "terms_agreed": True,
        "privacy_agreed": True,
    }
    return typed | changes


FORMS: dict[str, dict[str, Any]] = {
    "UT_Receive": {"decision": "ACCEPT"},
    "UT_Assign": {"engineer": "E101"},
    "UT_TechAccept": {"decision": "ACCEPT"},
    "UT_Depart": {"eta_minutes": 30},
    "UT_Arrive": {"arrival_result": "ARRIVED"},
    "UT_Install": {
        "modem_serial": "MDM20260001",
        "stb_serial": "STB20260001",
        "measured_mbps": 480,
        "tv_channel_ok": True,
        "customer_confirm_name": "김고객",
    },
    "UT_CompleteJoin": {"billing_start_date": "2026-12-03"},
    "UT_ReceiveCancel": {},
    "UT_TechReply": {"answer": "CANCELLABLE"},
}


@dataclass
class Story:
    """One world and the people in it."""

    baton: Baton

    def apply(self, key: str | None = None, **changes: Any) -> Started:
        """Kim applies on the public page."""
        started: Started = self.baton.do(instances.start, app="iptv", door="apply", actor=CUSTOMER, submission=application(**changes), key=key)
        return started

    def cancel(self, number: str, **form: Any) -> Acted:
        """Kim asks to cancel."""
        case = CaseRef("iptv", "subscription", number)
        acted: Acted = self.baton.do(cases.act, case=case, action="cancel", actor=CUSTOMER, submission={"reason_code": "CHANGE_OF_MIND"} | form)
        return acted

    def task(self, element: str, number: str) -> str:
        """The id of the newest task at an element of a case."""
        where = (UserTask.element_id == element, UserTask.business_key == number)
        with self.baton.read() as read:
            found: str = read.value(select(UserTask.id).where(*where).order_by(UserTask.created_at.desc(), UserTask.token.desc()).limit(1))
        assert found, f"{number} has no task {element}"
        return found

    def complete(self, element: str, number: str, actor: Actor, **form: Any) -> Any:
        """Somebody submits a task's form."""
        return self.baton.do(user_tasks.complete, task_id=self.task(element, number), actor=actor, submission=FORMS.get(element, {}) | form)

    def to(self, element: str, number: str) -> None:
        """Walk a subscription on until it waits at an element."""
        path = [
            ("UT_Receive", LEE),
            ("UT_Assign", LEE),
            ("UT_TechAccept", PARK),
            *((name, PARK) for name in ("UT_Depart", "UT_Arrive", "UT_Install")),
        ]
        path.append(("UT_CompleteJoin", LEE))
        for name, actor in path:
            if name == element:
                return
            self.complete(name, number, actor)

    def work(self) -> int:
        """Let the worker do everything that is due."""
        return worker.run_due(self.baton)

    def pass_time(self, **step: int) -> None:
        """Move the clock and let the worker do what became due."""
        self.baton.clock.advance(timedelta(**step))  # type: ignore[attr-defined]
        self.work()

    def record(self, collection: str, record_id: str) -> dict[str, Any]:
        """A record's stored data."""
        with self.baton.read() as read:
            where = (Record.collection == collection, Record.id == record_id)
            found: dict[str, Any] = read.value(select(Record.data).where(*where))
        return found

    def open_tasks(self, number: str) -> list[str]:
        """The elements at which tasks of a case are open."""
        with self.baton.read() as read:
            rows = read.all(select(UserTask.element_id).where(UserTask.business_key == number, UserTask.state == "open"))
        return [row.element_id for row in rows]

    def events(self, number: str, kind: str) -> list[dict[str, Any]]:
        """The events of one kind in a case's history, in order."""
        with self.baton.read() as read:
            rows = read.all(select(History.events).where(History.business_key == number).order_by(History.at, History.rev))
        return [event for row in rows for event in row.events if event["type"] == kind]
