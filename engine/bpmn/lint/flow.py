"""Where tokens can go: what is never reached, splits without a way, ends and forks that are only implied, cycles that never rest."""

from typing import Final

from engine.bpmn.document import ACTIVITIES, EVENTS, SUB_PROCESSES, Document, Node
from engine.bpmn.lint.components import components
from engine.bpmn.lint.implementation import attribute
from engine.bpmn.lint.known import IN_STEP
from engine.bpmn.lint.rules import called, error, warning
from engine.bpmn.lint.scene import Scene, following, is_start

UNREACHABLE: Final = error(
    "unreachable-element",
    "'{name}'에 도달하는 흐름이 없어요.",
    "No flow ever reaches '{name}'.",
    "흐름으로 이어 주거나 지워 주세요.",
    "Connect it, or delete it.",
)
NO_CONDITION: Final = error(
    "flow-without-condition",
    "갈림길 '{name}'에서 나가는 흐름에 조건이 없어요.",
    "A flow out of gateway '{name}' has no condition.",
    "FEEL 조건을 적거나 기본 흐름으로 정해 주세요.",
    "Write a FEEL condition, or make it the default flow.",
)
NO_DEFAULT: Final = warning(
    "missing-default-flow",
    "'{name}'에 기본 흐름이 없어요. 맞는 조건이 없으면 멈춰요.",
    "'{name}' has no default flow; when no condition holds, the case stops with an incident.",
    "한 흐름을 기본 흐름으로 정해 주세요.",
    "Make one of its flows the default.",
)
CONDITION_IGNORED: Final = warning(
    "condition-ignored",
    "'{name}'에서 나가는 흐름의 조건은 무시돼요.",
    "The condition on a flow out of '{name}' is ignored.",
    "조건으로 나누려면 배타(XOR)나 포함(OR) 갈림길을 쓰세요.",
    "To choose by conditions use an exclusive or inclusive gateway.",
)
IMPLICIT_END: Final = warning(
    "implicit-end",
    "'{name}' 다음에 아무것도 없어 여기서 끝나요.",
    "Nothing follows '{name}', so its path ends here.",
    "일부러 끝낸 것이라면 종료 이벤트를 그려 주세요.",
    "If that is meant, draw an end event.",
)
IMPLICIT_FORK: Final = warning(
    "implicit-fork",
    "'{name}'에서 흐름 {count}개가 동시에 나가요.",
    "'{name}' starts {count} flows at the same time.",
    "동시에 하려는 것이라면 병렬(AND) 갈림길을, 하나만 고르려면 배타(XOR) 갈림길을 그려 주세요.",
    "Draw a parallel gateway if that is meant, an exclusive one to choose.",
)
ENDLESS: Final = error(
    "automatic-cycle",
    "'{name}'에서 시작하는 자동 반복에 나가는 길이 없어요.",
    "The automatic cycle through '{name}' has no way out.",
    "갈림길로 나가는 길을 만들거나 기다리는 요소(타이머·업무)를 넣어 주세요.",
    "Add a gateway that leaves it, or something that waits (a timer, a user task).",
)
CYCLE: Final = warning(
    "automatic-cycle-with-exit",
    "'{name}'에서 시작하는 반복은 기다리는 곳이 없어 한꺼번에 돌아요.",
    "The cycle through '{name}' never waits: all its turns run at once.",
    "많이 돌 수 있다면 타이머를 넣거나 다중 인스턴스로 그려 주세요.",
    "If it may turn often, add a timer or use multi-instance.",
)
SELF_CALL: Final = warning(
    "recursive-call",
    "프로세스 '{name}'이(가) 자기 자신을 다시 불러요.",
    "Process '{name}' calls itself again.",
    "언젠가 멈추는 조건이 있는지 확인해 주세요.",
    "Make sure that a condition ends it.",
)

SPLITS: Final = frozenset({"exclusiveGateway", "inclusiveGateway"})


def check(scene: Scene) -> None:
    """Every scope of every executable process."""
    for document, container in scene.containers():
        members = list(document.inside(container))
        _reachable(scene, document, container, members)
        for node in members:
            _splits(scene, document, node)
            _ends(scene, document, container, node)
        _cycles(scene, document, members)
    _calls(scene)


def _reachable(scene: Scene, document: Document, container: str, members: list[Node]) -> None:
    around = document.nodes.get(container)
    free = around is not None and around.type == "adHocSubProcess"
    roots = [node for node in members if is_start(node) or node.is_event_sub_process or (free and not node.incoming)]
    if not any(is_start(node) for node in roots):
        roots += [node for node in members if not node.incoming]
    seen = _reach(document, [node.id for node in roots], set())
    # Only the first elements of an island are reported, not all that follow them; boundary events stand and fall with their hosts.
    for node in sorted(members, key=lambda node: bool(node.incoming)):
        if node.id not in seen and node.type != "boundaryEvent":
            scene.report.add(UNREACHABLE, document.file, node.id, name=called(node))
            _reach(document, [node.id], seen)


def _reach(document: Document, roots: list[str], seen: set[str]) -> set[str]:
    """Add to `seen` all that can be arrived at from `roots`, themselves included, within their scope."""
    pending = [name for name in roots if name not in seen]
    seen.update(pending)
    while pending:
        for target in following(document, document.nodes[pending.pop()]):
            if target not in seen and target in document.nodes:
                seen.add(target)
                pending.append(target)
    return seen


def _splits(scene: Scene, document: Document, node: Node) -> None:
    several = len(node.outgoing) > 1
    bare = [flow for flow in node.outgoing if flow.condition is None and flow.id != node.default]
    conditional = [flow for flow in node.outgoing if flow.condition is not None]
    if node.type in SPLITS and several:
        for flow in bare:
            scene.report.add(NO_CONDITION, document.file, flow.id, name=called(node))
    if (node.type in SPLITS and several and not bare or node.type in ACTIVITIES and conditional and not bare) and not node.default:
        scene.report.add(NO_DEFAULT, document.file, node.id, name=called(node))
    if conditional and (node.type in EVENTS or node.type in ("parallelGateway", "eventBasedGateway")):
        scene.report.add(CONDITION_IGNORED, document.file, conditional[0].id, name=called(node))
    if node.type in ACTIVITIES | EVENTS and len(bare) > 1:
        scene.report.add(IMPLICIT_FORK, document.file, node.id, name=called(node), count=str(len(bare)))


def _ends(scene: Scene, document: Document, container: str, node: Node) -> None:
    around = document.nodes.get(container)
    free = around is not None and around.type == "adHocSubProcess"
    silent = node.type in ("endEvent", "eventBasedGateway") or node.for_compensation or node.is_event_sub_process
    silent = silent or node.event == "link" or (node.type == "boundaryEvent" and node.event == "compensate")
    if not node.outgoing and not silent and not free:
        scene.report.add(IMPLICIT_END, document.file, node.id, name=called(node))


def _cycles(scene: Scene, document: Document, members: list[Node]) -> None:
    automatic = {node.id: following(document, node) for node in members if not waits(document, node)}
    for cycle in components(automatic):
        first = document.nodes[cycle[0]]
        rule = CYCLE if _leaves(document, set(cycle)) else ENDLESS
        scene.report.add(rule, document.file, first.id, name=called(first))


def waits(document: Document, node: Node) -> bool:
    """Whether a token rests here until something from outside happens."""
    job_type = attribute(node, "taskDefinition", "type")
    if node.type in SUB_PROCESSES:
        return any(waits(document, inner) for inner in document.inside(node.id))
    if node.type == "intermediateCatchEvent":
        return node.event != "link"
    return node.type in ("userTask", "receiveTask", "eventBasedGateway", "callActivity") or bool(job_type and job_type not in IN_STEP)


def _leaves(document: Document, cycle: set[str]) -> bool:
    for name in cycle:
        node = document.nodes[name]
        chooses = node.type in SPLITS or node.default or any(flow.condition for flow in node.outgoing)
        if (chooses and any(flow.target not in cycle for flow in node.outgoing)) or node.boundaries:
            return True
    return False


def _calls(scene: Scene) -> None:
    calls: dict[str, list[str]] = {name: [] for name in scene.processes}
    for _, node in scene.nodes():
        if node.type == "callActivity":
            calls[node.process_id].append(attribute(node, "calledElement", "processId"))
    for cycle in components(calls):
        document = scene.processes[cycle[0]]
        scene.report.add(SELF_CALL, document.file, cycle[0], name=cycle[0])
