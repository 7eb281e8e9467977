"""A pytest plugin: the first times that a command runs in any story, each of its database statements fails once before it runs for good.

After each failure every table must stand as before. `--commands FILE` gets the names of the commands that were tried so, one per line.
"""

import ast
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from engine.runtime.baton import Baton
from engine.store.base import Base
from engine.store.link import Links

RUNTIME = Path(__file__).parents[2] / "engine" / "runtime"
TIMES = 2
APART = {"number_block"}  # drawn in transactions of their own: gaps yes, reuse never
tried: Counter[str] = Counter()
carry_out = Baton.carry_out


class Fault(OperationalError):
    """The disk is gone."""

    def __init__(self) -> None:
        super().__init__("a statement", None, OSError("the disk is gone"))


def commands() -> set[str]:
    """Every command of the runtime, as `module.function`: public, its first parameter a reader, its answer a change."""
    found = set()
    for path in RUNTIME.glob("*.py"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and node.returns and node.args.args:
                first, rest = node.args.args[0], node.args.args[1:]
                if ast.unparse(node.returns) == "Change" and first.annotation and ast.unparse(first.annotation) == "Reader" and not rest:
                    found.add(f"{path.stem}.{node.name}")
    return found


def picture(baton: Baton) -> dict[str, list[str]]:
    """Every row of every table."""
    with baton.database.read() as connection:
        tables = [table for table in Base.metadata.sorted_tables if table.name not in APART]
        return {table.name: sorted(str(tuple(row)) for row in connection.execute(select(table))) for table in tables}


@contextmanager
def failing(links: Links, nth: int) -> Iterator[list[str]]:
    """The nth statement of this thread fails; the statements so far."""
    seen: list[str] = []
    mine = threading.get_ident()

    def fail(statement: str) -> None:
        if threading.get_ident() == mine and not statement.startswith("BEGIN"):
            seen.append(statement)
            if len(seen) == nth:
                raise Fault()

    before, links.watch = links.watch, fail
    try:
        yield seen
    finally:
        links.watch = before


def stubborn(baton: Baton, slot: Any, command: Any, *args: Any, **kwargs: Any) -> Any:
    """`Baton.carry_out`, after each statement has failed once."""
    name = f"{command.__module__.rpartition('.')[2]}.{command.__name__}"
    if tried[name] >= TIMES or threading.current_thread() is not threading.main_thread():
        return carry_out(baton, slot, command, *args, **kwargs)
    tried[name] += 1
    before, nth = picture(baton), 1  # each failure has to leave it so
    while True:
        with failing(baton.database.links, nth) as seen:
            try:
                answer = carry_out(baton, slot, command, *args, **kwargs)
            except Fault:
                pass
            else:
                return answer
        assert picture(baton) == before, f"{name}: statement {nth} failed, and something was written: {seen}"
        nth += 1


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--commands", help="where to write the names of the commands")


def pytest_sessionstart() -> None:
    Baton.carry_out = stubborn  # type: ignore[method-assign,assignment]


def pytest_sessionfinish(session: pytest.Session) -> None:
    Path(session.config.getoption("--commands")).write_text("\n".join(sorted(tried)))
