"""The pages of the main job on a real server process, as `baton run` starts it: the slowest of twenty answers to each.

`python -m benchmarks.walk [--json]`: per page `p95_ms` of whole requests over sockets, while WALKS customers, one after the other, go the whole way.
Bar: no page over 300 ms, the tracking page at most 100 ms.
"""

import json
import re
import sys
import tempfile
from collections import defaultdict
from datetime import datetime, timedelta
from html import unescape
from itertools import cycle
from math import ceil
from pathlib import Path
from time import perf_counter, sleep
from typing import Final

import httpx2 as httpx

from engine.clock import KST
from tests.service import PASSWORD, Service, running

WALKS: Final = 24
BAR: Final = 300.0
TRACKING_BAR: Final = 100.0
POSTCODES: Final = {"E101": "04524", "E201": "48058", "E301": "12061"}  # who can install a bundle, one after the other, each in their region
Times = dict[str, list[float]]


class Visitor:
    """Somebody with cookies, whose every request is timed under the name of its page."""

    def __init__(self, service: Service, times: Times) -> None:
        self.client = httpx.Client(base_url=service.address, headers={"Accept-Language": "ko"}, timeout=30.0)
        self.times = times
        self.page = ""

    def get(self, name: str, path: str) -> str:
        """Open a page."""
        return self._ask(name, "GET", path, None)

    def post(self, name: str, path: str, **typed: str) -> str:
        """Send the form of the page that was opened last; the address it leads to."""
        hidden = {field: unescape(value) for field, value in re.findall(r'<input type="hidden" name="(csrf_token|_key)" value="([^"]*)"', self.page)}
        return self._ask(name, "POST", path, hidden | typed)

    def _ask(self, name: str, method: str, path: str, typed: dict[str, str] | None) -> str:
        begin = perf_counter()
        answer = self.client.request(method, path, data=typed)
        self.times[name].append((perf_counter() - begin) * 1000)
        if answer.status_code not in (200, 303):
            said = re.findall(r'role="alert".*?</(?:div|p|section)>', answer.text, re.DOTALL) or [answer.text[:2000]]
            raise RuntimeError(f"{method} {path}: {answer.status_code}\n{said[0]}")
        if method == "GET":
            self.page = answer.text
            return answer.text
        return answer.headers.get("location", "")

    def sign_in(self, login: str) -> "Visitor":
        """Start a session."""
        self.get("login", "/login")
        self.post("login_post", "/login", login=login, password=PASSWORD)
        return self


class Walk:
    """One customer's way, with the staff beside it."""

    def __init__(self, service: Service, times: Times, staff: dict[str, Visitor]) -> None:
        self.service, self.times, self.staff = service, times, staff

    def go(self, technician: str, day: str, slot: str) -> None:
        """From the catalogue to the active subscription, looking at every page on the way."""
        kim = Visitor(self.service, self.times)
        kim.get("catalogue", "/")
        kim.get("service", "/s/iptv")
        kim.get("apply", "/s/iptv/apply")
        receipt = kim.post("apply_post", "/s/iptv/apply", **application(POSTCODES[technician], day, slot))
        kim.get("receipt", receipt)
        tracking = "/t/" + receipt.rpartition("/")[2]
        kim.get("gate", tracking)
        kim.post("gate_post", tracking, digits="5678")
        number = re.findall(r"S-\d{8}-\d{4}", kim.get("tracking", tracking))[0]
        lee, park = self.staff["agent1"], self.staff[technician]
        following = self.do(lee, "/tasks", number, "가입신청 접수", decision="ACCEPT")
        lee.get("task", following)
        lee.post("complete", action_of(lee.page), engineer=technician)
        kim.get("tracking", tracking)
        following = self.do(park, "/tasks", number, "설치요청 접수", decision="ACCEPT")
        park.get("day", f"/day?d={day}")
        following = "/day/" + following.rpartition("/")[2].partition("?")[0]
        park.get("day_task", following)
        park.post("complete", action_of(park.page), eta_minutes="30")
        self.do(park, "/tasks", number, "현장 도착", arrival_result="ARRIVED")
        installed = {"modem_serial": "MDM20260001", "stb_serial": "STB20260001", "measured_mbps": "480", "tv_channel_ok": "true"}
        self.do(park, "/tasks", number, "설치완료 처리", **installed, customer_confirm_name="김고객")
        kim.get("tracking", tracking)
        today = datetime.now(KST).date().isoformat()
        self.do(lee, "/tasks", number, "가입완료 처리", billing_start_date=today)
        if "가입이 완료됐어요" not in kim.get("tracking", tracking):
            raise RuntimeError(f"{number} did not become active")
        lee.get("cases", f"/cases?q={number}")
        lee.get("case", f"/cases/iptv/{number}")
        self.operator(number)
        kim.client.close()

    def do(self, who: Visitor, base: str, number: str, task: str, **typed: str) -> str:
        """Open a task from the list and finish it; the address that follows."""
        found: list[str] = []
        for _ in range(100):
            rows = re.findall(r'<li class="t .*?</li>', who.get("worklist", f"{base}?tab=all&q={number}"), re.DOTALL)
            found = [href for row in rows for href, name in re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', row) if name == task]
            if found:
                break
            sleep(0.05)
        who.get("task", unescape(found[0]))
        return who.post("complete", action_of(who.page), **typed)

    def operator(self, number: str) -> None:
        """What operators and analysts look at."""
        choi, jung = self.staff["operator1"], self.staff["analyst1"]
        page = choi.get("instances", f"/ops/instances?q={number}")
        choi.get("instance", re.findall(r'href="(/ops/instances/[0-9a-z]+)"', page)[0])
        choi.get("jobs", "/ops/jobs")
        jung.get("studio", "/studio")
        jung.get("studio_app", "/studio/iptv")


def application(postcode: str, day: str, slot: str) -> dict[str, str]:
    """What customer Kim types."""
    return {
        "product_type": "BUNDLE",
        "postcode": postcode,
        "road_address": "세종대로 110번지",
        "visit_date": day,
        "visit_slot": slot,
        "applicant_name": "김고객",
        "birth_date": "1990-05-05",
        "mobile": "010-1234-5678",
        "language": "ko",
        "terms_agreed": "true",
        "privacy_agreed": "true",
    }


def action_of(page: str) -> str:
    """Where the task's form is sent."""
    return unescape(re.findall(r'<form id="f"[^>]* action="([^"]+)"', page)[0])


def visits(count: int) -> list[tuple[str, str, str]]:
    """Technician, day and time of so many visits, none taken twice."""
    today = datetime.now(KST).date()
    days = [day.isoformat() for offset in range(2, 14) if (day := today + timedelta(days=offset)).isoweekday() != 7]
    free = [(day, slot) for day in days for slot in ("AM1", "AM2", "PM1", "PM2")]
    technicians = cycle(POSTCODES)
    return [(next(technicians), *free[number // len(POSTCODES)]) for number in range(count)]


def p95(times: list[float]) -> float:
    """The time that 95 of 100 requests stay within, in ms: nearest rank."""
    return round(sorted(times)[ceil(0.95 * len(times)) - 1], 1)


def measure() -> dict[str, dict[str, float]]:
    """All walks on one fresh service; the first two warm it up and are not counted."""
    times: Times = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as service:
        staff = {login: Visitor(service, times).sign_in(login) for login in ("agent1", "operator1", "analyst1", *POSTCODES)}
        walk = Walk(service, times, staff)
        for number, visit in enumerate(visits(WALKS)):
            if number == 2:
                times.clear()
            walk.go(*visit)
            Visitor(service, times).sign_in("agent1").client.close()
        for person in staff.values():
            person.client.close()
    return {name: {"p95_ms": p95(found)} for name, found in sorted(times.items())}


def main() -> None:
    """Print the figures, the slow ones marked."""
    figures = measure()
    if "--json" not in sys.argv:
        for name, figure in figures.items():
            bar = TRACKING_BAR if name == "tracking" else BAR
            print(f"{name:12} {figure['p95_ms']:8.1f} ms{'  over the bar' if figure['p95_ms'] > bar else ''}")
    print(json.dumps({"name": "walk", "figures": figures}))


if __name__ == "__main__":
    main()
