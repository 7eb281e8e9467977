"""A member whose data was erased: the tracking page says so and shows nothing; the case, the task and the lists go on without, in both languages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from engine.runtime import demo, privacy
from engine.runtime.cases import CaseRef
from engine.views.tracking import ERASED_CASE
from tests.runtime import club
from tests.runtime.story import CHOI, Story, open_world
from tests.web.world import Visitor, visitor, words
from web import create_app

SECRETS = ("홍길동", "길동", "1234", "비밀로", "1990")
SAID = {"ko": "지워진 정보", "en": "erased data"}


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    """A club with a clerk who signs in."""
    baton = open_world(tmp_path)
    club.deploy(Story(baton))
    baton.do(demo.seed_account, entry={"login": "clerk1", "name": "이상담", "roles": ["clerk"]})
    yield Story(baton)
    baton.database.close()


@pytest.fixture
def app(story: Story) -> Flask:
    made = create_app(story.baton)
    made.testing = True
    return made


def seen(reader: Visitor, path: str) -> str:
    """The words of a page that is there."""
    answer = reader.get(path, follow_redirects=True)
    assert answer.status_code == 200, path
    return words(answer.text)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_page_of_an_erased_member_says_so_kindly_and_shows_nothing_of_them(story: Story, app: Flask, lang: str) -> None:
    started = club.join(story)
    hong, clerk = visitor(app, lang), visitor(app, lang)
    clerk.sign_in("clerk1")
    task = f"/tasks/{story.task('UT_Look', started.number)}"
    case, lists = f"/cases/club/{started.number}", ("/tasks?tab=team", f"/cases?q={started.number}")
    hong.unlock(started.token, "1234")
    assert "홍길동" in seen(hong, f"/t/{started.token}") or "홍*동" in seen(hong, f"/t/{started.token}")
    story.baton.do(privacy.erase, case=CaseRef("club", "member", started.number), actor=CHOI, reason="편지로 부탁했어요", running=True)
    for path in (task, case):
        said = seen(clerk, path)
        assert SAID[lang] in said, path
        assert not [secret for secret in SECRETS if secret in said.replace(started.number, "")], path
    for path in lists:
        said = seen(clerk, path)
        assert not [secret for secret in SECRETS[:2] if secret in said], path
    assert SAID[lang] in seen(clerk, lists[0])
    assert clerk.post(f"{task}/complete", {}, page=task).status_code == 303  # and the case goes on


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_gate_of_an_erased_case_opens_to_nothing_but_kind_words(story: Story, app: Flask, lang: str) -> None:
    """Whose case it was can be shown by nobody any more: neither any four digits, nor a browser that was let in before, sees or changes anything."""
    started = club.join(story)
    before, after, program = visitor(app, lang), visitor(app, lang), visitor(app, lang)
    before.unlock(started.token, "1234")
    story.baton.do(privacy.erase, case=CaseRef("club", "member", started.number), actor=CHOI, reason="편지로 부탁했어요", running=True)
    after.unlock(started.token, "0000")
    for reader in (before, after):
        for path in (f"/t/{started.token}", f"/t/{started.token}/leave"):
            answer = reader.get(path, follow_redirects=True)
            said = words(answer.text)
            assert answer.status_code == 410 and ERASED_CASE[lang] in said and "no-store" in answer.headers["Cache-Control"]
            assert started.number not in said and SAID[lang] not in said and "가입" not in said.replace(ERASED_CASE[lang], "")
    told = program.post_json(f"/t/{started.token}", {"digits": "0000"})
    assert told.status_code == 410 and "ERASED" in told.text and started.number not in told.text
    assert visitor(app, lang).get(f"/t/{started.token}").status_code == 200  # the gate looks like that of any case
