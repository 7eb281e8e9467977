"""Patterns as trees."""

from dataclasses import dataclass
from typing import NoReturn

from engine.feel.errors import Null
from engine.feel.regex import classes
from engine.feel.regex.classes import Test

_QUANTIFIERS = {"?": (0, 1), "*": (0, None), "+": (1, None)}
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t"}
_ESCAPABLE = frozenset("\\|.-^?*+{}()[]$")
_SPECIAL = frozenset(".\\?*+()|[]{}^$")
_MAX_REPEAT = 1_000
_MAX_DEPTH = 40


@dataclass(slots=True)
class Char:
    """One character that passes the test."""

    test: Test


@dataclass(slots=True)
class Anchor:
    """`^` or `$`."""

    sign: str


@dataclass(slots=True)
class Back:
    """What an earlier group matched."""

    group: int


@dataclass(slots=True)
class Group:
    """A part in parentheses; `number` is None where it is not remembered."""

    inner: "Tree"
    number: int | None


@dataclass(slots=True)
class Sequence:
    """Parts one after the other."""

    parts: "list[Tree]"


@dataclass(slots=True)
class Choice:
    """One of several, the first that fits."""

    options: "list[Tree]"


@dataclass(slots=True)
class Repeat:
    """A part several times; as often as possible unless `lazy`."""

    inner: "Tree"
    least: int
    most: int | None
    lazy: bool


Tree = Char | Anchor | Back | Group | Sequence | Choice | Repeat


class Reader:
    """Reads one pattern; raises Null where XPath has an error (FORX0002)."""

    def __init__(self, pattern: str, flags: str) -> None:
        self.pattern = _without_space(pattern) if "x" in flags else pattern
        self.ignore_case = "i" in flags
        self.dot = classes.anything if "s" in flags else classes.not_line_end
        self.position = 0
        self.groups = 0
        self.closed: set[int] = set()
        self.backs = False
        self.depth = 0

    def read(self) -> Tree:
        """The whole pattern as a tree."""
        tree = self._choice()
        if self.position < len(self.pattern):
            self.fail()
        return tree

    def fail(self) -> NoReturn:
        """Say where the pattern is wrong."""
        raise Null(f"the pattern is wrong at character {self.position + 1}", f"패턴의 {self.position + 1}번째 글자가 잘못됐어요.")

    def peek(self) -> str:
        """The next character, empty at the end."""
        return self.pattern[self.position : self.position + 1]

    def take(self) -> str:
        """The next character, stepping over it."""
        char = self.peek()
        if not char:
            self.fail()
        self.position += 1
        return char

    def _choice(self) -> Tree:
        options = [self._sequence()]
        while self.peek() == "|":
            self.take()
            options.append(self._sequence())
        return options[0] if len(options) == 1 else Choice(options)

    def _sequence(self) -> Tree:
        parts: list[Tree] = []
        while self.peek() not in ("", "|", ")"):
            parts.append(self._quantified(self._atom()))
        return parts[0] if len(parts) == 1 else Sequence(parts)

    def _quantified(self, atom: Tree) -> Tree:
        sign = self.peek()
        if sign in _QUANTIFIERS and sign:
            self.take()
            least, most = _QUANTIFIERS[sign]
        elif sign == "{":
            self.take()
            least, most = self._counts()
        else:
            return atom
        lazy = self.peek() == "?"
        if lazy:
            self.take()
        return Repeat(atom, least, most, lazy)

    def _counts(self) -> tuple[int, int | None]:
        least = self._number()
        most: int | None = least
        if self.peek() == ",":
            self.take()
            most = None if self.peek() == "}" else self._number()
        if self.take() != "}" or (most is not None and most < least):
            self.fail()
        if max(least, most or 0) > _MAX_REPEAT:
            raise Null(f"the pattern repeats more than {_MAX_REPEAT} times", f"패턴의 반복이 {_MAX_REPEAT}번을 넘어요.")
        return least, most

    def _number(self) -> int:
        start = self.position
        while self.peek() and self.peek() in "0123456789":
            self.take()
        if not 0 < self.position - start < 6:
            self.fail()
        return int(self.pattern[start : self.position])

    def _atom(self) -> Tree:
        char = self.take()
        if char == "(":
            return self._group()
        if char == "[":
            return Char(self._class())
        if char == ".":
            return Char(self.dot)
        if char in "^$":
            return Anchor(char)
        if char == "\\":
            return self._escape()
        if char in _SPECIAL:
            self.position -= 1
            self.fail()
        return Char(classes.literal(char, self.ignore_case))

    def _group(self) -> Tree:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise Null(f"the pattern is nested more than {_MAX_DEPTH} levels deep", f"패턴이 {_MAX_DEPTH}단계보다 깊게 겹쳤어요.")
        number: int | None = None
        if self.pattern.startswith("?:", self.position):
            self.position += 2
        else:
            self.groups += 1
            number = self.groups
        inner = self._choice()
        if self.peek() != ")":
            self.fail()
        self.take()
        self.depth -= 1
        if number is not None:
            self.closed.add(number)
        return Group(inner, number)

    def _escape(self) -> Tree:
        if self.peek() and self.peek() in "123456789":
            return self._back()
        return Char(self._escaped_class())

    def _back(self) -> Tree:
        number = int(self.take())
        while self.peek() and self.peek() in "0123456789" and number * 10 + int(self.peek()) <= self.groups:
            number = number * 10 + int(self.take())
        if number not in self.closed:
            raise Null(f"the pattern has no group {number} before '\\{number}'", f"패턴의 '\\{number}' 앞에 {number}번째 괄호가 없어요.")
        self.backs = True
        return Back(number)

    def _escaped_class(self) -> Test:
        char = self.take()
        if char in "pP":
            return self._category(char)
        found = classes.escape(char)
        if found is not None:
            return found
        if char not in _ESCAPABLE and char not in _CONTROLS:
            self.position -= 1
            self.fail()
        return classes.literal(_CONTROLS.get(char, char), self.ignore_case)

    def _category(self, letter: str) -> Test:
        end = self.pattern.find("}", self.position)
        if self.peek() != "{" or end < 0:
            self.fail()
        test = classes.category(self.pattern[self.position + 1 : end])
        self.position = end + 1
        return test if letter == "p" else classes.opposite(test)

    def _class(self) -> Test:
        """What follows `[`: characters, ranges, escapes, and at the end perhaps `-[...]` to take away."""
        negated = self.peek() == "^"
        if negated:
            self.take()
        tests: list[Test] = []
        excluded: Test | None = None
        while self.peek() != "]" or not tests:
            if self.pattern.startswith("-[", self.position) and tests:
                self.position += 2
                excluded = self._class()
                break
            tests.append(self._class_item())
        if self.take() != "]":
            self.fail()
        return _class_test(tests, negated, excluded)

    def _class_item(self) -> Test:
        first = self._class_char()
        if not isinstance(first, str):
            return first
        following = self.pattern[self.position + 1 : self.position + 2]
        if self.peek() != "-" or following in ("]", "[", ""):
            return classes.literal(first, self.ignore_case)
        self.take()
        last = self._class_char()
        if not isinstance(last, str) or last < first:
            self.fail()
        return classes.span(first, last, self.ignore_case)

    def _class_char(self) -> str | Test:
        char = self.take()
        if char == "[" or char == "]":
            self.position -= 1
            self.fail()
        if char != "\\":
            return char
        letter = self.peek()
        if letter in _ESCAPABLE or letter in _CONTROLS:
            self.take()
            return _CONTROLS.get(letter, letter)
        return self._escaped_class()


def _class_test(tests: list[Test], negated: bool, excluded: Test | None) -> Test:
    if len(tests) == 1 and not negated and excluded is None:
        return tests[0]
    return lambda char: (any(test(char) for test in tests) is not negated) and (excluded is None or not excluded(char))


def _without_space(pattern: str) -> str:
    """The pattern without its white space outside classes (flag `x`)."""
    kept: list[str] = []
    depth = 0
    escaped = False
    for char in pattern:
        if char in " \t\n\r" and depth == 0:
            continue
        if not escaped:
            depth += (char == "[") - (char == "]" and depth > 0)
        escaped = char == "\\" and not escaped
        kept.append(char)
    return "".join(kept)
