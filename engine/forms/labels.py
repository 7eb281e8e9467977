"""`label("subscription.product_type", value)` in texts: what a value of an enumeration is called in the reader's language."""

from collections.abc import Mapping
from typing import Any, Protocol

from engine import feel
from engine.forms.fields import Field
from engine.texts import for_people, pick


class HasFields(Protocol):
    """A record type, as far as labels need it."""

    @property
    def fields(self) -> Mapping[str, Field]: ...


def label_function(records: Mapping[str, HasFields], lang: str) -> feel.Function:
    """The FEEL function `label(field, value)`: the labels of one value or of a list; the value itself where the field has no such value."""

    def label(field: Any, value: Any) -> Any:
        collection, _, name = str(field).partition(".")
        known = records[collection].fields.get(name) if collection in records else None
        if isinstance(value, (list, tuple)):
            return ", ".join(_one(known, one, lang) for one in value)
        return _one(known, value, lang)

    return feel.Function(label, ("field", "value"), "label")


def _one(field: Field | None, value: Any, lang: str) -> str:
    choice = field.choice(value) if field and isinstance(value, str) else None
    return pick(choice.label, lang) if choice else for_people(value, lang)
