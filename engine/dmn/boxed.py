"""Boxed expressions as closures (DMN 1.5, 10.2.2). Each takes the scope and the run, and gives a FEEL value."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import singledispatch
from typing import Any, Final

from engine import feel
from engine.dmn.elements import (
    Boxed,
    Conditional,
    Context,
    ContextEntry,
    Filter,
    FunctionDefinition,
    Invocation,
    Iterator,
    ListOf,
    Literal,
    Relation,
    Table,
    Variable,
)
from engine.dmn.run import Evaluator, Run, Scope
from engine.dmn.signatures import TypedFunction, signature_of
from engine.dmn.table import compile_table
from engine.dmn.unit import Names, Unit, nothing

_BARE_RANGE: Final = re.compile(r"""[^\[\]"]*[^\[\]".]\.\.[^\[\]"]*""")
_AS_LIST: Final = feel.compile("for x in items return x", ("items",))


def compile_logic(logic: Boxed | None, names: Names, unit: Unit) -> Evaluator:
    """A closure for any decision logic; a value that does not conform to the logic's own declared type is null."""
    if logic is None:
        return nothing
    evaluator = _compile(logic, names, unit)
    declared = "" if isinstance(logic, (Table, FunctionDefinition)) else logic.type_ref
    return _typed(evaluator, Variable("", declared), _element(logic), unit)


def compile_function(definition: FunctionDefinition, names: Names, unit: Unit, variable: Variable) -> Callable[[Scope, Run], feel.Function | None]:
    """A closure that gives the function, named and typed by `variable`, with the scope it is made in. Kinds other than FEEL are refused: null."""
    if definition.kind.upper() != "FEEL":
        _refuse_kind(definition, unit)
        return lambda scope, run: run.warn(variable.name, f"{definition.kind} functions are not run", f"{definition.kind} 함수는 실행하지 않아요.")
    parameters = tuple(parameter.name for parameter in definition.parameters)
    coercions = tuple(unit.coercion(parameter, definition.element) for parameter in definition.parameters)
    body = compile_logic(definition.body, names.union(parameters), unit)
    finish = unit.result_coercion(variable, definition.element)
    signature = signature_of(definition.parameters, _result_type(definition, variable, unit), unit.types.items)

    def make(scope: Scope, run: Run) -> feel.Function:
        def call(*arguments: Any) -> Any:
            bound = (coerce(value, run) if coerce else value for coerce, value in zip(coercions, arguments, strict=True))
            value = body({**scope, **dict(zip(parameters, bound, strict=True))}, run)
            return finish(value, run) if finish else value

        return TypedFunction(call, parameters, variable.name, signature)

    return make


def _result_type(definition: FunctionDefinition, variable: Variable, unit: Unit) -> str:
    """The typeRef of what a function gives: by its own type, by the result's type on its variable, or by its body."""
    item = unit.types.items.get(variable.type_ref)
    if item is not None and item.function is not None:
        return item.function.output
    return variable.type_ref or getattr(definition.body, "type_ref", "")


@singledispatch
def _compile(logic: Boxed, names: Names, unit: Unit) -> Evaluator:
    raise TypeError(f"no decision logic: {logic!r}")


@_compile.register
def _literal(logic: Literal, names: Names, unit: Unit) -> Evaluator:
    return unit.literal(logic, names)


@_compile.register
def _table(logic: Table, names: Names, unit: Unit) -> Evaluator:
    return compile_table(logic, names, unit)


@_compile.register
def _function(logic: FunctionDefinition, names: Names, unit: Unit) -> Evaluator:
    return compile_function(logic, names, unit, Variable(unit.owner))


@_compile.register
def _context(logic: Context, names: Names, unit: Unit) -> Evaluator:
    entries: list[tuple[str | None, Evaluator]] = []
    known = names
    for entry in logic.entries:
        if entry.variable is not None:
            known = known | {entry.variable.name}
        # A function may call itself; any other entry sees only the entries before it.
        visible = known if entry.variable is None or isinstance(entry.value, FunctionDefinition) else known - ({entry.variable.name} - names)
        entries.append((entry.variable.name if entry.variable else None, _entry(entry, visible, unit)))

    def evaluate(scope: Scope, run: Run) -> Any:
        inner, result = dict(scope), {}
        for name, value_of in entries:
            value = value_of(inner, run)
            if name is None:
                return value
            inner[name] = result[name] = value
        return result

    return evaluate


def _entry(entry: ContextEntry, names: Names, unit: Unit) -> Evaluator:
    if entry.variable is not None and isinstance(entry.value, FunctionDefinition):
        return compile_function(entry.value, names, unit, entry.variable)
    evaluator = compile_logic(entry.value, names, unit)
    return evaluator if entry.variable is None else _typed(evaluator, entry.variable, _element(entry.value), unit)


@_compile.register
def _list(logic: ListOf, names: Names, unit: Unit) -> Evaluator:
    items = tuple(compile_logic(item, names, unit) for item in logic.items)
    return lambda scope, run: [item(scope, run) for item in items]


@_compile.register
def _relation(logic: Relation, names: Names, unit: Unit) -> Evaluator:
    rows = tuple(_row(logic.columns, row, names, unit) for row in logic.rows)
    return lambda scope, run: [{name: value_of(scope, run) for name, value_of in row} for row in rows]


def _row(columns: Sequence[Variable], row: Sequence[Boxed], names: Names, unit: Unit) -> tuple[tuple[str, Evaluator], ...]:
    cells = zip(columns, row, strict=False)
    return tuple((column.name, _typed(compile_logic(cell, names, unit), column, _element(cell), unit)) for column, cell in cells)


@_compile.register
def _invocation(logic: Invocation, names: Names, unit: Unit) -> Evaluator:
    function_of = compile_logic(logic.function, names, unit)
    bindings = tuple((name, compile_logic(value, names, unit)) for name, value in logic.bindings)

    def evaluate(scope: Scope, run: Run) -> Any:
        function = function_of(scope, run)
        arguments = {name: value_of(scope, run) for name, value_of in bindings}
        if not isinstance(function, feel.Function):
            return run.warn(unit.owner, "what is invoked is no function", "부르는 대상이 함수가 아니에요.")
        if not set(arguments) <= set(function.parameters):
            taken, given = ", ".join(function.parameters), ", ".join(arguments)
            return run.warn(
                unit.owner, f"'{function.name}' takes {taken}, not {given}", f"'{function.name}'의 매개변수는 {taken}인데 {given}을(를) 주었어요."
            )
        return function.invoke_named(arguments)

    return evaluate


@_compile.register
def _conditional(logic: Conditional, names: Names, unit: Unit) -> Evaluator:
    condition = compile_logic(logic.condition, names, unit)
    then, otherwise = compile_logic(logic.then, names, unit), compile_logic(logic.otherwise, names, unit)
    return lambda scope, run: then(scope, run) if condition(scope, run) is True else otherwise(scope, run)


@_compile.register
def _filter(logic: Filter, names: Names, unit: Unit) -> Evaluator:
    items_of = compile_logic(logic.items, names, unit)
    match = compile_logic(logic.match, names | {"item"}, unit)

    def evaluate(scope: Scope, run: Run) -> Any:
        items = items_of(scope, run)
        if items is None:
            return None
        kept = []
        for item in items if isinstance(items, list) else [items]:
            run.step(unit.owner)
            entries = item if isinstance(item, Mapping) else {}
            verdict = match({**scope, **entries, "item": item}, run)
            if not isinstance(verdict, bool):
                return run.warn(
                    unit.owner, "the match of a filter must be true or false for each item", "거르는 조건은 항목마다 참이나 거짓이어야 해요."
                )
            if verdict:
                kept.append(item)
        return kept

    return evaluate


@_compile.register
def _iterator(logic: Iterator, names: Names, unit: Unit) -> Evaluator:
    items_of = compile_logic(_iterated(logic.items), names, unit)
    local = {logic.variable, "partial"} if logic.kind == "for" else {logic.variable}
    body = compile_logic(logic.body, names | local, unit)

    def evaluate(scope: Scope, run: Run) -> Any:
        items = _AS_LIST({"items": items_of(scope, run)}, now=run.now, warnings=run.warnings)
        if not isinstance(items, list):
            return None
        results: list[Any] = []
        inner = {**scope, "partial": results} if logic.kind == "for" else dict(scope)
        for item in items:
            run.step(unit.owner)
            inner[logic.variable] = item
            results.append(body(inner, run))
        return results if logic.kind == "for" else _quantified(logic.kind, results, unit, run)

    return evaluate


def _iterated(items: Boxed) -> Boxed:
    """What is iterated over; a bare `1..4` is no expression but may stand where FEEL's own `for` would take it (DMN 1.5, 10.3.1.2, rule 46)."""
    if isinstance(items, Literal) and _BARE_RANGE.fullmatch(items.text):
        return replace(items, text=f"for item in {items.text} return item")
    return items


def _quantified(kind: str, results: Sequence[Any], unit: Unit, run: Run) -> Any:
    if not all(isinstance(result, bool) for result in results):
        return run.warn(unit.owner, f"what '{kind}' asks of an item must be true or false", f"'{kind}'의 조건은 항목마다 참이나 거짓이어야 해요.")
    return any(results) if kind == "some" else all(results)


def _typed(evaluator: Evaluator, variable: Variable, element: str, unit: Unit) -> Evaluator:
    coerce = unit.coercion(variable, element)
    return evaluator if coerce is None else lambda scope, run: coerce(evaluator(scope, run), run)


def _element(logic: Boxed) -> str:
    return logic.element


def _refuse_kind(definition: FunctionDefinition, unit: Unit) -> None:
    unit.find(
        "function-kind",
        definition.element,
        f"{unit.owner}: {definition.kind} 함수는 실행하지 않아요.",
        f"{unit.owner}: {definition.kind} functions are not run.",
        "함수를 FEEL로 써 주세요.",
        "Write the function in FEEL.",
    )
