"""Applying: the form of a public door, and the receipt."""

import secrets
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, jsonify, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from engine.actors import CUSTOMER
from engine.errors import Invalid, NotFound, Refused
from engine.runtime import instances
from engine.runtime.names import Names
from engine.runtime.records import Records
from engine.views import catalogue, tracking
from engine.views.catalogue import DoorPage
from web import submissions
from web.current import baton, perform
from web.errors import field_messages
from web.extensions import POSTS, limiter
from web.gateway import PUBLIC, allow, wants_json
from web.portal import steps
from web.portal.services import live_apps, public_doors
from web.portal.track import private
from web.texts import language

Page = str | tuple[str, int] | tuple[str, int, dict[str, str]] | Response
NEXT, BACK, REFRESH = "next", "back", "refresh"


def routes(blueprint: Blueprint) -> None:
    """`/s/<app>/apply`, `/s/<app>/<door>` and `/s/<app>/applied/<token>`."""
    blueprint.add_url_rule("/s/<app>/apply", view_func=any_door)
    blueprint.add_url_rule("/s/<app>/<door>", view_func=form, methods=["GET"])
    blueprint.add_url_rule("/s/<app>/<door>", view_func=send, methods=["POST"])
    blueprint.add_url_rule("/s/<app>/applied/<token>", view_func=receipt)


@allow(PUBLIC)
def any_door(app: str) -> Page:
    """The app's door called `apply`, else its first public one."""
    live = next((each for each in live_apps() if each.key == app), None)
    doors = [door.id for door in public_doors(live)] if live else []
    if not doors:
        raise NotFound("NO_DOOR")
    return form(app, "apply") if "apply" in doors else redirect(url_for("portal.form", app=app, door=doors[0]))


@allow(PUBLIC)
def form(app: str, door: str) -> Page:
    """The empty form."""
    return page(app, door, door_page(app, door), key=secrets.token_urlsafe(16))


@allow(PUBLIC)
@limiter.limit(POSTS)
def send(app: str, door: str) -> Page:
    """Go one step further or back, or apply. What was typed stays in the form whatever happens."""
    typed = submissions.read(files=True)
    key = submissions.idempotency_key()
    if not wants_json() and submissions.control("go") in (NEXT, BACK, REFRESH):
        return move(app, door, typed, key)
    try:
        started = perform(instances.start, app=app, door=door, actor=CUSTOMER, submission=typed, key=key)
    except Refused as refusal:
        if wants_json() or isinstance(refusal, NotFound):
            raise
        return again(app, door, typed, refusal)
    if wants_json():
        return answer(app, started)
    return redirect(url_for("portal.receipt", app=app, token=started.token), 303)


@allow(PUBLIC)
def receipt(app: str, token: str) -> Page:
    """The number, the link to follow the case, and what happens next. Nothing personal stands here."""
    with baton().read() as read:
        case = tracking.by_token(read, token)
        if case is None or case.app != app:
            raise NotFound()
        about = tracking.number_label(read, case)
    link = baton().settings.address + url_for("portal.track", token=token)
    return private(make_response(render_template("portal/receipt.html", case=case, about=about, link=link, token=token)))


def move(app: str, door: str, typed: dict[str, Any], key: str | None) -> Page:
    """Another step of the form. Forward only when this step is right."""
    number = int(submissions.control("step", "1")) if submissions.control("step", "1").isdigit() else 1
    whole = door_page(app, door, typed)
    if submissions.control("go") == NEXT:
        here = steps.names_in(steps.step(steps.without_previews(whole.form), number).groups)
        wrong = {field: texts for field, texts in problems(whole, typed).items() if field.split(".")[0] in here}
        if wrong:
            return page(app, door, door_page(app, door, typed, wrong), number, key, submissions.pairs(typed)), 422
    change = {NEXT: 1, BACK: -1}.get(submissions.control("go"), 0)
    return page(app, door, whole, number + change, key, submissions.pairs(typed))


def again(app: str, door: str, typed: dict[str, Any], refusal: Refused) -> Page:
    """The form once more, with what was refused and everything typed."""
    errors = field_messages(refusal)
    shown = door_page(app, door, typed, errors)
    headers = {"Retry-After": str(refusal.details["retry_after"])} if "retry_after" in refusal.details else {}
    number = steps.first_wrong(shown.form, errors)
    return page(app, door, shown, number, submissions.key_again(refusal), submissions.pairs(typed)), refusal.status, headers


def door_page(app: str, door: str, typed: dict[str, Any] | None = None, errors: dict[str, Any] | None = None) -> DoorPage:
    """The door with its form in the page's language; NotFound unless anybody may use it."""
    with baton().read() as read:
        found = catalogue.door_form(read, app, door, lang=language(), actor=CUSTOMER, values=typed, errors=errors)
    if found.door.access != "public":
        raise NotFound("NO_DOOR")
    return found


def problems(shown: DoorPage, typed: dict[str, Any]) -> dict[str, Any]:
    """What is wrong with the values so far, by field."""
    with baton().read() as read:
        try:
            instances.checked(read, shown.app, shown.door, typed, Names(Records(read, shown.app), None, CUSTOMER))
        except Invalid as invalid:
            return dict(invalid.errors)
    return {}


def page(app: str, door: str, shown: DoorPage, number: int = 1, key: str | None = None, posted: Iterable[tuple[str, str]] = ()) -> str:
    """The form as a page, at one of its steps; `posted` are the values so far."""
    step = steps.step(steps.without_previews(shown.form), number, posted)
    return render_template("portal/apply.html", app=app, door=door, shown=shown, step=step, previews=steps.previews(shown.form), key=key or "")


def answer(app: str, started: instances.Started) -> Response:
    """What a program gets for an application."""
    response = jsonify(
        number=started.number,
        token=started.token,
        receipt_url=url_for("portal.receipt", app=app, token=started.token),
        tracking_url=url_for("portal.track", token=started.token),
    )
    response.status_code = 201
    return response
