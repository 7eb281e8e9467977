"""The worklist with a thousand and with a million open tasks: the query behind the page, as the page asks it.

`python -m benchmarks.worklist [--json]`: per database p95_ms_1k, p95_ms_1m: the slowest of the views' 95th percentiles (agent and lead, each tab,
by due date and by age, one app, the third page). Bar: 50 ms. `views` has them one by one, `search_ms_1m` the slowest search for a part of a case
number (`searches`: how it begins, how it ends, what many contain, what none has).
"""

import json
import sys
from statistics import quantiles
from time import perf_counter
from typing import Any

from sqlalchemy import text
from structlog.testing import capture_logs

from benchmarks.databases import KINDS, opened
from benchmarks.instances import FORM
from engine.actors import CUSTOMER, Actor
from engine.runtime import instances
from engine.runtime.baton import Baton
from engine.store.tables import UserTask
from engine.views import worklist

FEW, MANY = 1_000, 1_000_000
ASKED = 40
AGENT = Actor("staff", "agent1", "이상담", frozenset({"agent", "team7"}))
RARE = Actor("staff", "agent2", "정상담", frozenset({"rare"}))
LEAD = Actor("staff", "lead1", "박팀장", frozenset({"lead", "agent"}))
VIEWS: dict[str, tuple[Actor, dict[str, Any]]] = {
    "mine": (AGENT, {"tab": "mine"}),
    "team": (AGENT, {"tab": "team"}),
    "team_rare": (RARE, {"tab": "team"}),
    "team_new": (AGENT, {"tab": "team", "sort": "new"}),
    "team_page3": (AGENT, {"tab": "team", "page": 3}),
    "team_app": (AGENT, {"tab": "team", "app": "signup"}),
    "all": (AGENT, {"tab": "all"}),
    "all_lead": (LEAD, {"tab": "all"}),
    "all_lead_new": (LEAD, {"tab": "all", "sort": "new"}),
    "done": (AGENT, {"tab": "done"}),
}
SEARCHES = {"begins": "A-2026-77777", "begins_many": "a-2026-77", "ends": "7777", "anywhere": "2026-77", "none": "zzzz"}
NUMBERS = {
    "sqlite": "with recursive n(n) as (select {first} union all select n + 1 from n where n < {last}) select n from n",
    "postgresql": "select n from generate_series({first}, {last}) as g(n)",
}
MOMENT = {
    "sqlite": "datetime('2026-12-01 00:00:00', ({minutes}) || ' minutes') || '.000000'",
    "postgresql": "timestamptz '2026-12-01' + ({minutes}) * interval '1 minute'",
}


def fill(baton: Baton, first: int, last: int) -> None:
    """Copies of one real task: of twenty teams and one rare one, one in fifty claimed, one in twenty without a date, one in ten for two teams."""
    kind = "sqlite" if baton.database.is_sqlite else "postgresql"
    taken = "case when n % 5000 = 7 then 'agent1' when n % 50 = 3 then 'agent' || n % 400 end"
    values = {
        "id": "'seed-' || n",
        "instance_id": "'seed-' || n",
        "business_key": "'A-2026-' || n",
        "team": "case when n % 50000 = 11 then 'rare' when n % 10 = 9 then null when n % 2 = 0 then 'agent' else 'team' || n % 20 end",
        "assignee": taken,
        "due": f"case when n % 20 = 13 then null else {MOMENT[kind].format(minutes='n % 40000 * 7919 % 40000')} end",
        "created_at": MOMENT[kind].format(minutes="-(n % 40000)"),
        "priority": "40 + n % 3 * 10",
    }
    columns = [column.name for column in UserTask.__table__.c]
    picked = ", ".join(values.get(name, f"task.{name}") for name in columns)
    numbers = NUMBERS[kind].format(first=first, last=last)
    task = "(select * from user_task where id not like 'seed-%' limit 1)"
    candidate = "select id, role, true, due, priority, created_at from user_task cross join (select 'agent' as role union all select 'team7') r"
    with baton.database.write() as connection:
        connection.execute(text(f"insert into user_task ({', '.join(columns)}) select {picked} from ({numbers}) numbers cross join {task} task"))
        connection.execute(
            text(
                "insert into user_task_candidate (task_id, role, open, due, priority, created_at) "
                f"{candidate} where team is null and id like 'seed-%' on conflict do nothing"
            )
        )
    with baton.database.read() as connection:
        connection.execute(text("analyze"))


def p95(baton: Baton, actor: Actor, asked: dict[str, Any]) -> float:
    """Milliseconds."""
    times = []
    for _ in range(ASKED):
        begin = perf_counter()
        with baton.read() as read:
            worklist.page(read, actor, lang="ko", **asked)
        times.append((perf_counter() - begin) * 1000)
    return quantiles(times, n=20)[18]


def views(baton: Baton) -> dict[str, float]:
    """The 95th percentile of each view, in milliseconds."""
    return {name: round(p95(baton, actor, asked), 1) for name, (actor, asked) in VIEWS.items()}


def measure(kind: str) -> dict[str, Any]:
    """A thousand tasks first, then a million."""
    with opened(kind) as baton:
        baton.do(instances.start, app="signup", door="apply", actor=CUSTOMER, submission=FORM)
        fill(baton, 1, FEW)
        few = views(baton)
        fill(baton, FEW + 1, MANY)
        many = views(baton)
        searches = {name: round(p95(baton, AGENT, {"tab": "team", "q": q}), 1) for name, q in SEARCHES.items()}
    slowest = {"p95_ms_1k": max(few.values()), "p95_ms_1m": max(many.values()), "search_ms_1m": max(searches.values())}
    return {**slowest, "views": many, "searches": searches}


def main() -> None:
    """Measure both databases."""
    with capture_logs():
        figures = {kind: measure(kind) for kind in KINDS}
    if "--json" not in sys.argv:
        print("\n".join(f"{kind:12}{name:14} {value}" for kind, found in figures.items() for name, value in found.items()))
    print(json.dumps({"name": "worklist", "figures": figures}))


if __name__ == "__main__":
    main()
