"""Which incoming flows of an inclusive join can still be reached from where (BPMN 2.0 table 13.3), worked out once when parsing."""

from collections.abc import Iterable, Mapping

from engine.bpmn.document import Node


def reach_of(join: Node, inside: Iterable[Node]) -> Mapping[str, frozenset[str]]:
    """For each element of the container: the incoming flows of `join` that a token there can reach without passing the join."""
    before = predecessors(inside)
    found: dict[str, set[str]] = {}
    for flow in join.incoming:
        pending, seen = [flow.source], {join.id}
        while pending:
            node_id = pending.pop()
            if node_id not in seen:
                seen.add(node_id)
                found.setdefault(node_id, set()).add(flow.id)
                pending += before.get(node_id, ())
    return {node_id: frozenset(flows) for node_id, flows in found.items()}


def predecessors(inside: Iterable[Node]) -> dict[str, list[str]]:
    """For each element, from where a token can come: flows, boundary events and links."""
    nodes = list(inside)
    before: dict[str, list[str]] = {}
    for node in nodes:
        for flow in node.outgoing:
            before.setdefault(flow.target, []).append(node.id)
        for boundary in node.boundaries:
            before.setdefault(boundary.id, []).append(node.id)
        if node.event == "link" and node.type == "intermediateThrowEvent":
            for other in nodes:
                if other.event == "link" and other.type == "intermediateCatchEvent":
                    before.setdefault(other.id, []).append(node.id)
    return before
