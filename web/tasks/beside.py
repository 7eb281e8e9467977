"""Beside the form of a task: words between colleagues, when it is due and to be looked at again, and who else may do it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from engine.clock import KST
from engine.errors import Gone, Refused
from engine.runtime import comments, task_plans
from web import submissions
from web.current import baton
from web.gateway import STAFF, actor, allow
from web.tasks import answers
from web.tasks import day as day_pages
from web.tasks import task as task_pages
from web.tasks.blueprint import blueprint
from web.tasks.filters import of_request

BAD_MOMENT = {"ko": "날짜와 시각을 다시 확인해 주세요.", "en": "Check the date and the time."}


@blueprint.post("/tasks/<task_id>/comment")
@allow(STAFF)
def comment(task_id: str) -> Response:
    """Write to colleagues."""
    return _change(task_id, comments.comment, "tasks.did_comment", lambda typed: {"text": str(typed.get("text", ""))}, back_to_task)


@blueprint.post("/tasks/<task_id>/dates")
@allow(STAFF)
def dates(task_id: str) -> Response:
    """When it is due, and when to look at it again; an empty field takes the date away."""
    names = ("due", "follow_up")
    return _change(task_id, task_plans.set_dates, "tasks.did_dates", lambda typed: {name: moment_of(typed.get(name)) for name in names}, back_to_task)


@blueprint.post("/tasks/<task_id>/delegate")
@allow(STAFF)
def delegate(task_id: str) -> Response:
    """Let any colleague do it; then it is no longer in one's own list."""
    return _change(task_id, task_plans.delegate, "tasks.did_delegate", lambda typed: {"to": str(typed.get("to", ""))}, back_to_list)


def _change(task_id: str, command: Callable[..., Any], said: str, words: Callable[[dict[str, Any]], dict[str, Any]], onwards: Any) -> Response:
    """Run a command with what was typed, say what happened and go on; a refusal shows the task again with everything typed."""
    typed = submissions.read()
    try:
        baton().do(command, task_id=task_id, actor=actor(), **words(typed))
    except Gone as refusal:
        return answers.gone(task_id, typed, refusal, back_to_list(task_id))
    except Refused as refusal:
        page = answers.open_task(task_id)
        return (day_pages.show if of_day() else task_pages.show)(page, refusal, typed)
    flash(answers.said(said, task_id))
    return redirect(onwards(task_id), 303)


def of_day() -> bool:
    """Whether the form stood on a page of the day."""
    return request.args.get("at") == "day"


def back_to_task(task_id: str) -> str:
    """The page that the form stood on."""
    return url_for("tasks.day_task", task_id=task_id) if of_day() else of_request().task(task_id)


def back_to_list(_: str) -> str:
    """The list that the task was opened from."""
    return url_for("tasks.day") if of_day() else of_request().href()


def moment_of(text: Any) -> datetime | None:
    """A moment of a `datetime-local` field, in Korean time; None for an empty one. Raises Refused."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        raise Refused("BAD_MOMENT", BAD_MOMENT, 422) from None
    if not 2000 <= found.year <= 2200:
        raise Refused("BAD_MOMENT", BAD_MOMENT, 422)
    return found if found.tzinfo else found.replace(tzinfo=KST)
