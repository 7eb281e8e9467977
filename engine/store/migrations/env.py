"""How Alembic runs our revisions: one transaction, locked against a second migration."""

from alembic import context
from sqlalchemy import text

from engine.store.tables import Deployment

LOCK = 7_246_001


def run() -> None:
    """Apply the revisions on the engine that `engine.store.migrate` hands in."""
    with context.config.attributes["engine"].begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": LOCK})
        batch = connection.dialect.name == "sqlite"
        context.configure(connection=connection, target_metadata=Deployment.metadata, render_as_batch=batch, transactional_ddl=True)
        with context.begin_transaction():
            context.run_migrations()


run()
