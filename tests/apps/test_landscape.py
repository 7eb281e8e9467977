"""The map of an app: who does what, which events come of it and who hears them, which partners are asked."""

from functools import cache
from pathlib import Path

from engine import apps
from engine.apps import ProcessApp
from engine.views import landscape

ROOT = Path(__file__).parents[2]


@cache
def live() -> dict[str, ProcessApp]:
    return {key: apps.load(key, apps.read(ROOT, key)) for key in apps.keys(ROOT)}


def test_who_does_what() -> None:
    found = landscape.of(live()["cafe"], live())
    said = {(who["en"], one.label["en"], one.element) for one in found.commands for who in one.who}
    assert {("Customer", "Order", ""), ("Customer", "Cancel the order", ""), ("Store staff", "Accept or reject", "UT_Decide")} <= said
    assert all(one.who for one in found.commands)


def test_an_event_says_what_it_stands_for_and_who_hears_it() -> None:
    told = next(one for one in landscape.of(live()["cafe"], live()).told if one.name == "cafe.OrderReceived")
    assert (told.element, told.record, told.status, told.heard_by) == (
        "Ms_Received",
        "order",
        "ORDER_RECEIVED",
        ("cafe_accounting: cafe_sales_accounting",),
    )


def test_an_event_that_no_live_app_tells_is_marked() -> None:
    accounting = live()["cafe_accounting"]
    assert all(one.known for one in landscape.of(accounting, live()).heard)
    assert not any(one.known for one in landscape.of(accounting, {"cafe_accounting": accounting}).heard)


def test_partners_that_a_person_waits_for_are_told_from_those_asked_later_and_have_a_fallback() -> None:
    asked = {one.element: one for one in landscape.of(live()["cafe"], live()).asked}
    assert asked["Svc_Pay"].waits and asked["Svc_Pay"].partner == "payment" and not asked["Svc_Refund"].waits
    assert set(asked["Svc_Pay"].fallbacks) == {"BAD_ANSWER", "DECLINED", "TIMEOUT", "UNAVAILABLE"}
