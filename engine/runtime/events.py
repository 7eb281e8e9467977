"""Domain events as others see them: the envelope (C-13) for apps that listen, and for the world outside."""

from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Row

from engine.clock import KST

SCHEMA_VERSION = 1
HOME = UUID("5b1d2c9e-6f0a-5d3e-9a41-0c7a2f8e4b60")  # under which the ids of events are made


def identity(instance_id: str, rev: int, number: int) -> str:
    """The id of the event that a step wrote as its `number`th: the same whenever it is worked out."""
    return str(uuid5(HOME, f"{instance_id}/{rev}/{number}"))


def envelope(event: Row[Any]) -> dict[str, Any]:
    """A row of `event` as FEEL sees it under the name `event`: JSON values, the moment as ISO 8601 text in UTC."""
    return {
        "id": event.id,
        "type": event.type,
        "schema_version": SCHEMA_VERSION,
        "occurred_at": event.occurred_at.isoformat(),
        "app": event.app,
        "business_key": event.business_key,
        "payload": event.payload,
    }


def cloud_event(event: Row[Any]) -> dict[str, Any]:
    """A row of `event` as a CloudEvent (version 1.0, structured mode): the payload, with `eventType` and `timestamp` beside it, is its data."""
    local = event.occurred_at.astimezone(KST)
    return {
        "specversion": "1.0",
        "id": event.id,
        "source": f"/baton/{event.app}",
        "type": f"baton.{event.type}",
        "time": event.occurred_at.isoformat(),
        "datacontenttype": "application/json",
        "data": {"eventType": event.type.partition(".")[2], "timestamp": f"{local:%Y%m%d%H%M%S}", **event.payload},
        **({"subject": event.business_key} if event.business_key else {}),
    }


def described(event: Row[Any]) -> str:
    """An event in a sentence for operators."""
    about = f" ({event.business_key})" if event.business_key else ""
    return f"{event.type}{about} #{event.position}"
