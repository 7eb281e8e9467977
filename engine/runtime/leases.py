"""How long a worker may hold a job, and what a job looks like that nobody holds."""

from datetime import UTC, datetime, timedelta
from typing import Any

LEASE = timedelta(seconds=30)
FREE = datetime(1970, 1, 1, tzinfo=UTC)  # `lease_until` of a job that nobody holds


def unleased(now: datetime) -> dict[str, Any]:
    """The columns of a new job that nobody has tried yet."""
    return {"lease_until": FREE, "lease_token": None, "attempts": 0, "error": None, "created_at": now}
