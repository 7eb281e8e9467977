"""A form, compiled once and shared by all threads: its components with their expressions and texts ready to run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Protocol

from engine import feel
from engine.errors import Text
from engine.forms import patterns
from engine.forms.checks import Check
from engine.forms.choices import ChoiceList
from engine.forms.fields import Field
from engine.forms.schema import INPUTS, Component
from engine.texts import Template

Texts = Mapping[str, Template]


@dataclass(frozen=True)
class FixedOption:
    """An option written in the form itself."""

    value: Any
    label: Texts
    detail: Texts


@dataclass(frozen=True, eq=False)
class Item:
    """One component, ready to run. `key` is its full name in the submission (`contact.email` inside a group with path `contact`)."""

    source: Component
    type: str
    key: str
    id: str
    label: Texts = field(default_factory=dict)
    hint: Texts = field(default_factory=dict)
    text: Texts = field(default_factory=dict)
    hide: feel.Expression | None = None
    readonly: bool | feel.Expression = False
    default: Any | feel.Expression = None
    value: feel.Expression | None = None
    carry: feel.Expression | None = None
    options: tuple[FixedOption, ...] = ()
    options_from: str | feel.Expression | None = None
    pattern: str = ""
    least: feel.Expression | None = None
    most: feel.Expression | None = None
    outcome: bool = False
    decision: str = ""
    columns: tuple[tuple[str, Texts], ...] = ()
    columns_from: feel.Expression | None = None
    items: tuple["Item", ...] = ()

    @cached_property
    def takes_input(self) -> bool:
        """Whether a person can fill it in."""
        return self.type in INPUTS

    @cached_property
    def holds_value(self) -> bool:
        """Whether the submission has a value under its key."""
        return self.takes_input or self.type in ("expression", "dynamiclist")

    def pattern_fits(self, value: str) -> bool:
        """Whether the form's own pattern allows the text."""
        return not self.pattern or patterns.found(self.pattern, value)

    def walk(self) -> Iterator["Item"]:
        """Itself and the items inside it, without those of repeated rows."""
        yield self
        for inner in () if self.type == "dynamiclist" else self.items:
            yield from inner.walk()


@lru_cache(maxsize=4096)
def walked(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """These items and those inside them, without those of repeated rows."""
    return tuple(inner for item in items for inner in item.walk())


@dataclass(frozen=True)
class Form:
    """One form file. `reads` are the names its expressions read: changing one of them can change what the form shows."""

    id: str
    file: str
    items: tuple[Item, ...]
    submit: Texts = field(default_factory=dict)
    reads: frozenset[str] = frozenset()

    def walk(self) -> Iterator[Item]:
        """All items in the order of the file, without those of repeated rows."""
        return iter(walked(self.items))

    @property
    def outcome(self) -> Item | None:
        """The radio whose options are the submit buttons."""
        return next((item for item in self.walk() if item.outcome), None)


class Fields(Protocol):
    """What forms need of a record type: its name and its fields."""

    @property
    def name(self) -> str: ...
    @property
    def fields(self) -> Mapping[str, Field]: ...


class FormApp(Protocol):
    """What forms need of a process app; `engine.apps.ProcessApp` is one."""

    @property
    def forms(self) -> Mapping[str, Form]: ...
    @property
    def choices(self) -> Mapping[str, ChoiceList]: ...
    @property
    def checks(self) -> Mapping[str, tuple[Check, ...]]: ...
    @property
    def decisions(self) -> Mapping[str, Any]: ...
    @property
    def records(self) -> Mapping[str, Fields]: ...


@dataclass(frozen=True)
class Submission:
    """What came in. `values` may be used when `errors` is empty; `confirm` says which errors pass once the person ticks the key."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, list[Text]] = field(default_factory=dict)
    confirm: dict[str, Text] = field(default_factory=dict)
