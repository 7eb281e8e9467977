"""The blueprint of this room, and what its views share."""

from flask import Blueprint, current_app

from engine.runtime.baton import Baton

blueprint = Blueprint("tasks", __name__)


def baton() -> Baton:
    """The engine behind this application."""
    engine: Baton = current_app.extensions["baton"]
    return engine
