"""How much a command or a page asks of the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from engine.runtime.baton import Baton


@dataclass
class Counted:
    """The statements without those that open a transaction, and how many transactions were committed."""

    statements: list[str] = field(default_factory=list)
    commits: int = 0


@contextmanager
def counted(baton: Baton) -> Iterator[Counted]:
    """Everything that is asked of a Baton's database inside the block."""
    seen, links = Counted(), baton.database.links

    def on_statement(text: str) -> None:
        if text == "COMMIT":
            seen.commits += 1
        elif not text.startswith("BEGIN"):
            seen.statements.append(text)

    before, links.watch = links.watch, on_statement
    try:
        yield seen
    finally:
        links.watch = before
