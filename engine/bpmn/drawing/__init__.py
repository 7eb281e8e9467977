"""Draws a BPMN diagram on the server: SVG from the layout part of the file, and the same as a list of steps."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from engine.bpmn.drawing.diagram import Diagram, Node, participants, read
from engine.bpmn.drawing.labels import label
from engine.bpmn.drawing.picture import paint
from engine.bpmn.drawing.steps import States, Step, steps
from engine.bpmn.layout import laid_out
from engine.bpmn.markup import BPMN, referred
from engine.bpmn.model import Model
from engine.xml import parse_xml

__all__ = ["Drawing", "Step", "draw"]


@dataclass(frozen=True)
class Drawing:
    """A picture (`svg`, colours by CSS variables), its name, and its text twin."""

    svg: str
    title: str
    steps: list[Step]


def draw(
    source: bytes | Model,
    process_id: str | None = None,
    *,
    tokens: Collection[str] = (),
    done: Collection[str] = (),
    incidents: Collection[str] = (),
    heat: Mapping[str, int] | None = None,
    lang: str = "ko",
    crop_to: str | None = None,
) -> Drawing:
    """Draw the diagram that shows `process_id` (default: the file's first diagram) of a file or of a model; a model needs the process.

    `tokens`, `done` and `incidents` are element ids; an element in several of them shows the most urgent. `heat` counts per element, shown as
    a number and the classes `heat-1` to `heat-5`. `crop_to` cuts the picture around an element. A file without layout is laid out first.
    Raises UnsafeXml for bytes that are no safe XML.
    """
    xml = source if isinstance(source, bytes) else source.files[source.processes[process_id or ""].file]
    definitions, diagram = _diagram(xml, process_id)
    states = States(frozenset(tokens), frozenset(done), frozenset(incidents))
    listed = steps(definitions, process_id, states, lang)
    title = _title(definitions, diagram, process_id, lang)
    return Drawing(paint(diagram, states, heat or {}, lang, (title, _description(listed, lang)), crop_to), title, listed)


@lru_cache(maxsize=16)
def _diagram(xml: bytes, process_id: str | None) -> tuple[Node, Diagram]:
    # Read by many requests for the same file, and only ever read.
    definitions = parse_xml(xml, "BPMN")
    diagram = read(definitions, process_id)
    if not diagram.shapes:
        definitions = laid_out(xml)
        diagram = read(definitions, process_id)
    return definitions, diagram


def _title(definitions: Node, diagram: Diagram, process_id: str | None, lang: str) -> str:
    named = [item for item in definitions.iterchildren(f"{{{BPMN}}}process") if process_id in (None, item.get("id"))]
    pools = [pool for pool in participants(definitions) if process_id in (None, referred(pool.get("processRef")))]
    candidates = [*named, *pools] if diagram.root is None else [*named, *pools, diagram.root]
    return next((text for item in candidates if (text := label(item, lang))), "프로세스 그림" if lang == "ko" else "Process diagram")


def _description(listed: list[Step], lang: str) -> str:
    words = {"now": ("지금", "Now"), "incident": ("멈춤", "Stopped"), "done": ("끝남", "Done")}
    parts = []
    for state, (korean, english) in words.items():
        names = ", ".join(step.label for step in listed if step.state == state)
        if names:
            parts.append(f"{english if lang == 'en' else korean}: {names}.")
    return " ".join(parts)
