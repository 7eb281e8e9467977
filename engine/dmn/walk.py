"""Walking through boxed expressions."""

from collections.abc import Iterator

from engine.dmn.elements import (
    Boxed,
    Conditional,
    Context,
    Filter,
    FunctionDefinition,
    Invocation,
    ListOf,
    Literal,
    Relation,
    Table,
)
from engine.dmn.elements import Iterator as BoxedIterator


def tables_in(logic: Boxed | None) -> Iterator[Table]:
    """Every decision table in a boxed expression, however deep."""
    if isinstance(logic, Table):
        yield logic
    for part in _parts(logic):
        yield from tables_in(part)


def _parts(logic: Boxed | None) -> list[Boxed | None]:
    match logic:
        case None | Literal() | Table():
            return []
        case Context():
            return [entry.value for entry in logic.entries]
        case Relation():
            return [cell for row in logic.rows for cell in row]
        case ListOf():
            return list(logic.items)
        case Invocation():
            return [logic.function, *(value for _, value in logic.bindings)]
        case FunctionDefinition():
            return [logic.body]
        case Conditional():
            return [logic.condition, logic.then, logic.otherwise]
        case Filter():
            return [logic.items, logic.match]
        case BoxedIterator():
            return [logic.items, logic.body]
