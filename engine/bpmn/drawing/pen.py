"""The pen: SVG elements in the colours of the page. Colours are CSS variables in attributes: the pages forbid inline styles."""

from collections.abc import Sequence
from math import hypot
from typing import Final

from lxml import etree

from engine.bpmn.drawing.text import LINE, SIZE

FILL: Final = "var(--d-fill)"
INK: Final = "var(--d-line)"
TEXT: Final = "var(--d-text)"
TOKEN: Final = "var(--d-token)"
DONE: Final = "var(--d-done)"
NOTHING: Final = "none"
CORNER: Final = 5.0
SVG: Final = "http://www.w3.org/2000/svg"

Node = etree._Element
Point = tuple[float, float]


def number(value: float) -> str:
    """A coordinate with at most two decimals and no needless zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if value else "0"


def node(parent: Node, tag: str, **attributes: float | str | None) -> Node:
    """Add an SVG element. Underscores in names become hyphens (`class_` is `class`); None leaves an attribute out."""
    child = etree.SubElement(parent, f"{{{SVG}}}{tag}")
    for name, value in attributes.items():
        if value is not None:
            child.set(name.rstrip("_").replace("_", "-"), value if isinstance(value, str) else number(value))
    return child


def group(parent: Node, x: float = 0, y: float = 0, scale: float = 1) -> Node:
    """A group moved to (x, y) and scaled."""
    moved = f"translate({number(x)} {number(y)})" if x or y else ""
    scaled = f"scale({scale:.3g})" if abs(scale - 1) > 0.01 else ""
    return node(parent, "g", transform=" ".join(filter(None, (moved, scaled))) or None)


def rect(parent: Node, x: float, y: float, width: float, height: float, radius: float = 0, **attributes: float | str | None) -> Node:
    return node(parent, "rect", x=x or None, y=y or None, width=max(width, 0), height=max(height, 0), rx=radius or None, **attributes)


def circle(parent: Node, x: float, y: float, radius: float, **attributes: float | str | None) -> Node:
    return node(parent, "circle", cx=x, cy=y, r=max(radius, 0), **attributes)


def path(parent: Node, d: str, **attributes: float | str | None) -> Node:
    return node(parent, "path", d=d, **attributes)


def write(
    parent: Node, lines: Sequence[str], x: float, y: float, *, size: float = SIZE, anchor: str = "middle", transform: str | None = None
) -> Node:
    """Lines of text, the first with its baseline at `y`; `anchor` says what `x` is: the middle, start or end of each line."""
    text = node(parent, "text", font_size=size, text_anchor=anchor, fill=TEXT, stroke=NOTHING, transform=transform)
    for position, line in enumerate(lines):
        span = node(text, "tspan", x=x, y=y + position * size * LINE)
        span.text = line
    return text


def rounded(points: Sequence[Point], radius: float = CORNER) -> str:
    """Path data of a line through `points` with rounded corners."""
    steps = [f"M{_at(points[0])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        reach = min(radius, distance(before, corner) / 2, distance(corner, after) / 2)
        if reach > 0:
            steps.append(f"L{_at(towards(corner, before, reach))}Q{_at(corner)} {_at(towards(corner, after, reach))}")
    return "".join([*steps, f"L{_at(points[-1])}"])


def polygon(points: Sequence[Point], *, closed: bool = True) -> str:
    """Path data through `points`."""
    return "M" + "L".join(_at(point) for point in points) + ("Z" if closed else "")


def towards(start: Point, end: Point, length: float) -> Point:
    """The point `length` away from `start` on the way to `end`."""
    whole = distance(start, end) or 1.0
    share = length / whole
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def distance(start: Point, end: Point) -> float:
    return hypot(end[0] - start[0], end[1] - start[1])


def _at(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"
