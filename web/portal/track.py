"""Following a case: the gate that asks for the last four digits of the phone, and the page behind it."""

import hashlib
from datetime import UTC, datetime

from flask import Blueprint, jsonify, make_response, redirect, render_template, request, url_for
from limits import RateLimitItemPerMinute
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response

from engine.errors import NotFound
from engine.runtime.cases import CaseRef
from engine.views import tracking
from engine.views.tracking import TrackingPage
from web import submissions
from web.current import baton
from web.extensions import limiter
from web.gateway import PUBLIC, allow, wants_json
from web.portal.unlocked import is_unlocked, lock, unlock
from web.texts import language

TRIES = RateLimitItemPerMinute(5, 15)


def routes(blueprint: Blueprint) -> None:
    """`/t/<token>`: GET shows, POST opens the gate; `/t/<token>/lock` closes it."""
    blueprint.add_url_rule("/t/<token>", view_func=track, methods=["GET"])
    blueprint.add_url_rule("/t/<token>", view_func=open_gate, methods=["POST"])
    blueprint.add_url_rule("/t/<token>/lock", view_func=close_gate, methods=["POST"])


@allow(PUBLIC)
def track(token: str) -> Response:
    """The gate, or where the case stands. The gate is the same for a token that nobody has."""
    if not is_unlocked(token):
        return private(gate(token))
    shown = tracking_page(token)
    etag = fingerprint(shown)
    if request.if_none_match.contains_weak(etag):
        return private(make_response("", 304))
    polled = "HX-Request" in request.headers
    part = "portal/track_now.html" if polled else "portal/track.html"
    response = private(make_response(render_template(part, page=shown, token=token, etag=etag)))
    response.set_etag(etag, weak=True)
    return response if polled else unlock(response, token)


@allow(PUBLIC)
def open_gate(token: str) -> Response:
    """Compare the digits. Unknown token and wrong digits get the same answer; five tries, then a quarter of an hour's rest."""
    who = (request.remote_addr or "", token)
    if not limiter.limiter.hit(TRIES, *who):
        raise locked(who)
    digits = str(submissions.read().get("digits", "")).strip()
    with baton().read() as read:
        case = tracking.by_token(read, token)
        right = case is not None and tracking.digits_ok(read, case, digits)
    if not right:
        if wants_json():
            raise NotFound()
        return private(gate(token, wrong=True))
    limiter.limiter.clear(TRIES, *who)
    shown = jsonify(summary(tracking_page(token))) if wants_json() else redirect(url_for("portal.track", token=token), 303)
    return private(unlock(shown, token))


@allow(PUBLIC)
def close_gate(token: str) -> Response:
    """Forget that the digits were shown."""
    return private(lock(redirect(url_for("portal.track", token=token), 303), token))


def opened_case(token: str) -> CaseRef | None:
    """The case of a token whose gate is open in this browser; None where the gate has to come first. Refused once its data was erased."""
    if not is_unlocked(token):
        return None
    with baton().read() as read:
        case = tracking.by_token(read, token)
        if case is not None:
            tracking.need_kept(read, case)
        return case


def tracking_page(token: str) -> TrackingPage:
    """Where the case stands, in the page's language. Refused once its data was erased."""
    with baton().read() as read:
        case = tracking.by_token(read, token)
        if case is None:
            raise NotFound()
        tracking.need_kept(read, case)
        return tracking.page(read, case, lang=language())


def gate(token: str, wrong: bool = False) -> Response:
    """The page that asks for the digits: 404 when they were wrong, or when there is nothing to see."""
    return make_response(render_template("portal/gate.html", token=token, wrong=wrong), 404 if wrong else 200)


def locked(who: tuple[str, str]) -> TooManyRequests:
    """Too many tries, and when they are over."""
    reset = limiter.limiter.get_window_stats(TRIES, *who).reset_time
    return TooManyRequests(retry_after=max(1, int(reset - datetime.now(UTC).timestamp())))


def private(response: Response) -> Response:
    """A page that stands in no cache, no search engine and no Referer."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "no-store"
    return response


def fingerprint(shown: TrackingPage) -> str:
    """Changes when anything on the page does."""
    return hashlib.sha256(f"{language()}{shown!r}".encode()).hexdigest()[:20]


def summary(shown: TrackingPage) -> dict[str, object]:
    """What a program gets."""
    return {
        "number": shown.number,
        "headline": str(shown.headline),
        "when": shown.when,
        "next": shown.next,
        "step": shown.step,
        "steps": shown.steps,
        "closed": shown.closed,
        "milestones": [{"text": each.text, "state": each.state, "at": each.at.isoformat() if each.at else None} for each in shown.milestones],
        "actions": [{"id": each.id, "label": each.label} for each in shown.actions],
        "updated_at": shown.updated_at.isoformat(),
    }
