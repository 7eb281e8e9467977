"""Payments: approved once per reference, looked up and refunded by it."""

from collections.abc import Mapping
from typing import Any

from engine.partners.protocol import Answer, Ask, Route, refusal


class Payment:
    """Keeps `{payment_id, reference, amount, status}` by reference; told to decline, it takes no new payment."""

    def __init__(self) -> None:
        self.state: dict[str, Any] = {}
        self.routes: Mapping[str, Route] = {
            "POST /payments": self._pay,
            "GET /payments/{reference}": self._look_up,
            "POST /payments/{reference}/refund": self._refund,
        }

    def _pay(self, ask: Ask) -> Answer:
        reference = str(ask.body["reference"])
        if reference not in self.state:
            if ask.declining:
                return refusal(402, "DECLINED")
            number = f"PAY-{len(self.state) + 1:04}"
            self.state[reference] = {"payment_id": number, "reference": reference, "amount": ask.body["amount"], "status": "APPROVED"}
        return Answer(201, self.state[reference])

    def _look_up(self, ask: Ask) -> Answer:
        known = self.state.get(ask.names["reference"])
        return Answer(200, known) if known else refusal(404, "UNKNOWN")

    def _refund(self, ask: Ask) -> Answer:
        known = self.state.get(ask.names["reference"])
        if known is None:
            return refusal(404, "UNKNOWN")
        known["status"] = "REFUNDED"
        return Answer(200, {"refund_id": known["payment_id"].replace("PAY", "REF"), "status": "REFUNDED"})
