"""SQLite: changes that wait for the one write lock share a commit, each whole or not at all."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from engine.errors import NotSaved
from engine.store import commit, migrate
from engine.store.commit import Change, Stale
from engine.store.database import Database
from engine.store.tables import Correlation

Answers = list[Future[Change]]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty SQLite file."""
    found = Database(f"sqlite:///{tmp_path}/baton.db")
    migrate.upgrade(found)
    yield found
    found.close()


def keys(database: Database) -> set[str]:
    """What stands in the database."""
    with database.read() as connection:
        return set(connection.scalars(select(Correlation.key)))


def given(change: Change) -> Callable[[], Change]:
    """A command that comes to this change."""
    return lambda: change


def at_once(database: Database, changes: list[Change]) -> Answers:
    """Carry them out while all of them wait for the same moment, in their order."""
    with ThreadPoolExecutor(len(changes)) as threads, database.transaction():  # nobody else writes until all of them wait
        found = []
        for change in changes:
            found.append(threads.submit(commit.run, database, given(change)))
            until_waiting(database, len(found))
    return found


def until_waiting(database: Database, number: int) -> None:
    """So many wait for the one lock."""
    assert database._together
    while database._together._waiting < number:
        time.sleep(0.01)


def row(key: str) -> Change:
    """A change that writes one row."""
    change = Change(result=key)
    change.insert(Correlation, {"name": "story", "key": key})
    return change


def too_late(key: str) -> Change:
    """A change that writes one row, and then finds that somebody was faster."""
    change = row(key)
    change.update(Correlation, {"name": "nobody", "key": key}, {"name": "story"})
    return change


def test_those_who_wait_share_a_commit(database: Database) -> None:
    seen: list[str] = []
    database.links.watch = seen.append
    answers = at_once(database, [row(f"k{number}") for number in range(6)])
    assert [answer.result().result for answer in answers] == [f"k{number}" for number in range(6)]
    assert keys(database) == {f"k{number}" for number in range(6)}
    assert seen.count("COMMIT") == 1


def test_one_whose_guard_fails_is_undone_alone(database: Database) -> None:
    answers = at_once(database, [row("before"), too_late("late"), row("after")])
    assert [answer.exception() is None for answer in answers] == [True, False, True]
    assert keys(database) == {"before", "after"}


def test_the_first_whose_guard_fails_takes_nobody_with_it(database: Database) -> None:
    with pytest.raises(Stale), database.transaction():
        raise Stale()
    answers = at_once(database, [row("next")])
    assert answers[0].result().result == "next" and keys(database) == {"next"}


def test_nobody_is_told_of_success_when_the_commit_fails(database: Database) -> None:
    def fail(text: str) -> None:
        if text == "COMMIT":
            raise OperationalError(text, None, OSError("database or disk is full"))

    database.links.watch = fail
    with ThreadPoolExecutor(2) as threads:
        with pytest.raises(OperationalError), database.transaction():
            answers = [threads.submit(commit.run, database, given(row(key))) for key in ("one", "two")]
            until_waiting(database, 2)
        assert all(isinstance(answer.exception(), NotSaved) for answer in answers)
    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(Correlation)) == 0
