"""The schema goes forwards on both databases, with people's data in it, while old code runs, and under a lock."""

import ast
import shutil
import sqlite3
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Table, inspect, select, text

from engine.errors import ConfigurationError
from engine.settings import Settings
from engine.start import migrated, open_baton
from engine.store import migrate
from engine.store.base import Base
from engine.store.database import Database
from engine.store.tables import Incident, Job, Record, Reservation, UserTask, UserTaskCandidate

NOW = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
OLDEST = "0001"
PRE = '''"""A newer version adds a column."""
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", "{before}", None, None


def upgrade() -> None:
    with op.batch_alter_table("audit") as table:
        table.add_column(sa.Column("where", sa.String(), nullable=True))
'''
POST = '''"""A newer version takes a column away."""
from alembic import op

revision, down_revision, branch_labels, depends_on = "post_9999", "{before}", None, None


def upgrade() -> None:
    with op.batch_alter_table("audit") as table:
        table.drop_column("reason")
'''


@pytest.fixture
def database(empty_database_url: str, tmp_path: Path) -> Iterator[Database]:
    """An empty database."""
    opened = Database(empty_database_url or f"sqlite:///{tmp_path / 'baton.db'}")
    yield opened
    opened.close()


@pytest.fixture
def newer(database: Database, tmp_path: Path) -> Path:
    """The revisions of a newer version, with one that adds and one that takes away."""
    scripts = tmp_path / "newer"
    shutil.copytree(migrate.SCRIPTS, scripts)
    (scripts / "versions" / "9999_more.py").write_text(PRE.format(before=migrate.wanted(database)[0]))
    (scripts / "versions" / "post_9999_less.py").write_text(POST.format(before=migrate.wanted(database)[1]))
    return scripts


def columns(database: Database, table: str) -> set[str]:
    """The columns that a table really has."""
    return {column["name"] for column in inspect(database.engine).get_columns(table)}


def fill(database: Database) -> None:
    """A row in each table of the oldest schema, with something in every column."""
    with database.write() as connection:
        for name in inspect(connection).get_table_names():
            table = Base.metadata.tables.get(name)
            if table is not None:
                there = {column["name"] for column in inspect(connection).get_columns(name)}
                connection.execute(table.insert().values({column: _some(table, column) for column in there}))


def _some(table: Table, column: str) -> Any:
    samples = {str: column[:8], int: 1, bool: True, bytes: b"data", datetime: NOW, dict: {"a": 1}, list: [1]}
    kind = table.c[column].type
    return {"Moment": NOW, "JSON": {"a": 1}}.get(type(kind).__name__) or samples[kind.python_type]


def differences(database: Database) -> list[Any]:
    """What the schema has otherwise than the code; of an index in descending order, or of an expression, a database tells only that it is there."""
    names = "select name from sqlite_master where type = 'index'" if database.is_sqlite else "select indexname from pg_indexes"
    with database.read() as connection, warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*expression-based index")
        found = compare_metadata(MigrationContext.configure(connection), Base.metadata)
        there = set(connection.scalars(text(names)))
    known = {index.name for table in Base.metadata.tables.values() for index in table.indexes}
    missing = [one for one in found if not (one[0] in ("add_index", "remove_index") and one[1].name in known & there)]
    return missing + sorted(known - there)


def test_an_empty_database_gets_exactly_the_tables_of_the_code(database: Database) -> None:
    migrate.upgrade(database)
    assert differences(database) == []
    assert migrate.fits(database)


def test_a_database_of_the_first_version_keeps_its_rows(database: Database) -> None:
    command.upgrade(migrate.configuration(database), OLDEST)
    fill(database)
    assert not migrate.fits(database)
    migrate.upgrade(database)
    assert migrate.fits(database)
    assert differences(database) == []
    with database.read() as connection:
        assert connection.execute(select(Record.id, Record.data)).one() == ("id", {"a": 1})
        assert connection.execute(select(Job.id, Job.suspended)).one() == ("id", False)
        assert connection.execute(select(Incident.app, Incident.note)).one() == ("", None)
        assert connection.execute(select(Reservation.amount)).scalar_one() == 1


def test_the_version_before_writes_on_the_new_schema(database: Database) -> None:
    command.upgrade(migrate.configuration(database), OLDEST)
    old = {name: columns(database, name) for name in inspect(database.engine).get_table_names() if name in Base.metadata.tables}
    migrate.upgrade(database)
    with database.write() as connection:
        for name, known in old.items():  # the old code names only the columns that it knows
            table = Base.metadata.tables[name]
            bare = Table(name, type(Base.metadata)(), *(column._copy(server_default=None) for column in table.columns if column.name in known))
            connection.execute(bare.insert().values({column: _some(table, column) for column in known}))


OLD_TASK = """insert into user_task (id, instance_id, token, rev, state, app, deployment_id, process_id, element_id, name, subject, facts, users,
    priority, due, created_at) values (:id, 'i', 1, 1, 'open', 'lab', 'd', 'p', 'UT', '{}', '[]', '[]', '[]', 70, :due, :created)"""
OLD_CANDIDATE = "insert into user_task_candidate (task_id, role) values (:id, :role)"
OLD_DONE = "update user_task set rev = rev + 1, state = 'done', done_at = :now where id = :id and state = 'open'"
OLD_INSTANCE = """insert into process_instance (id, rev, state, app, deployment_id, process_id, snapshot, started_at, updated_at)
    values ('i', 1, 'running', 'lab', 'd', 'p', :snapshot, :now, :now)"""
OLD_INCIDENT = """insert into incident (id, instance_id, source, element_id, kind, message, created_at)
    values ('x', 'i', 'j', 'UT', 'JOB_FAILED', 'm', :now)"""


def old_task(connection: Any, id: str, *roles: str) -> None:
    """A task as the first version wrote it."""
    connection.execute(text(OLD_TASK), {"id": id, "due": NOW.replace(day=9), "created": NOW})
    for role in roles:
        connection.execute(text(OLD_CANDIDATE), {"id": id, "role": role})


def test_what_the_first_version_wrote_beside_the_second_one_is_completed_once_it_is_gone(database: Database) -> None:
    command.upgrade(migrate.configuration(database), OLDEST)
    with database.write() as connection:
        connection.execute(text(OLD_INSTANCE), {"snapshot": b"s", "now": NOW})
        old_task(connection, "before", "agent")
        old_task(connection, "finished", "agent", "lead")
    migrate.upgrade(database)
    with database.write() as connection:  # the first version goes on
        old_task(connection, "alone", "agent")
        old_task(connection, "shared", "agent", "lead")
        connection.execute(text(OLD_DONE), {"id": "finished", "now": NOW})
        connection.execute(text(OLD_INCIDENT), {"now": NOW})
    assert migrate.unfinished(database)
    migrate.upgrade(database, post=True)
    with database.read() as connection:
        teams = {row.id: row.team for row in connection.execute(select(UserTask.id, UserTask.team))}
        shown = [UserTaskCandidate.__table__.c[name] for name in ("open", "due", "priority", "created_at")]
        rows = {
            (row.task_id, row.role): tuple(row)[2:] for row in connection.execute(select(UserTaskCandidate.task_id, UserTaskCandidate.role, *shown))
        }
        assert connection.execute(select(Incident.app)).scalar_one() == "lab"
    assert teams == {"before": "agent", "alone": "agent", "shared": None, "finished": None}
    order = (NOW.replace(day=9), 70, NOW)
    assert rows == {
        ("before", "agent"): (True, *order),
        ("alone", "agent"): (True, *order),
        **{("shared", role): (True, *order) for role in ("agent", "lead")},
        **{("finished", role): (False, *order) for role in ("agent", "lead")},
    }
    assert migrate.fits(database) and not migrate.unfinished(database)


def test_revisions_that_run_first_take_nothing_away() -> None:
    for path in (migrate.SCRIPTS / "versions").glob("[0-9]*.py"):
        called = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
        taken = {name for name in called if name.startswith(("drop_", "rename_"))} - {"drop_index"}  # without an index old code is slower, not wrong
        assert not taken, path.name


def test_a_new_file_that_another_process_has_in_its_hands_is_waited_for(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "baton.db", isolation_level=None)
    other.execute("create table made (here)")
    other.execute("begin immediate")
    with ThreadPoolExecutor(1) as threads:
        opening = threads.submit(Database(f"sqlite:///{tmp_path / 'baton.db'}").engine.connect)
        time.sleep(0.3)
        other.execute("commit")
        opening.result().close()
    other.close()


def test_two_processes_migrate_one_database_at_once(database: Database, empty_database_url: str, tmp_path: Path) -> None:
    url = empty_database_url or f"sqlite:///{tmp_path / 'baton.db'}"
    code = "import sys; from engine.store import migrate; from engine.store.database import Database; d = Database(sys.argv[1]); migrate.upgrade(d)"
    started = [subprocess.Popen([sys.executable, "-c", code, url], stderr=subprocess.PIPE) for _ in range(2)]
    ended = [process.communicate(timeout=300)[1].decode() for process in started]
    assert [process.returncode for process in started] == [0, 0], ended
    assert migrate.fits(database)


def test_old_code_runs_on_newer_additions_and_new_code_not_on_the_old_schema(database: Database, newer: Path) -> None:
    migrate.upgrade(database)
    assert migrate.fits(database)
    assert migrate.problem(database, newer) == migrate.OLDER
    migrate.upgrade(database, scripts=newer)
    assert "where" in columns(database, "audit")
    assert "reason" in columns(database, "audit")
    assert migrate.fits(database)
    assert migrate.fits(database, newer)
    assert migrate.unfinished(database, newer)
    migrate.upgrade(database)  # the old version's own `baton migrate` does no harm


def test_what_is_taken_away_stops_old_code_only(database: Database, newer: Path) -> None:
    migrate.upgrade(database)
    migrate.upgrade(database, scripts=newer)
    migrate.upgrade(database, post=True, scripts=newer)
    assert "reason" not in columns(database, "audit")
    assert migrate.fits(database, newer)
    assert not migrate.unfinished(database, newer)
    assert migrate.problem(database) == migrate.TAKEN_AWAY


def test_a_start_on_an_old_schema_says_what_to_do(database: Database, empty_database_url: str, tmp_path: Path) -> None:
    command.upgrade(migrate.configuration(database), OLDEST)
    chosen = Settings(data=tmp_path, database_url=empty_database_url)
    with pytest.raises(ConfigurationError, match="run `baton migrate`"):
        open_baton(chosen)
    assert migrated(chosen) is True
    assert migrated(chosen, post=True) is False
    open_baton(chosen).database.close()


def test_a_migration_that_breaks_leaves_the_schema_as_it_was(database: Database, newer: Path) -> None:
    migrate.upgrade(database)
    broken = newer / "versions" / "9999_more.py"
    broken.write_text(broken.read_text() + '    op.execute("select * from nowhere")\n')
    with pytest.raises(Exception, match="nowhere"):
        migrate.upgrade(database, scripts=newer)
    assert "where" not in columns(database, "audit")
    with database.write() as connection:
        connection.execute(text("delete from audit"))
