"""The link is lost: number and phone together open the case again. Anything that does not fit gets one and the same answer."""

from flask import Blueprint, jsonify, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from engine.errors import NotFound
from engine.views import tracking
from web import submissions
from web.current import baton
from web.extensions import limiter
from web.gateway import PUBLIC, allow, wants_json
from web.portal.track import private
from web.portal.unlocked import unlock


def routes(blueprint: Blueprint) -> None:
    """`/find`."""
    blueprint.add_url_rule("/find", view_func=find, methods=["GET"])
    blueprint.add_url_rule("/find", view_func=search, methods=["POST"])


@allow(PUBLIC)
def find() -> Response:
    """Two fields: the number of the application and the phone."""
    return private(make_response(render_template("portal/find.html", number="", mobile="", missed=False)))


@allow(PUBLIC)
@limiter.limit("10 per 15 minutes")
def search() -> Response:
    """To the tracking page when both fit, already unlocked: the whole phone number says more than its last digits."""
    typed = submissions.read()
    number, mobile = str(typed.get("number", "")).strip(), str(typed.get("mobile", "")).strip()
    with baton().read() as read:
        token = tracking.token_for(read, number, mobile)
    if token:
        found = jsonify(tracking_url=url_for("portal.track", token=token)) if wants_json() else redirect(url_for("portal.track", token=token), 303)
        return private(unlock(found, token))
    if wants_json():
        raise NotFound()
    return private(make_response(render_template("portal/find.html", number=number, mobile=mobile, missed=True), 404))
