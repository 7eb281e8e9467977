"""The beat of a process that works: a row that says it is there, so that operators see every worker, however many machines there are."""

import os
import platform
import threading
from collections.abc import Callable

import structlog

from engine.runtime import presence
from engine.runtime.baton import Baton
from engine.runtime.logs import place
from engine.store.commit import Change

log = structlog.get_logger()


class Heartbeat(threading.Thread):
    """Says every ten seconds that this process is there with so many worker threads, and at the end that it leaves."""

    def __init__(self, baton: Baton, threads: int) -> None:
        super().__init__(name="baton-heartbeat", daemon=True)
        self._baton, self._threads = baton, threads
        self._asked_to_stop = threading.Event()
        self.worker = f"{platform.node()[:60]}-{os.getpid()}"

    def run(self) -> None:
        """Beat until asked to stop."""
        while True:
            self._tell(presence.beat, threads=self._threads)
            if self._asked_to_stop.wait(presence.EVERY.total_seconds()):
                break
        self._tell(presence.leave)

    def _tell(self, command: Callable[..., Change], **facts: int) -> None:
        try:
            self._baton.do(command, worker=self.worker, **facts)
        except Exception as error:  # whatever keeps it from being seen must not keep it from working
            log.warning("the process could not say that it is there", action="heartbeat.fail", error=type(error).__name__, at=place(error))

    def stop(self) -> None:
        """Ask it to leave."""
        self._asked_to_stop.set()
