"""Probes and figures: what a monitoring system and a proxy are told, with a real full disk and a real read-only PostgreSQL."""

import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from shutil import copytree

import pytest
from flask import Flask
from sqlalchemy import create_engine, event, func, make_url, select, text

from engine import worker
from engine.heartbeat import Heartbeat
from engine.runtime import switches, workers
from engine.runtime.baton import Baton
from engine.settings import Settings
from engine.start import prepare
from engine.store.tables import Job, ProcessInstance
from engine.views import readiness
from tests import postgresql
from tests.runtime.story import CHOI
from tests.service import free_ports
from tests.web.world import Visitor, application, open_world, prepare_world, visitor, words
from web import create_app, metrics


@pytest.fixture(autouse=True)
def _looks_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "TRUSTED", 0.0)
    monkeypatch.setattr(metrics, "KEPT", 0.0)


def ready(kim: Visitor) -> tuple[int, str]:
    """What a proxy is told."""
    answer = kim.get("/readyz")
    return answer.status_code, answer.json["status"] if answer.status_code == 200 else answer.json["missing"]


def cases(baton: Baton) -> int:
    """How many cases there are."""
    with baton.read() as read:
        found: int = read.value(select(func.count()).select_from(ProcessInstance))
    return found


def test_figures_are_told_without_persons_or_ids(app: Flask, baton: Baton, kim: Visitor) -> None:
    token = kim.apply(applicant_name="홍길동", mobile="010-0000-4321")
    kim.get(f"/t/{token}")
    said = kim.get("/metrics").text
    assert 'baton_http_requests_total{method="POST",route="/s/<app>/<door>",status="303"}' in said
    assert 'baton_http_seconds_bucket{le="0.1",method="GET",route="/t/<token>"}' in said
    assert 'baton_command_seconds_count{command="runtime.instances.start"}' in said
    assert 'baton_instances{app="iptv",state="running"}' in said and 'baton_tasks_open{app="iptv"}' in said
    assert "baton_job_lag_seconds" in said and 'baton_jobs_ready{kind="notification"}' in said
    with baton.read() as read:
        ids = [row.id for row in read.all(select(ProcessInstance.id))]
    assert not any(secret in said for secret in (token, "홍길동", "0000-4321", "00004321", *ids))


def test_workers_are_seen_whatever_process_they_are_and_an_external_one_by_what_it_asks_for(baton: Baton, kim: Visitor) -> None:
    heartbeat = Heartbeat(baton, threads=3)
    heartbeat.start()
    workers.poll(baton, types=["warehouse.pack"], worker="forklift")
    told = f'baton_worker_threads{{worker="{heartbeat.worker}"}} 3.0'
    while told not in kim.get("/metrics").text:
        time.sleep(0.01)
    start = baton.clock.now()
    baton.clock.advance(timedelta(seconds=29))  # type: ignore[attr-defined]
    said = kim.get("/metrics").text
    assert 'baton_workers{kind="own"} 1.0' in said and 'baton_workers{kind="external"} 1.0' in said
    assert 'baton_worker_silence_seconds{type="warehouse.pack",worker="forklift"} 29.0' in said
    heartbeat.stop()
    heartbeat.join()
    baton.clock.advance(timedelta(seconds=1))  # type: ignore[attr-defined]
    said = kim.get("/metrics").text
    assert 'baton_workers{kind="own"} 0.0' in said and 'baton_workers{kind="external"} 0.0' in said and heartbeat.worker not in said
    baton.clock.set(start)  # type: ignore[attr-defined]


def test_figures_are_kept_from_whom_a_proxy_lets_in(app: Flask, kim: Visitor) -> None:
    assert kim.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 403
    assert kim.get("/metrics", environ_base={"REMOTE_ADDR": "8.8.4.4"}).status_code == 403
    assert kim.get("/metrics", environ_base={"REMOTE_ADDR": "10.1.2.3"}).status_code == 200


def test_a_draining_service_is_ready_says_so_and_sends_new_cases_away_kindly(app: Flask, baton: Baton, kim: Visitor) -> None:
    baton.do(switches.drain, actor=CHOI, reason="장비를 바꿔요")
    try:
        assert ready(kim) == (200, "draining")
        answer = kim.post("/s/iptv/apply", application(applicant_name="홍길동"))
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, str(switches.TRY_AGAIN))
        assert "잠시 후 다시 시도해 주세요" in words(answer.text) and "홍길동" in answer.text  # what was typed is still there
        assert "baton_draining 1.0" in kim.get("/metrics").text
    finally:
        baton.do(switches.undrain, actor=CHOI, reason="끝났어요")
    assert ready(kim) == (200, "ok")


def test_a_broker_that_cannot_be_reached_is_named(prepared: Path, tmp_path: Path) -> None:
    data = copytree(prepared, tmp_path / "data")
    settings = Settings(data=data, apps=data / "apps", workers=0)
    baton = prepare(settings)
    baton.settings = settings.model_copy(update={"broker_url": f"amqp://127.0.0.1:{free_ports(1)[0]}//"})
    kim = visitor(create_app(baton))
    answer = kim.get("/readyz")
    assert answer.status_code == 503 and answer.headers["Retry-After"]
    assert [reason["missing"] for reason in answer.json["reasons"]] == ["broker"]
    assert "브로커" in answer.json["reasons"][0]["message_ko"] and "broker" in answer.json["reasons"][0]["message_en"]
    assert kim.get("/livez").status_code == 200
    baton.database.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 24 MB. It takes the right to mount, as in a container."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)], capture_output=True).returncode:
        pytest.skip("this account may not mount a file system")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_loses_nothing_says_so_and_is_over_by_itself(prepared: Path, small_disk: Path) -> None:
    baton = open_world(copytree(prepared, small_disk / "data"))
    app = create_app(baton)
    kim = visitor(app)
    kim.apply()
    waiting, before = count_jobs(baton), cases(baton)
    fill(small_disk / "ballast")
    assert ready(kim) == (503, "storage")
    answer = kim.post("/s/iptv/apply", application(applicant_name="홍길동"))
    assert answer.status_code == 503 and answer.headers["Retry-After"]
    assert "아무것도 바뀌지 않았어요" in words(answer.text) and "홍길동" in answer.text
    assert cases(baton) == before and kim.get("/s/iptv").status_code == 200
    with pytest.raises(worker.OUTAGES):
        worker.run_due(baton)
    assert count_jobs(baton) == waiting
    (small_disk / "ballast").unlink()
    assert ready(kim) == (200, "ok")
    kim.apply()
    assert cases(baton) == before + 1 and worker.run_due(baton) > 0
    baton.database.close()


def fill(file: Path) -> None:
    """Write until there is no room left."""
    with file.open("wb", buffering=0) as ballast:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    ballast.write(b"x" * size)
            except OSError:
                continue


def count_jobs(baton: Baton) -> int:
    """How many jobs there are."""
    with baton.read() as read:
        found: int = read.value(select(func.count()).select_from(Job))
    return found


def test_a_read_only_sqlite_is_told_and_over_by_itself(prepared: Path, tmp_path: Path) -> None:
    """Simulated by SQLite's own switch: as an administrator, tests may write to any file."""
    baton = open_world(copytree(prepared, tmp_path / "data"))
    kim = visitor(create_app(baton))
    switch = {"on": 1}

    def read_only(connection: object, *_: object) -> None:
        connection.execute(f"PRAGMA query_only={switch['on']}")  # type: ignore[attr-defined]

    event.listen(baton.database.engine, "checkout", read_only)
    baton.database.links.close()  # those that are kept were checked out before
    assert ready(kim) == (503, "storage")
    switch["on"] = 0
    baton.database.links.close()
    assert ready(kim) == (200, "ok")
    baton.database.close()


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """The address of a database that a story may close, and drop."""
    with postgresql.fresh(postgresql_server) as url:
        yield url


def test_a_read_only_postgresql_is_told_and_one_that_is_gone_too(tmp_path: Path, postgresql_server: str, postgresql_url: str) -> None:
    name = make_url(postgresql_url).database
    admin = create_engine(postgresql_server, isolation_level="AUTOCOMMIT")
    prepare_world(tmp_path, postgresql_url)
    baton = open_world(tmp_path, postgresql_url)
    kim = visitor(create_app(baton))
    try:
        assert ready(kim) == (200, "ok")
        alter(admin, baton, f"alter database {name} set default_transaction_read_only = on")
        assert ready(kim) == (503, "storage")
        answer = kim.post("/s/iptv/apply", application())
        assert answer.status_code == 503 and "아무것도 바뀌지 않았어요" in words(answer.text)
        alter(admin, baton, f"alter database {name} reset default_transaction_read_only")
        assert ready(kim) == (200, "ok")
        alter(admin, baton, f"alter database {name} with allow_connections false", f"drop database {name} with (force)")
        assert ready(kim) == (503, "database")
        gone = kim.get("/s/iptv")
        assert (gone.status_code, bool(gone.headers["Retry-After"])) == (503, True) and "저장된 것은 그대로 있어요" in words(gone.text)
        assert kim.get("/livez").status_code == 200
    finally:
        baton.database.close()
        admin.dispose()


def alter(admin: object, baton: Baton, *statements: str) -> None:
    """Change the database, for every new connection."""
    with admin.connect() as connection:  # type: ignore[attr-defined]
        for statement in statements:
            connection.execute(text(statement))
    baton.database.close()
