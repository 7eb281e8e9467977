"""Probes: `/livez` (this process answers) and `/readyz` (the database takes writes, the schema fits, apps load, the broker is there)."""

from flask import Blueprint, Flask, Response, current_app, jsonify

from engine.views import readiness
from engine.views.readiness import Readiness
from web.current import baton
from web.gateway import PUBLIC, allow

blueprint = Blueprint("health", __name__)
TRY_AGAIN = 5  # seconds


def init_app(app: Flask) -> None:
    """Keep what was last seen."""
    app.extensions["readiness"] = Readiness(app.extensions["baton"])


@blueprint.get("/livez")
@allow(PUBLIC)
def livez() -> Response:
    """200 as long as the process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@allow(PUBLIC)
def readyz() -> tuple[Response, int]:
    """200 when requests can be served, else 503 with every reason in both languages.

    A draining service is ready: it serves everybody but those who begin something new. It says so.
    """
    seen: Readiness = current_app.extensions["readiness"]
    reasons = seen.reasons()
    if not reasons:
        return jsonify(status="draining" if readiness.draining(baton()) else "ok"), 200
    told = [{"missing": reason.missing, "message_ko": reason.text["ko"], "message_en": reason.text["en"]} for reason in reasons]
    answer = jsonify(status="waiting", missing=reasons[0].missing, reasons=told)
    answer.headers["Retry-After"] = str(TRY_AGAIN)
    return answer, 503
