"""Requests that may come twice: the same key with the same body gets the first answer again, for a day (C-8)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import bindparam, select, update

from engine.errors import Answered, Refused
from engine.runtime.reader import Reader
from engine.store.commit import Change, Stale
from engine.store.constant import Constant
from engine.store.database import dump_json
from engine.store.tables import Idempotency

MISMATCH = {
    "ko": "같은 신청을 다른 내용으로 다시 보냈어요. 새로 고친 뒤 다시 신청해 주세요.",
    "en": "The same request was sent again with other content. Reload the page and try again.",
}
TOLD = "$answered"


EARLIER = Constant(select(Idempotency.body, Idempotency.answer).where(Idempotency.key == bindparam("key")))


@dataclass(frozen=True)
class Request:
    """What the database keeps of a request: digests of its key and of its body."""

    key: str
    body: str

    @classmethod
    def of(cls, read: Reader, place: str, key: str | None, body: Mapping[str, Any]) -> "Request | None":
        """The request with this key at a place and with this body; None for one without a key, which nobody will know again."""
        return cls(read.vault.digest(f"{place}/{key}"), digest(read, body)) if key else None

    def again(self, body: str, answer: dict[str, Any]) -> dict[str, Any]:
        """The answer that the same key got, Answered if that was it. Raises IDEMPOTENCY_MISMATCH when it came with another body."""
        if body != self.body:
            raise Refused("IDEMPOTENCY_MISMATCH", MISMATCH)
        if TOLD in answer:
            raise Answered(**answer[TOLD])
        return answer


def earlier(read: Reader, request: Request | None) -> dict[str, Any] | None:
    """The answer this request already got, or None. Raises IDEMPOTENCY_MISMATCH when the key came with another body."""
    row = read.one(EARLIER, {"key": request.key}) if request else None
    return request.again(row.body, row.answer) if request and row else None


@contextmanager
def once(read: Reader, request: Request | None) -> Iterator[None]:
    """What is refused because the same request was carried out a moment ago is computed again, and then gets the first answer."""
    try:
        yield
    except Refused:
        if request and read.one(EARLIER, {"key": request.key}):
            raise Stale() from None
        raise


def remember(read: Reader, change: Change, request: Request | None, answer: dict[str, Any]) -> None:
    """Keep the answer with the change that gives it."""
    if request:
        change.insert(Idempotency, {"key": request.key, "body": request.body, "answer": told(change, answer), "created_at": read.now})
        if read.slot:
            read.slot.remembered = lambda later: update(Idempotency).where(Idempotency.key == request.key).values(answer=later)


def told(change: Change, answer: dict[str, Any] | None = None) -> dict[str, Any]:
    """The answer to be kept of a change: what the drawing tells the person, else `answer`."""
    said = change.answer
    if said is None:
        return answer or {}
    return {TOLD: {"code": said.code, "texts": dict(said.texts), "status": said.status, "details": said.details}}


def digest(read: Reader, body: Mapping[str, Any]) -> str:
    """What the database keeps of a body: nobody can read it back, or guess it."""
    return read.vault.digest(orjson.dumps(orjson.loads(dump_json(body)), option=orjson.OPT_SORT_KEYS).decode())
