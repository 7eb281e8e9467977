"""Every BPMN shape as SVG (notation of BPMN 2.0 sections 7 and 10), in the proportions that the usual modelers draw."""

from collections.abc import Callable
from typing import Final

from engine.bpmn.document import EVENT_DEFINITION, EVENTS, GATEWAYS, SUB_PROCESSES, TASKS
from engine.bpmn.drawing import icons
from engine.bpmn.drawing.diagram import Box, Shape
from engine.bpmn.drawing.pen import FILL, INK, NOTHING, Node, circle, group, number, path, polygon, rect, write
from engine.bpmn.drawing.text import LINE, SIZE, SMALL, wrap
from engine.bpmn.markup import BPMN, child, children, is_false, is_true, local

RADIUS: Final = 10
HEADER: Final = 30
PADDING: Final = 7
LABEL_WIDTH: Final = 90
LABEL_GAP: Final = 6
DATA: Final = frozenset({"dataObjectReference", "dataObject", "dataInput", "dataOutput"})
STORES: Final = frozenset({"dataStoreReference", "dataStore"})
LABEL_OUTSIDE: Final = EVENTS | GATEWAYS | DATA | STORES | {"group"}

Draw = Callable[[Node, Shape, str], None]


def draw(parent: Node, shape: Shape, label: str) -> None:
    """Add the shape to `parent`, whose origin is the shape's upper left corner. The body comes first, so that styles can address it."""
    DRAWERS.get(shape.kind, _unknown)(parent, shape, label)


def event_kind(event: Node) -> str:
    """Which event definition an event carries: "none", "timer", ..., "multiple" or "parallelMultiple"."""
    kinds = [local(item).removesuffix(EVENT_DEFINITION) for item in event if local(item).endswith(EVENT_DEFINITION)]
    references = len(children(event, "eventDefinitionRef"))
    if len(kinds) + references > 1:
        return "parallelMultiple" if is_true(event.get("parallelMultiple")) else "multiple"
    return kinds[0] if kinds else "none"


def _event(parent: Node, shape: Shape, label: str) -> None:
    box, event = shape.box, shape.element
    radius = round((box.width + box.height) / 4)
    x, y = box.width / 2, box.height / 2
    dashes = "6 6" if is_false(event.get("isInterrupting")) or is_false(event.get("cancelActivity")) else None
    double = shape.kind.startswith("intermediate") or shape.kind == "boundaryEvent"
    line = 4.0 if shape.kind == "endEvent" else 1.5 if double else None
    circle(parent, x, y, radius, fill=FILL, stroke_width=line, stroke_dasharray=dashes)
    if double:
        circle(parent, x, y, radius - 3, stroke_width=1.5, stroke_dasharray=dashes)
    icons.event(group(parent, scale=box.width / 36), event_kind(event), shape.kind in ("endEvent", "intermediateThrowEvent"))


def _gateway(parent: Node, shape: Shape, label: str) -> None:
    width, height = shape.box.width, shape.box.height
    path(parent, polygon([(width / 2, 0), (width, height / 2), (width / 2, height), (0, height / 2)]), fill=FILL)
    element = shape.element
    scale = min(width, height) / 50
    sign = group(parent, width / 2 - 25 * scale, height / 2 - 25 * scale, scale)
    marker, starts = shape.marker, is_true(element.get("instantiate"))
    icons.gateway(sign, shape.kind, marker=marker, instantiate=starts, parallel=element.get("eventGatewayType") == "Parallel")


def _task(parent: Node, shape: Shape, label: str) -> None:
    rect(parent, 0, 0, shape.box.width, shape.box.height, RADIUS, fill=FILL)
    _inside(parent, shape.box, label)
    icons.task(parent, shape.kind, is_true(shape.element.get("instantiate")))
    _markers(parent, shape)


def _call(parent: Node, shape: Shape, label: str) -> None:
    rect(parent, 0, 0, shape.box.width, shape.box.height, RADIUS, fill=FILL, stroke_width=5)
    _inside(parent, shape.box, label)
    _markers(parent, shape)


def _sub_process(parent: Node, shape: Shape, label: str) -> None:
    box, by_event = shape.box, is_true(shape.element.get("triggeredByEvent"))
    line, dots = (2.5, "0 5.5") if by_event else (1.5, None) if shape.kind == "transaction" else (None, None)
    rect(parent, 0, 0, box.width, box.height, RADIUS, fill=FILL, stroke_width=line, stroke_dasharray=dots)
    if shape.kind == "transaction":
        rect(parent, 3, 3, box.width - 6, box.height - 6, RADIUS - 3, stroke_width=1.5)
    if by_event and not shape.expanded:
        _trigger(parent, shape.element)
    _inside(parent, box, label, top=shape.expanded)
    _markers(parent, shape)


def _trigger(parent: Node, sub_process: Node) -> None:
    starts = children(sub_process, "startEvent")
    if len(starts) == 1:
        circle(parent, 12, 12, 10, fill=FILL, stroke_width=1, stroke_dasharray="3 3" if is_false(starts[0].get("isInterrupting")) else None)
        icons.event(group(parent, 2, 2, 20 / 36), event_kind(starts[0]), False)


def _markers(parent: Node, shape: Shape) -> None:
    markers = list(_marker_names(shape))
    centre = next((name for name in ("subProcess", "adHoc") if name in markers), markers[-1] if markers else "")
    for position, name in enumerate(markers):
        shift = (position - markers.index(centre)) * icons.SPACE
        icons.marker(parent, name, shape.box.width / 2 + shift, shape.box.height - 13)


def _marker_names(shape: Shape) -> list[str]:
    element, names = shape.element, []
    if is_true(element.get("isForCompensation")):
        names.append("compensation")
    if child(element, "standardLoopCharacteristics") is not None:
        names.append("loop")
    several = child(element, "multiInstanceLoopCharacteristics")
    if several is not None:
        names.append("sequential" if is_true(several.get("isSequential")) else "parallel")
    if shape.kind == "callActivity" or (shape.kind in SUB_PROCESSES and not shape.expanded):
        names.append("subProcess")
    if shape.kind == "adHocSubProcess":
        names.append("adHoc")
    return names


def _inside(parent: Node, box: Box, label: str, *, top: bool = False) -> None:
    lines = wrap(label, box.width - 2 * PADDING)
    height = len(lines) * SIZE * LINE
    start = PADDING if top else (box.height - height) / 2
    if lines:
        write(parent, lines, box.width / 2, start + SIZE * LINE * 0.75)


def _pool(parent: Node, shape: Shape, label: str) -> None:
    box = shape.box
    rect(parent, 0, 0, box.width, box.height, stroke_width=1.5, fill=FILL)
    if not shape.element.get("processRef"):
        _black_box(parent, shape, label)
    else:
        line = f"M{HEADER} 0V{number(box.height)}" if shape.horizontal else f"M0 {HEADER}H{number(box.width)}"
        path(parent, line, stroke_width=1.5)
        _header(parent, shape, label)
    if child(shape.element, "participantMultiplicity") is not None:
        icons.marker(parent, "parallel", box.width / 2, box.height - 8)


def _black_box(parent: Node, shape: Shape, label: str) -> None:
    if shape.horizontal:
        _inside(parent, shape.box, label)
    else:
        _turned(parent, wrap(label, shape.box.height - 2 * PADDING), shape.box.width / 2, shape.box.height / 2)


def _lane(parent: Node, shape: Shape, label: str) -> None:
    rect(parent, 0, 0, shape.box.width, shape.box.height, stroke_width=1.5)
    _header(parent, shape, label)


def _header(parent: Node, shape: Shape, label: str) -> None:
    box = shape.box
    lines = wrap(label, box.height if shape.horizontal else box.width)
    if lines and shape.horizontal:
        _turned(parent, lines, HEADER / 2, box.height / 2)
    elif lines:
        write(parent, lines, box.width / 2, HEADER / 2 - (len(lines) - 1) * SIZE * LINE / 2 + 4)


def _turned(parent: Node, lines: list[str], x: float, y: float) -> None:
    first = 4 - (len(lines) - 1) * SIZE * LINE / 2
    write(parent, lines, 0, first, transform=f"translate({number(x)} {number(y)}) rotate(-90)")


def _data(parent: Node, shape: Shape, label: str) -> None:
    width, height, fold = shape.box.width, shape.box.height, shape.box.width * 0.22
    path(parent, polygon([(0, 0), (width - fold, 0), (width, fold), (width, height), (0, height)]), fill=FILL)
    path(parent, f"M{number(width - fold)} 0V{number(fold)}H{number(width)}")
    if shape.kind in ("dataInput", "dataOutput"):
        path(parent, "M5 9H14V6L19 11L14 16V13H5Z", fill=INK if shape.kind == "dataOutput" else NOTHING, stroke_width=1)
    if _is_collection(shape.element):
        icons.marker(parent, "parallel", width / 2, height - 9)


def _is_collection(element: Node) -> bool:
    target = element.get("dataObjectRef")
    found = element.getroottree().getroot().iterfind(f".//{{{BPMN}}}dataObject") if target else ()
    return is_true(element.get("isCollection")) or any(item.get("id") == target and is_true(item.get("isCollection")) for item in found)


def _store(parent: Node, shape: Shape, label: str) -> None:
    width, height = shape.box.width, shape.box.height
    bend, top = height * 0.1, height * 0.13
    curve = f"C{number(width * 0.03)} {{0}} {number(width * 0.97)} {{0}} {number(width)} {{1}}"
    back = f"C{number(width * 0.97)} {{0}} {number(width * 0.03)} {{0}} 0 {{1}}"
    outline = f"M0 {number(top)}V{number(height - bend)}" + curve.format(number(height + bend * 0.2), number(height - bend)) + f"V{number(top)}"
    path(parent, outline + back.format(number(top - bend * 1.3), number(top)), fill=FILL)
    rings = "".join(f"M0 {number(y)}" + curve.format(number(y + bend * 1.3), number(y)) for y in (top, top * 1.9, top * 2.8))
    path(parent, rings)


def _annotation(parent: Node, shape: Shape, label: str) -> None:
    width, height = shape.box.width, shape.box.height
    path(parent, f"M10 0H0V{number(height)}H10")
    lines = wrap(label, width - 2 * PADDING)
    if lines:
        write(parent, lines, PADDING, PADDING + SIZE * LINE * 0.75, anchor="start")


def _group(parent: Node, shape: Shape, label: str) -> None:
    rect(parent, 0, 0, shape.box.width, shape.box.height, RADIUS, stroke_width=1.5, stroke_dasharray="10 6 0 6")


def _unknown(parent: Node, shape: Shape, label: str) -> None:
    """What no process runs (choreographies, conversations) still has its place and name in the picture."""
    rect(parent, 0, 0, shape.box.width, shape.box.height, RADIUS, fill=FILL, stroke_dasharray="4 4")
    _inside(parent, shape.box, label)


def outside_label(parent: Node, shape: Shape, label: str) -> None:
    """The name of an event, gateway, data object or group, beside its shape."""
    box, below = shape.label, shape.box.bottom + LABEL_GAP
    if box and box.width:
        under = shape.box.x <= box.middle[0] <= shape.box.right and shape.box.bottom <= box.y
        place(parent, label, box.middle[0], max(box.y, below) if under else box.y, max(box.width + 2, 30))
    else:
        place(parent, label, shape.box.middle[0], shape.box.y if shape.kind == "group" else below, LABEL_WIDTH)


def place(parent: Node, label: str, x: float, y: float, width: float) -> None:
    """Small text whose lines are centred on `x` and begin at `y`."""
    if lines := wrap(label, width, SMALL):
        write(parent, lines, x, y + SMALL * LINE * 0.75, size=SMALL)


DRAWERS: Final[dict[str, Draw]] = {
    **dict.fromkeys(EVENTS, _event),
    **dict.fromkeys(GATEWAYS, _gateway),
    **dict.fromkeys(TASKS, _task),
    **dict.fromkeys(SUB_PROCESSES, _sub_process),
    **dict.fromkeys(DATA, _data),
    **dict.fromkeys(STORES, _store),
    "callActivity": _call,
    "participant": _pool,
    "lane": _lane,
    "textAnnotation": _annotation,
    "group": _group,
}
