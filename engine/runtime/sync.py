"""A command and the partner calls that it leads to, in one web request (`baton:sync`): the person gets the outcome in the same answer."""

from collections import deque
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

import structlog

from engine.runtime import calls
from engine.runtime.baton import Baton
from engine.runtime.leases import Slot
from engine.runtime.logs import place
from engine.runtime.reader import Reader
from engine.store.commit import Change

P = ParamSpec("P")
log = structlog.get_logger()


def perform(baton: Baton, command: Callable[Concatenate[Reader, P], Change], *args: P.args, **kwargs: P.kwargs) -> Any:
    """As `baton.do`, and then the jobs that the drawing wants run by this request, and those that they lead to, for 2.5 seconds at most.

    What does not fit into that time, or finds no free slot, is an ordinary job, and so is what this process leaves behind when it dies.
    Raises what the command refuses with, and Answered when the drawing tells the person something else than that it worked.
    """
    slot = Slot(baton.patience)
    try:
        change = baton.carry_out(slot, command, *args, **kwargs)
        answer, waiting = change.answer, deque(change.sync)
        while waiting:
            following = _run(baton, waiting.popleft(), slot)
            answer = following.answer or answer
            waiting += following.sync
    finally:
        slot.release()
    if answer is not None:
        raise answer
    return change.result


def _run(baton: Baton, job: dict[str, Any], slot: Slot) -> Change:
    try:
        return calls.perform(baton, job, slot)
    except Exception as error:  # the command itself is carried out: a worker takes the job once its lease has lapsed
        log.error("job left to a worker", action="job.left", job=job["id"], error=type(error).__name__, at=place(error))
        return Change()
