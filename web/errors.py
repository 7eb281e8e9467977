"""What people and programs get when something is refused: a page in their language, or JSON with both. Nothing of the inside is shown."""

import secrets
import time
from collections.abc import Sequence

import structlog
from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from engine.errors import Invalid, Refused
from web.extensions import limiter, login_manager
from web.gateway import wants_json
from web.texts import LANGUAGES, Text, catalogue, pick, texts

log = structlog.get_logger()
AWAY = 10  # seconds after which to try again when the database is away


def init_app(app: Flask) -> None:
    """Answer for every error."""
    app.register_error_handler(Refused, refused)
    app.register_error_handler(CSRFError, stale_page)
    app.register_error_handler(InternalServerError, failed)
    app.register_error_handler(HTTPException, http_error)
    for trouble in (OperationalError, InterfaceError, InternalError):
        app.register_error_handler(trouble, database_away)
    app.register_error_handler(SecurityError, foreign_host)


def refused(error: Refused) -> Response:
    """A command said no: its own code, status and words."""
    if isinstance(error, Invalid) and wants_json():
        return _json({field: _both(messages) for field, messages in error.errors.items()}, error.status)
    return answer(error.code, error.texts, error.status, error.details)


def stale_page(_: CSRFError) -> Response:
    """The page's token is not the session's: cookies are off, or the session ended."""
    return answer("STALE_PAGE", texts("errors.stale_page"), 400)


def foreign_host(_: SecurityError) -> Response:
    """A host name that is not ours: no page can be made, for its links would carry that name."""
    return make_response("unknown host: set BATON_PUBLIC_URL to the address that people use", 400, {"Content-Type": "text/plain"})


def database_away(error: DBAPIError) -> Response:
    """The database cannot be reached, or takes no writes: nobody is looked up for this page."""
    g._login_user = login_manager.anonymous_user()
    log.error("the database failed", action="database_away", endpoint=request.endpoint, error=type(error.orig).__name__)
    return answer("UNAVAILABLE", texts("errors.database_away"), 503, {"retry_after": AWAY})


def http_error(error: HTTPException) -> Response:
    """Werkzeug's own errors in our words; redirects and ready-made answers pass."""
    if error.code is None or error.code < 400 or error.response is not None:
        return make_response(error.get_response())
    key = f"errors.http_{error.code}"
    response = answer(f"HTTP_{error.code}", texts(key if key in catalogue() else "errors.http_400"), error.code)
    for name, value in error.get_headers(request.environ):
        if name.lower() in ("allow", "retry-after"):
            response.headers[name] = value
    if error.code == 429 and limiter.current_limit:
        response.headers.setdefault("Retry-After", str(max(1, int(limiter.current_limit.reset_at - time.time()))))
    return response


def failed(error: InternalServerError) -> Response:
    """Something broke: a reference that also stands in the log, and no more. Tests see the error itself."""
    if current_app.testing and error.original_exception is not None:
        raise error.original_exception
    reference = secrets.token_hex(4)
    kind = type(error.original_exception).__name__
    log.error("request failed", action="request_failed", reference=reference, endpoint=request.endpoint, error=kind)
    return answer("FAILED", texts("errors.http_500", reference=reference), 500)


def answer(code: str, words: Text, status: int, details: dict[str, object] | None = None) -> Response:
    """One error as a page or as JSON. `retry_after` among the details becomes the header."""
    details = details or {}
    if wants_json():
        response = _json({"code": code, "message_ko": pick(words, "ko"), "message_en": pick(words, "en"), **details}, status)
    else:
        layout = "staff.html" if current_user.is_authenticated else "public.html"
        response = make_response(render_template("errors/page.html", layout=layout, words=words, code=code, status=status), status)
    if "retry_after" in details:
        response.headers["Retry-After"] = str(details["retry_after"])
    return response


def field_messages(error: Refused) -> dict[str, list[Text]]:
    """The messages by field for showing a form again; the form as a whole is the key ""."""
    return {field: list(messages) for field, messages in error.errors.items()} if isinstance(error, Invalid) else {"": [error.texts]}


def _both(messages: Sequence[Text]) -> dict[str, str]:
    code = next((text["code"] for text in messages if "code" in text), "")
    return {f"message_{lang}": " ".join(pick(text, lang) for text in messages) for lang in LANGUAGES} | ({"code": code} if code else {})


def _json(body: object, status: int) -> Response:
    response = jsonify(body)
    response.status_code = status
    return response
