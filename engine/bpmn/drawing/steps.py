"""The text twin of a drawing: its steps in the order of the flow, for people who listen to a page instead of looking at it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from engine.bpmn.document import FLOW_NODES, SUB_PROCESSES
from engine.bpmn.drawing.diagram import Node
from engine.bpmn.drawing.labels import kind_label, label
from engine.bpmn.markup import BPMN, local, referred

State = Literal["done", "now", "todo", "incident"]


@dataclass(frozen=True)
class Step:
    """One step: what it is called, its BPMN kind ("userTask", ...), and how far it is."""

    element_id: str
    label: str
    kind: str
    state: State


@dataclass(frozen=True)
class States:
    """Which elements hold a token, are done, or have an incident."""

    tokens: Collection[str]
    done: Collection[str]
    incidents: Collection[str]

    def of(self, element_id: str) -> State:
        if element_id in self.incidents:
            return "incident"
        if element_id in self.tokens:
            return "now"
        return "done" if element_id in self.done else "todo"


def steps(definitions: Node, process_id: str | None, states: States, lang: str) -> list[Step]:
    """Every activity, and every event and gateway that has a name, from the start onwards; what is inside a sub-process follows it."""
    found = []
    for process in definitions.iterchildren(f"{{{BPMN}}}process"):
        if process_id in (None, process.get("id")):
            found += [_step(node, states, lang) for node in _in_order(process)]
    return [step for step in found if step.label]


def _step(node: Node, states: States, lang: str) -> Step:
    kind = local(node)
    return Step(node.get("id") or "", label(node, lang) or kind_label(kind, lang), kind, states.of(node.get("id") or ""))


def _in_order(scope: Node) -> Iterator[Node]:
    nodes = {node.get("id") or "": node for node in scope if local(node) in FLOW_NODES}
    following = _following(scope, nodes)
    arrived = {target for targets in following.values() for target in targets}
    roots = sorted((name for name in nodes if name not in arrived), key=lambda name: local(nodes[name]) != "startEvent")
    for name in _sorted_by_flow(roots, list(nodes), following):
        yield nodes[name]
        if local(nodes[name]) in SUB_PROCESSES:
            yield from _in_order(nodes[name])


def _following(scope: Node, nodes: dict[str, Node]) -> dict[str, list[str]]:
    following: dict[str, list[str]] = {name: [] for name in nodes}
    for flow in scope.iterchildren(f"{{{BPMN}}}sequenceFlow"):
        source, target = flow.get("sourceRef") or "", flow.get("targetRef") or ""
        if source in nodes and target in nodes:
            following[source].append(target)
    for name, node in nodes.items():
        host = referred(node.get("attachedToRef"))
        if host in nodes:
            following[host].append(name)
    return following


def _sorted_by_flow(roots: list[str], names: list[str], following: dict[str, list[str]]) -> list[str]:
    """Without loops every step comes after all that lead to it; what no root reaches (a loop without entry) comes last."""
    seen: set[str] = set()
    reached = [name for root in reversed(roots) for name in _finished(root, following, seen)]
    left = [name for other in names for name in reversed(_finished(other, following, seen))]
    return reached[::-1] + left


def _finished(start: str, following: dict[str, list[str]], seen: set[str]) -> list[str]:
    """Depth first from `start`, each name after all that it leads to. A stack of its own: chains may be thousands long."""
    finished: list[str] = []
    stack = [(start, iter(reversed(following[start])))] if start not in seen else []
    seen.add(start)
    while stack:
        name, rest = stack[-1]
        target = next((item for item in rest if item not in seen), None)
        if target is None:
            finished.append(name)
            stack.pop()
        else:
            seen.add(target)
            stack.append((target, iter(reversed(following[target]))))
    return finished
