"""Probes: `/livez` (this process answers) and `/readyz` (it can serve: the database is there with the right schema, and the apps load)."""

from flask import Blueprint, Response, jsonify
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from engine.errors import BatonError
from engine.store import migrate
from engine.store.tables import Deployment
from web.current import baton
from web.gateway import PUBLIC, allow

blueprint = Blueprint("health", __name__)


@blueprint.get("/livez")
@allow(PUBLIC)
def livez() -> Response:
    """200 as long as the process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@allow(PUBLIC)
def readyz() -> tuple[Response, int]:
    """200 when requests can be served, else 503 with the part that is missing."""
    try:
        if not migrate.fits(baton().database):
            return jsonify(status="waiting", missing="schema"), 503
        with baton().read() as read:
            for row in read.all(select(Deployment.app).where(Deployment.live.is_(True))):
                read.live(row.app)
    except SQLAlchemyError:
        return jsonify(status="waiting", missing="database"), 503
    except BatonError:
        return jsonify(status="waiting", missing="definitions"), 503
    return jsonify(status="ok"), 200
