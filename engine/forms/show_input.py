"""An input of a form as a FieldView: which HTML input it is, with which value, options and bounds."""

from typing import Any, Final

from engine.forms import choices
from engine.forms.fields import TEXT_LIMIT, Field
from engine.forms.fill import Filled
from engine.forms.model import Item
from engine.forms.page import FieldView
from engine.texts import mobile

KINDS: Final = {"textfield": "text", "filepicker": "file", "datetime": "date"}
# type, inputmode, autocomplete
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


def input_view(
    filled: Filled, item: Item, name: str, raw: Any, label: str, hint: str, errors: tuple[str, ...], only_for: tuple[str, ...]
) -> FieldView:
    """The view of one input. `raw` is what was typed, `only_for` the buttons that need it."""
    rule = filled.rule(item)
    kind = _kind(item, rule)
    input_type, inputmode, autocomplete = INPUTS.get(rule.type, ("text", "", ""))
    required = rule.required or (item.type == "checkbox" and item.source.rules.required)
    own = item.source.properties
    return FieldView(
        kind,
        key=item.key,
        name=name,
        id="f-" + name.replace(".", "-"),
        label=label,
        hint=hint,
        value=_value(kind, rule, raw),
        required=required and not only_for,
        optional=not required and kind != "checkbox",
        errors=errors,
        options=tuple(filled.options(item) or ()),
        input_type=input_type,
        inputmode=inputmode,
        autocomplete=own.get("autocomplete", autocomplete),
        placeholder=own.get("placeholder", ""),
        prefix=affix(filled, item, "prefix"),
        suffix=affix(filled, item, "suffix") or _unit(rule, filled.lang),
        min=_earliest(filled, item, kind),
        maxlength=_longest(rule),
        accept=item.source.accept,
        multiple=item.source.multiple is True,
        only_for=only_for,
        triggers=_triggers(filled, item),
    )


def affix(filled: Filled, item: Item, what: str) -> str:
    """What stands before ("prefix") or after ("suffix") the value."""
    own = item.source.properties
    return (own.get(f"{what}.en") if filled.lang == "en" else None) or own.get(what) or str(item.source.appearance.get(f"{what}Adorner", ""))


def _kind(item: Item, rule: Field) -> str:
    if item.type in ("textfield", "datetime") and rule.type in ("date", "time", "datetime"):
        return rule.type
    return KINDS.get(item.type, item.type)


def _value(kind: str, rule: Field, raw: Any) -> Any:
    if kind == "checkbox":
        return rule.parse(raw)[0] is True
    if kind in ("checklist", "taglist"):
        return [choices.as_text(one) for one in (raw if isinstance(raw, (list, tuple)) else [raw] if raw else [])]
    if kind == "file":
        return choices.as_text(files) if (files := rule.parse(raw)[0]) else ""
    if kind in ("datetime", "time") and isinstance(raw, str):
        return raw[: 16 if kind == "datetime" else 5]
    if raw is None or isinstance(raw, str):
        return mobile(raw) if rule.type == "mobile" else raw or ""
    return choices.as_text(raw)


def _unit(rule: Field, lang: str) -> str:
    return {"ko": "원"}.get(lang, "KRW") if rule.type == "won" else ""


def _earliest(filled: Filled, item: Item, kind: str) -> str:
    if not (item.type == "datetime" and item.source.disallow_passed_dates):
        return ""
    return filled.today.isoformat() + ("T00:00" if kind == "datetime" else "")


def _longest(rule: Field) -> int:
    return {"text": int(rule.max or TEXT_LIMIT), "name": int(rule.max or 50), "email": 254, "postcode": 5}.get(rule.type, 0)


def _triggers(filled: Filled, item: Item) -> bool:
    """Whether another value here can change what the form shows."""
    known = filled.app.choices
    lists = (known[other.options_from] for other in filled.form.walk() if isinstance(other.options_from, str) and other.options_from in known)
    decided = {other.decision for other in filled.form.walk() if other.decision in filled.app.decisions}
    live = set(filled.form.reads).union(*(one.reads for one in lists), *(filled.app.decisions[one].inputs_of(one) for one in decided))
    return item.key.partition(".")[0] in live or "form" in live
