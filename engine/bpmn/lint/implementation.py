"""What a task or event needs in order to do something: a job type, a script, a decision, a message, a form."""

from collections.abc import Collection
from typing import Final

from engine.bpmn.dialect import EMBEDDED, embedded_form, form_of, stands_inside
from engine.bpmn.document import Document, Node
from engine.bpmn.lint.known import CONNECTORS
from engine.bpmn.lint.rules import Rule, called, error, warning
from engine.bpmn.lint.scene import Scene, is_start, text_child
from engine.bpmn.markup import extension

JOB_TYPE: Final = error(
    "missing-job-type",
    "'{name}': 무엇을 실행할지(작업 유형)가 없어요.",
    "'{name}' does not say what to run: it has no job type.",
    "요소 템플릿에서 연결을 고르거나 작업 유형(taskDefinition type)을 적어 주세요.",
    "Choose a connector template, or write a job type (taskDefinition type).",
)
UNKNOWN_JOB_TYPE: Final = warning(
    "unknown-job-type",
    "'{name}': 작업 유형 '{type}'은(는) Baton에 없어요. 바깥 작업자가 맡아야 해요.",
    "'{name}': Baton has no job type '{type}'; an external worker must serve it.",
    "바깥 작업자가 없다면 다음 중에서 골라 주세요: {types}.",
    "If no external worker serves it, choose one of: {types}.",
)
SCRIPT: Final = error(
    "missing-script",
    "스크립트 작업 '{name}'에 FEEL 식이 없어요.",
    "Script task '{name}' has no FEEL expression.",
    "FEEL 식(script expression)을 적어 주세요. 다른 언어의 스크립트는 실행하지 않아요.",
    "Write a FEEL expression; scripts in other languages are not run.",
)
RESULT: Final = warning(
    "missing-result-variable",
    "'{name}'의 결과를 담을 변수(resultVariable)가 없어 결과가 버려져요.",
    "'{name}' has no resultVariable, so its result is lost.",
    "결과 변수 이름을 적어 주세요.",
    "Name a result variable.",
)
DECISION: Final = error(
    "missing-decision",
    "규칙 작업 '{name}'이(가) 어떤 의사결정을 부를지 없어요.",
    "Business rule task '{name}' does not say which decision it calls.",
    "의사결정 id(calledDecision decisionId)를 적어 주세요.",
    "Write the id of a decision (calledDecision decisionId).",
)
UNKNOWN_DECISION: Final = error(
    "unknown-decision",
    "'{name}': 의사결정 '{target}'이(가) 없어요.",
    "'{name}': there is no decision '{target}'.",
    "앱의 DMN 파일에 있는 의사결정 id로 바꾸거나 DMN 파일을 넣어 주세요.",
    "Use the id of a decision in the app's DMN files, or add the file.",
)
CALLED: Final = error(
    "missing-called-process",
    "'{name}': 어떤 프로세스를 부를지 없어요.",
    "'{name}' does not say which process it calls.",
    "부를 프로세스의 id(calledElement processId)를 적어 주세요.",
    "Write the id of the process to call (calledElement processId).",
)
UNKNOWN_CALLED: Final = error(
    "unknown-process",
    "'{name}': 프로세스 '{target}'이(가) 앱에 없어요.",
    "'{name}': the app has no process '{target}'.",
    "앱의 그림에 있는 실행 가능한 프로세스 id로 바꿔 주세요.",
    "Use the id of an executable process in the app's drawings.",
)
NO_FORM: Final = warning(
    "user-task-without-form",
    "사용자 업무 '{name}'에 폼이 없어요. 버튼만 있는 화면이 보여요.",
    "User task '{name}' has no form; people see only a button.",
    "폼을 연결해 주세요(formDefinition formId).",
    "Link a form (formDefinition formId).",
)
UNKNOWN_FORM: Final = error(
    "unknown-form",
    "'{name}': 폼 '{target}'이(가) 없어요.",
    "'{name}': there is no form '{target}'.",
    "앱의 forms 폴더에 폼 파일을 넣거나 폼 id를 고쳐 주세요.",
    "Add the form file to the app's forms folder, or correct the form id.",
)
MESSAGE: Final = error(
    "missing-message",
    "'{name}': 메시지나 메시지 이름이 없어요.",
    "'{name}' has no message, or its message has no name.",
    "메시지를 고르고 이름을 적어 주세요. 보내는 쪽은 작업 유형을 대신 적어도 돼요.",
    "Choose a message and name it; a sending element may have a job type instead.",
)
CORRELATION: Final = error(
    "message-without-correlation-key",
    "메시지 '{message}'에 상관 키가 없어 '{name}'이(가) 누구의 메시지인지 알 수 없어요.",
    "Message '{message}' has no correlation key, so '{name}' cannot tell whose message it is.",
    "메시지의 상관 키(subscription correlationKey)에 FEEL 식을 적어 주세요. 예: =subscription.id",
    "Write a FEEL correlation key on the message, such as =subscription.id",
)
CODE: Final = error(
    "missing-event-reference",
    "'{name}': 던질 {kind}의 정의나 {part}이(가) 없어요.",
    "'{name}' does not say which {kind} it throws: the definition or its {part} is missing.",
    "정의를 고르고 {part}을(를) 적어 주세요.",
    "Choose the definition and fill in its {part}.",
)
CAUGHT_CODE: Final = error(
    "catch-code-is-expression",
    "'{name}': 받는 {kind}의 코드가 식이라 아무것도 받지 못해요.",
    "'{name}' catches a code that is an expression, so it would never match.",
    "코드를 그대로 적어 주세요. 모두 받으려면 비워 두세요.",
    "Write the code itself; leave it out to catch every one.",
)
CONDITION: Final = error(
    "missing-event-condition",
    "조건 이벤트 '{name}'에 조건이 없어요.",
    "Conditional event '{name}' has no condition.",
    "FEEL 조건을 적어 주세요.",
    "Write a FEEL condition.",
)

PARTS: Final = {"signal": ("이름", "name"), "error": ("코드", "code"), "escalation": ("코드", "code")}
ATTRIBUTES: Final = {"signal": "name", "error": "errorCode", "escalation": "escalationCode"}
KINDS: Final = {"signal": ("신호", "signal"), "error": ("오류", "error"), "escalation": ("에스컬레이션", "escalation")}


def check(scene: Scene) -> None:
    """Every task and event that will be executed."""
    for document, node in scene.nodes():
        if node.type in ("serviceTask", "sendTask", "businessRuleTask", "scriptTask"):
            _task(scene, document, node)
        elif node.type == "userTask" or (node.type == "startEvent" and form_of(node)):
            _form(scene, document, node)
        elif node.type == "adHocSubProcess" and node.extension("taskDefinition") is not None:
            _leader(scene, document, node)
        elif node.type == "callActivity":
            _reference(scene, document, node, CALLED, UNKNOWN_CALLED, attribute(node, "calledElement", "processId"), _processes(scene))
        if node.event == "message" or node.type in ("sendTask", "receiveTask"):
            _message(scene, document, node)
        elif node.event in PARTS:
            _code(scene, document, node)
        elif node.event == "conditional" and not text_child(node.definition, "condition"):
            scene.report.add(CONDITION, document.file, node.id, name=called(node))


def attribute(node: Node, element: str, name: str) -> str:
    """The attribute of an extension element, "" without either."""
    found = node.extension(element)
    return str(found.get(name) or "").strip() if found is not None else ""


def _processes(scene: Scene) -> set[str] | None:
    return None if scene.known.processes is None else {*scene.known.processes, *scene.processes}


def _task(scene: Scene, document: Document, node: Node) -> None:
    job_type = attribute(node, "taskDefinition", "type")
    if job_type:
        _job_type(scene, document, node, job_type)
    elif node.type == "serviceTask":
        scene.report.add(JOB_TYPE, document.file, node.id, name=called(node))
    elif node.type == "scriptTask":
        _script(scene, document, node)
    elif node.type == "businessRuleTask":
        target = attribute(node, "calledDecision", "decisionId")
        _reference(scene, document, node, DECISION, UNKNOWN_DECISION, target, scene.known.decisions)
        _result(scene, document, node, "calledDecision")


def _leader(scene: Scene, document: Document, node: Node) -> None:
    job_type = attribute(node, "taskDefinition", "type")
    if job_type:
        _job_type(scene, document, node, job_type)
    else:
        scene.report.add(JOB_TYPE, document.file, node.id, name=called(node))


def _job_type(scene: Scene, document: Document, node: Node, job_type: str) -> None:
    if not job_type.startswith("=") and job_type not in CONNECTORS | set(scene.known.job_types):
        facts = {"name": called(node), "type": job_type, "types": ", ".join(sorted(CONNECTORS))}
        scene.report.add(UNKNOWN_JOB_TYPE, document.file, node.id, **facts)


def _script(scene: Scene, document: Document, node: Node) -> None:
    if not attribute(node, "script", "expression"):
        scene.report.add(SCRIPT, document.file, node.id, name=called(node))
    else:
        _result(scene, document, node, "script")


def _result(scene: Scene, document: Document, node: Node, element: str) -> None:
    if node.extension(element) is not None and not attribute(node, element, "resultVariable"):
        scene.report.add(RESULT, document.file, node.id, name=called(node))


def _reference(scene: Scene, document: Document, node: Node, missing: Rule, unknown: Rule, target: str, known: Collection[str] | None) -> None:
    if not target:
        scene.report.add(missing, document.file, node.id, name=called(node))
    elif known is not None and not target.startswith("=") and target not in known:
        scene.report.add(unknown, document.file, node.id, name=called(node), target=target)


def _form(scene: Scene, document: Document, node: Node) -> None:
    form = form_of(node)
    if not form:
        scene.report.add(NO_FORM, document.file, node.id, name=called(node))
    elif stands_inside(document, node, form):
        if embedded_form(document, node.process_id, form.removeprefix(EMBEDDED)) is None:
            scene.report.add(UNKNOWN_FORM, document.file, node.id, name=called(node), target=form)
    elif scene.known.forms is not None and not form.startswith("=") and form not in scene.known.forms:
        scene.report.add(UNKNOWN_FORM, document.file, node.id, name=called(node), target=form)


def _message(scene: Scene, document: Document, node: Node) -> None:
    sends = node.type in ("sendTask", "endEvent", "intermediateThrowEvent")
    job_type = attribute(node, "taskDefinition", "type")
    if sends and job_type:
        if node.type != "sendTask":
            _job_type(scene, document, node, job_type)
        return
    message = document.definitions.get(node.reference or "")
    if message is None or not message.get("name"):
        scene.report.add(MESSAGE, document.file, node.id, name=called(node))
        return
    subscription = extension(message, "subscription")
    has_key = subscription is not None and (subscription.get("correlationKey") or "").strip()
    if not sends and not has_key and not _starts_instance(document, node):
        scene.report.add(CORRELATION, document.file, node.id, name=called(node), message=str(message.get("name")))


def _starts_instance(document: Document, node: Node) -> bool:
    if node.container in document.nodes:
        return False
    sources = [document.nodes[flow.source] for flow in node.incoming]
    return is_start(node) or any(source.type == "eventBasedGateway" and is_start(source) for source in sources)


def _code(scene: Scene, document: Document, node: Node) -> None:
    kind = node.event
    throws = node.type in ("endEvent", "intermediateThrowEvent")
    found = document.definitions.get(node.reference or "")
    text = (found.get(ATTRIBUTES[kind]) or "").strip() if found is not None else ""
    if kind != "signal" and not throws:
        if text.startswith("="):
            scene.report.add(CAUGHT_CODE, document.file, node.id, name=called(node), kind=KINDS[kind])
    elif not text:
        scene.report.add(CODE, document.file, node.id, name=called(node), kind=KINDS[kind], part=PARTS[kind])
