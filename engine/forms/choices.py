"""What can be chosen: from records, from products of lists, or from a list that an expression gives."""

import itertools
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from engine import feel
from engine.clock import KST
from engine.errors import Text
from engine.forms.scopes import layered
from engine.texts import Coded, Template, for_people, pick

MAX_OPTIONS: Final = 1_000


@dataclass(frozen=True)
class ChoiceList:
    """One table `[choices.<name>]` of records.toml, compiled."""

    name: str
    source: feel.Expression | None = None
    each: tuple[tuple[str, feel.Expression], ...] = ()
    where: feel.Expression | None = None
    order: tuple[str, ...] = ()
    value: feel.Expression | None = None
    label: Mapping[str, Template] = field(default_factory=dict)
    detail: Mapping[str, Template] = field(default_factory=dict)
    off: feel.Expression | None = None
    off_text: Text = field(default_factory=dict)
    off_code: str = ""
    off_taken: bool = False

    @property
    def reads(self) -> frozenset[str]:
        """The form fields that its expressions read: changing one of them can change the options."""
        texts = (piece for template in (*self.label.values(), *self.detail.values()) for piece in template.pieces)
        expressions = [self.source, self.where, self.value, self.off, *(expression for _, expression in self.each), *texts]
        paths = (path for expression in expressions if isinstance(expression, feel.Expression) for path in expression.paths_read)
        return frozenset(path[1] if len(path) > 1 else "form" for path in paths if path[0] == "form")


@dataclass(frozen=True)
class Option:
    """One thing to choose. `value` stands in the page, `raw` in the record; `off` options are shown, and refused unless they are still `taken`."""

    value: str
    raw: Any
    label: str
    detail: str = ""
    off: bool = False
    off_text: str = ""
    off_code: str = ""
    taken: bool = False


def options(choices: ChoiceList, names: Mapping[str, Any], now: datetime, lang: str) -> list[Option]:
    """The options as they are at this moment, at most 1,000."""
    found = []
    for item in _items(choices, names, now):
        scope = layered({"item": item}, names)
        if choices.where is None or choices.where(scope, now=now) is True:
            found.append((item, scope))
    for order in reversed(choices.order):
        found.sort(key=_by(order.lstrip("-")), reverse=order.startswith("-"))
    return [_option(choices, item, scope, now, lang) for item, scope in found]


def from_list(listed: Any, lang: str) -> list[Option]:
    """Options from a list value: texts, numbers, or contexts with `value` and `label` (and `label_en`), as form-js takes them."""
    made = []
    for item in itertools.islice(listed if isinstance(listed, (list, tuple)) else (), MAX_OPTIONS):
        if isinstance(item, Mapping):
            raw = plain(_get(item, "value") if _get(item, "value") is not None else _get(item, "id"))
            label = (_get(item, "label_en") if lang == "en" else None) or _get(item, "label") or _get(item, "name") or raw
        else:
            raw, label = plain(item), item
        made.append(Option(as_text(raw), raw, for_people(label, lang)))
    return made


def as_text(value: Any) -> str:
    """A value as it stands in the `value` of an HTML option: texts as they are, everything else as compact JSON."""
    return value if isinstance(value, str) else json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def plain(value: Any) -> Any:
    """A FEEL value as JSON: dates in ISO 8601, a record as its id."""
    if value is None or type(value) is str:
        return value
    if isinstance(value, Mapping) and not isinstance(value, dict):
        return _get(value, "id")
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, Coded):
        return str(value)
    return value if isinstance(value, str) else feel.to_json(value)


def _items(choices: ChoiceList, names: Mapping[str, Any], now: datetime) -> Iterable[Any]:
    if choices.source is not None:
        listed = choices.source(names, now=now)
        return list(itertools.islice(listed if isinstance(listed, (list, tuple)) else (), MAX_OPTIONS))
    lists = []
    for _, expression in choices.each:
        values = expression(names, now=now)
        lists.append(values if isinstance(values, (list, tuple)) else ([] if values is None else [values]))
    keys = [key for key, _ in choices.each]
    return [dict(zip(keys, row, strict=True)) for row in itertools.islice(itertools.product(*lists), MAX_OPTIONS)]


def _option(choices: ChoiceList, item: Any, scope: Mapping[str, Any], now: datetime, lang: str) -> Option:
    raw = plain(choices.value(scope, now=now) if choices.value is not None else _own_value(item))
    off = choices.off is not None and choices.off(scope, now=now) is True
    label = render(choices.label, scope, now, lang) if choices.label else for_people(_own_label(item), lang, now.astimezone(KST).year)
    why = (pick(choices.off_text, lang), choices.off_code, choices.off_taken) if off else ()
    return Option(as_text(raw), raw, label, render(choices.detail, scope, now, lang), off, *why)


def render(texts: Mapping[str, Template], names: Mapping[str, Any], now: datetime, lang: str) -> str:
    """The text of that language (Korean where there is none), rendered."""
    template = texts.get(lang) or texts.get("ko") or texts.get("en")
    return template.render(names, now, lang) if template else ""


def _own_value(item: Any) -> Any:
    if isinstance(item, Mapping):
        identity = _get(item, "id")
        return identity if identity is not None else (next(iter(item.values())) if len(item) == 1 else item)
    return item


def _own_label(item: Any) -> Any:
    return _get(item, "name") or _own_value(item) if isinstance(item, Mapping) else item


def _get(item: Any, key: str) -> Any:
    try:
        return item[key]
    except (KeyError, TypeError, IndexError):
        return None


def _by(key: str) -> Callable[[tuple[Any, Any]], tuple[int, Any]]:
    return lambda pair: _rank(_get(pair[0], key))


def _rank(value: Any) -> tuple[int, Any]:
    # Nulls last; values of one field are of one type.
    if value is None:
        return (2, "")
    return (0, value) if isinstance(value, (int, float)) or hasattr(value, "as_tuple") else (1, as_text(value))
