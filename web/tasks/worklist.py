"""The worklist: what waits for me, for my team, for all; and what is finished."""

from dataclasses import replace

from flask import render_template, request

from engine.runtime.reader import Reader
from engine.views import catalogue
from engine.views import worklist as pages
from web.gateway import STAFF, actor, allow
from web.tasks.blueprint import baton, blueprint
from web.tasks.filters import Filters, of_request
from web.texts import Text, language


@blueprint.get("/tasks")
@allow(STAFF)
def worklist() -> str:
    """The list alone. Whoever has no task of their own and names no tab sees the team's."""
    with baton().read() as read:
        filters = of_request()
        listing = beside(read, filters)
        if "tab" not in request.args and not listing.rows and not filters.narrowed and listing.counts["team"]:
            filters = replace(filters, tab="team")
            listing = beside(read, filters)
        return render_template("tasks/worklist.html", listing=listing, filters=filters, apps=app_titles(read))


def beside(read: Reader, filters: Filters) -> pages.Worklist:
    """The list for a view of it."""
    return pages.page(read, actor(), **filters.asked(), lang=language())


def app_titles(read: Reader) -> list[tuple[str, Text]]:
    """Apps to choose from: key and title."""
    return [(live.key, live.app.title) for live in catalogue.apps(read)]
