"""What one look of the watchdog costs with a hundred thousand running instances, each with an open task, while it finds every stuck one.

`python -m benchmarks.watchdog [--json]`: per database look_ms (median of quiet looks), look_max_ms, busy_ms (a look while 500 instances change each
second), first_ms (the very first look, at all of them) and found_s (seconds of Baton's clock until the last of ten stuck ones, at most 60).
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter
from typing import Any

from sqlalchemy import delete, func, select, text
from structlog.testing import capture_logs

from benchmarks.databases import KINDS, opened
from benchmarks.instances import FORM
from benchmarks.worklist import MOMENT, NUMBERS
from engine import watchdog
from engine.actors import CUSTOMER
from engine.clock import FixedClock
from engine.runtime import instances
from engine.runtime.baton import Baton
from engine.store.base import Base
from engine.store.tables import Incident, ProcessInstance, UserTask

MANY, PLANTED = 100_000, 10
TODAY = datetime(2026, 12, 1, tzinfo=UTC)  # when the newest copy was changed
EACH_SECOND = "-n / 30000.0"  # 500 of them, in minutes


def fill(baton: Baton) -> None:
    """Copies of one real instance and of its task."""
    kind = "sqlite" if baton.database.is_sqlite else "postgresql"
    moment = MOMENT[kind].format(minutes=EACH_SECOND)
    copied: dict[type[Base], dict[str, str]] = {
        ProcessInstance: {"id": "'seed-' || n", "business_key": "'A-' || n", "updated_at": moment, "started_at": moment},
        UserTask: {"id": "'seed-' || n || '-1'", "instance_id": "'seed-' || n", "business_key": "'A-' || n"},
    }
    with baton.database.write() as connection:
        for table, values in copied.items():
            columns = [column.name for column in table.__table__.c]
            picked = ", ".join(values.get(name, f"one.{name}") for name in columns)
            one = f"(select * from {table.__tablename__} where id not like 'seed-%' limit 1) one"
            numbers = NUMBERS[kind].format(first=1, last=MANY)
            names = ", ".join(columns)
            connection.execute(text(f"insert into {table.__tablename__} ({names}) select {picked} from ({numbers}) numbers cross join {one}"))
    with baton.database.read() as connection:
        connection.execute(text("analyze"))


def look(baton: Baton, clock: FixedClock) -> float:
    """Ten seconds later; milliseconds of the look."""
    clock.advance(watchdog.EVERY + timedelta(seconds=1))
    begin = perf_counter()
    watchdog.look(baton)
    return (perf_counter() - begin) * 1000


def found(baton: Baton) -> int:
    """How many incidents there are."""
    with baton.read() as read:
        number: int = read.value(select(func.count()).select_from(Incident))
    return number


def until_found(baton: Baton, clock: FixedClock) -> float:
    """Ten instances spread over all lose their task; seconds until the last one is an incident."""
    begin = clock.now()
    lost = [f"seed-{1 + number * (MANY // PLANTED)}" for number in range(PLANTED)]
    with baton.database.write() as connection:
        connection.execute(delete(UserTask).where(UserTask.instance_id.in_(lost)))
    while found(baton) < PLANTED:
        look(baton, clock)
    return (clock.now() - begin).total_seconds()


def measure(kind: str) -> dict[str, float]:
    """All of it on one database."""
    with opened(kind) as baton:
        clock = baton.clock = FixedClock(TODAY)
        baton.do(instances.start, app="signup", door="apply", actor=CUSTOMER, submission=FORM)
        fill(baton)
        first, busy = look(baton, clock), look(baton, clock)
        clock.advance(timedelta(minutes=5))
        look(baton, clock)
        looks = [look(baton, clock) for _ in range(9)]
        seconds = until_found(baton, clock)
    figures: dict[str, Any] = {"look_ms": median(looks), "look_max_ms": max(looks), "busy_ms": busy, "first_ms": first, "found_s": seconds}
    return {name: round(value, 1) for name, value in figures.items()}


def main() -> None:
    """Measure both databases."""
    with capture_logs():
        figures = {kind: measure(kind) for kind in KINDS}
    if "--json" not in sys.argv:
        print("\n".join(f"{kind:12}{name:14} {value}" for kind, found in figures.items() for name, value in found.items()))
    print(json.dumps({"name": "watchdog", "figures": figures}))


if __name__ == "__main__":
    main()
