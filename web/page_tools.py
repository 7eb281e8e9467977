"""What every template may call: texts, dates, links to itself, icons, the menu."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Flask, current_app, g, request, url_for
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from engine.forms import Option
from engine.views import notices, record_lists
from web import formats
from web.current import baton
from web.gateway import actor, may_open
from web.texts import has_hangul, language, pick, t, ts, tx, unbroken

ROW = 30  # the letters that fit in a row of choices on a phone
VIEW = re.compile(r'viewBox="\S+ \S+ (\S+) \S+"')

# path, text, short text, icon, whether it manages others' work; shown to those who may open it
MENU = (
    ("/tasks", "common.nav_tasks", "common.nav_tasks", "inbox", False),
    ("/day", "common.nav_day", "common.nav_day", "cal", False),
    ("/cases", "common.nav_cases", "common.nav_cases_short", "search", False),
    ("/lists", "lists.title", "lists.title", "doc", False),
    ("/notices", "notices.title", "notices.title", "bell", False),
    ("/ops/instances", "common.nav_ops", "common.nav_ops", "pulse", True),
    ("/ops/incidents", "common.nav_incidents", "common.nav_incidents", "alert", True),
    ("/studio", "common.nav_studio", "common.nav_studio", "flow", True),
)


@dataclass(frozen=True)
class Entry:
    """One line of the menu."""

    path: str
    text: str
    short: str
    icon: str
    current: bool
    first_of_management: bool
    count: int  # of what waits there unread


def navigation() -> list[Entry]:
    """The pages that the one who looks may open, in the order of the rail."""
    lines = [line for line in MENU if may_open(endpoint_of(line[0])) and (line[0] != "/lists" or has_lists())]
    managing = [line[0] for line in lines if line[4]]
    return [Entry(path, text, short, icon, is_here(path), managing[:1] == [path], unread(path)) for path, text, short, icon, _ in lines]


def has_lists() -> bool:
    """Whether an app has a list for the one who looks; asked once for a page."""
    if "has_lists" not in g:
        with baton().read() as read:
            g.has_lists = bool(record_lists.lists(read, actor()))
    found: bool = g.has_lists
    return found


def unread(path: str) -> int:
    """How many notices the one who looks has not read; asked once for a page, and 0 for every other line of the menu."""
    if path != "/notices":
        return 0
    if "unread" not in g:
        with baton().read() as read:
            g.unread = notices.unread(read, actor())
    found: int = g.unread
    return found


def home_path() -> str:
    """Where the one who looks begins: the first page of their menu, or the catalogue."""
    entries = navigation()
    return entries[0].path if entries else url_for("portal.catalogue")


def endpoint_of(path: str) -> str | None:
    """The endpoint that answers GET on a path of this site, if any."""
    adapter = current_app.url_map.bind("localhost")
    try:
        endpoint: str = adapter.match(path, method="GET")[0]
    except (HTTPException, RequestRedirect):
        return None
    return endpoint


def is_here(path: str) -> bool:
    """Whether the page being answered is `path` or lies below it."""
    return request.path == path or request.path.startswith(f"{path}/")


def here(**changes: Any) -> str:
    """This page's address with query arguments changed; None takes one away."""
    query = request.args.to_dict(flat=False) | {name: [value] for name, value in changes.items()}
    kept = [(name, value) for name, values in query.items() for value in values if value is not None]
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


def at_full_size(svg: str) -> Markup:
    """A drawing with the width of its view: its words stay readable, and it scrolls in its frame."""
    view = VIEW.search(svg)
    return Markup(svg.replace("<svg ", f'<svg width="{view.group(1)}" ', 1) if view else svg)


def fit_in_a_row(options: Sequence[Option], columns: int) -> bool:
    """Whether the words of so many of these choices stand side by side on a phone; a Korean letter is as wide as two others."""
    widest = max((sum(2 if has_hangul(letter) else 1 for letter in option.label) for option in options), default=0)
    return columns * widest <= ROW


def icon_url(name: str) -> str:
    """The address of one symbol of the icon sheet."""
    return f"{url_for('static', filename='icons.svg')}#{name}"


def init_app(app: Flask) -> None:
    """Give templates their tools."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        t=t, ts=ts, tx=tx, pick=pick, language=language, here=here, icon_url=icon_url, navigation=navigation, home_path=home_path, now=formats.now
    )
    app.jinja_env.filters["at_full_size"] = at_full_size
    app.jinja_env.filters["unbroken"] = unbroken
    app.jinja_env.filters["fit_in_a_row"] = fit_in_a_row
    times = (formats.day, formats.moment, formats.clock, formats.near, formats.left, formats.iso, formats.local)
    for show in (*times, formats.number, formats.counted, formats.mobile):
        app.jinja_env.filters[show.__name__] = show
