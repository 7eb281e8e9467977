"""Text views: the small part of Markdown that form-js texts use, as blocks for the template. What values contain is never read as Markdown."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from engine.clock import KST
from engine.texts import Template, for_people

MARKS: Final = re.compile(
    r"(?P<strong>\*\*|__)"
    r"|\[(?P<label>[^\]\n]+)\]\((?P<url>[^()\s]*)\)"
    r"|`(?P<code>[^`\n]+)`"
    r"|(?<![\w*])(?P<mark>[*_])(?P<emphasis>[^\s*_][^*_\n]*)(?P=mark)(?![\w*])"
)
SAFE_LINK: Final = re.compile(r"(https?://|mailto:|tel:|/(?!/))[^\s]*")


@dataclass(frozen=True)
class Span:
    """A run of text: plain, strong, emphasised, or a link to `href`."""

    text: str
    strong: bool = False
    emphasis: bool = False
    href: str = ""


@dataclass(frozen=True)
class Block:
    """A heading (`h2` to `h4`), a paragraph (`p`) or a list (`ul`, `ol`); `lines` are its lines or entries."""

    kind: str
    lines: tuple[tuple[Span, ...], ...]


def blocks(template: Template, names: Mapping[str, Any], now: datetime, lang: str) -> tuple[Block, ...]:
    """The text with its values, in blocks."""
    made: list[Block] = []
    for line in _lines(template, names, now, lang):
        kind, spans = _kind(line)
        if not spans:
            made.append(Block("", ()))
        elif made and made[-1].kind == kind and kind in ("p", "ul", "ol"):
            made[-1] = Block(kind, (*made[-1].lines, spans))
        else:
            made.append(Block(kind, (spans,)))
    return tuple(block for block in made if block.lines)


def _lines(template: Template, names: Mapping[str, Any], now: datetime, lang: str) -> list[list[tuple[str, bool]]]:
    lines: list[list[tuple[str, bool]]] = [[]]
    for piece, part in zip(template.pieces, template.parts(names, now), strict=True):
        if not isinstance(piece, str):
            lines[-1].append((for_people(part, lang, now.astimezone(KST).year), False))
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
    elif bullet := re.match(r"\s*([-*+]|\d{1,3}[.)])\s+", written):
        kind, start = "ul" if bullet[1] in "-*+" else "ol", bullet.end()
    return kind, _spans([(written[start:], True), *line[1:]] if start else line)


def _spans(line: list[tuple[str, bool]]) -> tuple[Span, ...]:
    spans: list[Span] = []
    strong = False
    for text, written in line:
        for span in _marked(text) if written else [Span(text)]:
            if span is STRONG:
                strong = not strong
            elif span.text:
                spans.append(Span(span.text, strong, span.emphasis, span.href))
    return tuple(spans) if any(span.text.strip() for span in spans) else ()


STRONG: Final = Span("**")


def _marked(text: str) -> Iterator[Span]:
    end = 0
    for mark in MARKS.finditer(text):
        yield Span(text[end : mark.start()])
        if mark["strong"]:
            yield STRONG
        elif mark["label"]:
            yield Span(mark["label"], href=mark["url"] if SAFE_LINK.fullmatch(mark["url"]) else "")
        else:
            yield Span(mark["code"] or mark["emphasis"], emphasis=bool(mark["emphasis"]))
        end = mark.end()
    yield Span(text[end:])
