"""Attached files: served as downloads to whoever may see their case, and never shown inside a page."""

from urllib.parse import quote

from flask import Blueprint, Flask, make_response, request
from werkzeug.wrappers import Response

from engine.errors import NotFound
from engine.runtime import documents
from engine.views import cases
from web.current import baton
from web.gateway import PUBLIC, STAFF, actor, allow
from web.portal.track import opened_case, private
from web.texts import language

MULTIPART = 26 * 1024 * 1024  # five of the largest files, and the rest of their form
blueprint = Blueprint("documents", __name__)


def init_app(app: Flask) -> None:
    """Let forms with files be larger than others; the address of a program stays as narrow as it is."""

    def more_for_files() -> None:
        if request.mimetype == "multipart/form-data":
            request.max_content_length = MULTIPART

    app.before_request(more_for_files)


@blueprint.get("/documents/<id>")
@allow(STAFF)
def for_staff(id: str) -> Response:
    """A file of a case that the one who asks may see; NotFound otherwise."""
    with baton().read() as read:
        row, name, data = documents.opened(read, id)
        cases.case(read, row.app, row.owner.partition("/")[2], lang=language(), actor=actor())
    return download(name, row.type, data)


@blueprint.get("/t/<token>/documents/<id>")
@allow(PUBLIC)
def for_customer(token: str, id: str) -> Response:
    """A file of the customer's own case, once its gate is open."""
    case = opened_case(token)
    if case is None:
        raise NotFound()
    with baton().read() as read:
        row, name, data = documents.opened(read, id, (case.app, f"{case.collection}/{case.number}"))
    return private(download(name, row.type, data))


def download(name: str, kind: str, data: bytes) -> Response:
    """The file as something to save: a browser neither runs nor guesses at it."""
    response = make_response(data)
    response.headers["Content-Type"] = kind
    response.headers["Content-Disposition"] = disposition(name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-store"
    return response


def disposition(name: str) -> str:
    """`attachment` with the name in ASCII and, where that is another, in UTF-8 too (RFC 6266). Names are safe already: they hold no quotes."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    return f'attachment; filename="{plain}"' + ("" if plain == name else f"; filename*=UTF-8''{quote(name, safe='')}")
