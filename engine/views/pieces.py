"""Stored pieces of text (subjects, facts) as one line in one language."""

from collections.abc import Iterable
from typing import Any

from engine.personal import MARK
from engine.runtime.reader import Reader
from engine.texts import pick


def show(read: Reader, pieces: list[Any], lang: str) -> str:
    """All pieces joined."""
    return "".join(one(read, piece, lang) for piece in pieces)


def persons(pieces: Iterable[Any]) -> set[str]:
    """The ids of the persons whose texts are among the pieces."""
    return {piece[MARK].partition("/")[0] for piece in pieces if isinstance(piece, dict) and MARK in piece}


def one(read: Reader, piece: Any, lang: str) -> str:
    """A text as it is, a personal one looked up, a pair of languages picked."""
    if isinstance(piece, dict):
        return read.resolve(piece[MARK]) if MARK in piece else pick(piece, lang)
    return str(piece)
