"""Who may see and do what with a task: the object check behind every page and command."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from babel.dates import format_datetime
from sqlalchemy import Row, select

from engine.actors import Actor
from engine.clock import KST
from engine.runtime.reader import Reader
from engine.runtime.waits import element_of
from engine.store.tables import UserTaskCandidate


def candidate_roles(read: Reader, task_id: str) -> list[str]:
    """The roles that share a task."""
    return [row.role for row in read.all(select(UserTaskCandidate.role).where(UserTaskCandidate.task_id == task_id))]


def is_lead(actor: Actor) -> bool:
    """Whether the actor may act for the team."""
    return actor.has("lead", "admin")


def may_see(read: Reader, task: Row[Any], actor: Actor) -> bool:
    """Assigned to them, finished by them, named as a candidate, shared by their role, or watched over by them."""
    if actor.kind == "system" or is_lead(actor) or actor.id in (task.assignee, task.done_by) or actor.id in task.users:
        return True
    return actor.has(*candidate_roles(read, task.id))


def may_hold(read: Reader, task: Row[Any], roles: Iterable[str]) -> bool:
    """Whether somebody with these roles may be given the task: a candidate's role, or the role of the lane that it stands in."""
    app = read.app(task.deployment_id)
    lane = element_of(app.model, task.process_id, task.element_id).lane
    return not {*candidate_roles(read, task.id), app.role_of_lane(lane)}.isdisjoint(roles)


def when(moment: datetime | None) -> dict[str, str]:
    """A moment in Korean time, in both languages, for sentences."""
    if moment is None:
        return {"ko": "", "en": ""}
    local = moment.astimezone(KST)
    return {"ko": format_datetime(local, "M월 d일 aaaa h:mm", locale="ko"), "en": format_datetime(local, "d MMM, h:mm a", locale="en")}
