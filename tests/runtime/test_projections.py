"""Where cases stand, as a projection: kept by the relay, equal to what a rebuild makes of history, and never in the way of a page."""

import random
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from engine.errors import Refused
from engine.runtime.cases import CaseRef
from engine.runtime.reader import Reader
from engine.store.commit import Change
from engine.store.tables import CaseView, History
from engine.views import case_view, tracking
from tests.runtime import market
from tests.runtime.story import LEE, PARK, TUESDAY, Story

PATH = [
    ("UT_Receive", LEE),
    ("UT_Assign", LEE),
    ("UT_TechAccept", PARK),
    ("UT_Depart", PARK),
    ("UT_Arrive", PARK),
    ("UT_Install", PARK),
    ("UT_CompleteJoin", LEE),
]


def view(story: Story) -> dict[tuple[str, str, str], tuple[str | None, dict[str, str], datetime]]:
    """The whole table."""
    with story.baton.read() as read:
        rows = read.all(select(*CaseView.__table__.c))
    return {(row.app, row.collection, row.number): (row.status, row.reached, row.updated_at) for row in rows}


def spoil(story: Story) -> None:
    """Make one case wrong, drop one, and add one that never was."""

    def damage(read: Reader) -> Change:
        numbers = sorted({row.number for row in read.all(select(CaseView.number))})
        change = Change()
        change.add(update(CaseView).where(CaseView.number == numbers[0]).values(status="WRONG", reached={}))
        change.add(delete(CaseView).where(CaseView.number == numbers[1]))
        change.insert(CaseView, {"app": "x", "collection": "y", "number": "z", "status": None, "reached": {}, "updated_at": TUESDAY})
        return change

    story.baton.do(damage)


def live(story: Story, seed: int) -> None:
    """A random afternoon of both apps: people order, apply, cancel, finish tasks, and the worker looks now and then."""
    chance, orders, applications = random.Random(seed), [], []
    market.deploy(story, "bakery", market.bakery())
    for _ in range(60):
        what = chance.choice(["order", "bake", "hand", "apply", "step", "step", "cancel", "work", "wait"])
        try:
            if what == "order":
                orders.append(market.order(story))
            elif what in ("bake", "hand") and orders:
                market.finish(story, chance.choice(orders), "UT_Bake" if what == "bake" else "UT_Hand")
            elif what == "apply":
                applications.append(story.apply(visit_date=f"2026-12-{chance.randint(3, 14):02}").number)
            elif what == "step" and applications:
                element, actor = chance.choice(PATH)
                story.complete(element, chance.choice(applications), actor)
            elif what == "cancel" and applications:
                story.cancel(chance.choice(applications))
            elif what == "work":
                story.work()
            elif what == "wait":
                story.pass_time(minutes=chance.randint(1, 50))
        except (Refused, AssertionError):  # not possible now: so it is in life
            continue


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_rebuilt_view_equals_the_one_kept_live(story: Story, seed: int) -> None:
    live(story, seed)
    story.work()
    kept = view(story)
    assert len(kept) > 5
    assert case_view.rebuild(story.baton) == 0
    spoil(story)
    assert view(story) != kept
    assert case_view.rebuild(story.baton) == 3
    assert view(story) == kept


def test_a_rebuild_reads_history_in_pages(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    live(story, 4)
    story.work()
    kept = view(story)
    monkeypatch.setattr(case_view, "PAGE", 3)
    spoil(story)
    case_view.rebuild(story.baton)
    assert view(story) == kept


def test_a_rebuild_takes_in_what_is_relayed_meanwhile(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    market.deploy(story, "bakery", market.bakery())
    numbers = [market.order(story) for _ in range(3)]
    story.work()
    real, calls = case_view._stored, []

    def meanwhile(read: Reader, refs: object = None) -> object:
        if refs is None and not calls:
            calls.append(True)
            market.finish(story, numbers[0], "UT_Bake")
            story.work()
        return real(read, refs)

    spoil(story)
    monkeypatch.setattr(case_view, "_stored", meanwhile)
    case_view.rebuild(story.baton)
    assert [view(story)["bakery", "order", number][0] for number in numbers] == ["BAKED", "ORDERED", "ORDERED"]
    assert len(view(story)) == 3


def test_a_status_reached_again_keeps_its_first_moment(story: Story) -> None:
    market.deploy(story, "bakery", market.bakery())
    number = market.order(story)
    story.work()
    first = view(story)["bakery", "order", number][1]["ORDERED"]
    story.pass_time(minutes=5)
    market.finish(story, number, "UT_Bake")
    story.work()
    status, reached, updated_at = view(story)["bakery", "order", number]
    assert (status, reached["ORDERED"]) == ("BAKED", first)
    assert updated_at == TUESDAY + timedelta(minutes=5) == datetime.fromisoformat(reached["BAKED"])


def test_a_case_that_was_just_opened_has_its_page_before_any_worker_looked(story: Story) -> None:
    market.deploy(story, "bakery", market.bakery())
    number = market.order(story)
    assert view(story) == {}
    with story.baton.read() as read:
        page = tracking.page(read, CaseRef("bakery", "order", number), lang="ko")
    assert [(each.text, each.state) for each in page.milestones] == [("주문했어요", "now"), ("구웠어요", "todo"), ("받았어요", "todo")]
    assert not page.late


def test_a_page_that_may_lack_the_newest_says_so(story: Story) -> None:
    market.deploy(story, "bakery", market.bakery())
    number = market.order(story)
    story.baton.clock.advance(timedelta(seconds=3))  # type: ignore[attr-defined]
    with story.baton.read() as read:
        assert tracking.page(read, CaseRef("bakery", "order", number), lang="ko").late
    story.work()
    with story.baton.read() as read:
        assert not tracking.page(read, CaseRef("bakery", "order", number), lang="ko").late


def test_a_page_reads_the_view_and_not_the_history(story: Story) -> None:
    market.deploy(story, "bakery", market.bakery())
    number = market.order(story)
    story.work()

    def forget(read: Reader) -> Change:
        change = Change()
        change.add(delete(History))
        return change

    story.baton.do(forget)
    with story.baton.read() as read:
        page = tracking.page(read, CaseRef("bakery", "order", number), lang="en")
    assert page.milestones[0].at == TUESDAY
