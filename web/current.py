"""What the request being answered stands on."""

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from flask import current_app, request

from engine.runtime import sync
from engine.runtime.baton import Baton
from engine.runtime.reader import Reader
from engine.store.commit import Change

P = ParamSpec("P")


def baton() -> Baton:
    """The engine behind this application."""
    engine: Baton = current_app.extensions["baton"]
    return engine


def perform(command: Callable[Concatenate[Reader, P], Change], *args: P.args, **kwargs: P.kwargs) -> Any:
    """Carry out what a person submitted, with the calls to partners that the drawing makes in the same answer (`baton:sync`).

    Raises what the command refuses with; Answered: it was carried out, and the drawing has another answer than that it worked.
    """
    return sync.perform(baton(), command, *args, **kwargs)


def same_query(path: str) -> str:
    """`path` with the query of this request, such as its language."""
    return f"{path}?{request.query_string.decode()}" if request.query_string else path


def page_number() -> int:
    """`?page=`, counted from 1; nonsense is the first page."""
    wanted = request.args.get("page", "")
    return max(1, int(wanted)) if wanted.isdecimal() and len(wanted) < 7 else 1
