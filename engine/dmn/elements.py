"""What a DMN file says, as plain data: no behaviour, one dataclass for each element that matters (DMN 1.5, clauses 6, 7 and 10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Variable:
    """A named value with a declared type ("" when none is declared): DMN InformationItem."""

    name: str
    type_ref: str = ""


@dataclass(frozen=True)
class Literal:
    """A FEEL text. `element` is the id of the XML element that messages name."""

    text: str
    element: str = ""
    type_ref: str = ""
    language: str = ""


@dataclass(frozen=True)
class InputClause:
    expression: Literal
    label: str = ""
    allowed: str = ""


@dataclass(frozen=True)
class OutputClause:
    name: str = ""
    label: str = ""
    type_ref: str = ""
    allowed: str = ""
    default: Literal | None = None


@dataclass(frozen=True)
class Rule:
    """One row: input cells as written ("-" when empty), output cells, and its place counted from 1."""

    number: int
    id: str
    inputs: tuple[Literal, ...]
    outputs: tuple[Literal, ...]
    annotations: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A decision table. `hit_policy` is the name that the standard spells out ("RULE ORDER"), `aggregation` "" or SUM, MIN, MAX, COUNT."""

    element: str
    hit_policy: str
    aggregation: str
    inputs: tuple[InputClause, ...]
    outputs: tuple[OutputClause, ...]
    rules: tuple[Rule, ...]
    name: str = ""


@dataclass(frozen=True)
class ContextEntry:
    variable: Variable | None
    value: Boxed


@dataclass(frozen=True)
class Context:
    element: str
    entries: tuple[ContextEntry, ...]
    type_ref: str = ""


@dataclass(frozen=True)
class Relation:
    element: str
    columns: tuple[Variable, ...]
    rows: tuple[tuple[Boxed, ...], ...]
    type_ref: str = ""


@dataclass(frozen=True)
class ListOf:
    element: str
    items: tuple[Boxed, ...]
    type_ref: str = ""


@dataclass(frozen=True)
class Invocation:
    element: str
    function: Boxed | None
    bindings: tuple[tuple[str, Boxed | None], ...]
    type_ref: str = ""


@dataclass(frozen=True)
class FunctionDefinition:
    element: str
    parameters: tuple[Variable, ...]
    body: Boxed | None
    kind: str = "FEEL"
    type_ref: str = ""


@dataclass(frozen=True)
class Conditional:
    element: str
    condition: Boxed
    then: Boxed
    otherwise: Boxed
    type_ref: str = ""


@dataclass(frozen=True)
class Filter:
    element: str
    items: Boxed
    match: Boxed
    type_ref: str = ""


@dataclass(frozen=True)
class Iterator:
    """A boxed `for`, `some` or `every` (`kind`): `body` is what is returned, or must be satisfied, for each item."""

    element: str
    kind: str
    variable: str
    items: Boxed
    body: Boxed
    type_ref: str = ""


Boxed = Literal | Table | Context | Relation | ListOf | Invocation | FunctionDefinition | Conditional | Filter | Iterator


@dataclass(frozen=True)
class Reference:
    """Where an href points: the id, and the namespace of another model ("" for this one)."""

    namespace: str
    id: str
    href: str


@dataclass(frozen=True)
class InputData:
    id: str
    name: str
    variable: Variable


@dataclass(frozen=True)
class DecisionElement:
    """A decision. `alias` is a second name for its value: the id, where the file declares no variable (as Camunda Modeler writes tables)."""

    id: str
    name: str
    variable: Variable
    requires: tuple[Reference, ...]
    logic: Boxed | None
    alias: str = ""


@dataclass(frozen=True)
class KnowledgeModel:
    id: str
    name: str
    variable: Variable
    requires: tuple[Reference, ...]
    logic: FunctionDefinition | None


@dataclass(frozen=True)
class Service:
    id: str
    name: str
    variable: Variable
    outputs: tuple[Reference, ...]
    encapsulated: tuple[Reference, ...]
    input_decisions: tuple[Reference, ...]
    input_data: tuple[Reference, ...]


Node = InputData | DecisionElement | KnowledgeModel | Service


@dataclass(frozen=True)
class FunctionType:
    parameters: tuple[Variable, ...]
    output: str


@dataclass(frozen=True)
class ItemDefinition:
    """A declared type. `allowed` constrains the value, or each item of a collection; `constraint` the whole value (DMN 1.5, 7.3.3)."""

    name: str
    element: str
    type_ref: str = ""
    allowed: str = ""
    constraint: str = ""
    collection: bool = False
    components: tuple[ItemDefinition, ...] = ()
    function: FunctionType | None = None


@dataclass(frozen=True)
class Import:
    name: str
    namespace: str
    location: str
    kind: str
    element: str


@dataclass(frozen=True)
class Definitions:
    """A whole file. `nodes` is everything of the requirement graph by id; `prefixes` maps XML prefixes to namespaces."""

    name: str
    namespace: str
    imports: tuple[Import, ...]
    types: Mapping[str, ItemDefinition]
    nodes: Mapping[str, Node]
    prefixes: Mapping[str, str] = field(default_factory=dict)
    knowledge_sources: frozenset[str] = frozenset()
