"""Incidents: what cannot go on by itself, in words for an operator, until somebody resolves it or it goes away."""

from collections.abc import Sequence

from sqlalchemy import insert, select, update

from engine.actors import Actor
from engine.errors import NotFound, Refused
from engine.ids import new_id
from engine.runtime import audit
from engine.runtime.reader import Reader
from engine.store.commit import Change
from engine.store.tables import Incident, ProcessInstance

LONGEST_NOTE = 2000
RAISED = "RAISED"  # by the drawing, with `incident.raise`; closed by an operator
NOT_RAISED = {
    "ko": "이 문제는 원인이 없어지면 저절로 닫혀요.",
    "en": "This incident closes by itself once its cause is gone.",
}
EMPTY_NOTE = {"ko": "메모를 적어 주세요.", "en": "Write a note."}


def open_incident(
    read: Reader, change: Change, instance_id: str, source: str | None, element_id: str, kind: str, message: str, app: str | None = None
) -> None:
    """Add the row of a new incident. `source` is the job or message that cannot go on; without `app`, it is that of the instance."""
    row = {"id": new_id(), "instance_id": instance_id, "source": source, "element_id": element_id, "kind": kind[:40], "message": message[:2000]}
    row["app"] = app if app is not None else _app_of(read, instance_id)
    change.add(insert(Incident), row | {"created_at": read.now, "resolved_at": None})


def _app_of(read: Reader, instance_id: str) -> str:
    found: str | None = read.value(select(ProcessInstance.app).where(ProcessInstance.id == instance_id)) if instance_id else None
    return found or ""


def resolve(read: Reader, change: Change, instance_id: str, sources: Sequence[str], actor: Actor | None = None) -> None:
    """Close the incidents of an instance's jobs or messages that go on, or that nobody needs any more."""
    where = (Incident.instance_id == instance_id, Incident.source.in_(sources), Incident.resolved_at.is_(None))
    change.add(update(Incident).where(*where).values(resolved_at=read.now, resolved_by=actor.id if actor else None))


def resolve_all(read: Reader, change: Change, instance_id: str, actor: Actor) -> None:
    """Close every incident of an instance that an operator ended."""
    where = (Incident.instance_id == instance_id, Incident.resolved_at.is_(None))
    change.add(update(Incident).where(*where).values(resolved_at=read.now, resolved_by=actor.id))


def raise_at(read: Reader, change: Change, instance_id: str, element_id: str, message: str, app: str) -> None:
    """Open an incident that the drawing raises; while one is open at that element of the instance, it is the same one."""
    same = (Incident.instance_id == instance_id, Incident.element_id == element_id, Incident.kind == RAISED, Incident.resolved_at.is_(None))
    if read.value(select(Incident.id).where(*same)) is None:
        open_incident(read, change, instance_id, None, element_id, RAISED, message, app)


def close(read: Reader, *, incident_id: str, actor: Actor) -> Change:
    """Close an incident that a drawing raised: an operator has seen to it. NotFound when none is open; Refused when it is of another kind."""
    kind = read.value(select(Incident.kind).where(Incident.id == incident_id, Incident.resolved_at.is_(None)))
    if kind is None:
        raise NotFound("NO_INCIDENT")
    if kind != RAISED:
        raise Refused("NOT_RAISED", NOT_RAISED, 409)
    change = Change(result=incident_id)
    where = (Incident.id == incident_id, Incident.resolved_at.is_(None))
    change.add(update(Incident).where(*where).values(resolved_at=read.now, resolved_by=actor.id), expect=1)
    audit.note(read, change, actor, "incident.close", incident_id, "")
    return change


def annotate(read: Reader, *, incident_id: str, note: str, actor: Actor) -> Change:
    """Keep what an operator found out about an incident; it replaces the note before, which stays in the audit log. NotFound without it."""
    text = note.strip()[:LONGEST_NOTE]
    if not text:
        raise Refused("EMPTY_NOTE", EMPTY_NOTE, 422)
    if read.value(select(Incident.id).where(Incident.id == incident_id)) is None:
        raise NotFound("NO_INCIDENT")
    change = Change(result=incident_id)
    change.add(update(Incident).where(Incident.id == incident_id).values(note=text), expect=1)
    audit.note(read, change, actor, "incident.note", incident_id, text)
    return change
