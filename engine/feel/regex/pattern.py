"""Patterns made once and kept."""

import re
from collections.abc import Iterator
from functools import lru_cache

from engine.feel import limits
from engine.feel.errors import Null
from engine.feel.regex import quick
from engine.feel.regex.machine import Machine, Program
from engine.feel.regex.syntax import Reader
from engine.feel.run import Run


class Pattern:
    """A pattern with its flags. `groups` is the number of its remembered groups."""

    def __init__(self, pattern: str, flags: str) -> None:
        if len(pattern) > limits.MAX_PATTERN:
            raise Null(f"the pattern is longer than {limits.MAX_PATTERN} characters", f"패턴이 {limits.MAX_PATTERN}자보다 길어요.")
        if not set(flags) <= set("smix"):
            raise Null(f"the flags '{flags}' must be of s, m, i and x", f"'{flags}' 플래그는 s, m, i, x만 쓸 수 있어요.")
        reader = Reader(pattern, flags)
        tree = reader.read()
        self.program = Program(tree)
        self.groups = reader.groups
        self.backs = reader.backs
        self.lines = "m" in flags
        self.ignore_case = reader.ignore_case
        self.ascii: re.Pattern[str] | None = None if reader.backs or self.lines else quick.translated(tree)
        self.work = quick.Work(tree)

    def search(self, run: Run, text: str, position: int) -> tuple[int, ...] | None:
        """The first match from that position on: start and end of it and of each group (-1 for groups that took no part)."""
        if self.ascii is not None and text.isascii() and self.work.is_small(len(text)):
            return quick.search(self.ascii, text, position)
        return Machine(run, self.program, text, self.groups, self.backs, self.lines, self.ignore_case).search(position)

    def find_all(self, run: Run, text: str) -> Iterator[tuple[int, ...]]:
        """The matches one after the other; an empty one moves on by one character."""
        position = 0
        while position <= len(text):
            found = self.search(run, text, position)
            if found is None:
                return
            yield found
            run.spend(1)
            position = found[1] if found[1] > found[0] else found[1] + 1


@lru_cache(maxsize=512)
def _kept(pattern: str, flags: str) -> Pattern | Null:
    try:
        return Pattern(pattern, flags)
    except Null as reason:
        return reason


def compiled(pattern: str, flags: str) -> Pattern:
    """The pattern; raises Null when it is wrong."""
    found = _kept(pattern, flags)
    if isinstance(found, Null):
        raise Null(found.en, found.ko)
    return found
