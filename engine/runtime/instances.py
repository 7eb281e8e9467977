"""Starting process instances through the doors of an app."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, select

from engine import forms
from engine.actors import Actor
from engine.apps import Door, ProcessApp
from engine.errors import Busy, Forbidden, Invalid, NotFound
from engine.personal import PersonalText
from engine.runtime import record_changes, requests, step, switches
from engine.runtime.names import Names
from engine.runtime.reader import Reader
from engine.runtime.records import Records, RecordView
from engine.runtime.refusals import told
from engine.store.commit import Change
from engine.store.constant import Constant
from engine.store.tables import Deployment, Idempotency

STANDING = Constant(  # the live deployment of an app, whether its doors are closed, and what the same request was answered
    select(
        Deployment.id,
        (switches.is_draining() | switches.is_paused(Deployment.__table__.c.app)).label("closed"),
        Idempotency.body,
        Idempotency.answer,
    )
    .outerjoin(Idempotency, Idempotency.key == bindparam("key"))
    .where(Deployment.app == bindparam("app"), Deployment.live.is_(True))
)


@dataclass(frozen=True)
class Started:
    """A new case: its number, and the token of its tracking page."""

    instance_id: str
    app: str
    collection: str
    number: str
    token: str


def start(read: Reader, *, app: str, door: str, actor: Actor, submission: Mapping[str, Any], key: str | None = None) -> Change:
    """Submit a start form: the case record is made from it, gets its number, and the process runs to its first wait states.

    Answers Started; the same `key` and body again answer the same. Raises Invalid with field errors, NotFound for an unknown door,
    Forbidden for the wrong role, Busy while new cases are not taken, and Refused with the app's text for an error that the drawing does not catch.
    """
    request = requests.Request.of(read, f"start/{app}/{door}/{actor.id}", key, submission)
    standing = _standing(read, app, request)
    deployment_id, found = standing.id, read.app(standing.id)
    opened = opened_door(found, door, actor)
    if request and standing.body:
        answer = request.again(standing.body, standing.answer)
        return Change(result=Started(**answer, token=_token(read, answer["app"], answer["collection"], answer["number"])))
    if standing.closed:
        raise Busy(switches.TRY_AGAIN)
    records = Records(read, found)
    with requests.once(read, request), told(found):
        values = checked(read, found, opened, submission, Names(records, None, actor))
        change, started = _run(read, found, deployment_id, opened, records, values, actor)
    kept = {name: value for name, value in vars(started).items() if name != "token"}  # only its digest is kept anywhere
    requests.remember(read, change, request, kept)
    change.result = started
    return change


def _standing(read: Reader, app: str, request: requests.Request | None) -> Row[Any]:
    found = read.one(STANDING, {"app": app, "key": request.key if request else None})
    if found is None:
        raise NotFound("NO_APP")
    return found


def opened_door(app: ProcessApp, door: str, actor: Actor) -> Door:
    """The door, if this actor may use it."""
    if door not in app.doors:
        raise NotFound("NO_DOOR")
    found = app.doors[door]
    access = set(found.access.split(","))
    if not ("public" in access or ("customer" in access and actor.kind == "customer") or actor.has(*access)):
        raise Forbidden()
    return found


def checked(read: Reader, app: ProcessApp, door: Door, submission: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """The submission's values by form and checks; Invalid with everything that is wrong."""
    if door.form is None:
        return {}
    found = forms.submit(app, door.form, submission, names, now=read.now, record=app.case_of(door.process))
    if found.errors or found.confirm:
        raise Invalid(found.errors, found.confirm)
    return found.values


def _run(
    read: Reader, app: ProcessApp, deployment_id: str, door: Door, records: Records, values: dict[str, Any], actor: Actor
) -> tuple[Change, Started]:
    kind = app.case_of(door.process)
    record = record_changes.create(records, kind.name, record_changes.of_type(kind, values)) if kind else None
    work = step.begin(read, deployment_id, door.process, records, record, actor)
    work.events.append({"type": "started", "door": door.id})
    change = step.start(read, work, variables_of(record, values), actor, door.start, linked=record)
    collection, number = (record.kind.name, record.id) if record else ("", work.id)
    return change, Started(work.id, app.key, collection, number, _token(read, app.key, collection, number))


def _token(read: Reader, app: str, collection: str, number: str) -> str:
    return read.vault.link_token(app, collection, number) if collection else ""


def variables_of(record: RecordView | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """A submission as variables: what is personal goes in by reference to the record's person."""
    fields = record.kind.fields if record else {}
    kept = {
        name: record[name]
        for name in values
        if record and name in fields and (isinstance(record[name], PersonalText) or (fields[name].type == "file" and record[name]))
    }
    return {**values, **kept}
