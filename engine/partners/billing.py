"""Billing: unpaid bills, the start and end of a monthly fee, and single charges."""

from collections.abc import Mapping
from typing import Any

from engine.partners.protocol import Answer, Ask, Route, refusal

UNPAID = 35_000  # won, of everybody when told to decline


class Billing:
    """Keeps by reference `{billing_id, status, monthly_fee, start_date, end_date, charges}`; told to decline, nothing is paid or charged."""

    def __init__(self) -> None:
        self.state: dict[str, Any] = {}
        self.routes: Mapping[str, Route] = {
            "POST /checks": self._check,
            "POST /starts": self._start,
            "POST /charges": self._charge,
            "POST /stops": self._stop,
        }

    def _check(self, ask: Ask) -> Answer:
        return Answer(200, {"result": "UNPAID", "amount": UNPAID} if ask.declining else {"result": "OK", "amount": 0})

    def _account(self, ask: Ask) -> dict[str, Any]:
        fresh = {"billing_id": f"BILL-{len(self.state) + 1:04}", "status": "NONE", "charges": []}
        account: dict[str, Any] = self.state.setdefault(str(ask.body["reference"]), fresh)
        return account

    def _start(self, ask: Ask) -> Answer:
        if ask.declining:
            return refusal(402, "DECLINED")
        account = self._account(ask)
        account |= {"status": "STARTED", "start_date": ask.body.get("start_date"), "monthly_fee": ask.body.get("monthly_fee")}
        return Answer(201, {"billing_id": account["billing_id"]})

    def _charge(self, ask: Ask) -> Answer:
        if ask.declining:
            return refusal(402, "DECLINED")
        account = self._account(ask)
        account["charges"].append(ask.body["amount"])
        return Answer(201, {"charge_id": f"{account['billing_id']}-{len(account['charges'])}"})

    def _stop(self, ask: Ask) -> Answer:
        account = self._account(ask)
        account |= {"status": "STOPPED", "end_date": ask.body.get("date")}
        return Answer(200, {"status": "STOPPED"})
