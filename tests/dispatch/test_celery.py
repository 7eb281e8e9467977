"""Workers on many machines, woken through a broker: a message that is lost costs a moment, never a job."""

import os
import signal
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from engine.dispatch import celery
from engine.dispatch.celery import PRODUCER, TASK, due_jobs, has_news
from engine.runtime.leases import unleased
from engine.store.commit import Change
from engine.store.tables import History, Job
from tests.dispatch import bakehouse
from tests.dispatch.rabbitmq import RabbitMQ
from tests.runtime.story import TUESDAY

CASES = 60


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wake-up may take as long as a busy machine needs: only whether it goes out is asked."""
    monkeypatch.setattr(celery, "KEPT", 600.0)
    monkeypatch.setitem(PRODUCER, "broker_connection_timeout", 60)
    monkeypatch.setitem(PRODUCER, "broker_transport_options", {"max_retries": 0})


def test_a_broker_restarted_in_the_middle_loses_no_job(tmp_path: Path, rabbitmq: RabbitMQ, database_url: str) -> None:
    with bakehouse.place(tmp_path, database_url, rabbitmq.url, jobs=3) as baton:
        with bakehouse.working(baton, 2):
            bakehouse.bake(baton, CASES)
            rabbitmq.stop()
            bakehouse.bake(baton, CASES)
            rabbitmq.start()
            bakehouse.bake(baton, CASES)
            bakehouse.until_done(baton)
        assert set(bakehouse.steps(baton).values()) == {4}
        assert len(bakehouse.steps(baton)) == 3 * CASES
        assert bakehouse.jobs_left(baton) == 0
        assert baton.waker.failed > 0  # type: ignore[attr-defined]


@pytest.mark.parametrize("broker", ["rabbitmq", "redis"])
def test_a_worker_is_woken_and_does_not_wait_for_its_own_look(tmp_path: Path, request: pytest.FixtureRequest, broker: str, patient: None) -> None:
    url = request.getfixturevalue("rabbitmq").url if broker == "rabbitmq" else request.getfixturevalue("redis_url")
    with bakehouse.place(tmp_path, "", url, jobs=2) as baton, bakehouse.working(baton, 1, looks=False):
        for _ in range(5):
            bakehouse.bake(baton, 1)
            bakehouse.until_done(baton)
        assert (baton.waker.sent, baton.waker.failed) == (5, 0)  # type: ignore[attr-defined]


def test_a_worker_is_woken_again_after_the_broker_was_away(tmp_path: Path, rabbitmq: RabbitMQ, patient: None) -> None:
    with bakehouse.place(tmp_path, "", rabbitmq.url) as baton, bakehouse.working(baton, 1, looks=False):
        rabbitmq.stop()
        bakehouse.bake(baton, 1)
        rabbitmq.start()

        def woken() -> bool:
            bakehouse.bake(baton, 1)
            time.sleep(1)  # a wake-up lapses: one that was sent before the worker had the broker again wakes nobody
            return bakehouse.left(baton) == 0

        bakehouse.wait_for(woken)
        assert baton.waker.failed > 0 and baton.waker.sent > 0  # type: ignore[attr-defined]


def test_without_a_broker_a_commit_goes_on_and_the_failure_is_counted(tmp_path: Path, nobody: str) -> None:
    with bakehouse.place(tmp_path, "", nobody) as baton:
        bakehouse.bake(baton, 3)
        assert (baton.waker.sent, baton.waker.failed) == (0, 3)  # type: ignore[attr-defined]
        with bakehouse.working(baton, 1):
            bakehouse.until_done(baton)


def test_a_worker_that_is_drained_finishes_what_it_holds(tmp_path: Path, rabbitmq: RabbitMQ) -> None:
    with bakehouse.place(tmp_path, "", rabbitmq.url, jobs=3) as baton:
        bakehouse.bake(baton, CASES)
        with bakehouse.working(baton, 1) as (process,):
            bakehouse.wait_for(lambda: bakehouse.left(baton) < CASES)
            os.kill(process.pid, signal.SIGTERM)
            assert process.wait(bakehouse.PATIENCE) == 0
            with baton.read() as read:
                assert read.all(Job.__table__.select().where(Job.lease_token.is_not(None))) == []
        with bakehouse.working(baton, 1):
            bakehouse.until_done(baton)
        assert set(bakehouse.steps(baton).values()) == {4}


def job(**changes: object) -> dict[str, object]:
    """A row of `job`."""
    return {"id": "i-1", "due_at": TUESDAY, **unleased(TUESDAY), **changes}


@pytest.mark.parametrize(
    ("row", "woken"),
    [(job(), ["i-1"]), (job(due_at=TUESDAY + timedelta(hours=1)), []), (job(lease_token="mine"), [])],
    ids=["due", "a timer", "held by the request"],
)
def test_a_message_is_sent_for_what_is_due_and_free(row: dict[str, object], woken: list[str]) -> None:
    change = Change(wake=True)
    change.add(insert(Job), [row])
    assert due_jobs(change) == woken
    assert not has_news(change)


def test_history_that_is_to_be_relayed_wakes_somebody() -> None:
    change = Change(wake=True)
    change.insert(History, {"published_at": None})
    assert has_news(change) and due_jobs(change) == []
    assert TASK == "baton.turn"
