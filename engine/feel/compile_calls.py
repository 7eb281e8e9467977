"""Closures of function invocations (DMN 1.5, table 63)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine.feel import nodes
from engine.feel.builtins import BUILTINS
from engine.feel.compile_operators import quietly
from engine.feel.errors import Null
from engine.feel.run import Place, Run
from engine.feel.scope import Closure
from engine.feel.values import Function, type_name

if TYPE_CHECKING:
    from engine.feel.compiler import Compiler

_QUIET = frozenset(("is defined", "get or else"))
_FROM_TEXT = frozenset(("date", "date and time", "duration", "time"))  # what they make of a literal is the same each time


def _call(compiler: Compiler, node: nodes.Call) -> Closure:
    function, place = _callee(compiler, node.function), compiler.place(node)
    arguments = [compiler.compile(argument) for argument in node.arguments]
    if isinstance(node.function, nodes.Name) and node.function.name in _QUIET and arguments:
        arguments[0] = quietly(arguments[0])
    if node.names is not None:
        return _named_call(function, dict(zip(node.names, arguments, strict=True)), place, len(node.names))

    def call(run: Run) -> Any:
        found = function(run)
        try:
            return _function(found).apply(run, [argument(run) for argument in arguments])
        except Null as reason:
            run.warn_null(place, reason)
            return None

    literal = all(isinstance(argument, nodes.Literal) for argument in node.arguments)
    if literal and isinstance(node.function, nodes.Name) and node.function.name in _FROM_TEXT:
        return _made_once(call, function, BUILTINS[node.function.name])
    return call


def _made_once(call: Closure, function: Closure, builtin: Function) -> Closure:
    """The call of a built-in function with literals: its value is kept, unless it is null, which is told each time."""
    kept: list[Any] = []

    def made(run: Run) -> Any:
        if function(run) is not builtin:  # a variable stands before it
            return call(run)
        if not kept and (value := call(run)) is not None:
            kept.append(value)
        return kept[0] if kept else None

    return made


def _named_call(function: Closure, arguments: dict[str, Closure], place: Place, count: int) -> Closure:
    def call_named(run: Run) -> Any:
        found = function(run)
        if len(arguments) < count:
            run.warn(place, "an argument is named twice", "같은 이름의 인수가 두 번 있어요.")
            return None
        try:
            return _function(found).apply_named(run, {name: argument(run) for name, argument in arguments.items()})
        except Null as reason:
            run.warn_null(place, reason)
            return None

    return call_named


def _callee(compiler: Compiler, node: nodes.Node) -> Closure:
    """The function; a built-in one also where a variable has its name (`date("...")` beside a variable `date`)."""
    read = compiler.compile(node)
    builtin = BUILTINS.get(node.name) if isinstance(node, nodes.Name) else None
    if builtin is None:
        return read

    def read_function(run: Run) -> Any:
        found = read(run)
        return found if isinstance(found, Function) else builtin

    return read_function


def _function(found: Any) -> Function:
    if isinstance(found, Function):
        return found
    if found is None:
        raise Null("there is no such function", "그런 함수가 없어요.")
    raise Null(f"a {type_name(found)} cannot be called", f"{type_name(found)}은(는) 함수처럼 부를 수 없어요.")


TABLE: dict[type, Callable[[Any, Any], Closure]] = {nodes.Call: _call}
