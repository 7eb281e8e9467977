"""Types as they are written after `instance of` and after a parameter (grammar rule 52)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from engine.feel import limits, names, nodes

if TYPE_CHECKING:
    from engine.feel.parser import Parser

_LONG = names.index_of(["date and time", "days and time duration", "years and months duration"])
_STOP = frozenset(["and", "or", "then", "else", "return", "satisfies", "in", "between", "instance", "external"])


def parse_type_after(parser: Parser, position: int) -> nodes.TypeName:
    """The type that begins at this position; the parser goes on behind it."""
    found, end = _type(parser, parser.skip(position), 0)
    parser.jump(end)
    return found


def _type(parser: Parser, position: int, depth: int) -> tuple[nodes.TypeName, int]:
    if depth > limits.MAX_NESTING:
        raise limits.too_nested(parser.text)
    name, end = _type_name(parser, position)
    following = parser.skip(end)
    if name not in ("list", "range", "context", "function") or not parser.text.startswith("<", following):
        return nodes.TypeName(name), end
    if name == "function":
        return _function(parser, following + 1, depth)
    keys: list[str] = []
    parts: list[nodes.TypeName] = []
    mark = "<"
    while mark != ">":
        following = parser.skip(following + 1)
        if name == "context":
            key, following = _key(parser, following)
            keys.append(key)
        part, end = _type(parser, parser.skip(following), depth + 1)
        parts.append(part)
        following = parser.skip(end)
        mark = _expect(parser, following, ",>" if name == "context" else ">")
    return nodes.TypeName(name, parts, keys or None), following + 1


def _function(parser: Parser, position: int, depth: int) -> tuple[nodes.TypeName, int]:
    parts: list[nodes.TypeName] = []
    position = parser.skip(position)
    while not parser.text.startswith(">", position):
        part, end = _type(parser, position, depth + 1)
        parts.append(part)
        position = parser.skip(end)
        if _expect(parser, position, ",>") == ",":
            position = parser.skip(position + 1)
    arrow = parser.skip(position + 1)
    if not parser.text.startswith("->", arrow):
        parser.fail_at(arrow, arrow + 2, "'->' and the type of the result", "'->'와 결과의 타입")
    result, end = _type(parser, parser.skip(arrow + 2), depth + 1)
    return nodes.TypeName("function", parts, None, result), end


def _type_name(parser: Parser, position: int) -> tuple[str, int]:
    """A built-in type, a type in scope, or words with dots between them."""
    text = parser.text
    long = names.match(_LONG, text, position)
    if long is not None:
        return long
    known = names.match(parser.index, text, position)
    word = names.WORD.match(text, position)
    if known is None and word is None:
        parser.fail_at(position, position + 1, "the name of a type", "타입 이름")
    name, end = known if known is not None else _words(parser, word)  # type: ignore[arg-type]  # one of the two is there
    following = parser.skip(end)
    if text.startswith(".", following) and not text.startswith("..", following):
        rest, end = _type_name(parser, parser.skip(following + 1))
        return f"{name}.{rest}", end
    return name, end


def _words(parser: Parser, word: re.Match[str]) -> tuple[str, int]:
    text, name, end = parser.text, word.group(), word.end()
    while (following := names.WORD.match(text, parser.skip(end))) is not None and following.group() not in _STOP:
        name, end = f"{name} {following.group()}", following.end()
    return name, end


def _key(parser: Parser, position: int) -> tuple[str, int]:
    found = names.LOOSE.match(parser.text, position)
    if found is not None:
        key, end = names.tidy(found.group()), parser.skip(found.end())
    else:
        token = parser.read(position)
        if token.kind != "string":
            parser.fail_at(position, position + 1, "the name of an entry", "항목 이름")
        key, end = token.value, parser.skip(token.end)
    _expect(parser, end, ":")
    return key, end + 1


def _expect(parser: Parser, position: int, marks: str) -> str:
    found = parser.text[position : position + 1]
    if not found or found not in marks:
        parser.fail_at(position, position + 1, " or ".join(f"'{mark}'" for mark in marks))
    return found
