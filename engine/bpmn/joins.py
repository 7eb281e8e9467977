"""Inclusive joins fire when nothing else can run, because only then it is known who can still arrive."""

from collections.abc import Iterator

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


def _containers(instance: Instance) -> Iterator[Flows]:
    yield instance
    yield from list(instance.subprocesses.values())


def _positions(workflow: Flows, gateway_id: str) -> list[str]:
    tokens = [token.task_spec.element.id for token in workflow.tasks.values() if token.id and token.owner is None and token.id not in workflow.armed]
    return tokens + [other for other in workflow.arrivals if other != gateway_id]
