"""How Alembic runs our revisions: one transaction, locked against a second migration."""

from alembic import context
from sqlalchemy import text

from engine.store.tables import Deployment

LOCK = 7_246_001
PATIENCE = 120_000  # milliseconds that a second migration of the same SQLite file waits


def run() -> None:
    """Apply the revisions on the engine that `engine.store.migrate` hands in."""
    with context.config.attributes["engine"].connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            connection.connection.driver_connection.execute(f"PRAGMA busy_timeout={PATIENCE}")
        with connection.begin():
            if not sqlite:
                connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": LOCK})
            context.configure(connection=connection, target_metadata=Deployment.metadata, render_as_batch=sqlite, transactional_ddl=True)
            with context.begin_transaction():
                context.run_migrations()


run()
