"""What happened while a scenario was played, read from the history of its database."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text

from engine.partners.inbox import Received
from engine.runtime.reader import Reader
from engine.store.tables import History, Notice, ProcessInstance
from engine.views import pieces


@dataclass(frozen=True)
class Happening:
    """One event of an instance's history, in the order in which the steps were written."""

    app: str
    instance_id: str
    process_id: str
    number: str | None
    event: dict[str, Any]

    @property
    def element(self) -> str:
        """The element that the event is about, if any."""
        return str(self.event.get("element", ""))

    @property
    def kind(self) -> str:
        """done, cancelled, task, completed, status, event, message, decision, started."""
        return str(self.event["type"])


def everything(read: Reader) -> list[Happening]:
    """All events of all instances, in the order of their commits."""
    columns = (History.app, History.instance_id, ProcessInstance.process_id, History.business_key, History.events)
    # The clock of a scenario stands still, so only the order of the rows tells which step came first (SQLite's rowid).
    rows = read.all(select(*columns).join(ProcessInstance, ProcessInstance.id == History.instance_id).order_by(text("history.rowid")))
    return [Happening(row.app, row.instance_id, row.process_id, row.business_key, event) for row in rows for event in row.events]


def delivery_key(key: str) -> str:
    """A delivery's key in one spelling, whether it came as an Idempotency-Key or in a Message-ID."""
    return key.replace(":", ".").replace("-", ".")


def notifications(read: Reader) -> dict[str, str]:
    """Which notification each delivery key stands for: the n-th of a step belongs to the job `<instance>-n<rev>.<n>`."""
    found: dict[str, str] = {}
    for row in read.all(select(History.instance_id, History.rev, History.events)):
        named = [str(event["id"]) for event in row.events if event["type"] == "notification"]
        found |= {delivery_key(f"{row.instance_id}-n{row.rev}.{place}"): name for place, name in enumerate(named, 1)}
    return found


def notices(read: Reader) -> list[Received]:
    """What staff were told inside Baton, beside the texts and mails: to `role:<id>` or `@<login>`."""
    rows = read.all(select(Notice.id, Notice.recipient, Notice.text, Notice.at).order_by(Notice.at, Notice.id))
    addressed = ((row, row.recipient if row.recipient.startswith("@") else f"role:{row.recipient}") for row in rows)
    return [Received("INAPP", to, "", pieces.show(read, row.text["ko"], "ko"), row.id, row.at) for row, to in addressed]
