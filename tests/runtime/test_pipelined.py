"""PostgreSQL: the statements of a step go out together; whole or not at all, and a connection that is lost costs nobody anything."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from engine.errors import Busy
from engine.store import commit, migrate
from engine.store.commit import Change
from engine.store.constant import Constant
from engine.store.database import Database
from engine.store.pipelined import PipelinedLink
from engine.store.tables import Idempotency, Person
from tests import postgresql

KEYS = Constant(select(Idempotency.key).order_by(Idempotency.key))
PERSONS = Constant(select(Person.id, Person.key, Person.data, Person.created_at, Person.erased_at))
WAITS = "datname = current_database() and wait_event_type = 'Lock'"
NOON = datetime(2026, 12, 1, 3, tzinfo=UTC)


@pytest.fixture
def database(postgresql_server: str) -> Iterator[Database]:
    """An empty one on PostgreSQL."""
    with postgresql.fresh(postgresql_server) as url:
        found = Database(url)
        migrate.upgrade(found)
        yield found
        found.close()


def remembered(*keys: str) -> Change:
    """A change that keeps the answers to these requests."""
    change = Change()
    change.insert(Idempotency, [{"key": key, "body": "김고객", "answer": {"번호": [1, None, "1"]}, "created_at": NOON} for key in keys])
    return change


def standing(database: Database) -> list[str]:
    """The requests that are kept."""
    link = database.links.take()
    try:
        return [row.key for row in link.all(KEYS)]
    finally:
        database.links.give_back(link)


def hang_up(database: Database) -> None:
    """The server closes every connection but this one; they are closed when it answers."""
    others = "datname = current_database() and pid <> pg_backend_pid()"
    with database.engine.connect() as connection:
        connection.execute(text(f"select pg_terminate_backend(pid, 10000) from pg_stat_activity where {others}"))


def test_a_value_of_every_kind_comes_back_as_it_went(database: Database) -> None:
    change = Change()
    change.insert(Person, {"id": "P-1", "key": None, "data": b"\x00\xff'\\", "created_at": NOON, "erased_at": None})
    commit.run(database, lambda: change)
    link = database.links.take()
    assert [tuple(row) for row in link.all(PERSONS)] == [("P-1", None, b"\x00\xff'\\", NOON, None)]
    database.links.give_back(link)


def test_when_one_of_them_fails_none_stands_and_the_connection_goes_on(database: Database) -> None:
    with pytest.raises(IntegrityError), database.transaction() as link:
        link.write([*remembered("a").writes, *remembered("b", "b").writes])
    commit.run(database, lambda: remembered("c"))
    assert standing(database) == ["c"]


def test_a_connection_that_was_closed_meanwhile_is_replaced(database: Database) -> None:
    commit.run(database, lambda: remembered("a"))
    hang_up(database)
    assert standing(database) == ["a"]


def test_a_connection_that_is_lost_before_its_commit_writes_once_on_another(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    write, lost = PipelinedLink.write, []

    def write_late(link: PipelinedLink, steps: Sequence[Any]) -> None:
        if not lost:
            lost.append(link)
            hang_up(database)
        write(link, steps)

    commit.run(database, lambda: remembered("a"))
    monkeypatch.setattr(PipelinedLink, "write", write_late)
    commit.run(database, lambda: remembered("b"))
    assert lost and standing(database) == ["a", "b"]


def test_one_that_misses_its_row_undoes_all_of_its_change(database: Database) -> None:
    change = remembered("a")
    change.update(Idempotency, {"key": "of nobody"}, {"body": "이상담"})
    with pytest.raises(Busy):
        commit.run(database, lambda: change)
    assert standing(database) == []


def test_a_connection_that_is_lost_on_the_way_is_an_error_for_nobody_knows_whether_it_was_written(database: Database) -> None:
    commit.run(database, lambda: remembered("a"))
    tried = []

    def change() -> Change:
        tried.append("b")
        late = Change()
        late.update(Idempotency, {"key": "a"}, {"body": "이상담"})
        late.insert(Idempotency, remembered("b").writes[0].parameters)
        return late

    with database.write() as other, ThreadPoolExecutor(1) as threads:
        other.execute(text("select 1 from idempotency where key = 'a' for update"))
        waiting = threads.submit(commit.run, database, change)
        while not other.scalar(text(f"select count(pg_terminate_backend(pid)) from pg_stat_activity where {WAITS}")):
            time.sleep(0.01)
        with pytest.raises(OperationalError):
            waiting.result()
    assert tried == ["b"] and standing(database) == ["a"]
