"""Unary tests: the cells of decision tables and the right side of `in` (grammar rules 7 and 13 to 15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.feel import nodes
from engine.feel.parse_primary import parse_interval

if TYPE_CHECKING:
    from engine.feel.parser import Parser

_OPERATORS = ("<", "<=", ">", ">=", "=", "!=")
_COMPARISON = 3


def parse_unary_tests(parser: Parser) -> nodes.UnaryTests:
    """`-`, `not(a, b)` or `a, b`."""
    start = parser.token.start
    if parser.at("-") and parser.skip(parser.token.end) == len(parser.text):
        parser.advance()
        return nodes.UnaryTests(start, parser.previous_end, [], False)
    negated = _negated(parser)
    if negated is not None:
        return negated
    tests = _tests(parser, 0)
    return nodes.UnaryTests(start, parser.previous_end, tests, False)


def _negated(parser: Parser) -> nodes.UnaryTests | None:
    """`not(...)` when it is the whole cell; otherwise `not` is the built-in function of a larger expression."""
    token = parser.token
    if token.kind != "name" or token.value != "not" or not parser.text.startswith("(", parser.skip(token.end)):
        return None
    parser.advance()
    parser.advance()
    tests = _tests(parser, 0)
    parser.expect(")")
    if parser.token.kind == "end":
        return nodes.UnaryTests(token.start, parser.previous_end, tests, True)
    parser.jump(token.start)
    return None


def _tests(parser: Parser, level: int) -> list[nodes.Test]:
    tests = [_test(parser, level)]
    while parser.accept(","):
        tests.append(_test(parser, level))
    return tests


def _test(parser: Parser, level: int) -> nodes.Test:
    start = parser.token.start
    if parser.at(*_OPERATORS):
        operator = parser.advance().value
        operand = parser.expression(_COMPARISON)
        return nodes.Test(start, operand.end, operator, operand)
    operand = parser.expression(level)
    return nodes.Test(start, operand.end, None, operand)


def parse_in(parser: Parser, value: nodes.Node) -> nodes.Node:
    """What follows `in`: one test, or several in parentheses."""
    if not parser.at("("):
        return _in_one(value, _test(parser, _COMPARISON))
    opening = parser.advance()
    before, parser.endpoint = parser.endpoint, False
    tests = _tests(parser, 0)
    parser.endpoint = before
    alone = len(tests) == 1 and tests[0].operator is None
    if alone and parser.at(".."):
        return _in_one(value, _longer(parser, parse_interval(parser, opening.start, tests[0].operand, low_included=False)))
    end = parser.expect(")").end
    if alone and parser.at(".", "[", "(", "*", "/", "+", "-", "**"):
        return _in_one(value, _longer(parser, tests[0].operand))
    return nodes.In(value.start, end, value, tests)


def _longer(parser: Parser, left: nodes.Node) -> nodes.Test:
    """One test whose expression only began with the bracket."""
    operand = parser.continued(left, _COMPARISON)
    return nodes.Test(operand.start, operand.end, None, operand)


def _in_one(value: nodes.Node, test: nodes.Test) -> nodes.Node:
    return nodes.In(value.start, test.end, value, [test])
