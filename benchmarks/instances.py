"""Durable signups per second on SQLite (FULL) and PostgreSQL, beside plain SpiffWorkflow that saves and reloads JSON without a database, in one run.

`python -m benchmarks.instances [--json]`: per database plain_per_s, and by the number of callers (threads of one process, as in a web server)
instances_per_s and ratio; `ratio` and instances_per_s are those of the number that gets more done. complete_p50_ms and complete_p95_ms of one
completion; statements and commits (the most that one completion took); fsync_per_s of the disk that SQLite writes to. One signup: record with
personal data, number, three forms, a gateway, two user tasks, two automatic tasks, statuses, events, history, request keys: three commits.
"""

import gc
import json
import os
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from statistics import median, quantiles
from time import perf_counter
from typing import Any

from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import bindparam, select
from structlog.testing import capture_logs

from benchmarks.databases import KINDS, opened
from benchmarks.engine import plain_spec
from engine.actors import CUSTOMER, Actor
from engine.runtime import instances, user_tasks
from engine.runtime.baton import Baton
from engine.store.constant import Constant
from engine.store.tables import UserTask
from tests.runtime.counting import counted

ROUNDS = 7
SECONDS = 1.0
CALLERS = (1, 4)  # of ours: one waits for each commit by itself, of several one computes while another waits
FSYNCS = 200
AGENT = Actor("staff", "agent1", "이상담", frozenset({"agent"}))
FIRST = Constant(select(UserTask.id).where(UserTask.instance_id == bindparam("instance_id")))
FORM = {"applicant_name": "홍길동", "mobile": "01000001234", "amount": "50"}
Times = list[float]


class Signups:
    """People who sign up, and the agent who does the two tasks of each."""

    def __init__(self, baton: Baton) -> None:
        self.baton = baton
        self.keys = count()
        self.completions: Times = []

    def once(self) -> None:
        """One signup from application to end."""
        started = self.baton.do(instances.start, app="signup", door="apply", actor=CUSTOMER, submission=FORM, key=f"a{next(self.keys)}")
        task = self._first_task(started.instance_id)
        while task:
            begin = perf_counter()
            task = self.complete(task)
            self.completions.append((perf_counter() - begin) * 1000)

    def complete(self, task: str) -> str | None:
        """Complete a task as the page does; the id of the next one."""
        form = {"note": "잘 부탁드려요"}
        done = self.baton.do(user_tasks.complete, task_id=task, actor=AGENT, submission=form, key=f"c{next(self.keys)}")
        following: str | None = done.next_task_id
        return following

    def _first_task(self, instance_id: str) -> str:
        with self.baton.read() as read:
            found: str = read.value(FIRST, {"instance_id": instance_id})
        return found

    def asked(self) -> tuple[int, int]:
        """The most statements and commits that one completion takes."""
        started = self.baton.do(instances.start, app="signup", door="apply", actor=CUSTOMER, submission=FORM, key=f"a{next(self.keys)}")
        task: str | None = self._first_task(started.instance_id)
        seen = []
        while task:
            with counted(self.baton) as counts:
                task = self.complete(task)
            seen.append((len(counts.statements), counts.commits))
        return max(statements for statements, _ in seen), max(commits for _, commits in seen)


class Plain:
    """The library as it is, which saves to JSON and reloads between two steps, as any program around it must."""

    def __init__(self) -> None:
        self.spec = plain_spec()
        self.serializer = BpmnWorkflowSerializer()

    def once(self) -> None:
        """One instance from start to end, saved and reloaded at each of its two user tasks."""
        workflow = BpmnWorkflow(self.spec)
        workflow.task_tree.data.update({"amount": 50, "applicant_name": "홍길동", "mobile": "01000001234"})
        workflow.do_engine_steps()
        saved = self.serializer.serialize_json(workflow)
        while not workflow.is_completed():
            workflow = self.serializer.deserialize_json(saved)
            workflow.get_tasks(state=TaskState.READY, manual=True)[0].run()
            workflow.do_engine_steps()
            saved = self.serializer.serialize_json(workflow)


def per_second(once: Callable[[], None], callers: int = 1) -> float:
    """How often `once` runs in a second, called by so many threads."""
    begin = perf_counter()

    def call(_: int) -> int:
        done = 0
        while perf_counter() - begin < SECONDS:
            once()
            done += 1
        return done

    with ThreadPoolExecutor(callers) as threads:
        done = sum(threads.map(call, range(callers)))
    return done / (perf_counter() - begin)


def fsync_per_s() -> float:
    """How often this disk makes 4 KB durable in a second."""
    with tempfile.TemporaryFile() as file:
        begin = perf_counter()
        for _ in range(FSYNCS):
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
        return FSYNCS / (perf_counter() - begin)


def measure(kind: str) -> dict[str, Any]:
    """Both in turns, so that they meet the same machine."""
    with opened(kind) as baton:
        signups, plain = Signups(baton), Plain()
        for _ in range(20):
            signups.once()
            plain.once()
        signups.completions.clear()
        gc.freeze()
        theirs: list[float] = []
        ours: dict[int, list[float]] = {callers: [] for callers in CALLERS}
        for _ in range(ROUNDS):
            theirs.append(per_second(plain.once))
            for callers, found in ours.items():
                found.append(per_second(signups.once, callers))
        statements, commits = signups.asked()
    cuts = quantiles(signups.completions, n=20)
    ratios = {callers: median(a / b for a, b in zip(found, theirs, strict=True)) for callers, found in ours.items()}
    best = max(ratios, key=lambda callers: ratios[callers])
    return {
        "callers": best,
        "instances_per_s": round(median(ours[best]), 1),
        "plain_per_s": round(median(theirs), 1),
        "ratio": round(ratios[best], 2),
        "ratio_by_callers": {str(callers): round(ratio, 2) for callers, ratio in ratios.items()},
        "instances_per_s_by_callers": {str(callers): round(median(found), 1) for callers, found in ours.items()},
        "complete_p50_ms": round(median(signups.completions), 2),
        "complete_p95_ms": round(cuts[18], 2),
        "statements": statements,
        "commits": commits,
        "fsync_per_s": round(fsync_per_s()),
    }


def main() -> None:
    """Measure both databases."""
    with capture_logs():
        figures = {kind: measure(kind) for kind in KINDS}
    if "--json" not in sys.argv:
        print("\n".join(f"{kind:12}{name:16} {value}" for kind, found in figures.items() for name, value in found.items()))
    print(json.dumps({"name": "instances", "figures": figures}))


if __name__ == "__main__":
    main()
