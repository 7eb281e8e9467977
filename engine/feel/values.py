"""The values of FEEL as Python objects.

number: int or Decimal (a float from outside becomes the Decimal a person reads: 0.1) · string: str, also subclasses, passed through unchanged ·
boolean: bool · date, time, durations: `temporal.py` (Python's own from outside are taken too) · list: list (tuples from outside are taken too) ·
context: any Mapping, dict where FEEL makes one · range: Range · function: Function · null: None. Any other object from outside counts as null.
"""

import datetime as python
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.feel.errors import Null
from engine.feel.nodes import TypeName
from engine.feel.numbers import from_float, whole
from engine.feel.run import OUTER, Run
from engine.feel.temporal import Date, DateTime, DaysTimeDuration, Time, YearsMonthsDuration, from_python


@dataclass(frozen=True, slots=True)
class Range:
    """A range (DMN 1.5, 10.3.2.7). An end that is None is open: `< 10` has no start."""

    start: Any
    end: Any
    start_included: bool
    end_included: bool


class Function:
    """A function as a value. A host puts `Function(callable, parameters, name)` into a context: only so can a value from outside be called."""

    __slots__ = ("callable", "name", "parameters")

    def __init__(self, callable: Callable[..., Any], parameters: Sequence[str], name: str = "function") -> None:
        self.callable = callable
        self.parameters = tuple(parameters)
        self.name = name

    def signature(self) -> TypeName | None:
        """The function's type; Any where nothing more is known."""
        return TypeName("function", [TypeName("Any") for _ in self.parameters], None, TypeName("Any"))

    def equals(self, other: Any) -> bool:
        """Whether the other function is the same one."""
        return self is other

    def apply(self, run: Run, arguments: list[Any]) -> Any:
        """The result for positional arguments; raises Null when they do not fit."""
        if len(arguments) != len(self.parameters):
            raise wrong_count(self.name, len(arguments), self.parameters)
        token = OUTER.set(run)
        run.enter()
        try:
            return self.callable(*arguments)
        finally:
            run.leave()
            OUTER.reset(token)

    def apply_named(self, run: Run, arguments: Mapping[str, Any]) -> Any:
        """The result for named arguments; names left out are null (DMN 1.5, 10.3.2.13.5)."""
        for name in arguments:
            if name not in self.parameters:
                raise wrong_name(self.name, name, self.parameters)
        return self.apply(run, [arguments.get(name) for name in self.parameters])

    def invoke(self, arguments: Sequence[Any]) -> Any:
        """The result for positional arguments, from outside FEEL; null when they do not fit."""
        return self._from_outside(lambda run: self.apply(run, list(arguments)))

    def invoke_named(self, arguments: Mapping[str, Any]) -> Any:
        """The result for named arguments, from outside FEEL; null when they do not fit."""
        return self._from_outside(lambda run: self.apply_named(run, arguments))

    def _from_outside(self, call: Callable[[Run], Any]) -> Any:
        run = Run({}, self.name)
        outer = OUTER.get()
        if outer is not None:
            run.budget = outer.budget
        try:
            return call(run)
        except Null:
            return None


def wrong_count(name: str, count: int, parameters: Sequence[str]) -> Null:
    """The reason when a function gets the wrong number of arguments."""
    listed = ", ".join(parameters)
    return Null(f"{name}({listed}) does not take {count} arguments", f"{name}({listed})은(는) 인수 {count}개를 받지 않아요.")


def wrong_name(name: str, wrong: str, parameters: Sequence[str]) -> Null:
    """The reason when a function has no parameter of that name."""
    listed = ", ".join(parameters)
    return Null(f"{name}({listed}) has no parameter '{wrong}'", f"{name}({listed})에는 '{wrong}'이라는 매개변수가 없어요.")


_NAMES: dict[type, str] = {
    bool: "boolean",
    int: "number",
    float: "number",
    Decimal: "number",
    str: "string",
    Date: "date",
    Time: "time",
    DateTime: "date and time",
    DaysTimeDuration: "days and time duration",
    YearsMonthsDuration: "years and months duration",
    list: "list",
    tuple: "list",
    dict: "context",
    Range: "range",
    Function: "function",
    type(None): "Null",
}
NATIVE = frozenset(_NAMES) - {float, tuple}
_BASES: tuple[tuple[type, str], ...] = (
    (str, "string"),
    (bool, "boolean"),
    (int, "number"),
    (Decimal, "number"),
    (float, "number"),
    (list, "list"),
    (tuple, "list"),
    (Mapping, "context"),
    (Function, "function"),
    (python.datetime, "date and time"),
    (python.date, "date"),
    (python.time, "time"),
    (python.timedelta, "days and time duration"),
)


def type_name(value: Any) -> str:
    """The name of the value's type: "number", "string", "boolean", "date", "time", "date and time", "days and time duration",
    "years and months duration", "list", "context", "range", "function"; "Null" for null and for objects that FEEL does not know."""
    name = _NAMES.get(type(value))
    if name is not None:
        return name
    for base, base_name in _BASES:
        if isinstance(value, base):
            return base_name
    return "Null"


def adopt(value: Any) -> Any:
    """A value from outside as FEEL's own, not looking inside lists and contexts."""
    if type(value) in NATIVE or isinstance(value, (str, list, Mapping, Function)):
        return value
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, float):
        return from_float(value)
    if isinstance(value, (python.date, python.time, python.timedelta)):
        return from_python(value)
    if isinstance(value, int):
        return whole(int(value))
    return value if isinstance(value, Decimal) else None


def adopt_all(values: Sequence[Any]) -> list[Any]:
    """The items of a list, each as FEEL's own."""
    return [value if type(value) in NATIVE else adopt(value) for value in values]


def as_list(value: Any) -> list[Any]:
    """The items of a list, or the one value as a list (DMN 1.5, 10.3.2.9.4, to singleton list)."""
    return adopt_all(value) if isinstance(value, (list, tuple)) else [value]
