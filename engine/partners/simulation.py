"""All simulated partners of one process: what they keep, what they were asked, and how they are told to behave."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from engine.clock import SystemClock
from engine.partners.billing import Billing
from engine.partners.crm import Crm
from engine.partners.headquarters import Headquarters
from engine.partners.identity import Identity
from engine.partners.inbox import Inbox
from engine.partners.payment import Payment
from engine.partners.protocol import Answer, Ask, Partner, match, refusal
from engine.partners.seats import Seats

SLOW: Final = 8.0  # seconds: longer than callers wait
KEPT: Final = 1_000  # the latest calls
OFFICES: Final[Mapping[str, Callable[[], Partner]]] = {
    "payment": Payment, "identity": Identity, "billing": Billing, "headquarters": Headquarters,
    "registration": Seats, "exhibitions": Seats, "crm": Crm,
}  # fmt: skip
WITH_SEATS: Final = ("registration", "exhibitions")
NAMES: Final = ("sms", "mail", *OFFICES)
SWITCHES: Final = {
    "ok": ("잘 돼요", "it works"),
    "decline": ("안 된다고 답해요", "it says no"),
    "slow": ("일은 하지만 답이 늦어요", "it does the work, and its answer comes too late"),
    "down": ("멈췄어요", "it is down"),
    "lost": ("일은 하지만 답이 사라져요", "it does the work, and its answer gets lost"),
}


def addresses(base: str, more: Iterable[str] = ()) -> dict[str, dict[str, Any]]:
    """The setting `partners` that leads to the simulated ones, and to `more` of other names, at this address."""
    return {name: {"url": f"{base}/{name}", "private": True} for name in (*OFFICES, *more)}


@dataclass
class Call:
    """One call that came in. `route` is the partner's own name for the path, `attempt` counts calls with this key; `status` 0: never answered."""

    partner: str
    method: str
    path: str
    route: str
    key: str
    body: dict[str, Any]
    at: datetime
    attempt: int
    status: int = 0


class Simulation:
    """Thread-safe. `patience` is how many seconds a slow partner takes; with 0 it drops the connection at once, as if the caller had given up."""

    def __init__(self, patience: float = SLOW) -> None:
        self.patience = patience
        self.switches: dict[str, str] = {}
        self.inbox = Inbox()
        self.calls: list[Call] = []
        self._lock = threading.Lock()
        self.reset()

    def reset(self, seats: Mapping[str, Mapping[str, int]] | None = None, answers: Mapping[str, Mapping[str, Answer]] | None = None) -> None:
        """Forget everything; open these items at the offices with seats, and answer these routes as declared instead of by the office."""
        with self._lock:
            self.switches.update(dict.fromkeys(NAMES, "ok"))
            self.inbox.received.clear()
            self.calls.clear()
            self._kept: dict[tuple[str, ...], Answer] = {}
            self._offices = {name: office() for name, office in OFFICES.items()}
            self._declared = {name: dict(routes) for name, routes in (answers or {}).items()}
            for name, items in (seats or {}).items():
                office = self._offices[name]
                if isinstance(office, Seats):
                    for item, capacity in items.items():
                        office.open(item, capacity)

    def declare(self, partner: str, answers: Mapping[str, Answer]) -> None:
        """From now on answer these routes as declared."""
        with self._lock:
            self._declared.setdefault(partner, {}).update(answers)

    @property
    def state(self) -> dict[str, dict[str, Any]]:
        """What each partner keeps, by reference."""
        return {name: office.state for name, office in self._offices.items()}

    def calls_as_json(self) -> dict[str, list[dict[str, Any]]]:
        """The calls of each partner, oldest first."""
        with self._lock:
            found: dict[str, list[dict[str, Any]]] = {name: [] for name in (*OFFICES, *self._declared)}
            for call in self.calls:
                found[call.partner].append(asdict(call) | {"at": call.at.isoformat()})
            return found

    def knows(self, partner: str) -> bool:
        """Whether there is such a partner, by an office of its own or by declared answers."""
        return partner in self._offices or partner in self._declared

    def ask(self, partner: str, method: str, path: str, key: str, body: dict[str, Any]) -> Answer | None:
        """The partner's answer, or None when it is to drop the connection: its answer is lost, or comes too late.

        A key that was answered with success before gets the same answer. The answer to a GET is never lost, for nothing was done.
        """
        with self._lock:
            switch = self.switches.get(partner, "ok")
            call = self._note(partner, method, path, key, body)
            answer = refusal(503, "DOWN") if switch == "down" else self._answer(call, switch == "decline")
            call.status = 0 if switch == "slow" or (switch == "lost" and method != "GET") else answer.status
        if switch == "slow" and self.patience:
            time.sleep(self.patience)
            return answer
        return answer if call.status else None

    def _note(self, partner: str, method: str, path: str, key: str, body: dict[str, Any]) -> Call:
        routes = [*self._declared.get(partner, ()), *(self._offices[partner].routes if partner in self._offices else ())]
        route = next((route for route in routes if match(route, method, path) is not None), f"{method} {path}")
        attempt = 1 + sum(call.key == key and call.partner == partner for call in self.calls) if key else 1
        call = Call(partner, method, path, route, key, body, SystemClock().now(), attempt)
        self.calls.append(call)
        del self.calls[:-KEPT]
        return call

    def _answer(self, call: Call, declining: bool) -> Answer:
        if declared := self._declared.get(call.partner, {}).get(call.route):
            return declared
        identity = (call.partner, call.method, call.path, call.key)
        if call.key and identity in self._kept:
            return self._kept[identity]
        answer = self._of_the_office(call, declining)
        if answer.status < 300:
            self._kept[identity] = Answer(answer.status, dict(answer.body))
        return answer

    def _of_the_office(self, call: Call, declining: bool) -> Answer:
        office = self._offices.get(call.partner)
        route = office.routes.get(call.route) if office else None
        if route is None:
            return refusal(404, "NO_SUCH_PATH")
        try:
            return route(Ask(match(call.route, call.method, call.path) or {}, call.body, declining))
        except KeyError as missing:
            return Answer(400, {"code": "BAD_REQUEST", "missing": missing.args[0]})
        except (TypeError, ValueError):
            return refusal(400, "BAD_REQUEST")
