"""What the parser makes of an expression: one class per rule of the grammar (DMN 1.5, 10.3.1.2), with where it stands in the text."""

from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Node:
    """A part of an expression, from `start` to `end` of the text."""

    start: int
    end: int


@dataclass(slots=True)
class Literal(Node):
    """A number, string, boolean or null."""

    value: Any


@dataclass(slots=True)
class AtLiteral(Node):
    """`@"2026-11-20"`."""

    text: str


@dataclass(slots=True)
class Name(Node):
    """A variable or function; `?` is the tested value."""

    name: str


@dataclass(slots=True)
class Path(Node):
    """`base.name`."""

    base: Node
    name: str


@dataclass(slots=True)
class Filter(Node):
    """`base[condition]` or `base[index]`."""

    base: Node
    condition: Node


@dataclass(slots=True)
class Call(Node):
    """A function invocation; `names` is None for positional arguments."""

    function: Node
    arguments: list[Node]
    names: list[str] | None


@dataclass(slots=True)
class Chain(Node):
    """Operands joined by operators of one precedence (`+ -`, or `* /`), left to right."""

    first: Node
    rest: list[tuple[str, Node]]


@dataclass(slots=True)
class Logic(Node):
    """`and` or `or` over two or more operands."""

    operator: str
    operands: list[Node]


@dataclass(slots=True)
class Power(Node):
    """`base ** exponent`."""

    base: Node
    exponent: Node


@dataclass(slots=True)
class Negate(Node):
    """`-operand`."""

    operand: Node


@dataclass(slots=True)
class Compare(Node):
    """`left operator right`, one of `= != < <= > >=`."""

    operator: str
    left: Node
    right: Node


@dataclass(slots=True)
class Between(Node):
    """`value between low and high`."""

    value: Node
    low: Node
    high: Node


@dataclass(slots=True)
class Test(Node):
    """A unary test: the operator and endpoint (`< 5`), or, with operator None, an expression."""

    operator: str | None
    operand: Node


@dataclass(slots=True)
class In(Node):
    """`value in test` or `value in (test, test)`."""

    value: Node
    tests: list[Test]


@dataclass(slots=True)
class UnaryTests(Node):
    """The content of a cell: tests, negated or not; none for `-`."""

    tests: list[Test]
    negated: bool


@dataclass(slots=True)
class Interval(Node):
    """`[low..high]`; an end that is None is open (`(< 10)`)."""

    low: Node | None
    high: Node | None
    low_included: bool
    high_included: bool


@dataclass(slots=True)
class ListLiteral(Node):
    """`[a, b]`."""

    items: list[Node]


@dataclass(slots=True)
class ContextLiteral(Node):
    """`{a: 1, "b": 2}`."""

    entries: list[tuple[str, Node]]


@dataclass(slots=True)
class If(Node):
    """`if ... then ... else if ... then ... else ...`."""

    branches: list[tuple[Node, Node]]
    otherwise: Node


@dataclass(slots=True)
class Iteration:
    """`name in source` or `name in source..last`."""

    name: str
    source: Node
    last: Node | None


@dataclass(slots=True)
class For(Node):
    """`for x in xs, y in ys return result`."""

    iterations: list[Iteration]
    result: Node


@dataclass(slots=True)
class Quantified(Node):
    """`some` or `every` ... `satisfies`."""

    quantifier: str
    iterations: list[Iteration]
    condition: Node


@dataclass(slots=True)
class TypeName:
    """A type as written after `instance of` or a parameter: a name, with what stands in its angle brackets.

    list, range: `parts` is the one element type · context: `keys` name the `parts` · function: `parts` are the parameters, `result` the result.
    """

    name: str
    parts: "list[TypeName] | None" = None
    keys: list[str] | None = None
    result: "TypeName | None" = None


@dataclass(slots=True)
class InstanceOf(Node):
    """`value instance of type`."""

    value: Node
    type: TypeName


@dataclass(slots=True)
class FunctionLiteral(Node):
    """`function(a: number, b) body`; external ones have no body that FEEL could run."""

    parameters: list[tuple[str, TypeName | None]]
    body: Node
    external: bool
