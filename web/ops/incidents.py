"""Open incidents by cause: retried together, noted; lapsed messages sent to the right key or discarded, events that nobody can take skipped."""

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import NotFound, Refused, Text
from engine.runtime import bulk, incidents, lapses, subscribers
from engine.runtime.operations import NO_REASON
from engine.views import incidents as view
from web.current import baton, same_query
from web.gateway import actor, allow
from web.texts import t

MENDERS = ("operator", "admin")


def page(readers: tuple[str, ...], wrong: Text | None = None, at: str = "", status: int = 200) -> Response:
    """All open incidents; after a refusal with its words at the form `at`."""
    with baton().read() as read:
        groups = view.groups(read)
    here = {group.kind for group in groups} | {incident.id for group in groups for incident in group.rows}
    words = {"wrong": wrong, "at": at, "gone": at.partition("/")[0] not in here}  # meanwhile: its words stand above everything then
    shown = render_template("ops/incidents.html", groups=groups, typed=request.form, may_mend=actor().has(*MENDERS), **words)
    return make_response(shown, status)


def routes(blueprint: Blueprint, readers: tuple[str, ...]) -> None:
    """Add the addresses."""

    @blueprint.get("/ops/incidents")
    @allow(*readers)
    def all_incidents() -> Response:
        """Everything that waits for an operator."""
        return page(readers)

    @blueprint.get("/ops/incidents/<incident_id>/<action>")
    @allow(*MENDERS)
    def acted(incident_id: str, action: str) -> Response:
        """The address of a refused action, opened again: the incidents."""
        return redirect(same_query(url_for("ops.all_incidents")), 303)

    @blueprint.post("/ops/incidents/cause/retry")
    @allow(*MENDERS)
    def retry_cause() -> Response:
        """Retry everything of one cause."""
        kind, app = request.form.get("kind", ""), request.form.get("app", "")
        try:
            tried = bulk.retry_cause(baton(), kind=kind, app=app, actor=actor(), reason=reason())
        except Refused as refused:
            return page(readers, refused.texts, f"{kind}/{app}", refused.status)
        flash(t("ops.did_retry_cause", going=tried.going, refused=tried.refused))
        return redirect(url_for("ops.all_incidents"), 303)

    @blueprint.post("/ops/incidents/<incident_id>/<action>")
    @allow(*MENDERS)
    def act(incident_id: str, action: str) -> Response:
        """A note, what becomes of a lapsed message, or of the event that a subscriber stands still before."""
        try:
            carry_out(incident_id, action)
        except NotFound:
            raise
        except Refused as refused:
            return page(readers, refused.texts, f"{incident_id}/{action}", refused.status)
        flash(t(f"ops.did_{action}"))
        return redirect(url_for("ops.all_incidents"), 303)


def carry_out(incident_id: str, action: str) -> None:
    """Run the command of a form."""
    message: dict[str, Any] = {"message_id": request.form.get("message", ""), "actor": actor(), "reason": reason()}
    if action == "note":
        baton().do(incidents.annotate, incident_id=incident_id, note=request.form.get("note", ""), actor=actor())
    elif action == "close":
        baton().do(incidents.close, incident_id=incident_id, actor=actor())
    elif action == "redeliver":
        baton().do(lapses.redeliver, key=request.form.get("key", ""), **message)
    elif action == "discard":
        baton().do(lapses.discard, **message)
    elif action == "event_retry":
        baton().do(subscribers.retry, **subscriber())
    elif action == "event_skip":
        baton().do(subscribers.skip, position=request.form.get("position", 0, type=int), **subscriber())
    else:
        raise NotFound("NO_ACTION")


def subscriber() -> dict[str, Any]:
    """Which subscriber goes on, by whom and why; Refused without a reason."""
    if not reason():
        raise Refused("NO_REASON", NO_REASON, 422)
    return {"subscriber": request.form.get("subscriber", ""), "actor": actor(), "reason": reason()}


def reason() -> str:
    """The reason that was typed."""
    return request.form.get("reason", "").strip()[:500]
