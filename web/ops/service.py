"""Pausing apps and draining the service."""

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from engine.errors import NotFound, Refused, Text
from engine.runtime import switches
from engine.runtime.operations import NO_REASON
from engine.store.tables import Switch
from engine.views import catalogue
from web.current import baton
from web.gateway import actor, allow
from web.texts import t

MENDERS = ("operator", "admin")


def page(wrong: Text | None = None, at: str = "", status: int = 200) -> Response:
    """What runs and what is stopped; after a refusal with its words at the form `at`."""
    with baton().read() as read:
        apps = [(live.key, live.app.title) for live in catalogue.apps(read)]
        stopped = {row.name: row for row in read.all(select(*Switch.__table__.c))}
    shown = render_template("ops/service.html", apps=apps, stopped=stopped, wrong=wrong, at=at, may_mend=actor().has(*MENDERS))
    return make_response(shown, status)


def routes(blueprint: Blueprint, readers: tuple[str, ...]) -> None:
    """Add the addresses."""

    @blueprint.get("/ops/service")
    @allow(*readers)
    def service() -> Response:
        """The switches."""
        return page()

    @blueprint.post("/ops/service")
    @allow(*MENDERS)
    def switch() -> Response:
        """Turn one switch, with a reason."""
        name, action = request.form.get("name", ""), request.form.get("action", "")
        reason = request.form.get("reason", "").strip()[:500]
        try:
            if not reason:
                raise Refused("NO_REASON", NO_REASON, 422)
            turn(name, action, reason)
        except NotFound:
            raise
        except Refused as refused:
            return page(refused.texts, name, refused.status)
        flash(t(f"ops.did_{action}"))
        return redirect(url_for("ops.service"), 303)


def turn(name: str, action: str, reason: str) -> None:
    """Run the command of a switch."""
    words: dict[str, Any] = {"actor": actor(), "reason": reason}
    app = name.removeprefix(switches.PAUSE)
    if action == "pause":
        baton().do(switches.pause, app=app, **words)
    elif action == "unpause":
        baton().do(switches.unpause, app=app, **words)
    elif action == "drain":
        baton().do(switches.drain, **words)
    elif action == "undrain":
        baton().do(switches.undrain, **words)
    else:
        raise NotFound("NO_ACTION")
