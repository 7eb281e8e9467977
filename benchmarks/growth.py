"""What an instance costs as it grows old: the time of a turn of a three-task loop after 10, 500 and 10,000 turns, and the snapshot's size.

`python -m benchmarks.growth [--json]`: turn_10_us, turn_500_us, turn_10000_us, ratio_500, ratio_10000, snapshot_bytes.
"""

import json
import sys
from statistics import median
from time import perf_counter
from typing import Final

from benchmarks.engine import Quiet
from benchmarks.signup import HEAD, TAIL
from engine import bpmn

TASKS: Final = ("first", "second", "third")
LOOP: Final = (
    HEAD
    + '<bpmn:startEvent id="start"/><bpmn:endEvent id="end"/><bpmn:exclusiveGateway id="again" default="back"/>'
    + "".join(f'<bpmn:userTask id="{task}"/>' for task in TASKS)
    + "".join(
        f'<bpmn:sequenceFlow id="{flow}" sourceRef="{source}" targetRef="{target}"/>'
        for flow, source, target in (
            ("f1", "start", "first"),
            ("f2", "first", "second"),
            ("f3", "second", "third"),
            ("f4", "third", "again"),
            ("back", "again", "first"),
        )
    )
    + '<bpmn:sequenceFlow id="out" sourceRef="again" targetRef="end">'
    + "<bpmn:conditionExpression>=stop = true</bpmn:conditionExpression></bpmn:sequenceFlow>"
    + TAIL
).encode()
TURNS: Final = 10_000
AROUND: Final = 40


class Aging:
    """One instance, dumped and restored at every task, with the time of each turn."""

    def __init__(self) -> None:
        self.host = Quiet()
        self.model = bpmn.parse({"loop.bpmn": LOOP})
        execution = bpmn.start(self.model, "signup", {"stop": False}, self.host)
        execution.run()
        self.snapshot = execution.dump()

    def turn(self) -> float:
        """Three tasks, each restored, completed, run and dumped; the seconds they took."""
        begin = perf_counter()
        for _ in TASKS:
            execution = bpmn.restore(self.model, self.snapshot, self.host)
            execution.complete(execution.waits[0].token, {"seen": True})
            execution.run()
            self.snapshot = execution.dump()
        return perf_counter() - begin


def main() -> None:
    """Grow one instance to 10,000 turns; compare it, turn by turn, with a young one, because the machine is not always as fast."""
    old = Aging()
    times = [old.turn() for _ in range(TURNS + AROUND)]
    at_500 = median(times[500 : 500 + AROUND])
    pairs = []
    for _ in range(AROUND):
        young = Aging()
        early = [young.turn() for _ in range(15)][10:]
        late = [old.turn() for _ in range(5)]
        pairs.append((median(early), median(late)))
    at_10 = median(early for early, _ in pairs)
    figures = {
        "turn_10_us": round(at_10 * 1e6, 1),
        "turn_500_us": round(at_500 * 1e6, 1),
        "turn_10000_us": round(median(late for _, late in pairs) * 1e6, 1),
        "ratio_500": round(at_500 / median(times[10 : 10 + AROUND]), 2),
        "ratio_10000": round(median(late / early for early, late in pairs), 2),
        "snapshot_bytes": len(old.snapshot),
    }
    if "--json" not in sys.argv:
        print("\n".join(f"{name:16} {value}" for name, value in figures.items()))
    print(json.dumps({"name": "growth", "figures": figures}))


if __name__ == "__main__":
    main()
