"""The parser of FEEL: operators by precedence (Pratt), lowest first as in grammar rules 2 and 4 of DMN 1.5, 10.3.1.2.

What begins with a keyword or bracket stands in `parse_primary.py`, loops and functions in `parse_blocks.py`, types in `parse_types.py`,
cells of decision tables in `parse_tests.py`.
"""

from collections.abc import Callable, Iterable

from engine.feel import limits, names, nodes, parse_tests, parse_types
from engine.feel.cursor import Cursor
from engine.feel.lexer import Token
from engine.feel.parse_primary import parse_arguments, parse_path, parse_primary

OR, AND, COMPARISON, ADDITION, MULTIPLICATION, POWER, NEGATION, INSTANCE, POSTFIX = range(1, 10)
_LEVELS = {
    "or": OR,
    "and": AND,
    **dict.fromkeys(("=", "!=", "<", "<=", ">", ">=", "between", "in"), COMPARISON),
    **dict.fromkeys(("+", "-"), ADDITION),
    **dict.fromkeys(("*", "/"), MULTIPLICATION),
    "**": POWER,
    "instance": INSTANCE,
    **dict.fromkeys((".", "[", "("), POSTFIX),
}
_OPENERS = frozenset(["(", "[", "{", "-", "@", "?", "<", "<=", ">", ">=", "="])
_STARTERS = frozenset(["if", "for", "some", "every", "function", "true", "false", "null"])


class Parser(Cursor):
    """Turns the text of one expression, or of one table cell, into nodes."""

    def __init__(self, text: str, in_scope: Iterable[str], functions: names.Index) -> None:
        super().__init__(text, in_scope, functions)
        self.endpoint = False

    def whole_expression(self) -> nodes.Node:
        """The expression, which must be all of the text."""
        node = self.expression()
        self._end()
        return node

    def whole_unary_tests(self) -> nodes.UnaryTests:
        """The unary tests, which must be all of the text."""
        node = parse_tests.parse_unary_tests(self)
        self._end()
        return node

    def _end(self) -> None:
        if self.token.kind != "end":
            self.fail("an operator or the end of the expression", "연산자나 식의 끝")

    def expression(self, level: int = 0) -> nodes.Node:
        """The longest expression from here whose operators bind tighter than `level`."""
        self.depth += 1
        if self.depth > limits.MAX_NESTING:
            raise limits.too_nested(self.text)
        node = self.continued(self._negation() if self.at("-") else parse_primary(self), level)
        self.depth -= 1
        return node

    def continued(self, left: nodes.Node, level: int = 0) -> nodes.Node:
        """The expression that begins with `left`, as far as operators bind tighter than `level`."""
        links = 0
        while self.token.kind in ("operator", "keyword"):
            links += 1
            if links > limits.MAX_NESTING:
                raise limits.too_nested(self.text)
            found = _LEVELS.get(self.token.value)
            if found is None or found <= level:
                break
            further = _INFIX[found](self, left)
            if further is None:
                break
            left = further
        return left

    def endpoint_expression(self) -> nodes.Node:
        """An end of a range, where `[` may also close an open range (grammar rule 11)."""
        before, self.endpoint = self.endpoint, True
        node = self.expression(COMPARISON)
        self.endpoint = before
        return node

    def inside(self, level: int = 0) -> nodes.Node:
        """An expression within brackets, where `[` is a filter again."""
        before, self.endpoint = self.endpoint, False
        node = self.expression(level)
        self.endpoint = before
        return node

    def begins_expression(self, token: Token) -> bool:
        """Whether an expression can begin with this token."""
        if token.kind == "operator":
            return token.value in _OPENERS
        return token.kind in ("number", "string", "name") or (token.kind == "keyword" and token.value in _STARTERS)

    def _negation(self) -> nodes.Node:
        start = self.advance().start
        if self.token.kind == "number":  # the sign belongs to the literal (grammar rule 35)
            token = self.advance()
            return nodes.Literal(start, token.end, -token.value)
        operand = self.expression(NEGATION)
        return nodes.Negate(start, operand.end, operand)


def _logic(parser: Parser, left: nodes.Node) -> nodes.Node:
    operator = parser.token.value
    operands = [left]
    while parser.accept(operator):
        operands.append(parser.expression(_LEVELS[operator]))
    return nodes.Logic(left.start, operands[-1].end, operator, operands)


def _chain(parser: Parser, left: nodes.Node) -> nodes.Node:
    level = _LEVELS[parser.token.value]
    rest: list[tuple[str, nodes.Node]] = []
    while parser.token.kind == "operator" and _LEVELS.get(parser.token.value) == level:
        operator = parser.advance().value
        rest.append((operator, parser.expression(level)))
    return nodes.Chain(left.start, rest[-1][1].end, left, rest)


def _power(parser: Parser, left: nodes.Node) -> nodes.Node:
    parser.advance()
    exponent = parser.expression(POWER)
    return nodes.Power(left.start, exponent.end, left, exponent)


def _comparison(parser: Parser, left: nodes.Node) -> nodes.Node:
    operator = parser.advance().value
    if operator == "in":
        return parse_tests.parse_in(parser, left)
    if operator == "between":
        low = parser.expression(COMPARISON)
        parser.expect("and")
        high = parser.expression(COMPARISON)
        return nodes.Between(left.start, high.end, left, low, high)
    right = parser.expression(COMPARISON)
    return nodes.Compare(left.start, right.end, operator, left, right)


def _instance_of(parser: Parser, left: nodes.Node) -> nodes.Node:
    parser.advance()
    if parser.token.value != "of":
        parser.fail("'of'")
    found = parse_types.parse_type_after(parser, parser.token.end)
    return nodes.InstanceOf(left.start, parser.previous_end, left, found)


def _postfix(parser: Parser, left: nodes.Node) -> nodes.Node | None:
    if parser.at("."):
        return parse_path(parser, left)
    if parser.at("("):
        return parse_arguments(parser, left)
    return _filter_or_end(parser, left)


def _filter_or_end(parser: Parser, left: nodes.Node) -> nodes.Node | None:
    """A filter; inside a range, None where the `[` closes it because no expression follows (grammar rule 11)."""
    if parser.endpoint and not parser.begins_expression(parser.read(parser.token.end)):
        return None
    return parse_filter(parser, left)


def parse_filter(parser: Parser, base: nodes.Node) -> nodes.Node:
    """`base[condition]`; words side by side in a condition may be one name of the items."""
    parser.open_names += 1
    parser.advance()
    condition = parser.inside()
    parser.open_names -= 1
    end = parser.expect("]").end
    return nodes.Filter(base.start, end, base, condition)


_INFIX: dict[int, Callable[[Parser, nodes.Node], nodes.Node | None]] = {
    OR: _logic,
    AND: _logic,
    COMPARISON: _comparison,
    ADDITION: _chain,
    MULTIPLICATION: _chain,
    POWER: _power,
    INSTANCE: _instance_of,
    POSTFIX: _postfix,
}
