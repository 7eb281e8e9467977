"""PostgreSQL's kept connection: constant statements go to libpq by the names under which they were prepared once.

The driver's cursors take longer for a statement than the server does, so they are passed by; what the server answers is read by the driver.
`BEGIN`, the constant statements that follow one another and, after the last of a change, `COMMIT` are sent together, and their answers awaited
once: so the server itself has to fail where a statement touches another number of rows than it must, and then carries out nothing that follows.
"""

import select
from collections.abc import Callable, Generator, Sequence
from datetime import datetime
from functools import cache
from itertools import groupby
from types import NoneType
from typing import Any

from psycopg import errors, generators
from psycopg.adapt import Transformer
from psycopg.pq import ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from sqlalchemy import CursorResult, Engine, Executable
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from engine.store.constant import Constant, Made, Values
from engine.store.database import dump_json
from engine.store.link import Link, Parameters, Step, Unmet, each

PREPARED = "baton.prepared"  # where a connection keeps the names of what was prepared on it
DONE = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK, ExecStatus.PIPELINE_SYNC)
TEXT, BINARY = Format.TEXT, Format.BINARY
ENCODED: dict[type, Callable[[Any], bytes | None]] = {  # bytes go as they are, everything else as text
    NoneType: lambda value: None,
    str: str.encode,
    int: b"%d".__mod__,
    bool: lambda value: b"t" if value else b"f",
    bytes: lambda value: value,
    datetime: lambda value: value.isoformat().encode(),
}


class PipelinedLink(Link):
    """A connection to PostgreSQL."""

    begin_with = "BEGIN"

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._written = PGDialect_psycopg(paramstyle="numeric_dollar", json_serializer=dump_json)  # type: ignore[no-untyped-call]

    def _open(self) -> None:
        super()._open()
        self._unopened = False  # a transaction that the server does not know of yet
        self._server: PGconn = self._raw.pgconn
        self._said = select.poll()
        self._said.register(self._server.socket, select.POLLIN)
        self._names: dict[str, bytes] = self._sql.info.setdefault(PREPARED, {})
        self._reads = Transformer(self._raw)

    def begin(self) -> None:
        """Open a transaction, with its first statement."""
        self._inside = self._unopened = True

    def commit(self) -> None:
        """Make it durable, unless its last statements did so."""
        if self._inside and not self._unopened:
            super().commit()
        self._inside = self._unopened = False

    def write(self, steps: Sequence[Step]) -> None:
        """Run these as the last of the open transaction, which is durable afterwards if the last of them is constant. Raises Unmet."""
        groups = [(constant, list(found)) for constant, found in groupby(steps, lambda step: isinstance(step[0], Constant))]
        for constant, group in groups:
            if constant:
                self._write_together(group, ends=group is groups[-1][1])
            else:
                super().write(group)

    def _write_together(self, steps: Sequence[Any], *, ends: bool) -> None:
        asked: list[tuple[str, list[Any]]] = [(self.begin_with, [])] if self._unopened else []
        for statement, parameters, expect in steps:
            many = each(parameters)
            made = statement.made(self._written, many[0])
            self.watch(made.text)
            text = made.text if expect is None else _guarded(made.text, expect // len(many))
            asked += [(text, made.bound(values)) for values in many]
        if ends:
            self.watch(self.end_with)
            asked.append((self.end_with, []))
        try:
            self._need_server()
            self.is_undone = not ends
            self._answers(asked)
        except errors.DivisionByZero as error:
            raise Unmet() from error
        except self._error as error:
            raise self._told(error) from error
        self._unopened = False
        self._inside = not ends

    def _need_server(self) -> None:
        """Fails where the server has hung up meanwhile, before anything is sent."""
        self.is_undone = True
        while self._said.poll(0):
            self._server.consume_input()

    def _through_sqlalchemy(self, statement: Executable, parameters: Parameters) -> CursorResult[Any]:
        self._need_open()
        return super()._through_sqlalchemy(statement, parameters)

    def _need_open(self) -> None:
        if self._unopened:
            self._unopened = False
            self.say(self.begin_with)

    def _command(self, text: str) -> None:
        self._answers([(text, [])])

    def _undo(self) -> None:
        self._unopened = False
        if self._server.transaction_status != TransactionStatus.IDLE:
            self._command("ROLLBACK")

    def _found(self, made: Made, values: Values) -> list[Any]:
        self._need_open()
        (answer,) = self._answers([(made.text, made.bound(values))])
        self._reads.set_pgresult(answer)
        return self._reads.load_rows(0, answer.ntuples, tuple)

    def _answers(self, asked: list[tuple[str, list[Any]]]) -> list[PGresult]:
        """What the server answers to these statements, sent together. Raises the error of the first that failed."""
        sent = [
            (self._prepared(text), list(map(_encoded, values)), [BINARY if type(value) is bytes else TEXT for value in values])
            for text, values in asked
        ]
        self.lost = True  # until everything is answered
        self._server.enter_pipeline_mode()
        for name, values, formats in sent:
            self._server.send_query_prepared(name, values, formats, BINARY)
        self._server.pipeline_sync()
        answers: list[PGresult] = self._raw.wait(_received(self._server, len(sent) + 1))
        self._server.exit_pipeline_mode()
        self.lost = False
        return _fine(answers)[:-1]

    def _prepared(self, text: str) -> bytes:
        name = self._names.get(text)
        if name is None:
            name = b"baton_%d" % len(self._names)
            self._server.send_prepare(name, text.encode())
            _fine(self._raw.wait(generators.execute(self._server)))
            self._names[text] = name
        return name


def _received(server: PGconn, count: int) -> Generator[Any, Any, list[PGresult]]:
    yield from generators.send(server)
    answers: list[PGresult] = []
    for _ in range(count):
        answers += yield from generators.fetch_many(server)
    return answers


def _fine(answers: list[PGresult]) -> list[PGresult]:
    for answer in answers:
        if answer.status not in DONE:
            raise errors.error_from_result(answer)
    return answers


@cache
def _guarded(text: str, rows: int) -> str:
    """The statement, failing unless it touches so many rows."""
    return f"WITH touched AS ({text} RETURNING 1) SELECT 1 / (count(*) = {rows})::int FROM touched"


def _encoded(value: Any) -> bytes | None:
    encode = ENCODED.get(type(value)) or next(encode for kind, encode in ENCODED.items() if isinstance(value, kind))
    return encode(value)
