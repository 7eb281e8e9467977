"""Declared types: does a value conform, and which value does a binding give (DMN 1.5, 7.3.3 and 10.3.2.9.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, Final

from engine import feel
from engine.dmn.elements import ItemDefinition
from engine.feel.values import type_name

Check = Callable[[Any], bool]
Resolver = Callable[[str], "DeclaredType | None"]

_ALIASES: Final = {
    "datetime": "date and time",
    "date and time": "date and time",
    "daytimeduration": "days and time duration",
    "days and time duration": "days and time duration",
    "yearmonthduration": "years and months duration",
    "years and months duration": "years and months duration",
    "integer": "number",
    "int": "number",
    "long": "number",
    "double": "number",
    "decimal": "number",
    "float": "number",
}


@dataclass(frozen=True)
class DeclaredType:
    """A type by name: `conforms` tells whether a value (never null) belongs to it, `takes_null` whether null does where it stands inside
    a list or context; `result` is what a function of this type gives."""

    name: str
    conforms: Check
    is_list: bool = False
    is_function: bool = False
    allowed: str = ""
    result: DeclaredType | None = None
    takes_null: bool = True

    def holds(self, value: Any) -> bool:
        """Whether a value inside a list or context, null or not, belongs to the type."""
        return self.takes_null if value is None else self.conforms(value)

    def coerce(self, value: Any) -> tuple[Any, bool]:
        """The value that a binding of this type gives, and whether it conforms: as it is, wrapped in or taken out of a singleton list,
        a date as its midnight in UTC, else null."""
        if value is None or self.conforms(value):
            return value, True
        if self.is_list and not isinstance(value, list) and self.conforms([value]):
            return [value], True
        if not self.is_list and isinstance(value, list) and len(value) == 1:
            return self.coerce(value[0])
        if self.name == "date and time" and type_name(value) == "date":
            return _AT_MIDNIGHT({"value": value}), True
        return None, False


def basic_type(name: str) -> DeclaredType | None:
    """A type of the language itself, also by the names that older files use; None when there is none of that name."""
    if name.lower() == "any" or not name:
        return DeclaredType("Any", lambda value: True)
    plain = _ALIASES.get(name.lower(), name.lower())
    check = _BASIC.get(plain)
    return None if check is None else DeclaredType(plain, check, is_list=plain == "list", is_function=plain == "function")


class TypeBook:
    """The types of one file. Names resolve to item definitions first, then to the language's own; `elsewhere` knows imported ones."""

    def __init__(self, items: Mapping[str, ItemDefinition], elsewhere: Resolver, imported: Mapping[str, TypeBook]) -> None:
        self.items = items
        self._elsewhere = elsewhere
        self._imported = imported
        self._known: dict[str, DeclaredType] = {}
        self._underway: set[str] = set()
        self._sound: set[str] = set()

    def find(self, reference: str) -> DeclaredType | None:
        """The type that a typeRef names; None when nothing of that name is known."""
        name = reference.strip()
        if name in self._known:
            return self._known[name]
        item = self.items.get(name)
        if item is not None and self._only_names_itself(name):
            return None
        found = self._define(item, name) if item is not None else self._elsewhere(name) or basic_type(name)
        if found is not None:
            self._known[name] = found
        return found

    @cached_property
    def checks(self) -> Mapping[str, Check]:
        """For `instance of` and typed parameters: does a value belong to a type, by the names of item definitions here and in imports."""
        brought = {f"{at}.{name}" if at else name: check for at, book in self._imported.items() for name, check in book.checks.items()}
        return brought | {name: partial(self._belongs, name) for name in self.items}

    def _belongs(self, name: str, value: Any) -> bool:
        declared = self.find(name)
        return declared is not None and value is not None and declared.conforms(value)

    def _only_names_itself(self, name: str) -> bool:
        """Whether the definition leads back to itself with nothing but other names on the way."""
        met: set[str] = set()
        while name in self.items and name not in self._sound and not self.items[name].components and self.items[name].function is None:
            if name in met:
                return True
            met.add(name)
            name = self.items[name].type_ref
        self._sound |= met
        return False

    def _define(self, item: ItemDefinition, name: str) -> DeclaredType | None:
        # A type that is underway is met again only through itself: looked up by value then, never expanded.
        if name in self._underway:
            return DeclaredType(name, lambda value: self._known[name].conforms(value) if name in self._known else True)
        self._underway.add(name)
        try:
            return self._build(item)
        finally:
            self._underway.discard(name)

    def _build(self, item: ItemDefinition) -> DeclaredType:
        base = self._base(item)
        allowed, constraint = _constraint(item.allowed), _constraint(item.constraint)
        element = replace(base, conforms=_both(base.conforms, allowed), takes_null=base.takes_null and (allowed is None or allowed(None)))
        whole = _each(element) if item.collection else element.conforms
        return DeclaredType(
            base.name if not (item.components or item.collection or item.function) else item.name,
            _both(whole, constraint),
            is_list=item.collection or base.is_list,
            is_function=base.is_function and not item.collection,
            allowed=item.allowed or ("" if item.collection else base.allowed),
            result=base.result,
            takes_null=(item.collection or element.takes_null) and (constraint is None or constraint(None)),
        )

    def _base(self, item: ItemDefinition) -> DeclaredType:
        if item.components:
            return DeclaredType(item.name, _structure([(c.name, self._build(c)) for c in item.components]))
        if item.function is not None:
            return DeclaredType(item.name, _function(len(item.function.parameters)), is_function=True, result=self.find(item.function.output))
        return self.find(item.type_ref) or DeclaredType("Any", lambda value: True)


def _both(first: Check, second: Check | None) -> Check:
    return first if second is None else lambda value: first(value) and second(value)


def _each(item_type: DeclaredType) -> Check:
    return lambda value: isinstance(value, list) and all(map(item_type.holds, value))


def _structure(components: Iterable[tuple[str, DeclaredType]]) -> Check:
    parts = tuple(components)

    def conforms(value: Any) -> bool:
        return isinstance(value, Mapping) and all(name in value and part.holds(value[name]) for name, part in parts)

    return conforms


def _function(arity: int) -> Check:
    return lambda value: isinstance(value, feel.Function) and len(value.parameters) == arity


def _constraint(text: str) -> Check | None:
    """The unary tests of allowedValues or typeConstraint; those that cannot be read constrain nothing (lint reports them)."""
    if not text:
        return None
    try:
        test = feel.compile_unary(text)
    except feel.FeelError:
        return None
    return lambda value: test(value, {}) is True


def _named(name: str) -> Check:
    return lambda value: type_name(value) == name


_AT_MIDNIGHT: Final = feel.compile('date and time(value, time("00:00:00Z"))', ("value",))
_BASIC: Final[Mapping[str, Check]] = {
    name: _named(name)
    for name in (
        "number",
        "string",
        "boolean",
        "date",
        "time",
        "date and time",
        "days and time duration",
        "years and months duration",
        "list",
        "context",
        "range",
        "function",
    )
}
