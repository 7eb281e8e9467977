"""The `baton:` properties: misspelled ones, and those at elements where they do nothing."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from lxml import etree

from engine.bpmn.document import EVENTS, FLOW_NODES, Document
from engine.bpmn.lint.rules import warning
from engine.bpmn.lint.scene import Scene
from engine.bpmn.markup import properties

UNKNOWN: Final = warning(
    "unknown-baton-property",
    "속성 '{name}'은(는) 없는 이름이라 무시돼요.",
    "There is no property '{name}', so it is ignored.",
    "{near}쓸 수 있는 이름: {names}.",
    "{near}The names are: {names}.",
)
NO_EFFECT: Final = warning(
    "baton-property-without-effect",
    "속성 '{name}'은(는) 이 요소({kind})에서는 아무 일도 하지 않아요.",
    "The property '{name}' does nothing on a {kind}.",
    "다음 요소로 옮기거나 지워 주세요: {places}.",
    "Move it to one of: {places}; or delete it.",
)

PROCESS: Final = frozenset({"process"})
FORMS: Final = frozenset({"startEvent", "userTask"})
JOBS: Final = frozenset({"serviceTask", "sendTask", "scriptTask", "businessRuleTask"})
SENDERS: Final = frozenset({"sendTask", "intermediateThrowEvent", "endEvent", "serviceTask"})
PLACES: Final[dict[str, frozenset[str] | None]] = {
    "baton:case": PROCESS,
    "baton:subject": PROCESS,
    "baton:facts": PROCESS,
    "baton:saves": FORMS,
    "baton:submitLabel.ko": FORMS,
    "baton:submitLabel.en": FORMS,
    "baton:status": FLOW_NODES,
    "baton:event": FLOW_NODES,
    "baton:answer": FLOW_NODES,
    "baton:payload": FLOW_NODES,
    "baton:sync": JOBS,
    "baton:calendar": EVENTS | {"userTask"},
    "baton:timeToLive": SENDERS,
    "baton:label.en": None,
}


def check(scene: Scene) -> None:
    """Every `baton:` property of every executable process."""
    for document in scene.documents:
        for element, kind, names in _bearers(document):
            for name in names:
                _property(scene, document.file, element, kind, name)


def _bearers(document: Document) -> Iterator[tuple[str, str, list[str]]]:
    for name, xml in document.processes.items():
        yield name, "process", _own(xml)
    for node in document.nodes.values():
        yield node.id, node.type, _own(node.xml)
    for flow in document.flows.values():
        yield flow.id, "sequenceFlow", _own(flow.xml)


def _own(xml: etree._Element) -> list[str]:
    return [name for name in properties(xml) if name.startswith("baton:")]


def _property(scene: Scene, file: str, element: str, kind: str, name: str) -> None:
    if name not in PLACES:
        near = [(f"혹시 '{found}'인가요? ", f"Did you mean '{found}'? ") for found in get_close_matches(name[:60], PLACES, 1)]
        scene.report.add(UNKNOWN, file, element, name=name[:60], near=near[0] if near else ("", ""), names=", ".join(PLACES))
        return
    places = PLACES[name]
    if places is not None and kind not in places:
        scene.report.add(NO_EFFECT, file, element, name=name, kind=kind, places=", ".join(sorted(places)))
