"""Requests that may come twice: the same key with the same body gets the first answer again, for a day (C-8)."""

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import insert, select

from engine.errors import Refused
from engine.runtime.reader import Reader
from engine.store.commit import Change
from engine.store.database import dump_json
from engine.store.tables import Idempotency

MISMATCH = {
    "ko": "같은 신청을 다른 내용으로 다시 보냈어요. 새로 고친 뒤 다시 신청해 주세요.",
    "en": "The same request was sent again with other content. Reload the page and try again.",
}


def earlier(read: Reader, key: str | None, body: Mapping[str, Any]) -> dict[str, Any] | None:
    """The answer this request already got, or None. Raises IDEMPOTENCY_MISMATCH when the key came with another body."""
    row = read.one(select(Idempotency.body, Idempotency.answer).where(Idempotency.key == read.vault.digest(key))) if key else None
    if row is None:
        return None
    if row.body != digest(read, body):
        raise Refused("IDEMPOTENCY_MISMATCH", MISMATCH)
    answer: dict[str, Any] = row.answer
    return answer


def remember(read: Reader, change: Change, key: str | None, body: Mapping[str, Any], answer: dict[str, Any]) -> None:
    """Keep the answer with the change that gives it."""
    if key:
        change.add(insert(Idempotency), {"key": read.vault.digest(key), "body": digest(read, body), "answer": answer, "created_at": read.now})


def digest(read: Reader, body: Mapping[str, Any]) -> str:
    """What the database keeps of a body: nobody can read it back, or guess it."""
    return read.vault.digest(orjson.dumps(orjson.loads(dump_json(body)), option=orjson.OPT_SORT_KEYS).decode())
