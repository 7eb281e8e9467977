"""Containers of flow elements and the sequence flows between them."""

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from engine.bpmn.model import Value

if TYPE_CHECKING:
    from engine.bpmn.specs.base import NodeSpec


class FlowSpec(BpmnProcessSpec):  # type: ignore[misc]  # the library has no types
    """One container of flow elements: a process, or the inside of a sub-process."""

    def __init__(self, container_id: str) -> None:
        super().__init__(name=container_id)
        self.entrance: NodeSpec | None = None
        self.event_subs: tuple[EventSub, ...] = ()
        self.loose: tuple[NodeSpec, ...] = ()
        self.closing: NodeSpec | None = None  # what a process with end listeners still does when nothing is left in it


class EventSub:
    """An event sub-process of a container: its own spec and its start event."""

    def __init__(self, spec: "NodeSpec", start: "NodeSpec") -> None:
        self.spec = spec
        self.start = start
        self.event = start.element.event
        self.interrupting = start.element.interrupting


class Flow:
    """A sequence flow between two specs; `condition` is None on an unconditional one."""

    __slots__ = ("condition", "id", "target")

    def __init__(self, flow_id: str, target: "NodeSpec", condition: Value | None) -> None:
        self.id = flow_id
        self.target = target
        self.condition = condition
