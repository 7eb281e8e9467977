"""What the worklist shows, kept in the address: it survives opening, finishing and going back, and can be shared."""

from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any, ClassVar

from flask import request, url_for

from web.current import page_number

TABS = ("mine", "team", "all", "done")
SORTS = ("due", "new")


@dataclass(frozen=True)
class Filters:
    """One view of the worklist. `named`: the address says which tab; if not, the list decides."""

    tab: str = "mine"
    q: str = ""
    app: str = ""
    sort: str = "due"
    page: int = 1
    named: bool = False
    tabs: ClassVar = TABS

    @property
    def narrowed(self) -> bool:
        """Whether a search or an app hides tasks."""
        return bool(self.q or self.app)

    def query(self) -> dict[str, Any]:
        """The arguments that differ from a plain worklist."""
        plain = {"tab", "named"}
        changed = {each.name: value for each in fields(self) if each.name not in plain and (value := getattr(self, each.name)) != each.default}
        return ({"tab": self.tab} if self.named else {}) | changed

    def kept(self, *without: str) -> list[tuple[str, Any]]:
        """The arguments for hidden fields of a form that sets `without` itself."""
        return [(name, value) for name, value in self.query().items() if name not in (*without, "page")]

    def href(self, **changes: Any) -> str:
        """The worklist with some of it changed; another view begins at its first page."""
        again: dict[str, Any] = {"page": 1} if changes else {}
        named = {"named": self.named or "tab" in changes}
        return url_for("tasks.worklist", **replace(self, **again | named | changes).query())

    def task(self, task_id: str) -> str:
        """A task seen beside this list."""
        return url_for("tasks.task", task_id=task_id, **self.query())

    def news(self, opened_at: datetime, task_id: str | None) -> str:
        """Where a list that was opened at that moment asks for new tasks; `task_id` is the one open beside it."""
        return url_for("tasks.news", since=opened_at.isoformat(), task=task_id, **replace(self, named=True).query())

    def asked(self) -> dict[str, Any]:
        """As keyword arguments of `worklist.page`."""
        return {name: value for name, value in asdict(self).items() if name != "named"}


def of_request() -> Filters:
    """The view that this address asks for; nonsense counts as nothing."""
    arguments = request.args
    tab, sort = arguments.get("tab", ""), arguments.get("sort", "")
    return Filters(
        tab=tab if tab in TABS else "mine",
        q=arguments.get("q", "").strip()[:80],
        app=arguments.get("app", "")[:80],
        sort=sort if sort in SORTS else "due",
        page=page_number(),
        named=tab in TABS,
    )
