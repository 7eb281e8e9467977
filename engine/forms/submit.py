"""A submission against its form and its checks."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from engine.errors import Text
from engine.forms import checks, messages
from engine.forms.fields import TICK
from engine.forms.fill import Filled
from engine.forms.model import Fields, FormApp, Submission
from engine.forms.take import kept, take

MAX_KEY: Final = 100


def submit(
    app: FormApp, form_id: str, submitted: Mapping[str, Any], names: Mapping[str, Any], *, now: datetime, record: Fields | None = None
) -> Submission:
    """What the submission means: the values of the declared fields, or the errors by field.

    Undeclared, hidden and read-only fields are dropped, names beginning with `_` are refused. `names` is what FEEL sees beside the form; `record`
    the record type whose fields the form's keys inherit from. Values are JSON (dates in ISO 8601); an empty field that is shown is None.
    """
    form = app.forms[form_id]
    filled = Filled(app, form, record, now, "ko", names, form.items)
    errors = {str(key)[:MAX_KEY]: [messages.HIDDEN_KEY] for key in submitted if isinstance(key, str) and key.startswith("_")}
    take(filled, submitted)
    confirm = _checked(filled, submitted)
    return Submission(kept(filled) | _ticks(filled, submitted), errors | filled.errors, confirm)


def _checked(filled: Filled, submitted: Mapping[Any, Any]) -> dict[str, Text]:
    waiting: dict[str, Text] = {}
    wrong = set(filled.errors)
    for check in checks.failing(filled.app.checks.get(filled.form.id, ()), filled.outside, filled.now):
        if check.field in wrong:
            continue
        text = check.says(filled.outside, filled.now)
        if check.confirm is None:
            filled.errors.setdefault(check.field, []).append(text)
        elif not _ticked(submitted, check.confirm):
            filled.errors.setdefault(check.confirm, []).append(text)
            waiting[check.confirm] = text
    return waiting


def _ticks(filled: Filled, submitted: Mapping[Any, Any]) -> dict[str, Any]:
    asked = {check.confirm for check in filled.app.checks.get(filled.form.id, ()) if check.confirm}
    return {key: True for key in asked if key not in filled.values and _ticked(submitted, key)}


def _ticked(submitted: Mapping[Any, Any], key: str) -> bool:
    return TICK.parse(submitted.get(key))[0] is True
