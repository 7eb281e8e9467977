"""What a person is told when the drawing raises an error in the step that their submission started (law 6)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import structlog

from engine.apps import ProcessApp
from engine.bpmn import StepFailed, TooLarge, UncaughtError
from engine.errors import Answered, BpmnError, Refused

log = structlog.get_logger()
UNKNOWN = {"ko": "지금은 처리할 수 없어요. 적은 내용은 그대로 있어요. ({code})", "en": "This cannot be done now. What you typed is kept. ({code})"}
SHORTER = {"ko": "줄여서 다시 보내 주세요. 적은 내용은 그대로 있어요.", "en": "Make it shorter and send it again. What you typed is kept."}
LATER = 30  # seconds after which trying again can help, where nobody knows better
OURS = {
    "BUSY": {
        "ko": "현재 이용자가 많아 잠시 후 다시 시도해 주세요. 약 {retry_seconds}초 후 다시 시도할 수 있어요.",
        "en": "We are busy right now. Please try again in about {retry_seconds} seconds.",
    },
    "BAD_STATE": {"ko": "지금 단계에서는 할 수 없는 일이에요.", "en": "This cannot be done at the present stage."},
    "NO_DOCUMENT": {"ko": "붙인 파일을 찾을 수 없어요. 파일을 다시 골라 주세요.", "en": "The attached file is gone. Please choose it again."},
    "DUPLICATE": {"ko": "이미 진행 중인 신청이 있어요: {no}", "en": "You already have an open request: {no}"},
}


@contextmanager
def told(app: ProcessApp) -> Iterator[None]:
    """Turn an error that the drawing does not catch into the app's own words for its code; what cannot run at all is logged besides."""
    try:
        yield
    except TooLarge as error:
        raise Refused("TOO_LARGE", {language: f"{text} {SHORTER[language]}" for language, text in error.texts.items()}, 422) from error
    except StepFailed as error:
        log.error("a step failed", action="step.fail", app=app.key, element=error.element_id, reason=error.reason)
        raise refusal(app, "STEP_FAILED") from error
    except UncaughtError as error:
        raise refusal(app, error.code) from error
    except BpmnError as error:
        raise refusal(app, error.code, error.variables) from error


def refusal(app: ProcessApp, code: str, details: Mapping[str, Any] | None = None) -> Refused:
    """The refusal for a code: the app's text and status from `[errors]`, else Baton's own. `{name}` in a text is filled from `details`."""
    declared = app.errors.get(code)
    texts = declared.texts if declared else OURS.get(code, UNKNOWN)
    values = {"code": code, "retry_seconds": LATER, **(details or {})}
    filled = {language: _fill(text, values) for language, text in texts.items()}
    status = declared.status if declared else 503 if code == "BUSY" else 409
    return Refused(code, filled, status, {"code": code})


def answered(app: ProcessApp, code: str, retry_after: int | None) -> Answered:
    """The answer for a code that the drawing gives to a request that was carried out; a 503 or 429 says when to try again."""
    seconds = retry_after or LATER
    told = refusal(app, code, {"retry_seconds": seconds})
    details = {"retry_after": seconds} if told.status in (429, 503) else {}
    return Answered(code, told.texts, told.status, {**told.details, **details})


def _fill(text: str, values: Mapping[str, Any]) -> str:
    for name, value in values.items():
        text = text.replace("{" + name + "}", str(value))
    return text
