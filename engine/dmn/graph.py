"""The requirement graph of one file and the files it imports: who needs whom, and under which names (DMN 1.5, clauses 6.2 and 6.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from engine.dmn.elements import DecisionElement, Definitions, InputData, ItemDefinition, KnowledgeModel, Node, Reference, Service
from engine.dmn.errors import DmnError
from engine.dmn.types import DeclaredType, TypeBook, basic_type


@dataclass(frozen=True)
class Place:
    """Where a node stands, seen from a graph: the names of the imports on the way, the graph that holds it, the node."""

    path: tuple[str, ...]
    graph: Graph
    node: Node

    @property
    def visible_path(self) -> tuple[str, ...]:
        """The import names an expression must write before the node's own; nameless imports do not show (DMN 1.5, 6.3.3)."""
        return tuple(name for name in self.path if name)

    @property
    def names(self) -> tuple[str, ...]:
        """The names under which expressions find the node's value."""
        alias = self.node.alias if isinstance(self.node, DecisionElement) else ""
        return (self.node.variable.name, alias) if alias else (self.node.variable.name,)


class Graph:
    """One file with the graphs of its imports by import name (unresolved ones are missing)."""

    def __init__(self, file: str, definitions: Definitions, imported: Mapping[str, Graph]) -> None:
        self.file = file
        self.definitions = definitions
        self.imported = imported
        self.types: TypeBook = TypeBook(definitions.types, self._imported_type, {name: graph.types for name, graph in imported.items()})

    def locate(self, reference: Reference) -> Place | None:
        """The node that an href points to, here or in an import however deep; None when nothing is there."""
        for place in self._places(reference.id):
            if reference.namespace in ("", place.graph.definitions.namespace):
                return place
        return None

    def requirements(self, node: Node) -> list[Place]:
        """The nodes that `node` requires, in the order of the file, without those that cannot be found."""
        wanted = node.requires if isinstance(node, (DecisionElement, KnowledgeModel)) else ()
        return [place for place in map(self.locate, wanted) if place is not None]

    def references(self) -> Iterator[tuple[Node, Reference]]:
        """Every href of the file's nodes with the node that has it."""
        for node in self.definitions.nodes.values():
            if isinstance(node, Service):
                for reference in (*node.outputs, *node.encapsulated, *node.input_decisions, *node.input_data):
                    yield node, reference
            elif not isinstance(node, InputData):
                for reference in node.requires:
                    yield node, reference

    def refuse_cycles(self) -> None:
        """Raises DmnError when a node of this file requires itself by way of others. A knowledge model may call itself."""
        open_: dict[str, Iterator[Node]] = {}
        done: set[str] = set()
        for start in self.definitions.nodes.values():
            if start.id not in done:
                open_[start.id] = self._required_here(start)
            while open_:
                current = next(reversed(open_))
                following = next(open_[current], None)
                if following is None:
                    done.add(current)
                    del open_[current]
                elif following.id in open_:
                    raise self._circle([*list(open_)[list(open_).index(following.id) :], following.id])
                elif following.id not in done:
                    open_[following.id] = self._required_here(following)

    def _required_here(self, node: Node) -> Iterator[Node]:
        for place in self.requirements(node):
            if place.graph is self and not (place.node is node and isinstance(node, KnowledgeModel)):
                yield place.node

    def _circle(self, way: list[str]) -> DmnError:
        names = " → ".join(self.definitions.nodes[identifier].name for identifier in way)
        return DmnError(
            way[0],
            f"{self.file}: 요구 관계가 돌고 돌아요({names}). 화살표 하나를 지워 주세요.",
            f"{self.file}: the requirements go round in a circle ({names}); remove one of the arrows.",
        )

    @cached_property
    def drawn_names(self) -> frozenset[str]:
        """The variable names of all nodes of this file."""
        return frozenset(node.variable.name for node in self.definitions.nodes.values())

    @cached_property
    def component_names(self) -> frozenset[str]:
        """Names that stand after a dot in expressions: components of types and elements of imports, however deep."""
        names = {name for item in self.definitions.types.values() for name in _component_names(item)}
        for graph in self.imported.values():
            names |= graph.component_names | graph.drawn_names
        return frozenset(names)

    def _places(self, identifier: str) -> Iterator[Place]:
        if identifier in self.definitions.nodes:
            yield Place((), self, self.definitions.nodes[identifier])
        for name, graph in self.imported.items():
            for place in graph._places(identifier):
                yield Place((name, *place.path), place.graph, place.node)

    def _imported_type(self, reference: str) -> DeclaredType | None:
        """A type as `import.name` (any value where the import is not there), as `prefix:name` (DMN 1.1 and 1.2), or from a nameless import."""
        prefix, colon, local = reference.partition(":")
        if colon:
            namespace = self.definitions.prefixes.get(prefix, "")
            found = next((graph.types.find(local) for graph in self.imported.values() if graph.definitions.namespace == namespace), None)
            return found or self.types.find(local)
        for entry in self.definitions.imports:
            if entry.name not in self.imported and reference.startswith(f"{entry.name}."):
                return basic_type("Any")
        for name, graph in self.imported.items():
            if not name or reference.startswith(f"{name}."):
                found = graph.types.find(reference[len(name) + 1 :] if name else reference)
                if found is not None:
                    return found
        return None


def _component_names(item: ItemDefinition) -> Iterator[str]:
    for component in item.components:
        yield component.name
        yield from _component_names(component)
