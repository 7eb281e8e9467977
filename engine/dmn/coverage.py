"""Which combinations of inputs no rule covers, found without trying them all."""

from collections.abc import Sequence
from typing import Final

Masks = tuple[int, ...]
PATIENCE: Final = 300_000


class TooMany(Exception):
    """The search was given up."""


class Patience:
    """How many looks at a rule one table is worth; shared by all its checks."""

    def __init__(self, looks: int = PATIENCE) -> None:
        self._looks = looks

    def spend(self, looks: int) -> None:
        """Raises TooMany when there are none left."""
        self._looks -= looks
        if self._looks < 0:
            raise TooMany


def uncovered(space: Masks, rules: Sequence[Masks], patience: Patience) -> tuple[int, ...] | None:
    """A combination of pieces (their places, one for each axis) inside `space` that none of `rules` covers; None when all is covered.

    Raises TooMany when the table has too many combinations to tell.
    """
    if not all(space):
        return None
    patience.spend(len(rules))
    return _Search(space, patience).find(0, [rule for rule in rules if all(mask & room for mask, room in zip(rule, space, strict=True))])


class _Search:
    def __init__(self, space: Masks, patience: Patience) -> None:
        self._space = space
        self._patience = patience
        self._covered: set[tuple[int, tuple[Masks, ...]]] = set()

    def find(self, axis: int, rules: Sequence[Masks]) -> tuple[int, ...] | None:
        if not rules:
            return tuple(lowest(room) for room in self._space[axis:])
        self._patience.spend(len(rules))
        key = (axis, tuple(dict.fromkeys(rule[axis:] for rule in rules)))
        if axis == len(self._space) or key in self._covered or any(self._covers_all(rule, axis) for rule in rules):
            return None
        tried: set[tuple[int, ...]] = set()
        for place in places(self._space[axis]):
            self._patience.spend(len(rules))
            active = tuple(number for number, rule in enumerate(rules) if rule[axis] >> place & 1)
            if active not in tried:
                tried.add(active)
                rest = self.find(axis + 1, [rules[number] for number in active])
                if rest is not None:
                    return (place, *rest)
        self._covered.add(key)
        return None

    def _covers_all(self, rule: Masks, axis: int) -> bool:
        return all(mask & room == room for mask, room in zip(rule[axis:], self._space[axis:], strict=True))


def lowest(mask: int) -> int:
    """The place of the lowest bit."""
    return (mask & -mask).bit_length() - 1


def places(mask: int) -> list[int]:
    """The places of all bits, lowest first."""
    return [place for place in range(mask.bit_length()) if mask >> place & 1]
