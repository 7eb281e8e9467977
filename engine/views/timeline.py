"""What happened in a case, told for people: business events, finished tasks, statuses. Technical steps stay out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from engine.apps import ProcessApp
from engine.errors import Text
from engine.runtime.reader import Reader
from engine.runtime.waits import element_of
from engine.store.tables import History, ProcessInstance

OPERATIONS: dict[str, Text] = {
    "instance.suspend": {"ko": "운영자가 멈춤", "en": "Suspended by an operator"},
    "instance.resume": {"ko": "운영자가 다시 시작", "en": "Resumed by an operator"},
    "instance.cancel": {"ko": "운영자가 취소", "en": "Cancelled by an operator"},
    "instance.variables": {"ko": "운영자가 변수를 바꿈", "en": "Variables changed by an operator"},
    "instance.move": {"ko": "운영자가 위치를 옮김", "en": "Moved by an operator"},
    "instance.cancel_element": {"ko": "운영자가 한 갈래를 취소", "en": "A branch cancelled by an operator"},
    "instance.start_before": {"ko": "운영자가 요소 앞에서 시작", "en": "Started before an element by an operator"},
    "instance.start_after": {"ko": "운영자가 요소 다음에서 시작", "en": "Started after an element by an operator"},
    "instance.migrate": {"ko": "운영자가 다른 버전으로 옮김", "en": "Taken to another version by an operator"},
}


@dataclass(frozen=True)
class TimelineEntry:
    """One thing that happened, and who did it."""

    at: datetime
    text: Text
    actor_name: str


def of_case(read: Reader, app: str, numbers: list[str]) -> list[TimelineEntry]:
    """Everything that happened in the process instances with these business keys, oldest first."""
    where = (ProcessInstance.app == app, ProcessInstance.business_key.in_(numbers))
    return _entries(read, read.all(_rows().where(*where).order_by(History.at, History.rev)))


def of_instance(read: Reader, instance_id: str) -> list[TimelineEntry]:
    """Everything that happened in one instance, oldest first."""
    return _entries(read, read.all(_rows().where(History.instance_id == instance_id).order_by(History.rev)))


def done_elements(read: Reader, instance_id: str) -> set[str]:
    """The ids of the elements that an instance has completed."""
    rows = read.all(select(History.events).where(History.instance_id == instance_id))
    return {event["element"] for row in rows for event in row.events if event["type"] == "done"}


def _rows() -> Any:
    columns = (History.at, History.actor_name, History.actor_id, History.events, ProcessInstance.deployment_id, ProcessInstance.process_id)
    return select(*columns).join(ProcessInstance, ProcessInstance.id == History.instance_id)


def _entries(read: Reader, rows: Any) -> list[TimelineEntry]:
    return [entry for row in rows for event in row.events for entry in _tell(read.app(row.deployment_id), row, event)]


def _tell(app: ProcessApp, row: Row[Any], event: dict[str, Any]) -> list[TimelineEntry]:
    text: Text | None = None
    if event["type"] == "completed":
        element = element_of(app.model, row.process_id, event["element"])
        text = {"ko": f"{element.name or element.id}: 끝냄", "en": f"{element.label_en or element.name or element.id}: done"}
    elif event["type"] == "status":
        text = status_text(app, event["record"], event["status"])
    elif event["type"] == "started":
        text = _opening(app, event)
    elif event["type"] == "operation":
        text = OPERATIONS.get(event["action"])
    return [TimelineEntry(row.at, text, row.actor_name if row.actor_id != "system" else "")] if text else []


def _opening(app: ProcessApp, event: dict[str, Any]) -> Text | None:
    source = app.doors.get(event.get("door", "")) or app.actions.get(event.get("action", ""))
    return source.label if source else None


def status_text(app: ProcessApp, collection: str, status: str | None) -> Text:
    """A status as people read it."""
    kind = app.records.get(collection)
    choice = kind.fields[kind.states].choice(status) if kind and kind.states else None
    return choice.label if choice else {"ko": str(status or ""), "en": str(status or "")}
