"""Parallel joins that wait for a token that cannot come, found by playing the token game over each scope."""

from collections.abc import Iterator
from typing import Final

from engine.bpmn.document import Document, Node
from engine.bpmn.lint.rules import called, error, warning
from engine.bpmn.lint.scene import Scene, following, is_start, link_name

MAX_WORK: Final = 200_000
MAX_TOKENS: Final = 2

DEADLOCK: Final = error(
    "join-deadlock",
    "병렬 합류 '{name}'은(는) 영영 기다려요. 들어오는 흐름 모두에 토큰이 올 수 없어요.",
    "The parallel join '{name}' waits for ever: its incoming flows can never all bring a token.",
    "하나만 오는 길이라면 배타(XOR) 갈림길로 합쳐 주세요.",
    "If only one of them is taken, merge them with an exclusive gateway.",
)
MAY_WAIT: Final = warning(
    "join-may-wait-for-ever",
    "병렬 합류 '{name}'에 한쪽 길이 오지 않는 경우가 있어요.",
    "There is a way on which the parallel join '{name}' waits for a branch that never arrives.",
    "빠져나가는 길도 합류로 이어 주거나, 포함(OR) 갈림길을 쓰거나, 빠져나갈 때 모두 끝나게(terminate) 해 주세요.",
    "Lead the branch that leaves to the join too, use an inclusive gateway, or end everything there (terminate).",
)

Marking = tuple[tuple[str, int], ...]
ENDS_ALL: Final = 3
ENDS_SCOPE: Final = frozenset({"terminate", "error", "cancel"})


class Game:
    """The token game of one scope. Places are flows; a marking counts the tokens on each."""

    def __init__(self, document: Document, members: list[Node]) -> None:
        self.document = document
        self.targets = {flow.id: node for node in members for flow in node.incoming}
        self.starts = [node for node in members if is_start(node)]
        self.fired: set[str] = set()
        self.stuck: set[str] = set()
        self.work = 0

    def play(self) -> bool:
        """Explore every marking that choices can lead to. False when there are too many to see the end."""
        pending = [_produced({}, targets) for node in self.starts for targets in _outcomes(self.document, node)]
        seen: set[Marking] = set()
        while pending and self.work < MAX_WORK:
            tokens = self._settled(pending.pop())
            if _frozen(tokens) not in seen:
                seen.add(_frozen(tokens))
                pending += self._chosen(tokens)
        return not pending and self.work < MAX_WORK

    def _settled(self, tokens: dict[str, int]) -> dict[str, int]:
        """The marking after everything that needs no choice: the order in which that happens makes no difference."""
        while self.work < MAX_WORK:
            node = next((node for node in self._enabled(tokens) if _patience(node) == 0), None)
            if node is None:
                break
            self.work += 1 + len(tokens)
            if _is_join(node):
                self.fired.add(node.id)
            tokens = _produced(_consumed(tokens, node), _outcomes(self.document, node)[0])
        return tokens

    def _chosen(self, tokens: dict[str, int]) -> list[dict[str, int]]:
        # Inclusive joins wait until nothing else moves, and what ends the whole scope comes last of all.
        node = min(self._enabled(tokens), key=_patience, default=None)
        if node is None:
            self.stuck |= {self.targets[flow].id for flow in tokens if flow in self.targets}
            return []
        self.work += 1 + len(tokens)
        if _patience(node) == ENDS_ALL:
            return []
        left = _consumed(tokens, node)
        return [_produced(left, targets) for targets in _outcomes(self.document, node)]

    def _enabled(self, tokens: dict[str, int]) -> Iterator[Node]:
        for flow in tokens:
            node = self.targets.get(flow)
            if node is not None and (not _is_join(node) or all(other.id in tokens for other in node.incoming)):
                yield node


def check(scene: Scene) -> None:
    """Every scope that has a parallel join."""
    for document, container in scene.containers():
        members = list(document.inside(container))
        if any(_is_join(node) for node in members):
            _judge(scene, document, members)


def _judge(scene: Scene, document: Document, members: list[Node]) -> None:
    game = Game(document, members)
    complete = game.play()
    inclusive = any(node.type == "inclusiveGateway" for node in members)
    for node in members:
        if complete and _is_join(node) and node.id in game.stuck:
            if node.id not in game.fired:
                scene.report.add(DEADLOCK, document.file, node.id, name=called(node))
            elif not inclusive:
                scene.report.add(MAY_WAIT, document.file, node.id, name=called(node))


def _is_join(node: Node) -> bool:
    return node.type == "parallelGateway" and len(node.incoming) > 1


def _patience(node: Node) -> int:
    if node.type == "endEvent" and node.event in ENDS_SCOPE:
        return ENDS_ALL
    if node.type == "inclusiveGateway" and len(node.incoming) > 1:
        return 2
    return 1 if _chooses(node) else 0


def _chooses(node: Node) -> bool:
    splits = node.type in ("exclusiveGateway", "inclusiveGateway", "eventBasedGateway") and len(node.outgoing) > 1
    return splits or bool(node.boundaries) or any(flow.condition for flow in node.outgoing)


def _consumed(tokens: dict[str, int], node: Node) -> dict[str, int]:
    every = _is_join(node) or node.type == "inclusiveGateway"
    arrived = [flow.id for flow in node.incoming if flow.id in tokens]
    taken = arrived if every else arrived[:1]
    left = {flow: count - (flow in taken) for flow, count in tokens.items()}
    return {flow: count for flow, count in left.items() if count}


def _outcomes(document: Document, node: Node) -> list[list[str]]:
    """The sets of flows that may get a token when the node is done."""
    flows = [flow.id for flow in node.outgoing]
    if node.event == "link" and node.type == "intermediateThrowEvent":
        return [[flow.id for name in following(document, node) for flow in document.nodes[name].outgoing if link_name(node)]]
    if node.type in ("exclusiveGateway", "eventBasedGateway") and node.xml.get("eventGatewayType") != "Parallel":
        return [[flow] for flow in flows] or [[]]
    conditional = node.type == "inclusiveGateway" or any(flow.condition for flow in node.outgoing)
    normal = _subsets(flows) if conditional else [flows]
    return normal + _interruptions(node, normal)


def _subsets(flows: list[str]) -> list[list[str]]:
    if len(flows) > 4:
        return [[flow] for flow in flows] + [flows]
    return [[flow for place, flow in enumerate(flows) if chosen >> place & 1] for chosen in range(1, 2 ** len(flows))] or [[]]


def _interruptions(node: Node, normal: list[list[str]]) -> list[list[str]]:
    found = []
    for boundary in node.boundaries:
        leaving = [flow.id for flow in boundary.outgoing]
        if boundary.event == "compensate":
            continue
        found += [leaving] if boundary.interrupting else [[*flows, *leaving] for flows in normal]
    return found


def _produced(tokens: dict[str, int], flows: list[str]) -> dict[str, int]:
    more = dict(tokens)
    for flow in flows:
        more[flow] = min(more.get(flow, 0) + 1, MAX_TOKENS)
    return more


def _frozen(tokens: dict[str, int]) -> Marking:
    return tuple(sorted(tokens.items()))
