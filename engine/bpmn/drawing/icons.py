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
    "multiple": polygon(_around(5, 10.5, 18, 18.5)),
    "parallelMultiple": "M16 8H20V16H28V20H20V28H16V20H8V16H16Z",
}

BODY: Final = "M5.5 23.5V18.5C5.5 15.2 9.5 13.8 11.2 13.2H15.8C17.5 13.8 21.5 15.2 21.5 18.5V23.5ZM9.2 23.5V19M17.8 23.5V19"
HAIR: Final = "M8.9 9C9.4 2.6 17.6 2.6 18.1 9C15.4 9.2 13.6 8.2 12.6 6.8C11.8 8 10.6 8.8 8.9 9Z"
ENVELOPE: Final = "M0 0H21V14H0ZM21 0L10.5 7L0 0"
PAGE: Final = "M9.5 6H20C13 12 23 16 15.5 22.5H5C12.5 16 2.5 12 9.5 6ZM9 9.5H14.5M8.5 12.5H14M11 15.5H16M10.5 18.5H15.5"
HAND: Final = (
    "M6 15L10 9.5C10.8 8.4 12.6 9.2 12 10.6L10.8 13H21.5C23.4 13 23.4 15.4 21.5 15.4H16M16 15.4H22.5C24.3 15.4 24.3 17.8 22.5 17.8H16"
    "M16 17.8H21.5C23.2 17.8 23.2 20.1 21.5 20.1H15.5M15.5 20.1H19.8C21.4 20.1 21.4 22.4 19.8 22.4H10C7.6 22.4 6 20.8 6 18.6Z"
)
GEARS: Final = (_gear(12, 12.5, 7.6), _gear(17.5, 17.5, 7.6))

LOOP: Final = "M-3.6 5.2A6.2 6.2 0 1 1 1.6 6M-3.6 5.2L-7.4 6M-3.6 5.2L-4.2 1.4"
TILDE: Final = "M-7 1.6C-4.6 -3 -1.6 -2.2 0.4 -0.4C2.4 1.2 4.6 1 7 -2.4V0.2C4.6 3.6 2 3.6 -0.2 1.8C-2.4 0.2 -4.8 0.4 -7 3.6Z"
MARKERS: Final = {
    "compensation": "M-8 0L-1 -5V5ZM-0.5 0L6.5 -5V5Z",
    "parallel": "M-3.5 -5V5M0 -5V5M3.5 -5V5",
    "sequential": "M-5 -3.5H5M-5 0H5M-5 3.5H5",
    "loop": LOOP,
    "subProcess": "M-7 -7H7V7H-7ZM-.8 -5H.8V-.8H5V.8H.8V5H-.8V.8H-5V-.8H-.8Z",
    "adHoc": TILDE,
}


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
        path(parent, "M18 15L32 35M32 15L18 35", stroke_width=4.5, stroke_linecap="butt")
    elif kind == "parallelGateway":
        path(parent, "M25 10V40M10 25H40", stroke_width=5, stroke_linecap="butt")
    elif kind == "inclusiveGateway":
        circle(parent, 25, 25, 13, stroke_width=2.5)
    elif kind == "complexGateway":
        path(parent, "M25 11V39M11 25H39M15.5 15.5L34.5 34.5M34.5 15.5L15.5 34.5", stroke_width=4, stroke_linecap="butt")
    elif kind == "eventBasedGateway":
        circle(parent, 25, 25, 15, stroke_width=1)
        if not instantiate:
            circle(parent, 25, 25, 12, stroke_width=1)
        sign = "M22.5 16H27.5V22.5H34V27.5H27.5V34H22.5V27.5H16V22.5H22.5Z" if parallel else polygon(_around(5, 7.5, 25, 25.5))
        path(parent, sign, stroke_width=1 if parallel else 2)


def task(parent: Node, kind: str, instantiate: bool) -> None:
    """The sign in the upper left corner of a task."""
    if kind == "userTask":
        path(parent, BODY, fill=FILL, stroke_width=0.7)
        circle(parent, 13.5, 9, 4.6, fill=FILL, stroke_width=0.7)
        path(parent, HAIR, fill=INK, stroke_width=0.7)
    elif kind == "serviceTask":
        for gear, (x, y) in zip(GEARS, ((12, 12.5), (17.5, 17.5)), strict=True):
            path(parent, gear, fill=FILL, stroke_width=1)
            circle(parent, x, y, 2.9, fill=FILL, stroke_width=1)
    elif kind == "scriptTask":
        path(parent, PAGE, fill=FILL, stroke_width=1)
    elif kind == "manualTask":
        path(parent, HAND, fill=FILL, stroke_width=0.8)
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
    path(parent, MARKERS[kind], fill=fill, stroke_width=widths.get(kind, 2), transform=f"translate({number(x)} {number(y)})")


def badge(parent: Node, text: str, x: float, y: float) -> None:
    """A small round label on the corner of a shape."""
    circle(parent, x, y, 9, fill=FILL, stroke_width=1.5)
    label = node(parent, "text", x=x, y=y + 4, font_size=11, font_weight="bold", text_anchor="middle", fill="var(--d-text)", stroke=NOTHING)
    label.text = text
