"""Business numbers such as `S-20261201-0007`: drawn in blocks, in transactions of their own. Gaps happen, reuse never."""

import re
import threading
from datetime import datetime

from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert as upsert

from engine.clock import KST
from engine.store import commit
from engine.store.database import Database
from engine.store.tables import NumberBlock

BLOCK = 10
COUNTER = re.compile(r"\{(n+)\}")


class Numbers:
    """Hands out numbers of a series; thread-safe. Each process draws blocks of its own, where it has workers before they are needed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._blocks: dict[str, tuple[int, int]] = {}
        self._lock = threading.Lock()

    def next(self, app: str, pattern: str, now: datetime) -> str:
        """The next number for a pattern such as `S-{yyyymmdd}-{nnnn}`; the day is the Korean business day of `now`."""
        dated = pattern.replace("{yyyymmdd}", now.astimezone(KST).strftime("%Y%m%d"))
        series = f"{app}:{COUNTER.sub('#', dated)}"
        with self._lock:
            start, end = self._blocks.get(series, (0, 0))
            if start >= end:
                start = self._draw(series)
                end = start + BLOCK
            self._blocks[series] = (start + 1, end)
        return COUNTER.sub(lambda found: str(start).zfill(len(found[1])), dated)

    def refill(self) -> None:
        """Draw the next block of each series that is used up, so that no step has to wait for it."""
        with self._lock:
            for series in [series for series, (start, end) in self._blocks.items() if start >= end]:
                start = self._draw(series)
                self._blocks[series] = (start, start + BLOCK)

    def _draw(self, series: str) -> int:
        end: int = commit.ask(self._database, DRAW, {"series": series})
        return end - BLOCK


FIRST = upsert(NumberBlock).values(series=bindparam("series"), next=1 + BLOCK)
# Whoever comes second waits for the row, and draws behind the first.
DRAW = FIRST.on_conflict_do_update(index_elements=["series"], set_={"next": NumberBlock.next + BLOCK}).returning(NumberBlock.next)
