"""Stored pieces of text (subjects, facts) as one line in one language."""

from collections.abc import Iterable
from typing import Any

from engine.personal import MARK, persons_of
from engine.runtime.reader import Reader
from engine.texts import ERASED, pick


def show(read: Reader, pieces: list[Any], lang: str) -> str:
    """All pieces joined."""
    return "".join(one(read, piece, lang) for piece in pieces)


def persons(pieces: Iterable[Any]) -> set[str]:
    """The ids of the persons whose texts are among the pieces."""
    return {person for piece in pieces if isinstance(piece, dict) and MARK in piece for person in persons_of(piece[MARK])}


def one(read: Reader, piece: Any, lang: str) -> str:
    """A text as it is, a personal one looked up, a pair of languages picked."""
    if isinstance(piece, dict):
        return personal(read, piece[MARK], lang) if MARK in piece else pick(piece, lang)
    return str(piece)


def personal(read: Reader, reference: str, lang: str) -> str:
    """A personal text by its reference; words that say so once it was erased."""
    return read.resolve(reference) or (pick(ERASED, lang) if read.erased(reference) else "")
