"""Agreements between apps: what a listener reads of an event is what its teller tells. A change that breaks one fails here, before it is deployed."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from engine import apps, feel
from engine.apps import ProcessApp
from engine.views import landscape

ROOT = Path(__file__).parents[2]
READ = re.compile(r"event\.payload\.([A-Za-z_]\w*)")


@cache
def live() -> dict[str, ProcessApp]:
    return {key: apps.load(key, apps.read(ROOT, key)) for key in apps.keys(ROOT)}


def heard() -> Iterator[tuple[str, str, str]]:
    """(listening app, event, process or message) of every listener."""
    for key, app in live().items():
        yield from ((key, one.event, one.start or str(one.message)) for one in app.listeners)


def told(event: str) -> list[set[str]]:
    """The names in the payload at each place where the event is told."""
    app = live()[event.partition(".")[0]]
    return [names_of(app, one) for one in landscape.of(app, live()).told if one.name == event]


def names_of(app: ProcessApp, one: landscape.Told) -> set[str]:
    """The names of a payload: of its FEEL context, or of the fields it lists, or the inputs of `event.publish`."""
    element = app.model.processes[one.process].elements[one.element]
    if one.payload.startswith("="):
        context = feel.evaluate(one.payload[1:].strip(), {})
        assert isinstance(context, dict), f"{one.element}: {one.payload} is no context"
        return set(context)
    return {name.strip() for name in one.payload.split(",") if name.strip()} | {mapping.target[0] for mapping in element.inputs}


@pytest.mark.parametrize(("listener", "event", "does"), sorted(heard()))
def test_a_listener_reads_only_what_is_told(listener: str, event: str, does: str) -> None:
    app = live()[listener]
    places = told(event)
    assert places, f"{listener} hears {event}, which nobody tells"
    drawings = [app.model.files[process.file].decode() for process in app.model.processes.values() if process.id == does]
    keys = [one.key.text for one in app.listeners if one.event == event and one.key]
    read = {name for text in [*drawings, *keys] for name in READ.findall(text)}
    for names in places:
        assert read <= names, f"{listener} reads {sorted(read - names)} of {event}, which tells {sorted(names)}"
