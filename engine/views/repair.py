"""What an operator needs to mend an instance: who holds it, its tokens, the elements it could go to, the versions it could move to."""

from dataclasses import dataclass

from sqlalchemy import select

from engine import bpmn
from engine.actors import SYSTEM
from engine.bpmn import Model
from engine.errors import BatonError, Text
from engine.runtime import step, suspension
from engine.runtime.reader import Reader
from engine.store.tables import Deployment

PLACES = ("Task", "task", "Event", "Gateway", "subProcess", "callActivity", "SubProcess")
STANDING_BY = ("boundaryEvent",)


@dataclass(frozen=True)
class Place:
    """An element of the process, by its names."""

    id: str
    name: Text


@dataclass(frozen=True)
class Repairs:
    """What can be done. `held` says who suspended the instance and since when, in both languages; tokens are (token, where)."""

    running: bool
    held: Text | None
    tokens: list[tuple[int, Place]]
    places: list[Place]
    versions: list[tuple[int, str]]


def repairs(read: Reader, instance_id: str) -> Repairs:
    """For one instance; NotFound without it. One whose snapshot cannot be read has no tokens: it can only be cancelled."""
    work, snapshot = step.load(read, instance_id, SYSTEM)
    held = suspension.refusal(read, work).texts if work.suspended_at else None
    others = select(Deployment.version, Deployment.id).where(Deployment.app == work.app.key, Deployment.id != work.deployment_id)
    versions = [(row.version, row.id) for row in read.all(others.order_by(Deployment.version.desc()))]
    places = _places(work.app.model, work.process_id)
    try:
        tokens = bpmn.restore(work.app.model, snapshot, step.Host(work, read)).tokens
    except (BatonError, ValueError, LookupError, TypeError):
        tokens = []
    named = {place.id: place for place in _places(work.app.model, *work.app.model.processes)}
    at = [(token, named.get(element, Place(element, {"ko": element, "en": element}))) for token, element in tokens]
    return Repairs(work.state == "running", held, at, places, versions)


def _places(model: Model, *process_ids: str) -> list[Place]:
    found = []
    for process_id in process_ids:
        for element in model.processes[process_id].elements.values():
            if element.type.endswith(PLACES) and element.type not in STANDING_BY:
                name = element.name or element.id
                found.append(Place(element.id, {"ko": name, "en": element.label_en or name}))
    return found
