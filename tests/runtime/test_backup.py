"""A backup under load holds every step that was acknowledged before; what is restored goes on, on either database."""

import hashlib
import stat
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import func, insert, select

from engine.clock import FixedClock
from engine.errors import ConfigurationError
from engine.settings import Settings
from engine.start import open_baton
from engine.store import backup, migrate
from engine.store.base import Base
from engine.store.database import Database
from engine.store.tables import Event, UserTask
from tests import postgresql
from tests.runtime.story import LEE, PARK, TUESDAY, Story

SECRET = "secret"
SLOTS = ("AM1", "AM2", "PM1", "PM2", "EV")


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Database, Path]]:
    """An empty database of either kind, and the place of its secret."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    if request.param == "sqlite":
        database = Database(f"sqlite:///{folder / 'baton.db'}")
        yield database, folder
        database.close()
        return
    with postgresql.fresh(request.getfixturevalue("postgresql_server")) as url:
        database = Database(url)
        yield database, folder
        database.close()


def make(story: Story, file: Path) -> backup.Manifest:
    """Back the story up."""
    secret = (story.baton.settings.data / SECRET).read_bytes()
    return backup.write(story.baton.database, secret, file, now=story.baton.clock.now(), version="1.0")


def opened(database: Database, folder: Path) -> Story:
    """The restored world."""
    url = database.url.render_as_string(hide_password=False)
    return Story(open_baton(Settings(data=folder, apps=Path(), database_url=url), FixedClock(TUESDAY)))


def rows(database: Database) -> dict[str, list[Any]]:
    """Everything in it."""
    with database.read() as connection:
        return {table.name: sorted(map(str, connection.execute(select(table)).all())) for table in Base.metadata.sorted_tables}


def test_everything_comes_back_and_goes_on(story: Story, elsewhere: tuple[Database, Path], tmp_path: Path) -> None:
    number = story.apply(applicant_name="홍길동").number
    story.to("UT_Install", number)
    with story.baton.database.write() as connection:
        row = {"id": "e", "app": "iptv", "type": "iptv.X", "instance_id": "i", "occurred_at": TUESDAY, "payload": {"번호": [1, None, 2.5]}}
        connection.execute(insert(Event), {"position": 7, **row})
    file = tmp_path / "baton.zip"
    made = make(story, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    database, folder = elsewhere
    assert backup.restore(database, file, folder / SECRET) == made
    assert stat.S_IMODE((folder / SECRET).stat().st_mode) == 0o600
    assert rows(database) == rows(story.baton.database)
    restored = opened(database, folder)
    restored.complete("UT_Install", number, PARK)
    assert restored.open_tasks(number) == ["UT_CompleteJoin"]
    with database.write() as connection:
        connection.execute(insert(Event), row | {"id": "f"})
        assert connection.execute(select(func.max(Event.position))).scalar_one() > 7
    restored.baton.database.close()


def test_under_load_nothing_acknowledged_is_missing(story: Story, elsewhere: tuple[Database, Path], tmp_path: Path) -> None:
    numbers = [
        story.apply(mobile=f"0100000{index:04}", visit_date=f"2026-12-{3 + index // 5:02}", visit_slot=SLOTS[index % 5]).number for index in range(10)
    ]
    done: list[str] = []
    begun = threading.Event()

    def work(mine: list[str]) -> None:
        for number in mine:
            story.complete("UT_Receive", number, LEE)
            done.append(number)
            if len(done) > 2:
                begun.set()

    threads = [threading.Thread(target=work, args=(numbers[start::2],)) for start in range(2)]
    for thread in threads:
        thread.start()
    begun.wait(300)
    acknowledged = list(done)
    make(story, tmp_path / "baton.zip")
    for thread in threads:
        thread.join()
    assert len(done) == 10
    database, folder = elsewhere
    backup.restore(database, tmp_path / "baton.zip", folder / SECRET)
    restored = opened(database, folder)
    with restored.baton.read() as read:
        finished = {row.business_key for row in read.all(select(UserTask.business_key).where(UserTask.state == "done"))}
    assert finished.issuperset(acknowledged)
    for number in numbers:  # each is wholly before or wholly after its step, and goes on
        (task,) = restored.open_tasks(number)
        assert task == ("UT_Assign" if number in finished else "UT_Receive")
    restored.complete(restored.open_tasks(acknowledged[0])[0], acknowledged[0], LEE)
    assert restored.open_tasks(acknowledged[0]) == ["UT_TechAccept"]
    restored.baton.database.close()


def test_a_place_that_is_not_empty_is_left_alone(story: Story, elsewhere: tuple[Database, Path], tmp_path: Path) -> None:
    make(story, tmp_path / "baton.zip")
    before = rows(story.baton.database)
    with pytest.raises(ConfigurationError, match="not empty"):
        backup.restore(story.baton.database, tmp_path / "baton.zip", tmp_path / "other")
    assert rows(story.baton.database) == before
    database, folder = elsewhere
    (folder / SECRET).write_bytes(b"x" * 64)
    with pytest.raises(ConfigurationError, match="another secret"):
        backup.restore(database, tmp_path / "baton.zip", folder / SECRET)


def test_a_damaged_foreign_or_newer_file_is_refused(
    story: Story, elsewhere: tuple[Database, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "baton.zip"
    made = make(story, file)
    database, folder = elsewhere
    with pytest.raises(ConfigurationError, match="exists already"):
        make(story, file)
    broken = tmp_path / "broken.zip"
    broken.write_bytes(file.read_bytes()[:-200])
    with pytest.raises(ConfigurationError, match="no backup"):
        backup.restore(database, broken, folder / SECRET)
    monkeypatch.setattr(backup, "read_manifest", lambda _: replace(made, revision="9999"))
    with pytest.raises(ConfigurationError, match="newer version"):
        backup.restore(database, file, folder / SECRET)
    assert not (folder / SECRET).exists()


def test_a_checksum_that_is_wrong_is_named(story: Story, elsewhere: tuple[Database, Path], tmp_path: Path) -> None:
    story.apply()
    file, changed = tmp_path / "baton.zip", tmp_path / "changed.zip"
    make(story, file)
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"APPLIED", b"REJECTED") if name == "record.jsonl" else old.read(name))
    database, folder = elsewhere
    with pytest.raises(ConfigurationError, match=r"checksum of record\.jsonl"):
        backup.restore(database, changed, folder / SECRET)


def test_a_backup_of_the_first_version_is_restored_and_migrated(elsewhere: tuple[Database, Path], tmp_path: Path) -> None:
    old, folder = Database(f"sqlite:///{tmp_path / 'old.db'}"), elsewhere[1]
    migrate.upgrade_to(old, "0001")
    with old.write() as connection:
        connection.exec_driver_sql("insert into number_block values ('iptv/S', 41)")
    file = tmp_path / "old.zip"
    _as_the_first_version_did(old, file)
    old.close()
    backup.restore(elsewhere[0], file, folder / SECRET)
    assert migrate.fits(elsewhere[0])
    assert rows(elsewhere[0])["number_block"] == ["('iptv/S', 41)"]


def _as_the_first_version_did(database: Database, file: Path) -> None:
    line = b'{"series":"iptv/S","next":41}\n'
    sums = {"number_block.jsonl": hashlib.sha256(line).hexdigest()}
    manifest = backup.Manifest(1, "0.1", "0001", "2026-01-01", "sqlite", {"number_block": 1}, sums)
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("number_block.jsonl", line)
        archive.writestr("secret", b"s" * 64)
        archive.writestr("manifest.json", orjson.dumps(manifest))
