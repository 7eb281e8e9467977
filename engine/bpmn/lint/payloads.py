"""What events tell others: `baton:payload` beside `baton:event`, and the inputs of `event.publish`; never anybody's personal data."""

from collections.abc import Iterator, Sequence
from typing import Final

from engine import feel
from engine.bpmn.document import Document, Node
from engine.bpmn.lint.expressions import EXPRESSION
from engine.bpmn.lint.implementation import attribute
from engine.bpmn.lint.rules import error, warning
from engine.bpmn.lint.scene import Scene
from engine.bpmn.lint.values import of_node
from engine.bpmn.markup import properties

WITHOUT_EVENT: Final = warning(
    "payload-without-event",
    "'{name}'에 baton:payload가 있지만 baton:event가 없어 아무 데도 전해지지 않아요.",
    "'{name}' has a baton:payload but no baton:event, so nobody is told.",
    "baton:event에 이벤트 이름을 적거나 baton:payload를 지워 주세요.",
    "Name the event in baton:event, or delete baton:payload.",
)
UNKNOWN_FIELD: Final = error(
    "payload-unknown-field",
    "이벤트에 담을 '{field}'은(는) 이 프로세스의 레코드에 없는 필드예요.",
    "The event is to carry '{field}', which is no field of this process's record.",
    "{case}의 필드를 쉼표로 이어 적거나, =로 시작하는 FEEL 컨텍스트를 적어 주세요. 예: = {{qty: order.qty}}",
    "Write fields of {case} with commas between, or a FEEL context that begins with =, such as = {{qty: order.qty}}.",
)
PERSONAL: Final = error(
    "payload-personal",
    "이벤트가 개인정보 '{path}'을(를) 다른 앱에 전하게 돼요.",
    "The event would tell other apps '{path}', which is personal data.",
    "이 필드를 빼 주세요. 받는 쪽은 업무 번호(event.business_key)로 물어볼 수 있어요.",
    "Leave that field out; who needs more can ask by the number (event.business_key).",
)


def check(scene: Scene) -> None:
    """Every drawn event of every executable process."""
    for document, node in scene.nodes():
        _payload(scene, document, node)
        if attribute(node, "taskDefinition", "type") == "event.publish":
            for value in of_node(document, node):
                if value.expression is not None and value.what.startswith("input "):
                    _expression(scene, document, node, value.what, value.expression)


def _payload(scene: Scene, document: Document, node: Node) -> None:
    text = node.properties.get("baton:payload", "").strip()
    if not text:
        return
    if not node.properties.get("baton:event"):
        scene.report.add(WITHOUT_EVENT, document.file, node.id, name=node.name or node.id)
    if text.startswith("="):
        _expression(scene, document, node, "baton:payload", " " + text[1:])
    elif scene.known.records is not None:
        _fields(scene, document, node, [name.strip() for name in text.split(",") if name.strip()])


def _fields(scene: Scene, document: Document, node: Node, names: Sequence[str]) -> None:
    case = _case(document, node)
    fields = (scene.known.records or {}).get(case, ())
    for name in names:
        if name not in fields:
            scene.report.add(UNKNOWN_FIELD, document.file, node.id, field=name[:80], case=case or "baton:case")
        elif name in scene.known.personal.get(case, ()):
            scene.report.add(PERSONAL, document.file, node.id, path=f"{case}.{name}")


def _expression(scene: Scene, document: Document, node: Node, what: str, text: str) -> None:
    try:
        compiled = feel.compile(text)
    except feel.FeelError as problem:
        if what == "baton:payload":  # others are reported where all expressions are
            scene.report.add(EXPRESSION, document.file, node.id, what=what, problem=(problem.ko, str(problem)), hint_ko="", hint_en="")
        return
    for path in compiled.paths_read:
        for personal in _personal(scene, _case(document, node), path):
            scene.report.add(PERSONAL, document.file, node.id, path=personal)


def _personal(scene: Scene, case: str, path: Sequence[str]) -> Iterator[str]:
    """The personal fields that a path goes through; a submitted field is a variable of its own name."""
    root, *steps = path
    if root in scene.known.personal.get(case, ()):
        yield root
    collection = root
    for step in steps:
        if step in scene.known.personal.get(collection, ()):
            yield ".".join(path)
        collection = scene.known.refers.get(collection, {}).get(step, "")


def _case(document: Document, node: Node) -> str:
    return properties(document.processes[node.process_id]).get("baton:case", "")
