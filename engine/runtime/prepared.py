"""What a job of type `http` or `webhook` sends to its partner, made right before the call: personal values are resolved here and kept nowhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from engine import bpmn, feel
from engine.actors import SYSTEM
from engine.bpmn.durations import parse_duration
from engine.connectors import webhook
from engine.connectors.contract import ConnectorError
from engine.connectors.http import Call
from engine.feel import FeelError
from engine.personal import from_stored
from engine.runtime import step
from engine.runtime.breakers import Rule
from engine.runtime.reader import Reader
from engine.runtime.waits import idempotency_key
from engine.settings import Partner
from engine.store.database import dump_json
from engine.texts import compile_template

TIMEOUT = "PT5S"
BREAKER = "5/PT30S"
BACK_OFF = "PT10S,PT1M,PT5M"
HEADER = "header."


@dataclass(frozen=True, repr=False)
class Prepared:
    """A call, and the breaker that guards it (none: `breaker = off`). `wants`: the variable that takes the answer's body."""

    call: Call
    key: str
    rule: Rule | None
    wants: str


def prepare(read: Reader, job: Mapping[str, Any]) -> Prepared:
    """The call of a job (a row of `job` as a dict).

    Raises ConnectorError, permanent, for a partner without address and for what the task cannot send; TokenGone when the instance went on.
    """
    headers = job["payload"]["headers"]
    name, partner = _partner(read, headers)
    work, snapshot = step.load(read, job["instance_id"], SYSTEM)
    scope = bpmn.restore(work.app.model, snapshot, step.Host(work, read)).scope(job["token"])
    inputs = from_stored(job["payload"]["inputs"], work.effects.records.resolve)
    say = _Words(scope, read)
    url = partner.url + say.path(headers.get("path", ""))
    sent = {entry.removeprefix(HEADER): say.header(text) for entry, text in headers.items() if entry.startswith(HEADER)}
    sent |= {"Idempotency-Key": idempotency_key(job["instance_id"], job["id"]), "Accept": "application/json", "User-Agent": "baton"}
    method, content = headers.get("method") or ("POST" if inputs or job["type"] == "webhook" else "GET"), b""
    if job["type"] == "webhook":
        content, more = webhook.envelope(headers.get("event", ""), work.app.key, job["id"], work.record.id if work.record else None, read.now, inputs)
        sent |= more | webhook.signature(partner.secret, content)
    elif method in ("GET", "HEAD", "DELETE"):
        url += f"?{urlencode(_query(inputs))}" if inputs else ""
    else:
        content, sent["Content-Type"] = dump_json(inputs).encode(), "application/json"
    call = Call(name, method, url, {**sent, **partner.headers, "Content-Length": str(len(content))}, content, _timeout(headers), partner.private)
    return Prepared(call, f"{job['app']}/{name}", rule_of(headers.get("breaker") or BREAKER), headers.get("resultVariable", ""))


def _partner(read: Reader, headers: Mapping[str, str]) -> tuple[str, Partner]:
    name = headers.get("partner", "")
    partner = read.settings.partners.get(name)
    if partner is None:
        raise ConnectorError(f'the partner {name!r} has no address; add it to BATON_PARTNERS, such as {{"{name}": "https://..."}}', permanent=True)
    return name, partner


def _timeout(headers: Mapping[str, str]) -> float:
    return parse_duration(headers.get("timeout") or TIMEOUT).rest.total_seconds()


def rule_of(text: str) -> Rule | None:
    """`5/PT30S`: opens after 5 failures in a row, for 30 seconds; `off`: none. Raises ValueError."""
    if text == "off":
        return None
    failures, _, duration = text.partition("/")
    if not failures.isdecimal() or int(failures) < 1:
        raise ValueError(f"{text!r} is no breaker")
    return Rule(int(failures), parse_duration(duration).rest)


def back_off(headers: Mapping[str, str], failures: int) -> timedelta:
    """How long to wait after the n-th failed try (from 1): the last duration of the list repeats."""
    durations = (headers.get("backoff") or BACK_OFF).split(",")
    return parse_duration(durations[min(failures, len(durations)) - 1]).rest


class _Words:
    """The templates of a task, filled with what its token sees."""

    def __init__(self, scope: Mapping[str, Any], read: Reader) -> None:
        self._scope = scope
        self._read = read

    def path(self, text: str) -> str:
        """The path; every value in it is one segment or part of one."""
        filled = "".join(piece if fixed else quote(piece, safe="") for fixed, piece in self._pieces(text))
        if any(segment in (".", "..") for segment in filled.split("/")):
            raise ConnectorError(f"a value in the path {text!r} leads to another place", permanent=True, code="BAD_CALL")
        return filled

    def header(self, text: str) -> str:
        """The value of a header."""
        filled = "".join(piece for _, piece in self._pieces(text))
        if not filled.isascii() or not filled.isprintable():
            raise ConnectorError(f"the header {text!r} would hold characters that no header may have", permanent=True, code="BAD_CALL")
        return filled

    def _pieces(self, text: str) -> list[tuple[bool, str]]:
        found = []
        try:
            for piece in compile_template(text).pieces:
                found.append((True, piece) if isinstance(piece, str) else (False, self._text(piece, piece(self._scope, now=self._read.now))))
        except FeelError as error:
            raise ConnectorError(f"{text!r} cannot be filled: {error}", permanent=True, code="BAD_CALL") from error
        return found

    def _text(self, expression: feel.Expression, value: Any) -> str:
        found = str(value) if isinstance(value, str) else None
        if found is None and value is not None and not isinstance(value, (list, Mapping)):
            found = feel.scalar_text(value)
        if not found:
            raise ConnectorError(f"{expression.text!r} has no value that an address or a header can hold", permanent=True, code="BAD_CALL")
        return found


def _query(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    pairs = []
    for name, value in inputs.items():
        pairs += [(name, _plain(item)) for item in (value if isinstance(value, list) else [value]) if item is not None]
    return pairs


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()
