"""A customer relations system that is told of events by webhook."""

from collections.abc import Mapping
from typing import Any

from engine.partners.protocol import Answer, Ask, Route, refusal


class Crm:
    """Keeps each event by its id, however often it comes; told to decline, it takes none."""

    def __init__(self) -> None:
        self.state: dict[str, Any] = {}
        self.routes: Mapping[str, Route] = {"POST /{hook}": self._take}

    def _take(self, ask: Ask) -> Answer:
        if ask.declining:
            return refusal(400, "DECLINED")
        self.state[str(ask.body["id"])] = dict(ask.body)
        return Answer(202, {"taken": True})
