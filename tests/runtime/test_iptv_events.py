"""What internet and IPTV tells other apps at each milestone, and what its form offers of the visits."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.actors import CUSTOMER
from engine.views import catalogue
from tests.runtime.story import LEE, PARK, Story, open_world

NAMES = {
    "JoinOrdered": "subscription_no product_type internet_plan tv_plan contract_months region_code masked_address customer_id order_date",
    "JoinReceived": "subscription_no agent",
    "OrderAccepted": "subscription_no engineer_id engineer_name visit_date visit_slot",
    "InstallationAccepted": "subscription_no job_no engineer_id install_reservation_date",
    "VisitStarted": "subscription_no attempt eta",
    "InstallationCompleted": "subscription_no job_no install_complete_date modem_serial stb_serial",
    "JoinCompleted": "subscription_no activated_at contract_end monthly_fee",
    "CancelOrdered": "subscription_no cancel_no stage reason_code",
    "InstallCancelAnswered": "cancel_no answer reason",
    "OrderCancelAccepted": "cancel_no fee",
    "InstallationCanceled": "subscription_no cancel_no",
    "OrderCanceled": "subscription_no cancel_no",
}


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    baton = open_world(tmp_path)
    yield Story(baton)
    baton.database.close()


def told(story: Story, *numbers: str) -> dict[str, dict[str, Any]]:
    found = [event for number in numbers for event in story.events(number, "event")]
    return {event["name"].removeprefix("iptv."): event["payload"] for event in found}


def test_every_event_of_an_installation_says_what_others_need(story: Story) -> None:
    number = story.apply().number
    story.to("", number)
    story.work()
    said = told(story, number)
    for name in ("JoinOrdered", "JoinReceived", "OrderAccepted", "InstallationAccepted", "VisitStarted", "InstallationCompleted", "JoinCompleted"):
        assert set(said[name]) == set(NAMES[name].split()), name
    assert said["JoinOrdered"] | {"order_date": None} == {
        "subscription_no": number,
        "product_type": "BUNDLE",
        "internet_plan": "NET500",
        "tv_plan": "TVB",
        "contract_months": 36,
        "region_code": "SEL",
        "masked_address": "SEL 045**",
        "customer_id": f"K{number.removeprefix('S-')}",
        "order_date": None,
    }
    assert said["JoinReceived"]["agent"] == LEE.id
    assert said["OrderAccepted"]["engineer_name"] == "김기사"
    assert said["InstallationAccepted"]["install_reservation_date"] == "2026-12-03 AM1"
    assert said["InstallationCompleted"]["modem_serial"] == "MDM20260001" and said["InstallationCompleted"]["job_no"].startswith("J-")


def test_every_event_of_a_cancellation_says_what_others_need(story: Story) -> None:
    number = story.apply().number
    story.to("UT_Depart", number)
    cancel = str(story.cancel(number).number)
    story.work()
    story.complete("UT_ReceiveCancel", cancel, LEE)
    story.complete("UT_TechReply", cancel, PARK)
    story.work()
    said = told(story, number, cancel)
    for name in ("CancelOrdered", "InstallCancelAnswered", "OrderCancelAccepted", "InstallationCanceled", "OrderCanceled"):
        assert set(said[name]) == set(NAMES[name].split()), name
    assert said["OrderCanceled"] == said["InstallationCanceled"] == {"subscription_no": number, "cancel_no": cancel}
    assert said["CancelOrdered"]["stage"] == "INSTALL_ACCEPTED"


def test_why_it_is_not_cancelled_is_told_twice_in_the_old_order(story: Story) -> None:
    number = story.apply().number
    story.to("UT_Depart", number)
    cancel = str(story.cancel(number).number)
    story.work()
    story.complete("UT_ReceiveCancel", cancel, LEE)
    story.complete("UT_TechReply", cancel, PARK, answer="NOT_CANCELLABLE", answer_reason="LINE_OPENED")
    story.work()
    names = [event["name"] for event in story.events(cancel, "event")]
    assert names.index("iptv.OrderCancelNotAccepted") + 1 == names.index("iptv.OrderCancelRejected")
    said = told(story, cancel)
    assert said["OrderCancelNotAccepted"] == said["OrderCancelRejected"] == {"cancel_no": cancel, "reason": "LINE_OPENED"}


def test_each_end_without_an_installation_says_why(story: Story) -> None:
    nowhere = str(story.apply(postcode="00123", mobile="01011112222").number)
    declined = str(story.apply(mobile="01011113333").number)
    story.complete("UT_Receive", declined, LEE, decision="REJECT", reject_reason="DUPLICATE")
    asked = str(story.apply(mobile="01011114444").number)
    story.complete("UT_Receive", asked, LEE, decision="ASK_CUSTOMER", question_text="공동 현관이 있나요?")
    impossible = str(story.apply(mobile="01011115555").number)
    story.to("UT_Install", impossible)
    story.complete("UT_Install", impossible, PARK, result="CANNOT_INSTALL", fail_reason="NO_LINE")
    story.complete("UT_ReviewFailure", impossible, LEE, decision="CLOSE")
    story.work()
    story.pass_time(days=3, minutes=1)
    ends = {nowhere: ("JoinRejected", "NOT_SERVED"), declined: ("JoinRejected", "DUPLICATE"), asked: ("JoinExpired", "NO_ANSWER")}
    for number, (event, reason) in (ends | {impossible: ("InstallationImpossible", "NO_LINE")}).items():
        assert told(story, number)[event] == {"subscription_no": number, "reason": reason}


def test_a_visit_to_a_closed_door_is_told(story: Story) -> None:
    number = str(story.apply().number)
    story.to("UT_Arrive", number)
    story.complete("UT_Arrive", number, PARK, arrival_result="NOT_HOME", called_customer=True, wait_minutes=15)
    assert told(story, number)["CustomerNotHome"] == {"subscription_no": number, "attempt": 1, "eta": 30}


def test_only_free_times_can_be_chosen_and_one_that_filled_up_is_taken(story: Story) -> None:
    busan = {"postcode": "48058", "road_address": "부산 해운대구 센텀로 1", "visit_slot": "PM1"}
    story.apply(mobile="01022223333", **busan)
    with story.baton.read() as read:
        page = catalogue.door_form(read, "iptv", "apply", lang="ko", actor=CUSTOMER, values={"postcode": "48058", "visit_date": "2026-12-03"})
    slots = {option.value: (option.off, option.off_text) for item in page.form.fields if item.name == "visit_slot" for option in item.options}
    assert slots["PM1"] == (True, "예약이 찼어요") and slots["PM2"] == (False, "")
    late = story.apply(**busan).number
    assert story.record("subscription", late)["needs_slot"] is True
