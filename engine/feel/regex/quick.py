"""Plain patterns on ASCII text through Python's `re`, where a count of all ways to match shows that the work is small."""

import re
from dataclasses import dataclass

from engine.feel.regex.syntax import Anchor, Back, Char, Choice, Group, Repeat, Sequence, Tree

_ASCII = [chr(code) for code in range(128)]
_SMALL = 300_000  # steps that `re` takes in a few milliseconds
_HUGE = 10**9


def translated(tree: Tree) -> "re.Pattern[str] | None":
    """The pattern for `re`, right for ASCII text only; None for what it cannot say."""
    try:
        return re.compile(_translate(tree))
    except (re.error, OverflowError, RecursionError):
        return None


def search(pattern: "re.Pattern[str]", text: str, position: int) -> tuple[int, ...] | None:
    """The first match from that position on: start and end of it and of each group."""
    found = pattern.search(text, position)
    if found is None:
        return None
    return tuple(bound for group in range(pattern.groups + 1) for bound in found.span(group))


def _translate(tree: Tree) -> str:
    if isinstance(tree, Char):
        return _set("".join(char for char in _ASCII if tree.test(char)))
    if isinstance(tree, Anchor):
        return "\\A" if tree.sign == "^" else "\\Z"
    if isinstance(tree, Sequence):
        return "".join(_translate(part) for part in tree.parts)
    if isinstance(tree, Choice):
        return "(?:" + "|".join(_translate(option) for option in tree.options) + ")"
    if isinstance(tree, Group):
        return f"({'?:' if tree.number is None else ''}{_translate(tree.inner)})"
    if isinstance(tree, Repeat):
        counts = f"{{{tree.least},{'' if tree.most is None else tree.most}}}{'?' if tree.lazy else ''}"
        return f"(?:{_translate(tree.inner)}){counts}"
    raise re.error("back references are not translated")


def _set(chars: str) -> str:
    if len(chars) == 1:
        return re.escape(chars)
    if len(chars) == len(_ASCII):
        return "(?s:.)"
    return f"[{''.join(map(re.escape, chars))}]" if chars else "(?!)"


@dataclass(frozen=True, slots=True)
class _Cost:
    """`ways` to match at one place, and `steps` to try them all."""

    ways: float
    steps: float


class Work:
    """How many steps a search may take at most, backtracking through every way to match."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.small = 0
        self.large = 1 << 60

    def is_small(self, length: int) -> bool:
        """Whether a search in a text of that length is surely quick; remembers the bounds found so far."""
        if length <= self.small:
            return True
        if length >= self.large:
            return False
        if self._steps(length) <= _SMALL:
            self.small = length
            return True
        self.large = length
        return False

    def _steps(self, length: int) -> float:
        starts = 1 if _is_anchored(self.tree) else length + 1
        return starts * _cost(self.tree, length).steps


def _is_anchored(tree: Tree) -> bool:
    if isinstance(tree, Sequence):
        return bool(tree.parts) and _is_anchored(tree.parts[0])
    return isinstance(tree, Anchor) and tree.sign == "^"


def _cost(tree: Tree, length: int) -> _Cost:
    if isinstance(tree, (Char, Anchor, Back)):
        return _Cost(1, 1)
    if isinstance(tree, Group):
        return _cost(tree.inner, length)
    if isinstance(tree, Choice):
        options = [_cost(option, length) for option in tree.options]
        return _Cost(min(_HUGE, sum(one.ways for one in options)), min(_HUGE, sum(one.steps for one in options)))
    if isinstance(tree, Sequence):
        ways, steps = 1.0, 1.0
        for part in tree.parts:
            cost = _cost(part, length)
            steps = min(_HUGE, steps + ways * cost.steps)
            ways = min(_HUGE, ways * cost.ways)
        return _Cost(ways, steps)
    return _repeat_cost(tree, length)


def _repeat_cost(tree: Repeat, length: int) -> _Cost:
    inner = _cost(tree.inner, length)
    turns = min(length + 1, tree.most if tree.most is not None else length + 1)
    ways, steps, paths = 0.0, 1.0, 1.0
    if inner.ways == 1:
        return _Cost(max(1, turns - min(tree.least, turns) + 1), 1 + turns * inner.steps)
    for _ in range(turns):
        ways += paths
        steps += paths * inner.steps
        paths *= inner.ways
        if steps > _HUGE:
            return _Cost(_HUGE, _HUGE)
    return _Cost(ways + paths, steps)
