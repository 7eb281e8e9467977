"""The headquarters of a chain, which take each shop's totals of a day."""

from collections.abc import Mapping
from typing import Any

from engine.partners.protocol import Answer, Ask, Route


class Headquarters:
    """Keeps the totals with the highest sequence by `<cafe_id>/<business_day>`; told to decline, they accept none."""

    def __init__(self) -> None:
        self.state: dict[str, Any] = {}
        self.routes: Mapping[str, Route] = {"POST /totals": self._take}

    def _take(self, ask: Ask) -> Answer:
        if ask.declining:
            return Answer(200, {"accepted": False})
        totals = dict(ask.body)
        day = f"{totals['cafe_id']}/{totals['business_day']}"
        if totals.get("sequence", 0) >= self.state.get(day, {}).get("sequence", 0):
            self.state[day] = totals
        return Answer(200, {"accepted": True})
