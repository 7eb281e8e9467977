"""The simulated partners over real HTTP: each keeps its word, once per key and once per reference, and misbehaves as it is told."""

import threading
from collections.abc import Iterator
from typing import Any

import httpx2 as httpx
import pytest

from engine.partners import http
from engine.partners.protocol import Answer
from engine.partners.simulation import NAMES, OFFICES, SWITCHES, Simulation, addresses
from engine.settings import Settings

KIM = {"name": "김고객", "mobile": "01000001234"}
ORDER = {"reference": "O-1", "amount": 9000}


class Office:
    """The partners, and somebody who calls them."""

    def __init__(self, base: str, simulation: Simulation) -> None:
        self.base = base
        self.simulation = simulation

    def __call__(self, call: str, key: str = "", **body: Any) -> tuple[int, Any]:
        method, path = call.split()
        headers = {"Idempotency-Key": key} if key else {}
        found = httpx.request(method, f"{self.base}{path}", json=body or None, headers=headers, trust_env=False)
        return found.status_code, found.json()


@pytest.fixture
def ask() -> Iterator[Office]:
    simulation = Simulation(patience=0)
    server = http.server(simulation, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Office(f"http://127.0.0.1:{server.server_port}", simulation)
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_reference_is_paid_once_whatever_the_key(ask):
    first = ask("POST /payment/payments", key="a", **ORDER)
    assert first == (201, {"payment_id": "PAY-0001", **ORDER, "status": "APPROVED"})
    assert ask("POST /payment/payments", key="a", **ORDER) == ask("POST /payment/payments", key="b", **ORDER) == first
    assert [call["attempt"] for call in ask.simulation.calls_as_json()["payment"]] == [1, 2, 1]


def test_a_refund_is_given_once_and_seen_when_looked_up(ask):
    ask("POST /payment/payments", **ORDER)
    assert (
        ask("POST /payment/payments/O-1/refund") == ask("POST /payment/payments/O-1/refund") == (200, {"refund_id": "REF-0001", "status": "REFUNDED"})
    )
    assert ask("GET /payment/payments/O-1")[1]["status"] == "REFUNDED"
    assert ask("GET /payment/payments/O-2") == ask("POST /payment/payments/O-2/refund") == (404, {"code": "UNKNOWN"})


def test_a_payment_that_was_declined_can_be_tried_again(ask):
    ask.simulation.switches["payment"] = "decline"
    assert ask("POST /payment/payments", key="a", **ORDER) == (402, {"code": "DECLINED"})
    ask.simulation.switches["payment"] = "ok"
    assert ask("POST /payment/payments", key="a", **ORDER)[0] == 201


@pytest.mark.parametrize("switch", ["lost", "slow"])
def test_a_lost_answer_leaves_the_work_done(ask, switch):
    ask.simulation.switches["payment"] = switch
    with pytest.raises(httpx.RemoteProtocolError):
        ask("POST /payment/payments", key="a", **ORDER)
    if switch == "slow":
        ask.simulation.switches["payment"] = "ok"
    assert ask("GET /payment/payments/O-1")[1]["status"] == "APPROVED"


def test_a_partner_that_is_down_does_nothing(ask):
    ask.simulation.switches["payment"] = "down"
    assert ask("POST /payment/payments", **ORDER) == (503, {"code": "DOWN"})
    ask.simulation.switches["payment"] = "ok"
    assert ask("GET /payment/payments/O-1")[0] == 404


@pytest.mark.parametrize(("switch", "result"), [("ok", "VERIFIED"), ("decline", "MISMATCH")])
def test_identity_is_verified_or_not(ask, switch, result):
    ask.simulation.switches["identity"] = switch
    assert ask("POST /identity/verifications", **KIM) == (200, {"result": result})


def test_billing_starts_charges_and_stops(ask):
    assert ask("POST /billing/checks", **KIM) == (200, {"result": "OK", "amount": 0})
    assert ask("POST /billing/starts", reference="S-1", start_date="2026-12-03", monthly_fee=35200) == (201, {"billing_id": "BILL-0001"})
    charge = ask("POST /billing/charges", key="c", reference="S-1", amount=20000)
    assert charge == ask("POST /billing/charges", key="c", reference="S-1", amount=20000) == (201, {"charge_id": "BILL-0001-1"})
    assert ask("POST /billing/stops", reference="S-1", date="2027-01-31") == (200, {"status": "STOPPED"})
    assert ask.simulation.state["billing"]["S-1"]["charges"] == [20000]
    ask.simulation.switches["billing"] = "decline"
    assert ask("POST /billing/checks", **KIM) == (200, {"result": "UNPAID", "amount": 35000})


def test_the_headquarters_keep_the_newest_totals_of_a_day(ask):
    day = {"cafe_id": "C1", "business_day": "2026-12-01", "sales_qty": 3, "order_count": 2}
    assert ask("POST /headquarters/totals", **day, sales_sum=9000, sequence=2) == (200, {"accepted": True})
    ask("POST /headquarters/totals", **day, sales_sum=4500, sequence=1)
    assert ask.simulation.state["headquarters"]["C1/2026-12-01"]["sales_sum"] == 9000
    ask.simulation.switches["headquarters"] = "decline"
    assert ask("POST /headquarters/totals", **day, sequence=3) == (200, {"accepted": False})


@pytest.mark.parametrize("office", ["registration", "exhibitions"])
def test_seats_are_given_out_until_there_are_none(ask, office):
    assert ask(f"PUT /{office}/items/X1", capacity=3) == (200, {"capacity": 3, "taken": 0, "free": 3, "open": True})
    first = ask(f"POST /{office}/items/X1/seats", reference="R-1", quantity=2)
    assert first == ask(f"POST /{office}/items/X1/seats", reference="R-1", quantity=2) == (201, {"seat_id": "X1-1", "free": 1})
    assert ask(f"POST /{office}/items/X1/seats", reference="R-2", quantity=2) == (409, {"code": "FULL"})
    assert ask(f"PUT /{office}/items/X1", capacity=1) == (409, {"code": "BELOW_TAKEN"})
    assert (
        ask(f"DELETE /{office}/items/X1/seats/R-1")
        == ask(f"DELETE /{office}/items/X1/seats/R-1")
        == (
            200,
            {"capacity": 3, "taken": 0, "free": 3, "open": True},
        )
    )
    assert ask(f"DELETE /{office}/items/X1")[1]["open"] is False
    assert ask(f"POST /{office}/items/X1/seats", reference="R-3") == (410, {"code": "CLOSED"})
    assert ask(f"GET /{office}/items/X2") == (404, {"code": "UNKNOWN"})


def test_an_event_that_comes_twice_is_kept_once(ask):
    for _ in range(2):
        assert ask("POST /crm/events", id="e-1", type="cafe.OrderReceived")[0] == 202
    assert list(ask.simulation.state["crm"]) == ["e-1"]


def test_what_nobody_understands_is_refused(ask):
    assert ask("POST /payment/payments", amount=1) == (400, {"code": "BAD_REQUEST", "missing": "reference"})
    assert ask("POST /payment/elsewhere", amount=1) == (404, {"code": "NO_SUCH_PATH"})
    assert ask("PUT /exhibitions/items/X1", capacity="many") == (400, {"code": "BAD_REQUEST"})
    assert httpx.post(f"{ask.base}/payment/payments", content=b"[", trust_env=False).status_code == 400
    assert httpx.get(f"{ask.base}/stranger/x", trust_env=False).status_code == 404


def test_declared_answers_stand_in_for_an_office(ask):
    ask.simulation.reset(
        answers={"payment": {"POST /payments": Answer(409, {"code": "LIMIT"})}, "weather": {"GET /today": Answer(200, {"sky": "RAIN"})}}
    )
    assert ask("POST /payment/payments", **ORDER) == (409, {"code": "LIMIT"})
    assert ask("GET /payment/payments/O-1")[0] == 404
    assert ask("GET /weather/today") == (200, {"sky": "RAIN"})


@pytest.mark.parametrize(("lang", "title", "lost"), [("ko", "모의 파트너", "답이 사라져요"), ("en", "Simulated partners", "its answer gets lost")])
def test_the_page_shows_calls_with_their_keys_and_switches_partners(ask, lang, title, lost):
    ask("POST /payment/payments", key="i1:7", **ORDER)
    ask("POST /payment/payments", key="i1:7", **ORDER)
    page = httpx.get(f"{ask.base}/?lang={lang}", trust_env=False).text
    assert title in page and lost in page
    assert page.count("i1:7") == 2 and "POST /payments" in page
    assert all(f'name="{name}"' in page for name in NAMES)
    assert httpx.post(f"{ask.base}/switch?lang={lang}", data={"billing": "down", "sms": "unheard-of"}, trust_env=False).status_code == 303
    assert (ask.simulation.switches["billing"], ask.simulation.switches["sms"]) == ("down", "ok")


def test_tests_read_calls_and_state_as_json(ask):
    ask("POST /payment/payments", key="k", **ORDER)
    calls = httpx.get(f"{ask.base}/calls.json", trust_env=False).json()
    assert set(calls) == set(OFFICES)
    (call,) = calls["payment"]
    assert (call["method"], call["path"], call["route"]) == ("POST", "/payments", "POST /payments")
    assert (call["key"], call["status"], call["attempt"]) == ("k", 201, 1)
    assert httpx.get(f"{ask.base}/state.json", trust_env=False).json()["payment"]["O-1"]["amount"] == 9000


def test_every_switch_has_words_in_both_languages():
    assert list(SWITCHES) == ["ok", "decline", "slow", "down", "lost"]
    assert all(ko and en for ko, en in SWITCHES.values())


def test_the_addresses_of_the_simulated_partners_are_a_setting_that_can_be_used():
    found = Settings(partners=addresses("http://127.0.0.1:8025")).partners
    assert set(found) == set(OFFICES)
    assert (found["payment"].url, found["payment"].private) == ("http://127.0.0.1:8025/payment", True)
