"""The apps: what customers can start, what analysts have deployed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from engine import forms
from engine.actors import Actor
from engine.apps import Door, ProcessApp
from engine.bpmn import Element
from engine.errors import Text
from engine.forms import FormView
from engine.runtime.instances import checked, opened_door
from engine.runtime.names import Names
from engine.runtime.reader import Reader
from engine.runtime.records import Records
from engine.store.tables import Deployment, ProcessInstance
from engine.texts import pick


@dataclass(frozen=True)
class LiveApp:
    """The live version of an app; `running` counts its instances of all versions."""

    key: str
    version: int
    app: ProcessApp
    deployed_at: datetime
    deployed_by: str
    running: int


@dataclass(frozen=True)
class Version:
    """One deployment of an app."""

    version: int
    digest: str
    deployed_at: datetime
    deployed_by: str
    live: bool
    running: int


@dataclass(frozen=True)
class DoorPage:
    """A start form."""

    app: ProcessApp
    door: Door
    form: FormView


def apps(read: Reader) -> list[LiveApp]:
    """All live apps, by key."""
    running = _running(read)
    columns = (Deployment.id, Deployment.app, Deployment.version, Deployment.deployed_at, Deployment.deployed_by)
    rows = read.all(select(*columns).where(Deployment.live.is_(True)).order_by(Deployment.app))
    per_app = {key: sum(count for (app, _), count in running.items() if app == key) for key, _ in running}
    return [LiveApp(row.app, row.version, read.app(row.id), row.deployed_at, row.deployed_by, per_app.get(row.app, 0)) for row in rows]


def versions(read: Reader, key: str) -> list[Version]:
    """All versions of an app, the newest first."""
    running = _running(read)
    columns = (Deployment.id, Deployment.version, Deployment.digest, Deployment.deployed_at, Deployment.deployed_by, Deployment.live)
    rows = read.all(select(*columns).where(Deployment.app == key).order_by(Deployment.version.desc()))
    return [Version(row.version, row.digest, row.deployed_at, row.deployed_by, row.live, running.get((key, row.id), 0)) for row in rows]


def _running(read: Reader) -> dict[tuple[str, str], int]:
    columns = (ProcessInstance.app, ProcessInstance.deployment_id)
    rows = read.all(select(*columns, func.count().label("number")).where(ProcessInstance.state == "running").group_by(*columns))
    return {(row.app, row.deployment_id): row.number for row in rows}


def door_form(
    read: Reader,
    key: str,
    door_id: str,
    *,
    lang: str,
    actor: Actor,
    values: Mapping[str, Any] | None = None,
    errors: Mapping[str, Sequence[Text]] | None = None,
) -> DoorPage:
    """The form behind a door of the live version. NotFound for an unknown app or door, Forbidden for the wrong role."""
    _, app = read.live(key)
    door = opened_door(app, door_id, actor)
    view = FormView("", lang, ())
    if door.form is not None:
        names, kind = Names(Records(read, app), None, actor), app.case_of(door.process)
        view = forms.view(app, door.form, names, lang=lang, now=read.now, values=values, errors=errors, record=kind)
    return DoorPage(app, door, led_to(view, app, door.label, start_of(app, door.process, door.start), lang))


def start_of(app: ProcessApp, process_id: str, start: str | None) -> Element:
    """The start event that a form belongs to: the one named, else the process's none start event."""
    process = app.model.processes[process_id]
    return process.elements[start] if start else next((each for each in process.starts if each.event == "none"), process.starts[0])


def led_to(view: FormView, app: ProcessApp, label: Text, start: Element | None, lang: str) -> FormView:
    """A form behind a door or an action: its button is named by the drawing, else by the form, else as what led here."""
    own = view.id and app.forms[view.id].submit
    named = view if own else replace(view, submit_label=pick(label, lang))
    return labelled(named, start, lang) if start else named


def labelled(view: FormView, element: Element, lang: str) -> FormView:
    """The form with the submit button's words from the drawing (`baton:submitLabel`), where it has any."""
    texts = {language: element.properties.get(f"baton:submitLabel.{language}", "") for language in ("ko", "en")}
    return replace(view, submit_label=pick(texts, lang)) if any(texts.values()) else view


def check_door(read: Reader, key: str, door_id: str, *, actor: Actor, values: Mapping[str, Any]) -> None:
    """Raise Invalid exactly as starting with these values would: a long form is checked step by step."""
    _, app = read.live(key)
    checked(read, app, opened_door(app, door_id, actor), values, Names(Records(read, app), None, actor))
