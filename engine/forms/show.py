"""The items of a form as FieldViews: which are there, groups, rows, and the ticks of warnings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from engine.forms import choices, paths
from engine.forms.fields import TICK
from engine.forms.fill import Filled
from engine.forms.model import Item, Texts
from engine.forms.page import FieldView
from engine.forms.show_input import input_view
from engine.forms.show_text import readonly_view, text_view
from engine.forms.take import is_filled, take
from engine.texts import pick

SPARE_ROWS: Final = 2


@dataclass(frozen=True)
class Showing:
    """What is needed to show items: the filled form or row, what was typed, the messages by field, what is shown, and for which buttons.

    In a `blank` row nothing is required: it is dropped if it stays blank.
    """

    filled: Filled
    typed: Mapping[str, Any]
    messages: Mapping[str, tuple[str, ...]]
    shown: set[str]
    only_for: Mapping[str, tuple[str, ...]]
    blank: bool = False

    def text(self, texts: Texts) -> str:
        """A text of the form in the page's language."""
        return choices.render(texts, self.filled.scope, self.filled.now, self.filled.lang)

    def label(self, item: Item) -> str:
        """The form's own label in that language, else the record field's, else the form's Korean one."""
        inherited = self.filled.inherited(item)
        known = pick(inherited.label, self.filled.lang) if inherited and self.filled.lang not in item.label else ""
        return known or self.text(item.label)


def show(showing: Showing, items: Iterable[Item]) -> tuple[FieldView, ...]:
    """The views of those items that are shown, in order; outcome radios and buttons stand elsewhere."""
    made: list[FieldView] = []
    for item in items:
        if item.id in showing.shown and not item.outcome and item.type != "button":
            made.append(_one(showing, item))
            made += _ticks(showing, item)
    return tuple(made)


def _one(showing: Showing, item: Item) -> FieldView:
    filled, label = showing.filled, showing.label(item)
    if item.type == "group":
        return FieldView("group", key=item.key, id=f"f-{item.id}", label=label, items=show(showing, item.items))
    if item.type == "dynamiclist":
        return _rows(showing, item, label)
    if item.type == "expression":
        return readonly_view(filled, item, label, paths.get(filled.values, item.key))
    if not item.takes_input:
        return text_view(filled, item, label)
    if filled.readonly(item):
        return readonly_view(filled, item, label, paths.get(showing.typed, item.key))
    name = filled.prefix + item.key
    if item.carry is not None:
        value = paths.get(showing.typed, item.key)
        return FieldView(
            "carried",
            key=item.key,
            name=name,
            label=label,
            value="" if value is None else choices.as_text(value),
            errors=showing.messages.get(name, ()),
        )
    hint, only_for = showing.text(item.hint), showing.only_for.get(item.id, ())
    made = input_view(filled, item, name, paths.get(showing.typed, item.key), label, hint, showing.messages.get(name, ()), only_for)
    return replace(made, required=False) if showing.blank else made


def _rows(showing: Showing, item: Item, label: str) -> FieldView:
    filled = showing.filled
    listed = paths.rows(showing.typed, item.key)
    rows = [row if isinstance(row, Mapping) else {} for row in listed] if isinstance(listed, list) else []
    while item.source.allow_add_remove and rows and not is_filled(rows[-1]):
        rows.pop()
    rows += [{}] * max(0, _places(filled, item, len(rows)) - len(rows))
    name = filled.prefix + item.key
    views = []
    for number, typed in enumerate(rows):
        row = filled.row(item, number)
        take(row, typed)
        inside = show(Showing(row, typed, showing.messages, row.shown, {}, blank=not typed), item.items)
        views.append(FieldView("group", key=f"{name}.{number}", id="f-" + f"{name}-{number}".replace(".", "-"), items=inside))
    errors = showing.messages.get(name, ())
    return FieldView("list", key=item.key, name=name, id="f-" + name.replace(".", "-"), label=label, errors=errors, items=tuple(views))


def _places(filled: Filled, item: Item, used: int) -> int:
    """How many rows stand in the page: without JavaScript a row can only be added where a blank one stands."""
    wanted = max(item.source.default_repetitions, used + SPARE_ROWS if item.source.allow_add_remove else 0)
    most = filled.rule(item).max
    return min(wanted, used + 20, int(most) if most is not None else wanted)


def _ticks(showing: Showing, item: Item) -> list[FieldView]:
    """The ticks that warnings about this field ask for, once they were given."""
    filled = showing.filled
    if filled.outer or not item.key:
        return []
    declared = {other.key for other in filled.walk()}
    asked = [check.confirm for check in filled.app.checks.get(filled.form.id, ()) if check.field == item.key and check.confirm]
    return [
        FieldView(
            "checkbox",
            key=key,
            name=key,
            id=f"f-{key}",
            label=showing.messages[key][0],
            value=TICK.parse(showing.typed.get(key))[0] is True,
            confirm=True,
        )
        for key in dict.fromkeys(asked)
        if key in showing.messages and key not in declared
    ]
