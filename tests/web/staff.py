"""What the tests of the staff's pages share: a customer's case brought to a task, and that task done over HTTP."""

from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from engine.runtime import cases
from engine.runtime.baton import Baton
from engine.runtime.cases import CaseRef
from engine.store.tables import UserTask
from tests.web.world import Visitor, visitor

AGENT, COLLEAGUE, TECHNICIAN, OTHER_TECHNICIAN, OPERATOR, ANALYST = "agent1", "agent2", "E101", "E102", "operator1", "analyst1"


INSTALLED = {"modem_serial": "MDM20260001", "stb_serial": "STB20260001", "measured_mbps": "480", "tv_channel_ok": "true"}
INSTALLED |= {"customer_confirm_name": "김고객"}


class Story:
    """One customer's case, told step by step."""

    def __init__(self, app: Flask, baton: Baton, **changes: Any) -> None:
        self.app = app
        self.baton = baton
        self.token = visitor(app).apply(**changes)
        self.staff: dict[str, Visitor] = {}

    @property
    def case(self) -> CaseRef:
        """The application."""
        with self.baton.read() as read:
            found = cases.by_token(read, self.token)
        assert found is not None
        return found

    @property
    def number(self) -> str:
        """Its number."""
        return self.case.number

    def task(self, element: str, number: str | None = None) -> str:
        """The id of the open task at this element."""
        where = (UserTask.business_key == (number or self.number), UserTask.element_id == element, UserTask.state == "open")
        with self.baton.read() as read:
            found: str | None = read.value(select(UserTask.id).where(*where))
        assert found is not None, f"no open task at {element}"
        return found

    def as_staff(self, login: str, lang: str = "ko") -> Visitor:
        """A member of staff, signed in."""
        if login not in self.staff:
            self.staff[login] = visitor(self.app, lang)
            self.staff[login].sign_in(login)
        return self.staff[login]

    def complete(self, login: str, element: str, **typed: Any) -> TestResponse:
        """Somebody sends a task's form."""
        page = f"/tasks/{self.task(element)}"
        return self.as_staff(login).post(f"{page}/complete", typed, page=page)

    def until(self, element: str, after: str = "") -> "Story":
        """Bring the application to this task, each step (those that follow `after`) done by whom it belongs to."""
        steps: list[tuple[str, str, dict[str, Any]]] = [
            (AGENT, "UT_Receive", {"decision": "ACCEPT"}),
            (AGENT, "UT_Assign", {"engineer": TECHNICIAN}),
            (TECHNICIAN, "UT_TechAccept", {"decision": "ACCEPT"}),
            (TECHNICIAN, "UT_Depart", {"eta_minutes": "30"}),
            (TECHNICIAN, "UT_Arrive", {"arrival_result": "ARRIVED"}),
            (TECHNICIAN, "UT_Install", INSTALLED),
        ]
        names = [step for _, step, _ in steps]
        for login, step, typed in steps[names.index(after) + 1 if after else 0 :]:
            if step == element:
                break
            answer = self.complete(login, step, **typed)
            assert answer.status_code == 303, answer.text
        return self
