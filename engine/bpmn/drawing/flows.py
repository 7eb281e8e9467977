"""Lines between shapes as SVG: sequence flows, message flows, associations (BPMN 2.0 sections 7.6 and 10.5)."""

from math import atan2, degrees
from typing import Final

from engine.bpmn.document import ACTIVITIES
from engine.bpmn.drawing import icons
from engine.bpmn.drawing.diagram import Edge
from engine.bpmn.drawing.pen import FILL, INK, Node, Point, circle, distance, group, number, path, rounded
from engine.bpmn.drawing.shapes import LABEL_WIDTH, place
from engine.bpmn.drawing.text import SMALL, width
from engine.bpmn.markup import child, local, referred

ARROW: Final = "M-10 -5L0 0L-10 5Z"
OPEN_ARROW: Final = "M-10 -5L0 0L-10 5"
MESSAGE_ARROW: Final = "M-11 -4.5L-0.5 0L-11 4.5Z"
DIAMOND: Final = "M1 0L9 -4L17 0L9 4Z"
SLASH: Final = "M6 -6L10 6"


def draw(parent: Node, edge: Edge, elements: dict[str, Node]) -> None:
    """Add the line and its ends to `parent`. The line comes first, so that styles can address it."""
    if edge.kind == "sequenceFlow":
        _sequence_flow(parent, edge, elements)
    elif edge.kind == "messageFlow":
        _message_flow(parent, edge, elements)
    else:
        _association(parent, edge)


def _sequence_flow(parent: Node, edge: Edge, elements: dict[str, Node]) -> None:
    path(parent, rounded(edge.points))
    _end(parent, ARROW, edge.points[-2], edge.points[-1], fill=INK, stroke_width=1)
    source = elements.get(edge.element.get("sourceRef") or "")
    if source is None:
        return
    if source.get("default") == edge.id:
        _end(parent, SLASH, edge.points[1], edge.points[0], turned=True)
    elif child(edge.element, "conditionExpression") is not None and local(source) in ACTIVITIES:
        _end(parent, DIAMOND, edge.points[1], edge.points[0], turned=True, fill=FILL)


def _message_flow(parent: Node, edge: Edge, elements: dict[str, Node]) -> None:
    path(parent, rounded(edge.points), stroke_width=1.5, stroke_dasharray="10 11")
    circle(parent, *edge.points[0], 5, fill=FILL, stroke_width=1.5)
    _end(parent, MESSAGE_ARROW, edge.points[-2], edge.points[-1], fill=FILL, stroke_width=1.5)
    message = elements.get(referred(edge.element.get("messageRef")))
    if message is not None:
        x, y = middle(edge.points)
        fill, stroke = (FILL, INK) if edge.initiating else (INK, FILL)
        path(group(parent, x - 10.5, y - 7), icons.ENVELOPE, fill=fill, stroke=stroke, stroke_width=1)
        beside = x + 8 + min(width(message.get("name") or "", SMALL), LABEL_WIDTH) / 2
        place(parent, message.get("name") or "", beside, y + 12, LABEL_WIDTH)


def _association(parent: Node, edge: Edge) -> None:
    path(parent, rounded(edge.points), stroke_dasharray="0 5")
    direction = edge.element.get("associationDirection") or ("None" if edge.kind == "association" else "One")
    if direction in ("One", "Both"):
        _end(parent, OPEN_ARROW, edge.points[-2], edge.points[-1], stroke_width=1.5)
    if direction == "Both":
        _end(parent, OPEN_ARROW, edge.points[1], edge.points[0], stroke_width=1.5)


def _end(parent: Node, d: str, before: Point, at: Point, *, turned: bool = False, **attributes: float | str | None) -> None:
    angle = degrees(atan2(at[1] - before[1], at[0] - before[0])) + (180 if turned else 0)
    path(parent, d, transform=f"translate({number(at[0])} {number(at[1])}) rotate({number(angle % 360)})", **attributes)


def label(parent: Node, edge: Edge, text: str) -> None:
    """The name of a flow, where the layout puts it or above its middle segment."""
    if edge.label and edge.label.width:
        place(parent, text, edge.label.middle[0], edge.label.y, max(edge.label.width + 2, 30))
        return
    position = len(edge.points) / 2 - 1
    first, second = edge.points[int(position)], edge.points[int(position + 0.999)]
    if len(edge.points) % 2 == 0:
        second = edge.points[int(position) + 1]
    x, y = (first[0] + second[0]) / 2, (first[1] + second[1]) / 2
    upright = abs(first[0] - second[0]) < 0.5
    place(parent, text, x + (15 if upright else 0), y - (10 if upright else 25), LABEL_WIDTH)


def middle(points: tuple[Point, ...]) -> Point:
    """The point half way along a line."""
    left = sum(distance(start, end) for start, end in zip(points, points[1:], strict=False)) / 2
    for start, end in zip(points, points[1:], strict=False):
        length = distance(start, end)
        if length >= left and length > 0:
            share = left / length
            return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share
        left -= length
    return points[0]
