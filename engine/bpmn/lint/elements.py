"""Elements that do not run, and elements at places where BPMN 2.0 gives them no meaning (sections 10.5 and 10.6)."""

from typing import Final

from engine.bpmn.document import ACTIVITIES, CHOREOGRAPHY, EVENTS, FLOW_NODES, Document, Node
from engine.bpmn.lint.known import CONNECTORS
from engine.bpmn.lint.rules import Fact, called, error
from engine.bpmn.lint.scene import Scene, compensation_handlers, is_start, link_name, link_targets
from engine.bpmn.markup import BPMN, child, local

NOT_SUPPORTED: Final = error(
    "not-supported",
    "'{name}': {kind} 실행하지 않아요.",
    "'{name}': {kind} cannot be run.",
    "다르게 그려 주세요. {mend_ko}",
    "Draw it another way. {mend_en}",
)
EVENT_PLACE: Final = error(
    "event-not-possible",
    "'{name}': {kind} 이벤트는 {place}에 둘 수 없어요.",
    "'{name}': a {kind} event has no meaning as {place}.",
    "BPMN 2.0이 이 자리에 허용하는 이벤트로 바꿔 주세요: {allowed}.",
    "Use an event that BPMN 2.0 allows here: {allowed}.",
)
FLOW_PLACE: Final = error(
    "flow-not-possible",
    "'{name}': 시작·경계 이벤트로 들어오거나 종료 이벤트에서 나가는 흐름은 있을 수 없어요.",
    "'{name}': no flow can enter a start or boundary event, or leave an end event.",
    "흐름을 지우거나 중간 이벤트로 바꿔 주세요.",
    "Delete the flow, or make it an intermediate event.",
)
NO_START: Final = error(
    "no-start",
    "'{name}'에 시작 이벤트가 없어요.",
    "'{name}' has no start event.",
    "시작 이벤트를 하나 그리고 첫 요소로 이어 주세요.",
    "Draw a start event and lead it to the first element.",
)
SEVERAL_STARTS: Final = error(
    "several-starts",
    "'{name}'에 조건 없는 시작 이벤트가 {count}개라 어디서 시작할지 알 수 없어요.",
    "'{name}' has {count} plain start events, so where it begins is not clear.",
    "조건 없는 시작 이벤트는 하나만 두고, 나머지는 메시지·타이머·신호 시작으로 바꿔 주세요.",
    "Keep one plain start event; make the others message, timer or signal starts.",
)
EVENT_SUB_PROCESS: Final = error(
    "event-sub-process-start",
    "이벤트 하위 프로세스 '{name}'에는 시작 이벤트가 꼭 하나 있어야 하는데 {count}개예요.",
    "Event sub-process '{name}' must have exactly one start event; it has {count}.",
    "메시지·타이머·오류 등 무엇에 반응할지 정한 시작 이벤트를 하나만 두세요.",
    "Keep exactly one start event that says what it reacts to.",
)
EVENT_SUB_PROCESS_FLOW: Final = error(
    "event-sub-process-flow",
    "이벤트 하위 프로세스 '{name}'에는 흐름을 이을 수 없어요.",
    "No flow can enter or leave the event sub-process '{name}'.",
    "흐름을 지워 주세요. 시작 이벤트가 일어나면 저절로 시작해요.",
    "Delete the flow; it begins by itself when its start event happens.",
)
MUST_INTERRUPT: Final = error(
    "error-must-interrupt",
    "'{name}': 오류 이벤트는 하던 일을 반드시 멈추는데, 멈추지 않는 것으로 그려져 있어요.",
    "'{name}' is drawn as non-interrupting, but an error always interrupts.",
    "멈추는(interrupting) 이벤트로 바꿔 주세요. 멈추지 않으려면 에스컬레이션을 쓰세요.",
    "Make it interrupting, or use an escalation, which need not interrupt.",
)
GATEWAY_TARGET: Final = error(
    "event-gateway-target",
    "이벤트 갈림길 '{name}' 다음의 '{target}'은(는) 기다리는 이벤트가 아니에요.",
    "'{target}' after the event-based gateway '{name}' is not an event to wait for.",
    "메시지·타이머·신호·조건을 기다리는 중간 이벤트나 받기 작업을 바로 뒤에 두세요.",
    "Put catch events (message, timer, signal, condition) or receive tasks directly behind it.",
)
GATEWAY_EMPTY: Final = error(
    "event-gateway-empty",
    "이벤트 갈림길 '{name}' 다음에 기다릴 이벤트가 없어요.",
    "Nothing to wait for follows the event-based gateway '{name}'.",
    "기다릴 이벤트를 둘 이상 이어 주세요.",
    "Lead it to two or more events.",
)
LINK: Final = error(
    "link-without-target",
    "링크 '{name}'에 맞는 받는 링크 이벤트가 같은 범위에 {count}개 있어요.",
    "The link '{name}' has {count} matching catch events in its scope.",
    "이름이 같은 받는 링크 이벤트를 꼭 하나 두세요.",
    "Draw exactly one link catch event with the same name.",
)
COMPENSATION: Final = error(
    "compensation-without-handler",
    "보상 이벤트 '{name}'에 이어진 보상 작업이 {count}개예요.",
    "The compensation event '{name}' is joined to {count} compensation activities.",
    "보상 작업(isForCompensation) 하나를 점선 연결(association)로 이어 주세요.",
    "Join it by an association to exactly one activity marked as a compensation handler.",
)
BOUNDARY_HOST: Final = error(
    "boundary-host",
    "경계 이벤트 '{name}'은(는) '{host}'에 붙일 수 없어요. 작업이나 하위 프로세스에만 붙어요.",
    "The boundary event '{name}' cannot stand on '{host}': only activities have boundary events.",
    "작업·하위 프로세스·호출 활동에 붙이거나, 흐름 위의 중간 이벤트로 바꿔 주세요.",
    "Attach it to a task, a sub-process or a call activity, or make it an intermediate event in the flow.",
)

MENDS: Final = {
    "complexGateway": ("포함(OR)·병렬(AND)·배타(XOR) 갈림길을 쓰세요.", "Use inclusive, parallel or exclusive gateways."),
    "several triggers": (
        "한 이벤트에는 한 가지만 두세요. 여럿 중 하나를 기다리려면 이벤트 갈림길이나 경계 이벤트 여러 개를 쓰세요.",
        "Give each event one definition; to wait for one of several, use an event-based gateway or several boundary events.",
    ),
    "shared definition": ("이벤트마다 정의를 따로 적어 주세요.", "Give the event a definition of its own."),
    "job in ad-hoc": (
        "바깥 작업자가 맡는 작업 유형을 적거나, 작업 유형을 지우고 시작할 요소(activeElementsCollection)를 FEEL로 적어 주세요.",
        "Use a job type that an external worker serves, or delete it and say in FEEL which elements begin (activeElementsCollection).",
    ),
    "choreography": ("참가자마다 프로세스를 두고 메시지로 이으세요.", "Give each participant a process and join them by messages."),
}

KINDS: Final = {
    "complexGateway": ("복합 갈림길은", "a complex gateway"),
    "several triggers": ("정의가 여럿인 이벤트는", "an event with several definitions"),
    "shared definition": ("다른 곳의 정의를 가리키는 이벤트는", "an event that refers to a definition elsewhere"),
    "job in ad-hoc": ("Baton의 연결이 이끄는 임의(ad-hoc) 하위 프로세스는", "an ad-hoc sub-process led by a connector of Baton"),
    "choreography": ("코레오그래피는", "a choreography"),
}

ALLOWED: Final[dict[str, tuple[str, ...]]] = {
    "start": ("none", "message", "timer", "conditional", "signal"),
    "sub-process start": ("none",),
    "event sub-process start": ("message", "timer", "escalation", "error", "compensate", "conditional", "signal"),
    "catch": ("message", "timer", "conditional", "link", "signal"),
    "throw": ("none", "message", "escalation", "link", "compensate", "signal"),
    "boundary": ("message", "timer", "escalation", "error", "cancel", "compensate", "conditional", "signal"),
    "end": ("none", "message", "escalation", "error", "cancel", "compensate", "signal", "terminate"),
}
PLACES: Final = {
    "start": ("프로세스 시작", "the start of a process"),
    "sub-process start": ("하위 프로세스 시작", "the start of a sub-process"),
    "event sub-process start": ("이벤트 하위 프로세스 시작", "the start of an event sub-process"),
    "catch": ("중간(받는) 이벤트", "an intermediate catch event"),
    "throw": ("중간(보내는) 이벤트", "an intermediate throw event"),
    "boundary": ("경계 이벤트", "a boundary event here"),
    "end": ("종료 이벤트", "an end event here"),
}
FLOW_ENDINGS: Final = ("Task", "Event", "Gateway", "Activity", "SubProcess")
WAITED_FOR: Final = frozenset({"message", "timer", "conditional", "signal"})


def check(scene: Scene) -> None:
    """Every flow node of every executable process, and the starts of every scope."""
    for document, node in scene.nodes():
        _supported(scene, document, node)
        if node.type in EVENTS:
            _event(scene, document, node)
        if node.type == "eventBasedGateway":
            _event_gateway(scene, document, node)
        if node.is_event_sub_process and (node.incoming or node.outgoing):
            scene.report.add(EVENT_SUB_PROCESS_FLOW, document.file, node.id, name=called(node))
    for document, container in scene.containers():
        _starts(scene, document, container)
    for name, document in scene.processes.items():
        _strangers(scene, document, name)


def _supported(scene: Scene, document: Document, node: Node) -> None:
    family = _family(node)
    if family in MENDS:
        korean, english = MENDS[family]
        facts: dict[str, Fact] = {"name": called(node), "kind": KINDS[family], "mend_ko": korean, "mend_en": english}
        scene.report.add(NOT_SUPPORTED, document.file, node.id, **facts)


def _family(node: Node) -> str:
    if node.event == "multiple":
        return "several triggers"
    if node.type in EVENTS and child(node.xml, "eventDefinitionRef") is not None:
        return "shared definition"
    led = node.extension("taskDefinition") if node.type == "adHocSubProcess" else None
    if led is not None and str(led.get("type") or "") in CONNECTORS:
        return "job in ad-hoc"
    return "choreography" if node.type in CHOREOGRAPHY else node.type


def _strangers(scene: Scene, document: Document, process: str) -> None:
    """Flow elements of later or private versions of BPMN must not be left out in silence."""
    for xml in document.processes[process].iter(f"{{{BPMN}}}*"):
        kind = local(xml)
        if kind.endswith(FLOW_ENDINGS) and kind not in FLOW_NODES:
            facts: dict[str, Fact] = {"name": str(xml.get("name") or xml.get("id") or kind), "kind": (f"{kind} 요소는", f"a {kind}")}
            scene.report.add(NOT_SUPPORTED, document.file, str(xml.get("id") or ""), **facts, mend_ko="", mend_en="")


def _event(scene: Scene, document: Document, node: Node) -> None:
    place = _place(document, node)
    fits = node.event in (*ALLOWED[place], "multiple") and _inside_transaction(document, node)
    if not fits:
        allowed = ", ".join(ALLOWED[place])
        scene.report.add(EVENT_PLACE, document.file, node.id, name=called(node), kind=node.event, place=PLACES[place], allowed=allowed)
    host = document.nodes.get(node.attached_to or "")
    if node.type == "boundaryEvent" and host is not None and (host.type not in ACTIVITIES or host.is_event_sub_process):
        scene.report.add(BOUNDARY_HOST, document.file, node.id, name=called(node), host=called(host))
    if node.event == "error" and not node.interrupting and node.type in ("boundaryEvent", "startEvent"):
        scene.report.add(MUST_INTERRUPT, document.file, node.id, name=called(node))
    entered = node.incoming and node.type in ("startEvent", "boundaryEvent")
    if entered or (node.outgoing and node.type == "endEvent"):
        scene.report.add(FLOW_PLACE, document.file, node.id, name=called(node))
    if node.event == "link" and node.type == "intermediateThrowEvent":
        targets = link_targets(document, node)
        if len(targets) != 1:
            scene.report.add(LINK, document.file, node.id, name=link_name(node) or node.id, count=str(len(targets)))
    if node.event == "compensate" and node.type == "boundaryEvent":
        _compensation(scene, document, node)


def _place(document: Document, node: Node) -> str:
    places = {"intermediateCatchEvent": "catch", "intermediateThrowEvent": "throw", "boundaryEvent": "boundary", "endEvent": "end"}
    if node.type != "startEvent":
        return places[node.type]
    around = document.nodes.get(node.container)
    if around is None:
        return "start"
    return "event sub-process start" if around.is_event_sub_process else "sub-process start"


def _inside_transaction(document: Document, node: Node) -> bool:
    """A cancel event belongs to a transaction: on its border, or as an end somewhere inside."""
    if node.event != "cancel":
        return True
    around = document.nodes.get(node.attached_to or "") if node.type == "boundaryEvent" else document.nodes.get(node.container)
    while around is not None and around.type != "transaction" and node.type != "boundaryEvent":
        around = document.nodes.get(around.container)
    return around is not None and around.type == "transaction"


def _compensation(scene: Scene, document: Document, node: Node) -> None:
    handlers = [name for name in compensation_handlers(document, node) if document.nodes[name].type in ACTIVITIES]
    if len(handlers) != 1 or not document.nodes[handlers[0]].for_compensation:
        scene.report.add(COMPENSATION, document.file, node.id, name=called(node), count=str(len(handlers)))


def _event_gateway(scene: Scene, document: Document, node: Node) -> None:
    for flow in node.outgoing:
        target = document.nodes[flow.target]
        waits = target.type == "receiveTask" or (target.type == "intermediateCatchEvent" and target.event in WAITED_FOR)
        if not waits:
            scene.report.add(GATEWAY_TARGET, document.file, node.id, name=called(node), target=called(target))
    if not node.outgoing:
        scene.report.add(GATEWAY_EMPTY, document.file, node.id, name=called(node))


def _starts(scene: Scene, document: Document, container: str) -> None:
    around = document.nodes.get(container)
    name = called(around) if around else str(document.processes[container].get("name") or container)
    starts = [node for node in document.inside(container) if is_start(node)]
    if around and around.is_event_sub_process:
        if len(starts) != 1:
            scene.report.add(EVENT_SUB_PROCESS, document.file, container, name=name, count=str(len(starts)))
        return
    plain = [node for node in starts if node.event == "none" and node.type == "startEvent"]
    if not starts and not (around and around.type == "adHocSubProcess") and (around or document.containers[container]):
        scene.report.add(NO_START, document.file, container, name=name)
    elif len(plain) > 1:
        scene.report.add(SEVERAL_STARTS, document.file, container, name=name, count=str(len(plain)))
