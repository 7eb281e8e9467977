"""What FEEL raises and what it only notes: errors name the expression, warnings say what was null and where."""

from dataclasses import dataclass

from engine.errors import BatonError


class FeelError(BatonError):
    """Root of all errors of the expression language. `ko` is the Korean text, `str()` the English one."""

    def __init__(self, en: str, ko: str) -> None:
        super().__init__(en)
        self.ko = ko


class FeelSyntaxError(FeelError):
    """The text is not an expression. `line` and `column` count from 1; `expected` says what could stand there, `found` is the offending text."""

    def __init__(self, line: int, column: int, expected: str, found: str, expression: str, expected_ko: str = "") -> None:
        shown = f"'{shorten(found)}'" if found else "the end of the expression"
        shown_ko = f"'{shorten(found)}'" if found else "식의 끝"
        super().__init__(
            f"line {line}, column {column}: expected {expected}, found {shown} in: {shorten(expression)}",
            f"{line}번째 줄 {column}번째 글자: {expected_ko or expected}이(가) 와야 하는데 {shown_ko}이(가) 있어요. 식: {shorten(expression)}",
        )
        self.line = line
        self.column = column
        self.expected = expected
        self.found = found
        self.expression = expression


class FeelLimitError(FeelError):
    """An expression went past a bound (steps, time, depth, sizes). `expression` is the text that was evaluated."""

    def __init__(self, en: str, ko: str, expression: str) -> None:
        super().__init__(f"{en} in: {shorten(expression)}", f"{ko} 식: {shorten(expression)}")
        self.expression = expression


class FeelAssertionError(FeelError):
    """`assert(value, condition)` did not hold."""


@dataclass(frozen=True, slots=True)
class FeelWarning:
    """Why a value became null: the reason in English and Korean, the part of the expression, and where that part begins (counted from 1)."""

    message: str
    ko: str
    where: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.message} ({self.where!r}, line {self.line}, column {self.column})"


class Null(Exception):
    """Raised inside operators and built-in functions: the result is null, for this reason."""

    def __init__(self, en: str, ko: str) -> None:
        super().__init__(en)
        self.en = en
        self.ko = ko


def shorten(text: str, length: int = 120) -> str:
    """The text on one line, cut in the middle when it is longer than `length` characters."""
    flat = " ".join(text[: length * 4].split())
    if len(flat) <= length and len(text) <= length * 4:
        return flat
    return flat[: length // 2] + " … " + " ".join(text[-length // 2 :].split())
