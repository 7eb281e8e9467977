"""An app that listens takes each event once and in order; what it cannot take it stands still before, and nobody else is held up."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from engine import apps, worker
from engine.errors import Refused
from engine.runtime import definitions, listeners, subscribers, switches
from tests.runtime import market
from tests.runtime.story import CHOI, Story


@pytest.fixture
def both(story: Story) -> Story:
    """The bakery, and the ledger that listens to it."""
    market.deploy(story, "bakery", market.bakery())
    market.deploy(story, "ledger", market.ledger())
    return story


def test_each_order_is_a_sale_and_a_message_finds_its_own(both: Story) -> None:
    first, second = market.order(both, "WHITE", 2), market.order(both, "BUN", 1)
    both.work()
    assert [(sale["order_no"], sale["amount"]) for sale in market.sales(both)] == [(first, 6000), (second, 3000)]
    assert market.total(both) == (9000, 2)
    market.finish(both, second, "UT_Bake")
    both.work()
    assert [(sale["order_no"], sale["baked"]) for sale in market.sales(both)] == [(first, False), (second, True)]
    assert market.incidents(both) == []


def test_an_app_hears_nothing_of_what_was_before_it_came(story: Story) -> None:
    market.deploy(story, "bakery", market.bakery())
    market.order(story)
    story.work()
    market.deploy(story, "ledger", market.ledger())
    number = market.order(story)
    story.work()
    assert [sale["order_no"] for sale in market.sales(story)] == [number]


def test_what_a_new_version_listens_to_begins_with_that_version(story: Story) -> None:
    market.deploy(story, "bakery", market.bakery())
    only_baked = market.LEDGER.replace('event = "bakery.OrderReceived"', 'event = "bakery.OrderBaked"')
    market.deploy(story, "ledger", market.ledger(only_baked))
    market.order(story)
    story.work()
    market.deploy(story, "ledger", market.ledger())
    number = market.order(story)
    story.work()
    assert [sale["order_no"] for sale in market.sales(story)] == [number]


def test_an_app_that_was_removed_leaves_the_other_alone(both: Story) -> None:
    market.order(both)
    both.work()
    both.baton.do(definitions.retire, key="ledger", actor=CHOI, reason="no longer kept")
    number = market.order(both)
    market.finish(both, number, "UT_Bake")
    both.work()
    assert len(market.sales(both)) == 1
    assert both.open_tasks(number) == ["UT_Hand"]
    assert market.incidents(both) == []
    assert market.cursor(both) is None


def test_many_workers_take_each_event_once(both: Story) -> None:
    for _ in range(25):
        market.order(both)

    def take(_: int) -> bool:
        return both.baton.do(listeners.take, app="ledger") is not None

    worker.run_due(both.baton, 1)
    with ThreadPoolExecutor(4) as together:
        while any(together.map(take, range(4))):
            pass
    both.work()
    assert market.total(both) == (75_000, 25)
    assert len(market.ledger_instances(both)) == 25


def test_a_paused_app_stands_still_and_catches_up(both: Story) -> None:
    both.baton.do(switches.pause, app="ledger", actor=CHOI, reason="closing the year")
    numbers = [market.order(both) for _ in range(3)]
    both.work()
    assert market.sales(both) == []
    both.baton.do(switches.unpause, app="ledger", actor=CHOI, reason="closed")
    both.work()
    assert [sale["order_no"] for sale in market.sales(both)] == numbers


def failing(story: Story) -> str:
    """An order of what the ledger does not know, and one behind it; the first one's number."""
    cake = market.order(story, "CAKE")
    market.order(story, "WHITE", 1)
    story.work()
    return cake


def test_an_event_that_cannot_be_taken_stops_its_app_with_an_incident_in_words(both: Story) -> None:
    cake = failing(both)
    assert market.sales(both) == []
    (incident,) = market.incidents(both)
    assert (incident.kind, incident.source, incident.app) == ("EVENT_FAILED", "app:ledger", "ledger")
    assert "bakery.OrderReceived" in incident.message and cake in incident.message and "기다려요" in incident.message
    assert market.cursor(both).error == incident.message
    assert both.open_tasks(cake) == ["UT_Bake"]


def test_it_is_tried_again_later_and_later(both: Story) -> None:
    failing(both)
    assert market.cursor(both).attempts == 1
    for attempts, wait in ((2, 1), (3, 10), (4, 60), (5, 300), (6, 300)):
        both.pass_time(seconds=wait - 0.5)
        assert market.cursor(both).attempts == attempts - 1
        both.pass_time(seconds=0.5)
        assert market.cursor(both).attempts == attempts
    assert len(market.incidents(both)) == 1


def test_an_operator_retries_after_mending(both: Story) -> None:
    failing(both)
    market.deploy(both, "ledger", market.mended())
    both.baton.do(subscribers.retry, subscriber="app:ledger", actor=CHOI, reason="cakes are known now")
    both.work()
    assert market.total(both) == (6_000, 2)
    assert market.incidents(both) == []
    with pytest.raises(Refused) as refused:
        both.baton.do(subscribers.retry, subscriber="app:ledger", actor=CHOI, reason="again")
    assert refused.value.code == "SUBSCRIBER_GOES_ON"


def test_an_operator_skips_an_event_with_a_reason(both: Story) -> None:
    failing(both)
    place = market.told_events(both)[0].position
    both.baton.do(subscribers.skip, subscriber="app:ledger", position=place, actor=CHOI, reason="booked by hand")
    both.work()
    assert market.total(both) == (3_000, 1)
    assert market.incidents(both) == []
    assert market.cursor(both).error is None


def test_other_apps_go_on_meanwhile(both: Story) -> None:
    files = {name.replace("ledger", "copy"): text for name, text in market.mended().items()}
    market.deploy(both, "copy", files)
    failing(both)
    assert market.total(both) == (0, 0)
    with both.baton.read() as read:
        assert listeners.next_event(read, "copy") is None


def test_what_fails_in_an_unexpected_way_is_an_incident_too(both: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(listeners, "_applied", broken)
    market.order(both)
    both.work()
    (incident,) = market.incidents(both)
    assert "unexpected ZeroDivisionError" in incident.message
    monkeypatch.undo()
    both.pass_time(seconds=1)
    assert market.total(both) == (3_000, 1)
    assert market.incidents(both) == []


def test_a_cursor_passes_over_what_does_not_concern_it(both: Story) -> None:
    other = market.ledger(market.LEDGER.replace("bakery.OrderReceived", "bakery.Other").replace("bakery.OrderBaked", "bakery.Other"))
    market.deploy(both, "ledger", other)
    for _ in range(listeners.STEP):
        market.order(both)
    both.work()
    assert market.cursor(both).position == listeners.STEP
    assert market.cursor(both).updated_at - both.baton.clock.now() < timedelta(seconds=1)


@pytest.mark.parametrize(
    ("listening", "rule"),
    [
        (market.LEDGER + '[[listen]]\nevent = "bakery.OrderReceived"\nstart = "ledger_sale"\n', "event-starts-twice"),
        (market.LEDGER.replace('"ledger_sale"', '"ledger_sail"'), "unknown-process"),
        (market.LEDGER.replace('"Baked"', '"Bakked"'), "unknown-message"),
    ],
)
def test_lint_refuses_a_listener_that_could_not_work(listening: str, rule: str) -> None:
    found = [finding.rule for finding in apps.lint("ledger", market.ledger(listening)) if finding.level == "error"]
    assert found == [rule]
