"""Closures of operators: arithmetic, comparison, logic. The usual types are compared on the spot, everything else in `equality.py`."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import TYPE_CHECKING, Any

from engine.feel import arithmetic, nodes, types
from engine.feel.equality import compare, equal
from engine.feel.errors import Null
from engine.feel.numbers import CONTEXT
from engine.feel.run import Place, Run
from engine.feel.scope import Closure
from engine.feel.values import type_name

if TYPE_CHECKING:
    from engine.feel.compiler import Compiler

_SIMPLE = frozenset((str, int, Decimal, bool))
_NUMBERS = frozenset((int, Decimal))
_BOUND = 10**34
_ORDER: dict[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}


def _chain(compiler: Compiler, node: nodes.Chain) -> Closure:
    result = compiler.compile(node.first)
    place = compiler.place(node)
    steps = [(operator, compiler.compile(operand)) for operator, operand in node.rest]
    if len(steps) == 1:
        return _binary(steps[0][0], result, steps[0][1], place)

    def chain(run: Run) -> Any:
        value = result(run)
        for operator, operand in steps:
            value = calculate(run, operator, value, operand(run), place)
        return value

    return chain


def _binary(operator: str, left: Closure, right: Closure, place: Place) -> Closure:
    def binary(run: Run) -> Any:
        return calculate(run, operator, left(run), right(run), place)

    return binary


def calculate(run: Run, operator: str, left: Any, right: Any, place: Place) -> Any:
    """`left operator right`; null with a warning where it has no result."""
    if type(left) is int and type(right) is int and operator != "/" and operator != "**":
        result = left + right if operator == "+" else left - right if operator == "-" else left * right
        if -_BOUND < result < _BOUND:
            return result
    elif type(left) is Decimal and type(right) is Decimal and operator == "+" and left.is_finite() and right.is_finite():
        return CONTEXT.add(left, right)
    try:
        return arithmetic.apply(run, operator, left, right)
    except Null as reason:
        run.warn_null(place, reason)
        return None


def _power(compiler: Compiler, node: nodes.Power) -> Closure:
    return _binary("**", compiler.compile(node.base), compiler.compile(node.exponent), compiler.place(node))


def _negate(compiler: Compiler, node: nodes.Negate) -> Closure:
    operand, place = compiler.compile(node.operand), compiler.place(node)

    def negate(run: Run) -> Any:
        try:
            return arithmetic.negate(operand(run))
        except Null as reason:
            run.warn_null(place, reason)
            return None

    return negate


def _compare(compiler: Compiler, node: nodes.Compare) -> Closure:
    left, right, place = compiler.compile(node.left), compiler.compile(node.right), compiler.place(node)
    if node.operator not in ("=", "!="):
        return _ordered(node.operator, left, right, place)
    same = node.operator == "="
    if isinstance(node.right, nodes.Literal):
        return _against_constant(same, left, node.right.value, place)
    if isinstance(node.left, nodes.Literal):
        return _against_constant(same, right, node.left.value, place)

    def compare_equal(run: Run) -> bool | None:
        return equals(run, left(run), right(run), place) if same else negated(equals(run, left(run), right(run), place))

    return compare_equal


def _against_constant(same: bool, left: Closure, constant: Any, place: Place) -> Closure:
    kind = type(constant)

    def compare_constant(run: Run) -> bool | None:
        value = left(run)
        if type(value) is kind:
            return bool(value == constant) is same
        found = equals(run, value, constant, place)
        return found if same else negated(found)

    return quietly(compare_constant) if constant is None else compare_constant


def quietly(inner: Closure) -> Closure:
    """The same closure without warnings: who asks whether something is null need not be told why it is."""

    def quiet(run: Run) -> Any:
        warnings, run.warnings = run.warnings, None
        try:
            return inner(run)
        finally:
            run.warnings = warnings

    return quiet


def equals(run: Run, left: Any, right: Any, place: Place) -> bool | None:
    """`left = right`; null with a warning for values of different kinds."""
    if type(left) is type(right) and type(left) in _SIMPLE:
        return bool(left == right)
    result = equal(left, right, run)
    if result is None:
        _warn_kinds(run, left, right, place)
    return result


def negated(value: Any) -> bool | None:
    """Three-valued not."""
    return (not value) if value is True or value is False else None


def _warn_kinds(run: Run, left: Any, right: Any, place: Place) -> None:
    if left is None or right is None:
        run.warn(place, "cannot compare: one side is null", "한쪽이 null이라서 비교할 수 없어요.")
    else:
        run.warn(
            place,
            f"cannot compare {type_name(left)} with {type_name(right)}",
            f"{type_name(left)}와(과) {type_name(right)}은(는) 비교할 수 없어요.",
        )


def _ordered(operator: str, left: Closure, right: Closure, place: Place) -> Closure:
    test = _ORDER[operator]

    def compare_order(run: Run) -> Any:
        a, b = left(run), right(run)
        if type(a) in _NUMBERS and type(b) in _NUMBERS:
            try:
                return test(a, b)
            except ArithmeticError:
                return None
        return ordered(run, test, a, b, place)

    return compare_order


def ordered(run: Run, test: Callable[[Any, Any], bool], left: Any, right: Any, place: Place) -> bool | None:
    """The comparison `test` between any two values; null with a warning where they have no order."""
    found = compare(left, right)
    if found is None:
        _warn_kinds(run, left, right, place)
        return None
    return bool(test(found, 0))


def _between(compiler: Compiler, node: nodes.Between) -> Closure:
    value, low, high = compiler.compile(node.value), compiler.compile(node.low), compiler.compile(node.high)
    place = compiler.place(node)

    def between(run: Run) -> bool | None:
        tested = value(run)
        return conjunction(ordered(run, ge, tested, low(run), place), ordered(run, le, tested, high(run), place))

    return between


def conjunction(a: Any, b: Any) -> bool | None:
    """Three-valued and (DMN 1.5, table 50)."""
    if a is False or b is False:
        return False
    return True if a is True and b is True else None


def _logic(compiler: Compiler, node: nodes.Logic) -> Closure:
    operands = [compiler.compile(operand) for operand in node.operands]
    decisive = node.operator == "or"
    if len(operands) == 2:
        return _logic_of_two(decisive, operands[0], operands[1], compiler.place(node))
    place = compiler.place(node)

    def logic(run: Run) -> Any:
        result: bool | None = not decisive
        for operand in operands:
            value = operand(run)
            if value is decisive:
                return decisive
            if value is not True and value is not False:
                _warn_not_boolean(run, value, place)
                result = None
        return result

    return logic


def _logic_of_two(decisive: bool, left: Closure, right: Closure, place: Place) -> Closure:
    other = not decisive

    def logic_of_two(run: Run) -> Any:
        a = left(run)
        if a is decisive:
            return decisive
        b = right(run)
        if b is decisive:
            return decisive
        if a is other and b is other:
            return other
        _warn_not_boolean(run, b if a is other else a, place)
        return None

    return logic_of_two


def _warn_not_boolean(run: Run, value: Any, place: Place) -> None:
    kind = type_name(value)
    run.warn(place, f"'and' and 'or' need true or false, found {kind}", f"'and'와 'or'에는 true나 false가 와야 하는데 {kind}이(가) 있어요.")


def _instance_of(compiler: Compiler, node: nodes.InstanceOf) -> Closure:
    value, place = compiler.compile(node.value), compiler.place(node)
    check = types.check_of(node.type, compiler.types)

    def instance_of(run: Run) -> Any:
        if check is None:
            run.warn(place, f"there is no type '{node.type.name}'", f"'{node.type.name}'(이)라는 타입이 없어요.")
            return None
        tested = value(run)
        return check(tested) if tested is not None else node.type.name == "Null"

    return instance_of


TABLE: dict[type, Callable[[Any, Any], Closure]] = {
    nodes.Chain: _chain,
    nodes.Power: _power,
    nodes.Negate: _negate,
    nodes.Compare: _compare,
    nodes.Between: _between,
    nodes.Logic: _logic,
    nodes.InstanceOf: _instance_of,
}
