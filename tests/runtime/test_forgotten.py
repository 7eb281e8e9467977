"""A database that nobody closes leaves nothing open, nor do the pages; and ids sort as they were made."""

import gc
from pathlib import Path

from sqlalchemy import text

from engine.ids import new_id
from engine.store.database import Database
from tests.runtime.story import open_world
from web import create_app
from web.extensions import db


def test_a_database_that_is_forgotten_closes_its_connections(database_url: str, tmp_path: Path) -> None:
    database = Database(database_url or f"sqlite:///{tmp_path / 'baton.db'}")
    with database.read() as connection:
        connection.execute(text("select 1"))
        kept = [connection.connection.driver_connection]
    with database.transaction() as link:
        kept.append(link._raw)
    del database, connection, link
    gc.collect()
    assert [is_closed(raw) for raw in kept] == [True, True]


def test_pages_that_are_forgotten_close_their_connections(database_url: str, tmp_path: Path) -> None:
    baton = open_world(tmp_path, database_url)
    app = create_app(baton)
    with app.app_context():
        raw = db.session.connection().connection.driver_connection
    del app
    gc.collect()
    assert is_closed(raw)
    baton.database.close()


def is_closed(raw: object) -> bool:
    """Whether the driver's connection takes no more statements."""
    try:
        raw.execute("select 1")  # type: ignore[attr-defined]
    except Exception as error:
        return "closed" in str(error)
    return False


def test_ids_sort_as_they_were_made_also_within_a_millisecond() -> None:
    made = [new_id() for _ in range(5000)]
    assert made == sorted(set(made)) and {len(one) for one in made} == {32}
