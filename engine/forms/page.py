"""What a template needs to show a form: texts in one language, values as they stand in HTML, nothing left to decide."""

import json
from dataclasses import dataclass, field
from typing import Any

from engine.forms.choices import Option
from engine.forms.prose import Block


@dataclass(frozen=True)
class FieldView:
    """One thing in a form. `kind` says which macro shows it.

    Inputs: `text textarea number checkbox checklist radio select taglist date time datetime file`; `name` and `id` are for HTML, `value` is the
    text in the input, a list of texts for checklist and taglist, a bool for checkbox; `chosen` holds the same as a set.
    Shown only: `readonly` (`text`), `prose` (`blocks`), `image` (`url`; `text` is the alternative), `link`, `table` (`columns`, `rows`),
    `group` and `list` (`items`; a list holds groups), `spacer`, `separator`.
    `carried` is a hidden input (`value`): what the page says without showing it.
    `confirm` marks the tick of a warning that passes once it is ticked; `only_for` names the outcome buttons that need the field;
    `triggers` says that changing the field can change the form.
    """

    kind: str
    key: str = ""
    name: str = ""
    id: str = ""
    label: str = ""
    hint: str = ""
    text: str = ""
    value: Any = ""
    required: bool = False
    optional: bool = False
    readonly: bool = False
    errors: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    input_type: str = "text"
    inputmode: str = ""
    autocomplete: str = ""
    placeholder: str = ""
    prefix: str = ""
    suffix: str = ""
    min: str = ""
    maxlength: int = 0
    rows: tuple[tuple[str, ...], ...] = ()
    columns: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    items: tuple["FieldView", ...] = ()
    url: str = ""
    accept: str = ""
    multiple: bool = False
    only_for: tuple[str, ...] = ()
    triggers: bool = False
    confirm: bool = False

    @property
    def chosen(self) -> frozenset[str]:
        """The values of the options that are chosen."""
        if isinstance(self.value, (list, tuple)):
            return frozenset(self.value)
        return frozenset([str(self.value)] if self.value not in (None, "") else [])

    @property
    def described_by(self) -> str:
        """The ids for aria-describedby: the hint, then the errors."""
        return " ".join(([f"{self.id}-hint"] if self.hint or self.only_for else []) + ([f"{self.id}-error"] if self.errors else []))

    @property
    def attached(self) -> list[str]:
        """The names of the files that were sent with this field before."""
        return [str(one["name"]) for one in json.loads(self.value)] if self.kind == "file" and self.value else []

    @property
    def cards(self) -> bool:
        """Whether the options say more than a word each."""
        return any(option.detail or option.off_text for option in self.options)


@dataclass(frozen=True)
class Group:
    """A step of a public form, a section of a staff form. Fields outside any group stand in groups without a label."""

    id: str
    label: str
    items: tuple[FieldView, ...]
    errors: int = 0


@dataclass(frozen=True)
class Outcome:
    """A submit button: `<button name=key value=value>`."""

    key: str
    value: str
    label: str
    detail: str = ""


@dataclass(frozen=True)
class Mistake:
    """A line of the error summary: a link to the field `id` (empty: the form as a whole)."""

    id: str
    label: str
    message: str


@dataclass(frozen=True)
class FormView:
    """A form in one language with its values and errors, hidden fields left out."""

    id: str
    lang: str
    groups: tuple[Group, ...]
    outcomes: tuple[Outcome, ...] = ()
    submit_label: str = ""
    mistakes: tuple[Mistake, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def fields(self) -> list[FieldView]:
        """All things in the form, in order, groups opened."""
        found: list[FieldView] = []
        waiting = [item for group in reversed(self.groups) for item in reversed(group.items)]
        while waiting:
            item = waiting.pop()
            found.append(item)
            waiting.extend(reversed(item.items))
        return found

    @property
    def has_files(self) -> bool:
        """Whether the form must be sent as multipart/form-data."""
        return any(item.kind == "file" for item in self.fields)
