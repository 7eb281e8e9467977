"""Names of FEEL: which characters they have, and how those with spaces or operators are found by what is in scope (DMN 1.5, 10.3.1.5)."""

import re
from collections.abc import Iterable

_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff"
    "\uf900-\ufdcf\ufdf0-\ufefe\uff00-\ufffd\U00010000-\U000effff"
)
_PART = _START + "0-9\u00b7\u0300-\u036f\u203f-\u2040"
_SPACE_CLASS = "\\s\u0085\u00a0\u1680\u180e\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
SPACE = re.compile(f"(?:[{_SPACE_CLASS}]|//[^\\n]*|/\\*(?:[^*]|\\*(?!/))*\\*/)*")
BLANK = re.compile(f"[{_SPACE_CLASS}]*")
# U+3000 (ideographic space) and the like are white space although rule 28 would let some of them begin a name.
WORD = re.compile(f"[{_START}][{_PART}]*")
PIECE = re.compile(f"[{_PART}]+|[^{_SPACE_CLASS}]")
# What may be a name at all: brackets, quotes and signs of comparison in a key would take over the expression.
_NAME = re.compile(f'[{_START}][^()\\[\\]{{}}<>=,:;|@"\\\\]*')
# A key of a context, a named argument, a parameter: anything a name may have, up to the mark after it.
LOOSE = re.compile(f"[{_START}][{_PART}./\\-'’+* ]*")

Index = dict[str, list[tuple[tuple[str, ...], str]]]


def pieces(name: str) -> tuple[str, ...]:
    """The tokens of a name: "Phone Number" and "Phone  Number" have the same."""
    return tuple(PIECE.findall(name))


def is_plain(name: str) -> bool:
    """Whether the name is one word that needs nothing in scope to be read."""
    return WORD.fullmatch(name) is not None


def tidy(name: str) -> str:
    """The name with single spaces."""
    return " ".join(name.split())


def index_of(names: Iterable[str]) -> Index:
    """The names that are more than a plain word, by their first piece, longest first."""
    return extend({}, names)


def extend(index: Index, names: Iterable[str]) -> Index:
    """A copy of the index with more names; the same index when none of them needs it."""
    odd = [name for name in names if not is_plain(name) and _NAME.fullmatch(name)]
    if not odd:
        return index
    copy = {first: list(entries) for first, entries in index.items()}
    for name in odd:
        parts = pieces(name)
        entries = copy.setdefault(parts[0], [])
        if (parts, name) not in entries:
            entries.append((parts, name))
            entries.sort(key=lambda entry: -len(entry[0]))
    return copy


def match(index: Index, text: str, position: int) -> tuple[str, int] | None:
    """The longest name of the index that stands at this position, and where it ends."""
    first = PIECE.match(text, position)
    if first is None or first.group() not in index:
        return None
    for parts, name in index[first.group()]:
        end = _end_of(parts, text, first.end())
        if end is not None:
            return name, end
    return None


def _end_of(parts: tuple[str, ...], text: str, position: int) -> int | None:
    for part in parts[1:]:
        blank = BLANK.match(text, position)
        found = PIECE.match(text, blank.end() if blank else position)
        if found is None or found.group() != part:
            return None
        position = found.end()
    return position
