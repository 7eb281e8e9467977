"""Webhooks: an event to a partner as a CloudEvents 1.0 envelope in JSON, signed so that the partner knows who sent it."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.store.database import dump_json


def envelope(event: str, app: str, job_id: str, case: str | None, now: datetime, data: Mapping[str, Any]) -> tuple[bytes, dict[str, str]]:
    """The body, and the header that says what it is. `id` is the same on each try."""
    told: dict[str, Any] = {"specversion": "1.0", "id": job_id, "source": f"baton/{app}", "type": f"{app}.{event}" if "." not in event else event}
    told |= {"time": now.isoformat(), "datacontenttype": "application/json", "data": dict(data)} | ({"subject": case} if case else {})
    return dump_json(told).encode(), {"Content-Type": "application/cloudevents+json"}


def signature(secret: str, content: bytes) -> dict[str, str]:
    """The header `Webhook-Signature: sha256=<hex>`, HMAC-SHA-256 of the body with the partner's secret; none without a secret."""
    if not secret:
        return {}
    return {"Webhook-Signature": f"sha256={hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()}"}
