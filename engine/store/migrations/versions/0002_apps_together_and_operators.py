"""What apps share, what operators switch, and what partners do. Only additions: the code before it runs on it."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "breaker",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("probe_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_breaker")),
    )
    op.create_table(
        "case_view",
        sa.Column("app", sa.String(length=80), nullable=False),
        sa.Column("collection", sa.String(length=80), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("status", sa.String(length=80), nullable=True),
        sa.Column("reached", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("app", "collection", "number", name=op.f("pk_case_view")),
    )
    op.create_table(
        "comment",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("task_id", sa.String(length=60), nullable=False),
        sa.Column("app", sa.String(length=80), nullable=False),
        sa.Column("business_key", sa.String(length=80), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.String(length=80), nullable=False),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_comment_app_business_key"), ["app", "business_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_comment_task_id_at"), ["task_id", "at"], unique=False)

    op.create_table(
        "document",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("app", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=180), nullable=True),
        sa.Column("person_id", sa.String(length=40), nullable=True),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("type", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_app_owner"), ["app", "owner"], unique=False)
        batch_op.create_index(batch_op.f("ix_document_person_id"), ["person_id"], unique=False)

    op.create_table(
        "duty",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_duty")),
    )
    op.create_table(
        "event",
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=60), nullable=False),
        sa.Column("app", sa.String(length=80), nullable=False),
        sa.Column("type", sa.String(length=180), nullable=False),
        sa.Column("business_key", sa.String(length=80), nullable=True),
        sa.Column("instance_id", sa.String(length=40), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_event")),
        sa.UniqueConstraint("id", name=op.f("uq_event_id")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_app_business_key"), ["app", "business_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_type_position"), ["type", "position"], unique=False)

    op.create_table(
        "start_subscription",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("app", sa.String(length=80), nullable=False),
        sa.Column("deployment_id", sa.String(length=40), nullable=False),
        sa.Column("process_id", sa.String(length=160), nullable=False),
        sa.Column("element_id", sa.String(length=160), nullable=False),
        sa.Column("name", sa.String(length=180), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_start_subscription")),
    )
    with op.batch_alter_table("start_subscription", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_start_subscription_app"), ["app"], unique=False)
        batch_op.create_index(batch_op.f("ix_start_subscription_name"), ["name"], unique=False)

    op.create_table(
        "subscriber_cursor",
        sa.Column("subscriber", sa.String(length=100), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("subscriber", name=op.f("pk_subscriber_cursor")),
    )
    op.create_table(
        "switch",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_switch")),
    )
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.add_column(sa.Column("app", sa.String(length=80), server_default="", nullable=False))
        batch_op.add_column(sa.Column("resolved_by", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("note", sa.String(), nullable=True))

    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.add_column(sa.Column("suspended", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("worker", sa.String(length=80), nullable=True))

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("instance_id", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("element_id", sa.String(length=160), nullable=True))
        batch_op.add_column(sa.Column("fleeting", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("user_task", schema=None) as batch_op:
        batch_op.add_column(sa.Column("done_request", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("done_body", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("done_answer", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("team", sa.String(length=80), nullable=True))
        batch_op.drop_index("ix_user_task_state_due")
        batch_op.drop_index("ix_user_task_state_assignee_due")
        batch_op.drop_index("ix_user_task_done_by_done_at")
    by_due: list[Any] = ["due", sa.text("priority DESC"), "created_at"]
    listed = "state = 'open'"
    partial: list[tuple[str, list[Any], str]] = [
        ("ix_user_task_open_by_due", [*by_due, "id"], listed),
        ("ix_user_task_mine_by_due", ["assignee", *by_due, "id"], f"{listed} and assignee is not null"),
        ("ix_user_task_open_by_age", ["created_at", "id"], listed),
        ("ix_user_task_team_by_due", ["team", *by_due, "id"], f"{listed} and team is not null"),
        ("ix_user_task_team_by_age", ["team", "created_at", "id"], f"{listed} and team is not null"),
        ("ix_user_task_done_by_done_at", ["done_by", "done_at"], "done_by is not null"),
    ]
    for name, columns, where in partial:
        op.create_index(name, "user_task", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))

    with op.batch_alter_table("user_task_candidate", schema=None) as batch_op:
        batch_op.add_column(sa.Column("open", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column("due", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("priority", sa.Integer(), server_default="50", nullable=False))
        batch_op.add_column(sa.Column("created_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_user_task_candidate_by_due", "user_task_candidate", ["role", "open", *by_due, "task_id"])
    op.create_index("ix_user_task_candidate_by_age", "user_task_candidate", ["role", "open", "created_at", "task_id"])
    theirs = "from user_task t where t.id = user_task_candidate.task_id"
    for column, value in (("due", "t.due"), ("priority", "t.priority"), ("created_at", "t.created_at"), ("open", "t.state = 'open'")):
        op.execute(f"update user_task_candidate set {column} = (select {value} {theirs}) where exists (select 1 {theirs})")
    candidates = "from user_task_candidate c where c.task_id = user_task.id"
    op.execute(f"update user_task set team = (select min(c.role) {candidates}) where (select count(*) {candidates}) = 1")

    with op.batch_alter_table("process_instance", schema=None) as batch_op:
        batch_op.add_column(sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("reservation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("amount", sa.Integer(), server_default="1", nullable=False))

    op.create_table(
        "notice",
        sa.Column("id", sa.String(length=60), nullable=False),
        sa.Column("app", sa.String(length=80), nullable=False),
        sa.Column("recipient", sa.String(length=100), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("link", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_recipient_at"), ["recipient", "at"], unique=False)

    op.create_table(
        "notice_seen",
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("login", name=op.f("pk_notice_seen")),
    )
