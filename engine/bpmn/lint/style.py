"""What runs all the same: layout, languages, roles, attributes of other products."""

from typing import Final

from engine.bpmn.document import Document, Node
from engine.bpmn.layout.diagram import Diagram
from engine.bpmn.lint.rules import Both, called, error, warning
from engine.bpmn.lint.scene import Scene
from engine.bpmn.markup import properties

CAMUNDA_7: Final = "{http://camunda.org/schema/1.0/bpmn}"
WEB_MODELER: Final = f"{CAMUNDA_7}diagramRelationId"
SHOWN: Final = 8

NO_LAYOUT: Final = warning(
    "missing-layout",
    "요소 {count}개에 그림 위치가 없어요: {names}.",
    "{count} elements have no place in the drawing: {names}.",
    "baton lint --fix로 자동 배치하거나 모델러에서 놓아 주세요.",
    "Let 'baton lint --fix' lay them out, or place them in the modeler.",
)
NO_ENGLISH: Final = warning(
    "missing-english-label",
    "영어 이름이 없는 요소가 {count}개 있어요: {names}.",
    "{count} elements have no English label: {names}.",
    "속성 baton:label.en에 영어 이름을 적어 주세요.",
    "Write the property baton:label.en.",
)
NO_ROLE: Final = warning(
    "user-task-without-role",
    "사용자 업무 '{name}'을(를) 누가 할지 정해지지 않았어요.",
    "Nobody is set to do user task '{name}'.",
    "역할이 있는 레인에 놓거나 담당자·후보 그룹을 적어 주세요.",
    "Put it into a lane that has a role, or write an assignee or candidate groups.",
)
UNKNOWN_ROLE: Final = error(
    "unknown-role",
    "'{name}': 역할 '{role}'이(가) 앱에 없어 아무도 이 업무를 볼 수 없어요.",
    "'{name}': the app has no role '{role}', so nobody would see this task.",
    "app.toml의 역할 id로 바꾸거나 역할을 더해 주세요.",
    "Use a role id of app.toml, or add the role there.",
)
FOREIGN: Final = warning(
    "camunda-7-attributes",
    "Camunda 7 확장 속성이 {count}군데 있어요. Baton은 읽지 않아요.",
    "There are Camunda 7 extension attributes in {count} places; Baton does not read them.",
    "Camunda 8(zeebe) 확장으로 옮겨 주세요.",
    "Move them to the Camunda 8 (zeebe) extensions.",
)
ABSTRACT: Final = warning(
    "task-does-nothing",
    "'{name}'은(는) 하는 일이 없는 작업이라 그냥 지나가요.",
    "'{name}' is a task without a type: it is passed through.",
    "사람이 할 일이면 사용자 업무로, 자동이면 서비스 작업으로 바꿔 주세요.",
    "Make it a user task or a service task.",
)


def check(scene: Scene) -> None:
    """Every file; roles and task types of executable processes."""
    for document in scene.documents:
        _layout(scene, document)
        _foreign(scene, document)
    for name, document in scene.processes.items():
        _english(scene, document, name)
    for document, node in scene.nodes():
        if node.type == "userTask":
            _role(scene, document, node)
        elif node.type in ("task", "manualTask"):
            scene.report.add(ABSTRACT, document.file, node.id, name=called(node))


def _layout(scene: Scene, document: Document) -> None:
    diagram = Diagram(document)
    missing = [node.id for node in document.nodes.values() if node.id not in diagram.places and not diagram.hidden(node.container)]
    for flow in document.flows.values():
        source = document.nodes.get(flow.source)
        if flow.id not in diagram.lines and source is not None and not diagram.hidden(source.container):
            missing.append(flow.id)
    if missing:
        scene.report.add(NO_LAYOUT, document.file, missing[0], count=str(len(missing)), names=_some(missing))


def _foreign(scene: Scene, document: Document) -> None:
    places = sum(any(map(_says_something, (str(xml.tag), *map(str, xml.attrib)))) for xml in document.root.iter("{*}*"))
    if places:
        scene.report.add(FOREIGN, document.file, "", count=str(places))


def _says_something(name: str) -> bool:
    """The web modeler's own mark on a file for Camunda 8 changes nothing that runs."""
    return name.startswith(CAMUNDA_7) and name != WEB_MODELER


def _english(scene: Scene, document: Document, process: str) -> None:
    nodes = document.nodes_of[process]
    names = [called(node) for node in nodes if not node.name.isascii() and not node.properties.get("baton:label.en")]
    xml = document.processes[process]
    if not str(xml.get("name") or "").isascii() and not properties(xml).get("baton:label.en"):
        names.insert(0, str(xml.get("name")))
    if names:
        scene.report.add(NO_ENGLISH, document.file, process, count=str(len(names)), names=_some(names))


def _role(scene: Scene, document: Document, node: Node) -> None:
    who = node.extension("assignmentDefinition")
    groups = str(who.get("candidateGroups") or "").strip() if who is not None else ""
    if scene.known.roles is not None and groups and not groups.startswith("="):
        for role in (group.strip() for group in groups.split(",")):
            if role and role not in scene.known.roles:
                scene.report.add(UNKNOWN_ROLE, document.file, node.id, name=called(node), role=role)
    assigned = who is not None and any(who.get(name) for name in ("assignee", "candidateGroups", "candidateUsers"))
    in_lane = node.lane is not None and (scene.known.lanes is None or node.lane in scene.known.lanes)
    if not assigned and not in_lane:
        scene.report.add(NO_ROLE, document.file, node.id, name=called(node))


def _some(names: list[str]) -> Both:
    shown, more = ", ".join(names[:SHOWN]), len(names) - SHOWN
    return (f"{shown} 외 {more}개", f"{shown} and {more} more") if more > 0 else (shown, shown)
