"""Variables that two branches write at the same time: whoever is last wins, and nobody knows who that is."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from engine.bpmn.document import ACTIVITIES, Document, Node
from engine.bpmn.lint.rules import called, warning
from engine.bpmn.lint.scene import Scene, following
from engine.bpmn.lint.writes import ANYTHING, Names, Writers

MAX_WORK: Final = 2_000_000

PARALLEL: Final = warning(
    "parallel-writes",
    "동시에 진행되는 '{name}'과(와) '{other}'이(가) 같은 변수 '{variable}'을(를) 써요. 나중 것만 남아요.",
    "'{name}' and '{other}' run at the same time and both write '{variable}'; only the later value stays.",
    "변수 이름을 나누거나 출력 매핑으로 따로 담은 뒤 합류 다음에 합쳐 주세요.",
    "Use two variables, or map the outputs apart and combine them after the join.",
)


def check(scene: Scene) -> None:
    """Every place where branches begin at the same time; a scope that is too tangled to look through is left out."""
    writers = Writers(scene)
    for document, container in scene.containers():
        members = list(document.inside(container))
        reported: set[tuple[str, str]] = set()
        forks = {node.id: [branch for branch in _branches(node) if branch] for node in members}
        size = len(members) + sum(len(node.outgoing) for node in members)
        if sum(len(branches) for branches in forks.values() if len(branches) > 1) * size > MAX_WORK:
            continue
        for name, branches in forks.items():
            if len(branches) > 1:
                _compare(scene, document, name, branches, writers, reported)


def _branches(node: Node) -> Iterator[list[str]]:
    """The first elements of each branch that begins at a node."""
    splits = node.type in ("parallelGateway", "inclusiveGateway")
    always = node.type in ACTIVITIES or node.type in ("startEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent")
    if splits or always:
        yield from ([flow.target] for flow in node.outgoing if splits or flow.condition is None)
    for boundary in node.boundaries:
        if not boundary.interrupting and boundary.event != "compensate":
            yield [flow.target for flow in boundary.outgoing]


def _compare(scene: Scene, document: Document, fork: str, branches: list[list[str]], writers: Writers, reported: set[tuple[str, str]]) -> None:
    reached = [_reach(document, branch, fork) for branch in branches]
    owners: dict[str, tuple[int, str]] = {}
    shared = Counter(name for names in reached for name in names)
    for place, names in enumerate(reached):
        for name in sorted(name for name in names if shared[name] == 1):
            for variable in _written(document, name, writers):
                first = owners.setdefault(variable, (place, name))
                if first[0] != place and (variable, name) not in reported:
                    reported.add((variable, name))
                    facts = {"name": called(document.nodes[first[1]]), "other": called(document.nodes[name]), "variable": variable}
                    scene.report.add(PARALLEL, document.file, name, **facts)


def _reach(document: Document, roots: list[str], fork: str) -> set[str]:
    seen = set(roots)
    pending = list(roots)
    while pending:
        for target in following(document, document.nodes[pending.pop()]):
            if target not in seen and target != fork and target in document.nodes:
                seen.add(target)
                pending.append(target)
    return seen


def _written(document: Document, name: str, writers: Writers) -> Names:
    return writers.of(document, document.nodes[name]) - {ANYTHING}
