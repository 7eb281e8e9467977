"""The world of the page tests: a real Baton on SQLite with the real IPTV app and its demo staff, and a customer who fills in forms over HTTP."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.clock import KST, FixedClock
from engine.runtime import demo
from engine.runtime.baton import Baton
from engine.settings import Settings
from engine.start import deploy_new, open_baton, prepare
from tests.apps_folder import apps_folder

ROOT = Path(__file__).parents[2]
MORNING = datetime(2026, 11, 20, 10, 0, tzinfo=KST)
MORE_TECHNICIANS = [{"id": f"E9{n:02}", "name": f"예비{n}기사", "region": "SEL", "mobile": f"010100009{n:02}"} for n in range(1, 13)]


def prepare_world(folder: Path, database_url: str = "") -> None:
    """Make a data folder with the app, technicians enough for all tests, and the demo accounts."""
    baton = prepare(Settings(data=folder, apps=apps_folder(folder, "iptv"), workers=0, database_url=database_url))
    baton.clock = FixedClock(MORNING)
    deploy_new(baton)
    demo.seed(baton)
    with baton.read() as read:
        _, app = read.live("iptv")
    baton.do(demo.seed_records, app=app, collection="technician", rows=MORE_TECHNICIANS)
    baton.database.close()


def open_world(folder: Path, database_url: str = "") -> Baton:
    """The Baton of a prepared data folder, on the morning of the stories."""
    baton = open_baton(Settings(data=folder, apps=folder / "apps", workers=0, database_url=database_url), FixedClock(MORNING))
    baton.overrides = {"iptv": {"features": {"identity": False, "billing": False}}}  # no partners beside it
    return baton


def visits() -> Iterator[dict[str, str]]:
    """Every day and time that can be wished for, one after the other, so that many tests find a free one."""
    while True:
        for days in range(1, 14):
            day = (MORNING + timedelta(days=days)).date()
            if day.isoweekday() != 7:
                yield from ({"visit_date": day.isoformat(), "visit_slot": slot} for slot in ("AM1", "AM2", "PM1", "PM2"))


VISITS = visits()


def application(**changes: Any) -> dict[str, Any]:
    """What customer Kim types."""
    typed = next(VISITS) | {
        "product_type": "BUNDLE",
        "postcode": "06236",
        "road_address": "서울 강남구 테헤란로 1",
        "detail_address": "101동 1001호",
        "applicant_name": "김고객",
        "birth_date": "1990-05-05",
        "mobile": "010-1234-5678",
        "email": "",
        "language": "ko",
        "terms_agreed": "true",
        "privacy_agreed": "true",
    }
    return {name: value for name, value in (typed | changes).items() if value is not None}


@dataclass
class Visitor:
    """A browser without a screen: keeps cookies, sends the page's token with every form."""

    client: FlaskClient
    lang: str = "ko"
    answers: list[TestResponse] = field(default_factory=list)

    def get(self, path: str, **options: Any) -> TestResponse:
        """Open a page."""
        return self.client.get(path, headers={"Accept-Language": self.lang} | options.pop("headers", {}), **options)

    def post(self, path: str, typed: dict[str, Any], page: str | None = None) -> TestResponse:
        """Open the page, take its token and key along, and send the form."""
        opened = self.get(page or path)
        hidden = {"csrf_token": hidden_value(opened.text, "csrf_token"), "_key": hidden_value(opened.text, "_key")}
        return self.client.post(path, data=hidden | typed, headers={"Accept-Language": self.lang})

    def post_json(self, path: str, body: dict[str, Any], **headers: str) -> TestResponse:
        """Send JSON, as a program does."""
        return self.client.post(path, json=body, headers={"Accept": "application/json"} | headers)

    def apply(self, **changes: Any) -> str:
        """Apply; the tracking token."""
        answer = self.post("/s/iptv/apply", application(**changes))
        assert answer.status_code == 303, answer.text
        return answer.location.rpartition("/")[2]

    def unlock(self, token: str, digits: str = "5678") -> TestResponse:
        """Pass the gate of a tracking page."""
        return self.post(f"/t/{token}", {"digits": digits})

    def sign_in(self, login: str) -> None:
        """Start a session as one of the staff."""
        answer = self.post("/login", {"login": login, "password": demo.PASSWORD})
        assert answer.status_code == 303, answer.text


def visitor(app: Flask, lang: str = "ko") -> Visitor:
    """Somebody new, with no cookies."""
    return Visitor(app.test_client(), lang)


def hidden_value(page: str, name: str) -> str:
    """The value of a hidden field, empty if the page has none."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', page)
    return unescape(found.group(1)) if found else ""


def words(page: str) -> str:
    """The text of a page as people read it."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))
