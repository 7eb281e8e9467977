"""One task: read it, take it, put it back, hand it over, keep a draft, finish it. Every change is a command, then a redirect."""

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, jsonify, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from engine.errors import Answered, Gone, Refused
from engine.runtime import user_tasks
from engine.store.tables import Account
from engine.views import cases
from engine.views import worklist as pages
from web import formats, submissions
from web.current import baton, perform, same_query
from web.errors import refused
from web.gateway import STAFF, actor, allow, wants_json
from web.tasks import answers
from web.tasks.blueprint import blueprint
from web.tasks.filters import of_request
from web.tasks.worklist import app_titles, listed
from web.texts import language, t


@blueprint.get("/tasks/<task_id>")
@allow(STAFF)
def task(task_id: str) -> Response:
    """The task beside its list."""
    return show(answers.open_task(task_id))


def show(page: pages.TaskPage, refusal: Refused | None = None, beside: Mapping[str, Any] | None = None) -> Response:
    """The page of a task, after a refusal with its status and words. `beside`: what was typed into a form beside the task's own."""
    with baton().read() as read:
        (listing, filters), apps = listed(read, of_request()), app_titles(read)
    problem = answers.problem_of(refusal) if refusal else None
    typed = {"page": page, "beside": beside or {}, "problem": problem, "key": secrets.token_urlsafe(16)}
    shown = render_template("tasks/task.html", listing=listing, filters=filters, apps=apps, **typed)
    return answers.respond(shown, refusal)


@blueprint.get("/tasks/<task_id>/drawing")
@allow(STAFF)
def drawing(task_id: str) -> str:
    """The whole drawing with the token in it."""
    page = answers.open_task(task_id)
    with baton().read() as read:
        whole = cases.case(read, page.row.app, page.row.number, lang=language(), actor=actor()).drawing
    return render_template("tasks/drawing.html", page=page, drawing=whole or page.drawing)


@blueprint.get("/tasks/<task_id>/<any(claim, release, assign, draft, complete, comment, dates, delegate):_>")
@allow(STAFF)
def again(task_id: str, _: str) -> Response:
    """The address of a refused change, opened again: the task."""
    return redirect(same_query(url_for("tasks.task", task_id=task_id)), 303)


@blueprint.post("/tasks/<task_id>/claim")
@allow(STAFF)
def claim(task_id: str) -> Response:
    """Take it."""
    return change(task_id, user_tasks.claim, "tasks.did_claim")


@blueprint.post("/tasks/<task_id>/release")
@allow(STAFF)
def release(task_id: str) -> Response:
    """Put it back into the team's list."""
    return change(task_id, user_tasks.release, "tasks.did_release")


@blueprint.post("/tasks/<task_id>/assign")
@allow(STAFF)
def assign(task_id: str) -> Response:
    """Hand it to a colleague; whoever may not see it any longer goes back to the list."""
    filters, login = of_request(), request.form.get("to", "")
    try:
        baton().do(user_tasks.assign, task_id=task_id, actor=actor(), to=login)
    except Gone as refusal:
        return answers.gone(task_id, {}, refusal, filters.href())
    with baton().read() as read:
        name = read.value(select(Account.name).where(Account.login == login))
    flash(answers.said("tasks.did_assign", task_id, to=name))
    return redirect(filters.href(), 303)


def change(task_id: str, command: Callable[..., Any], said: str) -> Response:
    """Run a command without a form, say what happened, and show the task again."""
    filters = of_request()
    try:
        baton().do(command, task_id=task_id, actor=actor())
    except Gone as refusal:
        return answers.gone(task_id, {}, refusal, filters.href())
    flash(answers.said(said, task_id))
    return redirect(filters.task(task_id), 303)


@blueprint.post("/tasks/<task_id>/draft")
@allow(STAFF)
def draft(task_id: str) -> Response:
    """Keep what was typed, unchecked."""
    return save_draft(task_id, of_request().task(task_id), show)


def save_draft(task_id: str, back: str, form: Callable[[pages.TaskPage, Refused], Response]) -> Response:
    """Keep a draft. A script gets the time as words, a page the task again."""
    typed = submissions.read()
    try:
        baton().do(user_tasks.save_draft, task_id=task_id, actor=actor(), values=typed)
    except Gone as refusal:
        return answers.gone(task_id, typed, refusal, url_for("tasks.worklist"))
    except Refused as refusal:
        return form(answers.open_task(task_id, typed, refusal), refusal)
    if request.headers.get("X-Requested-With") == "draft":
        return make_response(t("tasks.draft_at", time=formats.clock(formats.now())))
    flash(answers.said("tasks.did_draft", task_id))
    return redirect(back, 303)


@blueprint.post("/tasks/<task_id>/complete")
@allow(STAFF)
def complete(task_id: str) -> Response:
    """Finish it; next comes the person's own next task of the case, else the list."""
    filters = of_request()
    return finish(task_id, lambda following: filters.task(following) if following else filters.href(), show)


def finish(task_id: str, onwards: Callable[[str | None], str], form: Callable[[pages.TaskPage, Refused], Response]) -> Response:
    """Complete a task with what was submitted: onwards when it was accepted, the same form again when not."""
    typed = submissions.read(files=True)
    try:
        done = perform(user_tasks.complete, task_id=task_id, actor=actor(), submission=typed, key=submissions.idempotency_key())
    except Gone as refusal:
        return answers.gone(task_id, typed, refusal, onwards(None))
    except Answered as refusal:
        return answers.answered(task_id, typed, refusal, onwards(None), form)
    except Refused as refusal:
        return refused(refusal) if wants_json() else form(answers.open_task(task_id, typed, refusal), refusal)
    if wants_json():
        return jsonify(app=done.app, number=done.number, next_task_id=done.next_task_id)
    flash(answers.said("tasks.did_complete", task_id))
    return redirect(onwards(done.next_task_id), 303)
