"""Closures of `if`, `for`, `some`, `every` and function literals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from engine.feel import nodes, types
from engine.feel.compile_boxed import weight_of
from engine.feel.errors import Null
from engine.feel.inference import result_type
from engine.feel.iteration import items_from, items_upto
from engine.feel.lambdas import Lambda
from engine.feel.run import Place, Run
from engine.feel.scope import Closure, Locals
from engine.feel.values import type_name

if TYPE_CHECKING:
    from engine.feel.compiler import Compiler

Source = Callable[[Run], list[Any]]


def _if(compiler: Compiler, node: nodes.If) -> Closure:
    branches = [(compiler.compile(condition), compiler.compile(result), compiler.place(condition)) for condition, result in node.branches]
    otherwise = compiler.compile(node.otherwise)

    def choose(run: Run) -> Any:
        for condition, result, place in branches:
            found = condition(run)
            if found is True:
                return result(run)
            if found is not False:
                kind = type_name(found)
                run.warn(place, f"the condition of 'if' is {kind}, taken as false", f"'if'의 조건이 {kind}이라서 false로 봤어요.")
        return otherwise(run)

    return choose


def _for(compiler: Compiler, node: nodes.For) -> Closure:
    partial = compiler.new_slot()
    compiler.frames.append(Locals({"partial": partial}, partial))
    loops = _loops(compiler, node.iterations)
    result = compiler.compile(node.result)
    _leave(compiler, len(node.iterations) + 1)
    place, weight = compiler.place(node), weight_of(node.result)

    def collect(run: Run) -> Any:
        slots = run.slots
        before, slots[partial] = slots[partial], []
        results = slots[partial]
        try:
            for _ in _product(run, loops, 0, weight):
                results.append(result(run))
        except Null as reason:
            run.warn_null(place, reason)
            return None
        finally:
            slots[partial] = before
        return results

    return collect


def _quantified(compiler: Compiler, node: nodes.Quantified) -> Closure:
    loops = _loops(compiler, node.iterations)
    condition = compiler.compile(node.condition)
    _leave(compiler, len(node.iterations))
    place, weight = compiler.place(node), weight_of(node.condition)
    decisive = node.quantifier == "some"

    def quantify(run: Run) -> Any:
        outcome: bool | None = not decisive
        try:
            for _ in _product(run, loops, 0, weight):
                found = condition(run)
                if found is decisive:
                    return decisive
                if found is not True and found is not False:
                    outcome = None
        except Null as reason:
            run.warn_null(place, reason)
            return None
        return outcome

    return quantify


def _loops(compiler: Compiler, iterations: list[nodes.Iteration]) -> list[tuple[int, Source]]:
    loops: list[tuple[int, Source]] = []
    for iteration in iterations:
        source = _source(compiler, iteration)
        slot = compiler.new_slot()
        compiler.frames.append(Locals({iteration.name: slot}))
        loops.append((slot, source))
    return loops


def _leave(compiler: Compiler, count: int) -> None:
    del compiler.frames[-count:]


def _source(compiler: Compiler, iteration: nodes.Iteration) -> Source:
    first = compiler.compile(iteration.source)
    if iteration.last is None:
        return lambda run: items_from(run, first(run))
    last = compiler.compile(iteration.last)
    return lambda run: items_upto(run, first(run), last(run))


def _product(run: Run, loops: list[tuple[int, Source]], index: int, weight: int) -> Iterator[None]:
    """Sets the loop variables to each combination in turn, the last one fastest."""
    slot, source = loops[index]
    slots = run.slots
    before = slots[slot]
    for item in source(run):
        slots[slot] = item
        if index + 1 < len(loops):
            run.spend(1)
            yield from _product(run, loops, index + 1, weight)
        else:
            run.spend(weight)
            yield
    slots[slot] = before


def _function(compiler: Compiler, node: nodes.FunctionLiteral) -> Closure:
    slots = {name: compiler.new_slot() for name, _ in node.parameters}
    compiler.frames.append(Locals(slots))
    body = _external(compiler.place(node)) if node.external else compiler.compile(node.body)
    compiler.frames.pop()
    checks = [None if kind is None else types.check_of(kind, compiler.types) or _never for _, kind in node.parameters]
    parameters = tuple(name for name, _ in node.parameters)
    declared = {name: kind or nodes.TypeName("Any") for name, kind in node.parameters}
    signature = nodes.TypeName("function", list(declared.values()), None, result_type(node.body, declared))
    text = compiler.text[node.body.start : node.body.end]

    def make_function(run: Run) -> Lambda:
        return Lambda(parameters, list(slots.values()), checks, body, run.context, list(run.slots), signature, text)

    return make_function


def _never(value: Any) -> bool:
    return False


def _external(place: Place) -> Closure:
    def external(run: Run) -> None:
        run.warn(place, "external functions cannot be run", "외부 함수는 실행할 수 없어요.")

    return external


TABLE: dict[type, Callable[[Any, Any], Closure]] = {
    nodes.If: _if,
    nodes.For: _for,
    nodes.Quantified: _quantified,
    nodes.FunctionLiteral: _function,
}
