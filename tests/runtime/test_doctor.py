"""The doctor names each planted fault and what to do about it, and says that a sound installation is sound."""

import os
import shutil
import subprocess
import sys
from collections import namedtuple
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from alembic import command
from sqlalchemy import delete, insert, update

from engine import doctor
from engine.ids import new_id
from engine.settings import Partner
from engine.store import migrate
from engine.store.database import Database
from engine.store.tables import Account, Breaker, Deployment, History, Incident, Job, SubscriberCursor
from engine.vault import Vault
from tests.runtime.story import ROOT, TUESDAY, Story, open_world

Usage = namedtuple("Usage", "total used free")
HOUR = timedelta(hours=1)


def planted(story: Story, *statements: Any) -> None:
    """Write rows past the commands."""
    with story.baton.database.write() as connection:
        for statement in statements:
            connection.execute(statement)


def job(**changes: Any) -> Any:
    """A row of a job that is due."""
    row = {"id": new_id(), "instance_id": "i", "token": 1, "kind": "timer", "type": "timer", "app": "iptv", "element_id": "e", "payload": {}}
    row |= {"due_at": TUESDAY - HOUR, "lease_until": TUESDAY - HOUR, "attempts": 0, "retries_left": 3, "created_at": TUESDAY - HOUR}
    return insert(Job).values(row | changes)


def opened_breaker(story: Story) -> None:
    planted(story, insert(Breaker).values(key="iptv/payment", failures=5, opened_at=TUESDAY, updated_at=TUESDAY))


def stopped_subscriber(story: Story) -> None:
    row = {"subscriber": "app:cafe", "position": 0, "updated_at": TUESDAY, "error": "no such field", "attempts": 1}
    planted(story, insert(SubscriberCursor).values(row))


def open_incident(story: Story) -> None:
    row = {"id": "i", "app": "iptv", "instance_id": "i", "element_id": "e", "kind": "JOB_FAILED", "message": "m", "created_at": TUESDAY}
    planted(story, insert(Incident).values(row))


def future(story: Story) -> None:
    row = {"instance_id": "x", "rev": 1, "app": "iptv", "at": TUESDAY + HOUR, "actor_id": "a", "actor_name": "a", "events": []}
    planted(story, insert(History).values(row | {"published_at": TUESDAY}))


def open_secret(story: Story) -> None:
    (story.baton.settings.data / "secret").chmod(0o644)


def other_secret(story: Story) -> None:
    story.apply()
    story.baton.vault = Vault(b"x" * 64)


PLANTS: dict[str, tuple[Callable[[Story], Any], str]] = {
    "secret-rights": (open_secret, "chmod 600"),
    "secret": (other_secret, "from a backup"),
    "queue": (lambda story: planted(story, job()), "baton worker"),
    "leases": (lambda story: planted(story, job(lease_token="t", attempts=1)), "start the workers again"),
    "incidents": (open_incident, "incidents"),
    "subscribers": (stopped_subscriber, "mend the cause"),
    "breakers": (opened_breaker, "BATON_PARTNERS"),
    "apps": (lambda story: planted(story, update(Deployment).values(digest="0" * 64)), "baton deploy processes/iptv"),
    "definitions": (lambda story: _break_app(story), "deploy it again"),
    "accounts": (lambda story: planted(story, update(Account).values(active=False)), "baton user save"),
    "clock": (future, "NTP"),
}


def _break_app(story: Story) -> None:
    planted(story, update(Deployment).values(files=b"no zip"))
    story.baton.deployed = type(story.baton.deployed)()


@pytest.fixture
def sound(story: Story) -> Story:
    """A world in which the worker did everything."""
    story.work()
    planted(story, delete(Job))
    return story


def found(story: Story) -> dict[str, doctor.Finding]:
    """What the doctor finds, by check; all but what this version of the apps folder brings along."""
    return {one.check: one for one in doctor.examine(story.baton)}


def test_a_sound_installation_is_sound(sound: Story) -> None:
    assert [one for one in doctor.examine(sound.baton) if one.level == "fault" and one.check != "partners"] == []


@pytest.mark.parametrize("check", PLANTS)
def test_each_planted_fault_is_named_with_what_mends_it(sound: Story, check: str) -> None:
    assert check not in found(sound)
    plant, mend = PLANTS[check]
    plant(sound)
    finding = found(sound)[check]
    assert mend in finding.mend["en"]
    assert finding.text["ko"] and finding.mend["ko"]


def test_a_full_disk_is_named(sound: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 10**12 - 10**7, 10**7))
    assert "10 MB" in found(sound)["disk"].text["en"]


def test_an_old_schema_and_an_unfinished_upgrade_are_named(tmp_path: Path, sound: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "unfinished", lambda _: True)
    assert "baton migrate --post" in found(sound)["schema-post"].mend["en"]
    old = Database(f"sqlite:///{tmp_path / 'old.db'}")
    command.upgrade(migrate.configuration(old), "0001")
    sound.baton.database.close()
    sound.baton.database = old
    assert "baton migrate" in found(sound)["schema"].mend["en"]


def test_a_broker_that_is_down_and_a_partner_without_address_are_named(tmp_path: Path) -> None:
    baton = open_world(tmp_path, broker_url="amqp://guest:hidden@127.0.0.1:9/", partners={"payment": Partner(url="https://pay.example")})
    try:
        assert {one.check for one in doctor.examine(baton)} >= {"broker"}
        assert "hidden" not in str(doctor.masked(baton.settings))
        assert doctor.masked(baton.settings)["BATON_BROKER_URL"] == "amqp://guest:****@127.0.0.1:9/"
    finally:
        baton.database.close()


def test_the_command_prints_findings_and_ends_with_1_on_a_fault(tmp_path: Path) -> None:
    baton = open_world(tmp_path)
    baton.database.close()
    (tmp_path / "secret").chmod(0o644)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BATON_")}
    environment |= {"BATON_DATA": str(tmp_path), "BATON_APPS": str(ROOT), "LANG": "ko_KR.UTF-8"}
    asked = [sys.executable, "-m", "engine.cli", "doctor"]
    told = subprocess.run(asked, env=environment, capture_output=True, text=True, timeout=300)
    assert told.returncode == 1
    assert "고장 secret-rights" in told.stdout
    machine = subprocess.run([*asked, "--json"], env=environment, capture_output=True, text=True, timeout=300)
    assert "secret-rights" in {one["check"] for one in orjson.loads(machine.stdout)["findings"]}
    wrong = subprocess.run(asked, env=environment | {"BATON_PORT": "many"}, capture_output=True, text=True, timeout=300)
    assert wrong.returncode == 1
    assert "BATON_PORT" in wrong.stdout
