"""Completes the rows that the first version wrote while the second one came up beside it: it knew nothing of the columns of revision 0002."""

from alembic import op

revision = "post_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    its_task = "from user_task t where t.id = user_task_candidate.task_id"
    behind = "user_task_candidate.created_at is null or user_task_candidate.open <> (t.state = 'open')"
    order = f"set (due, priority, created_at, open) = (select t.due, t.priority, t.created_at, t.state = 'open' {its_task})"
    op.execute(f"update user_task_candidate {order} where exists (select 1 {its_task} and ({behind}))")
    candidates = "from user_task_candidate c where c.task_id = user_task.id"
    op.execute(f"update user_task set team = (select min(c.role) {candidates}) where team is null and (select count(*) {candidates}) = 1")
    its_instance = "from process_instance i where i.id = incident.instance_id"
    op.execute(f"update incident set app = (select i.app {its_instance}) where app = '' and exists (select 1 {its_instance})")
