"""What pages read: little, the same on every database, and only what the reader may see."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from engine import apps
from engine.actors import CUSTOMER, Actor
from engine.errors import NotFound
from engine.runtime import definitions
from engine.runtime.cases import CaseRef
from engine.runtime.reader import Reader
from engine.store.tables import UserTask
from engine.views import cases, operations, tracking, worklist
from tests.runtime.counting import counted
from tests.runtime.story import CHOI, JUNG, LEE, PARK, ROOT, Story

TIMES = [("04524", "2026-12-03"), ("48058", "2026-12-03"), ("04524", "2026-12-04"), ("48058", "2026-12-04"), ("10200", "2026-12-05")]


def asked(story: Story, page: Callable[[Reader], Any]) -> int:
    """How many statements a page needs."""
    with counted(story.baton) as seen, story.baton.read() as read:
        page(read)
    return len(seen.statements)


def many(story: Story, times: int) -> list[str]:
    """Several applications of different people."""
    return [story.apply(postcode=postcode, visit_date=day, mobile=f"0101234000{n}").number for n, (postcode, day) in enumerate(TIMES[:times])]


def test_the_list_of_cases_costs_the_same_however_long_it_is(story: Story) -> None:
    first, second = many(story, 2)
    cancellation = story.cancel(first).number
    few = asked(story, lambda read: cases.find(read, "", lang="ko"))
    for postcode, day in TIMES[2:]:
        number = story.apply(postcode=postcode, visit_date=day, mobile="01099990000").number
        story.complete("UT_Receive", number, LEE)
        story.cancel(number)
    assert asked(story, lambda read: cases.find(read, "", lang="ko")) == few <= 12
    with story.baton.read() as read:
        rows = {row.number: row for row in cases.find(read, "", lang="ko").rows}
    assert rows[second].title == "김고객" and rows[second].status_id == "APPLIED"
    assert rows[second].progress[0] >= 1 and rows[second].waiting_for == "가입신청 접수"
    assert rows[str(cancellation)].title == "김고객" and rows[str(cancellation)].collection == "cancellation"
    assert all(row.app_title["ko"] for row in rows.values())


def test_a_case_is_found_by_number_name_and_phone_and_nothing_else_is_a_case(story: Story) -> None:
    number = story.apply(applicant_name="홍길동").number
    with story.baton.read() as read:
        for q in (number, number.lower(), "홍길동", "010-1234-5678"):
            assert [row.number for row in cases.find(read, q, lang="ko").rows] == [number]
        assert cases.find(read, "홍길", lang="ko").total == 0
        with pytest.raises(NotFound):
            cases.case(read, "iptv", "E101", lang="ko", actor=LEE)


def test_the_tracking_page_costs_little(story: Story) -> None:
    number = story.apply().number
    story.to("UT_Install", number)
    assert asked(story, lambda read: tracking.page(read, CaseRef("iptv", "subscription", number), lang="ko")) <= 6


def test_a_task_page_costs_the_same_however_many_colleagues_there_are(story: Story) -> None:
    number = story.apply().number
    task = story.task("UT_Receive", number)
    assert asked(story, lambda read: worklist.task(read, task, LEE, lang="ko")) <= 26


def test_the_worklist_looks_all_persons_up_at_once(story: Story) -> None:
    many(story, 2)
    few = asked(story, lambda read: worklist.page(read, LEE, tab="team", lang="ko"))
    for postcode, day in TIMES[2:]:
        story.apply(postcode=postcode, visit_date=day)
    assert asked(story, lambda read: worklist.page(read, LEE, tab="team", lang="ko")) == few <= 7


def test_part_of_a_number_is_found_in_any_case_of_letters(story: Story) -> None:
    number = story.apply().number
    with story.baton.read() as read:
        for q in (number, number.lower(), number[2:8]):
            assert [row.number for row in worklist.page(read, LEE, tab="team", q=q, lang="ko").rows] == [number]
        assert worklist.page(read, LEE, tab="team", q="%", lang="ko").rows == []


def test_pages_before_the_first_and_after_the_last_are_pages_too(story: Story) -> None:
    number = story.apply().number
    with story.baton.read() as read:
        for page in (-3, 0, 1):
            assert [row.number for row in worklist.page(read, LEE, tab="team", page=page, lang="ko").rows] == [number]
            assert [row.number for row in cases.find(read, "", page=page, lang="ko").rows] == [number]
            assert [row.number for row in operations.instances(read, page=page, lang="ko").rows] == [number]
        assert worklist.page(read, LEE, tab="team", page=10**30, lang="ko").rows == []


def test_a_task_without_a_day_stands_last_on_todays_page(story: Story) -> None:
    first, second = story.apply().number, story.apply(visit_slot="PM1").number
    for number in (first, second):
        story.to("UT_Install", number)
    with story.baton.database.write() as connection:
        connection.execute(update(UserTask).where(UserTask.business_key == first, UserTask.state == "open").values(due=None, follow_up=None))
        past = story.baton.clock.now()
        connection.execute(update(UserTask).where(UserTask.business_key == second, UserTask.state == "open").values(due=past, follow_up=None))
    story.baton.clock.advance(timedelta(days=1))  # type: ignore[attr-defined]
    with story.baton.read() as read:
        rows = [row for row in worklist.day(read, PARK, read.now.date(), lang="ko").rows if row.state == "open"]
    assert [row.number for row in rows] == [second, first]


def test_an_action_of_staff_shows_no_form_to_customers(story: Story) -> None:
    ref = CaseRef("iptv", "subscription", story.apply().number)
    with story.baton.read() as read:
        with pytest.raises(NotFound):
            tracking.action_form(read, ref, "cancel_by_agent", lang="ko", actor=CUSTOMER)
        assert tracking.action_form(read, ref, "cancel_by_agent", lang="ko", actor=LEE).form is not None
        assert tracking.action_form(read, ref, "cancel", lang="ko", actor=CUSTOMER).form is not None


def test_colleagues_who_may_do_the_task_are_offered(story: Story) -> None:
    task = story.task("UT_Receive", story.apply().number)
    with story.baton.read() as read:
        people = {login for login, _ in worklist.task(read, task, LEE, lang="ko").people}
        watcher = Actor("staff", "lead1", "팀장", frozenset({"lead"}))
        assert worklist.task(read, task, watcher, lang="ko").may_complete
    assert "agent2" in people and "agent1" not in people and "E101" not in people


def test_a_task_for_somebody_by_name_is_on_their_list_and_on_nobody_elses(story: Story) -> None:
    files = apps.read(ROOT, "iptv")
    drawing = files["processes/iptv/subscription.bpmn"].decode()
    named = re.sub(r'(id="UT_Receive"[\s\S]*?)candidateGroups="cs_agent"', r'\1candidateUsers="agent2"', drawing, count=1)
    assert named != drawing
    story.baton.do(definitions.deploy, key="iptv", files=files | {"processes/iptv/subscription.bpmn": named.encode()}, actor=CHOI)
    number = story.apply().number
    with story.baton.read() as read:
        assert [row.number for row in worklist.page(read, JUNG, tab="team", lang="ko").rows] == [number]
        assert worklist.page(read, LEE, tab="team", lang="ko").rows == []
    with pytest.raises(NotFound):
        story.complete("UT_Receive", number, LEE)
    story.complete("UT_Receive", number, JUNG)
    assert story.open_tasks(number) == ["UT_Assign"]
