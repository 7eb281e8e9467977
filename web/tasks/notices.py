"""Notices: what the apps tell the roles of the one who asks."""

from datetime import datetime

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.runtime import notices as commands
from engine.views import notices as pages
from web.current import baton
from web.formats import now
from web.gateway import STAFF, actor, allow
from web.tasks.blueprint import blueprint
from web.texts import language


@blueprint.get("/notices")
@allow(STAFF)
def notices() -> str:
    """The newest first; what came since the last look is marked."""
    with baton().read() as read:
        found = pages.latest(read, actor(), language())
    return render_template("tasks/notices.html", found=found, until=found[0].at if found else now())


@blueprint.post("/notices")
@allow(STAFF)
def all_read() -> Response:
    """Everything up to what the page showed is read."""
    try:
        until = datetime.fromisoformat(request.form.get("until", ""))
    except ValueError:
        until = now()
    baton().do(commands.read_until, actor=actor(), until=min(until, now()) if until.tzinfo else now())
    return redirect(url_for("tasks.notices"), 303)
