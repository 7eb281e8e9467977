"""An office that gives out seats: of exhibitions, of classes."""

from collections.abc import Mapping
from typing import Any

from engine.partners.protocol import Answer, Ask, Route, refusal


class Seats:
    """Keeps `{capacity, taken, free, open, seats}` by item, `seats` by reference; told to decline, it opens nothing and gives no seat."""

    def __init__(self) -> None:
        self.state: dict[str, Any] = {}
        self.routes: Mapping[str, Route] = {
            "PUT /items/{item}": self._put,
            "GET /items/{item}": self._look_up,
            "DELETE /items/{item}": self._close,
            "POST /items/{item}/seats": self._take,
            "DELETE /items/{item}/seats/{reference}": self._give_back,
        }

    def open(self, item: str, capacity: int) -> None:
        """Open an item, or give it another capacity."""
        self.state.setdefault(item, {"taken": 0, "open": True, "seats": {}})["capacity"] = capacity
        self._count(item)

    def _count(self, item: str) -> dict[str, Any]:
        found = self.state[item]
        found["taken"] = sum(seat["quantity"] for seat in found["seats"].values())
        found["free"] = found["capacity"] - found["taken"]
        return {name: found[name] for name in ("capacity", "taken", "free", "open")}

    def _put(self, ask: Ask) -> Answer:
        item, capacity = ask.names["item"], int(ask.body["capacity"])
        if ask.declining:
            return refusal(409, "DECLINED")
        if item in self.state and capacity < self.state[item]["taken"]:
            return refusal(409, "BELOW_TAKEN")
        self.open(item, capacity)
        return Answer(200, self._count(item))

    def _look_up(self, ask: Ask) -> Answer:
        item = ask.names["item"]
        return Answer(200, self._count(item)) if item in self.state else refusal(404, "UNKNOWN")

    def _close(self, ask: Ask) -> Answer:
        item = ask.names["item"]
        if item not in self.state:
            return refusal(404, "UNKNOWN")
        self.state[item]["open"] = False
        return Answer(200, self._count(item))

    def _take(self, ask: Ask) -> Answer:
        found = self.state.get(ask.names["item"])
        if found is None:
            return refusal(404, "UNKNOWN")
        reference, quantity = str(ask.body["reference"]), int(ask.body.get("quantity", 1))
        if reference not in found["seats"]:
            if code := self._why_not(found, quantity, ask.declining):
                return refusal(410 if code == "CLOSED" else 409, code)
            found["seats"][reference] = {"seat_id": f"{ask.names['item']}-{len(found['seats']) + 1}", "quantity": quantity}
        return Answer(201, {"seat_id": found["seats"][reference]["seat_id"], "free": self._count(ask.names["item"])["free"]})

    def _why_not(self, found: dict[str, Any], quantity: int, declining: bool) -> str:
        if declining:
            return "DECLINED"
        if not found["open"]:
            return "CLOSED"
        return "FULL" if not 1 <= quantity <= found["free"] else ""

    def _give_back(self, ask: Ask) -> Answer:
        item = ask.names["item"]
        if item not in self.state:
            return refusal(404, "UNKNOWN")
        self.state[item]["seats"].pop(ask.names["reference"], None)
        return Answer(200, self._count(item))
