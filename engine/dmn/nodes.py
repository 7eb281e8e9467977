"""The value of each node of a requirement graph: input data, decisions, knowledge models, services (DMN 1.5, 10.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engine import feel
from engine.dmn.boxed import compile_function, compile_logic
from engine.dmn.elements import DecisionElement, InputData, KnowledgeModel, Node, Reference, Service
from engine.dmn.graph import Graph, Place
from engine.dmn.run import Run, Scope
from engine.dmn.unit import Coercion, Unit
from engine.feel.values import adopt
from engine.findings import Finding

ValueOf = Callable[[Run], Any]


class Nodes:
    """The compiled nodes of one graph."""

    def __init__(self, graph: Graph, imported: Mapping[str, Nodes]) -> None:
        self.graph = graph
        self._others = {graph: self} | {nodes.graph: nodes for nodes in imported.values()}
        for nodes in imported.values():
            self._others |= nodes._others
        self._compiled: dict[str, ValueOf] = {}
        self._units: dict[str, Unit] = {}
        # All at once: a model is shared between threads and changes no more.
        for name in graph.definitions.types:
            graph.types.find(name)
        for node in graph.definitions.nodes.values():
            self._compiled[node.id] = self._compile(node)

    def value(self, node: Node, run: Run) -> Any:
        """The node's value within `run`, computed at most once."""
        if node.id not in run.values:
            run.values[node.id] = self._compiled[node.id](run)
        return run.values[node.id]

    def findings(self) -> list[Finding]:
        """What is wrong in the expressions of this file."""
        return [finding for unit in self._units.values() for finding in unit.findings]

    def free_names(self, node: Node) -> frozenset[str]:
        """Names that the node's expressions read and no requirement provides: process variables that are not drawn as input data."""
        return self._undrawn(self._units[node.id])

    def parameters(self, node: KnowledgeModel | Service) -> tuple[str, ...]:
        """The parameter names of a knowledge model or decision service, in order; a service takes its input data, then its input decisions."""
        if isinstance(node, KnowledgeModel):
            return tuple(parameter.name for parameter in node.logic.parameters) if node.logic else ()
        return tuple(".".join((*place.visible_path, place.node.variable.name)) for place in self._inputs_of(node))

    def run_at(self, place: Place, run: Run) -> Run:
        """The run of the graph that holds `place`."""
        for name in place.path:
            run = run.imported(name)
        return run

    def at(self, place: Place, run: Run) -> Any:
        """The value of a node of this graph or of an imported one."""
        return self._others[place.graph].value(place.node, self.run_at(place, run))

    def _compile(self, node: Node) -> ValueOf:
        unit = Unit(self.graph.file, node.name, self.graph.types, self.graph.component_names)
        self._units[node.id] = unit
        if isinstance(node, InputData):
            return self._input(node, unit)
        if isinstance(node, DecisionElement):
            return self._decision(node, unit)
        return self._knowledge_model(node, unit) if isinstance(node, KnowledgeModel) else self._service(node, unit)

    def _input(self, node: InputData, unit: Unit) -> ValueOf:
        name, coerce = node.variable.name, unit.coercion(node.variable, node.id)

        def value(run: Run) -> Any:
            given = adopt(run.inputs.get(name))
            return coerce(given, run) if coerce else given

        return value

    def _decision(self, node: DecisionElement, unit: Unit) -> ValueOf:
        required = self.graph.requirements(node)
        logic = compile_logic(node.logic, _names(required), unit)
        coerce = unit.coercion(node.variable, node.id)
        undrawn = self._undrawn(unit)
        for name in sorted(unit.reads & self.graph.drawn_names):
            _warn_unjoined(unit, node, name)

        def value(run: Run) -> Any:
            scope: Scope = {name: adopt(run.inputs[name]) for name in undrawn if name in run.inputs}
            result = logic(self._bind(required, run, scope), run)
            return coerce(result, run) if coerce else result

        return value

    def _knowledge_model(self, node: KnowledgeModel, unit: Unit) -> ValueOf:
        required = self.graph.requirements(node)
        if node.logic is None:
            return lambda run: None
        make = compile_function(node.logic, _names(required) | {node.variable.name}, unit, node.variable)

        def value(run: Run) -> Any:
            scope = self._bind(required, run, {})
            scope[node.variable.name] = function = make(scope, run)
            return function

        return value

    def _service(self, node: Service, unit: Unit) -> ValueOf:
        inputs = [(place, self._binding(place)) for place in self._inputs_of(node)]
        outputs = self._located(node.outputs)
        parameters = self.parameters(node)
        finish = unit.result_coercion(node.variable, node.id)

        def value(run: Run) -> feel.Function:
            def call(*arguments: Any) -> Any:
                result = self._serve(outputs, self._given(inputs, arguments, run))
                return finish(result, run) if finish else result

            return feel.Function(call, parameters, node.name)

        return value

    def _undrawn(self, unit: Unit) -> frozenset[str]:
        return frozenset(unit.reads | unit.maybe) - self.graph.drawn_names

    def _inputs_of(self, node: Service) -> list[Place]:
        return self._located((*node.input_data, *node.input_decisions))

    def _located(self, references: Sequence[Reference]) -> list[Place]:
        return [place for place in map(self.graph.locate, references) if place is not None]

    def _binding(self, place: Place) -> Coercion | None:
        return Unit(place.graph.file, place.node.name, place.graph.types, frozenset()).coercion(place.node.variable, place.node.id)

    def _given(self, inputs: Sequence[tuple[Place, Coercion | None]], arguments: Sequence[Any], run: Run) -> Run:
        """A fresh run in which the service's inputs have these values: nothing else is visible inside."""
        fresh = run.afresh({})
        for (place, coerce), argument in zip(inputs, arguments, strict=True):
            self.run_at(place, fresh).values[place.node.id] = coerce(argument, run) if coerce else argument
        return fresh

    def _serve(self, outputs: Sequence[Place], run: Run) -> Any:
        if len(outputs) == 1:
            return self.at(outputs[0], run)
        return {place.node.variable.name: self.at(place, run) for place in outputs}

    def _bind(self, required: Sequence[Place], run: Run, scope: Scope) -> Scope:
        """Add the values of the required nodes to a scope, under the names of their imports."""
        for place in required:
            target = scope
            for name in place.visible_path:
                target = target.setdefault(name, {})
            value = self.at(place, run)
            for name in place.names:
                target[name] = value
        return scope


def _names(required: Sequence[Place]) -> frozenset[str]:
    return frozenset(name for place in required for name in place.visible_path[:1] or place.names)


def _warn_unjoined(unit: Unit, node: DecisionElement, name: str) -> None:
    unit.find(
        "not-joined",
        node.id,
        f"{unit.owner}: '{name}'을(를) 쓰지만 화살표로 이어져 있지 않아 null이에요.",
        f"{unit.owner} uses '{name}' but is not joined to it by an arrow, so it is null.",
        "요구 관계(화살표)를 그려 주세요.",
        "Draw the requirement (the arrow).",
        "warning",
    )
