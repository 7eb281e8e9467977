"""Actions on a case: the buttons on a tracking page, and on a case page for staff."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select

from engine import forms
from engine.actors import Actor
from engine.apps import Action, ProcessApp
from engine.errors import Forbidden, Invalid, NotFound
from engine.runtime import record_changes, requests, step
from engine.runtime.effects import Effects
from engine.runtime.instances import variables_of
from engine.runtime.names import Names
from engine.runtime.reader import Reader
from engine.runtime.records import Records, RecordView, encode
from engine.runtime.refusals import refusal, told
from engine.store.commit import Change
from engine.store.tables import ProcessInstance, Record
from engine.vault import link_digest


@dataclass(frozen=True)
class CaseRef:
    """A case: its app, the collection of its record, and its number."""

    app: str
    collection: str
    number: str


@dataclass(frozen=True)
class Acted:
    """An action that was carried out; `number` is the new case's (a cancellation's), if it made one.

    `token` is that of the new case's own tracking page, if it has one.
    """

    case: CaseRef
    number: str | None
    token: str | None = None


def by_token(read: Reader, token: str) -> CaseRef | None:
    """The case behind a tracking token, or None."""
    row = read.one(select(Record.app, Record.collection, Record.id).where(Record.link == link_digest(token)))
    return CaseRef(row.app, row.collection, row.id) if row else None


def opened(read: Reader, case: CaseRef, actor: Actor) -> tuple[str, ProcessApp, Names]:
    """The deployment that the case runs on, its app, and the names that expressions about the case see."""
    deployment_id, app = deployment_of(read, case)
    records = Records(read, app)
    record = records.need(case.collection, case.number)
    return deployment_id, app, Names(records, record, actor)


def deployment_of(read: Reader, case: CaseRef) -> tuple[str, ProcessApp]:
    """The version a case runs on: that of the process instance that opened it, else the live one."""
    where = (ProcessInstance.app == case.app, ProcessInstance.business_key == case.number)
    found = read.value(select(ProcessInstance.deployment_id).where(*where).order_by(ProcessInstance.started_at).limit(1))
    return (found, read.app(found)) if found else read.live(case.app)


def action_of(app: ProcessApp, action: str, actor: Actor, collection: str) -> Action:
    """The action, if this actor may use it on cases of this collection."""
    found = app.actions.get(action)
    if found is None or not found.is_about(collection) or (found.roles and actor.kind == "customer"):
        raise NotFound("NO_ACTION")
    if found.roles and not actor.has(*found.roles):
        raise Forbidden()
    return found


def offered(app: ProcessApp, names: Names, action: Action) -> bool:
    """Whether the action is about such a case, and its condition holds now."""
    return action.is_about(names.case.kind.name if names.case else None) and action.when(names, names.records.read.now) is True


def act(read: Reader, *, case: CaseRef, action: str, actor: Actor, submission: Mapping[str, Any], key: str | None = None) -> Change:
    """Carry out an action of a case: it starts a process about the case, or sends it a message. Answers Acted.

    Raises Invalid with field errors, and Refused with the app's text when the action is not offered now or the drawing refuses it.
    """
    deployment_id, app, names = opened(read, case, actor)
    chosen = action_of(app, action, actor, case.collection)
    request = requests.Request.of(read, f"act/{case.app}/{case.number}/{action}/{actor.id}", key, submission)
    if answer := requests.earlier(read, request):
        earlier = CaseRef(**answer["case"])
        return Change(result=Acted(earlier, answer["number"], _token(read, app, earlier, chosen, answer["number"])))
    with requests.once(read, request), told(app):
        if not offered(app, names, chosen):
            raise refused(app, names, chosen)
        values = _checked(read, app, chosen, submission, names)
        change, number = _start(read, app, deployment_id, chosen, names, values, actor) if chosen.start else _send(app, chosen, names, values, actor)
    requests.remember(read, change, request, {"case": asdict(case), "number": number})
    change.result = Acted(case, number, _token(read, app, case, chosen, number))
    return change


def _token(read: Reader, app: ProcessApp, case: CaseRef, action: Action, number: str | None) -> str | None:
    kind = record_type(app, action)
    if number is None or kind is None or not (kind.number and kind.phone):
        return None
    return read.vault.link_token(case.app, kind.name, number)


def refused(app: ProcessApp, names: Names, action: Action) -> Exception:
    """Why an action is not offered: the code of its first refusal whose condition holds."""
    now = names.records.read.now
    codes = (entry.code for entry in action.refusals if entry.when(names, now) is True)
    return refusal(app, next(codes, "BAD_STATE"))


def _checked(read: Reader, app: ProcessApp, action: Action, submission: Mapping[str, Any], names: Names) -> dict[str, Any]:
    if action.form is None:
        return {}
    found = forms.submit(app, action.form, submission, names, now=read.now, record=record_type(app, action))
    if found.errors or found.confirm:
        raise Invalid(found.errors, found.confirm)
    return found.values


def record_type(app: ProcessApp, action: Action) -> Any:
    """The record that the action's form fills: that of the process it starts."""
    return app.case_of(action.start) if action.start else None


def _start(
    read: Reader, app: ProcessApp, deployment_id: str, action: Action, names: Names, values: dict[str, Any], actor: Actor
) -> tuple[Change, str | None]:
    process_id = str(action.start)
    kind, origin = app.case_of(process_id), names.case
    record: RecordView | None = None
    if kind is not None and origin is not None:
        about = {name: origin for name, field in kind.fields.items() if field.type == "ref" and field.to == origin.kind.name}
        record = record_changes.create(names.records, kind.name, {**about, **record_changes.of_type(kind, values)})
    work = step.begin(read, deployment_id, process_id, names.records, record or origin, actor)
    work.events.append({"type": "started", "action": action.id})
    change = step.start(read, work, variables_of(record, values), actor)
    return change, record.id if record else None


def _send(app: ProcessApp, action: Action, names: Names, values: dict[str, Any], actor: Actor) -> tuple[Change, None]:
    key = action.key(names, names.records.read.now) if action.key else names.case.id if names.case else ""
    effects = Effects(names, "")
    effects.publish(str(action.message), str(encode(key)), values, "PT24H")
    change = Change()
    effects.write(change)
    return change, None
