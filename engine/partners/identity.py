"""Identity checks: is this the person whose phone it is?"""

from collections.abc import Mapping
from typing import Any

from engine.partners.protocol import Answer, Ask, Route


class Identity:
    """Says yes to everybody; told to decline, that name and phone do not belong together. Keeps the last result by phone number."""

    def __init__(self) -> None:
        self.state: dict[str, Any] = {}
        self.routes: Mapping[str, Route] = {"POST /verifications": self._verify}

    def _verify(self, ask: Ask) -> Answer:
        result = {"result": "MISMATCH" if ask.declining or not ask.body["name"] else "VERIFIED"}
        self.state[str(ask.body["mobile"])] = result
        return Answer(200, result)
