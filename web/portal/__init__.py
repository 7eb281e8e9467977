"""Pages for customers: the catalogue, applying, following a case, acting on it, finding it again."""

from flask import Blueprint

from web.portal import apply, find, services, track, track_actions

blueprint = Blueprint("portal", __name__)
for part in (services, apply, track, track_actions, find):
    part.routes(blueprint)
