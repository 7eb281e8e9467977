"""SQL that changes single keys of a JSON column in place, for statements that must not write the whole document."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import JSON, BigInteger, ColumnElement, bindparam, cast, func, literal
from sqlalchemy.dialects.postgresql import JSONB

from engine.store.database import dump_json

Column = ColumnElement[Any]


def patched(dialect: str, column: Any, values: Mapping[str, Any]) -> Column:
    """The document with these keys set; all others stay as they stand in the row. `dialect` is sqlite or postgresql."""
    if dialect == "sqlite":
        return func.json_set(column, *(part for name, value in values.items() for part in (_path(name), func.json(dump_json(value)))))
    return cast(cast(column, JSONB).concat(bindparam(None, dict(values), type_=JSONB)), JSON)


def added(dialect: str, column: Any, amounts: Mapping[str, int]) -> Column:
    """The document with these amounts added to its keys; a missing key counts as 0."""
    if dialect == "sqlite":
        sums = ((_path(name), func.coalesce(func.json_extract(column, _path(name)), 0) + amount) for name, amount in amounts.items())
        return func.json_set(column, *(part for pair in sums for part in pair))
    document = cast(column, JSONB)
    totals = ((literal(name), _standing(document, name) + amount) for name, amount in amounts.items())
    return cast(document.concat(func.jsonb_build_object(*(part for pair in totals for part in pair))), JSON)


def _standing(document: Any, name: str) -> Column:
    return func.coalesce(cast(document[name].astext, BigInteger), 0)


def _path(name: str) -> str:
    return f'$."{name}"'
