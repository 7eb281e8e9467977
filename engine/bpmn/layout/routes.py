"""How lines run between shapes: straight where nothing is in the way, around it where something is."""

from collections.abc import Iterable
from typing import Final

from engine.bpmn.layout.grid import ROW_GAP, Rect

BEFORE: Final = 25.0
Point = tuple[float, float]


def flow(source: Rect, target: Rect, others: Iterable[Rect], *, from_border: bool = False) -> list[Point]:
    """The corners of a sequence flow. `others` are the shapes in its scope, `from_border` says that it leaves a boundary event downwards."""
    obstacles = [rect for rect in others if rect not in (source, target)]
    ways = list(_ways(source, target, from_border))
    return next((way for way in ways if not any(_hits(way, rect) for rect in obstacles)), ways[-1])


def _ways(source: Rect, target: Rect, from_border: bool) -> Iterable[list[Point]]:
    if target.x >= source.right and not from_border:
        if abs(source.cy - target.cy) < 1:
            yield [(source.right, source.cy), (target.x, target.cy)]
        else:
            edge = source.bottom if target.cy > source.cy else source.y
            if source.width == source.height:
                yield [(source.cx, edge), (source.cx, target.cy), (target.x, target.cy)]
            for bend in (source.right + BEFORE, target.x - BEFORE):
                yield [(source.right, source.cy), (bend, source.cy), (bend, target.cy), (target.x, target.cy)]
    if from_border and target.x >= source.cx and target.cy > source.bottom:
        yield [(source.cx, source.bottom), (source.cx, target.cy), (target.x, target.cy)]
    yield _around(source, target)


def _around(source: Rect, target: Rect) -> list[Point]:
    """Below both and back up: for loops, and for what would cross a shape."""
    low = max(source.bottom, target.bottom) + ROW_GAP / 2
    return [(source.cx, source.bottom), (source.cx, low), (target.cx, low), (target.cx, target.bottom)]


def _hits(way: list[Point], rect: Rect) -> bool:
    return any(
        min(x1, x2) < rect.right and max(x1, x2) > rect.x and min(y1, y2) < rect.bottom and max(y1, y2) > rect.y
        for (x1, y1), (x2, y2) in zip(way, way[1:], strict=False)
    )


def between(source: Rect, target: Rect) -> list[Point]:
    """A message flow or association: from edge to edge, upright where one shape is above the other."""
    if target.y >= source.bottom or source.y >= target.bottom:
        down = target.y >= source.bottom
        start, end = (source.bottom, target.y) if down else (source.y, target.bottom)
        small, wide = (source, target) if source.width <= target.width else (target, source)
        if wide.x <= small.cx <= wide.right:
            return [(small.cx, start), (small.cx, end)]
        middle = (start + end) / 2
        return [(source.cx, start), (source.cx, middle), (target.cx, middle), (target.cx, end)]
    right = target.x >= source.right
    return [(source.right if right else source.x, source.cy), (target.x if right else target.right, target.cy)]
