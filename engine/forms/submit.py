"""A submission against its form: HTML (texts and lists) and JSON alike."""

from collections import ChainMap
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from engine.errors import Text
from engine.forms import checks, messages, paths
from engine.forms.fields import TICK, Field
from engine.forms.fill import Filled, chosen, own_rule, readable
from engine.forms.model import Fields, FormApp, Item, Submission
from engine.texts import Coded, for_people

MAX_ROWS: Final = 100
MAX_KEY: Final = 100


def submit(
    app: FormApp, form_id: str, submitted: Mapping[str, Any], names: Mapping[str, Any], *, now: datetime, record: Fields | None = None
) -> Submission:
    """What the submission means: the values of the declared fields, or the errors by field.

    Undeclared, hidden and read-only fields are dropped, names beginning with `_` are refused. `names` is what FEEL sees beside the form; `record`
    the record type whose fields the form's keys inherit from. Values are JSON (dates in ISO 8601); an empty field that is shown is None.
    """
    filled = Filled(app, app.forms[form_id], record, now, "ko", names)
    errors = {str(key)[:MAX_KEY]: [messages.HIDDEN_KEY] for key in submitted if isinstance(key, str) and key.startswith("_")}
    take(filled, submitted)
    confirm = _checked(filled, submitted)
    return Submission(_kept(filled, submitted), errors | filled.errors, confirm)


def take(filled: Filled, submitted: Mapping[Any, Any]) -> None:
    """Parse everything into `filled`: first what was typed, then what is chosen from live lists, then what is computed."""
    items = list(filled.form.walk())
    for item in items:
        if item.takes_input or item.type in ("expression", "dynamiclist"):
            paths.put(filled.values, item.key, _standing(filled, item))
    for item in items:
        if item.takes_input and item.options_from is None:
            _take_one(filled, item, submitted)
    filled.shown = filled.visible()
    for item in items:
        if item.id in filled.shown:
            _take_later(filled, item, submitted)
    filled.shown = filled.visible()
    shown = {item.key for item in items if item.id in filled.shown}
    filled.errors = {key: found for key, found in filled.errors.items() if key in shown or key.rsplit(".", 2)[0] in shown}


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
    value, error = parse(filled, item, paths.get(submitted, item.key))
    paths.put(filled.values, item.key, value)
    if error is not None:
        filled.errors.setdefault(item.key, []).append(error)


def parse(filled: Filled, item: Item, raw: Any, scope: Mapping[str, Any] | None = None) -> tuple[Any, Text | None]:
    """One field's value, or what is wrong with it."""
    rule = filled.rule(item) if scope is None else own_rule(item)
    options = filled.options(item, scope)
    if options is not None and (item.options or item.options_from is not None or not rule.values):
        value, error = chosen(rule, options, raw)
    else:
        value, error = rule.parse(raw)
    if rule.type == "bool" and value is None and error is None:
        value = False
    if error is None:
        error = _form_rule(filled, item, rule, value)
    if error is not None:
        return None, error
    choice = rule.choice(value) if isinstance(value, str) else None
    return (Coded(value, choice.label) if choice else value), None


def _form_rule(filled: Filled, item: Item, rule: Field, value: Any) -> Text | None:
    rules = item.source.rules
    if item.type == "checkbox" and rules.required and value is not True:
        return messages.required(rule.label, "tick")
    if item.type == "datetime" and item.source.disallow_passed_dates and isinstance(value, str) and value[:10] < _today(filled):
        return messages.PAST
    if rules.pattern and isinstance(value, str) and not item.pattern_fits(value):
        return messages.PATTERN
    return _live_bounds(filled, item, value)


def _live_bounds(filled: Filled, item: Item, value: Any) -> Text | None:
    """Bounds that FEEL gives; a null or anything that is no number bounds nothing."""
    size = len(value) if isinstance(value, str) else value
    if isinstance(size, bool) or not isinstance(size, (int, Decimal)):
        return None
    least, most = (bound(filled.scope, now=filled.now) if bound else None for bound in (item.least, item.most))
    if isinstance(least, (int, Decimal)) and size < least:
        return messages.too_short(int(least)) if isinstance(value, str) else messages.too_small(for_people(least))
    if isinstance(most, (int, Decimal)) and size > most:
        return messages.too_long(int(most)) if isinstance(value, str) else messages.too_big(for_people(most))
    return None


def _today(filled: Filled) -> str:
    return filled.today.isoformat()


def _take_rows(filled: Filled, item: Item, submitted: Mapping[Any, Any]) -> None:
    raw = paths.rows(submitted, item.key)
    rows = raw if isinstance(raw, list) else []
    taken: list[dict[str, Any]] = []
    if len(rows) > MAX_ROWS:
        filled.errors[item.key] = [messages.too_many(MAX_ROWS)]
        rows = []
    for number, row in enumerate(rows):
        if isinstance(row, Mapping) and any(value not in (None, "", [], False) for value in row.values()):
            taken.append(_take_row(filled, item, row, f"{item.key}.{number}"))
    value, error = filled.rule(item).parse(taken)
    paths.put(filled.values, item.key, value or [])
    if error is not None:
        filled.errors.setdefault(item.key, []).append(error)


def _take_row(filled: Filled, item: Item, row: Mapping[Any, Any], prefix: str) -> dict[str, Any]:
    taken: dict[str, Any] = {inner.key: None for part in item.items for inner in part.walk() if inner.takes_input}
    scope = ChainMap(taken, filled.scope)  # type: ignore[arg-type]
    for inner in (inner for part in item.items for inner in part.walk() if inner.takes_input):
        if inner.hide is not None and inner.hide(scope, now=filled.now) is True:
            taken.pop(inner.key)
            continue
        value, error = parse(filled, inner, paths.get(row, inner.key), scope)
        taken[inner.key] = value
        if error is not None:
            filled.errors.setdefault(f"{prefix}.{inner.key}", []).append(error)
    return taken


def _standing(filled: Filled, item: Item) -> Any:
    # What a read-only field shows is known to the form's expressions; everything else starts empty.
    if item.takes_input and filled.readonly(item, filled.names):
        return standing(filled, item)
    return None


def standing(filled: Filled, item: Item) -> Any:
    """What is known for this field before anybody types: the record's value, else the variable of that name, else the default."""
    own = filled.names.get(filled.record.name) if filled.record else None
    value = None
    if filled.record and item.key in filled.record.fields and isinstance(own, Mapping):
        value = own.get(item.key)
    elif item.key not in filled.app.records and item.key not in ("form", "user", "settings"):
        value = paths.get(filled.names, item.key)
    if value is None and item.default is not None:
        value = item.default(filled.names, now=filled.now) if callable(item.default) else item.default
    return readable(value)


def _checked(filled: Filled, submitted: Mapping[Any, Any]) -> dict[str, Text]:
    open_confirmations: dict[str, Text] = {}
    wrong = set(filled.errors)
    for check in checks.failing(filled.app.checks.get(filled.form.id, ()), filled.outside, filled.now):
        if check.field in wrong:
            continue
        text = check.says(filled.outside, filled.now)
        if check.confirm is None:
            filled.errors.setdefault(check.field, []).append(text)
        elif TICK.parse(submitted.get(check.confirm))[0] is not True:
            filled.errors.setdefault(check.confirm, []).append(text)
            open_confirmations[check.confirm] = text
    return open_confirmations


def _kept(filled: Filled, submitted: Mapping[Any, Any]) -> dict[str, Any]:
    values = filled.values
    for item in filled.form.walk():
        held = item.takes_input or item.type in ("expression", "dynamiclist")
        if held and item.key and (item.id not in filled.shown or (item.takes_input and filled.readonly(item))):
            paths.drop(values, item.key)
    for check in filled.app.checks.get(filled.form.id, ()):
        if check.confirm and check.confirm not in values and TICK.parse(submitted.get(check.confirm))[0] is True:
            values[check.confirm] = True
    return {key: readable(value) for key, value in values.items()}
