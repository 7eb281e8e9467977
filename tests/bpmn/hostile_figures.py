"""What hostile files cost: each is checked, parsed, started and run for one step in a process of its own, under a limit of CPU time that kills.

`python -m tests.bpmn.hostile_figures` prints outcome, seconds of CPU and megabytes for each file, and exits with 1 when one is past its bounds,
raises what nobody expects, or ends as if all were well.
"""

import os
import resource
import sys
import time
from collections.abc import Callable
from math import ceil

from engine import bpmn
from engine.bpmn import ModelRefused, StepFailed, UncaughtError
from tests.bpmn.host import Desk
from tests.bpmn.hostile import files

CPU_SECONDS = 2  # where the sum of `pace` takes SUM seconds, as on a machine of 2026; as many times more as it takes longer
SUM = 0.1
MEGABYTES = 200


def outcome(data: bytes) -> str:
    """What becomes of one file: refused, stopped in its first step, or at a wait state that can be kept and restored."""
    found = {"hostile.bpmn": data}
    try:
        model = bpmn.parse(found)
    except ModelRefused as refusal:
        return "refused: " + ", ".join(sorted({finding.rule for finding in refusal.findings}))
    if "p" not in model.processes:
        return "nothing to start"
    desk = Desk()
    execution = bpmn.start(model, "p", {"stop": False}, desk)
    try:
        execution.run()
    except (StepFailed, UncaughtError) as stopped:
        return f"stopped: {stopped}"[:120]
    if execution.state != "running":
        raise AssertionError(f"ended as {execution.state}")
    bpmn.restore(model, execution.dump(), desk)
    return f"waits: {', '.join(sorted({wait.kind for wait in execution.waits}))}"


def pace() -> float:
    """How many times longer than SUM this machine takes for it just now; at least 1."""
    began = time.process_time()
    sum(number * number for number in range(1_000_000))
    return max(1.0, (time.process_time() - began) / SUM)


def alone(make: Callable[[], bytes], limit: int) -> tuple[int, str, float, float]:
    """(exit status, outcome, seconds of CPU, megabytes at the most, the program included) of a file in a child process."""
    data = make()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
        status = 1
        try:
            os.write(writing, outcome(data).encode())
            status = 0
        except BaseException as surprise:
            os.write(writing, f"RAISED {surprise!r}"[:2000].encode())
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode()
    _, status, used = os.wait4(child, 0)
    return status, said or "killed", used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> int:
    """Print the table; the number of files past their bounds."""
    bad, limit = 0, ceil(CPU_SECONDS * pace())
    for name, make in files().items():
        status, said, seconds, megabytes = alone(make, limit)
        fine = status == 0 and megabytes < MEGABYTES
        bad += not fine
        print(f"{'ok ' if fine else 'BAD'} {seconds:5.2f} s {megabytes:6.0f} MB  {name:50} {said}", flush=True)
    return bad


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
