"""The writing statements of the step's path, each made once."""

from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from sqlalchemy import Table, Update, bindparam, delete, insert, update

from engine.store.base import Base
from engine.store.constant import Constant

IS = "is_"  # before the name of a parameter that says which row is meant


@cache
def inserting(mapped: type[Base]) -> Constant:
    """`INSERT` of whole rows."""
    return Constant(insert(_table(mapped)), by_values=True)


@cache
def updating(mapped: type[Base], guards: tuple[str, ...], names: tuple[str, ...]) -> Constant:
    """`UPDATE` of the columns `names` in the row in which the columns `guards` have the given values."""
    return Constant(update_of(mapped, guards, names))


def update_of(mapped: type[Base], guards: tuple[str, ...], names: tuple[str, ...]) -> Update:
    """The same as SQLAlchemy's statement, for one who has more to add to it."""
    table = _table(mapped)
    values = {name: bindparam(name, type_=table.c[name].type) for name in names}
    return update(table).where(*_guarded(table, guards)).values(values)


@cache
def deleting(mapped: type[Base], guards: tuple[str, ...]) -> Constant:
    """`DELETE` of the row in which the columns `guards` have the given values."""
    table = _table(mapped)
    return Constant(delete(table).where(*_guarded(table, guards)))


def _table(mapped: type[Base]) -> Table:
    return cast(Table, mapped.__table__)


def _guarded(table: Table, guards: tuple[str, ...]) -> list[Any]:
    return [table.c[name] == bindparam(f"{IS}{name}", type_=table.c[name].type) for name in guards]


def bound(guards: Mapping[str, Any]) -> dict[str, Any]:
    """The guards' values under the names of their parameters."""
    return {f"{IS}{name}": value for name, value in guards.items()}
