"""Reads the places that a file already gives, and writes those that it lacks (BPMN 2.0 section 12, BPMN DI)."""

from collections.abc import Iterable, Mapping
from math import isfinite
from types import MappingProxyType
from typing import Final

from lxml import etree

from engine.bpmn.document import SUB_PROCESSES, Document
from engine.bpmn.layout.grid import Rect
from engine.bpmn.markup import BPMNDI, DC, DI, is_true, referred

NAMESPACES: Final = {"bpmndi": BPMNDI, "dc": DC, "di": DI}
NO_ATTRIBUTES: Final[Mapping[str, str]] = MappingProxyType({})


class Diagram:
    """The planes of a file: what they place, and where new places go."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.root = document.root
        self.places: dict[str, Rect] = {}
        self.lines: set[str] = set()
        self.collapsed: set[str] = set()
        self.kept_free = 0.0  # at the top of an empty drawing
        for shape in self.root.iter(f"{{{BPMNDI}}}BPMNShape"):
            self._read(shape)
        for edge in self.root.iter(f"{{{BPMNDI}}}BPMNEdge"):
            self.lines.add(referred(edge.get("bpmnElement")))

    def _read(self, shape: etree._Element) -> None:
        name, bounds = referred(shape.get("bpmnElement")), shape.find(f"{{{DC}}}Bounds")
        try:
            numbers = [float(bounds.get(key) or "") for key in ("x", "y", "width", "height")] if bounds is not None else []
        except ValueError:
            numbers = []
        if len(numbers) == 4 and all(isfinite(number) for number in numbers):
            self.places[name] = Rect(*numbers)
        node = self.document.nodes.get(name)
        if node is not None and node.type in SUB_PROCESSES and not is_true(shape.get("isExpanded")):
            self.collapsed.add(name)

    def hidden(self, container: str) -> bool:
        """Whether a scope is inside a collapsed sub-process, which shows nothing of it."""
        while container in self.document.nodes:
            if container in self.collapsed:
                return True
            container = self.document.nodes[container].container
        return False

    def bottom(self) -> float:
        """Below everything that has a place."""
        return max((rect.bottom for rect in self.places.values()), default=20.0 + self.kept_free)

    def plane(self, element: str) -> etree._Element:
        """The plane of a process or collaboration; a new one at the end of the file if it has none."""
        for plane in self.root.iter(f"{{{BPMNDI}}}BPMNPlane"):
            if referred(plane.get("bpmnElement")) == element:
                return plane
        diagram = etree.SubElement(self.root, f"{{{BPMNDI}}}BPMNDiagram", nsmap=NAMESPACES, attrib={"id": f"{element}_diagram"})
        return etree.SubElement(diagram, f"{{{BPMNDI}}}BPMNPlane", attrib={"id": f"{element}_plane", "bpmnElement": element})

    def shape(
        self, plane: etree._Element, element: str, rect: Rect, attributes: Mapping[str, str] = NO_ATTRIBUTES, label: Rect | None = None
    ) -> None:
        """Place an element that has no place yet, and its name."""
        if element in self.places:
            return
        self.places[element] = rect
        own = {"id": f"{element}_di", "bpmnElement": element, **attributes}
        shape = etree.SubElement(plane, f"{{{BPMNDI}}}BPMNShape", nsmap=NAMESPACES, attrib=own)
        _bounds(shape, rect)
        _label(shape, label)

    def edge(self, plane: etree._Element, element: str, points: Iterable[tuple[float, float]], label: Rect | None = None) -> None:
        """Draw a line that is not drawn yet, and place its name."""
        if element in self.lines:
            return
        self.lines.add(element)
        edge = etree.SubElement(plane, f"{{{BPMNDI}}}BPMNEdge", nsmap=NAMESPACES, attrib={"id": f"{element}_di", "bpmnElement": element})
        for x, y in points:
            etree.SubElement(edge, f"{{{DI}}}waypoint", attrib={"x": _number(x), "y": _number(y)})
        _label(edge, label)

    def bytes(self) -> bytes:
        """The file, with what was added."""
        for diagram in self.root.iterchildren(f"{{{BPMNDI}}}BPMNDiagram"):
            etree.indent(diagram, level=1)
        return etree.tostring(self.root.getroottree(), xml_declaration=True, encoding="UTF-8") + b"\n"


def marker_of(document: Document, element: str) -> dict[str, str]:
    """The attributes that a new shape of this element needs."""
    node = document.nodes[element]
    if node.type == "exclusiveGateway":
        return {"isMarkerVisible": "true"}
    if node.type in SUB_PROCESSES:
        return {"isExpanded": "true" if document.containers.get(element) else "false"}
    return {}


def _label(parent: etree._Element, label: Rect | None) -> None:
    if label is not None:
        _bounds(etree.SubElement(parent, f"{{{BPMNDI}}}BPMNLabel"), label)


def _bounds(parent: etree._Element, rect: Rect) -> None:
    numbers = {name: _number(value) for name, value in (("x", rect.x), ("y", rect.y), ("width", rect.width), ("height", rect.height))}
    etree.SubElement(parent, f"{{{DC}}}Bounds", attrib=numbers)


def _number(value: float) -> str:
    return f"{round(value)}"
