"""Guards taken out of this process, so that the crash rig can show what they are for. The product has no such switch.

Each write then comes a moment after it was worked out, so that what a guard is there for happens often: with the guards in place that costs nothing.
"""

import random
import time
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, select

from engine.ids import new_id
from engine.runtime import jobs
from engine.runtime.reader import Reader
from engine.store import commit
from engine.store.base import Base
from engine.store.tables import History, Job, ProcessInstance

HESITATION = 0.05  # seconds at most between working out a write and writing it


def take_out(guard: str) -> None:
    """`revision`: an instance is written whatever it has become since it was read. `fence`: a job is finished whoever holds its lease now."""
    if guard:
        _hesitating()
    if guard in ("revision", "both"):
        _without_revision()
    if guard in ("fence", "both"):
        _without_fence()


def _hesitating() -> None:
    apply = commit._apply

    def later(database: Any, change: commit.Change) -> None:
        time.sleep(random.uniform(0, HESITATION))
        apply(database, change)

    commit._apply = later


def _without_revision() -> None:
    updating, insert = commit.updating, commit.Change.insert

    def blind(table: type[Base], guards: Mapping[str, Any], *values: Any) -> commit.Write:
        kept = {name: value for name, value in guards.items() if name != "rev"} if table is ProcessInstance else guards
        return updating(table, kept, *values)

    def twice(change: commit.Change, table: type[Base], rows: Any) -> None:
        if table is History:  # its key would notice two steps of one revision
            rows = rows | {"rev": int(new_id()[:14], 16) % 2**31}
        insert(change, table, rows)

    commit.updating = blind
    commit.Change.insert = twice  # type: ignore[method-assign]


def _without_fence() -> None:
    apply = commit._apply

    def held(read: Reader, job_id: str, lease_token: str) -> Row[Any] | None:
        return read.one(select(*Job.__table__.c).where(Job.id == job_id))

    def unasked(database: Any, change: commit.Change) -> None:
        bare = (getattr(write.statement, "statement", write.statement) for write in change.writes)
        of_jobs = (getattr(getattr(statement, "table", None), "name", None) == "job" for statement in bare)
        change.writes = [commit.Write(w.statement, w.parameters) if of_job else w for w, of_job in zip(change.writes, of_jobs, strict=True)]
        apply(database, change)

    jobs.held = held
    commit._apply = unasked
