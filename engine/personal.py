"""Personal data by reference: a text that knows where it is kept, so that variables, history and logs hold the reference only."""

from collections.abc import Callable
from typing import Any

MARK = "$pii"


class PersonalText(str):
    """A person's own words or number, as plain text for FEEL and pages. `reference` is `<person id>/<field>` in the table `person`."""

    reference: str

    def __new__(cls, value: str, reference: str) -> "PersonalText":
        text = super().__new__(cls, value)
        text.reference = reference
        return text


def to_stored(value: Any) -> Any:
    """The JSON form of a value with each personal text replaced by `{"$pii": reference}`."""
    if isinstance(value, PersonalText):
        return {MARK: value.reference}
    if isinstance(value, dict):
        return {key: to_stored(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_stored(item) for item in value]
    return value


def from_stored(value: Any, resolve: Callable[[str], str]) -> Any:
    """The reverse: each `{"$pii": reference}` becomes the personal text that `resolve(reference)` finds (empty once it was erased)."""
    if isinstance(value, dict):
        if len(value) == 1 and MARK in value:
            return PersonalText(resolve(value[MARK]), value[MARK])
        return {key: from_stored(item, resolve) for key, item in value.items()}
    if isinstance(value, list):
        return [from_stored(item, resolve) for item in value]
    return value
