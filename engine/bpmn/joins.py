"""Inclusive joins fire when nothing else can run, because only then it is known who can still arrive."""

from collections.abc import Iterator

from engine.bpmn.model import Element
from engine.bpmn.specs.gateways import InclusiveGateway
from engine.bpmn.workflow import Flows, Instance


def fire_inclusive(instance: Instance) -> bool:
    """Let one inclusive join fire that has nothing left to wait for; whether there was one."""
    for workflow in _containers(instance):
        for gateway_id in list(workflow.arrivals):
            spec = workflow.process.nodes[gateway_id]
            if isinstance(spec, InclusiveGateway) and spec.may_fire(workflow.arrivals[gateway_id], _positions(workflow, gateway_id)):
                spec.consume(workflow, workflow.arrivals[gateway_id])
                workflow.enter(spec, workflow.scope)
                return True
    return False


def stuck_join(instance: Instance) -> str | None:
    """A join with arrivals in a container where nothing else moves or waits: it can never fire."""
    return next((next(iter(workflow.arrivals)) for workflow in _containers(instance) if workflow.arrivals and workflow.idle), None)


def hopeless_join(instance: Instance) -> str | None:
    """A join with arrivals whose other flows no token can reach any more: it can never fire, whatever else still moves or waits."""
    for workflow in _containers(instance):
        for gateway_id, arrived in workflow.arrivals.items():
            spec = workflow.process.nodes[gateway_id]
            if not isinstance(spec, InclusiveGateway) and not set(spec.incoming) - arrived.keys() <= _ahead(workflow, gateway_id):
                return gateway_id
    return None


def _ahead(workflow: Flows, gateway_id: str) -> set[str]:
    """The flows that some token of a container may still take, without passing the gateway."""
    found: set[str] = set()
    pending, seen = _positions(workflow, gateway_id), {gateway_id}
    nodes = workflow.process.nodes
    while pending:
        node_id = pending.pop()
        if node_id not in seen and node_id in nodes:
            seen.add(node_id)
            found |= {flow.id for flow in nodes[node_id].flows}
            pending += [flow.target.element.id for flow in nodes[node_id].flows]
            pending += [other.element.id for other in nodes.values() if _follows(nodes[node_id].element, other.element)]
    return found


def _follows(element: Element, other: Element) -> bool:
    """Whether a token can get from one element to the other without a flow: a boundary event, a link."""
    linked = element.event == other.event == "link" and other.type == "intermediateCatchEvent"
    return other.attached_to == element.id or linked


def _containers(instance: Instance) -> Iterator[Flows]:
    yield instance
    yield from list(instance.subprocesses.values())


def _positions(workflow: Flows, gateway_id: str) -> list[str]:
    tokens = [token.task_spec.element.id for token in workflow.tasks.values() if token.id and token.owner is None and token.id not in workflow.armed]
    return tokens + [other for other in workflow.arrivals if other != gateway_id]
