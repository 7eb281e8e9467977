"""How apps hang together: who commands what, which events come of it, who hears them, and which partners are asked (for the studio)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.apps import ProcessApp
from engine.bpmn import Element, Process
from engine.connectors.contract import CALLS
from engine.errors import Text

PUBLIC = {"ko": "고객", "en": "Customer"}


@dataclass(frozen=True)
class Command:
    """What somebody can do: open a door, press a button, finish a task. `element` is empty for a button that sends a message."""

    who: tuple[Text, ...]
    label: Text
    process: str
    element: str


@dataclass(frozen=True)
class Told:
    """An event that the app tells: where it is drawn, the record and status it stands for, its payload as drawn, and who hears it."""

    name: str
    label: Text
    process: str
    element: str
    record: str
    status: str
    payload: str
    heard_by: tuple[str, ...]


@dataclass(frozen=True)
class Heard:
    """An event of another app and what it does here: starts a process, or becomes a message. `known`: a live app tells it."""

    event: str
    does: str
    known: bool


@dataclass(frozen=True)
class Asked:
    """A call of a partner. `waits`: the person's request waits for it. `fallbacks`: the error codes that the drawing catches there."""

    partner: str
    label: Text
    process: str
    element: str
    waits: bool
    fallbacks: tuple[str, ...]


@dataclass(frozen=True)
class Landscape:
    """One app among the others."""

    commands: list[Command]
    told: list[Told]
    heard: list[Heard]
    asked: list[Asked]


def of(app: ProcessApp, others: Mapping[str, ProcessApp]) -> Landscape:
    """The app as it stands among all live apps (`others` by key, itself included)."""
    names = {told.name for other in others.values() for told in _told(other, others)}
    heard = [Heard(one.event, one.start or f"{one.message} ({one.key.text if one.key else ''})", one.event in names) for one in app.listeners]
    return Landscape([*_doors(app), *_tasks(app)], list(_told(app, others)), heard, list(_asked(app)))


def _elements(app: ProcessApp) -> Iterator[tuple[Process, Element]]:
    return ((process, element) for process in app.model.processes.values() for element in process.elements.values())


def _label(element: Element) -> Text:
    return {"ko": element.name or element.id, "en": element.label_en or element.name or element.id}


def _doors(app: ProcessApp) -> Iterator[Command]:
    for door in app.doors.values():
        who = tuple(app.roles[role].title for role in door.roles if role in app.roles)
        yield Command(who or (PUBLIC,), door.label, door.process, door.start or "")
    for action in app.actions.values():
        who = tuple(app.roles[role].title for role in action.roles if role in app.roles)
        yield Command(who or (PUBLIC,), action.label, action.start or "", "" if action.start else str(action.message))


def _tasks(app: ProcessApp) -> Iterator[Command]:
    for process, element in _elements(app):
        if element.type == "userTask":
            role = app.role_of_lane(element.lane)
            yield Command((app.roles[role].title,) if role else (), _label(element), process.id, element.id)


def _told(app: ProcessApp, others: Mapping[str, ProcessApp]) -> Iterator[Told]:
    for process, element in _elements(app):
        drawn = element.properties.get("baton:event") or (element.headers.get("event", "") if _publishes(element) else "")
        if drawn:
            name, record = f"{app.key}.{drawn}", app.case_of(process.id)
            heard_by = [f"{key}: {one.start or one.message}" for key, other in others.items() for one in other.listeners if one.event == name]
            status, payload = element.properties.get("baton:status", ""), element.properties.get("baton:payload", "")
            yield Told(name, _label(element), process.id, element.id, record.name if record else "", status, payload, tuple(heard_by))


def _publishes(element: Element) -> bool:
    return element.job_type is not None and element.job_type.text == "event.publish"


def _asked(app: ProcessApp) -> Iterator[Asked]:
    for process, element in _elements(app):
        if element.job_type is not None and element.job_type.text in CALLS:
            caught = [one for one in process.elements.values() if one.attached_to == element.id and one.event == "error"]
            fallbacks = tuple(one.code.text if one.code else "*" for one in caught)
            waits = element.properties.get("baton:sync") == "true"
            yield Asked(element.headers.get("partner", ""), _label(element), process.id, element.id, waits, fallbacks)
