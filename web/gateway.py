"""What every request passes: its language, who sends it, whether that person may use the view, its CSRF token; and the headers of every answer.

Default deny: a view without `@allow(...)` answers 403 to everybody. Which objects a person may see is decided by the queries of the views.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, redirect, request
from flask_login import current_user, login_user
from sqlalchemy import select
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response as AnyResponse

from engine.actors import CUSTOMER, Actor
from engine.errors import Forbidden
from engine.store.tables import Account
from engine.vault import link_digest
from web.extensions import csrf, db, login_manager
from web.texts import LANGUAGES

PUBLIC, STAFF = "public", "staff"
YEAR = 365 * 24 * 3600
POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
View = TypeVar("View", bound=Callable[..., Any])


def allow(*who: str) -> Callable[[View], View]:
    """Who may use a view: `"public"`, `"staff"` (anybody signed in), or role ids of which one is enough. Stands under the route decorator."""

    def mark(view: View) -> View:
        view.allowed = frozenset(who)  # type: ignore[attr-defined]
        return view

    return mark


def allowed_at(endpoint: str | None) -> frozenset[str]:
    """Who may use the view of an endpoint; nobody if it does not say."""
    if endpoint == "static":
        return frozenset({PUBLIC})
    return getattr(current_app.view_functions.get(endpoint or ""), "allowed", frozenset())


def may_open(endpoint: str | None) -> bool:
    """Whether the one who asks may use the view of this endpoint: menus show nothing else."""
    allowed = allowed_at(endpoint)
    if PUBLIC in allowed:
        return True
    return bool(current_user.is_authenticated) and (STAFF in allowed or actor().has(*allowed))


class Staff:
    """A signed-in member of staff, as Flask-Login wants to see one. A new password ends every older session: the session holds a digest of it."""

    is_authenticated = is_active = True
    is_anonymous = False

    def __init__(self, account: Account) -> None:
        self.actor = Actor("staff", account.login, account.name, frozenset(account.roles))
        self.name = account.name
        self._stamp = link_digest(account.password_hash)[:16]

    def get_id(self) -> str:
        """What the session cookie holds."""
        return f"{self._stamp}|{self.actor.id}"


def sign_in(account: Account) -> None:
    """Start a session for an account whose password was right."""
    login_user(Staff(account))


def actor() -> Actor:
    """Who sends this request: a member of staff, or a customer."""
    return current_user.actor if current_user.is_authenticated else CUSTOMER


def load_staff(session_id: str) -> Staff | None:
    """The member of staff of a session; nobody if the account was switched off or its password changed. A read that keeps nothing open."""
    account = db.session.scalar(select(Account).where(Account.login == session_id.partition("|")[2], Account.active.is_(True)))
    staff = Staff(account) if account else None
    db.session.remove()
    return staff if staff and staff.get_id() == session_id else None


def wants_json() -> bool:
    """Whether the answer should be JSON: the body is JSON, or only JSON is accepted."""
    return is_json() or request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def is_json() -> bool:
    """Whether the body is exactly `application/json`; a browser sends that to another site only after asking, so it needs no CSRF token."""
    return request.mimetype == "application/json"


def local_path(target: str | None, default: str) -> str:
    """`target` if it is a path of this site (one leading slash), else `default`: never a redirect to elsewhere."""
    ok = target and target.startswith("/") and not target.startswith(("//", "/\\")) and not any(c < " " for c in target)
    return target if ok and target else default


def trusted_hosts(address: str) -> list[str]:
    """The host names under which this service answers: its public address, and the machine itself."""
    return sorted({urlsplit(address).hostname or "localhost", "localhost", "127.0.0.1", "[::1]"})


def init_app(app: Flask) -> None:
    """Put the gateway before and after every request."""
    login_manager.user_loader(load_staff)
    app.before_request(choose_language)
    app.before_request(check_person)
    app.before_request(check_csrf)
    app.after_request(add_headers)
    app.after_request(keep_language)


def choose_language() -> None:
    """`?lang=`, else the cookie, else what the browser asks for, else Korean."""
    for wish in (request.args.get("lang"), request.cookies.get("lang")):
        if wish in LANGUAGES:
            g.language = wish
            return
    g.language = request.accept_languages.best_match(LANGUAGES, default=LANGUAGES[0])


def check_person() -> AnyResponse | None:
    """Nobody passes a view that does not name them. Strangers are asked to sign in; the unknown address stays unknown."""
    if request.endpoint is None or may_open(request.endpoint):
        return None
    if not allowed_at(request.endpoint) or current_user.is_authenticated:
        raise Forbidden()
    if wants_json():
        raise Unauthorized()
    return redirect(f"/login?next={address_here()}", 303)


def address_here() -> str:
    """This address as the `next` of a sign-in: only what can be opened again with GET."""
    path = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return path.replace("&", "%26").replace("#", "%23")


def check_csrf() -> None:
    """Every change from a page carries the token of its session."""
    if request.method not in ("GET", "HEAD", "OPTIONS") and request.endpoint and not is_json():
        csrf.protect()


def add_headers(response: Response) -> Response:
    """Content security policy and its companions; a view that needs another value has set it before."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", POLICY)
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "geolocation=(), microphone=()")
    if request.endpoint != "static":
        headers.setdefault("Cache-Control", "no-store")
        response.vary.update(("Accept-Language", "Cookie"))
    if current_app.config["SESSION_COOKIE_SECURE"]:
        headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}")
    return response


def keep_language(response: Response) -> Response:
    """Remember a language that was chosen on a page."""
    if request.args.get("lang") in LANGUAGES:
        response.set_cookie("lang", g.language, max_age=YEAR, httponly=True, samesite="Lax", secure=current_app.config["SESSION_COOKIE_SECURE"])
    return response
