"""What a customer may do on a case: cancel, and whatever else the app offers. One page, one confirmation."""

import secrets
from typing import Any

from flask import Blueprint, flash, jsonify, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from engine.actors import CUSTOMER
from engine.errors import Answered, NotFound, Refused
from engine.runtime import cases
from engine.runtime.cases import CaseRef
from engine.views import tracking
from web import submissions
from web.current import baton, perform
from web.errors import field_messages
from web.extensions import POSTS, limiter
from web.gateway import PUBLIC, allow, wants_json
from web.portal.track import opened_case, private
from web.portal.unlocked import unlock
from web.texts import language, t


def routes(blueprint: Blueprint) -> None:
    """`/t/<token>/<action>`."""
    blueprint.add_url_rule("/t/<token>/<action>", view_func=action, methods=["GET"])
    blueprint.add_url_rule("/t/<token>/<action>", view_func=act, methods=["POST"])


@allow(PUBLIC)
def action(token: str, action: str) -> Response:
    """What will happen, and the two buttons."""
    case = opened_case(token)
    return to_gate(token) if case is None else page(token, case, action, key=secrets.token_urlsafe(16))


@allow(PUBLIC)
@limiter.limit(POSTS)
def act(token: str, action: str) -> Response:
    """Do it. A refusal shows the page again with the reason and everything typed. A new case with a page of its own is shown next."""
    case = opened_case(token)
    if case is None:
        if wants_json():
            raise NotFound()
        return to_gate(token)
    typed, key = submissions.read(files=True), submissions.idempotency_key()
    try:
        acted = perform(cases.act, case=case, action=action, actor=CUSTOMER, submission=typed, key=key)
    except Refused as refusal:
        if wants_json() or isinstance(refusal, NotFound):
            raise
        return page(token, case, action, typed, refusal, submissions.key_again(refusal))
    if wants_json():
        response = jsonify(number=acted.number, tracking_url=url_for("portal.track", token=acted.token or token))
        response.status_code = 201 if acted.number else 200
        return private(response)
    flash(t("portal.acted_no", number=acted.number) if acted.number else t("portal.acted"))
    shown = redirect(url_for("portal.track", token=acted.token or token), 303)
    return private(unlock(shown, acted.token) if acted.token else shown)


def page(
    token: str, case: CaseRef, action: str, typed: dict[str, Any] | None = None, refusal: Refused | None = None, key: str | None = None
) -> Response:
    """The action's page; with a refusal, its status and its reason. An action that is not offered now has a reason and no form."""
    shown, closed = None, None
    with baton().read() as read:
        about = tracking.number_label(read, case)
    try:
        with baton().read() as read:
            errors = field_messages(refusal) if refusal else None
            shown = tracking.action_form(read, case, action, lang=language(), values=typed, errors=errors, actor=CUSTOMER)
    except NotFound:
        raise
    except Refused as not_offered:
        closed = not_offered
    refusal = refusal if isinstance(refusal, Answered) else closed or refusal
    html = render_template("portal/action.html", token=token, case=case, about=about, shown=shown, refusal=refusal, key=key or "")
    response = private(make_response(html, refusal.status if refusal else 200))
    if refusal and "retry_after" in refusal.details:
        response.headers["Retry-After"] = str(refusal.details["retry_after"])
    return response


def to_gate(token: str) -> Response:
    """First the digits."""
    return private(redirect(url_for("portal.track", token=token), 303))
