"""The parser's place in the text: current token, what is in scope, how deep it is nested, and how to say what is wrong."""

from collections.abc import Iterable
from typing import NoReturn

from engine.feel import lexer, limits, names
from engine.feel.errors import FeelSyntaxError
from engine.feel.lexer import BadToken, Token


class Cursor:
    """Reads tokens from left to right. `index` holds the names in scope that are more than a plain word."""

    def __init__(self, text: str, in_scope: Iterable[str], functions: names.Index) -> None:
        if len(text) > limits.MAX_TEXT:
            raise limits.too_long(text)
        self.text = text
        self.index = names.index_of(in_scope)
        self.functions = functions
        self.depth = 0
        self.open_names = 0
        self.previous_end = 0
        self.token = self.read(0)

    def read(self, position: int) -> Token:
        """The token at or after a position."""
        try:
            return lexer.read(self.text, position, self.index, self.functions)
        except BadToken as bad:
            self.fail_at(bad.position, bad.position + bad.length, bad.expected, bad.expected_ko)

    def skip(self, position: int) -> int:
        """The position after white space and comments."""
        try:
            return lexer.skip(self.text, position)
        except BadToken as bad:
            self.fail_at(bad.position, bad.position + bad.length, bad.expected, bad.expected_ko)

    def advance(self) -> Token:
        """Step over the current token and return it."""
        token = self.token
        self.previous_end = token.end
        self.token = self.read(token.end)
        return token

    def jump(self, position: int) -> None:
        """Go on reading at that position."""
        self.previous_end = position
        self.token = self.read(position)

    def at(self, *values: str) -> bool:
        """Whether the current token is one of these operators or keywords."""
        return self.token.kind in ("operator", "keyword") and self.token.value in values

    def accept(self, value: str) -> bool:
        """Step over that operator or keyword if it stands here."""
        if not self.at(value):
            return False
        self.advance()
        return True

    def expect(self, value: str) -> Token:
        """Step over that operator or keyword, or fail."""
        if not self.at(value):
            self.fail(f"'{value}'")
        return self.advance()

    def declare(self, *declared: str) -> None:
        """Put names into scope from the next token on."""
        self.index = names.extend(self.index, declared)

    def fail(self, expected: str, expected_ko: str = "") -> NoReturn:
        """Raise FeelSyntaxError at the current token."""
        self.fail_at(self.token.start, self.token.end, expected, expected_ko)

    def fail_at(self, start: int, end: int, expected: str, expected_ko: str = "") -> NoReturn:
        """Raise FeelSyntaxError for the text from `start` to `end`."""
        before = self.text[:start]
        line, column = before.count("\n") + 1, start - (before.rfind("\n") + 1) + 1
        raise FeelSyntaxError(line, column, expected, self.text[start:end], self.text, expected_ko)
