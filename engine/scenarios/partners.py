"""The simulated partners of a run of scenarios, on this machine: connectors talk to them as to real ones."""

import threading
from collections.abc import Iterable, Mapping
from typing import Any

from engine.partners import http, smtp
from engine.partners.inbox import Received
from engine.partners.ports import free_port
from engine.partners.protocol import Answer
from engine.partners.simulation import Simulation, addresses
from engine.scenarios.parts import Declared
from engine.scenarios.spec import Given

PLACE = "127.0.0.1"


class Partners:
    """Shared by all scenarios of a run. A slow one never makes anybody wait: it drops the connection, as after a caller's patience."""

    def __init__(self) -> None:
        self.simulation = Simulation(patience=0)
        self._web = http.server(self.simulation, PLACE, 0)
        self._mail_port = free_port(PLACE, 0)
        self._mail = smtp.server(self.simulation, PLACE, self._mail_port)

    def settings(self, declared: Iterable[str] = ()) -> dict[str, Any]:
        """The settings that lead to them, and to those whose answers are only `declared`."""
        base = f"http://{PLACE}:{self._web.server_address[1]}"
        return {"sms_url": base, "smtp_url": f"smtp://{PLACE}:{self._mail_port}", "partners": addresses(base, declared)}

    @property
    def received(self) -> list[Received]:
        """The texts and mails since the last reset."""
        return self.simulation.inbox.received

    def reset(self, given: Given) -> None:
        """Forget everything, and behave as `given` says."""
        self.simulation.reset(given.seats, {name: _answers(routes) for name, routes in given.answers.items()})
        self.behave(given.partners)

    def behave(self, partners: Mapping[str, str | Mapping[str, Declared]]) -> None:
        """From now on they behave so: as a switch says, or with answers by route."""
        for name, state in partners.items():
            if isinstance(state, str):
                self.simulation.switches[name] = state
            else:
                self.simulation.declare(name, _answers(state))

    def __enter__(self) -> "Partners":
        threading.Thread(target=self._web.serve_forever, args=(0.05,), name="scenario-partners", daemon=True).start()
        self._mail.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._web.shutdown()
        self._web.server_close()
        self._mail.stop()


def _answers(routes: Mapping[str, Declared]) -> dict[str, Answer]:
    return {route: Answer(one.status, one.body) for route, one in routes.items()}
