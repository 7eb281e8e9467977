"""Signing in and out: limited tries, one answer for every wrong pair, onwards only to pages of this site."""

from flask import Response as FlaskResponse
from flask import flash, make_response, redirect, render_template, request, session, url_for
from flask_limiter import RequestLimit
from flask_limiter.util import get_remote_address
from flask_login import current_user, logout_user
from werkzeug.wrappers import Response

from engine.views import catalogue
from web import gateway
from web.current import baton
from web.extensions import limiter
from web.gateway import PUBLIC, allow, local_path
from web.page_tools import home_path
from web.tasks import accounts
from web.tasks.blueprint import blueprint
from web.texts import t

WRONG = 422
TRIES = "5 per 15 minutes"
TRIES_OF_ADDRESS = "50 per 15 minutes"
HOMES = (("operator", "ops.instances"), ("admin", "ops.instances"), ("analyst", "studio.index"))


def who_tries() -> str:
    """One login from one address: another's mistakes lock nobody out."""
    return f"{get_remote_address()}|{request.form.get('login', '').strip().casefold()[:80]}"


def too_many(limit: RequestLimit) -> FlaskResponse:
    """The form again with the time to wait."""
    minutes = max(1, round((limit.reset_at - baton().clock.now().timestamp()) / 60))
    response = form(t("tasks.sign_in_many", minutes=minutes), 429)
    response.headers["Retry-After"] = str(minutes * 60)
    return response


def form(problem: str | None = None, status: int = 200) -> FlaskResponse:
    """The sign-in form; what was typed stays, except the password."""
    page = render_template("login.html", problem=problem, login=request.form.get("login", ""), next=request.values.get("next", ""))
    return make_response(page, status)


@blueprint.get("/login")
@allow(PUBLIC)
def login() -> Response:
    """The form; those who are signed in go on."""
    return redirect(onwards(), 303) if current_user.is_authenticated else form()


@blueprint.post("/login")
@allow(PUBLIC)
@limiter.limit(TRIES_OF_ADDRESS, deduct_when=lambda response: response.status_code == WRONG, on_breach=too_many)
@limiter.limit(TRIES, key_func=who_tries, deduct_when=lambda response: response.status_code == WRONG, on_breach=too_many)
def sign_in() -> Response:
    """Start a fresh session for the right pair."""
    account = accounts.find(request.form.get("login", "").strip(), request.form.get("password", ""))
    if account is None:
        return form(t("tasks.sign_in_wrong"), WRONG)
    session.clear()
    gateway.sign_in(account)
    flash(t("tasks.signed_in", name=account.name))
    return redirect(onwards(), 303)


@blueprint.post("/logout")
@allow(PUBLIC)
def logout() -> Response:
    """End the session."""
    logout_user()
    session.clear()
    flash(t("tasks.signed_out"))
    return redirect(url_for("tasks.login"), 303)


def onwards() -> str:
    """Where to go after signing in: the page that asked for it, else the home of the person's role, else the first page of their menu."""
    return local_path(request.values.get("next"), "") or home_of_role() or home_path()


def home_of_role() -> str | None:
    """The page that an app names for one of the person's roles; without a role in any app, the page of a platform role."""
    mine = gateway.actor().roles
    with baton().read() as read:
        homes = [role.home for live in catalogue.apps(read) for role in live.app.roles.values() if role.id in mine]
    if homes:
        return local_path(next((home for home in homes if home), None), url_for("tasks.worklist"))
    return next((url_for(endpoint) for role, endpoint in HOMES if role in mine), None)
