"""Types: which values conform to one (DMN 1.5, 10.3.2.9)."""

from collections.abc import Callable, Mapping
from typing import Any

from engine.feel.nodes import TypeName
from engine.feel.values import Function, Range, type_name

Check = Callable[[Any], bool]
SIMPLE = frozenset(("number", "string", "boolean", "date", "time", "date and time", "days and time duration", "years and months duration"))
_ALIASES = {
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
}


def check_of(type_: TypeName, known: Mapping[str, Check]) -> Check | None:
    """A function that says whether a value (not null) conforms; None when there is no such type. A bare `list` or `context` is none (table 61)."""
    if type_.parts is not None:
        return _parameterized(type_, known)
    name = type_.name
    if name in known:
        return known[name]
    if name == "Any":
        return lambda value: True
    if name == "Null":
        return lambda value: value is None
    name = _ALIASES.get(name, name)
    if name not in SIMPLE:
        return None
    return lambda value: type_name(value) == name


def _parameterized(type_: TypeName, known: Mapping[str, Check]) -> Check | None:
    checks = [check_of(part, known) for part in type_.parts or ()]
    result = check_of(type_.result, known) if type_.result is not None else None
    if None in checks or (type_.result is not None and result is None):
        return None
    present = [check for check in checks if check is not None]
    if type_.name == "list":
        return _list(present[0])
    if type_.name == "range":
        return _range(present[0])
    if type_.name == "context":
        return _context(dict(zip(type_.keys or (), present, strict=True)))
    return _function(type_)


def nullable(check: Check) -> Check:
    """The same type with null in it, which conforms to every type."""
    return lambda value: value is None or check(value)


def _list(item: Check) -> Check:
    test = nullable(item)
    return lambda value: isinstance(value, (list, tuple)) and all(map(test, value))


def _range(end: Check) -> Check:
    test = nullable(end)
    return lambda value: isinstance(value, Range) and test(value.start) and test(value.end)


def _context(entries: Mapping[str, Check]) -> Check:
    tests = {key: nullable(check) for key, check in entries.items()}

    def conforms(value: Any) -> bool:
        return isinstance(value, Mapping) and all(key in value and test(value[key]) for key, test in tests.items())

    return conforms


def _function(type_: TypeName) -> Check:
    def conforms(value: Any) -> bool:
        return isinstance(value, Function) and conforms_to_signature(value.signature(), type_)

    return conforms


def conforms_to_signature(own: TypeName | None, wanted: TypeName) -> bool:
    """Whether a function's type conforms: parameters may take more, the result must be no more."""
    if own is None or len(own.parts or ()) != len(wanted.parts or ()):
        return False
    parameters = all(conforms(theirs, ours) for ours, theirs in zip(own.parts or (), wanted.parts or (), strict=True))
    return parameters and wanted.result is not None and own.result is not None and conforms(own.result, wanted.result)


def conforms(sub: TypeName, base: TypeName) -> bool:
    """Whether every value of the one type is a value of the other."""
    if base.name == "Any" or sub.name == "Null":
        return True
    if sub.name != base.name:
        return False
    if base.name == "function":
        return conforms_to_signature(sub, base)
    if base.name == "context":
        own = dict(zip(sub.keys or (), sub.parts or (), strict=True))
        return all(key in own and conforms(own[key], part) for key, part in zip(base.keys or (), base.parts or (), strict=True))
    return all(conforms(ours, theirs) for ours, theirs in zip(sub.parts or (), base.parts or (), strict=False))
