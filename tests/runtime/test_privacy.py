"""Personal data and secrets stand where they belong, and nowhere else."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from engine.runtime import record_changes, user_tasks
from engine.runtime.reader import Reader
from engine.runtime.records import Records
from engine.store.base import Base
from engine.store.commit import Change
from engine.store.tables import Draft, UserTask
from engine.views import cases
from tests.runtime.story import LEE, PARK, Story


def everything(story: Story) -> str:
    """All rows of all tables, as text."""
    with story.baton.read() as read:
        rows = [row for table in Base.metadata.sorted_tables for row in read.all(table.select())]
    return "\n".join(str(bytes(value) if isinstance(value, memoryview) else value) for row in rows for value in row)


def test_a_whole_case_leaves_no_personal_data_in_clear(story: Story) -> None:
    number = story.apply(applicant_name="홍비밀", mobile="01099998888", email="secret@example.com", detail_address="비밀동 101호").number
    story.to("UT_Install", number)
    cancellation = story.cancel(number, fee_agreed=True).number
    story.complete("UT_ReceiveCancel", str(cancellation), LEE)
    story.complete("UT_Install", number, PARK, customer_confirm_name="홍비밀")
    story.work()
    text = everything(story)
    for secret in ("홍비밀", "01099998888", "99998888", "secret@example.com", "세종대로", "비밀동"):
        assert secret not in text, secret


def test_the_tracking_token_is_kept_nowhere(story: Story) -> None:
    started = story.apply(key="once")
    assert started.token not in everything(story)
    assert story.apply(key="once") == started


def test_what_was_sent_cannot_be_guessed_from_what_is_kept(story: Story) -> None:
    task = story.task("UT_Receive", story.apply().number)
    body = {"decision": "ACCEPT"}
    story.baton.do(user_tasks.complete, task_id=task, actor=LEE, submission=body, key="once")
    assert hashlib.sha256(b'{"decision":"ACCEPT"}').hexdigest() not in everything(story)
    with story.baton.read() as read:
        done = read.one(select(UserTask.done_request, UserTask.done_body).where(UserTask.id == task))
    assert len(done.done_request) == len(done.done_body) == 64


def change(story: Story, app: str, edit: Callable[[Records], Any]) -> None:
    """Change records as a step does."""

    def command(read: Reader) -> Change:
        records = Records(read, read.live(app)[1])
        edit(records)
        done = Change()
        record_changes.write(records, done)
        return done

    story.baton.do(command)


def test_a_corrected_phone_is_found_and_the_old_one_is_not(story: Story) -> None:
    number = story.apply(mobile="01011112222").number
    stored = story.record("subscription", number)
    change(story, "iptv", lambda records: record_changes.update_fields(records, records.need("subscription", number), {"mobile": "01033334444"}))
    with story.baton.read() as read:
        assert [row.number for row in cases.find(read, "01033334444", lang="ko").rows] == [number]
        assert cases.find(read, "01011112222", lang="ko").rows == []
    assert story.record("subscription", number) == stored


def test_the_same_personal_text_again_changes_nothing(story: Story) -> None:
    number = story.apply(mobile="01011112222").number
    before = everything(story)
    change(story, "iptv", lambda records: record_changes.update_fields(records, records.need("subscription", number), {"mobile": "01011112222"}))
    assert everything(story) == before


def test_drafts_of_a_task_that_the_case_left_behind_go(story: Story) -> None:
    number = story.apply().number
    story.to("UT_Install", number)
    task = story.task("UT_Install", number)
    story.baton.do(user_tasks.save_draft, task_id=task, actor=PARK, values={"install_note": "반쯤"})
    cancellation = str(story.cancel(number, fee_agreed=True).number)
    story.complete("UT_ReceiveCancel", cancellation, LEE)
    story.complete("UT_TechReply", cancellation, PARK)
    story.work()
    assert story.open_tasks(number) == []
    with story.baton.read() as read:
        assert read.all(Draft.__table__.select()) == []


def test_errors_of_the_database_leave_the_parameters_out(story: Story) -> None:
    broken = Draft.__table__.insert()
    with pytest.raises(Exception) as error, story.baton.database.write() as connection:
        connection.execute(broken, {"task_id": "비밀동 101호", "login": None, "data": b"", "saved_at": story.baton.clock.now()})
    assert "비밀동" not in str(error.value).partition("[SQL")[2]
