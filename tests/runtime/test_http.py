"""Calls to partners: what they are asked, what comes of each answer, and what the drawing catches."""

import hashlib
import hmac
import re
import time
from pathlib import Path
from typing import Any

import pytest

from engine.apps import AppRefused
from engine.connectors import http
from engine.connectors.network import is_private
from engine.errors import Answered, ConfigurationError
from engine.runtime import jobs
from engine.runtime.prepared import prepare
from engine.settings import Partner as Address
from engine.settings import Settings, load
from engine.store.tables import History, Incident, Job, ProcessInstance
from tests.runtime.partner import HANG, Partner
from tests.runtime.shop import Shop, Task
from tests.runtime.story import CHOI, ROOT

PATH = {"path": "/payments"}


def test_an_order_is_paid_at_the_partner(shop: Shop, partner: Partner) -> None:
    shop.deploy(Task({"path": "/payments/{{order.order_no}}", "resultVariable": "payment", "header.X-Buyer": "{{order.mobile}}"}))
    partner.plan = [(201, {"payment_id": "P-1", "status": "APPROVED"})]
    number = shop.order().number
    assert shop.status() == "NEW" and not partner.asked
    shop.work()
    (asked,) = partner.asked
    assert (asked.method, asked.path) == ("POST", f"/api/payments/{number}")
    assert asked.body == {"reference": number, "amount": 12000}
    assert (asked.headers["Authorization"], asked.headers["X-Buyer"]) == ("Bearer secret-of-the-partner", "01000001234")
    assert shop.status() == "PAID" and not shop.jobs and not shop.incidents
    assert shop.variables()["payment"] == {"payment_id": "P-1", "status": "APPROVED"}


def test_a_declined_payment_takes_the_way_of_its_own_code(shop: Shop, partner: Partner) -> None:
    shop.deploy(Task(PATH, catches={"DECLINED": {"baton:status": "DECLINED"}, "CARD_EXPIRED": {"baton:status": "EXPIRED"}}))
    partner.plan = [(402, {"code": "CARD_EXPIRED"}), (402, {"code": "DECLINED"}), (400, b"no json")]
    numbers = [shop.order().number for _ in range(3)]
    shop.work()
    assert [shop.status(number) for number in numbers] == ["EXPIRED", "DECLINED", "DECLINED"]
    assert len(partner.asked) == 3 and not shop.incidents


def test_a_partner_that_is_down_is_asked_again_with_the_same_key(shop: Shop, partner: Partner) -> None:
    shop.deploy(Task(PATH | {"backoff": "PT10S,PT2M"}, catches={"UNAVAILABLE": {"baton:status": "UNAVAILABLE"}}, retries=4))
    partner.plan = [(503, {"code": "DOWN"})]
    shop.order()
    shop.work()
    counts = [len(partner.asked)]
    for seconds in (9, 1, 119, 1, 119, 1):
        shop.later(seconds=seconds)
        counts.append(len(partner.asked))
    assert counts == [1, 1, 2, 2, 3, 3, 4]
    assert len(set(partner.keys)) == 1 and ":" in partner.keys[0]
    assert shop.status() == "UNAVAILABLE" and not shop.jobs
    assert shop.variables()["error"] == {"code": "UNAVAILABLE", "status": 503, "body": {"code": "DOWN"}}


def test_no_answer_in_time_takes_its_own_way(shop: Shop, partner: Partner) -> None:
    shop.deploy(Task(PATH | {"timeout": "PT0.3S"}, catches={"TIMEOUT": {"baton:status": "TIMEOUT"}, "UNAVAILABLE": {}}, retries=1))
    partner.plan = ["trickle"]
    shop.order()
    began = time.monotonic()
    shop.work()
    assert time.monotonic() - began < HANG / 2  # the answer itself would take all of it
    assert shop.status() == "TIMEOUT" and shop.variables()["error"]["code"] == "TIMEOUT"


def test_a_drawing_without_a_way_for_no_answer_takes_that_of_a_partner_that_is_down(shop: Shop, partner: Partner) -> None:
    shop.deploy(Task(PATH | {"timeout": "PT0.2S"}, catches={"UNAVAILABLE": {"baton:status": "UNAVAILABLE"}}, retries=1))
    partner.plan = ["hang"]
    shop.order()
    shop.work()
    assert shop.status() == "UNAVAILABLE"


def test_a_partner_that_did_the_work_and_was_cut_off_is_asked_again_with_the_same_key(shop: Shop, partner: Partner) -> None:
    shop.deploy(Task(PATH))
    partner.plan = ["drop", (200, {})]
    shop.order()
    shop.work()
    assert shop.status() == "NEW"
    shop.later(seconds=10)
    assert shop.status() == "PAID" and len(partner.asked) == 2 and len(set(partner.keys)) == 1


@pytest.mark.parametrize(
    ("answer", "headers", "said"),
    [
        ((200, b'"' + b"x" * 1_100_000 + b'"'), {}, "larger than 1 MB"),
        ((200, b'"' + b"x" * 300_000 + b'"'), {}, "at most 256 KB"),
        ((200, b"<html>"), {}, "is no JSON"),
        ((200, b'"\\u0000"'), {}, "without NUL"),
        ((302, {}), {"Location": "/elsewhere"}, "redirects are not followed"),
    ],
)
def test_an_answer_that_cannot_be_used_is_an_incident_at_once(shop: Shop, partner: Partner, answer: Any, headers: dict[str, str], said: str) -> None:
    shop.deploy(Task(PATH | {"resultVariable": "payment"}, catches={"UNAVAILABLE": {}}))
    partner.plan, partner.headers = [answer], headers
    shop.order()
    shop.work()
    (incident,) = shop.incidents
    assert incident.kind == "BAD_ANSWER" and said in incident.message
    assert len(partner.asked) == 1 and shop.status() == "NEW"


def test_what_nobody_catches_waits_for_an_operator_who_lets_it_go_on(shop: Shop, partner: Partner) -> None:
    shop.deploy(Task(PATH, retries=1))
    partner.plan = [(503, {}), (200, {})]
    shop.order()
    shop.work()
    (incident,) = shop.incidents
    (job,) = shop.jobs
    assert (incident.kind, incident.element_id, job.retries_left) == ("UNAVAILABLE", "Pay", 0)
    shop.later(hours=1)
    assert len(partner.asked) == 1
    shop.baton.do(jobs.retry, job_id=job.id, actor=CHOI, reason="결제사가 고쳤어요")
    shop.work()
    assert shop.status() == "PAID" and not shop.incidents and len(set(partner.keys)) == 1


def test_a_private_address_is_refused_unless_the_operator_allows_it(shop: Shop, partner: Partner) -> None:
    shop.baton.settings = shop.baton.settings.model_copy(update={"partners": {"payment": Address(url=partner.url)}})
    shop.deploy(Task(PATH))
    shop.order()
    shop.work()
    (incident,) = shop.incidents
    assert "private" in incident.message and "BATON_PARTNERS" in incident.message and not partner.asked


@pytest.mark.parametrize(
    ("address", "private"),
    [
        *((text, True) for text in ("127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "::1", "fe80::1%eth0", "::ffff:10.0.0.1", "0.0.0.0")),
        *((text, False) for text in ("203.0.114.1", "2600::1")),
    ],
)
def test_private_addresses_are_known(address: str, private: bool) -> None:
    assert is_private(address) is private


def test_a_partner_without_an_address_names_the_setting(shop: Shop) -> None:
    shop.deploy(Task({"partner": "identity", "path": "/x"}))
    shop.order()
    shop.work()
    (incident,) = shop.incidents
    assert incident.kind == "UNAVAILABLE" and "'identity'" in incident.message and "BATON_PARTNERS" in incident.message


def test_a_partner_without_an_address_takes_the_way_that_is_drawn(shop: Shop) -> None:
    shop.deploy(Task({"partner": "identity"}, catches={"UNAVAILABLE": {"baton:status": "UNAVAILABLE"}}))
    shop.order()
    shop.work()
    assert shop.status() == "UNAVAILABLE"


def test_nothing_personal_is_kept_or_logged(shop: Shop, partner: Partner, logs: list[Any]) -> None:
    shop.deploy(Task(PATH | {"header.X-Buyer": "{{order.mobile}}"}, inputs={"name": "=order.buyer", "mobile": "=order.mobile"}))
    partner.plan = [(503, {})]
    shop.order()
    shop.work()
    assert partner.asked[0].body == {"name": "김하나", "mobile": "01000001234"}
    kept = repr([shop.rows(table) for table in (Job, Incident, History, ProcessInstance)]) + repr(logs)
    assert "김하나" not in kept and "01000001234" not in kept


def test_a_question_goes_into_the_address(shop: Shop, partner: Partner) -> None:
    inputs = {"q": '="책 & 펜"', "tags": '=["a","b"]', "none": "=null", "many": "=2"}
    shop.deploy(Task({"path": '/find/{{"a/b ?"}}', "method": "GET"}, inputs=inputs))
    shop.order()
    shop.work()
    (asked,) = partner.asked
    assert (asked.method, asked.raw) == ("GET", b"")
    assert asked.path == "/api/find/a%2Fb%20%3F?q=%EC%B1%85+%26+%ED%8E%9C&tags=a&tags=b&many=2"


@pytest.mark.parametrize("path", ['/payments/{{".."}}/refund', "/payments/{{null}}", "/payments/{{[1]}}"])
def test_a_value_that_would_lead_elsewhere_is_not_sent(shop: Shop, partner: Partner, path: str) -> None:
    shop.deploy(Task({"path": path}))
    shop.order()
    shop.work()
    assert not partner.asked and [incident.kind for incident in shop.incidents] == ["BAD_CALL"]


def test_a_webhook_is_signed_and_told_once_more_with_the_same_id(shop: Shop, partner: Partner) -> None:
    door = Address(url=partner.url, private=True, secret="of both")
    shop.baton.settings = shop.baton.settings.model_copy(update={"partners": {"payment": door}})
    shop.deploy(Task({"path": "/hooks", "event": "OrderPlaced"}, job_type="webhook"))
    partner.plan = [(500, {}), (204, b"")]
    number = shop.order().number
    shop.work()
    shop.later(seconds=10)
    first, second = partner.asked
    assert first.headers["Content-Type"] == "application/cloudevents+json"
    assert first.headers["Webhook-Signature"] == "sha256=" + hmac.new(b"of both", first.raw, hashlib.sha256).hexdigest()
    assert {name: first.body[name] for name in ("specversion", "type", "source", "subject", "data")} == {
        "specversion": "1.0",
        "type": "shop.OrderPlaced",
        "source": "baton/shop",
        "subject": number,
        "data": {"reference": number, "amount": 12000},
    }
    assert first.body["id"] == second.body["id"] and shop.status() == "PAID"


def test_what_a_call_cannot_send_is_refused_at_deployment(shop: Shop) -> None:
    wrong = {"path": "payments", "timeot": "PT3S", "timeout": "5", "partner": "Pay", "breaker": "x", "header.Host": "a", "header.X": "{{1+}}"}
    with pytest.raises(AppRefused) as refused:
        shop.deploy(Task(wrong, retries=0, catches={"DECLINED": {"baton:answer": "NOPE"}}))
    found = [finding for finding in refused.value.findings if finding.level == "error"]
    rules = sorted(finding.rule for finding in found)
    assert rules == ["bad-header"] * 5 + ["feel-syntax"] + ["unknown-error-code"] + ["unknown-header"] * 2
    assert all(finding.mend_ko and finding.mend_en for finding in found)
    with pytest.raises(AppRefused, match="baton:sync"):
        shop.deploy(Task(PATH, job_type="an.external.worker", sync=True))


def test_the_example_of_the_analysts_page_pays_and_says_busy(shop: Shop, partner: Partner) -> None:
    page = (ROOT / "docs/analyst/connectors.md").read_text()
    (example,) = re.findall(r"<!-- example: pay -->\n```xml\n(.*?)```", page, re.S)
    shop.deploy(Task(drawn=example, catches={"UNAVAILABLE": {"baton:answer": "BUSY", "baton:status": "UNAVAILABLE"}}))
    partner.plan = [(201, {"status": "APPROVED"}), (503, {})]
    assert shop.order().number and shop.status() == "PAID"
    assert shop.variables()["payment"] == {"status": "APPROVED"}
    with pytest.raises(Answered):
        shop.order()


def test_the_example_of_the_operators_page_is_a_setting(tmp_path: Path) -> None:
    (example,) = re.findall(r"<!-- example: partners -->\n```json\n(.*?)```", (ROOT / "docs/operator/partners.md").read_text(), re.S)
    kept = tmp_path / "partners.json"
    kept.write_text(example)
    for value in (example, f"@{kept}"):
        found = Settings.model_validate({"partners": value}).partners
        assert {name: (door.url, door.private) for name, door in found.items()} == {
            "payment": ("https://pay.example.com/api", False),
            "billing": ("https://billing.example.com", False),
            "crm": ("http://10.0.0.7:8080", True),
        }
        assert found["billing"].headers and "Bearer" not in repr(found)


@pytest.mark.parametrize(
    "value",
    [
        "nonsense",
        "[]",
        '{"Pay": "https://x"}',
        '{"pay": "ftp://x"}',
        '{"pay": {"url": "https://x", "typo": 1}}',
        '{"pay": "https://x?a"}',
        "@/no/file",
    ],
)
def test_a_wrong_setting_of_partners_says_what_it_is(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_PARTNERS", value)
    with pytest.raises(ConfigurationError, match="BATON_PARTNERS: .*it is JSON such as"):
        load()


def test_a_worker_that_dies_after_the_call_is_followed_by_one_that_calls_with_the_same_key(shop: Shop, partner: Partner) -> None:
    shop.deploy(Task(PATH))
    shop.order()
    job = shop.baton.do(jobs.claim)
    with shop.baton.read() as read:
        http.send(prepare(read, job).call)
    shop.work()
    assert shop.status() == "NEW" and len(partner.asked) == 1
    shop.later(seconds=31)
    assert shop.status() == "PAID" and len(partner.asked) == 2 and len(set(partner.keys)) == 1
    assert shop.baton.do(jobs.complete, job_id=job["id"], lease_token=job["lease_token"], variables={}) is False
