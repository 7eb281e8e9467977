"""The bell that a commit rings when work may be due, and on which the worker threads wait."""

import threading


class Bell:
    """No ring is lost: whoever waits says which ring it knew of before it last looked for work."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._rings = 0

    @property
    def rings(self) -> int:
        """How often it rang; to be read before looking for work."""
        return self._rings

    def ring(self) -> None:
        """Wake everybody who waits, and whoever was about to."""
        with self._changed:
            self._rings += 1
            self._changed.notify_all()

    def wait(self, known: int, timeout: float) -> None:
        """Return at the first ring after the `known` ones, or after `timeout` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._rings != known, timeout)
