"""Cases for staff: find them, see where one stands, act on it, start one for a customer on the telephone."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.apps import Door
from engine.errors import NotFound, Refused
from engine.runtime import cases as commands
from engine.runtime import documents, instances
from engine.runtime.reader import Reader
from engine.views import cases as pages
from engine.views import catalogue, tracking
from web import submissions
from web.current import baton, page_number, perform
from web.errors import refused
from web.gateway import STAFF, actor, allow, may_open, wants_json
from web.tasks.answers import errors_of, problem_of, respond
from web.tasks.blueprint import blueprint
from web.texts import Text, language, pick, t


@dataclass(frozen=True)
class OpenDoor:
    """A way to start a case that the one who asks may take."""

    app: str
    app_title: Text
    id: str
    label: Text


@blueprint.get("/cases")
@allow(STAFF)
def cases() -> str:
    """Search by number, name or mobile number; without a search the latest."""
    q, wanted = request.args.get("q", "").strip()[:80], page_number()
    with baton().read() as read:
        found = pages.find(read, q, lang=language(), page=wanted)
        doors = [
            OpenDoor(live.key, live.app.title, door.id, door.label)
            for live in catalogue.apps(read)
            for door in live.app.doors.values()
            if may_enter(door)
        ]
    return render_template("tasks/cases.html", found=found, q=q, page=wanted, doors=doors)


def may_enter(door: Door) -> bool:
    """Staff enter the doors of their roles, and public ones for a customer."""
    return door.access == "public" or actor().has(*door.roles)


@blueprint.get("/cases/<app>/<number>")
@allow(STAFF)
def case(app: str, number: str) -> str:
    """The business view of one case."""
    with baton().read() as read:
        page = pages.case(read, app, number, lang=language(), actor=actor())
        files = documents.of_record(read, app, f"{page.row.collection}/{number}")
    related = list({row.number: row for row in page.instances if row.number and row.number != number}.values())
    return render_template("tasks/case.html", page=page, files=files, related=related, may_operate=may_open("ops.instance"))


@blueprint.get("/cases/<app>/<number>/<action>")
@allow(STAFF)
def act(app: str, number: str, action: str) -> Response:
    """What an action asks for."""
    return action_page(app, number, action)


@blueprint.post("/cases/<app>/<number>/<action>")
@allow(STAFF)
def do_act(app: str, number: str, action: str) -> Response:
    """Carry out an action on a case."""
    typed = submissions.read(files=True)
    with baton().read() as read:
        case_ref, label = for_staff(read, app, number, action)
    try:
        acted = perform(commands.act, case=case_ref, action=action, actor=actor(), submission=typed, key=submissions.idempotency_key())
    except Refused as refusal:
        return refused(refusal) if wants_json() else action_page(app, number, action, typed, refusal)
    said = "tasks.did_act_new" if acted.number else "tasks.did_act"
    flash(t(said, number=number, action=pick(label), new=acted.number))
    return redirect(url_for("tasks.case", app=app, number=number), 303)


def action_page(app: str, number: str, action: str, typed: dict[str, object] | None = None, refusal: Refused | None = None) -> Response:
    """The form of an action, after a refusal with everything typed."""
    with baton().read() as read:
        case_ref, label = for_staff(read, app, number, action)
        page = tracking.action_form(read, case_ref, action, lang=language(), values=typed, errors=errors_of(refusal), actor=actor())
    return form_page(page.form, label, "", url_for("tasks.case", app=app, number=number), refusal, page.summary)


def for_staff(read: Reader, app: str, number: str, action: str) -> tuple[commands.CaseRef, Text]:
    """The case and the action's label. NotFound unless it is an action of this person's roles; whether it can be done now others say."""
    row = pages.case(read, app, number, lang=language(), actor=actor()).row
    case_ref = commands.CaseRef(app, row.collection, number)
    found = commands.deployment_of(read, case_ref)[1].actions.get(action)
    if found is None or not actor().has(*found.roles):
        raise NotFound()
    return case_ref, found.label


@blueprint.get("/cases/start/<app>/<door>")
@allow(STAFF)
def start(app: str, door: str) -> Response:
    """The application form, filled in for a customer."""
    return start_page(app, door)


@blueprint.post("/cases/start/<app>/<door>")
@allow(STAFF)
def do_start(app: str, door: str) -> Response:
    """Start the case and show it."""
    typed = submissions.read(files=True)
    try:
        started = perform(instances.start, app=app, door=door, actor=actor(), submission=typed, key=submissions.idempotency_key())
    except Refused as refusal:
        return refused(refusal) if wants_json() else start_page(app, door, typed, refusal)
    flash(t("tasks.did_start", number=started.number))
    return redirect(url_for("tasks.case", app=app, number=started.number), 303)


def start_page(app: str, door: str, typed: dict[str, object] | None = None, refusal: Refused | None = None) -> Response:
    """The door's form, after a refusal with everything typed."""
    with baton().read() as read:
        page = catalogue.door_form(read, app, door, lang=language(), actor=actor(), values=typed, errors=errors_of(refusal))
    return form_page(page.form, page.door.label, t("tasks.start_for"), url_for("tasks.cases"), refusal)


def form_page(form: object, heading: Text, lead: str, back: str, refusal: Refused | None, summary: list[tuple[str, str]] | None = None) -> Response:
    """A form that stands alone; `summary` says what it is about."""
    key = submissions.key_again(refusal)
    problem = problem_of(refusal) if refusal else None
    shown = render_template("tasks/form_page.html", form=form, heading=heading, lead=lead, back=back, problem=problem, key=key, summary=summary)
    return respond(shown, refusal)
