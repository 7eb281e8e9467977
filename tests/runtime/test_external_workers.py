"""Jobs that programs of others do: taken under a lease, finished once, and thrown, failed or held for longer when they say so."""

import re
import threading
import time
from datetime import timedelta
from typing import Any

import pytest

from engine.errors import Refused
from engine.runtime import jobs, switches, workers
from engine.runtime.workers import Activated
from engine.store.tables import History, Job
from tests.runtime.shop import Shop, Task
from tests.runtime.story import CHOI, ROOT

PACK = Task({"box": "small"}, job_type="warehouse.pack", catches={"SOLD_OUT": {"baton:status": "DECLINED"}})
MINUTE = timedelta(minutes=1)
LONG = 30.0  # seconds: only somebody whom nobody tells waits so long


@pytest.fixture
def packing(shop: Shop) -> Shop:
    """A shop whose orders are packed by a program of the warehouse; one order waits."""
    shop.deploy(PACK)
    shop.order()
    return shop


def take(shop: Shop, worker: str = "w1", **more: Any) -> list[Activated]:
    return workers.poll(shop.baton, types=["warehouse.pack"], worker=worker, **more)


def held(job: Activated) -> dict[str, str]:
    return {"job_id": job.id, "lease_token": job.lease_token}


def test_a_worker_takes_a_job_and_the_order_goes_on(packing: Shop) -> None:
    assert packing.work() == 0 and packing.status() == "NEW"
    (job,) = take(packing)
    assert (job.type, job.app, job.element_id, job.headers) == ("warehouse.pack", "shop", "Pay", {"partner": "payment", "box": "small"})
    assert job.variables["amount"] == 12000 and job.key == f"{job.instance_id}:{job.id.rpartition('-')[2]}"
    assert take(packing, "w2") == []
    packing.baton.do(workers.complete, **held(job), variables={"parcel": "P-1"})
    assert packing.status() == "PAID" and packing.variables()["parcel"] == "P-1" and not packing.jobs


def test_without_inputs_a_worker_gets_all_variables_and_personal_ones_in_clear(shop: Shop) -> None:
    shop.deploy(Task(job_type="warehouse.pack", inputs={}))
    shop.order()
    (job,) = take(shop)
    assert job.variables["buyer"] == "김하나" and job.variables["product"] == "책"
    assert "김하나" not in repr(shop.rows(Job) + shop.rows(History)) + repr(job)


def test_a_worker_that_was_away_too_long_changes_nothing(packing: Shop) -> None:
    (first,) = take(packing)
    packing.later(seconds=31)
    (second,) = take(packing, "w2")
    assert second.key == first.key and second.lease_token != first.lease_token
    for late in (workers.complete, workers.throw, workers.fail, workers.extend):
        said: dict[str, Any] = {
            workers.complete: {"variables": {}},
            workers.throw: {"code": "SOLD_OUT"},
            workers.fail: {"error": "x"},
            workers.extend: {"lease_seconds": 30.0},
        }[late]
        with pytest.raises(Refused) as refused:
            packing.baton.do(late, **held(first), **said)
        assert (refused.value.code, refused.value.status) == ("JOB_LOST", 409)
    packing.baton.do(workers.complete, **held(second), variables={})
    assert packing.status() == "PAID"


def test_a_worker_that_needs_longer_holds_its_job(packing: Shop) -> None:
    (job,) = take(packing)
    packing.later(seconds=20)
    until = packing.baton.do(workers.extend, **held(job), lease_seconds=60.0)
    assert until == packing.baton.clock.now() + MINUTE
    packing.later(seconds=40)
    assert take(packing, "w2") == []
    packing.baton.do(workers.complete, **held(job), variables={})
    assert packing.status() == "PAID"


def test_a_failed_try_comes_again_after_its_back_off_and_then_is_an_incident(packing: Shop) -> None:
    for left in (2, 1):
        (job,) = take(packing)
        packing.baton.do(workers.fail, **held(job), error="the printer is out of paper", backoff=MINUTE)
        assert take(packing) == [] and packing.jobs[0].retries_left == left and packing.jobs[0].worker is None
        packing.later(seconds=60)
    (job,) = take(packing)
    packing.baton.do(workers.fail, **held(job), error="the printer is out of paper")
    (incident,) = packing.incidents
    assert (incident.kind, incident.message) == ("JOB_FAILED", "the printer is out of paper")
    assert take(packing) == []
    packing.baton.do(jobs.retry, job_id=job.id, actor=CHOI, reason="새 종이를 넣었어요")
    assert len(take(packing)) == 1


def test_a_worker_says_how_often_it_is_worth_trying(packing: Shop) -> None:
    (job,) = take(packing)
    packing.baton.do(workers.fail, **held(job), error="no such address", retries=0)
    assert len(packing.incidents) == 1


def test_an_error_takes_the_way_that_is_drawn_for_it(packing: Shop) -> None:
    (job,) = take(packing)
    packing.baton.do(workers.throw, **held(job), code="SOLD_OUT", message="no book left", variables={"since": "2026-12-01"})
    assert packing.status() == "DECLINED" and packing.variables()["since"] == "2026-12-01"


def test_an_error_that_nobody_catches_is_an_incident(packing: Shop) -> None:
    (job,) = take(packing)
    packing.baton.do(workers.throw, **held(job), code="BURNT_DOWN", message="the warehouse is gone")
    (incident,) = packing.incidents
    assert incident.kind == "BURNT_DOWN" and packing.status() == "NEW"


def test_a_variable_that_is_too_large_is_refused_and_the_job_stays(packing: Shop) -> None:
    (job,) = take(packing)
    with pytest.raises(Refused) as refused:
        packing.baton.do(workers.complete, **held(job), variables={"log": "x" * 300_000})
    assert (refused.value.code, refused.value.status) == ("TOO_LARGE", 422)
    packing.baton.do(workers.complete, **held(job), variables={})
    assert packing.status() == "PAID"


def test_one_that_waits_gets_the_job_when_it_comes(shop: Shop) -> None:
    shop.deploy(PACK)
    found: list[Activated] = []
    waiting = threading.Thread(target=lambda: found.extend(take(shop, wait=LONG)))
    began = time.monotonic()
    waiting.start()
    time.sleep(0.1)
    shop.order()
    waiting.join()
    assert len(found) == 1 and time.monotonic() - began < LONG / 2


def test_one_that_waits_in_vain_is_told_so(shop: Shop) -> None:
    began = time.monotonic()
    assert take(shop, wait=0.2) == []
    assert 0.2 <= time.monotonic() - began < LONG


def test_each_of_many_jobs_goes_to_one_of_many_workers(shop: Shop) -> None:
    shop.deploy(PACK)
    for _ in range(12):
        shop.order()
    found: list[Activated] = []
    threads = [threading.Thread(target=lambda: found.extend(take(shop, limit=5, wait=1.0))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found += take(shop, limit=100)
    assert len(found) == 12 == len({job.id for job in found})


def test_jobs_of_a_paused_app_are_not_handed_out(packing: Shop) -> None:
    packing.baton.do(switches.pause, app="shop", actor=CHOI, reason="재고 조사")
    assert take(packing) == []
    packing.baton.do(switches.unpause, app="shop", actor=CHOI, reason="끝")
    assert len(take(packing)) == 1


def test_calls_of_our_own_are_not_handed_out(shop: Shop) -> None:
    shop.deploy(Task({"path": "/payments"}))
    shop.order()
    assert workers.poll(shop.baton, types=["http", "webhook"], worker="w1") == []


def test_the_example_of_the_developers_page_packs(shop: Shop) -> None:
    (example,) = re.findall(r"<!-- example: worker -->\n```python\n(.*?)```", (ROOT / "docs/developer/workers.md").read_text(), re.S)
    names: dict[str, Any] = {}
    exec(example, names)

    def pack(reference: str, key: str) -> str:
        answers = {"0001": OSError("the printer"), "0002": LookupError()}
        if (answer := answers.get(reference[-4:])) is not None:
            raise answer
        return f"P/{reference}"

    shop.deploy(PACK)
    numbers = [shop.order().number for _ in range(3)]
    names["turn"](shop.baton, pack)
    assert [shop.status(number) for number in numbers] == ["NEW", "DECLINED", "PAID"]
    assert [(job.retries_left, job.error) for job in shop.jobs] == [(2, "the printer")]
