"""Erasing: a person's data goes from everywhere, also what was computed from it; history and figures stay, and pages say so."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from engine.errors import Refused
from engine.runtime import disclosure, privacy, record_changes, user_tasks
from engine.runtime.cases import CaseRef
from engine.store.tables import Audit, Job, Person, ProcessInstance, Record, RecordKey, SearchKey
from engine.views import cases, tracking, worklist
from tests import postgresql
from tests.runtime import club
from tests.runtime.story import CHOI, Story
from tests.runtime.test_privacy import change, everything

SECRETS = ("홍길동", "길동", "01000001234", "00001234", "비밀로", "1990-04-05", "04-05")


@pytest.fixture
def member(story: Story) -> CaseRef:
    """Hong has joined the club."""
    club.deploy(story)
    return CaseRef("club", "member", club.join(story).number)


def erase(story: Story, case: CaseRef, **options: Any) -> int:
    """The operator erases."""
    done: int = story.baton.do(privacy.erase, case=case, actor=CHOI, reason="requested by letter", **options)
    story.baton.database.checkpoint()
    return done


def dumped(story: Story) -> bytes:
    """What the database really keeps: the SQLite files, or a dump of PostgreSQL."""
    if story.baton.database.is_sqlite:
        file = Path(str(story.baton.database.url.database))
        return b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
    return postgresql.dump(story.baton.database.url.render_as_string(hide_password=False))


def test_texts_computed_from_personal_data_are_kept_sealed(story: Story, member: CaseRef) -> None:
    text = everything(story)
    for secret in SECRETS:
        assert secret not in text, secret
    assert story.record("member", member.number)["greeting"]["$pii"].split("/")[1].startswith("=")
    with story.baton.read() as read:
        payload = read.value(select(Job.payload).where(Job.element_id == "S_Send"))
        assert read.resolve(payload["inputs"]["text"]["$pii"]) == "To 홍길동"
        found = cases.case(read, "club", member.number, lang="ko", actor=club.CLERK)
    assert "안녕하세요 홍길동님 (01000001234)" in [value for _, value, _ in found.fields]


def test_everything_about_a_person_is_given_to_them(story: Story, member: CaseRef) -> None:
    task = story.task("UT_Look", member.number)
    story.baton.do(user_tasks.save_draft, task_id=task, actor=club.CLERK, values={"note": "전화 옴"})
    told = story.baton.do(disclosure.export, case=member, actor=CHOI, reason="asked")
    assert told["records"][0]["data"] == club.HONG | {
        "member_no": member.number,
        "greeting": "안녕하세요 홍길동님 (01000001234)",
        "status": "JOINED",
    }
    assert told["instances"][0]["variables"]["loud"] == "TO 서울 중구 비밀로 9"
    assert told["jobs"][0]["payload"]["inputs"] == {"text": "To 홍길동", "to": "01000001234"}
    assert told["tasks"][0]["subject"] == ["안녕하세요 홍길동님", " · ", "홍길동"]
    assert told["drafts"][0]["data"] == {"note": "전화 옴"}
    assert told["history"]


def test_after_erasing_no_file_holds_the_person_or_the_key(story: Story, member: CaseRef, logs: list[Any]) -> None:
    with story.baton.read() as read:
        (before,) = read.all(select(Person.key, Person.data).join(Record, Record.person_id == Person.id).where(Record.id == member.number))
    assert bytes(before.key) in dumped(story) or before.key.hex().encode() in dumped(story)
    club.look(story, member.number)
    with pytest.raises(Refused, match="STILL_RUNNING"):
        erase(story, member)
    assert erase(story, member, running=True) == 1
    kept = dumped(story)
    assert bytes(before.key) not in kept and before.key.hex().encode() not in kept
    assert bytes(before.data) not in kept and before.data.hex().encode() not in kept
    for secret in SECRETS:
        assert secret.encode() not in kept, secret
        assert secret not in str(logs), secret
    with story.baton.read() as read:
        assert read.value(select(Audit.reason).where(Audit.action == "privacy.erase")) == "requested by letter"
        assert read.all(select(SearchKey.field).where(SearchKey.field.in_(("member_name", "mobile")))) == []
        assert read.all(select(RecordKey)) == []
    assert story.events(member.number, "status")[-1]["status"] == "LEFT"
    assert club.join(story, mobile="01000001234", member_name="홍길동2").number != member.number  # the phone is free again


@pytest.mark.parametrize(("lang", "words"), [("ko", "지워진 정보"), ("en", "erased data")])
def test_pages_say_that_the_data_was_erased(story: Story, member: CaseRef, lang: str, words: str) -> None:
    erase(story, member, running=True)
    with story.baton.read() as read:
        page = tracking.page(read, member, lang=lang)
        found = cases.case(read, "club", member.number, lang=lang, actor=club.CLERK)
        assert words in page.headline
        assert [value for _, value in page.details] == [words, words]
        assert tracking.digits_ok(read, member, "0000")
        assert cases.find(read, "홍길동", lang=lang).rows == []
        assert cases.find(read, "010-0000-1234", lang=lang).rows == []
        assert [row.number for row in cases.find(read, member.number, lang=lang).rows] == [member.number]
        tasks = worklist.page(read, club.CLERK, lang=lang).rows if hasattr(worklist, "page") else []
    assert [value for label, value, _ in found.fields if label["en"] in ("Name", "Mobile", "Address", "Birthday", "Greeting")] == [words] * 5
    assert words in found.tasks[0].subject
    assert all(words in row.subject for row in tasks)


def test_a_case_goes_on_without_the_person(story: Story, member: CaseRef) -> None:
    erase(story, member, running=True)
    club.look(story, member.number)
    assert story.record("member", member.number)["status"] == "LEFT"
    assert erase(story, member, running=True) == 0


def test_retention_erases_what_ended_long_ago_and_nothing_else(story: Story, member: CaseRef) -> None:
    other = club.join(story, mobile="01000005678").number
    club.look(story, member.number)
    with story.baton.database.write() as connection:  # the card was delivered
        connection.execute(update(ProcessInstance).where(ProcessInstance.business_key == member.number).values(state="completed"))
    story.baton.clock.advance(timedelta(days=179))  # type: ignore[attr-defined]
    with story.baton.read() as read:
        assert privacy.due(read) == []
    story.baton.clock.advance(timedelta(days=2))  # type: ignore[attr-defined]
    with story.baton.read() as read:
        assert [(one.case, one.status) for one in privacy.due(read)] == [(member, "LEFT")]
    story.work()  # workers look once an hour
    with story.baton.read() as read:
        assert privacy.due(read) == []
        assert [ref.number for ref in privacy.find(read, "홍길동")] == [other]
        assert read.value(select(Audit.actor_id).where(Audit.action == "privacy.erase")) == "system"


def test_variables_of_an_ended_case_go_too(story: Story, member: CaseRef) -> None:
    club.look(story, member.number)
    with story.baton.database.write() as connection:
        connection.execute(update(ProcessInstance).where(ProcessInstance.business_key == member.number).values(state="completed"))
    erase(story, member)
    told = story.baton.do(disclosure.export, case=member, actor=CHOI, reason="asked")
    assert told["instances"][0]["variables"] == {}


def test_somebody_else_may_be_written_where_the_data_was_erased(story: Story, member: CaseRef) -> None:
    erase(story, member, running=True)
    change(story, "club", lambda records: record_changes.update_fields(records, records.need("member", member.number), {"member_name": "김하나"}))
    assert "김하나" not in everything(story)
    with story.baton.read() as read:
        assert read.resolve(story.record("member", member.number)["member_name"]["$pii"]) == "김하나"
