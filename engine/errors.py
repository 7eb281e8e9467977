"""Every error that Baton raises on purpose. One root; each message says what to mend, in words for the reader it is meant for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

Text = Mapping[str, str]


class BatonError(Exception):
    """Root of all errors that Baton raises on purpose."""


class ConfigurationError(BatonError):
    """A setting is wrong, unknown or missing; the message is the sentence that mends it."""


class BpmnError(BatonError):
    """A business error with a code, raised by a connector or reported for a job; the drawing may catch it (BPMN 2.0 section 10.5.5)."""

    def __init__(self, code: str, message: str = "", variables: Mapping[str, Any] | None = None) -> None:
        super().__init__(message or code)
        self.code = code
        self.message = message
        self.variables = dict(variables or {})


class Refused(BatonError):
    """A command that was not carried out; nothing was written. Carries a stable code, the HTTP status, and the reason in Korean and English."""

    def __init__(self, code: str, texts: Text, status: int = 409, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(f"{code}: {texts.get('en') or texts.get('ko')}")
        self.code = code
        self.texts = texts
        self.status = status
        self.details = dict(details or {})


class Invalid(Refused):
    """A submission with field errors: `errors` maps the field's key to its messages. The form comes back with everything that was typed."""

    def __init__(self, errors: Mapping[str, Sequence[Text]], confirm: Mapping[str, Text] | None = None) -> None:
        super().__init__("INVALID", {"ko": "적은 내용을 다시 확인해 주세요.", "en": "Please check the fields below."}, 422)
        self.errors = errors
        self.confirm = dict(confirm or {})


class Answered(Refused):
    """What the drawing tells the person although the request was carried out (`baton:answer`): the form comes back with everything typed, and
    sending it again is a new request."""


class NotFound(Refused):
    """Nothing there, or not for this person: the answer is the same, so that nothing can be guessed from it."""

    def __init__(self, code: str = "NOT_FOUND") -> None:
        super().__init__(code, {"ko": "신청 내역을 찾을 수 없어요.", "en": "We could not find your request."}, 404)


class Forbidden(Refused):
    """The person is known but lacks the right."""

    def __init__(self, texts: Text | None = None) -> None:
        super().__init__("FORBIDDEN", texts or {"ko": "이 일을 할 권한이 없어요.", "en": "You do not have the right to do this."}, 403)


class Gone(Refused):
    """A task that somebody else finished, or that the case left behind: says who and when."""

    def __init__(self, by: str | None, at: datetime | None, shown_at: Mapping[str, str] | None = None) -> None:
        when = shown_at or {"ko": "", "en": ""}
        if by:
            texts = {"ko": f"이미 {by}님이 {when['ko']}에 처리한 업무예요.", "en": f"This task was already completed by {by} at {when['en']}."}
        else:
            texts = {"ko": "진행이 바뀌어 이 업무는 더 할 일이 없어요.", "en": "The case has moved on; this task is no longer needed."}
        super().__init__("TASK_GONE", texts, 409, {"by": by, "at": at.isoformat() if at else None})
        self.by = by
        self.at = at


class Busy(Refused):
    """Too many people wrote the same thing at once, or a dependency is down: try again after `retry_after` seconds."""

    def __init__(self, retry_after: int = 2) -> None:
        super().__init__(
            "BUSY",
            {
                "ko": f"현재 이용자가 많아 잠시 후 다시 시도해 주세요. 약 {retry_after}초 후 다시 시도할 수 있어요.",
                "en": f"We are busy right now. Please try again in about {retry_after} seconds.",
            },
            503,
            {"retry_after": retry_after},
        )
        self.retry_after = retry_after


class NotSaved(Busy):
    """The database takes no writes now: its disk is full, or it is read-only. Nothing was written, and nothing is lost."""

    def __init__(self, retry_after: int = 10) -> None:
        super().__init__(retry_after)
        self.code = "NOT_SAVED"
        self.texts = {
            "ko": f"지금은 저장할 수 없어 아무것도 바뀌지 않았어요. 적은 내용을 그대로 두고 약 {retry_after}초 후 다시 시도해 주세요.",
            "en": f"Nothing can be saved right now, and nothing was changed. Keep what you typed and try again in about {retry_after} seconds.",
        }
