"""Instances per second in memory, beside plain SpiffWorkflow in the same run, and the cost of a snapshot.

`python -m benchmarks.engine [--json]`: instances_per_s, plain_per_s, ratio, snapshot_us (restore and dump together, microseconds).
"""

import gc
import json
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from statistics import median
from time import perf_counter
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from benchmarks.signup import BATON, PLAIN
from engine import bpmn

ROUNDS = 7
SECONDS = 0.4


class Quiet:
    """A host that records nothing."""

    now = datetime(2026, 11, 20, tzinfo=UTC)
    seed = 1
    names: Mapping[str, Any] = {}

    def resolve(self, reference: str) -> str:
        return ""

    def runs_in_step(self, job_type: str) -> bool:
        return False

    def entered(self, element: bpmn.Element) -> None: ...

    def took(self, process_id: str, flow_id: str) -> None: ...

    def completed(self, element: bpmn.Element, scope: Mapping[str, Any]) -> None: ...

    def cancelled(self, element: bpmn.Element) -> None: ...


def baton_once(model: bpmn.Model, host: bpmn.Host) -> None:
    """One instance from start to end."""
    execution = bpmn.start(model, "signup", {"amount": 50}, host)
    execution.run()
    while execution.state == "running":
        execution.complete(execution.waits[0].token, {})
        execution.run()


def plain_once(spec: Any) -> None:
    """The same with the library as it is."""
    workflow = BpmnWorkflow(spec)
    workflow.task_tree.data["amount"] = 50
    workflow.do_engine_steps()
    while not workflow.is_completed():
        workflow.get_tasks(state=TaskState.READY, manual=True)[0].run()
        workflow.do_engine_steps()


def per_second(once: Callable[[], None]) -> float:
    """How often `once` runs in a second."""
    count, begin = 0, perf_counter()
    while (elapsed := perf_counter() - begin) < SECONDS:
        once()
        count += 1
    return count / elapsed


def plain_spec() -> Any:
    """The model as the library parses it."""
    parser = BpmnParser()
    parser.add_bpmn_xml(etree.fromstring(PLAIN))
    return parser.get_spec("signup")


def snapshot_us(model: bpmn.Model, host: bpmn.Host) -> float:
    """Restore and dump together at the second user task, in microseconds."""
    execution = bpmn.start(model, "signup", {"amount": 50, "name": "Kim", "product": "BUNDLE"}, host)
    execution.run()
    execution.complete(execution.waits[0].token, {})
    execution.run()
    snapshot = execution.dump()
    return 1e6 / per_second(lambda: bpmn.restore(model, snapshot, host).dump() and None)


def main() -> None:
    """Measure in turns, so that both meet the same machine."""
    model, spec, host = bpmn.parse({"signup.bpmn": BATON}), plain_spec(), Quiet()
    gc.freeze()
    ours, plain, snapshots = [], [], []
    for _ in range(ROUNDS):
        plain.append(per_second(lambda: plain_once(spec)))
        ours.append(per_second(lambda: baton_once(model, host)))
        snapshots.append(snapshot_us(model, host))
    ratio = median(a / b for a, b in zip(ours, plain, strict=True))
    figures = {"instances_per_s": round(median(ours)), "plain_per_s": round(median(plain)), "ratio": round(ratio, 2)}
    figures["snapshot_us"] = round(median(snapshots), 1)
    if "--json" not in sys.argv:
        print("\n".join(f"{name:16} {value}" for name, value in figures.items()))
    print(json.dumps({"name": "engine", "figures": figures}))


if __name__ == "__main__":
    main()
