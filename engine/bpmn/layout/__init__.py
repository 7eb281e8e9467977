"""Gives elements without a place in the drawing a tidy one, from left to right, lanes from top to bottom."""

from itertools import takewhile
from typing import Final

from lxml import etree

from engine.bpmn.document import GATEWAYS, Document, Node
from engine.bpmn.layout import routes
from engine.bpmn.layout.diagram import Diagram, marker_of
from engine.bpmn.layout.grid import BOUNDARY, Block, Rect, lay_out_scope
from engine.bpmn.markup import BPMN, referred

HEADER: Final = 30.0
LEFT: Final = 160.0
MARGIN: Final = 30.0
BLACK_BOX: Final = 60.0
CROWD: Final = 100_000
ARTIFACTS: Final = {"dataObjectReference": (36.0, 50.0), "dataStoreReference": (50.0, 50.0), "textAnnotation": (140.0, 40.0)}
LYING: Final = {"isHorizontal": "true"}


def lay_out(xml: bytes) -> bytes:
    """The file with a place for every element that had none; what is placed stays where it is. Raises UnsafeXml.

    A file in which nothing is missing comes back unchanged.
    """
    diagram, added = _completed(xml)
    return diagram.bytes() if added else xml


def laid_out(xml: bytes) -> etree._Element:
    """The definitions of the file, with a place for every element. Raises UnsafeXml."""
    return _completed(xml)[0].root


def _completed(xml: bytes) -> tuple[Diagram, bool]:
    document = Document("", xml)
    diagram = Diagram(document)
    before = len(diagram.places) + len(diagram.lines)
    # Comments are dropped when strangers' XML is read, but what an analyst keeps in a file must survive: checked above, read again whole.
    diagram.root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False))
    collaboration = diagram.root.find(f"{{{BPMN}}}collaboration")
    above = _above(document) if not before else []
    diagram.kept_free = len(above) * (BLACK_BOX + 2 * MARGIN)
    for process in document.processes:
        pool = _pool(document, process)
        if not document.containers[process] and pool is None:
            continue
        owner = str(collaboration.get("id")) if collaboration is not None and pool is not None else process
        _process(document, diagram, diagram.plane(owner), process, pool)
    if collaboration is not None:
        _between_pools(document, diagram, diagram.plane(str(collaboration.get("id"))), above)
    return diagram, len(diagram.places) + len(diagram.lines) > before


def _pool(document: Document, process: str) -> str | None:
    found = (str(pool.get("id")) for pool in document.participants if referred(pool.get("processRef")) == process)
    return next(found, None)


def _process(document: Document, diagram: Diagram, plane: etree._Element, process: str, pool: str | None) -> None:
    nodes = list(document.inside(process))
    missing = [node for node in nodes if node.id not in diagram.places and not _on_placed_host(diagram, node)]
    if not any(node.id in diagram.places for node in nodes) and (nodes or pool not in diagram.places):
        _whole(document, diagram, plane, process, pool, nodes)
    elif missing:
        _put(document, diagram, plane, lay_out_scope(document, missing, ()), LEFT, diagram.bottom() + 2 * MARGIN)
    _rest(document, diagram, plane, process)


def _on_placed_host(diagram: Diagram, node: Node) -> bool:
    return node.type == "boundaryEvent" and node.attached_to in diagram.places


def _whole(document: Document, diagram: Diagram, plane: etree._Element, process: str, pool: str | None, nodes: list[Node]) -> None:
    lanes = _leaves(document.processes[process]) if pool else []
    block = lay_out_scope(document, nodes, [str(lane.get("id")) for lane in lanes])
    top = diagram.bottom() + 2 * MARGIN
    x = LEFT + HEADER * (1 + max((_depth(lane) for lane in lanes), default=0)) + MARGIN if pool else LEFT
    if pool:
        height = sum(block.bands) if lanes else block.height + 2 * MARGIN
        whole = Rect(LEFT, top, max(block.width, 400) + (x - LEFT) + MARGIN, max(height, 100))
        diagram.shape(plane, pool, whole, LYING)
        _lanes(diagram, plane, lanes, block.bands, whole)
    _put(document, diagram, plane, block, x, top if lanes or not pool else top + MARGIN)


def _leaves(process: etree._Element) -> list[etree._Element]:
    """The lanes that have no lanes inside."""
    return [lane for lane in process.iter(f"{{{BPMN}}}lane") if lane.find(f"{{{BPMN}}}childLaneSet") is None and lane.get("id")]


def _depth(lane: etree._Element) -> int:
    """1 for a lane of the pool, 2 for one inside of that."""
    return 1 + sum(1 for _ in lane.iterancestors(f"{{{BPMN}}}lane"))


def _lanes(diagram: Diagram, plane: etree._Element, lanes: list[etree._Element], bands: list[float], pool: Rect) -> None:
    """Each lane in its band; a lane with lanes inside is as high as these together, and begins further left."""
    rects: dict[etree._Element, Rect] = {}
    top = pool.y
    for leaf, height in zip(lanes, bands, strict=False):
        for lane in (leaf, *leaf.iterancestors(f"{{{BPMN}}}lane")):
            x, begun = pool.x + HEADER * _depth(lane), rects.get(lane)
            rects[lane] = Rect(x, begun.y if begun else top, pool.right - x, (begun.height if begun else 0) + height)
        top += height
    for lane, rect in sorted(rects.items(), key=lambda item: item[1].x):
        if lane.get("id"):
            diagram.shape(plane, str(lane.get("id")), rect, LYING)


def _put(document: Document, diagram: Diagram, plane: etree._Element, block: Block, x: float, y: float) -> None:
    for name, place in block.places.items():
        rect = place.moved(x, y)
        diagram.shape(plane, name, rect, marker_of(document, name), _name(document.nodes[name], rect))


def _name(node: Node, rect: Rect) -> Rect | None:
    """Where a name stands that a flow would cross below: above a gateway, beside a boundary event; None: where it always goes."""
    if node.type in GATEWAYS:
        return Rect(rect.cx - 45, rect.y - 20, 90, 14)
    return Rect(rect.cx + 3, rect.bottom + 1, BOUNDARY - 6, 14) if node.type == "boundaryEvent" else None


def _rest(document: Document, diagram: Diagram, plane: etree._Element, process: str) -> None:
    """What is inside sub-processes that have a place, boundary events on placed hosts, data and notes, and all lines."""
    nodes = [node for node in document.nodes.values() if node.process_id == process and not diagram.hidden(node.container)]
    for node in nodes:
        host = diagram.places.get(node.attached_to or "")
        if node.id not in diagram.places and host is not None:
            diagram.shape(plane, node.id, Rect(host.cx - 18, host.bottom - 18, 36, 36))
    lost = [node for node in nodes if node.id not in diagram.places]
    if lost:
        _put(document, diagram, plane, lay_out_scope(document, lost, ()), LEFT, diagram.bottom() + 2 * MARGIN)
    _artifacts(document, diagram, plane, process)
    for container in dict.fromkeys(node.container for node in nodes):
        _lines(document, diagram, plane, list(document.inside(container)))


def _artifacts(document: Document, diagram: Diagram, plane: etree._Element, process: str) -> None:
    x, y = LEFT + 2 * HEADER, diagram.bottom() + MARGIN
    for kind, (width, height) in ARTIFACTS.items():
        for item in document.processes[process].iter(f"{{{BPMN}}}{kind}"):
            name = str(item.get("id") or "")
            if name and name not in diagram.places:
                diagram.shape(plane, name, Rect(x, y, width, height))
                x += width + MARGIN * 2
    for item in document.processes[process].iter(f"{{{BPMN}}}association"):
        _line(diagram, plane, item)


def _lines(document: Document, diagram: Diagram, plane: etree._Element, nodes: list[Node]) -> None:
    """The flows of one scope; in a crowd they run straight on, because looking for a free way would take too long."""
    scope = [diagram.places[node.id] for node in nodes if node.id in diagram.places and node.type != "boundaryEvent"]
    crowded = len(scope) * sum(len(node.outgoing) for node in nodes) > CROWD
    for node in nodes:
        for flow in node.outgoing:
            if flow.source in diagram.places and flow.target in diagram.places and flow.id not in diagram.lines:
                ends = diagram.places[flow.source], diagram.places[flow.target]
                way = routes.flow(*ends, () if crowded else scope, from_border=node.type == "boundaryEvent")
                diagram.edge(plane, flow.id, way, _label(way))


def _label(way: list[routes.Point]) -> Rect | None:
    """Where the name of a flow goes: above the last stretch of a branch, below the long stretch of a way around; None: where it always goes."""
    if len(way) == 3:
        return Rect((way[1][0] + way[2][0]) / 2 - 45, way[2][1] - 18, 90, 14)
    if len(way) == 4 and way[0][0] == way[1][0]:
        return Rect((way[1][0] + way[2][0]) / 2 - 45, way[1][1] + 4, 90, 14)
    return None


def _line(diagram: Diagram, plane: etree._Element, item: etree._Element) -> None:
    source, target = (diagram.places.get(referred(item.get(name))) for name in ("sourceRef", "targetRef"))
    if source and target and item.get("id"):
        diagram.edge(plane, str(item.get("id")), routes.between(source, target))


def _above(document: Document) -> list[str]:
    """The black boxes that the file names before its first process: they stand on top of the drawing."""
    first = takewhile(lambda pool: not pool.get("processRef"), document.participants)
    return [str(pool.get("id")) for pool in first if pool.get("id")] if document.processes else []


def _between_pools(document: Document, diagram: Diagram, plane: etree._Element, above: list[str]) -> None:
    width = max((rect.right for rect in diagram.places.values()), default=600 + LEFT) - LEFT
    for place, name in enumerate(above):
        diagram.shape(plane, name, Rect(LEFT, 20 + 2 * MARGIN + place * (BLACK_BOX + 2 * MARGIN), width, BLACK_BOX), LYING)
    for pool in document.participants:
        if pool.get("id") and not pool.get("processRef"):
            diagram.shape(plane, str(pool.get("id")), Rect(LEFT, diagram.bottom() + 2 * MARGIN, width, BLACK_BOX), LYING)
    for item in document.root.iter(f"{{{BPMN}}}messageFlow", f"{{{BPMN}}}association"):
        _line(diagram, plane, item)
