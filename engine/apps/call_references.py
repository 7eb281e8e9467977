"""What tasks that call partners say in their headers (`http`, `webhook`), and where a request may be answered by the drawing."""

import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import Final

from engine import bpmn
from engine.apps.lookups import Names
from engine.apps.model import ProcessApp
from engine.bpmn.durations import TimerError, parse_duration
from engine.errors import Text

CALLS: Final = ("http", "webhook")
HEADERS: Final = {
    "http": ("partner", "method", "path", "timeout", "resultVariable", "backoff", "breaker"),
    "webhook": ("partner", "path", "event", "timeout", "backoff", "breaker"),
}
METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
OWN: Final = "header."
RESERVED: Final = {"idempotency-key", "content-length", "content-type", "host", "transfer-encoding", "connection"}
PARTNER: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
HEADER_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
EVENT: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.]*")
BREAKER: Final = re.compile(r"[1-9]\d{0,3}/(.+)")
LONGEST: Final = 60.0  # seconds that a call may take


def check(app: ProcessApp, names: Names, file: str, element: bpmn.Element) -> None:
    """Note what a task could not send, and `baton:sync` and `baton:answer` where they mean nothing."""
    _Element(app, names, file, element).check()


class _Element:
    def __init__(self, app: ProcessApp, names: Names, file: str, element: bpmn.Element) -> None:
        self.names = names
        self.file = file
        self.element = element
        self.headers = element.headers
        self.job_type = element.job_type.text if element.job_type else ""

    def check(self) -> None:
        """Everything about the element."""
        self.names.codes(self.file, self.element.id, [self.element.properties.get("baton:answer")])
        sync = self.element.properties.get("baton:sync") or "false"
        if sync not in ("true", "false") or (sync == "true" and self.job_type not in CALLS):
            self._note(
                "sync-without-call",
                f"baton:sync = {sync}은(는) 여기에서 할 일이 없어요.",
                f"baton:sync = {sync} has nothing to do here.",
                "작업 유형이 http나 webhook인 작업에 true로 적어 주세요.",
                "Write true, on a task whose job type is http or webhook.",
            )
        if self.job_type in CALLS:
            self._headers()
            self._values()

    def _headers(self) -> None:
        known = HEADERS[self.job_type]
        for name in self.headers:
            if name in known or (name.startswith(OWN) and self._sendable(name.removeprefix(OWN))):
                continue
            near = get_close_matches(name, known, 1) or known
            self._note(
                "unknown-header",
                f"헤더 '{name}'은(는) {self.job_type} 작업에 쓸 수 없어요.",
                f"There is no header '{name}' on a task of type {self.job_type}.",
                f"쓸 수 있는 이름: {', '.join(near)}, {OWN}<이름>.",
                f"Mend the name. There is: {', '.join(near)}, {OWN}<Name>.",
            )

    def _sendable(self, name: str) -> bool:
        return HEADER_NAME.fullmatch(name) is not None and name.lower() not in RESERVED

    def _values(self) -> None:
        self._need("partner", PARTNER.fullmatch(self.headers.get("partner", "")) is not None, ("payment", "payment"))
        self._optional("method", lambda text: text in METHODS, (", ".join(METHODS), ", ".join(METHODS)))
        self._optional("path", lambda text: text.startswith("/"), ("/payments/{{order.number}}", "/payments/{{order.number}}"))
        self._optional("timeout", _short, ("PT5S (길어야 1분)", "PT5S (a minute at most)"))
        self._optional("backoff", lambda text: all(_duration(part) for part in text.split(",")), ("PT10S,PT1M,PT5M", "PT10S,PT1M,PT5M"))
        self._optional("breaker", _breaker, ("5/PT30S 또는 off", "5/PT30S, or off"))
        if self.job_type == "webhook":
            self._need("event", EVENT.fullmatch(self.headers.get("event", "")) is not None, ("OrderPaid", "OrderPaid"))
        for name, text in self.headers.items():
            if name == "path" or name.startswith(OWN):
                self.names.problems.template(self.file, f"{self.element.id}.{name}", text)
        retries = self.element.retries
        if retries and not retries.text.startswith("="):
            self._need("retries", retries.text.isdecimal() and 1 <= int(retries.text) <= 100, ("3", "3"), retries.text)

    def _optional(self, name: str, right: Callable[[str], bool], example: tuple[str, str]) -> None:
        text = self.headers.get(name)
        if text:
            self._need(name, right(text), example)

    def _need(self, name: str, right: bool, example: tuple[str, str], found: str | None = None) -> None:
        if right:
            return
        text = self.headers.get(name, "") if found is None else found
        self._note(
            "bad-header",
            f"'{name}'의 값 '{text}'을(를) 쓸 수 없어요." if text else f"'{name}'이(가) 없어요.",
            f"The value '{text}' of '{name}' cannot be used." if text else f"The header '{name}' is missing.",
            f"이렇게 적어 주세요: {example[0]}",
            f"Write it like this: {example[1]}",
        )

    def _note(self, rule: str, ko: str, en: str, mend_ko: str, mend_en: str) -> None:
        text: Text = {"ko": ko, "en": en}
        self.names.problems.note(self.file, self.element.id, rule, text, {"ko": mend_ko, "en": mend_en})


def _seconds(text: str) -> float:
    try:
        found = parse_duration(text)
    except TimerError:
        return 0.0
    return 0.0 if found.months else found.rest.total_seconds()


def _duration(text: str) -> bool:
    return _seconds(text) > 0


def _short(text: str) -> bool:
    return 0 < _seconds(text) <= LONGEST


def _breaker(text: str) -> bool:
    found = BREAKER.fullmatch(text)
    return text == "off" or (found is not None and _duration(found.group(1)))
