"""Functions written in FEEL: lexical closures (DMN 1.5, 10.3.2.13.2)."""

from collections.abc import Callable, Mapping
from typing import Any

from engine.feel import nodes
from engine.feel.errors import Null
from engine.feel.run import Run
from engine.feel.scope import Closure
from engine.feel.temporal import Date, at_midnight
from engine.feel.values import Function, type_name, wrong_count

Check = Callable[[Any], bool]


class Lambda(Function):
    """A function literal with the names it was made among."""

    __slots__ = ("_signature", "body", "checks", "context", "slot_numbers", "slots", "text")

    def __init__(
        self,
        parameters: tuple[str, ...],
        slot_numbers: list[int],
        checks: list[Check | None],
        body: Closure,
        context: Mapping[str, Any],
        slots: list[Any],
        signature: nodes.TypeName,
        text: str,
    ) -> None:
        super().__init__(self._call, parameters, "function")
        self.slot_numbers = slot_numbers
        self.checks = checks
        self.body = body
        self.context = context
        self.slots = slots
        self.text = text
        self._signature = signature

    def signature(self) -> nodes.TypeName:
        """The function's type."""
        return self._signature

    def equals(self, other: Any) -> bool:
        """Whether the other function has the same parameters, body and scope (DMN 1.5, table 53)."""
        if not isinstance(other, Lambda) or (self.parameters, self.text) != (other.parameters, other.text) or self.context is not other.context:
            return False
        return len(self.slots) == len(other.slots) and all(ours is theirs for ours, theirs in zip(self.slots, other.slots, strict=True))

    def apply(self, run: Run, arguments: list[Any]) -> Any:
        """The value of the body with the arguments bound; raises Null when they do not fit."""
        if len(arguments) != len(self.parameters):
            raise wrong_count(self.name, len(arguments), self.parameters)
        slots = list(self.slots)
        for index, (slot, check) in enumerate(zip(self.slot_numbers, self.checks, strict=True)):
            slots[slot] = arguments[index] if check is None else _conforming(arguments[index], check, self.parameters[index])
        outside = run.context, run.slots
        run.context, run.slots = self.context, slots
        run.enter()
        try:
            return self.body(run)
        finally:
            run.leave()
            run.context, run.slots = outside

    def _call(self, *arguments: Any) -> Any:
        return self.invoke(arguments)


def _conforming(value: Any, check: Check, parameter: str) -> Any:
    """The argument after implicit conversions (DMN 1.5, 10.3.2.9.4)."""
    if value is None or check(value):
        return value
    if isinstance(value, (list, tuple)) and len(value) == 1 and (value[0] is None or check(value[0])):
        return value[0]
    if isinstance(value, Date) and check(at_midnight(value)):
        return at_midnight(value)
    if check([value]):
        return [value]
    kind = type_name(value)
    raise Null(f"parameter '{parameter}' does not take a {kind}", f"매개변수 '{parameter}'은(는) {kind}을(를) 받지 않아요.")
