"""One item of a form as a FieldView."""

from collections import ChainMap
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, Final

from engine.forms import choices, paths
from engine.forms.fields import TEXT_LIMIT, TICK, Field
from engine.forms.fill import Filled
from engine.forms.model import Item
from engine.forms.page import FieldView
from engine.forms.prose import blocks
from engine.texts import Template, for_people, mobile, pick

KINDS: Final = {"textfield": "text", "filepicker": "file", "datetime": "date"}
INPUTS: Final = {
    "mobile": ("tel", "tel", "tel"),
    "phone": ("tel", "tel", "tel"),
    "email": ("email", "email", "email"),
    "postcode": ("text", "numeric", "postal-code"),
    "name": ("text", "", "name"),
    "date": ("date", "", ""),
    "time": ("time", "", ""),
    "datetime": ("datetime-local", "", ""),
    "int": ("text", "numeric", ""),
    "won": ("text", "numeric", ""),
    "number": ("text", "decimal", ""),
}
Messages = Mapping[str, tuple[str, ...]]


def show(
    filled: Filled, item: Item, typed: Mapping[str, Any], messages: Messages, only_for: tuple[str, ...], inner: tuple[FieldView, ...], row: str = ""
) -> FieldView:
    """The view of one item. `row` is the name of the row it stands in (`slots.0`), `inner` what is inside it."""
    label = _label(filled, item)
    if item.type == "group":
        return FieldView("group", key=item.key, id=f"f-{item.id}", label=label, items=inner)
    if item.type == "dynamiclist":
        return _rows(filled, item, typed, messages, label)
    if item.type == "expression":
        return _readonly(filled, item, label, paths.get(filled.values, item.key))
    if not item.takes_input:
        return _shown_only(filled, item, label)
    if not row and filled.readonly(item):
        return _readonly(filled, item, label, paths.get(typed, item.key))
    return _input(filled, item, typed, messages, only_for, label, row)


def _text(filled: Filled, texts: Mapping[str, Template]) -> str:
    return choices.render(texts, filled.scope, filled.now, filled.lang)


def _label(filled: Filled, item: Item) -> str:
    """The form's own label in that language, else the record field's, else the form's Korean one."""
    inherited = filled.record.fields.get(item.key) if filled.record else None
    known = pick(inherited.label, filled.lang) if inherited and filled.lang not in item.label else ""
    return known or _text(filled, item.label)


def _input(filled: Filled, item: Item, typed: Mapping[str, Any], messages: Messages, only_for: tuple[str, ...], label: str, row: str) -> FieldView:
    rule = filled.rule(item)
    name = f"{row}.{item.key}" if row else item.key
    raw = paths.get(typed, item.key)
    kind = _kind(item, rule)
    input_type, inputmode, autocomplete = INPUTS.get(rule.type, ("text", "", ""))
    required = rule.required or (item.type == "checkbox" and item.source.rules.required)
    mistakes = messages.get(name, ())
    return FieldView(
        kind,
        key=item.key,
        name=name,
        id="f-" + name.replace(".", "-"),
        label=label,
        hint=_text(filled, item.hint),
        value=_value(kind, rule, raw),
        required=required and not only_for,
        optional=not required and kind != "checkbox",
        errors=mistakes,
        options=tuple(filled.options(item) or ()),
        input_type=input_type,
        inputmode=inputmode,
        autocomplete=item.source.properties.get("autocomplete", autocomplete),
        placeholder=item.source.properties.get("placeholder", ""),
        prefix=_affix(filled, item, "prefix"),
        suffix=_affix(filled, item, "suffix") or _unit(rule, filled.lang),
        min=_lowest(filled, item, rule, kind),
        max="" if rule.max is None or kind not in ("number", "date", "time", "datetime") else str(rule.max),
        step=str(item.source.increment or ""),
        maxlength=_longest(rule),
        accept=item.source.accept,
        multiple=item.source.multiple is True,
        only_for=only_for,
        triggers=_triggers(filled, item),
    )


def _kind(item: Item, rule: Field) -> str:
    if item.type in ("textfield", "datetime") and rule.type in ("date", "time", "datetime"):
        return rule.type
    return KINDS.get(item.type, item.type)


def _value(kind: str, rule: Field, raw: Any) -> Any:
    if kind == "checkbox":
        return rule.parse(raw)[0] is True
    if kind in ("checklist", "taglist"):
        return [choices.as_text(one) for one in (raw if isinstance(raw, (list, tuple)) else [raw] if raw else [])]
    if kind == "datetime" and isinstance(raw, str):
        return raw[:16]
    if kind == "time" and isinstance(raw, str):
        return raw[:5]
    if raw is None or isinstance(raw, str):
        return mobile(raw) if rule.type == "mobile" else raw or ""
    return choices.as_text(raw)


def _unit(rule: Field, lang: str) -> str:
    return {"ko": "원"}.get(lang, "KRW") if rule.type == "won" else ""


def _lowest(filled: Filled, item: Item, rule: Field, kind: str) -> str:
    if item.type == "datetime" and item.source.disallow_passed_dates:
        return filled.today.isoformat() + ("T00:00" if kind == "datetime" else "")
    return "" if rule.min is None or kind != "number" else str(rule.min)


def _longest(rule: Field) -> int:
    return {"text": int(rule.max or TEXT_LIMIT), "name": int(rule.max or 50), "email": 254, "postcode": 5}.get(rule.type, 0)


def _triggers(filled: Filled, item: Item) -> bool:
    live = filled.form.reads | {name for other in filled.form.walk() for name in _choice_reads(filled, other)}
    inputs = {name for other in filled.form.walk() if other.decision in filled.app.decisions for name in _inputs_of(filled, other.decision)}
    return item.key.partition(".")[0] in live | inputs or "form" in live


def _inputs_of(filled: Filled, decision: str) -> tuple[str, ...]:
    return tuple(filled.app.decisions[decision].inputs_of(decision))


def _choice_reads(filled: Filled, item: Item) -> frozenset[str]:
    known = filled.app.choices.get(item.options_from) if isinstance(item.options_from, str) else None
    return known.reads if known else frozenset()


def _readonly(filled: Filled, item: Item, label: str, raw: Any) -> FieldView:
    inherited = filled.record.fields.get(item.key) if filled.record else None
    option = next((option for option in filled.options(item) or () if option.value == choices.as_text(raw)), None)
    known = inherited.choice(raw) if inherited and isinstance(raw, str) else None
    rule = filled.rule(item)
    text = option.label if option else pick(known.label, filled.lang) if known else for_people(_moment(rule, raw), filled.lang, filled.now.year)
    if rule.type == "mobile":
        text = mobile(raw)
    if rule.type == "won" and text:
        text = f"{text}원" if filled.lang == "ko" else f"₩{text}"
    text = _affix(filled, item, "prefix") + text + _affix(filled, item, "suffix") if text else ""
    return FieldView("readonly", key=item.key, name=item.key, id="f-" + item.key.replace(".", "-"), label=label, text=text, readonly=True)


def _moment(rule: Field, raw: Any) -> Any:
    """A date or time that is kept as text, as a value that people read."""
    reader = {"date": date.fromisoformat, "time": time.fromisoformat, "datetime": datetime.fromisoformat}.get(rule.type)
    try:
        return reader(raw) if reader and isinstance(raw, str) else raw
    except ValueError:
        return raw


def _affix(filled: Filled, item: Item, what: str) -> str:
    own = item.source.properties
    return (own.get(f"{what}.en") if filled.lang == "en" else None) or own.get(what) or str(item.source.appearance.get(f"{what}Adorner", ""))


def _shown_only(filled: Filled, item: Item, label: str) -> FieldView:
    identity = f"f-{item.id}"
    texts = item.text.get(filled.lang) or item.text.get("ko")
    if item.type in ("text", "html"):
        return FieldView("prose", id=identity, blocks=blocks(texts, filled.scope, filled.now, filled.lang) if texts else ())
    if item.type == "table":
        return _table(filled, item, label)
    if item.type == "image":
        return FieldView("image", id=identity, url=_safe(item.source.source), text=item.source.alt)
    if item.type in ("iframe", "documentPreview"):
        return FieldView("link", id=identity, url=_safe(item.source.url), label=label)
    return FieldView(item.type, id=identity)


def _safe(url: str) -> str:
    # No javascript: and no data: links, whoever wrote the form.
    return url if url.startswith(("https://", "http://")) or (url.startswith("/") and not url.startswith("//")) else ""


def _table(filled: Filled, item: Item, label: str) -> FieldView:
    listed = item.options_from(filled.scope, now=filled.now) if callable(item.options_from) else None
    rows = tuple(
        tuple(for_people(row.get(key), filled.lang, filled.now.year) for key, _ in item.columns)
        for row in (listed if isinstance(listed, (list, tuple)) else ())
        if isinstance(row, Mapping)
    )
    return FieldView("table", id=f"f-{item.id}", label=label, columns=tuple(_text(filled, texts) for _, texts in item.columns), rows=rows)


def _rows(filled: Filled, item: Item, typed: Mapping[str, Any], messages: Messages, label: str) -> FieldView:
    listed = paths.rows(typed, item.key)
    rows = [row if isinstance(row, Mapping) else {} for row in listed] if isinstance(listed, list) else []
    rows += [{}] * max(0, item.source.default_repetitions - len(rows))
    groups = []
    for number, row in enumerate(rows):
        name = f"{item.key}.{number}"
        scope: Mapping[str, Any] = ChainMap(dict(row), filled.scope)  # type: ignore[arg-type]
        inputs = (part for outer in item.items for part in outer.walk() if part.takes_input and not _hidden(filled, part, scope))
        views = tuple(show(filled, part, row, messages, (), (), name) for part in inputs)
        groups.append(FieldView("group", key=name, id=f"f-{item.key}-{number}", items=views))
    return FieldView("list", key=item.key, name=item.key, id=f"f-{item.key}", label=label, errors=messages.get(item.key, ()), items=tuple(groups))


def _hidden(filled: Filled, item: Item, scope: Mapping[str, Any]) -> bool:
    return item.hide is not None and item.hide(scope, now=filled.now) is True


def confirmation(filled: Filled, key: str, typed: Mapping[str, Any], messages: Messages) -> list[FieldView]:
    """The ticks that warnings about this field ask for, once they were given."""
    declared = {item.key for item in filled.form.walk()}
    asked = [check.confirm for check in filled.app.checks.get(filled.form.id, ()) if check.field == key and check.confirm]
    return [
        FieldView(
            "checkbox", key=tick, name=tick, id=f"f-{tick}", label=messages[tick][0], value=TICK.parse(typed.get(tick))[0] is True, confirm=True
        )
        for tick in dict.fromkeys(asked)
        if tick in messages and tick not in declared
    ]
