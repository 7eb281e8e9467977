"""The service is killed with SIGKILL at ten places of a walk and started again: no step is lost or applied twice, each notification arrives."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest

from engine.clock import KST
from engine.partners.simulation import addresses
from tests.apps_folder import apps_folder
from tests.service import PASSWORD, ROOT, free_ports

KILLS = [
    (0, 0.0),
    (0, 0.04),
    (1, 0.01),
    (1, 0.06),
    (2, 0.02),
    (2, 0.1),
    (3, 0.03),
    (4, 0.015),
    (5, 0.005),
    (5, 0.08),
]  # (step, seconds after sending)
PATIENCE = 300.0  # seconds: a killed worker's lease runs out after 30
ORDER = ["APPLIED", "RECEIVED", "ASSIGNED", "INSTALL_REQUESTED", "INSTALL_ACCEPTED", "EN_ROUTE", "ON_SITE", "INSTALLED", "ACTIVE"]


class Killable:
    """A service whose processes can be killed together and started again on the same data."""

    def __init__(self, folder: Path) -> None:
        self.web, self.sms, self.smtp = free_ports(3)
        self.address, self.partners = f"http://127.0.0.1:{self.web}", f"http://127.0.0.1:{self.sms}"
        self.folder = folder
        self.clients: list[httpx2.Client] = []
        self.log = (folder / "service.log").open("ab")
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("BATON_")} | {
            "BATON_DATA": str(folder),
            "BATON_DEMO": "true",
            "BATON_PORT": str(self.web),
            "BATON_APPS": str(apps_folder(folder, "iptv")),
            "BATON_SMS_URL": self.partners,
            "BATON_PARTNERS": json.dumps(addresses(self.partners)),
            "BATON_SMTP_URL": f"smtp://127.0.0.1:{self.smtp}",
        }
        ports = ["--http-port", str(self.sms), "--smtp-port", str(self.smtp), "--quiet"]
        self.beside = self._command("simulate-partners", *ports)
        self.server = self._command("run")

    def _command(self, *words: str) -> subprocess.Popen[bytes]:
        line = [sys.executable, "-m", "engine.cli", *words]
        return subprocess.Popen(line, cwd=ROOT, env=self.environment, stdout=self.log, stderr=self.log, start_new_session=True)

    def wait(self) -> None:
        """Return once pages are answered."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with suppress(httpx2.TransportError):
                if httpx2.get(f"{self.address}/readyz", timeout=15).status_code == 200:
                    return
            assert self.server.poll() is None, (self.folder / "service.log").read_text()
            time.sleep(0.1)
        raise AssertionError((self.folder / "service.log").read_text())

    def kill(self) -> None:
        """SIGKILL for the whole service, at once."""
        os.killpg(self.server.pid, signal.SIGKILL)
        self.server.wait()

    def restart(self) -> None:
        """Start it again on what it left."""
        self.server = self._command("run")
        self.wait()

    def client(self) -> httpx2.Client:
        """A browser; closed with the service."""
        self.clients.append(httpx2.Client(base_url=self.address, timeout=120))
        return self.clients[-1]

    def stop(self) -> None:
        """End everything."""
        for client in self.clients:
            client.close()
        for process in (self.server, self.beside):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.log.close()


@contextmanager
def killable(folder: Path) -> Iterator[Killable]:
    service = Killable(folder)
    try:
        service.wait()
        yield service
    finally:
        service.stop()


class Person:
    """A browser that repeats what was not answered, with the same key."""

    def __init__(self, service: Killable, login: str = "") -> None:
        self.service = service
        self.client = service.client()
        if login:
            page = self.client.get("/login").text
            answer = self.client.post("/login", data={"csrf_token": hidden(page, "csrf_token"), "login": login, "password": PASSWORD})
            assert answer.status_code == 303, answer.text

    def submit(self, path: str, page: str, form: dict[str, Any], kills: list[float]) -> httpx2.Response:
        """Open the page, send its form; the service dies after each of `kills` seconds, and the same form is sent again."""
        text = self.client.get(page).text
        body = form | {"csrf_token": hidden(text, "csrf_token"), "_key": hidden(text, "_key")}
        for delay in kills:
            death = threading.Timer(delay, self.service.kill)
            death.start()
            with suppress(httpx2.TransportError):
                self.client.post(path, data=body)
            death.join()
            self.service.restart()
        return self.client.post(path, data=body)

    def task(self, name: str) -> str:
        """The path of the task with this name in the worklist, which may wait for the lease of a request that was killed in a partner call."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for tab in ("team", "mine"):
                page = self.client.get(f"/tasks?tab={tab}").text
                found = re.search(rf'href="(/tasks/[^"?]+)[^"]*"[^>]*>(?:(?!</a>).)*{name}', page, re.DOTALL)
                if found:
                    return found.group(1)
            time.sleep(0.2)
        raise AssertionError(f"no task {name}")


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found.group(1) if found else ""


def a_weekday() -> str:
    day = datetime.now(KST).date() + timedelta(days=3)
    return (day + timedelta(days=1 if day.isoweekday() == 7 else 0)).isoformat()


def application() -> dict[str, str]:
    fields = {
        "product_type": "BUNDLE",
        "postcode": "04524",
        "road_address": "서울 중구 세종대로 110",
        "applicant_name": "김고객",
        "birth_date": "1990-05-05",
        "mobile": "01012345678",
    }
    return fields | {
        "visit_date": a_weekday(),
        "visit_slot": "AM1",
        "email": "kim@example.com",
        "language": "ko",
        "terms_agreed": "true",
        "privacy_agreed": "true",
    }


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Killable]:
    with killable(tmp_path) as running:
        yield running


def test_killed_at_ten_places_nothing_is_lost_or_doubled(service: Killable) -> None:
    kills = {step: [delay for place, delay in KILLS if place == step] for step in range(8)}
    assert Person(service).submit("/s/iptv/apply", "/s/iptv/apply", application(), kills[0]).status_code == 303
    lee, park = Person(service, "agent1"), Person(service, "E101")
    walk = [
        (lee, "가입신청 접수", {"decision": "ACCEPT"}),
        (lee, "설치기사 배정", {"engineer": "E101"}),
        (park, "설치요청 접수", {"decision": "ACCEPT"}),
        (park, "방문 출발", {"eta_minutes": "30"}),
        (park, "현장 도착", {"arrival_result": "ARRIVED"}),
        (
            park,
            "설치완료 처리",
            {
                "modem_serial": "MDM20260001",
                "stb_serial": "STB20260001",
                "measured_mbps": "480",
                "tv_channel_ok": "true",
                "customer_confirm_name": "김고객",
            },
        ),
        (lee, "가입완료 처리", {"billing_start_date": datetime.now(KST).date().isoformat()}),
    ]
    for step, (person, name, form) in enumerate(walk, 1):
        path = person.task(name)
        answer = person.submit(f"{path}/complete", path, form, kills[step])
        assert answer.status_code == 303, answer.text
    assert statuses(service) == ORDER
    sent = notified(service)
    wait_for(lambda: not jobs(service))
    received = httpx2.get(f"{service.partners}/received.json").json()
    texts = [entry["key"] for entry in received if entry["channel"] != "EMAIL"]
    mails = {entry["key"] for entry in received if entry["channel"] == "EMAIL"}
    assert len(texts) == len(set(texts)), "the gateway shows a text twice"
    assert len(texts) + len(mails) == sent, (received, sent)
    assert all("key" in entry and entry["key"] for entry in received)


def rows(service: Killable, statement: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{service.folder / 'baton.db'}?mode=ro", uri=True)) as connection:
        return connection.execute(statement).fetchall()


def history(service: Killable, kind: str) -> list[dict[str, Any]]:
    found = rows(service, "select events from history order by at, rev")
    return [event for (events,) in found for event in orjson.loads(events) if event["type"] == kind]


def statuses(service: Killable) -> list[str]:
    """Every status that the one subscription took, in order."""
    found = [event for event in history(service, "status") if event["record"] == "subscription"]
    assert len(Counter(event["id"] for event in found)) == 1
    return [event["status"] for event in found]


def notified(service: Killable) -> int:
    """How many notifications to phones and mailboxes the steps asked for; one of the walk is for staff, on their own pages."""
    return len([event for event in history(service, "notification") if event["id"] != "installed_notice"])


def jobs(service: Killable) -> list[tuple[Any, ...]]:
    return rows(service, "select id, error from job")


def wait_for(holds: Any) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.5)
