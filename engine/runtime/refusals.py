"""What a person is told when the drawing raises an error in the step that their submission started (law 6)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import structlog

from engine.apps import ProcessApp
from engine.bpmn import StepFailed, UncaughtError
from engine.errors import BpmnError, Refused

log = structlog.get_logger()
UNKNOWN = {"ko": "지금은 처리할 수 없어요. 적은 내용은 그대로 있어요. ({code})", "en": "This cannot be done now. What you typed is kept. ({code})"}
OURS = {
    "BAD_STATE": {"ko": "지금 단계에서는 할 수 없는 일이에요.", "en": "This cannot be done at the present stage."},
    "DUPLICATE": {"ko": "이미 진행 중인 신청이 있어요: {no}", "en": "You already have an open request: {no}"},
}


@contextmanager
def told(app: ProcessApp) -> Iterator[None]:
    """Turn an error that the drawing does not catch into the app's own words for its code; what cannot run at all is logged besides."""
    try:
        yield
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
    values = {"code": code, **(details or {})}
    filled = {language: _fill(text, values) for language, text in texts.items()}
    return Refused(code, filled, declared.status if declared else 409, {"code": code})


def _fill(text: str, values: Mapping[str, Any]) -> str:
    for name, value in values.items():
        text = text.replace("{" + name + "}", str(value))
    return text
