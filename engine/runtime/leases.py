"""How long a worker may hold a job, what a job looks like that nobody holds, and the few that a web request may run itself."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Executable

from engine.ids import new_id

LEASE = timedelta(seconds=30)
FREE = datetime(1970, 1, 1, tzinfo=UTC)  # `lease_until` of a job that nobody holds


def unleased(now: datetime) -> dict[str, Any]:
    """The columns of a new job that nobody has tried yet."""
    return {"lease_until": FREE, "lease_token": None, "attempts": 0, "error": None, "created_at": now}


SLOTS = threading.BoundedSemaphore(4)  # requests of this process that run jobs themselves at the same time
PATIENCE = 2.5  # seconds that a request gives to its jobs, all together


class Slot:
    """What a web request needs to run jobs itself (`baton:sync`): one of the slots, taken with its first such job, and a time limit."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._token: str | None = None
        self._end = 0.0
        self.remembered: Callable[[dict[str, Any]], Executable] | None = None  # rewrites the answer that is kept for the same request again

    def lease(self, now: datetime) -> dict[str, Any]:
        """The columns of a new job that this request runs; none when the slots are all taken, so that it becomes an ordinary one."""
        if self._token is None and SLOTS.acquire(blocking=False):
            self._token, self._end = new_id(), time.monotonic() + self._patience
        return {"lease_until": now + LEASE, "lease_token": self._token, "attempts": 1} if self._token else {}

    @property
    def left(self) -> float:
        """The seconds that the request still has."""
        return max(0.0, self._end - time.monotonic())

    def release(self) -> None:
        """Let another request have the slot."""
        if self._token is not None:
            self._token = None
            SLOTS.release()
