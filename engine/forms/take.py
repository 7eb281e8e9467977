"""From what was sent (a page's texts and lists, or JSON) to values: parsed, hidden fields emptied, computed fields computed."""

from collections.abc import Mapping
from typing import Any, Final

from engine.errors import Text
from engine.forms import messages, paths
from engine.forms.fill import Filled, readable
from engine.forms.model import Item
from engine.forms.rules import chosen, form_rule
from engine.texts import Coded

MAX_ROWS: Final = 100
LANGUAGES: Final = {"ko", "en"}


def take(filled: Filled, submitted: Mapping[Any, Any]) -> None:
    """Parse everything into `filled`: first what was typed, then what is chosen from live lists, then what is computed."""
    items = filled.walk()
    for item in items:
        if item.holds_value:
            paths.put(filled.values, item.key, _at_first(filled, item))
    for item in items:
        if item.takes_input and item.options_from is None:
            _take_one(filled, item, submitted)
    filled.shown = filled.visible()
    for item in items:
        if item.id in filled.shown:
            _take_later(filled, item, submitted)
    filled.shown = filled.visible()
    shown = {filled.prefix + item.key for item in items if item.id in filled.shown and item.key}
    filled.errors = {key: found for key, found in filled.errors.items() if key in shown or any(key.startswith(f"{one}.") for one in shown)}


def _take_later(filled: Filled, item: Item, submitted: Mapping[Any, Any]) -> None:
    if item.takes_input and item.options_from is not None:
        _take_one(filled, item, submitted)
    elif item.type == "dynamiclist":
        _take_rows(filled, item, submitted)
    elif item.type == "expression" and item.key:
        paths.put(filled.values, item.key, filled.compute(item))


def _take_one(filled: Filled, item: Item, submitted: Mapping[Any, Any]) -> None:
    if filled.readonly(item):
        return
    value, error = _parse(filled, item, paths.get(submitted, item.key))
    paths.put(filled.values, item.key, value)
    if error is not None:
        filled.errors.setdefault(filled.prefix + item.key, []).append(error)


def _parse(filled: Filled, item: Item, raw: Any) -> tuple[Any, Text | None]:
    rule = filled.rule(item)
    options = filled.options(item)
    if options is not None and (item.options or item.options_from is not None or not rule.values):
        value, error = chosen(rule, options, raw)
    else:
        value, error = rule.parse(raw)
    if rule.type == "bool" and value is None and error is None:
        value = False
    error = error or form_rule(item, rule, value, filled.scope, filled.today, filled.now)
    if error is not None:
        return None, error
    choice = rule.choice(value) if isinstance(value, str) else None
    return (Coded(value, choice.label) if choice else value), None


def _take_rows(filled: Filled, item: Item, submitted: Mapping[Any, Any]) -> None:
    sent = paths.rows(submitted, item.key)
    rows = sent if isinstance(sent, list) else []
    name = filled.prefix + item.key
    if len(rows) > MAX_ROWS:
        filled.errors[name] = [messages.too_many(MAX_ROWS)]
        rows = []
    taken: list[dict[str, Any]] = []
    for number, sent_row in enumerate(rows):
        if is_filled(sent_row):
            row = filled.row(item, number)
            take(row, sent_row)
            filled.errors.update(row.errors)
            taken.append(kept(row))
    value, error = filled.rule(item).parse(taken)
    paths.put(filled.values, item.key, value or [])
    if error is not None:
        filled.errors.setdefault(name, []).append(error)


def is_filled(row: Any) -> bool:
    """Whether anything stands in a row of a list; a blank one is dropped."""
    return isinstance(row, Mapping) and any(value not in (None, "", [], False) for value in row.values())


def kept(filled: Filled) -> dict[str, Any]:
    """The values without those of hidden and read-only fields, as JSON."""
    values = filled.values
    for item in filled.walk():
        if item.holds_value and item.key and (item.id not in filled.shown or (item.takes_input and filled.readonly(item))):
            paths.drop(values, item.key)
    return {key: readable(value) for key, value in values.items()}


def _at_first(filled: Filled, item: Item) -> Any:
    # What a read-only field shows is known to the form's expressions; everything else starts empty.
    return standing(filled, item) if item.takes_input and filled.readonly(item, filled.names) else None


def standing(filled: Filled, item: Item) -> Any:
    """What is known for this field before anybody types: the record's value, else the variable of that name, else the form's or field's default."""
    value = None if filled.outer else _known(filled, item)
    if value is None and item.default is not None:
        value = item.default(filled.names, now=filled.now) if callable(item.default) else item.default
    return readable(_usual(filled, item) if value is None else value)


def _usual(filled: Filled, item: Item) -> Any:
    field = filled.inherited(item)
    if field is not None and field.default is not None and filled.lang in {choice.id for choice in field.values} <= LANGUAGES:
        return filled.lang  # whoever reads the page in a language wants to be written to in it
    return field.default if field is not None else None


def _known(filled: Filled, item: Item) -> Any:
    own = filled.names.get(filled.record.name) if filled.record else None
    if filled.inherited(item) and isinstance(own, Mapping):
        return own.get(item.key)
    if item.key in filled.app.records or item.key in ("form", "user", "settings"):
        return None
    return paths.get(filled.names, item.key)
