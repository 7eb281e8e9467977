"""`baton:sync`: the outcome in the same answer, and an ordinary job whenever that cannot be."""

import re
import threading
import time
from datetime import timedelta

import pytest

from engine.actors import CUSTOMER
from engine.errors import Answered
from engine.runtime import accounts, instances, leases
from engine.runtime.leases import Slot
from engine.store.tables import Record, UserTask
from tests.runtime.partner import Partner
from tests.runtime.shop import ORDER, Shop, Task
from tests.runtime.story import CHOI
from tests.web.world import Visitor, hidden_value, visitor
from web import create_app

PATH = {"path": "/payments", "breaker": "off"}
BUSY = {"UNAVAILABLE": {"baton:status": "UNAVAILABLE", "baton:answer": "BUSY"}}
NO_MONEY = {"DECLINED": {"baton:status": "DECLINED", "baton:answer": "NO_MONEY"}}


def test_the_payment_is_done_when_the_customer_gets_the_answer(shop: Shop, partner: Partner) -> None:
    shop.deploy(Task(PATH, sync=True))
    assert shop.order().number
    assert shop.status() == "PAID" and not shop.jobs and len(partner.asked) == 1


def test_one_payment_leads_to_the_next_in_the_same_answer(shop: Shop, partner: Partner) -> None:
    shop.deploy(Task(PATH, sync=True, then=Task(PATH, sync=True, inputs={})))
    shop.order()
    assert shop.status() == "PAID" and [asked.method for asked in partner.asked] == ["POST", "GET"]
    assert len(set(partner.keys)) == 2


def test_a_payment_without_sync_waits_for_a_worker(shop: Shop, partner: Partner) -> None:
    shop.deploy(Task(PATH))
    shop.order()
    assert shop.status() == "NEW" and not partner.asked
    shop.work()
    assert shop.status() == "PAID"


def test_a_declined_payment_answers_with_the_words_of_the_app(shop: Shop, partner: Partner) -> None:
    shop.deploy(Task(PATH, sync=True, catches=NO_MONEY))
    partner.plan = [(402, {"code": "DECLINED"})]
    with pytest.raises(Answered) as told:
        shop.order()
    assert (told.value.code, told.value.status, told.value.texts["en"]) == ("NO_MONEY", 409, "The payment was declined.")
    assert shop.status() == "DECLINED"


def test_a_partner_that_is_down_answers_busy_and_when_to_come_again(shop: Shop, partner: Partner) -> None:
    shop.deploy(Task(PATH, sync=True, catches=BUSY, retries=1))
    partner.plan = [(503, {})]
    with pytest.raises(Answered) as told:
        shop.order()
    assert (told.value.code, told.value.status, told.value.details["retry_after"]) == ("BUSY", 503, 30)
    assert "30" in told.value.texts["ko"] and shop.status() == "UNAVAILABLE"


def test_a_worker_answers_nobody(shop: Shop, partner: Partner) -> None:
    shop.deploy(Task(PATH, catches=BUSY, retries=1))
    partner.plan = [(503, {})]
    shop.order()
    shop.work()
    assert shop.status() == "UNAVAILABLE"


def test_a_partner_that_takes_longer_than_the_request_leaves_an_ordinary_job(shop: Shop, partner: Partner) -> None:
    shop.baton.patience = 0.3
    shop.deploy(Task(PATH | {"timeout": "PT30S"}, sync=True, catches={"TIMEOUT": {"baton:status": "TIMEOUT"}}))
    partner.plan = ["hang", (200, {})]
    shop.order()
    (job,) = shop.jobs
    assert (job.attempts, job.retries_left, job.lease_token) == (0, 3, None) and shop.status() == "NEW"
    shop.work()
    assert shop.status() == "PAID" and len(set(partner.keys)) == 1


def test_a_process_that_dies_before_the_call_leaves_a_job_for_after_its_lease(shop: Shop, partner: Partner) -> None:
    shop.deploy(Task(PATH, sync=True))
    slot = Slot()
    change = shop.baton.carry_out(slot, instances.start, app="shop", door="buy", actor=CUSTOMER, submission=ORDER)
    slot.release()
    assert [job["id"] for job in change.sync] == [job.id for job in shop.jobs]
    shop.work()
    assert shop.status() == "NEW" and not partner.asked
    shop.baton.clock.advance(leases.LEASE + timedelta(seconds=1))  # type: ignore[attr-defined]
    shop.work()
    assert shop.status() == "PAID" and len(partner.asked) == 1


def test_four_requests_wait_for_partners_and_the_fifth_leaves_its_job_to_a_worker(shop: Shop, partner: Partner) -> None:
    shop.baton.patience = 60  # the fifth comes while they wait, however busy this machine is
    shop.deploy(Task(PATH, sync=True))
    partner.plan = ["hang", "hang", "hang", "hang", (200, {})]
    threads = [threading.Thread(target=shop.order, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    while len(partner.asked) < 4:
        time.sleep(0.01)
    fifth = shop.order().number
    assert shop.status(fifth) == "NEW" and len(partner.asked) == 4
    shop.work()
    assert shop.status(fifth) == "PAID"
    partner.go_on.set()
    for thread in threads:
        thread.join()
    assert shop.order().number and len(partner.asked) == 6


def test_the_same_request_again_is_answered_the_same(shop: Shop, partner: Partner) -> None:
    shop.deploy(Task(PATH, sync=True, catches=NO_MONEY))
    partner.plan = [(402, {})]
    for _ in range(2):
        with pytest.raises(Answered) as told:
            shop.order(key="k")
        assert told.value.code == "NO_MONEY"
    assert len(partner.asked) == 1


def test_a_program_that_asks_again_gets_the_answer_that_it_got(shop: Shop, partner: Partner) -> None:
    shop.deploy(Task(PATH, sync=True, catches=BUSY, retries=1))
    partner.plan = [(503, {})]
    program = visitor(create_app(shop.baton))
    answers = [program.post_json("/s/shop/buy", ORDER, **{"Idempotency-Key": "k"}) for _ in range(2)]
    assert [(answer.status_code, answer.headers["Retry-After"], answer.json["code"]) for answer in answers] == [(503, "30", "BUSY")] * 2
    assert len(partner.asked) == 1


def test_the_form_comes_back_with_everything_typed_and_a_new_key(shop: Shop, partner: Partner) -> None:
    shop.deploy(Task(PATH, sync=True, catches=BUSY, retries=1))
    partner.plan = [(503, {}), (200, {})]
    kim = visitor(create_app(shop.baton))
    opened = kim.get("/s/shop/buy")
    refused = kim.post("/s/shop/buy", ORDER)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "30")
    assert "결제가 밀려 있어요. 30초 뒤에 다시 해 주세요." in refused.text
    shown = {name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', refused.text) for name in ORDER}
    assert {name: found and re.sub("[,-]", "", found[1]) for name, found in shown.items()} == ORDER
    key = hidden_value(refused.text, "_key")
    assert key and key != hidden_value(opened.text, "_key")
    hidden = {"csrf_token": hidden_value(refused.text, "csrf_token"), "_key": key}
    accepted = kim.client.post("/s/shop/buy", data=hidden | ORDER)
    assert accepted.status_code == 303 and "/s/shop/applied/" in accepted.location
    assert sorted(row.data["status"] for row in shop.rows(Record)) == ["PAID", "UNAVAILABLE"]


def clerk(shop: Shop, task: Task) -> tuple[Visitor, str]:
    """A clerk who is signed in, and the task of an order that she has to check."""
    shop.deploy(task)
    shop.baton.do(accounts.save, login="clerk1", password="a long password", actor=CHOI, name="박점원", roles=["clerk"])
    shop.order()
    lee = visitor(create_app(shop.baton))
    assert lee.post("/login", {"login": "clerk1", "password": "a long password"}).status_code == 303
    (row,) = shop.rows(UserTask)
    return lee, str(row.id)


def test_a_clerk_whose_task_leads_to_a_payment_gets_the_outcome(shop: Shop, partner: Partner) -> None:
    lee, task = clerk(shop, Task(PATH, clerk=True, sync=True))
    assert lee.post(f"/tasks/{task}/complete", ORDER, page=f"/tasks/{task}").status_code == 303
    assert shop.status() == "PAID"


def test_a_clerk_who_comes_back_to_the_same_task_finds_everything_typed(shop: Shop, partner: Partner) -> None:
    back = {"UNAVAILABLE": {"baton:answer": "BUSY", "to": "Check"}}
    lee, task = clerk(shop, Task(PATH, clerk=True, sync=True, retries=1, catches=back))
    partner.plan = [(503, {}), (200, {})]
    told = lee.post(f"/tasks/{task}/complete", ORDER | {"product": "다른 책"}, page=f"/tasks/{task}")
    assert (told.status_code, told.headers["Retry-After"]) == (503, "30")
    assert "결제가 밀려 있어요." in told.text and 'value="다른 책"' in told.text
    (again,) = [row.id for row in shop.rows(UserTask) if row.state == "open"]
    assert f"/tasks/{again}/complete" in told.text
    assert lee.post(f"/tasks/{again}/complete", ORDER, page=f"/tasks/{again}").status_code == 303
    assert shop.status() == "PAID"


def test_a_clerk_whose_task_is_done_reads_the_answer_beside_what_was_typed(shop: Shop, partner: Partner) -> None:
    lee, task = clerk(shop, Task(PATH, clerk=True, sync=True, catches=NO_MONEY))
    partner.plan = [(402, {})]
    told = lee.post(f"/tasks/{task}/complete", ORDER | {"product": "다른 책"}, page=f"/tasks/{task}")
    assert told.status_code == 409
    assert "결제가 거절됐어요." in told.text and "다른 책" in told.text
