"""A new secret: everything is readable with it and nothing with the old one; tracking links and searches go on."""

import stat
from typing import Any

import pytest
from sqlalchemy import select

from engine.errors import BatonError
from engine.runtime import rotation, user_tasks
from engine.store.tables import Person
from engine.vault import Vault, master_secret
from engine.views import cases, tracking
from tests.runtime.story import LEE, Story


def readable(story: Story, vault: Vault) -> list[Any]:
    """The persons that this secret opens."""
    with story.baton.read() as read:
        rows = read.all(select(Person.key, Person.data))
    found = []
    for row in rows:
        try:
            found.append(vault.read_person(row.key, row.data))
        except ValueError:
            continue
    return found


def test_everything_is_sealed_anew_and_links_stay(story: Story) -> None:
    started = story.apply(applicant_name="홍길동")
    task = story.task("UT_Receive", started.number)
    story.baton.do(user_tasks.save_draft, task_id=task, actor=LEE, values={"memo": "홍길동 님 전화"})
    file, old = story.baton.settings.data / "secret", story.baton.vault
    before = readable(story, old)
    rotation.rotate(story.baton, file)
    fresh = Vault(master_secret(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert readable(story, old) == []
    assert readable(story, fresh) == before != []
    assert fresh.session_key != old.session_key
    with story.baton.read() as read:
        assert user_tasks.draft(read, task, LEE)[0] == {"memo": "홍길동 님 전화"}
        assert tracking.by_token(read, started.token) is not None
        assert [row.number for row in cases.find(read, "홍길동", lang="ko").rows] == [started.number]
    story.complete("UT_Receive", started.number, LEE)
    rotation.rotate(story.baton, file)  # a second time
    assert readable(story, Vault(master_secret(file))) == before


@pytest.mark.parametrize("sealed", [False, True])
def test_one_that_was_interrupted_goes_on(story: Story, monkeypatch: pytest.MonkeyPatch, sealed: bool) -> None:
    story.apply()
    file = story.baton.settings.data / "secret"
    before = readable(story, story.baton.vault)

    def break_off(*_: Any, **__: Any) -> None:
        raise BatonError("the power is gone")

    with monkeypatch.context() as broken, pytest.raises(BatonError):
        broken.setattr(rotation.os, "replace", break_off) if sealed else broken.setattr(rotation, "reseal", break_off)
        rotation.rotate(story.baton, file)
    rotation.rotate(story.baton, file)
    assert readable(story, Vault(master_secret(file))) == before
    assert not file.with_name("secret.next").exists()
