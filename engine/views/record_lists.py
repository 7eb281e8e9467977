"""List pages made from records: which rows somebody sees, a page at a time, sorted and filtered by the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, String, cast, func, literal, or_, select, tuple_
from sqlalchemy.sql.elements import SQLColumnExpression

from engine import forms
from engine.actors import Actor
from engine.apps import ProcessApp
from engine.apps.list_forms import form_id
from engine.errors import Forbidden, Text
from engine.forms import Field, FormView
from engine.runtime.reader import Reader
from engine.runtime.record_lists import NEW_ID, OpenList, opened, standing
from engine.runtime.records import LISTED, RecordView
from engine.store.tables import Deployment, Record, SearchKey
from engine.texts import mask
from engine.views.cases import shown_value
from engine.views.paging import PAGE

NUMBERS = frozenset({"int", "number", "won"})
SORTED = NUMBERS | {"text", "name", "date", "time", "datetime", "bool", "enum"}
MOST_CHOICES = 500


@dataclass(frozen=True)
class ListTitle:
    """A list that somebody may open."""

    app: str
    app_title: Text
    name: str
    label: Text


@dataclass(frozen=True)
class Column:
    """A column; `sort` says whether rows can be sorted by it."""

    name: str
    label: Text
    sort: bool
    number: bool


@dataclass(frozen=True)
class Filter:
    """A filter: a choice among `options` (value, label), or without them a text to type. `value` is what is asked for now."""

    name: str
    label: Text
    kind: str  # select | text | date
    options: list[tuple[str, str]]
    value: str


@dataclass(frozen=True)
class Cell:
    """A value in words; `masked` when it is personal; `on` for yes and no."""

    text: str
    masked: bool = False
    on: bool | None = None


@dataclass(frozen=True)
class Line:
    """One row."""

    id: str
    cells: list[Cell]


@dataclass(frozen=True)
class ListPage:
    """A page of a list; `after` is where the next one begins, "" at the end."""

    title: ListTitle
    columns: list[Column]
    filters: list[Filter]
    lines: list[Line]
    sort: str
    after: str
    may_edit: bool
    may_add: bool


@dataclass(frozen=True)
class RowPage:
    """The form of one row, or of a new one (`id` is ""); `new_id` says whether its id is typed."""

    title: ListTitle
    id: str
    rev: int
    form: FormView
    new_id: bool


def lists(read: Reader, actor: Actor) -> list[ListTitle]:
    """The lists of all live apps that somebody may open, by app."""
    rows = read.all(select(Deployment.id, Deployment.app).where(Deployment.live.is_(True)).order_by(Deployment.app))
    found = [read.app(row.id) for row in rows]
    return [_title(app, name) for app in found for name, page in app.lists.items() if actor.has(*page.roles, *page.editors)]


def _title(app: ProcessApp, name: str) -> ListTitle:
    return ListTitle(app.key, app.title, name, app.lists[name].label)


def page(
    read: Reader, app: str, name: str, actor: Actor, *, lang: str, sort: str = "", after: str = "", asked: Mapping[str, str] | None = None
) -> ListPage:
    """A page of the rows, sorted by `sort` (`-name` for the largest first; the newest first without it) and narrowed by `asked`. NotFound
    for a list that is not this person's."""
    found = opened(read, app, name, actor)
    kind, asked = found.app.records[found.page.source], asked or {}
    columns = [_column(found, column) for column in found.page.columns]
    sort = sort if sort.lstrip("-") in {column.name for column in columns if column.sort} else ""
    where = [Record.app == app, Record.collection == kind.name, *_narrowed(read, found, asked)]
    rows = _rows(read, found, where, sort, after)
    views = [found.records.know(kind.name, row.id, row.rev, row.data, row.person_id) for row in rows[:PAGE]]
    read.persons(view.person_id for view in views if view.person_id)
    lines = [Line(view.id, [_cell(view, column.name, lang, read) for column in columns]) for view in views]
    more = _place(rows[PAGE - 1]) if len(rows) > PAGE else ""
    filters = [_filter(found, one, asked.get(one, ""), lang) for one in found.page.filter]
    return ListPage(_title(found.app, name), columns, filters, lines, sort, more, found.may_edit, found.may_edit and found.page.add)


def row(
    read: Reader,
    app: str,
    name: str,
    actor: Actor,
    *,
    lang: str,
    id: str = "",
    typed: Mapping[str, Any] | None = None,
    errors: Mapping[str, Sequence[Text]] | None = None,
) -> RowPage:
    """The form of a row, or of a new one without `id`; after a refusal with what was typed. Forbidden for whoever may only read."""
    found = opened(read, app, name, actor)
    if not found.may_edit or not (id or found.page.add):
        raise Forbidden()
    kind = found.app.records[found.page.source]
    view = found.records.need(kind.name, id) if id else None
    values = {**standing(found, view), **(typed or {})}
    form = forms.view(found.app, form_id(found.page), found.scope(view), lang=lang, now=read.now, values=values, errors=errors, record=kind)
    return RowPage(_title(found.app, name), id, view.rev if view else 0, form, not id and kind.number is None)


def _column(found: OpenList, name: str) -> Column:
    field = _field(found, name)
    return Column(name, field.label or {"ko": name, "en": name}, not field.pii and field.type in SORTED, field.type in NUMBERS)


def _field(found: OpenList, name: str) -> Field:
    return found.app.records[found.page.source].fields.get(name) or NEW_ID


def _value(field: Field) -> Any:
    if field is NEW_ID:
        return Record.id
    stored = Record.data[field.name]
    if field.type in NUMBERS:
        return func.coalesce(stored.as_float(), -1e18)
    if field.type == "bool":
        return func.coalesce(cast(stored.as_string(), String), "")
    return func.coalesce(stored.as_string(), "")


def _rows(read: Reader, found: OpenList, where: list[ColumnElement[bool]], sort: str, after: str) -> Sequence[Any]:
    down, name = sort.startswith("-") or not sort, sort.lstrip("-")
    value: SQLColumnExpression[Any] = _value(_field(found, name)) if name else Record.created_at
    if (place := _placed(after)) is not None:
        here = tuple_(value, Record.id)
        there = tuple_(literal(place[0]) if name else _moment_at(read, found, place[1], value), literal(place[1]))
        where = [*where, here < there if down else here > there]
    order = (value.desc(), Record.id.desc()) if down else (value, Record.id)
    columns = (Record.id, Record.rev, Record.data, Record.person_id, (value if name else literal("")).label("place"))
    return read.all(select(*columns).where(*where).order_by(*order).limit(PAGE + 1))


def _moment_at(read: Reader, found: OpenList, id: str, value: Any) -> Any:
    """When the row at which the last page ended was made: taken from the row itself, so that nothing is lost in writing the moment down."""
    return select(value).where(Record.app == found.app.key, Record.collection == found.page.source, Record.id == id).scalar_subquery()


def _place(last: Any) -> str:
    return orjson.dumps([last.place, last.id]).decode()


def _placed(after: str) -> tuple[Any, str] | None:
    try:
        value, id = orjson.loads(after)
    except (ValueError, TypeError):
        return None
    return (value, id) if isinstance(value, (str, int, float)) and isinstance(id, str) else None


def _narrowed(read: Reader, found: OpenList, asked: Mapping[str, str]) -> list[ColumnElement[bool]]:
    kind = found.app.records[found.page.source]
    made: list[ColumnElement[bool]] = []
    for name in found.page.filter:
        if not (text := asked.get(name, "").strip()):
            continue
        field = _field(found, name)
        if field.pii or name in kind.search:
            place = {"app": found.app.key, "collection": kind.name, "field": name}
            ids = read.all(select(SearchKey.record_id).filter_by(**place, term=read.vault.term(text)).limit(LISTED))
            made.append(Record.id.in_([row.record_id for row in ids]))
        elif field.type == "bool":
            stored = Record.data[name].as_boolean()
            made.append(stored.is_(True) if text == "true" else or_(stored.is_(False), stored.is_(None)))
        elif field.type in NUMBERS:
            made.append(_value(field) == (float(text) if text.replace(".", "", 1).lstrip("-").isdigit() else None))
        elif field.type in ("enum", "ref", "date"):
            made.append(_value(field) == text)
        else:
            made.append(_value(field).contains(text, autoescape=True))
    return made


def _filter(found: OpenList, name: str, value: str, lang: str) -> Filter:
    field = _field(found, name)
    label = field.label or {"ko": name, "en": name}
    if field.type == "enum":
        return Filter(name, label, "select", [(choice.id, choice.label.get(lang) or choice.label["ko"]) for choice in field.values], value)
    if field.type == "bool":
        return Filter(name, label, "select", [("true", _yes(True, lang)), ("false", _yes(False, lang))], value)
    if field.type == "ref":
        others = found.records.all(str(field.to))[:MOST_CHOICES]
        return Filter(name, label, "select", [(other.id, _named(other)) for other in others], value)
    return Filter(name, label, "date" if field.type == "date" else "text", [], value)


def _named(record: RecordView) -> str:
    plain = (name for name, field in record.kind.fields.items() if field.type in ("text", "name") and not field.pii)
    return next((str(record[name]) for name in plain if record[name]), record.id)


def _yes(value: bool, lang: str) -> str:
    return {"ko": "예" if value else "아니요"}.get(lang, "Yes" if value else "No")


def _cell(view: RecordView, name: str, lang: str, read: Reader) -> Cell:
    value, field = view[name], view.kind.fields.get(name)
    if field is None or value in (None, ""):
        return Cell("" if value is None else str(value))
    if field.type == "bool":
        return Cell(_yes(bool(value), lang), on=bool(value))
    if field.pii:
        return Cell(mask(str(value), field.type), masked=True)
    if isinstance(value, RecordView):
        return Cell(_named(value))
    return Cell(shown_value(value, lang, read.now))
