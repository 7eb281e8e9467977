"""A subscription and its cancellation through the commands, and what stands in the rows afterwards."""

import pytest

from engine.errors import Gone, Invalid, NotFound, Refused
from engine.runtime import user_tasks
from engine.store.base import Base
from tests.runtime.story import CHOI, JUNG, LEE, OTHER_TECHNICIAN, PARK, Story

ORDER = ["APPLIED", "RECEIVED", "ASSIGNED", "INSTALL_REQUESTED", "INSTALL_ACCEPTED", "EN_ROUTE", "ON_SITE", "INSTALLED", "ACTIVE"]


def test_a_subscription_reaches_its_end_through_every_status(story: Story) -> None:
    number = story.apply().number
    story.to("", number)
    statuses = [event["status"] for event in story.events(number, "status") if event["record"] == "subscription"]
    assert statuses == ORDER
    assert story.record("subscription", number)["install_outcome"] == "INSTALLED"
    assert story.open_tasks(number) == []


def test_personal_data_stands_in_no_row_but_the_encrypted_one(story: Story) -> None:
    number = story.apply(applicant_name="홍비밀", mobile="01099998888").number
    story.to("UT_Install", number)
    secrets = ("홍비밀", "01099998888", "세종대로")
    with story.baton.read() as read:
        for table in Base.metadata.sorted_tables:
            for row in read.all(table.select()):
                text = " ".join(str(bytes(value) if isinstance(value, memoryview) else value) for value in row)
                assert not any(secret in text for secret in secrets), f"{table.name} holds personal data in clear"


def test_the_same_request_twice_makes_one_case(story: Story) -> None:
    first, second = story.apply(key="k-1"), story.apply(key="k-1")
    assert first == second
    with pytest.raises(Refused) as refused:
        story.apply(key="k-1", applicant_name="다른 사람")
    assert refused.value.code == "IDEMPOTENCY_MISMATCH"


def test_a_task_that_another_finished_says_who_and_when(story: Story) -> None:
    number = story.apply().number
    story.complete("UT_Receive", number, LEE)
    with pytest.raises(Gone) as gone:
        story.complete("UT_Receive", number, JUNG)
    assert gone.value.by == "이상담"
    assert gone.value.at == story.baton.clock.now()
    assert "이상담" in gone.value.texts["ko"] and "12월 1일 오전 10:00" in gone.value.texts["ko"]


def test_a_claimed_task_is_its_holders_until_released(story: Story) -> None:
    number = story.apply().number
    task = story.task("UT_Receive", number)
    story.baton.do(user_tasks.claim, task_id=task, actor=LEE)
    with pytest.raises(Refused) as refused:
        story.complete("UT_Receive", number, JUNG)
    assert refused.value.code == "TASK_TAKEN"
    story.baton.do(user_tasks.release, task_id=task, actor=LEE)
    story.complete("UT_Receive", number, JUNG)


def test_a_task_is_handed_to_a_colleague_who_may_do_it(story: Story) -> None:
    number = story.apply().number
    task = story.task("UT_Receive", number)
    with pytest.raises(Refused):
        story.baton.do(user_tasks.assign, task_id=task, actor=LEE, to="E101")
    story.baton.do(user_tasks.assign, task_id=task, actor=LEE, to="agent2")
    with pytest.raises(Refused):
        story.complete("UT_Receive", number, LEE)
    story.complete("UT_Receive", number, JUNG)


def test_technicians_see_only_what_is_assigned_to_them(story: Story) -> None:
    number = story.apply().number
    story.to("UT_TechAccept", number)
    for stranger in (OTHER_TECHNICIAN, CHOI):
        with pytest.raises(NotFound):
            story.complete("UT_TechAccept", number, stranger)
    story.complete("UT_TechAccept", number, PARK)


def test_wrong_fields_come_back_by_name_and_nothing_is_written(story: Story) -> None:
    wrong = {"postcode": "1234", "mobile": "12", "visit_date": "2026-12-01", "terms_agreed": False, "applicant_name": "가" * 51}
    for field, value in wrong.items():
        with pytest.raises(Invalid) as invalid:
            story.apply(**{field: value})
        assert set(invalid.value.errors) == {field}
        assert all(text["ko"] and text["en"] for text in invalid.value.errors[field])
    assert story.apply().number.endswith("-0001")


def test_a_sunday_visit_is_refused(story: Story) -> None:
    with pytest.raises(Invalid) as invalid:
        story.apply(visit_date="2026-12-06")
    assert set(invalid.value.errors) == {"visit_date"}


def test_an_unknown_postcode_is_not_served(story: Story) -> None:
    number = story.apply(postcode="00123").number
    record = story.record("subscription", number)
    assert (record["status"], record["reject_reason"]) == ("REJECTED", "NOT_SERVED")


def test_a_full_visit_time_is_found_together_with_the_customer(story: Story) -> None:
    kept = [story.record("subscription", story.apply().number) for _ in range(3)]
    assert [(record["visit_slot"], record["needs_slot"]) for record in kept] == [("AM1", False), ("AM1", False), (None, True)]


def test_text_is_kept_as_typed(story: Story) -> None:
    number = story.apply(applicant_name="<script>alert(1)</script>").number
    reference = story.record("subscription", number)["applicant_name"]["$pii"]
    with story.baton.read() as read:
        assert read.resolve(reference) == "<script>alert(1)</script>"


def test_a_draft_is_kept_for_its_writer_alone_and_ends_with_the_task(story: Story) -> None:
    number = story.apply().number
    task = story.task("UT_Receive", number)
    story.baton.do(user_tasks.save_draft, task_id=task, actor=LEE, values={"reject_text": "반쯤 적은 글"})
    with story.baton.read() as read:
        assert user_tasks.draft(read, task, LEE)[0] == {"reject_text": "반쯤 적은 글"}
        assert user_tasks.draft(read, task, JUNG)[0] == {}
    story.complete("UT_Receive", number, LEE)
    with story.baton.read() as read:
        assert user_tasks.draft(read, task, LEE)[0] == {}
