"""Variable scopes as Camunda 8 has them: one dictionary per scope, read live along the chain, written where the variable already is."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from math import isfinite
from typing import Any, Final

from engine import feel
from engine.personal import MARK, from_stored, to_stored

PLAIN: Final = (str, bool, type(None))
LARGEST: Final = 2**63


class Scope:
    """The variables of one scope, as JSON values, and the scope around it."""

    __slots__ = ("parent", "variables")

    def __init__(self, variables: dict[str, Any], parent: "Scope | None" = None) -> None:
        self.variables = variables
        self.parent = parent

    def holder(self, name: str) -> "Scope":
        """The nearest scope that has the variable; the root where none has it."""
        scope = self
        while name not in scope.variables and scope.parent is not None:
            scope = scope.parent
        return scope

    def visible(self) -> dict[str, Any]:
        """All variables that can be seen from here, inner ones first."""
        parent = self.parent.visible() if self.parent is not None else {}
        return {**parent, **self.variables}


def stored(value: Any) -> Any:
    """The JSON form in which a FEEL or Python value is kept: dates as ISO 8601, personal texts as their reference, decimals as numbers with the
    17 significant digits that JSON readers keep, whole numbers exactly (as text past 64 bits)."""
    if type(value) in PLAIN or (type(value) is int and -LARGEST <= value < LARGEST):
        return value
    return _number_wise(to_stored(feel.to_json(value)))


def all_stored(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Variables in the form in which they are kept. Raises ValueError for values that are nested too deeply to be kept."""
    try:
        return {name: stored(value) for name, value in variables.items()}
    except RecursionError as error:
        raise ValueError("a variable is nested too deeply") from error


def _number_wise(value: Any) -> Any:
    if type(value) is dict:
        return {key: _number_wise(item) for key, item in value.items()}
    if type(value) is list:
        return [_number_wise(item) for item in value]
    if type(value) is int:
        return value if -LARGEST <= value < LARGEST else str(value)
    if isinstance(value, Decimal):
        return float(value) if isfinite(float(value)) else str(value)
    return value


def holds_personal(value: Any) -> bool:
    """Whether a stored value has a personal reference anywhere inside."""
    if type(value) is dict:
        return MARK in value or any(holds_personal(item) for item in value.values())
    return type(value) is list and any(holds_personal(item) for item in value)


class View(Mapping[str, Any]):
    """What an element sees: the variables of its scope chain, then the host's names. Live, read-only.

    With `resolve`, personal references become texts; None where the instance is known to hold none."""

    __slots__ = ("names", "resolve", "scope")

    def __init__(self, scope: Scope, names: Mapping[str, Any], resolve: Callable[[str], str] | None) -> None:
        self.scope = scope
        self.names = names
        self.resolve = resolve

    def __getitem__(self, name: str) -> Any:
        scope: Scope | None = self.scope
        while scope is not None:
            if name in scope.variables:
                value = scope.variables[name]
                return from_stored(value, self.resolve) if self.resolve is not None and type(value) in (dict, list) else value
            scope = scope.parent
        return self.names[name]

    def __contains__(self, name: object) -> bool:
        scope: Scope | None = self.scope
        while scope is not None:
            if name in scope.variables:
                return True
            scope = scope.parent
        return name in self.names

    def __iter__(self) -> Iterator[str]:
        seen = self.scope.visible()
        yield from seen
        yield from (name for name in self.names if name not in seen)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def nested(existing: Any, path: tuple[str, ...], value: Any) -> Any:
    """`value` put at `path` inside a copy of `existing` (for mapping targets with dots)."""
    if not path:
        return value
    inside = existing if isinstance(existing, dict) and MARK not in existing else {}
    return {**inside, path[0]: nested(inside.get(path[0]), path[1:], value)}
