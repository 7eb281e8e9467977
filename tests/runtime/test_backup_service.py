"""`baton backup` while the real service answers people: what it acknowledged before is all there where it is restored, and goes on."""

import os
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path

import httpx2

from engine.clock import KST
from tests.runtime.test_kill import application, hidden
from tests.service import ROOT, Service, running

SLOTS = ("AM1", "AM2", "PM1", "PM2")


def visits() -> list[dict[str, str]]:
    """Eight times that nobody has taken yet, each wished for by somebody else."""
    days = [datetime.now(KST).date() + timedelta(days=number) for number in range(3, 7)]
    weekdays = [day for day in days if day.isoweekday() != 7][:2]
    times = [(day.isoformat(), slot) for day in weekdays for slot in SLOTS]
    return [{"visit_date": day, "visit_slot": slot, "mobile": f"0100000{number:04}"} for number, (day, slot) in enumerate(times)]


def apply(service: Service, typed: dict[str, str]) -> str | None:
    """Kim applies; the path of the tracking page, when it was acknowledged."""
    with httpx2.Client(base_url=service.address, timeout=120) as client:
        page = client.get("/s/iptv/apply").text
        body = application() | typed | {"csrf_token": hidden(page, "csrf_token"), "_key": hidden(page, "_key")}
        answer = client.post("/s/iptv/apply", data=body)
    return "/t/" + answer.headers["Location"].rpartition("/")[2] if answer.status_code == 303 else None


def baton(data: Path, *words: str) -> None:
    """A command beside the service."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BATON_")} | {"BATON_DATA": str(data)}
    environment["BATON_APPS"] = str(data / "apps" if (data / "apps").exists() else ROOT)
    done = subprocess.run([sys.executable, "-m", "engine.cli", *words], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_backup_while_the_service_serves_holds_what_was_acknowledged(tmp_path: Path) -> None:
    first, second, file = tmp_path / "first", tmp_path / "second", tmp_path / "baton.zip"
    first.mkdir()
    second.mkdir()
    acknowledged: list[str] = []
    some = threading.Event()

    def kim(service: Service, times: list[dict[str, str]]) -> None:
        for typed in times:
            if path := apply(service, typed):
                acknowledged.append(path)
            if len(acknowledged) >= 3:
                some.set()
        some.set()

    with running(first) as service:
        callers = [threading.Thread(target=kim, args=(service, visits()[number::2])) for number in range(2)]
        for caller in callers:
            caller.start()
        some.wait(300)
        before = list(acknowledged)
        baton(first, "backup", str(file))
        for caller in callers:
            caller.join()
    assert len(before) >= 3
    baton(second, "restore", str(file))
    with running(second) as restored:
        assert [httpx2.get(f"{restored.address}{path}", timeout=120).status_code for path in before] == [200] * len(before)
        late = visits()[-1] | {"visit_date": (datetime.now(KST).date() + timedelta(days=9)).isoformat(), "mobile": "01000009999"}
        assert apply(restored, late) or apply(restored, late | {"visit_date": (datetime.now(KST).date() + timedelta(days=10)).isoformat()})
