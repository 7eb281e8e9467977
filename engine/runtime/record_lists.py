"""Rows that staff change on the list pages of an app: menus, exhibitions, technicians."""

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine import forms
from engine.actors import Actor
from engine.apps import ProcessApp, RecordList
from engine.apps.list_forms import form_id
from engine.errors import Forbidden, Invalid, NotFound, Refused, Text
from engine.forms import Field
from engine.personal import PersonalText
from engine.runtime import audit, record_changes
from engine.runtime.names import Names
from engine.runtime.reader import Reader
from engine.runtime.records import Records, RecordView
from engine.runtime.refusals import told
from engine.store.commit import Change

NEW_ID = Field("id", "text", {"ko": "아이디", "en": "Id"}, required=True, pattern=r"[A-Za-z0-9가-힣][A-Za-z0-9가-힣_.\-/]{0,79}")
CHANGED = {
    "ko": "보는 사이에 다른 사람이 바꿨어요. 지금 값을 확인하고 다시 저장해 주세요. 적은 내용은 그대로 있어요.",
    "en": "Somebody changed this meanwhile. Check the present values and save again; what you typed is kept.",
}
TAKEN: Text = {"ko": "이미 있는 아이디예요.", "en": "This id exists already."}


@dataclass(frozen=True)
class Saved:
    """A row that was saved. `changed` is false when it said so already."""

    id: str
    created: bool
    changed: bool


@dataclass(frozen=True)
class OpenList:
    """A list as one person sees it: its app, its records, and whether that person may change rows."""

    app: ProcessApp
    page: RecordList
    records: Records
    names: Names
    may_edit: bool

    def scope(self, row: RecordView | None) -> Mapping[str, Any]:
        """What the expressions of the row's form see."""
        return ChainMap({self.page.source: row}, self.names) if row else self.names  # type: ignore[arg-type]


def opened(read: Reader, app: str, name: str, actor: Actor) -> OpenList:
    """The list, if this person may see it; NotFound otherwise."""
    _, found = read.live(app)
    page = found.lists.get(name)
    if page is None or not (actor.kind == "system" or actor.has(*page.roles, *page.editors)):
        raise NotFound("NO_LIST")
    records = Records(read, found)
    may_edit = bool(page.edit) and (actor.kind == "system" or actor.has(*page.editors))
    return OpenList(found, page, records, Names(records, None, actor), may_edit)


def save(
    read: Reader, *, app: str, name: str, actor: Actor, fields: Mapping[str, Any], id: str | None = None, rev: int | None = None, new: bool = False
) -> Change:
    """Write the given fields of a row; `new` makes one, with the id that was typed or the next number. Answers Saved.

    `rev` is the revision that the person saw. Raises Invalid with field errors, CHANGED_MEANWHILE when the row is another by now,
    Forbidden without the role, NotFound for a row that is not there, and Refused with the app's text for a value that another row holds.
    """
    found = opened(read, app, name, actor)
    if not found.may_edit or (new and not found.page.add):
        raise Forbidden()
    row = None if new else found.records.need(found.page.source, str(id))
    if row and rev is not None and rev != row.rev:
        raise Refused("CHANGED_MEANWHILE", CHANGED, 409)
    values = checked(read, found, row, fields)
    with told(found.app):
        row = _new(found, id, values) if row is None else _write(found, row, values)
        change = Change(result=Saved(row.id, new, row in found.records.changed))
        record_changes.write(found.records, change)
    if change.writes:
        audit.note(read, change, actor, "record.add" if new else "record.save", f"{app}/{row.kind.name}/{row.id}", _said(found, row))
    return change


def checked(read: Reader, found: OpenList, row: RecordView | None, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The given fields by the rules of the record, as they are stored; Invalid with everything that is wrong."""
    kind = found.app.records[found.page.source]
    typed = {**standing(found, row), **{name: value for name, value in fields.items() if name in found.page.edit}}
    done = forms.submit(found.app, form_id(found.page), typed, found.scope(row), now=read.now, record=kind)
    if done.errors or done.confirm:
        raise Invalid(done.errors, done.confirm)
    return {name: value for name, value in done.values.items() if name in found.page.edit and (row is None or name in fields)}


def standing(found: OpenList, row: RecordView | None) -> dict[str, Any]:
    """What stands in the fields that can be edited, as somebody would type it; the defaults of a new row."""
    fields = found.app.records[found.page.source].fields
    if row is None:
        return {name: fields[name].default for name in found.page.edit if fields[name].default is not None}
    return {name: str(row[name] or "") if isinstance(row[name], PersonalText) else row.data.get(name) for name in found.page.edit}


def _new(found: OpenList, typed: str | None, values: Mapping[str, Any]) -> RecordView:
    kind = found.app.records[found.page.source]
    if kind.number:
        return record_changes.create(found.records, kind.name, values)
    wanted, wrong = NEW_ID.parse(typed)
    if wrong is None and found.records.get(kind.name, wanted) is not None:
        wrong = TAKEN
    if wrong is not None:
        raise Invalid({"id": [wrong]})
    return record_changes.create(found.records, kind.name, values, wanted)


def _write(found: OpenList, row: RecordView, values: Mapping[str, Any]) -> RecordView:
    record_changes.update_fields(found.records, row, values)
    return row


def _said(found: OpenList, row: RecordView) -> str:
    names = sorted(found.records.changed.get(row, ()))
    return ", ".join(name if row.kind.fields[name].pii else f"{name} = {row.data.get(name)}" for name in names)
