"""`if`, `for`, `some`, `every` and function literals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.feel import names, nodes, parse_types

if TYPE_CHECKING:
    from engine.feel.parser import Parser


def parse_if(parser: Parser) -> nodes.Node:
    """`if a then b else c`; a further `if` after `else` becomes one more branch."""
    start = parser.token.start
    branches: list[tuple[nodes.Node, nodes.Node]] = []
    while parser.accept("if"):
        condition = parser.inside()
        parser.expect("then")
        branches.append((condition, parser.inside()))
        parser.expect("else")
    otherwise = parser.inside()
    return nodes.If(start, otherwise.end, branches, otherwise)


def parse_for(parser: Parser) -> nodes.Node:
    """`for x in xs return e`; `partial` holds the results so far."""
    start = parser.token.start
    scope = parser.index
    iterations = _iterations(parser, "return")
    parser.advance()
    result = parser.inside()
    parser.index = scope
    return nodes.For(start, result.end, iterations, result)


def parse_quantified(parser: Parser) -> nodes.Node:
    """`some x in xs satisfies e`, `every x in xs satisfies e`."""
    start = parser.token.start
    quantifier = str(parser.token.value)
    scope = parser.index
    iterations = _iterations(parser, "satisfies")
    parser.advance()
    condition = parser.inside()
    parser.index = scope
    return nodes.Quantified(start, condition.end, quantifier, iterations, condition)


def _iterations(parser: Parser, last: str) -> list[nodes.Iteration]:
    """The iterations; stops at the keyword that ends them, with their names in scope for what follows it."""
    iterations: list[nodes.Iteration] = []
    while not iterations or parser.at(","):
        name = _variable(parser)
        source = parser.inside()
        upper = None
        if parser.accept(".."):
            upper = parser.inside()
        iterations.append(nodes.Iteration(name, source, upper))
        parser.declare(name)
    if not parser.at(last):
        parser.fail(f"'{last}'")
    return iterations


def _variable(parser: Parser) -> str:
    """The name after the current token and before `in`, stepping over both."""
    start = parser.skip(parser.token.end)
    position = start
    while (piece := names.PIECE.match(parser.text, position)) is not None and piece.group() != "in":
        if names.WORD.match(piece.group()) is None and (position == start or piece.group() not in "./-'’+*0123456789"):
            break
        end = piece.end()
        position = parser.skip(end)
    if piece is None or piece.group() != "in" or position == start:
        parser.jump(start)
        parser.fail("the name of a variable and 'in'", "변수 이름과 'in'")
    parser.jump(piece.end())
    return names.tidy(parser.text[start:end])


def parse_function(parser: Parser) -> nodes.Node:
    """`function(a: number, b) body`, `function(a) external {...}`."""
    start = parser.advance().start
    if not parser.at("("):
        parser.fail("'('")
    scope = parser.index
    parameters = _parameters(parser)
    parser.declare(*(name for name, _ in parameters))
    parser.expect(")")
    external = parser.token.kind == "name" and parser.token.value == "external"
    if external:
        parser.advance()
    body = parser.inside()
    parser.index = scope
    return nodes.FunctionLiteral(start, body.end, parameters, body, external)


def _parameters(parser: Parser) -> list[tuple[str, nodes.TypeName | None]]:
    parameters: list[tuple[str, nodes.TypeName | None]] = []
    parser.advance()
    while not parser.at(")"):
        found = names.LOOSE.match(parser.text, parser.token.start)
        if found is None:
            parser.fail("the name of a parameter", "매개변수 이름")
        parser.jump(found.end())
        kind = parse_types.parse_type_after(parser, parser.token.end) if parser.at(":") else None
        parameters.append((names.tidy(found.group()), kind))
        if not parser.at(","):
            break
        parser.advance()
        if parser.at(")"):
            parser.fail("the name of a parameter", "매개변수 이름")
    if not parser.at(")"):
        parser.fail("')'")
    return parameters
