"""How wide a text is and where its lines break: a small table of widths stands in for a font, so that no font is needed on the server."""

from typing import Final

SIZE: Final = 12
SMALL: Final = 11
LINE: Final = 1.2
MAX_CHARACTERS: Final = 600

# Widths in thousandths of the font size, as a plain sans serif has them; what is not listed is 556 wide.
_NARROW: Final = {
    278: " !,./:;\\[]ftIr|",
    222: "ijl'",
    333: "()-{}`",
    355: '"',
    389: "*",
    500: "ckszvxyJ",
    584: "+<=>~^",
    611: "FTZ",
    667: "ABEKPSVXY&",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1015: "@",
}
_WIDTHS: Final = {character: width for width, characters in _NARROW.items() for character in characters}
_HANGUL: Final = range(0xAC00, 0xD7A4)


def width(text: str, size: float = SIZE) -> float:
    """The width of one line of `text` in pixels: exact enough for wrapping, not for typesetting."""
    return sum(_units(character) for character in text.rstrip()) * size / 1000


def _units(character: str) -> int:
    if character < "\u0300":
        return _WIDTHS.get(character, 556)
    if ord(character) in _HANGUL:
        return 920
    return 1000 if ord(character) >= 0x1100 else 556


def wrap(text: str, limit: float, size: float = SIZE) -> list[str]:
    """The lines of `text` that are at most `limit` pixels wide, broken at spaces and hyphens, inside a word only when it is too long for a line."""
    if len(text) > MAX_CHARACTERS:
        text = text[:MAX_CHARACTERS] + "…"
    lines: list[str] = []
    for line in text.splitlines():
        lines += _wrap_line(line.strip(), limit, size)
    return lines


def _wrap_line(line: str, limit: float, size: float) -> list[str]:
    lines, current = [], ""
    for piece in _pieces(line):
        if current and width(current + piece, size) > limit:
            lines.append(current.strip())
            current = ""
        current += piece if current else piece.lstrip()
        while width(current, size) > limit and len(current) > 1:
            fits = _how_many_fit(current, limit, size)
            lines.append(current[:fits])
            current = current[fits:]
    return [*lines, current.strip()]


def _pieces(line: str) -> list[str]:
    pieces = [""]
    for before, character in zip(" " + line, line, strict=False):
        if character == " " or before == "-":
            pieces.append("")
        pieces[-1] += character
    return [piece for piece in pieces if piece]


def _how_many_fit(word: str, limit: float, size: float) -> int:
    count, used = 0, 0.0
    for character in word:
        used += _units(character) * size / 1000
        if used > limit:
            break
        count += 1
    return max(count, 1)
