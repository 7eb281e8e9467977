"""What one item of a form accepts: the record field's rule, or its own, made tighter by what the form says."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from engine.errors import Text
from engine.forms import choices, messages
from engine.forms.choices import Option
from engine.forms.fields import Field
from engine.forms.model import Item
from engine.forms.schema import fixed
from engine.texts import for_people

KINDS: Final = {"number": "number", "checkbox": "bool", "checklist": "list", "taglist": "list", "dynamiclist": "list", "filepicker": "file"}
VALIDATIONS: Final = {"email": "email", "phone": "phone"}


@lru_cache(maxsize=4096)
def own_rule(item: Item) -> Field:
    """The rule of a field that no record knows."""
    source, rules = item.source, item.source.rules
    kind = KINDS.get(item.type, "text")
    if item.type == "datetime":
        kind = source.subtype if source.subtype in ("date", "time", "datetime") else "date"
    if item.type == "textfield" and rules.validation_type in VALIDATIONS:
        kind = VALIDATIONS[rules.validation_type]
    if item.type in ("radio", "select"):
        kind = "json"
    if item.type == "number" and source.decimal_digits == 0:
        kind = "int"
    return narrowed(Field(item.key, kind), item)


@lru_cache(maxsize=4096)
def narrowed(rule: Field, item: Item) -> Field:
    """The rule with the form's own bounds, which may only be tighter."""
    low, high = item.source.bounds(lengths=rule.type == "text")
    label = {lang: template.text for lang, template in item.label.items() if template.fixed}
    return replace(
        rule,
        name=item.key,
        label={**rule.label, **label},
        required=rule.required or item.source.rules.required or item.outcome,
        min=_tighter(rule.min, fixed(low), max),
        max=_tighter(rule.max, fixed(high), min),
    )


def _tighter(own: Decimal | None, other: Decimal | None, best: Callable[[Decimal, Decimal], Decimal]) -> Decimal | None:
    return other if own is None else own if other is None else best(own, other)


def chosen(rule: Field, options: list[Option], raw: Any) -> tuple[Any, Text | None]:
    """The value of the option that `raw` means (the page's text, or the value itself), checked by the field's rule too."""
    several = rule.type == "list"
    wanted = ([raw] if isinstance(raw, str) and raw else raw or []) if several else [raw]
    if not isinstance(wanted, (list, tuple)):
        return None, messages.LIST
    if not several and (raw is None or raw == "" or raw == []):
        return rule.parse(None)
    found = []
    for one in wanted:
        option = next((option for option in options if option.value == choices.as_text(one)), None)
        if option is None or (option.off and not option.taken):
            return None, messages.CHOICE if option is None else messages.taken(option.off_code)
        found.append(option.raw)
    return rule.parse(found if several else found[0])


def form_rule(item: Item, rule: Field, value: Any, scope: Mapping[str, Any], today: date, now: datetime) -> Text | None:
    """What the form alone refuses in a value that the field accepts: a box that must be ticked, a day gone by, its pattern, bounds by FEEL."""
    if item.type == "checkbox" and item.source.rules.required and value is not True:
        return messages.required(rule.label, "tick")
    if item.type == "datetime" and item.source.disallow_passed_dates and isinstance(value, str) and value[:10] < today.isoformat():
        return messages.PAST
    if item.type == "filepicker" and value and not all(_accepted(item.source.accept, str(one["type"]), str(one["name"])) for one in value):
        return messages.FILE_KIND
    if item.type == "filepicker" and value and len(value) > 1 and item.source.multiple is not True:
        return messages.too_many_files(1)
    if isinstance(value, str) and not item.pattern_fits(value):
        return messages.PATTERN
    return _live_bounds(item, value, scope, now)


def _accepted(accept: str, kind: str, name: str) -> bool:
    """As browsers read `accept`: endings, content types, and `image/*`; nothing written takes everything."""
    wanted = [one.strip().lower() for one in accept.split(",") if one.strip()]
    fits = (name.lower().endswith(one) if one.startswith(".") else kind.startswith(one.removesuffix("*")) for one in wanted)
    return not wanted or any(fits)


def _live_bounds(item: Item, value: Any, scope: Mapping[str, Any], now: datetime) -> Text | None:
    if item.least is None and item.most is None:
        return None
    # A bound that is null or no number bounds nothing.
    size = len(value) if isinstance(value, str) else value
    if isinstance(size, bool) or not isinstance(size, (int, Decimal)):
        return None
    least, most = (bound(scope, now=now) if bound else None for bound in (item.least, item.most))
    if isinstance(least, (int, Decimal)) and size < least:
        return messages.too_short(int(least)) if isinstance(value, str) else messages.too_small(for_people(least))
    if isinstance(most, (int, Decimal)) and size > most:
        return messages.too_long(int(most)) if isinstance(value, str) else messages.too_big(for_people(most))
    return None
