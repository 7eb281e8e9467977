"""Which elements, sequence flows and decision rules the scenarios went through."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.apps import ProcessApp
from engine.bpmn.document import Document
from engine.scenarios.history import Happening


@dataclass
class Part:
    """One kind of thing in one diagram or table: everything there is, and what was reached."""

    all: list[str] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)

    @property
    def missing(self) -> list[str]:
        """What no scenario reached, in the order of the file."""
        return [name for name in self.all if name not in self.reached]

    @property
    def percent(self) -> float:
        """The share that was reached."""
        return 100.0 * (len(self.all) - len(self.missing)) / len(self.all) if self.all else 100.0

    def as_dict(self) -> dict[str, Any]:
        """Numbers and what is missing, as JSON."""
        return {"all": len(self.all), "reached": len(self.all) - len(self.missing), "percent": round(self.percent, 1), "missing": self.missing}


class Coverage:
    """Of one app. `elements` and `flows` by process id, `rules` by decision table (rules are numbered from 1)."""

    def __init__(self, app: ProcessApp) -> None:
        self.elements: dict[str, Part] = {}
        self.flows: dict[str, Part] = {}
        self.rules: dict[str, Part] = {}
        self._incoming: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for file, data in sorted(app.files.items()):
            if file.endswith(".bpmn"):
                self._diagram(Document(file, data))
        for name, rules in _tables(app):
            self.rules[name] = Part([str(number) for number in range(1, rules + 1)])

    def _diagram(self, document: Document) -> None:
        for process in document.processes:
            nodes = [node for node in document.nodes.values() if node.process_id == process]
            self.elements[process] = Part([node.id for node in nodes])
            self.flows[process] = Part([flow.id for node in nodes for flow in node.outgoing])
            for node in nodes:
                self._incoming[process, node.id] = [(flow.id, flow.source) for flow in node.incoming]

    def add(self, happened: Sequence[Happening]) -> None:
        """Count one play of a scenario."""
        by_instance: dict[str, list[Happening]] = {}
        for one in happened:
            by_instance.setdefault(one.instance_id, []).append(one)
            if one.kind == "decision":
                self._decided(one.event)
        for events in by_instance.values():
            self._walked(events)

    def _decided(self, event: Mapping[str, Any]) -> None:
        for rule in event["rules"]:
            part = self.rules.get(str(rule["table"]))
            if part is not None:
                part.reached.add(str(rule["rule"]))

    def _walked(self, events: Iterable[Happening]) -> None:
        left: dict[str, int] = {}
        for place, one in enumerate(events):
            if one.kind not in ("done", "task", "cancelled") or one.process_id not in self.elements:
                continue
            # A user task is arrived at when it opens; everything else when it is done, or interrupted before.
            if one.kind == "task" or one.element not in left or one.kind == "done":
                self._arrived(one, left)
            self.elements[one.process_id].reached.add(one.element)
            if one.kind == "done":
                left[one.element] = place

    def _arrived(self, one: Happening, left: Mapping[str, int]) -> None:
        # The history names elements, not flows: the token came from the source that was left last.
        came = [(left[source], flow) for flow, source in self._incoming.get((one.process_id, one.element), ()) if source in left]
        if came:
            self.flows[one.process_id].reached.add(max(came)[1])

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


def _tables(app: ProcessApp) -> Iterable[tuple[str, int]]:
    for model in dict.fromkeys(app.decisions.values()):
        yield from ((name, len(table.rules)) for name, table in model.tables.items())
