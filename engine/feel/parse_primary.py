"""Expressions that begin with a literal, a name, a bracket or a keyword, and what can follow a value: paths and invocations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.feel import names, nodes, parse_blocks

if TYPE_CHECKING:
    from engine.feel.parser import Parser

_COMPARISONS = ("<", "<=", ">", ">=", "=")
_CONSTANTS = {"true": True, "false": False, "null": None}


def parse_primary(parser: Parser) -> nodes.Node:
    """The expression that begins here, without operators after it."""
    token = parser.token
    if token.kind in ("number", "string"):
        parser.advance()
        return nodes.Literal(token.start, token.end, token.value)
    if token.kind == "name":
        return _name(parser)
    if token.kind in ("operator", "keyword"):
        if token.value in _CONSTANTS:
            parser.advance()
            return nodes.Literal(token.start, token.end, _CONSTANTS[token.value])
        parse = _OPENINGS.get(token.value)
        if parse is not None:
            return parse(parser)
    parser.fail("an expression", "식")


def _name(parser: Parser) -> nodes.Node:
    token = parser.advance()
    name = token.value
    if parser.open_names:
        name = join_words(parser, name)
    return nodes.Name(token.start, parser.previous_end, name)


def join_words(parser: Parser, name: str) -> str:
    """The name with the words that follow it: nothing else can stand there, so they belong to a name that is not known yet."""
    while parser.token.kind == "name":
        name = f"{name} {parser.advance().value}"
    return name


def _question_mark(parser: Parser) -> nodes.Node:
    token = parser.advance()
    return nodes.Name(token.start, token.end, "?")


def _at_literal(parser: Parser) -> nodes.Node:
    start = parser.advance().start
    if parser.token.kind != "string":
        parser.fail('a string such as "2026-11-20"', '"2026-11-20" 같은 글')
    token = parser.advance()
    return nodes.AtLiteral(start, token.end, token.value)


def _parenthesis(parser: Parser) -> nodes.Node:
    """`(expression)`, the open range `(a..b)`, or the range of a comparison `(< 10)`."""
    start = parser.advance().start
    if parser.at(*_COMPARISONS):
        node: nodes.Node = comparison_range(parser)
        node.start, node.end = start, parser.expect(")").end
        return node
    first = _inside_or_endpoint(parser)
    if parser.at(".."):
        return parse_interval(parser, start, first, low_included=False)
    parser.expect(")")
    return first


def comparison_range(parser: Parser) -> nodes.Interval:
    """`< 10` as a range without a start (DMN 1.5, table 42)."""
    token = parser.advance()
    end = parser.endpoint_expression()
    operator = token.value
    if operator == "=":
        return nodes.Interval(token.start, end.end, end, end, True, True)
    if operator in ("<", "<="):
        return nodes.Interval(token.start, end.end, None, end, False, operator == "<=")
    return nodes.Interval(token.start, end.end, end, None, operator == ">=", False)


def _bare_comparison(parser: Parser) -> nodes.Node:
    return comparison_range(parser)


def _inside_or_endpoint(parser: Parser) -> nodes.Node:
    before, parser.endpoint = parser.endpoint, False
    node = parser.expression()
    parser.endpoint = before
    return node


def parse_interval(parser: Parser, start: int, low: nodes.Node, low_included: bool) -> nodes.Node:
    """The rest of a range from its `..` on."""
    parser.expect("..")
    high = parser.endpoint_expression()
    if not parser.at("]", ")", "["):
        parser.fail("']', ')' or '[' that ends the range", "범위를 끝내는 ']', ')' 또는 '['")
    closing = parser.advance()
    return nodes.Interval(start, closing.end, low, high, low_included, closing.value == "]")


def _open_interval(parser: Parser) -> nodes.Node:
    """`]a..b]`."""
    start = parser.advance().start
    return parse_interval(parser, start, parser.endpoint_expression(), low_included=False)


def _list_or_interval(parser: Parser) -> nodes.Node:
    start = parser.advance().start
    items: list[nodes.Node] = []
    while not parser.at("]"):
        items.append(_inside_or_endpoint(parser))
        if len(items) == 1 and parser.at(".."):
            return parse_interval(parser, start, items[0], low_included=True)
        if not parser.accept(","):
            break
        if parser.at("]"):
            parser.fail("an expression", "식")
    end = parser.expect("]").end
    return nodes.ListLiteral(start, end, items)


def _context(parser: Parser) -> nodes.Node:
    start = parser.token.start
    scope = parser.index
    parser.advance()
    entries: list[tuple[str, nodes.Node]] = []
    while not parser.at("}"):
        key = _key(parser)
        entries.append((key, _inside_or_endpoint(parser)))
        parser.declare(key)
        if not parser.accept(","):
            break
        if parser.at("}"):
            parser.fail("a key", "키")
    parser.index = scope
    end = parser.expect("}").end
    return nodes.ContextLiteral(start, end, entries)


def _key(parser: Parser) -> str:
    if parser.token.kind == "string":
        key = str(parser.advance().value)
        parser.expect(":")
        return key
    found = loose_name(parser, ":")
    if found is None:
        parser.fail("a key and ':'", "키와 ':'")
    return found


def loose_name(parser: Parser, mark: str) -> str | None:
    """The name at the current token that ends before `mark`, stepping over both; None when there is none."""
    found = names.LOOSE.match(parser.text, parser.token.start)
    if found is None or not parser.text.startswith(mark, parser.skip(found.end())):
        return None
    parser.jump(parser.skip(found.end()) + len(mark))
    return names.tidy(found.group())


def parse_path(parser: Parser, base: nodes.Node) -> nodes.Node:
    """`base.name`: any word may be a property, also a keyword."""
    position = parser.skip(parser.token.end)
    known = names.match(parser.index, parser.text, position) or names.match(_PROPERTIES, parser.text, position)
    word = names.WORD.match(parser.text, position)
    if known is not None:
        parser.jump(known[1])
        return nodes.Path(base.start, known[1], base, known[0])
    if word is None:
        parser.advance()
        parser.fail("the name of a property", "속성 이름")
    parser.jump(word.end())
    name = join_words(parser, word.group())
    return nodes.Path(base.start, parser.previous_end, base, name)


_PROPERTIES = names.index_of(["time offset", "start included", "end included"])


def parse_arguments(parser: Parser, function: nodes.Node) -> nodes.Node:
    """`function(a, b)` or `function(name: a, other name: b)`."""
    parser.advance()
    arguments: list[nodes.Node] = []
    keys: list[str] = []
    while not parser.at(")"):
        key = loose_name(parser, ":") if parser.token.kind in ("name", "keyword") else None
        if key is not None:
            keys.append(key)
        if bool(keys) != (key is not None):
            parser.fail("a named argument, as the ones before", "앞과 같은 이름 있는 인수")
        arguments.append(_inside_or_endpoint(parser))
        if not parser.accept(","):
            break
        if parser.at(")"):
            parser.fail("an argument", "인수")
    end = parser.expect(")").end
    return nodes.Call(function.start, end, function, arguments, keys or None)


_OPENINGS = {
    "?": _question_mark,
    "@": _at_literal,
    "(": _parenthesis,
    "[": _list_or_interval,
    "]": _open_interval,
    "{": _context,
    **dict.fromkeys(_COMPARISONS, _bare_comparison),
    "if": parse_blocks.parse_if,
    "for": parse_blocks.parse_for,
    "some": parse_blocks.parse_quantified,
    "every": parse_blocks.parse_quantified,
    "function": parse_blocks.parse_function,
}
