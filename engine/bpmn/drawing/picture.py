"""Puts a diagram together: what is painted in which order, and which marks a running instance leaves on it."""

from collections.abc import Iterator, Mapping
from typing import Final

from lxml import etree

from engine.bpmn.document import SUB_PROCESSES
from engine.bpmn.drawing import flows, icons, shapes
from engine.bpmn.drawing.diagram import Box, Diagram, Edge, Shape
from engine.bpmn.drawing.labels import label
from engine.bpmn.drawing.pen import DONE, INK, NOTHING, SVG, TOKEN, Node, group, node, number
from engine.bpmn.drawing.steps import States

MARGIN: Final = 12
CROP: Final = (380.0, 300.0)
CLASSES: Final = {"now": "token", "done": "done", "incident": "incident", "todo": ""}
CONTAINERS: Final = {"participant": 0, "lane": 1}
ON_TOP: Final = {"group": 90, "textAnnotation": 91, "association": 92, "dataInputAssociation": 92, "dataOutputAssociation": 92, "messageFlow": 93}


def paint(diagram: Diagram, states: States, heat: Mapping[str, int], lang: str, texts: tuple[str, str], crop_to: str | None) -> str:
    """The SVG document as text: `texts` are its title and description, `crop_to` the element it is cut around."""
    view = _view(diagram, crop_to)
    svg = etree.Element(f"{{{SVG}}}svg", nsmap={None: SVG})  # type: ignore[dict-item]
    svg.set("viewBox", " ".join(number(value) for value in (view.x, view.y, view.width, view.height)))
    svg.set("role", "img")
    for tag, text in zip(("title", "desc"), texts, strict=True):
        node(svg, tag).text = text
    canvas = node(svg, "g", fill=NOTHING, stroke=INK, stroke_width=2, stroke_linecap="round", stroke_linejoin="round")
    visible = [item for item in _back_to_front(diagram) if item.box.touches(view)]
    for item in visible:
        _item(canvas, item, diagram, states, heat, lang)
    for item in visible:
        _label(canvas, item, lang)
    return etree.tostring(svg, encoding="unicode")


def _view(diagram: Diagram, crop_to: str | None) -> Box:
    whole = diagram.box()
    whole = Box(whole.x - MARGIN, whole.y - MARGIN, whole.width + 2 * MARGIN, whole.height + 2 * MARGIN)
    target = next((shape.box for shape in diagram.shapes if shape.id == crop_to), None) if crop_to else None
    if target is None:
        return whole
    width, height = min(max(CROP[0], target.width + 120), whole.width), min(max(CROP[1], target.height + 120), whole.height)
    x = min(max(target.middle[0] - width / 2, whole.x), whole.right - width)
    y = min(max(target.middle[1] - height / 2, whole.y), whole.bottom - height)
    return Box(x, y, width, height)


def _back_to_front(diagram: Diagram) -> list[Shape | Edge]:
    collapsed = {shape.id for shape in diagram.shapes if shape.kind in SUB_PROCESSES and not shape.expanded}
    items: list[Shape | Edge] = [*diagram.shapes, *diagram.edges]
    shown = [item for item in items if collapsed.isdisjoint(_scopes(item.element))]
    return sorted(shown, key=_layer)


def _scopes(element: Node) -> Iterator[str]:
    for ancestor in element.iterancestors():
        yield ancestor.get("id") or ""


def _layer(item: Shape | Edge) -> tuple[float, float]:
    if item.kind in CONTAINERS:
        return CONTAINERS[item.kind], -item.box.width * item.box.height
    if item.kind in ON_TOP:
        return 1000 + ON_TOP[item.kind], 0
    depth = sum(1 for _ in item.element.iterancestors())
    return depth * 3 + (0 if isinstance(item, Edge) else 2 if item.kind == "boundaryEvent" else 1), 0


def _item(canvas: Node, item: Shape | Edge, diagram: Diagram, states: States, heat: Mapping[str, int], lang: str) -> None:
    state = states.of(item.id)
    drawn = group(canvas, item.box.x, item.box.y) if isinstance(item, Shape) else group(canvas)
    warmth = _warmth(heat, item.id)
    drawn.set("class", " ".join(filter(None, (item.kind, CLASSES[state], warmth))))
    drawn.set("data-element-id", item.id)
    if isinstance(item, Shape):
        shapes.draw(drawn, item, "" if item.kind in shapes.LABEL_OUTSIDE else label(item.element, lang))
    else:
        flows.draw(drawn, item, diagram.elements)
    if isinstance(item, Shape):
        _mark(drawn, state, warm=bool(warmth) or item.expanded)
    elif state != "todo":
        _colour(drawn)
    if isinstance(item, Shape) and (state == "incident" or warmth):
        icons.badge(drawn, "!" if state == "incident" else str(heat[item.id]), item.box.width, 0)


def _mark(drawn: Node, state: str, *, warm: bool) -> None:
    body = drawn[0]
    if state == "done":
        body.set("stroke", DONE)
        body.set("stroke-width", "3")
    elif state in ("now", "incident"):
        body.set("stroke", TOKEN)
        body.set("stroke-width", "4")
        if not warm:
            body.set("fill", TOKEN)
            body.set("fill-opacity", ".1")


def _colour(drawn: Node) -> None:
    """A flow that was taken, with its arrow."""
    drawn.set("stroke", DONE)
    for part in drawn:
        if part.get("fill") == INK:
            part.set("fill", DONE)


def _warmth(heat: Mapping[str, int], element_id: str) -> str:
    if not heat.get(element_id):
        return ""
    return f"heat-{max(1, -(-5 * heat[element_id] // max(heat.values())))}"


def _label(canvas: Node, item: Shape | Edge, lang: str) -> None:
    text = label(item.element, lang)
    if text and isinstance(item, Edge):
        flows.label(canvas, item, text)
    elif text and isinstance(item, Shape) and item.kind in shapes.LABEL_OUTSIDE:
        shapes.outside_label(canvas, item, text)
