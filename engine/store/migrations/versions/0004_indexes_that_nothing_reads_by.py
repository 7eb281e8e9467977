"""Two indexes go: one that nothing reads by, and one that another stands in for. Each cost every step a write."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_record_app_collection_updated_at", "record")
    op.drop_index("ix_user_task_app_business_key", "user_task")
