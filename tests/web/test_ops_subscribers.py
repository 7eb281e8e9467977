"""An app, and the broker, that stand still before an event: Choi sees before which one, and lets them try again or leave it out, with a reason."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from engine.runtime import subscribers
from engine.runtime.baton import Baton
from engine.store.tables import Audit, Incident
from tests.runtime import market
from tests.runtime.story import Story, open_world
from tests.web.staff import ANALYST, OPERATOR
from tests.web.world import Visitor, visitor, words
from web import create_app

PAGE = "/ops/incidents"


@pytest.fixture
def baton(tmp_path: Path) -> Iterator[Baton]:
    """A bakery that tells its orders, and a ledger that does not know cakes."""
    opened = open_world(tmp_path)
    story = Story(opened)
    market.deploy(story, "bakery", market.bakery())
    market.deploy(story, "ledger", market.ledger())
    opened.do(subscribers.lease, subscriber="broker")
    market.order(story, "CAKE")
    market.order(story, "WHITE", 1)
    story.work()
    yield opened
    opened.database.close()


@pytest.fixture
def app(baton: Baton) -> Flask:
    made = create_app(baton)
    made.testing = True
    return made


def signed_in(app: Flask, login: str = OPERATOR) -> Visitor:
    staff = visitor(app)
    staff.sign_in(login)
    return staff


def held(page: str) -> dict[str, str]:
    """What the form of the event holds."""
    found = {name: re.search(rf'name="{name}" value="([^"]*)"', page) for name in ("subscriber", "position")}
    return {name: match[1] for name, match in found.items() if match}


def incident(baton: Baton) -> str:
    """The one that is open."""
    with baton.read() as read:
        (row,) = read.all(select(Incident.id).where(Incident.resolved_at.is_(None)))
    return str(row.id)


def audited(baton: Baton, action: str) -> list[str]:
    with baton.read() as read:
        return [row.reason for row in read.all(select(Audit.reason).where(Audit.action == action))]


def test_choi_sees_before_which_event_an_app_stands_and_skips_it_with_a_reason(app: Flask, baton: Baton) -> None:
    choi = signed_in(app)
    page = choi.get(PAGE).text
    said = words(page)
    assert "앱이 다른 앱의 사건을 처리하지 못했어요" in said and "ledger · EVENT_FAILED" in said
    assert "앞에서 멈춘 이벤트 app:ledger · bakery.OrderReceived" in said and "1번 시도" in said
    address, sent = f"{PAGE}/{incident(baton)}/event_skip", held(page)
    refused = choi.post(address, sent | {"reason": " "}, page=PAGE)
    assert refused.status_code == 422 and "이유를 적어 주세요" in words(refused.text)
    assert choi.post(address, sent | {"reason": "손으로 적었어요"}, page=PAGE).status_code == 303
    assert "이벤트를 건너뛰었어요" in words(choi.get(PAGE).text)
    assert audited(baton, "event.skip") == ["손으로 적었어요"]
    Story(baton).work()
    assert market.total(Story(baton)) == (3_000, 1)
    late = choi.post(address, sent | {"reason": "한 번 더"}, page=PAGE)
    assert late.status_code == 409 and "이미 다음 이벤트로 나아갔어요" in words(choi.post(address, sent | {"reason": "또"}, page=PAGE).text)


def test_after_mending_choi_lets_it_try_again_at_once(app: Flask, baton: Baton) -> None:
    story, choi = Story(baton), signed_in(app)
    market.deploy(story, "ledger", market.mended())
    sent = held(choi.get(PAGE).text)
    assert choi.post(f"{PAGE}/{incident(baton)}/event_retry", sent | {"reason": "고쳤어요"}, page=PAGE).status_code == 303
    story.work()
    assert market.total(story) == (6_000, 2) and audited(baton, "event.retry") == ["고쳤어요"]


def test_the_broker_stands_still_too_and_is_told_in_english(app: Flask, baton: Baton) -> None:
    Story(baton).baton.do(subscribers.skip, subscriber="app:ledger", position=int(held(signed_in(app).get(PAGE).text)["position"]), **choi_does())
    turn = baton.do(subscribers.lease, subscriber="broker")
    baton.do(subscribers.hold, subscriber="broker", position=turn.position, error="events wait in their order until the broker is back")
    choi = signed_in(app)
    page = choi.get(f"{PAGE}?lang=en").text
    assert "Stands still before broker · bakery.OrderReceived" in words(page) and "events wait in their order" in words(page)
    sent = held(page)
    assert sent["subscriber"] == "broker"
    assert choi.post(f"{PAGE}/{incident(baton)}/event_retry", sent | {"reason": "It is back"}, page=PAGE).status_code == 303
    assert baton.do(subscribers.lease, subscriber="broker").position == turn.position


def choi_does() -> dict[str, object]:
    """Who, and why."""
    return {"actor": market.SYSTEM, "reason": "x"}


def test_those_who_only_look_are_shown_no_forms(app: Flask) -> None:
    page = signed_in(app, ANALYST).get(PAGE).text
    assert "bakery.OrderReceived" in page and "event_skip" not in page
