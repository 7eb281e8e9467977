"""Lists made from records: menus, exhibitions, technicians, totals. Staff read, filter and sort them, and change rows where the app lets them."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import Refused
from engine.runtime import record_lists as commands
from engine.views import record_lists as pages
from web import submissions
from web.current import baton
from web.errors import refused
from web.gateway import STAFF, actor, allow, wants_json
from web.tasks.answers import errors_of, problem_of, respond
from web.texts import language, t

blueprint = Blueprint("lists", __name__)


@blueprint.get("/lists")
@allow(STAFF)
def index() -> str:
    """The lists that the one who asks may open."""
    with baton().read() as read:
        found = pages.lists(read, actor())
    return render_template("lists/index.html", found=found)


@blueprint.get("/lists/<app>/<name>")
@allow(STAFF)
def page(app: str, name: str) -> str:
    """The rows; filter, order and place stand in the address."""
    asked = {key.removeprefix("f."): value.strip()[:80] for key, value in request.args.items() if key.startswith("f.")}
    sort, after = request.args.get("sort", "")[:80], request.args.get("after", "")[:500]
    with baton().read() as read:
        found = pages.page(read, app, name, actor(), lang=language(), sort=sort, after=after, asked=asked)
    return render_template("lists/list.html", page=found, narrowed=any(asked.values()), further=bool(after))


@blueprint.get("/lists/<app>/<name>/new")
@allow(STAFF)
def new(app: str, name: str) -> Response:
    """The form of a new row."""
    return row_page(app, name, "")


@blueprint.post("/lists/<app>/<name>/new")
@allow(STAFF)
def add(app: str, name: str) -> Response:
    """Make a row."""
    return save(app, name, "")


@blueprint.get("/lists/<app>/<name>/row/<path:id>")
@allow(STAFF)
def row(app: str, name: str, id: str) -> Response:
    """The form of one row."""
    return row_page(app, name, id)


@blueprint.post("/lists/<app>/<name>/row/<path:id>")
@allow(STAFF)
def change(app: str, name: str, id: str) -> Response:
    """Change a row."""
    return save(app, name, id)


def save(app: str, name: str, id: str) -> Response:
    """Carry out what the form asks for, and go back to the list; a refusal shows the form again with everything typed."""
    typed, seen = submissions.read(), submissions.control("rev")
    wanted = id or str(typed.pop("id", ""))
    if not wants_json():
        typed = whole(app, name, typed)
    rev = int(seen) if seen.isdecimal() else None
    try:
        saved = baton().do(commands.save, app=app, name=name, actor=actor(), fields=typed, id=wanted, rev=rev, new=not id)
    except Refused as refusal:
        return refused(refusal) if wants_json() else row_page(app, name, id, {**typed, "id": wanted}, refusal)
    said = "lists.did_add" if saved.created else "lists.did_save" if saved.changed else "lists.did_nothing"
    flash(t(said, id=saved.id))
    return redirect(url_for("lists.page", app=app, name=name), 303)


def whole(app: str, name: str, typed: dict[str, Any]) -> dict[str, Any]:
    """What a page sent, with the boxes that are not ticked: of those a browser says nothing."""
    with baton().read() as read:
        found = commands.opened(read, app, name, actor())
    fields = found.app.records[found.page.source].fields
    silent = {"bool": False, "list": []}
    return {field: silent[fields[field].type] for field in found.page.edit if fields[field].type in silent} | typed


def row_page(app: str, name: str, id: str, typed: dict[str, Any] | None = None, refusal: Refused | None = None) -> Response:
    """The form of a row, after a refusal with everything typed."""
    with baton().read() as read:
        found = pages.row(read, app, name, actor(), lang=language(), id=id, typed=typed, errors=errors_of(refusal))
    problem = problem_of(refusal) if refusal else None
    wrong_id = (errors_of(refusal) or {}).get("id", ()) if refusal else ()
    shown = render_template("lists/row.html", page=found, typed=typed or {}, problem=problem, wrong_id=wrong_id)
    return respond(shown, refusal)
