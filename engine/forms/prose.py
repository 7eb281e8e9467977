"""Text views: the small part of Markdown that form-js texts use, as blocks for the template. What values contain is never read as Markdown."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.texts import Template, for_people


@dataclass(frozen=True)
class Span:
    """A run of text, strong or not."""

    text: str
    strong: bool = False


@dataclass(frozen=True)
class Block:
    """A heading (`h2` to `h4`), a paragraph (`p`) or a list (`ul`); `lines` are its lines or entries."""

    kind: str
    lines: tuple[tuple[Span, ...], ...]


def blocks(template: Template, names: Mapping[str, Any], now: datetime, lang: str) -> tuple[Block, ...]:
    """The text with its values, in blocks."""
    made: list[Block] = []
    for line in _lines(template, names, now, lang):
        kind, spans = _kind(line)
        if not spans:
            made.append(Block("", ()))
        elif made and made[-1].kind == kind and kind in ("p", "ul"):
            made[-1] = Block(kind, (*made[-1].lines, spans))
        else:
            made.append(Block(kind, (spans,)))
    return tuple(block for block in made if block.lines)


def _lines(template: Template, names: Mapping[str, Any], now: datetime, lang: str) -> list[list[tuple[str, bool]]]:
    lines: list[list[tuple[str, bool]]] = [[]]
    for piece, part in zip(template.pieces, template.parts(names, now), strict=True):
        if not isinstance(piece, str):
            lines[-1].append((for_people(part, lang, now.year), False))
            continue
        first, *rest = piece.replace("\r\n", "\n").split("\n")
        lines[-1].append((first, True))
        lines.extend([(line, True)] for line in rest)
    return lines


def _kind(line: list[tuple[str, bool]]) -> tuple[str, tuple[Span, ...]]:
    kind, start = "p", 0
    written = line[0][0] if line and line[0][1] else ""
    if heading := re.match(r"(#{1,6})\s+", written):
        kind, start = f"h{min(max(len(heading[1]), 2), 4)}", heading.end()
    elif bullet := re.match(r"\s*[-*+]\s+", written):
        kind, start = "ul", bullet.end()
    return kind, _spans([(written[start:], True), *line[1:]] if start else line)


def _spans(line: list[tuple[str, bool]]) -> tuple[Span, ...]:
    spans, strong = [], False
    for text, written in line:
        for number, piece in enumerate(re.split(r"\*\*|__", text) if written else [text]):
            strong = strong ^ (number > 0)
            if piece:
                spans.append(Span(piece, strong))
    return tuple(spans) if any(span.text.strip() for span in spans) else ()
