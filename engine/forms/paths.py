"""Keys with dots: `contact.email` is the key `email` inside `contact`."""

from collections.abc import Mapping
from typing import Any


def put(values: dict[str, Any], key: str, value: Any) -> None:
    """Set the value, making the contexts on the way."""
    *outer, last = key.split(".")
    for step in outer:
        inner = values.get(step)
        if not isinstance(inner, dict):
            inner = values[step] = {}
        values = inner
    values[last] = value


def get(values: Mapping[Any, Any], key: str) -> Any:
    """The value at that key, written flat (a page's `contact.email`) or nested (JSON); None where nothing is."""
    if key in values or "." not in key:
        return values.get(key)
    inner: Any = values
    for step in key.split("."):
        if not isinstance(inner, Mapping):
            return None
        inner = inner.get(step)
    return inner


def has(values: Mapping[Any, Any], key: str) -> bool:
    """Whether there is anything at that key, or in rows of that name."""
    return key in values or get(values, key) is not None or any(isinstance(name, str) and name.startswith(f"{key}.") for name in values)


def drop(values: dict[str, Any], key: str) -> None:
    """Remove the value and leave no empty context behind."""
    first, _, rest = key.partition(".")
    inner = values.get(first)
    if rest and isinstance(inner, dict):
        drop(inner, rest)
    if not rest or inner == {}:
        values.pop(first, None)


def rows(values: Mapping[Any, Any], key: str) -> Any:
    """The rows of a list: nested JSON, or a page's `key.0.name` fields put together."""
    nested = get(values, key)
    if nested is not None:
        return nested
    found: dict[int, dict[str, Any]] = {}
    for name in values:
        number, _, rest = name[len(key) + 1 :].partition(".") if isinstance(name, str) and name.startswith(f"{key}.") else ("", "", "")
        if rest and number.isascii() and number.isdigit() and len(number) <= 3:
            found.setdefault(int(number), {})[rest] = values[name]
    return [found[number] for number in sorted(found)]
