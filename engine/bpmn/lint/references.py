"""References inside a file: everything that points somewhere must arrive."""

from collections.abc import Iterator
from typing import Final

from lxml import etree

from engine.bpmn.document import DEFINITIONS, Document, Node
from engine.bpmn.lint.rules import Both, error, warning
from engine.bpmn.lint.scene import Scene, process_of
from engine.bpmn.markup import local, referred

DANGLING: Final = error(
    "dangling-reference",
    "{what} '{target}'을(를) 찾을 수 없어요.",
    "{what} '{target}' does not exist.",
    "모델러에서 다시 연결하거나 지워 주세요.",
    "Connect it again in the modeler, or delete it.",
)
CROSSES_SCOPE: Final = error(
    "flow-crosses-boundary",
    "흐름이 하위 프로세스나 풀의 경계를 넘어요('{source}' → '{target}').",
    "The flow crosses the border of a sub-process or pool ('{source}' to '{target}').",
    "하위 프로세스 안에서 끝내고 밖에서 이어 주세요. 풀 사이에는 메시지를 쓰세요.",
    "End it inside and go on from the sub-process itself; between pools use messages.",
)
UNUSED: Final = warning(
    "definition-unused",
    "{what} '{target}'을(를) 쓰는 요소가 없어요.",
    "{what} '{target}' is used by no element.",
    "지우거나, 그것을 보내거나 받을 요소에 연결해 주세요.",
    "Delete it, or connect it to the element that is to send or catch it.",
)

SOURCE: Final = ("흐름의 출발 요소", "The flow's source")
TARGET: Final = ("흐름의 도착 요소", "The flow's target")
HOST: Final = ("경계 이벤트가 붙은 요소", "The activity that the boundary event is attached to")
DEFAULT: Final = ("기본 흐름", "The default flow")
LANE: Final = ("레인에 든 요소", "The lane's element")
ACTIVITY: Final = ("보상할 작업", "The activity to compensate")
REFERRED: Final[dict[str, Both]] = {
    "message": ("메시지", "The message"),
    "signal": ("신호", "The signal"),
    "error": ("오류", "The error"),
    "escalation": ("에스컬레이션", "The escalation"),
}


def check(scene: Scene) -> None:
    """Flows, boundary events, default flows, lanes, messages, signals, errors, escalations."""
    for document in scene.documents:
        for element, what, target in _dangling(document):
            scene.report.add(DANGLING, document.file, element, what=what, target=target[:80])
        _crossings(scene, document)
        for what, target, name in _unused(document):
            scene.report.add(UNUSED, document.file, target, what=what, target=name)


def _unused(document: Document) -> Iterator[tuple[Both, str, str]]:
    """Definitions that no attribute and no text of the file names."""
    named = {referred(str(value)) for xml in document.root.iter(etree.Element) for key, value in xml.attrib.items() if key != "id"}
    named |= {referred(xml.text.strip()) for xml in document.root.iter(etree.Element) if xml.text}
    for target, xml in document.definitions.items():
        if target not in named:
            yield REFERRED[local(xml)], target, " ".join(str(xml.get("name") or target).split())


def _dangling(document: Document) -> Iterator[tuple[str, Both, str]]:
    for flow in document.flows.values():
        if document.executable(process_of(flow.xml)):
            yield from ((flow.id, what, name) for what, name in ((SOURCE, flow.source), (TARGET, flow.target)) if name not in document.nodes)
    for lane in document.lanes.values():
        yield from ((lane.id, LANE, name) for name in lane.nodes if name not in document.ids and document.executable(lane.process_id))
    for node in document.nodes.values():
        if document.executable(node.process_id):
            yield from ((node.id, what, target) for what, target in _of_node(document, node))


def _of_node(document: Document, node: Node) -> Iterator[tuple[Both, str]]:
    host = node.attached_to or ""
    if node.type == "boundaryEvent" and (host not in document.nodes or document.nodes[host].container != node.container):
        yield HOST, host
    if node.default and node.default not in {flow.id for flow in node.outgoing}:
        yield DEFAULT, node.default
    for holder in (node.xml, *node.definitions):
        yield from _referred(document, holder)


def _referred(document: Document, holder: etree._Element) -> Iterator[tuple[Both, str]]:
    for kind in DEFINITIONS:
        target = referred(holder.get(f"{kind}Ref"))
        found = document.definitions.get(target)
        if target and (found is None or local(found) != kind):
            yield REFERRED[kind], target
    activity = referred(holder.get("activityRef"))
    if activity and activity not in document.nodes:
        yield ACTIVITY, activity


def _crossings(scene: Scene, document: Document) -> None:
    for flow in document.flows.values():
        source, target = document.nodes.get(flow.source), document.nodes.get(flow.target)
        if source and target and source.container != target.container and document.executable(source.process_id):
            scene.report.add(CROSSES_SCOPE, document.file, flow.id, source=flow.source, target=flow.target)
