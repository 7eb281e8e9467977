"""Which elements, sequence flows and decision rules the scenarios went through."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from engine.apps import ProcessApp
from engine.bpmn.document import Document, Node, SequenceFlow
from engine.dmn import Model
from engine.dmn.elements import Rule
from engine.scenarios.history import Happening
from engine.scenarios.watched import Pairs, Seen


@dataclass
class Reached:
    """What one play went through: (process id, element or flow id), (decision table, rule number)."""

    elements: Pairs = field(default_factory=set)
    flows: Pairs = field(default_factory=set)
    rules: Pairs = field(default_factory=set)

    def add(self, happened: Iterable[Happening], seen: Seen) -> None:
        """Take over a history, and the flows and rules that its steps took."""
        self.flows |= seen.flows
        self.rules |= seen.rules
        for one in happened:
            if one.kind in ("done", "task", "cancelled"):
                self.elements.add((one.process_id, one.element))


@dataclass
class Part:
    """One kind of thing in one diagram or table: everything there is, in the order of the file, with what people call it, and what was reached."""

    file: str
    all: dict[str, str] = field(default_factory=dict)
    reached: set[str] = field(default_factory=set)

    @property
    def missing(self) -> list[str]:
        """What no scenario reached."""
        return [name for name in self.all if name not in self.reached]

    @property
    def percent(self) -> float:
        """The share that was reached."""
        return 100.0 * (len(self.all) - len(self.missing)) / len(self.all) if self.all else 100.0

    def as_dict(self) -> dict[str, Any]:
        """Numbers and what is missing, as JSON."""
        missing = [{"id": name, "name": self.all[name]} for name in self.missing]
        reached = len(self.all) - len(missing)
        return {"file": self.file, "all": len(self.all), "reached": reached, "percent": round(self.percent, 1), "missing": missing}


class Coverage:
    """Of one app. `elements` and `flows` by process id, `rules` by decision table (rules are numbered from 1)."""

    def __init__(self, app: ProcessApp) -> None:
        self.elements: dict[str, Part] = {}
        self.flows: dict[str, Part] = {}
        self.rules: dict[str, Part] = {}
        self._ends: dict[tuple[str, str], SequenceFlow] = {}
        self._sources: dict[tuple[str, str], list[SequenceFlow]] = {}  # the flows from an event-based gateway to what waits behind it
        for file, data in sorted(app.files.items()):
            if file.endswith(".bpmn"):
                self._diagram(Document(file, data))
        self._tables: dict[str, str] = {}  # decision by the name that a rule which matched goes by
        for model in dict.fromkeys(app.decisions.values()):
            self._model(model)

    def _diagram(self, document: Document) -> None:
        for process in document.processes:
            nodes = {node.id: node for node in document.nodes.values() if node.process_id == process}
            self.elements[process] = Part(document.file, {node.id: _called(node) for node in nodes.values()})
            flows = [flow for node in nodes.values() for flow in node.outgoing]
            self.flows[process] = Part(document.file, {flow.id: _way(flow, document) for flow in flows})
            self._ends |= {(process, flow.id): flow for flow in flows}
            for node in nodes.values():
                self._sources[process, node.id] = [flow for flow in node.incoming if document.nodes[flow.source].type == "eventBasedGateway"]

    def _model(self, model: Model) -> None:
        for decision, table in model.tables.items():
            self._tables[table.name or model.decisions[decision]] = decision
            self.rules[decision] = Part(model.graph.file, {str(rule.number): _rule(decision, rule) for rule in table.rules})

    def add(self, reached: Reached) -> None:
        """Count what one play of a scenario went through."""
        for process, element in reached.elements:
            self._element(process, element)
        for process, flow in reached.flows:
            if (process, flow) in self._ends:
                self.flows[process].reached.add(flow)
                ends = self._ends[process, flow]
                self.elements[process].reached |= {ends.source, ends.target}
        for table, rule in reached.rules:
            if decision := self._tables.get(table):
                self.rules[decision].reached.add(rule)

    def _element(self, process: str, element: str) -> None:
        # A called process's elements stand in the history of the instance that called it.
        for owner, part in self.elements.items():
            if element in part.all and (owner == process or element not in self.elements.get(process, part).all):
                part.reached.add(element)
                # The event that won goes on from the gateway by itself: no token takes the flow between them.
                self.flows[owner].reached |= {flow.id for flow in self._sources[owner, element]}

    @property
    def percent_of_flows(self) -> float:
        """The share of all sequence flows of the app."""
        every = sum(len(part.all) for part in self.flows.values())
        missed = sum(len(part.missing) for part in self.flows.values())
        return 100.0 * (every - missed) / every if every else 100.0

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON."""
        kinds = {"elements": self.elements, "flows": self.flows, "rules": self.rules}
        parts = {kind: {name: part.as_dict() for name, part in found.items()} for kind, found in kinds.items()}
        return {"percent_of_flows": round(self.percent_of_flows, 1), **parts}


def _called(node: Node) -> str:
    return " ".join(str(node.xml.get("name") or node.id).split())


def _way(flow: SequenceFlow, document: Document) -> str:
    ends = [_called(document.nodes[end]) if end in document.nodes else end for end in (flow.source, flow.target)]
    named = " ".join(str(flow.xml.get("name") or "").split())
    return f"{ends[0]} -> {ends[1]}" + (f" ({named})" if named else "")


def _rule(decision: str, rule: Rule) -> str:
    return " | ".join((f"{decision} {rule.number}", *(" ".join(cell.text.split()) for cell in rule.inputs)))
