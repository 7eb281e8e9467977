"""Who may see and do what with a task: the object check behind every page and command."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from babel.dates import format_datetime
from sqlalchemy import Row

from engine.actors import Actor
from engine.clock import KST
from engine.runtime.reader import Reader
from engine.runtime.waits import BY_NAME, element_of


def is_lead(actor: Actor) -> bool:
    """Whether the actor may act for the team."""
    return actor.has("lead", "admin")


def shares(login: str, roles: Collection[str]) -> set[str]:
    """The candidates that somebody stands for: their roles, and themselves by name."""
    return {*roles, f"{BY_NAME}{login}"}


def may_see(task: Row[Any], candidates: Collection[str], actor: Actor) -> bool:
    """Assigned to them, finished by them, named as a candidate, shared by their role (all `candidates`), or watched over by them."""
    mine = actor.id in (task.assignee, task.done_by) or not shares(actor.id, actor.roles).isdisjoint(candidates)
    return mine or actor.kind == "system" or is_lead(actor)


def holders(read: Reader, task: Row[Any], candidates: Collection[str]) -> set[str]:
    """Whoever `shares` one of these may be given the task: the candidates, and the role of the lane that it stands in."""
    app = read.app(task.deployment_id)
    lane = app.role_of_lane(element_of(app.model, task.process_id, task.element_id).lane)
    return {*candidates, lane} if lane else set(candidates)


def when(moment: datetime | None) -> dict[str, str]:
    """A moment in Korean time, in both languages, for sentences."""
    if moment is None:
        return {"ko": "", "en": ""}
    local = moment.astimezone(KST)
    return {"ko": format_datetime(local, "M월 d일 aaaa h:mm", locale="ko"), "en": format_datetime(local, "d MMM, h:mm a", locale="en")}
