"""Runs a pattern: steps through a small program and never tries the same instruction at the same place twice, so the work grows with the length
of pattern times text and no pattern can run away. Patterns that refer back to groups are bounded by the steps of the evaluation."""

from collections.abc import Callable
from typing import Any

from engine.feel.errors import Null
from engine.feel.regex import classes
from engine.feel.regex.syntax import Anchor, Back, Char, Choice, Group, Repeat, Sequence, Tree
from engine.feel.run import Run

CHAR, SPLIT, JUMP, SAVE, START, END, BACK, MATCH = range(8)
Instruction = tuple[int, Any, Any]
_MAX_PROGRAM = 5_000


class Program:
    """The instructions of a pattern."""

    def __init__(self, tree: Tree) -> None:
        self.code: list[Instruction] = []
        self._emit(tree)
        self._add(MATCH)
        self.first = self.code[0][1] if self.code[0][0] == CHAR else None

    def _add(self, kind: int, a: Any = None, b: Any = None) -> int:
        if len(self.code) >= _MAX_PROGRAM:
            raise Null("the pattern is too large", "패턴이 너무 커요.")
        self.code.append((kind, a, b))
        return len(self.code) - 1

    def _emit(self, tree: Tree) -> None:
        _EMIT[type(tree)](self, tree)

    def _char(self, tree: Char) -> None:
        self._add(CHAR, tree.test)

    def _anchor(self, tree: Anchor) -> None:
        self._add(START if tree.sign == "^" else END)

    def _back(self, tree: Back) -> None:
        self._add(BACK, tree.group)

    def _group(self, tree: Group) -> None:
        if tree.number is None:
            return self._emit(tree.inner)
        self._add(SAVE, 2 * tree.number)
        self._emit(tree.inner)
        self._add(SAVE, 2 * tree.number + 1)

    def _sequence(self, tree: Sequence) -> None:
        for part in tree.parts:
            self._emit(part)

    def _choice(self, tree: Choice) -> None:
        jumps: list[int] = []
        for option in tree.options[:-1]:
            split = self._add(SPLIT)
            self._emit(option)
            jumps.append(self._add(JUMP))
            self.code[split] = (SPLIT, split + 1, len(self.code))
        self._emit(tree.options[-1])
        for jump in jumps:
            self.code[jump] = (JUMP, len(self.code), None)

    def _repeat(self, tree: Repeat) -> None:
        for _ in range(tree.least):
            self._emit(tree.inner)
        if tree.most is None:
            split = self._add(SPLIT)
            self._emit(tree.inner)
            self._add(JUMP, split)
            self._branch(split, tree.lazy)
            return
        splits: list[int] = []
        for _ in range(tree.most - tree.least):
            splits.append(self._add(SPLIT))
            self._emit(tree.inner)
        for split in splits:
            self._branch(split, tree.lazy)

    def _branch(self, split: int, lazy: bool) -> None:
        """From `split` into the part after it or past everything emitted so far, in the order of preference."""
        inside, past = split + 1, len(self.code)
        self.code[split] = (SPLIT, past, inside) if lazy else (SPLIT, inside, past)


_EMIT: dict[type, Callable[[Program, Any], None]] = {
    Char: Program._char,
    Anchor: Program._anchor,
    Back: Program._back,
    Group: Program._group,
    Sequence: Program._sequence,
    Choice: Program._choice,
    Repeat: Program._repeat,
}


class Machine:
    """One search in one text."""

    def __init__(self, run: Run, program: Program, text: str, groups: int, backs: bool, lines: bool, ignore_case: bool) -> None:
        self.run = run
        self.program = program
        self.text = text
        self.empty = (-1,) * (2 * groups + 2)
        self.backs = backs
        self.lines = lines
        self.ignore_case = ignore_case

    def search(self, position: int) -> tuple[int, ...] | None:
        """The first match from that position on: start and end of it and of each group (-1 for groups that took no part)."""
        seen: set[Any] = set()
        first = self.program.first
        for start in range(position, len(self.text) + 1):
            if first is not None and (start == len(self.text) or not first(self.text[start])):
                if start % 64 == 0:
                    self.run.spend(16)
                continue
            found = self._match(start, seen)
            if found is not None:
                return found
        return None

    def _match(self, start: int, seen: set[Any]) -> tuple[int, ...] | None:
        code, text, length = self.program.code, self.text, len(self.text)
        stack: list[tuple[int, int, tuple[int, ...]]] = [(0, start, self.empty)]
        steps = 0
        while stack:
            at, position, groups = stack.pop()
            while True:
                steps += 1
                if steps & 63 == 0:
                    self.run.spend(64)
                kind, a, b = code[at]
                if kind == CHAR:
                    if position >= length or not a(text[position]):
                        break
                    at, position = at + 1, position + 1
                    continue
                if kind == MATCH:
                    return (start, position, *groups[2:])
                key = (at, position, groups) if self.backs else (at, position)
                if key in seen:
                    break
                seen.add(key)
                if kind == SPLIT:
                    stack.append((b, position, groups))
                    at = a
                elif kind == JUMP:
                    at = a
                elif kind == SAVE:
                    groups = (*groups[:a], position, *groups[a + 1 :])
                    at += 1
                elif kind == BACK:
                    after = self._back(a, position, groups)
                    if after is None:
                        break
                    at, position = at + 1, after
                elif self._holds(kind, position):
                    at += 1
                else:
                    break
        self.run.spend(1 + steps % 64)
        return None

    def _holds(self, kind: int, position: int) -> bool:
        """Whether `^` or `$` holds here; with lines, also around line ends."""
        length = len(self.text)
        if kind == START:
            return position == 0 or (self.lines and position < length and self.text[position - 1] == "\n")
        return position == length or (self.lines and self.text[position] == "\n")

    def _back(self, group: int, position: int, groups: tuple[int, ...]) -> int | None:
        """Where the repetition of a group ends; None when it is not repeated here. A group that took no part is empty."""
        start, end = groups[2 * group], groups[2 * group + 1]
        wanted = self.text[start:end] if start >= 0 else ""
        found = self.text[position : position + len(wanted)]
        same = classes.same_ignoring_case(found, wanted) if self.ignore_case else found == wanted
        return position + len(wanted) if same else None
