"""What somebody sees whose submission of a task was not carried out: the same form with everything typed, or who was faster."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import make_response, render_template
from sqlalchemy import and_, select
from werkzeug.wrappers import Response

from engine.errors import Answered, Gone, Invalid, NotFound, Refused, Text
from engine.store.tables import UserTask
from engine.texts import Template
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


def answered(task_id: str, typed: Mapping[str, Any], refusal: Answered, back: str, form: Callable[[pages.TaskPage, Refused], Response]) -> Response:
    """What the drawing says to a submission that was carried out: at the same task again, if it leads back there, else beside what was typed."""
    if wants_json():
        return refused(refusal)
    following = same_again(task_id)
    if following:
        return form(open_task(following, typed, refusal), refusal)
    page = open_task(task_id, typed)
    shown = render_template("tasks/answered.html", refusal=refusal, page=page, typed=labelled(page, typed), back=back)
    return respond(shown, refusal)


def same_again(task_id: str) -> str | None:
    """The open task at the same place of the same case, to which the drawing led back."""
    done, other = UserTask.__table__.alias(), UserTask.__table__.c
    same = (other.instance_id == done.c.instance_id, other.element_id == done.c.element_id)
    with baton().read() as read:
        found: str | None = read.value(select(other.id).join(done, and_(*same)).where(done.c.id == task_id, other.state == "open").limit(1))
    return found


def labelled(page: pages.TaskPage | None, typed: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was typed, each value in words under its field's label; the pressed button is left out."""
    words = words_of(page) if page else {}
    shown = {key: value if isinstance(value, list) else [value] for key, value in typed.items() if value and words.get(key) != ""}
    return [(words.get(key, key), ", ".join(words.get(f"{key}={each}", str(each)) for each in values)) for key, values in shown.items()]


def words_of(page: pages.TaskPage) -> dict[str, str]:
    """The labels of a task's fields by key, "" for its buttons, and of their options by `key=value`: its own form is empty once it is done."""
    with baton().read() as read:
        _, app = read.live(page.row.app)
    words: dict[str, str] = {}
    for record in app.records.values():
        for name, field in record.fields.items():
            words |= {name: pick(field.label)} | {f"{name}={choice.id}": pick(choice.label) for choice in field.values}
    for item in app.forms[page.form.id].walk() if page.form.id in app.forms else ():
        words |= {f"{item.key}={option.value}": in_words(option.label) for option in item.options}
        words |= {item.key: ""} if item.outcome else {item.key: in_words(item.label)} if item.label else {}
    return words


def in_words(texts: Mapping[str, Template]) -> str:
    """An analyst's text as it was written."""
    return pick({lang: template.text for lang, template in texts.items()})


def respond(page: str, refusal: Refused | None) -> Response:
    """The page with the status of what was refused, and when to try again if it was only busy."""
    response = make_response(page, refusal.status if refusal else 200)
    if refusal and "retry_after" in refusal.details:
        response.headers["Retry-After"] = str(refusal.details["retry_after"])
    return response


def errors_of(refusal: Refused | None) -> Mapping[str, Sequence[Text]] | None:
    """The messages of the fields, for showing the form again."""
    return refusal.errors if isinstance(refusal, Invalid) else None


def problem_of(refusal: Refused) -> Mapping[str, str] | None:
    """The words above the form; field errors have their own summary."""
    return None if isinstance(refusal, Invalid) else refusal.texts
