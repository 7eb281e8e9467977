"""What the layout part of a BPMN file says: which element stands where (BPMN 2.0 section 12, BPMN DI)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from typing import Final

from lxml import etree

from engine.bpmn.markup import BPMN, BPMNDI, DC, DI, local, referred

FARTHEST: Final = 100_000.0

Node = etree._Element


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    def touches(self, other: Box) -> bool:
        return self.x <= other.right and other.x <= self.right and self.y <= other.bottom and other.y <= self.bottom


@dataclass(frozen=True)
class Shape:
    """A node of the drawing: `element` is what it stands for, `kind` that element's BPMN name ("userTask", "lane", ...)."""

    element: Node
    kind: str
    box: Box
    label: Box | None
    expanded: bool
    horizontal: bool
    marker: bool

    @property
    def id(self) -> str:
        return self.element.get("id") or ""


@dataclass(frozen=True)
class Edge:
    """A line of the drawing through `points`."""

    element: Node
    kind: str
    points: tuple[tuple[float, float], ...]
    label: Box | None
    initiating: bool

    @property
    def id(self) -> str:
        return self.element.get("id") or ""

    @property
    def box(self) -> Box:
        xs, ys = [x for x, _ in self.points], [y for _, y in self.points]
        return Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


@dataclass
class Diagram:
    """One plane: its shapes and edges in the order in which they must be painted, back to front."""

    root: Node | None
    shapes: list[Shape] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    elements: dict[str, Node] = field(default_factory=dict)

    def box(self) -> Box:
        """The rectangle that holds everything, labels included."""
        items: list[Shape | Edge] = [*self.shapes, *self.edges]
        boxes = [item.box for item in items] + [item.label for item in items if item.label]
        if not boxes:
            return Box(0, 0, 100, 80)
        left, top = min(box.x for box in boxes), min(box.y for box in boxes)
        return Box(left, top, max(box.right for box in boxes) - left, max(box.bottom for box in boxes) - top)


def read(definitions: Node, process_id: str | None) -> Diagram:
    """The diagram that shows `process_id` (or the file's first one). Without a layout for it, the diagram has no shapes."""
    elements = _elements(definitions)
    plane = _plane(definitions, process_id)
    if plane is None:
        return Diagram(elements.get(process_id or ""), elements=elements)
    diagram = Diagram(_named(elements, plane.get("bpmnElement")), elements=elements)
    for item in plane.iterchildren(f"{{{BPMNDI}}}BPMNShape"):
        if shape := _shape(item, elements):
            diagram.shapes.append(shape)
    for item in plane.iterchildren(f"{{{BPMNDI}}}BPMNEdge"):
        if edge := _edge(item, elements):
            diagram.edges.append(edge)
    return diagram


def participants(collaboration: Node) -> Iterator[Node]:
    return collaboration.iter(f"{{{BPMN}}}participant")


def _elements(definitions: Node) -> dict[str, Node]:
    elements: dict[str, Node] = {}
    for element in definitions.iter(f"{{{BPMN}}}*"):
        if name := element.get("id"):
            elements.setdefault(name, element)
    return elements


def _named(elements: dict[str, Node], reference: str | None) -> Node | None:
    reference = (reference or "").strip()
    return elements.get(reference) if reference in elements else elements.get(reference.rpartition(":")[2])


def _plane(definitions: Node, process_id: str | None) -> Node | None:
    planes = list(definitions.iter(f"{{{BPMNDI}}}BPMNPlane"))
    if process_id is None:
        return planes[0] if planes else None
    shown = {process_id}
    for collaboration in definitions.iterchildren(f"{{{BPMN}}}collaboration"):
        if any(referred(pool.get("processRef")) == process_id for pool in participants(collaboration)):
            shown.add(collaboration.get("id") or "")
    for plane in planes:
        if referred(plane.get("bpmnElement")) in shown:
            return plane
    return None


def _shape(item: Node, elements: dict[str, Node]) -> Shape | None:
    element, box = _named(elements, item.get("bpmnElement")), _box(item)
    if element is None or box is None:
        return None
    return Shape(
        element,
        local(element),
        box,
        _label(item),
        item.get("isExpanded") == "true",
        item.get("isHorizontal") != "false",
        item.get("isMarkerVisible") == "true",
    )


def _edge(item: Node, elements: dict[str, Node]) -> Edge | None:
    element = _named(elements, item.get("bpmnElement"))
    points = [point for child in item.iterchildren(f"{{{DI}}}waypoint") if (point := _point(child))]
    if element is None or len(points) < 2:
        return None
    return Edge(element, local(element), tuple(points), _label(item), item.get("messageVisibleKind") != "non_initiating")


def _label(item: Node) -> Box | None:
    label = item.find(f"{{{BPMNDI}}}BPMNLabel")
    return _box(label) if label is not None else None


def _box(item: Node) -> Box | None:
    bounds = item.find(f"{{{DC}}}Bounds")
    values = [] if bounds is None else [_coordinate(bounds.get(name)) for name in ("x", "y", "width", "height")]
    numbers = [value for value in values if value is not None]
    return Box(*numbers) if len(numbers) == 4 and numbers[2] >= 0 and numbers[3] >= 0 else None


def _point(item: Node) -> tuple[float, float] | None:
    x, y = _coordinate(item.get("x")), _coordinate(item.get("y"))
    return None if x is None or y is None else (x, y)


def _coordinate(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if isfinite(value) and abs(value) <= FARTHEST else None
