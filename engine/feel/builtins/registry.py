"""How built-in functions are declared, chosen by their arguments, and called.

`@builtin("substring(string: string, start position: number, length: number?)")` declares one signature: `?` may be left out, `|null` may be null,
`...` takes any number of arguments (positionally, or one list under its name). Several functions may declare the same name. A function whose first
Python parameter is `run` gets the evaluation.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from engine.feel.errors import Null
from engine.feel.nodes import TypeName
from engine.feel.run import Run
from engine.feel.temporal import at_midnight
from engine.feel.types import SIMPLE
from engine.feel.values import Function, adopt, adopt_all, type_name, wrong_count, wrong_name
from engine.personal import traced

Implementation = TypeVar("Implementation", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its kinds are type names, or "any"."""

    name: str
    kinds: frozenset[str]
    optional: bool
    variadic: bool


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to call a built-in function."""

    parameters: tuple[Parameter, ...]
    function: Callable[..., Any]
    takes_run: bool

    def takes(self, count: int) -> bool:
        """Whether that many positional arguments fit."""
        if self.parameters and self.parameters[-1].variadic:
            return count >= len(self.parameters)
        required = sum(not parameter.optional for parameter in self.parameters)
        return required <= count <= len(self.parameters)


class Builtin(Function):
    """A built-in function with all its signatures."""

    __slots__ = ("signatures",)

    def __init__(self, name: str) -> None:
        super().__init__(self._call, (), name)
        self.signatures: list[Signature] = []

    def add(self, signature: Signature) -> None:
        """One more way to call it; the parameters of the longest are shown."""
        self.signatures.append(signature)
        longest = max(self.signatures, key=lambda one: len(one.parameters))
        self.parameters = tuple(parameter.name for parameter in longest.parameters)

    def signature(self) -> TypeName | None:
        """The function's type, by its first signature."""
        parts = [TypeName(_kind_name(parameter)) for parameter in self.signatures[0].parameters]
        return TypeName("function", parts, None, TypeName("Any"))

    def apply(self, run: Run, arguments: list[Any]) -> Any:
        """The result for positional arguments; raises Null when no signature takes them."""
        reason: Null | None = None
        for signature in self.signatures:
            if signature.takes(len(arguments)):
                try:
                    fitting = self._fit(signature, arguments)
                except Null as misfit:
                    reason = reason or misfit
                    continue
                return _perform(run, signature, fitting)
        raise reason or wrong_count(self.name, len(arguments), self.parameters)

    def apply_named(self, run: Run, arguments: Mapping[str, Any]) -> Any:
        """The result for named arguments; raises Null when no signature has these names."""
        reason: Null | None = None
        for signature in self.signatures:
            names = [parameter.name for parameter in signature.parameters]
            if not arguments.keys() <= set(names):
                continue
            try:
                fitting = self._fit(signature, _in_order(signature, arguments))
            except Null as misfit:
                reason = reason or misfit
                continue
            return _perform(run, signature, fitting)
        raise reason or wrong_name(self.name, ", ".join(arguments), self.parameters)

    def _fit(self, signature: Signature, arguments: list[Any]) -> list[Any]:
        parameters = signature.parameters
        last = len(parameters) - 1
        return [self._convert(value, parameters[min(index, last)]) for index, value in enumerate(arguments)]

    def _convert(self, value: Any, parameter: Parameter) -> Any:
        """The argument as the parameter takes it, after implicit conversions (DMN 1.5, 10.3.2.9.4)."""
        kinds = parameter.kinds
        if "any" in kinds:
            return adopt(value)
        kind = type_name(value)
        if kind in kinds or (kind == "Null" and "null" in kinds):
            return adopt_all(value) if kind == "list" else adopt(value)
        if kind == "list" and len(value) == 1 and type_name(value[0]) in kinds:
            return adopt(value[0])
        if "list" in kinds and kind != "Null":
            return [adopt(value)]
        if kind == "date" and "date and time" in kinds:
            return at_midnight(adopt(value))
        wanted = " or ".join(sorted(kinds))
        raise Null(
            f"{self.name}: '{parameter.name}' must be {wanted}, found {kind}",
            f"{self.name}: '{parameter.name}'은(는) {wanted}이어야 하는데 {kind}이에요.",
        )

    def _call(self, *arguments: Any) -> Any:
        return self.invoke(arguments)


def _in_order(signature: Signature, arguments: Mapping[str, Any]) -> list[Any]:
    """Named arguments by position; parameters left out in between are null, at the end they stay away."""
    ordered = [arguments.get(parameter.name) for parameter in signature.parameters]
    for parameter in reversed(signature.parameters):
        if not parameter.optional or parameter.name in arguments:
            break
        ordered.pop()
    return ordered


def _perform(run: Run, signature: Signature, arguments: list[Any]) -> Any:
    """Call it; long arguments and results cost steps."""
    for argument in arguments:
        if type(argument) is list or type(argument) is dict:
            run.spend(1 + len(argument))
    result = signature.function(run, *arguments) if signature.takes_run else signature.function(*arguments)
    if type(result) is str:
        if len(result) > 1000:
            run.spend(len(result) // 16)
    elif type(result) is list or type(result) is dict:
        run.spend(len(result))
    return traced(result, arguments)


BUILTINS: dict[str, Builtin] = {}


def builtin(declaration: str) -> Callable[[Implementation], Implementation]:
    """Declare a signature of a built-in function; see the module's docstring for how it is written."""
    name, _, rest = declaration.partition("(")
    parameters = tuple(_parameter(text) for text in rest.rstrip(")").split(",") if text.strip())

    def register(function: Implementation) -> Implementation:
        takes_run = next(iter(inspect.signature(function).parameters), "") == "run"
        BUILTINS.setdefault(name, Builtin(name)).add(Signature(parameters, function, takes_run))
        return function

    return register


def _parameter(text: str) -> Parameter:
    name, _, kinds = text.partition(":")
    kinds = kinds.strip()
    optional, variadic = kinds.endswith("?"), kinds.endswith("...")
    kinds = kinds.rstrip("?.")
    return Parameter(name.strip(), frozenset(kind.strip() for kind in kinds.split("|")), optional, variadic)


def _kind_name(parameter: Parameter) -> str:
    kinds = sorted(parameter.kinds - {"null"})
    return kinds[0] if len(kinds) == 1 and kinds[0] in SIMPLE else "Any"
