"""Business numbers: whoever draws them, on however many machines, each is handed out once."""

import subprocess
import sys
from pathlib import Path

from sqlalchemy import func, select

from engine.runtime.numbers import BLOCK
from engine.store.tables import NumberBlock
from tests.runtime.story import ROOT, TUESDAY, Story

PROCESSES, THREADS, EACH = 4, 8, 60
CALLERS = f"""
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from engine.runtime.numbers import Numbers
from engine.store.database import Database

numbers, now = Numbers(Database(sys.argv[1])), datetime.fromisoformat(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
with ThreadPoolExecutor({THREADS}) as pool:
    drawn = pool.map(lambda _: [numbers.next("shop", "N-{{yyyymmdd}}-{{nnnnn}}", now) for _ in range({EACH})], range({THREADS}))
    print("\\n".join(number for some in drawn for number in some))
"""


def test_thirty_two_callers_in_several_processes_get_each_number_once(story: Story) -> None:
    line = [sys.executable, "-c", CALLERS, story.baton.database.url.render_as_string(hide_password=False), TUESDAY.isoformat()]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    processes = [subprocess.Popen(line, cwd=ROOT, **pipes) for _ in range(PROCESSES)]  # type: ignore[call-overload]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    handed = [number for process in processes for number in process.communicate(timeout=300)[0].split()]
    assert [process.returncode for process in processes] == [0] * PROCESSES
    assert len(handed) == len(set(handed)) == PROCESSES * THREADS * EACH
    counters = sorted(int(number.removeprefix("N-20261201-")) for number in handed)
    assert counters[0] == 1 and counters[-1] <= len(handed) + PROCESSES * BLOCK  # at most one block of each process is left over
    with story.baton.read() as read:
        next_free = read.value(select(func.max(NumberBlock.next)).where(NumberBlock.series.startswith("shop:")))
    assert next_free == -(-counters[-1] // BLOCK) * BLOCK + 1


def test_a_series_begins_at_one_and_each_day_anew(story: Story, tmp_path: Path) -> None:
    numbers = story.baton.numbers
    assert [numbers.next("shop", "A-{yyyymmdd}-{nnn}", TUESDAY) for _ in range(BLOCK + 2)][-1] == f"A-20261201-{BLOCK + 2:03}"
    assert numbers.next("shop", "A-{yyyymmdd}-{nnn}", TUESDAY.replace(day=2)) == "A-20261202-001"
    assert numbers.next("other", "A-{yyyymmdd}-{nnn}", TUESDAY) == "A-20261201-001"
