"""Tokens of an expression, one at a time: names depend on what is in scope where they stand."""

import re
from decimal import Overflow
from typing import Any, NamedTuple

from engine.feel import names
from engine.feel.numbers import from_text

KEYWORDS = frozenset(
    ("and", "or", "in", "between", "instance", "for", "return", "some", "every", "satisfies")
    + ("if", "then", "else", "function", "true", "false", "null")
)
_NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_OPERATOR = re.compile(r"\*\*|\.\.|<=|>=|!=|->|[-+*/=<>()\[\]{},:.?@]")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|([nrt\"'\\]))")
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}


class Token(NamedTuple):
    """`kind` is number, string, name, keyword, operator or end; `value` the number, the string, the name, or the sign itself."""

    kind: str
    value: Any
    start: int
    end: int


class BadToken(Exception):
    """No token can be read: where, what was expected, and the Korean for it."""

    def __init__(self, position: int, expected: str, expected_ko: str, length: int = 1) -> None:
        super().__init__(expected)
        self.position = position
        self.expected = expected
        self.expected_ko = expected_ko
        self.length = length


def skip(text: str, position: int) -> int:
    """The position after white space and comments."""
    space = names.SPACE.match(text, position)
    after = space.end() if space else position
    if text.startswith("/*", after):
        raise BadToken(after, "'*/' that ends this comment", "이 주석을 끝내는 '*/'", 2)
    return after


def read(text: str, position: int, index: names.Index, functions: names.Index) -> Token:
    """The token at or after this position. `index` has the odd names in scope, `functions` the built-in functions with spaces."""
    start = skip(text, position)
    if start >= len(text):
        return Token("end", "", len(text), len(text))
    known = names.match(index, text, start) if index else None
    if known is not None:
        return Token("name", known[0], start, known[1])
    word = names.WORD.match(text, start)
    if word is not None:
        return _word(text, word, functions)
    number = _NUMBER.match(text, start)
    if number is not None:
        return _number(text, number)
    if text[start] == '"':
        return _string(text, start)
    operator = _OPERATOR.match(text, start)
    if operator is None:
        raise BadToken(start, "an expression or an operator", "식이나 연산자")
    return Token("operator", operator.group(), start, operator.end())


def _word(text: str, word: "re.Match[str]", functions: names.Index) -> Token:
    """A built-in function with spaces (those with `and` or `or` only before a bracket), a keyword or a name."""
    known = names.match(functions, text, word.start())
    if known is not None and (" and " not in known[0] and " or " not in known[0] or text.startswith("(", skip(text, known[1]))):
        return Token("name", known[0], word.start(), known[1])
    found = word.group()
    return Token("keyword" if found in KEYWORDS else "name", found, word.start(), word.end())


def _number(text: str, number: "re.Match[str]") -> Token:
    if names.WORD.match(text, number.end()):
        raise BadToken(number.end(), "an operator after the number", "숫자 다음의 연산자")
    try:
        return Token("number", from_text(number.group()), number.start(), number.end())
    except Overflow:
        raise BadToken(number.start(), "a number below 1E6145", "1E6145보다 작은 수", number.end() - number.start()) from None


def _string(text: str, start: int) -> Token:
    found = _STRING.match(text, start)
    if found is None:
        raise BadToken(start, "'\"' that ends this string", "이 글을 끝내는 '\"'", len(text) - start)
    return Token("string", unescape(found.group()[1:-1], start), start, found.end())


def unescape(body: str, start: int = 0) -> str:
    """The string that a literal means (grammar rule 64); a backslash before anything else stays, as patterns need it."""
    if "\\" not in body:
        return body
    joined = _ESCAPE.sub(_character, body).encode("utf-16", "surrogatepass")
    try:
        return joined.decode("utf-16")
    except UnicodeDecodeError:
        raise BadToken(start, "both halves of a surrogate pair", "서로게이트 쌍의 양쪽", len(body) + 2) from None


def _character(escape: "re.Match[str]") -> str:
    code = escape[1] or escape[2]
    if code is None:
        return _SIMPLE[escape[3]]
    return chr(int(code, 16)) if int(code, 16) <= 0x10FFFF else escape[0]
