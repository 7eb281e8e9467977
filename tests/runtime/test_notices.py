"""The shop tells its keeper of a new order, on the pages of staff."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from engine import apps, worker
from engine.actors import Actor
from engine.runtime import notices as commands
from engine.runtime.baton import Baton
from engine.store import commit
from engine.store.tables import Incident, Job, Notice, Person
from engine.views import notices as pages
from tests.runtime import teahouse
from tests.runtime.teahouse import KANG, LEE

TEXTS = b"""
[new_order]
to       = "role:keeper"
channels = ["INAPP"]
ko = "{{sale.buyer}} \xeb\x8b\x98\xec\x9d\xb4 {{sale.qty}}\xea\xb0\x9c \xec\xa3\xbc\xeb\xac\xb8\xed\x96\x88\xec\x96\xb4\xec\x9a\x94."
en = "{{sale.buyer}} ordered {{sale.qty}}."

[to_one]
to       = '= who'
channels = ["INAPP"]
ko = "\xed\x95\xa0 \xec\x9d\xbc\xec\x9d\xb4 \xec\x9e\x88\xec\x96\xb4\xec\x9a\x94."
en = "There is work for you."
"""
FORM = b"""{"components": [
  {"type": "textfield", "id": "b", "key": "buyer"}, {"type": "textfield", "id": "q", "key": "qty"}]}"""
MORE = {"processes/teahouse/notifications.toml": TEXTS, "forms/teahouse/order.form": FORM}
TELL = teahouse.task("Tell", "notify", {"notification": "new_order"}, {})


@pytest.fixture
def baton(tmp_path: Path, database_url: str) -> Iterator[Baton]:
    with teahouse.world(tmp_path, database_url) as found:
        yield found


def shown(baton: Baton, who: Actor, lang: str = "ko") -> list[tuple[str, bool]]:
    with baton.read() as read:
        return [(line.text, line.new) for line in pages.latest(read, who, lang)]


def test_a_role_is_told_and_nobody_else(baton: Baton) -> None:
    teahouse.deploy(baton, TELL, form="order", more=MORE)
    number = teahouse.sell(baton, buyer="홍길동", qty="2").number
    worker.run_due(baton)
    assert shown(baton, KANG) == [("홍길동 님이 2개 주문했어요.", True)]
    assert shown(baton, KANG, "en") == [("홍길동 ordered 2.", True)]
    assert shown(baton, LEE) == []
    with baton.read() as read:
        row = read.one(select(Notice.text, Notice.link))
        assert row is not None and "홍길동" not in str(row.text)
        assert (row.link, pages.unread(read, KANG), pages.unread(read, LEE)) == (f"/cases/teahouse/{number}", 1, 0)
        assert read.all(select(Job.id)) == []


def test_what_was_read_is_not_new_and_what_comes_later_is(baton: Baton) -> None:
    teahouse.deploy(baton, TELL, form="order", more=MORE)
    teahouse.sell(baton, buyer="홍길동", qty="1")
    worker.run_due(baton)
    baton.do(commands.read_until, actor=KANG, until=baton.clock.now())
    baton.clock.advance(timedelta(minutes=1))  # type: ignore[attr-defined]
    teahouse.sell(baton, buyer="김하나", qty="1")
    worker.run_due(baton)
    assert [new for _, new in shown(baton, KANG)] == [True, False]
    with baton.read() as read:
        assert pages.unread(read, KANG) == 1
    baton.clock.advance(timedelta(days=31))  # type: ignore[attr-defined]
    worker.sweep(baton)
    assert shown(baton, KANG) == []


def test_one_person_is_told_by_login(baton: Baton) -> None:
    tell = teahouse.task("Tell", "notify", {"notification": "to_one"}, {"who": '="agent1"'})
    teahouse.deploy(baton, tell, more=MORE)
    teahouse.sell(baton)
    worker.run_due(baton)
    assert (shown(baton, LEE), shown(baton, KANG)) == ([("할 일이 있어요.", True)], [])


def test_nobody_to_tell_is_an_incident(baton: Baton) -> None:
    tell = teahouse.task("Tell", "notify", {"notification": "to_one"}, {"who": "=null"})
    teahouse.deploy(baton, tell, more=MORE)
    teahouse.sell(baton)
    worker.run_due(baton)
    with baton.read() as read:
        assert "names no role" in str(read.value(select(Incident.message)))


def test_an_erased_person_is_gone_from_notices(baton: Baton) -> None:
    teahouse.deploy(baton, TELL, form="order", more=MORE)
    teahouse.sell(baton, buyer="홍길동", qty="2")
    worker.run_due(baton)
    change = commit.Change()
    change.add(delete(Person))
    commit.run(baton.database, lambda: change)
    assert "홍길동" not in shown(baton, KANG)[0][0]


@pytest.mark.parametrize(("old", "new"), [(b'"role:keeper"', b'"role:boss"'), (b'["INAPP"]', b'["SMS"]'), (b'"role:keeper"', b'"keeper"')])
def test_lint_refuses_a_notice_that_would_reach_nobody(baton: Baton, old: bytes, new: bytes) -> None:
    with pytest.raises(apps.AppRefused):
        teahouse.deploy(baton, TELL, form="order", more=MORE | {"processes/teahouse/notifications.toml": TEXTS.replace(old, new, 1)})
