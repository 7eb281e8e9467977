"""What the request being answered stands on."""

from flask import current_app, request

from engine.runtime.baton import Baton


def baton() -> Baton:
    """The engine behind this application."""
    engine: Baton = current_app.extensions["baton"]
    return engine


def same_query(path: str) -> str:
    """`path` with the query of this request, such as its language."""
    return f"{path}?{request.query_string.decode()}" if request.query_string else path


def page_number() -> int:
    """`?page=`, counted from 1; nonsense is the first page."""
    wanted = request.args.get("page", "")
    return max(1, int(wanted)) if wanted.isdecimal() and len(wanted) < 7 else 1
