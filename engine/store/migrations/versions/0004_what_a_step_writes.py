"""A step writes less: three indexes go that nothing reads by or that another stands in for, and three tables stand in their own keys' order."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None
KEYED = ("idempotency", "person", "search_key")


def upgrade() -> None:
    op.drop_index("ix_history_app_business_key", "history")
    op.drop_index("ix_record_app_collection_updated_at", "record")
    op.drop_index("ix_user_task_app_business_key", "user_task")
    if op.get_bind().dialect.name == "sqlite":
        for name in KEYED:
            with op.batch_alter_table(name, recreate="always", table_kwargs={"sqlite_with_rowid": False}):
                pass
