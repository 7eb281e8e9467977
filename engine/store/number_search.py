"""SQL that finds a task's number by how it begins or ends, through an index on both databases, however many there are."""

from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, func, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NULLTYPE

LAST = "\U0010ffff"  # no text goes on beyond it
END = 4  # characters of a number's end that are indexed


class begins(FunctionElement[Any]):
    """Whether a text begins with a bound one, `begins(column, low, high)`: in the order of its bytes it stands from `low` up to `high`."""

    type = NULLTYPE  # no Boolean: SQLite would compare the outcome with 1, and use no index
    name = "begins"
    inherit_cache = True


@compiles(begins)
def _begins(element: Any, compiler: Any, **how: Any) -> str:
    text, low, high = (compiler.process(part, **how) for part in element.clauses)
    from_here, up_to = (">=", "<") if compiler.dialect.name == "sqlite" else ("~>=~", "~<~")
    return f"({text} {from_here} {low} AND {text} {up_to} {high})"


def end_of(column: Any) -> ColumnElement[str]:
    """The last four characters, written as the index has them."""
    return func.substr(column, func.length(column) - literal_column("3"))


def beginning(column: Any, name: str) -> ColumnElement[bool]:
    """Whether the column begins with what `bound` gives this name."""
    return begins(column, bindparam(name, type_=String), bindparam(f"{name}_until", type_=String))


def bound(name: str, text: str) -> dict[str, str]:
    """The values of `beginning`, and `<name>_end` for a comparison with `end_of`."""
    return {name: text, f"{name}_until": text + LAST, f"{name}_end": text[-END:]}
