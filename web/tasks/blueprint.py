"""The blueprint of this room."""

from flask import Blueprint

blueprint = Blueprint("tasks", __name__)
