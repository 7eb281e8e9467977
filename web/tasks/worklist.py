"""The worklist: what waits for me, for my team, for all; and what is finished."""

from dataclasses import replace
from datetime import datetime

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from engine.runtime.reader import Reader
from engine.views import catalogue
from engine.views import worklist as pages
from web.current import baton
from web.formats import now
from web.gateway import STAFF, actor, allow
from web.tasks.blueprint import blueprint
from web.tasks.filters import Filters, of_request
from web.texts import Text, language


@blueprint.get("/tasks")
@allow(STAFF)
def worklist() -> str:
    """The list alone."""
    with baton().read() as read:
        listing, filters = listed(read, of_request())
        return render_template("tasks/worklist.html", listing=listing, filters=filters, apps=app_titles(read))


@blueprint.get("/tasks/news")
@allow(STAFF)
def news() -> Response:
    """How many tasks have come since the list was opened (`?since=`), as a link to the fresh list; 204 if none has. Rows never move by themselves."""
    filters, task_id = of_request(), request.args.get("task", "")
    with baton().read() as read:
        latest = pages.page(read, actor(), **replace(filters, sort="new", page=1).asked(), lang=language())
    count = sum(row.created_at > opened_at() for row in latest.rows)
    if not count:
        return Response(status=204)
    fresh = filters.task(task_id) if task_id else filters.href()
    return make_response(render_template("tasks/news.html", count=count, fresh=fresh))


def opened_at() -> datetime:
    """When the list that asks was opened; nonsense is now."""
    try:
        found = datetime.fromisoformat(request.args.get("since", ""))
    except ValueError:
        return now()
    return found if found.tzinfo else now()


def listed(read: Reader, filters: Filters) -> tuple[pages.Worklist, Filters]:
    """The list for a view of it. Whoever names no tab and has no task of their own sees the team's."""
    listing = pages.page(read, actor(), **filters.asked(), lang=language())
    if filters.named or listing.counts["mine"] or not listing.counts["team"]:
        return listing, filters
    of_team = replace(filters, tab="team")
    return pages.page(read, actor(), **of_team.asked(), lang=language()), of_team


def app_titles(read: Reader) -> list[tuple[str, Text]]:
    """Apps to choose from: key and title."""
    return [(live.key, live.app.title) for live in catalogue.apps(read)]
