"""What the app tells the lint of its drawings about everything around them."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from engine.apps.manifest import Manifest
from engine.apps.records import Records
from engine.bpmn.lint import Known
from engine.forms import Form

FUNCTIONS: Final = ("free", "taken", "decide", "settings", "user", "form", "status_url")


def known(
    manifest: Manifest,
    records: Records,
    decisions: Collection[str],
    forms: Mapping[str, Form],
    processes: Collection[str] | None,
) -> Known:
    """The names that drawings may use."""
    starts: dict[str, set[str]] = {}
    messages: dict[str, set[str]] = {}
    for door in manifest.doors.values():
        starts.setdefault(door.process, set()).update(keys(forms.get(door.form or "")))
    for action in manifest.actions.values():
        place = starts.setdefault(action.start, set()) if action.start else messages.setdefault(action.message or "", set())
        place.update(keys(forms.get(action.form or "")))
    for listener in manifest.listeners:
        place = starts.setdefault(listener.start, set()) if listener.start else messages.setdefault(listener.message or "", set())
        place.add("event")
    return Known(
        forms=set(forms),
        decisions=set(decisions),
        processes=None if processes is None else set(processes),
        roles=set(manifest.roles),
        lanes={lane for role in manifest.roles.values() for lane in role.lanes},
        fields={name: keys(form) for name, form in forms.items()},
        records={name: {*record.fields, "id"} for name, record in records.records.items()},
        starts=starts,
        messages=messages,
        names={*records.records, *FUNCTIONS},
        personal={name: {key for key, field in record.fields.items() if field.pii} for name, record in records.records.items()},
        refers={name: {key: field.to for key, field in record.fields.items() if field.to} for name, record in records.records.items()},
    )


def keys(form: Form | None) -> set[str]:
    """The variables that a submission of the form brings."""
    return {item.key.partition(".")[0] for item in _items(form) if item.takes_input or item.type in ("expression", "dynamiclist")}


def _items(form: Form | None) -> Iterable[Any]:
    return form.walk() if form else ()
