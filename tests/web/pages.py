"""The one list of addresses over which the checks of every page iterate: looks, language, reflow, console, no JavaScript.

`{token}`, `{number}`, `{task}` and so on stand for what the fixture `known` in conftest.py makes. A new page is one line here.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """One address. `who` signs in (a demo account) or, as `customer`, has passed the gate; `status` is the answer."""

    path: str
    who: str | None = None
    status: int = 200

    @property
    def id(self) -> str:
        """The name in a test report."""
        return f"{self.who or 'anybody'}:{self.path}"

    def address(self, known: dict[str, str]) -> str:
        """The path with its places filled."""
        return self.path.format_map(known)


CUSTOMER = "customer"
PORTAL = [
    Page("/"),
    Page("/s/iptv"),
    Page("/s/iptv/apply"),
    Page("/s/iptv/applied/{token}"),
    Page("/t/{token}"),
    Page("/t/{token}", CUSTOMER),
    Page("/t/{token}/cancel", CUSTOMER),
    Page("/t/{cancelled}", CUSTOMER),
    Page("/t/{cancelled}/cancel", CUSTOMER, 409),
    Page("/find"),
    Page("/nowhere", status=404),
    Page("/login"),
]
STAFF = [
    Page("/tasks", "agent1"),
    Page("/tasks?tab=team", "agent1"),
    Page("/tasks?tab=team&q=nobody", "agent1"),
    Page("/tasks/{task}", "agent1"),
    Page("/tasks/{task}/drawing", "agent1"),
    Page("/tasks/{done}", "agent1"),
    Page("/day", "E101"),
    Page("/day/{visit}", "E101"),
    Page("/cases", "agent1"),
    Page("/cases?q={number}", "agent1"),
    Page("/cases/iptv/{number}", "agent1"),
    Page("/cases/iptv/{number}/cancel_by_agent", "agent1"),
    Page("/cases/start/iptv/apply", "agent1"),
    Page("/cases/iptv/nothing", "agent1", 404),
    Page("/ops/instances", "operator1"),
    Page("/ops/instances/{instance}", "operator1"),
    Page("/ops/jobs", "operator1"),
    Page("/ops/incidents", "operator1"),
    Page("/ops/service", "operator1"),
    Page("/studio", "analyst1"),
    Page("/studio/iptv", "analyst1"),
    Page("/studio/iptv/map", "analyst1"),
    Page("/ops/instances", "E101", 403),
]
PAGES = PORTAL + STAFF
