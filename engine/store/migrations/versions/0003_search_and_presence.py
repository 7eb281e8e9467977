"""Numbers of tasks are found by how they begin and end, and programs that take jobs are seen. Only additions."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None
OPEN = "state = 'open' and business_key is not null"


def upgrade() -> None:
    where: dict[str, Any] = {"sqlite_where": sa.text(OPEN), "postgresql_where": sa.text(OPEN)}
    op.create_index("ix_user_task_open_number", "user_task", ["business_key"], postgresql_ops={"business_key": "varchar_pattern_ops"}, **where)
    op.create_index("ix_user_task_open_number_end", "user_task", [sa.text("substr(business_key, length(business_key) - 3)")], **where)
    op.create_table(
        "presence",
        sa.Column("worker", sa.String(length=80), nullable=False),
        sa.Column("type", sa.String(length=160), nullable=False),
        sa.Column("threads", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("worker", "type", name=op.f("pk_presence")),
    )
