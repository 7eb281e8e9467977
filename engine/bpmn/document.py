"""A BPMN file as a document: its elements, flows and definitions with their extension elements, and no meaning yet.

Lint, drawing and parser all read files through this one model; nothing else looks into the XML of a diagram.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from lxml import etree

from engine.bpmn.markup import BPMN, all_extensions, child, children, is_false, is_true, local, properties, referred, text_of
from engine.bpmn.names import names_in
from engine.xml import parse_xml

TASKS: Final = frozenset({"task", "userTask", "serviceTask", "scriptTask", "businessRuleTask", "sendTask", "receiveTask", "manualTask"})
SUB_PROCESSES: Final = frozenset({"subProcess", "transaction", "adHocSubProcess"})
ACTIVITIES: Final = TASKS | SUB_PROCESSES | {"callActivity"}
EVENTS: Final = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})
GATEWAYS: Final = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"})
CHOREOGRAPHY: Final = frozenset({"choreographyTask", "callChoreography", "subChoreography"})
FLOW_NODES: Final = ACTIVITIES | EVENTS | GATEWAYS | CHOREOGRAPHY
DEFINITIONS: Final = ("message", "signal", "error", "escalation")
EVENT_DEFINITION: Final = "EventDefinition"


@dataclass(frozen=True, eq=False)
class SequenceFlow:
    """A sequence flow as drawn. `source` and `target` are the ids in the file, whether or not anything answers to them."""

    id: str
    source: str
    target: str
    condition: str | None
    xml: etree._Element


@dataclass(eq=False)
class Node:
    """A flow node as drawn. `container` is the process or sub-process it stands in; `event` the kind of its event definition, "none" without
    one, "multiple" with several, "" for what is no event (a receive or send task with a message has "message")."""

    id: str
    type: str
    xml: etree._Element
    container: str
    process_id: str
    incoming: list[SequenceFlow] = field(default_factory=list)
    outgoing: list[SequenceFlow] = field(default_factory=list)
    boundaries: list["Node"] = field(default_factory=list)
    lane: str | None = None

    @property
    def name(self) -> str:
        return str(self.xml.get("name") or "")

    @cached_property
    def properties(self) -> dict[str, str]:
        return properties(self.xml)

    @cached_property
    def _extensions(self) -> dict[str, list[etree._Element]]:
        found: dict[str, list[etree._Element]] = {}
        for entry in all_extensions(self.xml):
            found.setdefault(etree.QName(entry).localname, []).append(entry)
        return found

    def extensions(self, name: str) -> list[etree._Element]:
        """Its zeebe extension elements called `name`."""
        return self._extensions.get(name, [])

    def extension(self, name: str) -> etree._Element | None:
        """The first of them, or None."""
        return next(iter(self.extensions(name)), None)

    @cached_property
    def definitions(self) -> list[etree._Element]:
        """Its event definitions."""
        return [entry for entry in self.xml.iterchildren("{*}*") if local(entry).endswith(EVENT_DEFINITION)]

    @cached_property
    def event(self) -> str:
        if self.type in ("receiveTask", "sendTask"):
            return "message" if self.xml.get("messageRef") else "none"
        if self.type not in EVENTS:
            return ""
        if len(self.definitions) > 1:
            return "multiple"
        return local(self.definitions[0]).removesuffix(EVENT_DEFINITION) if self.definitions else "none"

    @property
    def definition(self) -> etree._Element | None:
        """Its one event definition, or None."""
        return self.definitions[0] if self.definitions else None

    @property
    def default(self) -> str | None:
        return self.xml.get("default")

    @property
    def attached_to(self) -> str | None:
        return referred(self.xml.get("attachedToRef")) or None

    @property
    def interrupting(self) -> bool:
        """Of a boundary event or of the start event of an event sub-process; both interrupt unless they say otherwise."""
        return not is_false(self.xml.get("isInterrupting" if self.type == "startEvent" else "cancelActivity"))

    @property
    def is_event_sub_process(self) -> bool:
        return self.type in SUB_PROCESSES and is_true(self.xml.get("triggeredByEvent"))

    @property
    def for_compensation(self) -> bool:
        return is_true(self.xml.get("isForCompensation"))

    @cached_property
    def loop(self) -> etree._Element | None:
        """Its `multiInstanceLoopCharacteristics` or `standardLoopCharacteristics`."""
        found = child(self.xml, "multiInstanceLoopCharacteristics")
        return found if found is not None else child(self.xml, "standardLoopCharacteristics")

    @property
    def reference(self) -> str | None:
        """The id of the message, signal, error or escalation that its event definition (or the task itself) refers to."""
        holder = self.definition if self.type in EVENTS else self.xml
        if holder is None:
            return None
        kind = self.event
        return referred(holder.get(f"{kind}Ref")) or None if kind in DEFINITIONS else None


@dataclass(frozen=True, eq=False)
class LaneShape:
    """A lane: its id, its name and the flow nodes drawn in it (of nested lanes too)."""

    id: str
    name: str
    nodes: tuple[str, ...]
    process_id: str


class Document:
    """One BPMN file: its flow nodes by id and by process, its flows, processes, lanes and associations.

    Reading never judges: dangling references and duplicate ids stay visible for lint. Raises UnsafeXml for XML that is refused."""

    def __init__(self, file: str, data: bytes) -> None:
        self.file = file
        self.root = parse_xml(data, file)
        self.nodes: dict[str, Node] = {}
        self.flows: dict[str, SequenceFlow] = {}
        self.processes: dict[str, etree._Element] = {}
        self.lanes: dict[str, LaneShape] = {}
        self.nodes_of: dict[str, list[Node]] = {}
        self.containers: dict[str, list[str]] = {}
        self.associations: list[tuple[str, str]] = []
        for process in self.root.iterchildren(f"{{{BPMN}}}process"):
            self._read_process(process)
        self._connect()

    @property
    def is_bpmn(self) -> bool:
        return local(self.root) == "definitions"

    @cached_property
    def ids(self) -> dict[str, list[etree._Element]]:
        """Every BPMN element that bears an id, by id; more than one under an id is a duplicate."""
        found: dict[str, list[etree._Element]] = {}
        for xml in self.root.iter(f"{{{BPMN}}}*"):
            if xml.get("id"):
                found.setdefault(str(xml.get("id")), []).append(xml)
        return found

    @cached_property
    def definitions(self) -> dict[str, etree._Element]:
        """Messages, signals, errors and escalations by id."""
        return {str(xml.get("id")): xml for kind in DEFINITIONS for xml in children(self.root, kind)}

    @cached_property
    def names(self) -> frozenset[str]:
        """Names with blanks that the file gives to data: FEEL must know them to read its expressions."""
        return names_in(self.root)

    @cached_property
    def participants(self) -> list[etree._Element]:
        """The pools of the collaboration; one without `processRef` is a black box."""
        return list(self.root.iter(f"{{{BPMN}}}participant"))

    def executable(self, process_id: str) -> bool:
        """Whether a process is to run: it says so, or says nothing and neither does another (beside one that says so it is a partner's picture)."""
        return process_id in self._executable

    @cached_property
    def _executable(self) -> frozenset[str]:
        said = frozenset(name for name, xml in self.processes.items() if is_true(xml.get("isExecutable")))
        return said or frozenset(name for name, xml in self.processes.items() if not is_false(xml.get("isExecutable")))

    def inside(self, container: str) -> Iterator[Node]:
        """The flow nodes that stand directly in a process or sub-process, in the order of the file."""
        return (self.nodes[node_id] for node_id in self.containers.get(container, ()))

    def _read_process(self, process: etree._Element) -> None:
        process_id = str(process.get("id") or "")
        self.processes[process_id] = process
        self.nodes_of.setdefault(process_id, [])
        # A stack of our own: sub-processes nest as deep as the XML does.
        pending = [(process, process_id)]
        while pending:
            xml, container = pending.pop()
            pending += self._read_container(xml, container, process_id)
        for lane_set in children(process, "laneSet"):
            self._read_lanes(lane_set, process_id)

    def _read_container(self, xml: etree._Element, container: str, process_id: str) -> list[tuple[etree._Element, str]]:
        members = self.containers.setdefault(container, [])
        nested = []
        for entry in xml.iterchildren(f"{{{BPMN}}}*"):
            kind, entry_id = local(entry), str(entry.get("id") or "")
            if kind in FLOW_NODES:
                if entry_id in self.nodes or entry_id in self.processes:
                    # A duplicate: lint names it from `ids`. Reading it again could make a sub-process its own container.
                    continue
                members.append(entry_id)
                self.nodes[entry_id] = Node(entry_id, kind, entry, container, process_id)
                self.nodes_of[process_id].append(self.nodes[entry_id])
                if kind in SUB_PROCESSES:
                    nested.append((entry, entry_id))
            elif kind == "sequenceFlow":
                flow_id = entry_id or f"flow-{len(self.flows) + 1}"
                self.flows[flow_id] = _flow(entry, flow_id)
            elif kind == "association":
                self.associations.append((referred(entry.get("sourceRef")), referred(entry.get("targetRef"))))
        return nested

    def _read_lanes(self, lane_set: etree._Element, process_id: str) -> None:
        for lane in children(lane_set, "lane"):
            refs = tuple(text_of(ref) for ref in lane.iter(f"{{{BPMN}}}flowNodeRef"))
            lane_id = str(lane.get("id") or "")
            self.lanes[lane_id] = LaneShape(lane_id, str(lane.get("name") or ""), refs, process_id)
            for ref in refs:
                if ref in self.nodes:
                    self.nodes[ref].lane = lane_id
            for nested in children(lane, "childLaneSet"):
                self._read_lanes(nested, process_id)

    def _connect(self) -> None:
        for flow in self.flows.values():
            if flow.source in self.nodes and flow.target in self.nodes:
                self.nodes[flow.source].outgoing.append(flow)
                self.nodes[flow.target].incoming.append(flow)
        for node in self.nodes.values():
            if node.type == "boundaryEvent" and node.attached_to in self.nodes:
                self.nodes[node.attached_to].boundaries.append(node)
            if node.lane is None:
                node.lane = self._lane_around(node)

    def _lane_around(self, node: Node) -> str | None:
        container = node.container
        while container in self.nodes:
            if self.nodes[container].lane:
                return self.nodes[container].lane
            container = self.nodes[container].container
        return None


def _flow(xml: etree._Element, flow_id: str) -> SequenceFlow:
    condition = child(xml, "conditionExpression")
    source, target = str(xml.get("sourceRef") or ""), str(xml.get("targetRef") or "")
    return SequenceFlow(flow_id, source, target, text_of(condition) or None if condition is not None else None, xml)
