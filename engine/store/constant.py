"""Statements whose text never changes: made to SQL once for each kind of database, after that only their values are bound.

SQLAlchemy's own way from a statement to its rows takes some ten times what SQLite takes to carry it out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import JSON, BindParameter, Dialect, Row, Select, UpdateBase
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.types import TypeEngine

from engine.store.base import Moment

Values = Mapping[str, Any]
Processor = Any  # a callable that converts one value, or None


@dataclass(frozen=True)
class Made:
    """A statement as one kind of database takes it."""

    text: str
    names: list[str]  # of its parameters, in their order
    fixed: list[Any]  # the values that stand in the statement itself
    sent: list[tuple[int, Processor]]  # the parameters that are converted
    metadata: SimpleResultMetaData
    processors: list[Processor]  # of the columns of a row

    def bound(self, values: Values) -> list[Any]:
        """The parameters for the driver."""
        found = list(map(values.get, self.names, self.fixed))
        for index, process in self.sent:
            found[index] = process(found[index])
        return found

    def rows(self, found: list[tuple[Any, ...]]) -> list[Row[Any]]:
        """The driver's rows, with names and as our types say."""
        return [Row(self.metadata, self.processors, self.metadata._key_to_index, row) for row in found]


@dataclass(eq=False)
class Constant:
    """One statement; its parameters are values alone, no lists. `by_values`: an insertion of the columns that the values are named for."""

    statement: Select[Any] | UpdateBase
    by_values: bool = False
    _made: dict[tuple[str, ...], Made] = field(default_factory=dict)

    def made(self, dialect: Dialect, values: Values) -> Made:
        """The statement for this database and these values."""
        names = (dialect.name, *values) if self.by_values else (dialect.name,)
        found = self._made.get(names)
        if found is None:
            found = self._made[names] = _make(self.statement, dialect, names[1:])
        return found


def _sender(kind: TypeEngine[Any], dialect: Dialect) -> Processor:
    if isinstance(kind, JSON):
        return dialect._json_serializer  # what SQLAlchemy would ask in three more calls
    return _moment_sender(dialect) if isinstance(kind, Moment) else kind.dialect_impl(dialect).bind_processor(dialect)


@cache
def _moment_sender(dialect: Dialect) -> Processor:
    process = Moment().dialect_impl(dialect).bind_processor(dialect)
    return process and lru_cache(maxsize=256)(process)  # a step writes its one moment some thirty times


def _make(statement: Select[Any] | UpdateBase, dialect: Dialect, names: tuple[str, ...]) -> Made:
    compiled: Any = statement.compile(dialect=dialect, column_keys=names or None)
    if compiled.post_compile_params:
        raise TypeError(f"a constant statement takes no lists: {compiled}")
    binds: list[BindParameter[Any]] = [compiled.binds[name] for name in compiled.positiontup]
    sent = [_sender(bind.type, dialect) for bind in binds]
    columns = statement.column_descriptions if isinstance(statement, Select) else []
    metadata = SimpleResultMetaData([column["name"] for column in columns])
    processors = [column["type"].dialect_impl(dialect).result_processor(dialect, None) for column in columns]
    fixed = [bind.value for bind in binds]
    return Made(str(compiled), compiled.positiontup, fixed, [(at, process) for at, process in enumerate(sent) if process], metadata, processors)
