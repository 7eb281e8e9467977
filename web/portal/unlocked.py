"""Who has shown the last digits of the phone: a signed cookie for one tracking page, for half an hour after it was last used."""

from flask import current_app, request, url_for
from itsdangerous import BadSignature, TimestampSigner
from werkzeug.wrappers import Response

from engine.vault import link_digest

HALF_HOUR = 30 * 60
COOKIE = "case"


def is_unlocked(token: str) -> bool:
    """Whether this browser has opened this very page within the last half hour."""
    try:
        return signer().unsign(request.cookies.get(COOKIE, ""), max_age=HALF_HOUR).decode() == link_digest(token)
    except BadSignature:
        return False


def unlock(response: Response, token: str) -> Response:
    """Open the page for another half hour."""
    signed = signer().sign(link_digest(token)).decode()
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(COOKIE, signed, max_age=HALF_HOUR, path=path(token), httponly=True, samesite="Lax", secure=secure)
    return response


def lock(response: Response, token: str) -> Response:
    """Close it now."""
    response.delete_cookie(COOKIE, path=path(token))
    return response


def path(token: str) -> str:
    """Where the cookie is sent: this case's pages only."""
    return url_for("portal.track", token=token)


def signer() -> TimestampSigner:
    """Signs with the session key, for this purpose only."""
    return TimestampSigner(current_app.config["SECRET_KEY"], salt="tracking")
