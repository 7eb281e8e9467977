"""The signs inside shapes, as path data: events in a square of 36, gateways in one of 50, tasks and markers at their own size."""

from math import cos, pi, sin
from typing import Final

from engine.bpmn.drawing.pen import FILL, INK, NOTHING, Node, circle, node, number, path, polygon, rect


def _around(count: int, radius: float, x: float, y: float, turn: float = -pi / 2) -> list[tuple[float, float]]:
    return [(x + radius * cos(turn + 2 * pi * i / count), y + radius * sin(turn + 2 * pi * i / count)) for i in range(count)]


def _ticks() -> str:
    inner, outer = _around(12, 7.8, 18, 18), _around(12, 9.6, 18, 18)
    return "".join(polygon(pair, closed=False) for pair in zip(inner, outer, strict=True))


def _gear(x: float, y: float, size: float, teeth: int = 8) -> str:
    points = []
    for tooth in range(teeth):
        middle = 2 * pi * tooth / teeth
        for shift, reach in ((-0.26, 0.74), (-0.17, 1.0), (0.17, 1.0), (0.26, 0.74)):
            points.append((x + size * reach * cos(middle + shift), y + size * reach * sin(middle + shift)))
    return polygon(points)


EVENTS: Final = {
    "message": "M8.5 11.5H27.5V24.5H8.5ZM27.5 11.5L18 18.5L8.5 11.5",
    "signal": "M18 7.5L27 24.5H9Z",
    "escalation": "M18 7L26 27L18 20L10 27Z",
    "conditional": "M10.5 8.5H25.5V27.5H10.5ZM13 12H23M13 15H23M13 18H23M13 21H23M13 24H23",
    "link": "M7.5 14H20V9.5L29 18L20 26.5V22H7.5Z",
    "error": "M8.5 27L14 11.5L20.5 19.5L27.5 8.5L22.5 25L15.5 17Z",
    "cancel": "M11 8L18 15L25 8L28 11L21 18L28 25L25 28L18 21L11 28L8 25L15 18L8 11Z",
    "compensate": "M8 18L17 11.5V24.5ZM17.5 18L26.5 11.5V24.5Z",
    "multiple": polygon(_around(5, 11, 18, 18)),
    "parallelMultiple": "M16.4 7.5H19.6V16.4H28.5V19.6H19.6V28.5H16.4V19.6H7.5V16.4H16.4Z",
}

BODY: Final = "M5.5 23.5V18.5C5.5 15.2 9.5 13.8 11.2 13.2H15.8C17.5 13.8 21.5 15.2 21.5 18.5V23.5ZM9.2 23.5V19M17.8 23.5V19"
HAIR: Final = "M8.9 9C9.4 2.6 17.6 2.6 18.1 9C15.4 9.2 13.6 8.2 12.6 6.8C11.8 8 10.6 8.8 8.9 9Z"
ENVELOPE: Final = "M0 0H21V14H0ZM21 0L10.5 7L0 0"
PAGE: Final = "M9.5 6H20C13 12 23 16 15.5 22.5H5C12.5 16 2.5 12 9.5 6ZM9 9.5H14.5M8.5 12.5H14M11 15.5H16M10.5 18.5H15.5"
HAND: Final = (
    "M6 15L10 9.5C10.8 8.4 12.6 9.2 12 10.6L10.8 13H21.5C23.4 13 23.4 15.4 21.5 15.4H16M16 15.4H22.5C24.3 15.4 24.3 17.8 22.5 17.8H16"
    "M16 17.8H21.5C23.2 17.8 23.2 20.1 21.5 20.1H15.5M15.5 20.1H19.8C21.4 20.1 21.4 22.4 19.8 22.4H10C7.6 22.4 6 20.8 6 18.6Z"
)
GEARS: Final = (_gear(11.5, 11.5, 7), _gear(16.5, 16.5, 7))

LOOP: Final = "M-3.6 5.2A6.2 6.2 0 1 1 1.6 6M-3.6 5.2L-7.4 6M-3.6 5.2L-4.2 1.4"
TILDE: Final = "M-7.5 1.2C-4.8 -2.4 -1.6 -1.8 0.4 -0.3C2.4 0.9 4.8 0.7 7.5 -1.8V0C4.8 2.5 2 2.5 -0.2 1.2C-2.4 0 -5 0.2 -7.5 2.8Z"
MARKERS: Final = {
    "compensation": "M-8 0L-1 -5V5ZM-0.5 0L6.5 -5V5Z",
    "parallel": "M-3.5 -5V5M0 -5V5M3.5 -5V5",
    "sequential": "M-5 -3.5H5M-5 0H5M-5 3.5H5",
    "loop": LOOP,
    "subProcess": "M-7 -7H7V7H-7Z",
    "adHoc": TILDE,
}
CROSS: Final = "M17 15H20.8L25 21.8L29.2 15H33L27 24.9L33.4 35H29.4L25 27.9L20.6 35H16.6L23 24.9Z"
SPACE: Final = 18


def event(parent: Node, kind: str, throwing: bool) -> None:
    """The sign of an event definition; a throwing event's is filled."""
    if kind == "timer":
        circle(parent, 18, 18, 11, fill=FILL)
        path(parent, _ticks(), stroke_width=1)
        path(parent, "M18 18L20.2 10.2M18 18L23.4 19.6")
    elif kind == "terminate":
        circle(parent, 18, 18, 10, fill=INK)
    elif kind in EVENTS:
        fill, stroke = (INK, FILL) if throwing else (FILL, INK)
        path(parent, EVENTS[kind], fill=fill, stroke=stroke if kind == "message" else INK, stroke_width=1)


def gateway(parent: Node, kind: str, *, marker: bool, instantiate: bool, parallel: bool) -> None:
    """The sign of a gateway in a square of 50."""
    if kind == "exclusiveGateway" and marker:
        path(parent, CROSS, fill=INK, stroke_width=0.4)
    elif kind == "parallelGateway":
        path(parent, "M25 10V40M10 25H40", stroke_width=5, stroke_linecap="butt")
    elif kind == "inclusiveGateway":
        circle(parent, 25, 25, 13, stroke_width=2.5)
    elif kind == "complexGateway":
        path(parent, "M25 12V38M12 25H38M16 16L34 34M34 16L16 34", stroke_width=5, stroke_linecap="butt")
    elif kind == "eventBasedGateway":
        circle(parent, 25, 25, 15, stroke_width=1)
        if not instantiate:
            circle(parent, 25, 25, 12, stroke_width=1)
        sign = "M23.4 15.5H26.6V23.4H34.5V26.6H26.6V34.5H23.4V26.6H15.5V23.4H23.4Z" if parallel else polygon(_around(5, 8, 25, 25))
        path(parent, sign, stroke_width=1 if parallel else 2)


def task(parent: Node, kind: str, instantiate: bool) -> None:
    """The sign in the upper left corner of a task."""
    if kind == "userTask":
        path(parent, BODY, fill=FILL, stroke_width=0.7)
        circle(parent, 13.5, 9, 4.6, fill=FILL, stroke_width=0.7)
        path(parent, HAIR, fill=INK, stroke_width=0.7)
    elif kind == "serviceTask":
        for gear, (x, y) in zip(GEARS, ((11.5, 11.5), (16.5, 16.5)), strict=True):
            path(parent, gear, fill=FILL, stroke_width=1)
            circle(parent, x, y, 2.9, fill=FILL, stroke_width=1)
    elif kind == "scriptTask":
        path(parent, PAGE, fill=FILL, stroke_width=1)
    elif kind == "manualTask":
        path(parent, HAND, fill=FILL, stroke_width=0.7, transform="translate(-3 -8) scale(1.25)")
    elif kind == "businessRuleTask":
        rect(parent, 8, 8, 20, 12, fill=FILL, stroke_width=1)
        rect(parent, 8, 8, 20, 4, fill=INK, stroke_width=1)
        path(parent, "M8 16H28M15 12V20", stroke_width=1)
    elif kind in ("sendTask", "receiveTask"):
        _envelope(parent, kind == "sendTask", instantiate)


def _envelope(parent: Node, filled: bool, instantiate: bool) -> None:
    if instantiate:
        circle(parent, 14, 14, 10, fill=FILL, stroke_width=1)
    moved = "translate(7.7 9.8) scale(.6)" if instantiate else "translate(6 6)"
    path(parent, ENVELOPE, fill=INK if filled else FILL, stroke=FILL if filled else INK, stroke_width=1, transform=moved)


def marker(parent: Node, kind: str, x: float, y: float) -> None:
    """A marker at the lower edge of an activity, centred on (x, y)."""
    widths = {"loop": 1.5, "subProcess": 1, "compensation": 1, "adHoc": 1}
    fill = {"adHoc": INK, "loop": NOTHING}.get(kind, FILL)
    moved = f"translate({number(x)} {number(y)})"
    path(parent, MARKERS[kind], fill=fill, stroke_width=widths.get(kind, 2), transform=moved)
    if kind == "subProcess":
        path(parent, "M0 -4.5V4.5M-4.5 0H4.5", stroke_width=2, transform=moved)


def badge(parent: Node, text: str, x: float, y: float) -> None:
    """A small round label on the corner of a shape."""
    circle(parent, x, y, 9, fill=FILL, stroke_width=1.5)
    label = node(parent, "text", x=x, y=y + 4, font_size=11, font_weight="bold", text_anchor="middle", fill="var(--d-text)", stroke=NOTHING)
    label.text = text
