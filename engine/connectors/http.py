"""Partners over HTTP: one call, one answer, within one time. No redirects, no proxies, at most 1 MB."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpcore2
import orjson

from engine.connectors.contract import BAD_ANSWER, DECLINED, TIMEOUT, UNAVAILABLE, ConnectorError
from engine.connectors.network import Deadline, Network

LARGEST = 1_000_000  # bytes of an answer that are read
LARGEST_BODY = 256 * 1024  # bytes of JSON that may become a variable (design 8)
UNSENT = (httpcore2.ConnectError, httpcore2.ConnectTimeout, httpcore2.PoolTimeout, httpcore2.UnsupportedProtocol)


@dataclass(frozen=True, repr=False)
class Call:
    """A request, ready to be sent: `partner` is its name for messages, `timeout` in seconds counts from the look-up to the last byte."""

    partner: str
    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes
    timeout: float
    private: bool = False


@dataclass(frozen=True, repr=False)
class Answer:
    """A partner's answer with a status of 200 to 299."""

    partner: str
    status: int
    content: bytes

    def json(self) -> Any:
        """Its body; None where there is none. Raises ConnectorError for what cannot become a variable."""
        if not self.content.strip():
            return None
        if len(self.content) > LARGEST_BODY or b"\\u0000" in self.content:
            raise ConnectorError(f"the answer of {self.partner} cannot be kept: at most 256 KB of JSON without NUL", True, BAD_ANSWER, self.told)
        try:
            return orjson.loads(self.content)
        except orjson.JSONDecodeError:
            raise ConnectorError(f"the answer of {self.partner} is no JSON", True, BAD_ANSWER, self.told) from None

    @property
    def told(self) -> dict[str, Any]:
        """What an error says of it."""
        return {"status": self.status}


def send(call: Call, limit: float | None = None) -> Answer:
    """Make the call, in `limit` seconds if that is less than its own time.

    Raises ConnectorError: UNAVAILABLE (not reached, 5xx, 429), TIMEOUT (sent, and no answer: what became of it is not known), DECLINED (other
    4xx, permanent), BAD_ANSWER (a redirect or one that is too large, permanent).
    """
    deadline = Deadline(call.timeout if limit is None else min(limit, call.timeout))
    try:
        with httpcore2.ConnectionPool(ssl_context=tls(), network_backend=Network(deadline, call.private)) as pool:
            return _judged(call, *_exchange(pool, call))
    except UNSENT as error:
        raise ConnectorError(f"{call.partner} could not be reached: {type(error).__name__}") from error
    except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError) as error:
        raise ConnectorError(f"{call.partner} was asked and did not answer: {type(error).__name__}", code=TIMEOUT) from error


def _exchange(pool: httpcore2.ConnectionPool, call: Call) -> tuple[int, bytes]:
    headers = [(name.encode(), value.encode()) for name, value in call.headers.items()]
    with pool.stream(call.method, call.url, headers=headers, content=call.content) as response:
        content = b""
        for piece in response.iter_stream():
            content += piece
            if len(content) > LARGEST:
                raise ConnectorError(f"the answer of {call.partner} is larger than 1 MB", True, BAD_ANSWER, {"status": response.status})
        return response.status, content


def _judged(call: Call, status: int, content: bytes) -> Answer:
    answer = Answer(call.partner, status, content)
    if 200 <= status < 300:
        return answer
    details = {"status": status, "body": _body(answer)}
    if status == 429 or status >= 500:
        raise ConnectorError(f"{call.partner} answered {status}", False, UNAVAILABLE, details)
    if status >= 400:
        raise ConnectorError(f"{call.partner} declined with {status}", True, DECLINED, details)
    raise ConnectorError(f"{call.partner} answered {status}, and redirects are not followed", True, BAD_ANSWER, {"status": status})


def _body(answer: Answer) -> Any:
    try:
        return answer.json()
    except ConnectorError:
        return None


@cache
def tls() -> ssl.SSLContext:
    """The certificates that are trusted, read once: that takes longer than a call."""
    return httpcore2.default_ssl_context()
