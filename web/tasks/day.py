"""The technician's day: the week, the stops of a day by time, and one stop with its form."""

import re
import secrets
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from babel.dates import format_date
from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.clock import KST
from engine.errors import Refused
from engine.views import worklist as pages
from web.current import baton, same_query
from web.formats import locale, now
from web.gateway import STAFF, actor, allow
from web.tasks import answers
from web.tasks.blueprint import blueprint
from web.tasks.task import finish, save_draft
from web.texts import language

MOBILE = re.compile(r"(?<!\d)01[016789]-?\d{3,4}-?\d{4}(?!\d)")
WEEK = timedelta(days=7)


@blueprint.get("/day")
@allow(STAFF)
def day() -> str:
    """One day; without `?d=` today."""
    today = now().astimezone(KST).date()
    wanted = date_of(request.args.get("d")) or today
    with baton().read() as read:
        found = pages.day(read, actor(), wanted, lang=language())
    waiting = [row for row in found.rows if row.state == "open"]
    return render_template(
        "tasks/day.html",
        day=found,
        week=[(date, format_date(date, "EEE", locale=locale()), count) for date, count in found.week],
        today=today,
        planned=len(found.rows),
        current=waiting[0].id if waiting and wanted == today else None,
        next_day=next((date for date, count in found.week if count and date > wanted), None),
        before=wanted - WEEK,
        after=wanted + WEEK,
    )


def date_of(text: str | None) -> date | None:
    """An ISO date of the address, None if it is none."""
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None


@blueprint.get("/day/<task_id>")
@allow(STAFF)
def day_task(task_id: str) -> Response:
    """One stop."""
    return show(answers.open_task(task_id))


def show(page: pages.TaskPage, refusal: Refused | None = None, beside: Mapping[str, Any] | None = None) -> Response:
    """The page of a stop, after a refusal with its status and words. `beside`: what was typed into a form beside the stop's own."""
    problem = answers.problem_of(refusal) if refusal else None
    typed = {"page": page, "beside": beside or {}, "problem": problem, "key": secrets.token_urlsafe(16)}
    shown = render_template("tasks/day_task.html", phones=phones(page), **typed)
    return answers.respond(shown, refusal)


def phones(page: pages.TaskPage) -> list[str]:
    """Mobile numbers in what the form tells the technician, to be called with one tap."""
    told = [span.text for item in page.form.fields for block in item.blocks for line in block.lines for span in line]
    return list(dict.fromkeys(number.replace("-", "") for text in told for number in MOBILE.findall(text)))


@blueprint.post("/day/<task_id>/complete")
@allow(STAFF)
def day_complete(task_id: str) -> Response:
    """Finish a stop; the day, or the next thing to do at the same one."""
    return finish(task_id, lambda following: url_for("tasks.day_task", task_id=following) if following else url_for("tasks.day"), show)


@blueprint.post("/day/<task_id>/draft")
@allow(STAFF)
def day_draft(task_id: str) -> Response:
    """Keep what was typed."""
    return save_draft(task_id, url_for("tasks.day_task", task_id=task_id), show)


@blueprint.get("/day/<task_id>/<any(draft, complete):_>")
@allow(STAFF)
def day_again(task_id: str, _: str) -> Response:
    """The address of a refused change, opened again: the stop."""
    return redirect(same_query(url_for("tasks.day_task", task_id=task_id)), 303)
