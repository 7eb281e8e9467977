"""A decision model as the rest of Baton uses it: parse once, then decide by name or id."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from engine import feel
from engine.dmn.elements import DecisionElement, Definitions, InputData, KnowledgeModel, Node, Service, Table
from engine.dmn.errors import DmnError, UnknownDecision, too_deep
from engine.dmn.graph import Graph, Place
from engine.dmn.nodes import Nodes
from engine.dmn.read_file import read_file
from engine.dmn.run import Journal, MatchedRule, Run
from engine.feel.values import adopt
from engine.findings import Finding

Imports = Callable[[str], bytes | None]
Invocable = DecisionElement | KnowledgeModel | Service


@dataclass(frozen=True)
class Decision:
    """What a decision gave: its FEEL value, the rules that matched in every table on the way, and why anything was null."""

    value: Any
    matched: tuple[MatchedRule, ...]
    warnings: tuple[Any, ...]


class Model:
    """A parsed DMN file with its imports. Made by `parse`; may be shared between threads."""

    def __init__(self, nodes: Nodes, imported: Mapping[str, Model]) -> None:
        self._nodes = nodes
        self._imported = imported
        self._by_name = _by_name(self, imported)

    @property
    def definitions(self) -> Definitions:
        """The file as plain data."""
        return self._nodes.graph.definitions

    @property
    def graph(self) -> Graph:
        """The requirement graph."""
        return self._nodes.graph

    @property
    def decisions(self) -> Mapping[str, str]:
        """The decisions of the file: id to name."""
        return MappingProxyType({node.id: node.name for node in self.definitions.nodes.values() if isinstance(node, DecisionElement)})

    @property
    def tables(self) -> Mapping[str, Table]:
        """The decisions whose logic is a decision table: id to the table with its inputs, outputs, rules and hit policy."""
        nodes = self.definitions.nodes.values()
        return MappingProxyType({node.id: node.logic for node in nodes if isinstance(node, DecisionElement) and isinstance(node.logic, Table)})

    def inputs_of(self, name: str) -> tuple[str, ...]:
        """The names of the inputs that a decision needs, itself or by way of others, by name or id. Raises UnknownDecision."""
        model, node = self._find(name)
        return tuple(dict.fromkeys(model._inputs(node, set())))

    def evaluate(
        self,
        name: str,
        inputs: Mapping[str, Any],
        *,
        now: datetime | None = None,
        seed: int | None = None,
        warnings: list[Any] | None = None,
        trace: list[MatchedRule] | None = None,
    ) -> Any:
        """The FEEL value of a decision, decision service or business knowledge model, by name or id.

        `inputs` are input data, or parameters, by name; `now` is the clock and `seed` decides random numbers. What cannot be computed is null and
        `warnings` says why; `trace` gets the rules that matched. Raises UnknownDecision for an unknown name, FeelLimitError or DmnError for a
        computation that goes past its bounds.
        """
        journal = Journal(now, seed, [] if warnings is None else warnings, [] if trace is None else trace)
        return self._evaluate(name, inputs, journal)

    def decide(self, name: str, inputs: Mapping[str, Any], *, now: datetime | None = None, seed: int | None = None) -> Decision:
        """Like `evaluate`, with the rules that matched. Raises DecisionError when the matched rules break a table's hit policy."""
        journal = Journal(now, seed)
        value = self._evaluate(name, inputs, journal)
        if journal.violations:
            raise journal.violations[0]
        return Decision(value, tuple(journal.trace), tuple(journal.warnings))

    def findings(self) -> list[Finding]:
        """What is wrong in the expressions of this file (not of its imports)."""
        return self._nodes.findings()

    def _evaluate(self, name: str, inputs: Mapping[str, Any], journal: Journal) -> Any:
        model, node = self._find(name)
        run = Run(inputs, journal)
        try:
            with journal.shared_budget(node.name):
                value = model._nodes.value(node, run)
                return value if isinstance(node, DecisionElement) else model._call(node, value, run)
        except RecursionError as error:
            raise too_deep(node.id, node.name) from error

    def _call(self, node: KnowledgeModel | Service, function: feel.Function | None, run: Run) -> Any:
        if function is None:
            return None
        return function.invoke([_at_path(run.inputs, parameter) for parameter in self._nodes.parameters(node)])

    def _find(self, name: str) -> tuple[Model, Invocable]:
        found = self._by_name.get(name)
        if found is None:
            known = ", ".join(sorted(node.name for _, node in self._by_name.values())) or "-"
            raise UnknownDecision(name, f"결정 '{name}'이(가) 없어요. 있는 것: {known}", f"There is no decision '{name}'; there are: {known}")
        return found

    def _inputs(self, node: Node, met: set[str]) -> list[str]:
        if isinstance(node, InputData):
            return [node.variable.name]
        if isinstance(node, (KnowledgeModel, Service)):
            return list(self._nodes.parameters(node))
        names: list[str] = []
        for place in self.graph.requirements(node):
            key = "/".join((*place.path, place.node.id))
            if key not in met and isinstance(place.node, (DecisionElement, InputData)):
                met.add(key)
                names += [".".join((*place.visible_path, name)) for name in self._holder(place)._inputs(place.node, set() if place.path else met)]
        return names + sorted(self._nodes.free_names(node))

    def _holder(self, place: Place) -> Model:
        model = self
        for name in place.path:
            model = model._imported[name]
        return model


def parse(xml: bytes, imports: Imports | None = None, *, file: str = "DMN") -> Model:
    """A model ready to decide. `imports` gives the bytes of an imported file by namespace or locationURI, None when it does not know it.

    Raises UnsafeXml for XML that is refused, DmnError for what is no DMN file or whose requirements go round in a circle. Expressions that cannot
    be read do not stop the model: their values are null, and `findings` names them.
    """
    try:
        return _parse(xml, imports or (lambda reference: None), file, ())
    except RecursionError as error:
        raise too_deep("", file) from error


def _parse(xml: bytes, imports: Imports, file: str, way: tuple[str, ...]) -> Model:
    definitions = read_file(xml, file)
    if definitions.namespace in way:
        names = " → ".join((*way, definitions.namespace))
        raise DmnError(
            "", f"{file}: 가져오기가 돌고 돌아요({names}). 하나를 지워 주세요.", f"{file}: the imports go round in a circle ({names}); remove one."
        )
    imported = {}
    for entry in definitions.imports:
        data = imports(entry.namespace) or (imports(entry.location) if entry.location else None)
        if data is not None:
            imported[entry.name] = _parse(data, imports, entry.location or entry.namespace, (*way, definitions.namespace))
    graph = Graph(file, definitions, {name: model.graph for name, model in imported.items()})
    graph.refuse_cycles()
    return Model(Nodes(graph, {name: model._nodes for name, model in imported.items()}), imported)


def _by_name(model: Model, imported: Mapping[str, Model]) -> dict[str, tuple[Model, Invocable]]:
    """What can be asked for: by name, then by id, then what nameless imports bring."""
    nodes = [node for node in model.definitions.nodes.values() if not isinstance(node, InputData)]
    found: dict[str, tuple[Model, Invocable]] = {}
    for key in [*((node.name, node) for node in nodes), *((node.id, node) for node in nodes)]:
        found.setdefault(key[0], (model, key[1]))
    for name, other in imported.items():
        for key_of_other, target in other._by_name.items():
            found.setdefault(f"{name}.{key_of_other}" if name else key_of_other, target)
    return found


def _at_path(inputs: Mapping[str, Any], path: str) -> Any:
    """The input of a name, or of a dotted name inside the input that stands for an import."""
    if path in inputs:
        return adopt(inputs[path])
    first, dot, rest = path.partition(".")
    inside = inputs.get(first)
    return _at_path(inside, rest) if dot and isinstance(inside, Mapping) else None
