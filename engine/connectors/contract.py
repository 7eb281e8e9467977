"""What every connector keeps to: it is called with a stable key, and says whether trying again can help."""

from collections.abc import Mapping
from typing import Any, Final

from engine.errors import BatonError

CALLS: Final = frozenset({"http", "webhook"})  # job types that our own workers serve by calling a partner and waiting for its answer
TIMEOUT, UNAVAILABLE, DECLINED, BAD_ANSWER = "TIMEOUT", "UNAVAILABLE", "DECLINED", "BAD_ANSWER"


class ConnectorError(BatonError):
    """A call to a partner failed. `permanent`: trying again cannot help. `code`: the BPMN error that the drawing may catch.

    `details` is what the drawing gets to know of it: the answer's `status` and JSON `body`, where there was one.
    """

    def __init__(self, message: str, permanent: bool = False, code: str = UNAVAILABLE, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.code = code
        self.details = dict(details or {})
