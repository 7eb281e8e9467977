"""Closures of unary tests: cells of decision tables, and the operator `in` (DMN 1.5, table 55)."""

from __future__ import annotations

from collections.abc import Callable
from operator import ge, gt, le, lt
from typing import TYPE_CHECKING, Any

from engine.feel import nodes
from engine.feel.compile_operators import equals, negated, ordered
from engine.feel.equality import contains, equal, includes
from engine.feel.run import Place, Run
from engine.feel.scope import Closure, Locals
from engine.feel.values import Range

if TYPE_CHECKING:
    from engine.feel.compiler import Compiler

TestClosure = Callable[[Run, Any], bool | None]
_ORDER: dict[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}


def _in(compiler: Compiler, node: nodes.In) -> Closure:
    value = compiler.compile(node.value)
    test = any_of(compiler, node.tests)
    return lambda run: test(run, value(run))


def unary_tests(compiler: Compiler, node: nodes.UnaryTests) -> TestClosure:
    """The closure of a whole cell: `-` holds for everything."""
    if not node.tests:
        return lambda run, value: True
    test = any_of(compiler, node.tests)
    return (lambda run, value: negated(test(run, value))) if node.negated else test


def any_of(compiler: Compiler, tests: list[nodes.Test]) -> TestClosure:
    """True when one of the tests holds, null when none does and one is null."""
    closures = [_test(compiler, test) for test in tests]
    if len(closures) == 1:
        return closures[0]

    def any_holds(run: Run, value: Any) -> bool | None:
        result: bool | None = False
        for closure in closures:
            found = closure(run, value)
            if found is True:
                return True
            if found is None:
                result = None
        return result

    return any_holds


def _test(compiler: Compiler, test: nodes.Test) -> TestClosure:
    if test.operator is not None:
        return _operator_test(compiler, test.operator, test.operand, compiler.place(test))
    operand = test.operand
    if isinstance(operand, nodes.Interval) and operand.low is not None and operand.high is not None:
        return _interval_test(compiler, operand, operand.low, operand.high)
    if isinstance(operand, nodes.Interval):
        return _open_interval_test(compiler, operand)
    if isinstance(operand, nodes.Literal):
        return _equal_test(operand.value, compiler.place(test))
    return _expression_test(compiler, operand)


def _operator_test(compiler: Compiler, operator: str, operand: nodes.Node, place: Place) -> TestClosure:
    end = compiler.compile(operand)
    if operator == "=":
        return lambda run, value: equals(run, value, end(run), place)
    if operator == "!=":
        return lambda run, value: negated(equals(run, value, end(run), place))
    order = _ORDER[operator]
    return lambda run, value: ordered(run, order, value, end(run), place)


def _interval_test(compiler: Compiler, interval: nodes.Interval, low_node: nodes.Node, high_node: nodes.Node) -> TestClosure:
    low, high, place = compiler.compile(low_node), compiler.compile(high_node), compiler.place(interval)
    above, below = ge if interval.low_included else gt, le if interval.high_included else lt

    def in_interval(run: Run, value: Any) -> bool | None:
        start, end = low(run), high(run)
        if ordered(run, le, start, end, place) is not True:
            return None
        first, second = ordered(run, above, value, start, place), ordered(run, below, value, end, place)
        return None if first is None or second is None else first and second

    return in_interval


def _open_interval_test(compiler: Compiler, interval: nodes.Interval) -> TestClosure:
    if interval.low is not None:
        return _operator_test(compiler, ">=" if interval.low_included else ">", interval.low, compiler.place(interval))
    assert interval.high is not None
    return _operator_test(compiler, "<=" if interval.high_included else "<", interval.high, compiler.place(interval))


def _equal_test(constant: Any, place: Place) -> TestClosure:
    kind = type(constant)

    def equals_constant(run: Run, value: Any) -> bool | None:
        return value == constant if type(value) is kind else equals(run, value, constant, place)

    return equals_constant


def _expression_test(compiler: Compiler, operand: nodes.Node) -> TestClosure:
    """An expression; with `?` in it, it must be true itself, without, its value is compared with the tested one."""
    slot = compiler.new_slot()
    compiler.frames.append(Locals({"?": slot}))
    expression = compiler.compile(operand)
    compiler.frames.pop()
    uses_value = slot in compiler.question_slots
    place = compiler.place(operand)

    def test_expression(run: Run, value: Any) -> bool | None:
        slots = run.slots
        before, slots[slot] = slots[slot], value
        try:
            result = expression(run)
        finally:
            slots[slot] = before
        if uses_value and (result is True or result is False or result is None):
            return result
        return matches(run, value, result, place)

    return test_expression


def matches(run: Run, value: Any, wanted: Any, place: Place) -> bool | None:
    """Whether a value is the wanted one, lies in the wanted range, or is one of the wanted list; a truth about something else stands for itself."""
    if isinstance(wanted, Range):
        return includes(wanted, value)
    if isinstance(wanted, (list, tuple)):
        run.spend(1 + len(wanted))
        return _in_list(run, value, wanted)
    if isinstance(wanted, bool) and not isinstance(value, bool):
        return wanted
    return equals(run, value, wanted, place)


def _in_list(run: Run, value: Any, wanted: Any) -> bool:
    if isinstance(value, (list, tuple)) and equal(value, wanted, run) is True:
        return True
    ranges = [item for item in wanted if isinstance(item, Range)]
    return contains(wanted, value, run) or any(includes(item, value) is True for item in ranges)


TABLE: dict[type, Callable[[Any, Any], Closure]] = {nodes.In: _in}
