"""What somebody sees whose submission of a task was not carried out: the same form with everything typed, or who was faster."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import make_response, render_template
from sqlalchemy import select
from werkzeug.wrappers import Response

from engine.errors import Gone, Invalid, NotFound, Refused, Text
from engine.store.tables import UserTask
from engine.views import worklist as pages
from web.current import baton
from web.errors import refused
from web.gateway import actor, wants_json
from web.texts import language, pick, t


def open_task(task_id: str, values: Mapping[str, Any] | None = None, refusal: Refused | None = None) -> pages.TaskPage:
    """The task as the one who asks sees it, with what was typed and what is wrong with it. Raises NotFound."""
    with baton().read() as read:
        return pages.task(read, task_id, actor(), lang=language(), values=values, errors=errors_of(refusal))


def said(key: str, task_id: str, **more: str) -> str:
    """The sentence about what was done to a task, with its name and number; for a command that has just been accepted."""
    with baton().read() as read:
        row = read.one(select(UserTask.name, UserTask.business_key).where(UserTask.id == task_id))
    return t(key, name=pick(row.name) if row else "", number=row.business_key or "" if row else "", **more)


def gone(task_id: str, typed: Mapping[str, Any], refusal: Gone, back: str) -> Response:
    """Who finished it and when, and what was typed, under its labels while the task can still be read."""
    if wants_json():
        return refused(refusal)
    try:
        page = open_task(task_id, typed)
    except NotFound:
        page = None
    pairs = labelled(page, typed)
    return make_response(render_template("tasks/gone.html", gone=refusal, page=page, typed=pairs, back=back), refusal.status)


def labelled(page: pages.TaskPage | None, typed: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was typed, each value under its field's label; the pressed button is left out."""
    labels, buttons = labels_of(page) if page else ({}, set())
    return [
        (labels.get(key, key), ", ".join(map(str, value)) if isinstance(value, list) else str(value))
        for key, value in typed.items()
        if value and key not in buttons
    ]


def labels_of(page: pages.TaskPage) -> tuple[dict[str, str], set[str]]:
    """The labels of the fields of a task's form, whose own view is empty once it is done; and the keys of its buttons."""
    with baton().read() as read:
        _, app = read.live(page.row.app)
    items = list(app.forms[page.form.id].walk()) if page.form.id in app.forms else []
    of_records = {name: pick(field.label) for record in app.records.values() for name, field in record.fields.items()}
    of_form = {item.key: pick({lang: label.text for lang, label in item.label.items()}) for item in items if item.label}
    return of_records | of_form, {item.key for item in items if item.outcome}


def errors_of(refusal: Refused | None) -> Mapping[str, Sequence[Text]] | None:
    """The messages of the fields, for showing the form again."""
    return refusal.errors if isinstance(refusal, Invalid) else None


def problem_of(refusal: Refused) -> Mapping[str, str] | None:
    """The words above the form; field errors have their own summary."""
    return None if isinstance(refusal, Invalid) else refusal.texts
