"""From files to a Model: every flow node becomes a task spec, every container a process spec."""

from collections.abc import Mapping

from engine.bpmn.dialect import Dialect, Unreadable
from engine.bpmn.document import ACTIVITIES, SUB_PROCESSES, Document, Node
from engine.bpmn.failures import ModelRefused
from engine.bpmn.lint import examine
from engine.bpmn.markup import extension, is_true, properties
from engine.bpmn.model import Element, Lane, Model, Process
from engine.bpmn.reach import reach_of
from engine.bpmn.specs.activities import Activity, DecisionTask, JobTask, PlainTask, ReceiveTask, ScriptTask, SendTask, UserTask
from engine.bpmn.specs.ad_hoc import AdHocSubProcess, LedSubProcess
from engine.bpmn.specs.base import BEFORE, NodeSpec
from engine.bpmn.specs.compensation import CancelEnd, CompensationThrow
from engine.bpmn.specs.events import BoundaryEvent, CatchEvent, ProcessEnd, StartEvent, ThrowEvent
from engine.bpmn.specs.flow import EventSub, Flow, FlowSpec
from engine.bpmn.specs.gateways import EventGateway, ExclusiveGateway, InclusiveGateway, ParallelGateway
from engine.bpmn.specs.multi_instance import LoopSpec, MultiInstance, StandardLoop
from engine.bpmn.specs.subprocess import CallActivity, EventSubProcess, EventSubStart, SubProcess
from engine.findings import Finding

INSIDE_OF_LOOP = "*"
KINDS: Mapping[str, type[NodeSpec]] = {
    "task": PlainTask,
    "manualTask": PlainTask,
    "userTask": UserTask,
    "serviceTask": JobTask,
    "receiveTask": ReceiveTask,
    "callActivity": CallActivity,
    "subProcess": SubProcess,
    "transaction": SubProcess,
    "adHocSubProcess": AdHocSubProcess,
    "exclusiveGateway": ExclusiveGateway,
    "parallelGateway": ParallelGateway,
    "inclusiveGateway": InclusiveGateway,
    "eventBasedGateway": EventGateway,
    "startEvent": StartEvent,
    "boundaryEvent": BoundaryEvent,
    "intermediateCatchEvent": CatchEvent,
    "intermediateThrowEvent": ThrowEvent,
    "endEvent": ThrowEvent,
}


def parse(files: Mapping[str, bytes]) -> Model:
    """All processes of these files, compiled and ready to run. Raises ModelRefused with everything that lint calls an error."""
    findings, documents = examine(files)
    errors = [finding for finding in findings if finding.level == "error"]
    if errors:
        raise ModelRefused(errors)
    processes: dict[str, Process] = {}
    for document in documents:
        for process_id in document.processes:
            if document.executable(process_id):
                processes[process_id] = ProcessBuilder(document, process_id).build()
    return Model(processes, dict(files))


class ProcessBuilder:
    """Builds one process."""

    def __init__(self, document: Document, process_id: str) -> None:
        self.document = document
        self.dialect = Dialect(document)
        self.process_id = process_id
        self.xml = document.processes[process_id]
        self.nodes = document.nodes_of[process_id]
        self.elements: dict[str, Element] = {}
        self.specs: dict[str, NodeSpec] = {}
        self.containers: dict[str, FlowSpec] = {}

    def build(self) -> Process:
        """The process. Raises ModelRefused for an expression that does not parse."""
        try:
            self.elements = {node.id: self.dialect.element(node) for node in self.nodes}
            self.containers = {name: FlowSpec(name) for name in [self.process_id, *(node.id for node in self.nodes if node.type in SUB_PROCESSES)]}
            for node in self.nodes:
                self.make(node)
            for node in self.nodes:
                self.connect(node)
            for name, container in self.containers.items():
                self.furnish(name, container)
            self.listen()
        except Unreadable as error:
            raise ModelRefused([unreadable(self.document.file, self.process_id, error)]) from error
        return self.process()

    def process(self) -> Process:
        own, tag = properties(self.xml), extension(self.xml, "versionTag")
        lanes = {
            lane.id: Lane(lane.id, lane.name, frozenset(lane.nodes)) for lane in self.document.lanes.values() if lane.process_id == self.process_id
        }
        return Process(
            id=self.process_id,
            name=str(self.xml.get("name") or ""),
            label_en=own.get("baton:label.en", ""),
            file=self.document.file,
            properties=own,
            version_tag=str(tag.get("value")) if tag is not None else None,
            elements=self.elements,
            lanes=lanes,
            starts=self.starts(),
            spec=self.containers[self.process_id],
            nodes=self.specs,
            together=self.together(),
            names=self.document.names,
        )

    # Specs

    def make(self, node: Node) -> None:
        """The spec of a node; one that loops gets an outer spec, and its own becomes the work inside."""
        element, container = self.elements[node.id], self.containers[node.container]
        name = node.id + INSIDE_OF_LOOP if element.loop else node.id
        spec = self.kind(node)(container, element, name)
        if isinstance(spec, SubProcess):
            spec.inside = self.containers[node.id]
        if element.loop is not None:
            spec.loud = False
            self.specs[name] = spec
            outer: LoopSpec = (MultiInstance if element.loop.kind == "multi" else StandardLoop)(container, element)
            outer.work, outer.loop = spec, element.loop
            spec = outer
        self.specs[node.id] = spec

    def kind(self, node: Node) -> type[NodeSpec]:
        """The class of a node's spec."""
        element, container = self.elements[node.id], self.document.nodes.get(node.container)
        if node.is_event_sub_process:
            return EventSubProcess
        if node.type == "adHocSubProcess" and element.job_type is not None:
            return LedSubProcess
        if node.type == "startEvent" and container is not None and container.is_event_sub_process:
            return EventSubStart
        if node.type in ("endEvent", "intermediateThrowEvent") and node.event in ("compensate", "cancel"):
            return CancelEnd if node.event == "cancel" else CompensationThrow
        if node.type in ("sendTask", "scriptTask", "businessRuleTask"):
            inside = {"sendTask": SendTask, "scriptTask": ScriptTask, "businessRuleTask": DecisionTask}[node.type]
            return JobTask if element.job_type is not None else inside
        return KINDS[node.type]

    def connect(self, node: Node) -> None:
        """Flows, boundary events and compensation handlers of a node."""
        spec = self.specs[node.id]
        spec.flows = tuple(Flow(flow.id, self.specs[flow.target], self.dialect.expression(flow.condition, flow.id)) for flow in node.outgoing)
        if node.event == "link" and node.type == "intermediateThrowEvent":
            spec.flows = (Flow(f"{node.id}.link", self.specs[self.link_target(node)], None),)
        spec.default = next((flow for flow in spec.flows if flow.id == node.default), None)
        spec.conditional = spec.default is not None or any(flow.condition is not None for flow in spec.flows)
        spec.incoming = tuple(flow.id for flow in node.incoming)
        for flow in spec.flows:
            spec.connect(flow.target)
        attached = [self.specs[boundary.id] for boundary in node.boundaries]
        spec.boundaries = tuple(attached)
        spec.armable = tuple(entry for entry in attached if entry.element.event in ("timer", "message", "signal", "conditional"))
        self.attach_handler(node, spec.work if isinstance(spec, LoopSpec) else spec)

    def attach_handler(self, node: Node, spec: NodeSpec) -> None:
        """The compensation handler of an activity: what the association of its compensation boundary event leads to."""
        boundary = next((entry for entry in node.boundaries if entry.event == "compensate"), None)
        if boundary is not None and isinstance(spec, Activity):
            spec.handler = self.specs[next(target for source, target in self.document.associations if source == boundary.id)]

    def link_target(self, node: Node) -> str:
        """The catching link event of the same name in the same container."""
        name = link_name(node)
        return next(
            other.id
            for other in self.document.inside(node.container)
            if other.type == "intermediateCatchEvent" and other.event == "link" and link_name(other) == name
        )

    def furnish(self, name: str, container: FlowSpec) -> None:
        """Entrance, event sub-processes, inclusive joins and loose elements of a container."""
        inside = list(self.document.inside(name))
        container.entrance = self.entrance(inside)
        container.event_subs = tuple(self.event_sub(node) for node in inside if node.is_event_sub_process)
        container.loose = tuple(
            self.specs[node.id]
            for node in inside
            if node.type in ACTIVITIES and not node.incoming and not node.for_compensation and not node.is_event_sub_process
        )
        for node in inside:
            spec = self.specs[node.id]
            if isinstance(spec, InclusiveGateway) and len(node.incoming) > 1:
                spec.reach = reach_of(node, inside)

    def listen(self) -> None:
        """Listeners of the process itself: the first ones run before whatever starts it, the last ones when nothing is left in it."""
        found = self.dialect.listeners(self.xml)
        before = [listener for listener in found if listener.event in BEFORE]
        for element in self.starts() if before else ():
            self.specs[element.id].before = [*before, *self.specs[element.id].before]
        if len(before) < len(found):
            whole = Element(
                self.process_id, "process", "none", str(self.xml.get("name") or ""), "", None, self.process_id, None, listeners=tuple(found)
            )
            spec = ProcessEnd(self.containers[self.process_id], whole, f"{self.process_id}.closing")
            spec.before = ()
            self.containers[self.process_id].closing = self.specs[spec.name] = spec

    def entrance(self, inside: list[Node]) -> NodeSpec | None:
        """The none start event, else the first start event, else the first element that nothing leads to."""
        starts = [node for node in inside if node.type == "startEvent"]
        plain = [node for node in starts if node.event == "none"]
        others = [node for node in inside if not node.incoming and self.begins(node)]
        return next((self.specs[node.id] for node in [*plain, *starts, *others]), None)

    def begins(self, node: Node) -> bool:
        """Whether a container without a start event could begin with this node."""
        return (
            node.type not in ("boundaryEvent", "startEvent") and not node.for_compensation and not node.is_event_sub_process and node.event != "link"
        )

    def event_sub(self, node: Node) -> EventSub:
        spec = self.specs[node.id]
        start = next(self.specs[inner.id] for inner in self.document.inside(node.id) if inner.type == "startEvent")
        if isinstance(spec, EventSubProcess):
            spec.start = start
        return EventSub(spec, start)

    # Starts

    def starts(self) -> list[Element]:
        """What a new instance can begin with."""
        found = []
        for node in self.document.inside(self.process_id):
            if node.type == "startEvent" or (node.type == "receiveTask" and is_true(node.xml.get("instantiate"))):
                found.append(self.elements[node.id])
            elif instantiates(node):
                found += [self.elements[flow.target] for flow in node.outgoing]
        entrance = self.containers[self.process_id].entrance
        return found or ([entrance.element] if entrance is not None else [])

    def together(self) -> dict[str, tuple[str, ...]]:
        """Behind a parallel instantiating gateway, the events that are still awaited when one of them has started the instance."""
        found = {}
        for node in self.document.inside(self.process_id):
            if instantiates(node) and node.xml.get("eventGatewayType") == "Parallel":
                targets = [flow.target for flow in node.outgoing]
                found.update({target: tuple(other for other in targets if other != target) for target in targets})
        return found


def instantiates(node: Node) -> bool:
    """Whether it is an event-based gateway that starts instances."""
    return node.type == "eventBasedGateway" and is_true(node.xml.get("instantiate"))


def link_name(node: Node) -> str:
    """The name by which link events find each other."""
    return str((node.definition.get("name") if node.definition is not None else None) or node.name)


def unreadable(file: str, process_id: str, error: Unreadable) -> Finding:
    """An expression that FEEL does not parse, should lint not have met it before."""
    ko, en = f"{error.what}: {error.error.ko}", str(error)
    return Finding(file, process_id, "expression-error", "error", ko, en, "식을 고쳐 주세요.", "Correct the expression.")
