"""A form, or one row of a list in it, with values: what its expressions see, what is hidden, what can be chosen. Page and submission share it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Optional

from engine import feel
from engine.clock import KST
from engine.errors import Text
from engine.forms import choices, paths
from engine.forms.choices import ChoiceList, Option
from engine.forms.fields import Field
from engine.forms.model import Fields, Form, FormApp, Item, walked
from engine.forms.rules import narrowed, own_rule
from engine.forms.schema import CHOOSERS
from engine.forms.scopes import layered
from engine.texts import pick


@dataclass
class Filled:
    """The values of one form at one moment. `values` holds every declared key (None where nothing is); hidden items are not among `shown`.

    A row of a list is filled the same way, inside the form (`outer`); `prefix` then stands before its keys in names and errors (`visits.0.`).
    """

    app: FormApp
    form: Form
    record: Fields | None
    now: datetime
    lang: str
    names: Mapping[str, Any]
    items: tuple[Item, ...]
    outer: Optional["Filled"] = None
    prefix: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, list[Text]] = field(default_factory=dict)
    shown: set[str] = field(default_factory=set)
    memory: dict[tuple[str, str], list[Option]] = field(default_factory=dict)

    def again(self) -> "Filled":
        """The same form without values, sharing what was looked up already."""
        return Filled(self.app, self.form, self.record, self.now, self.lang, self.names, self.items, memory=self.memory)

    def row(self, item: Item, number: int) -> "Filled":
        """A row of a list, without values. Its fields are their own: they inherit nothing from records."""
        return Filled(self.app, self.form, None, self.now, self.lang, self.names, item.items, self, f"{self.prefix}{item.key}.{number}.")

    def walk(self) -> Sequence[Item]:
        """All items, without those of rows inside."""
        return walked(self.items)

    @cached_property
    def today(self) -> date:
        """The day in Korea."""
        return self.now.astimezone(KST).date()

    @property
    def scope(self) -> Mapping[str, Any]:
        """What the form's own expressions see: its keys first (as form-js has it), `form`, everything else; in a row also `this` and `parent`."""
        if self.outer is not None:
            return layered(self.values, {"this": self.values, "parent": self.outer.values}, self.outer.scope)
        return layered(self.values, {"form": self.values}, self.names)

    @property
    def outside(self) -> Mapping[str, Any]:
        """What checks and choices see: `form` and everything else, so that a field named like a collection hides nothing."""
        if self.outer is not None:
            return layered({"this": self.values}, self.outer.outside)
        return layered({"form": self.values}, self.names)

    def inherited(self, item: Item) -> Field | None:
        """The record field that the item's key means, if it means one."""
        return self.record.fields.get(item.key) if self.record else None

    def rule(self, item: Item) -> Field:
        """What this item accepts: the record's field narrowed by the form, or the form's own rule."""
        inherited = self.inherited(item)
        return narrowed(inherited, item) if inherited else own_rule(item)

    def readonly(self, item: Item, scope: Mapping[str, Any] | None = None) -> bool:
        """Whether the item only shows its value; such a value is never taken from a submission."""
        if isinstance(item.readonly, bool):
            return item.readonly
        return item.readonly(scope or self.scope, now=self.now) is True

    def options(self, item: Item) -> list[Option] | None:
        """What can be chosen here, or None when the item is no choice."""
        if item.type not in CHOOSERS:
            return None
        if isinstance(item.options_from, str):
            known = self.app.choices.get(item.options_from)
            return self._live(known) if known else choices.from_list(self.scope.get(item.options_from), self.lang)
        if item.options_from is not None:
            return choices.from_list(item.options_from(self.scope, now=self.now), self.lang)
        return self._fixed(item)

    def _live(self, known: ChoiceList) -> list[Option]:
        # One look at the records for the same question: a page asks for each outcome button.
        read = self.values if "form" in known.reads else {name: self.values.get(name) for name in known.reads}
        question = known.name, choices.as_text(read)
        if question not in self.memory:
            self.memory[question] = choices.options(known, self.outside, self.now, self.lang)
        return self.memory[question]

    def _fixed(self, item: Item) -> list[Option]:
        inherited = self.inherited(item)
        if not item.options and inherited:
            return [Option(choice.id, choice.id, pick(choice.label, self.lang)) for choice in inherited.values]
        made = []
        for option in item.options:
            known = inherited.choice(str(option.value)) if inherited else None
            label = choices.render(option.label, self.scope, self.now, self.lang)
            if known and (self.lang not in option.label or label == str(option.value)):
                label = pick(known.label, self.lang)
            detail = choices.render(option.detail, self.scope, self.now, self.lang)
            made.append(Option(choices.as_text(option.value), option.value, label, detail))
        return made

    def visible(self) -> set[str]:
        """The ids of the items that are not hidden under the present values; the values of hidden ones become null, until nothing changes."""
        gone: set[str] = set()
        hiding = [item for item in self.walk() if item.hide is not None]
        while fresh := {item.id for item in hiding if item.id not in gone and self._hides(item)}:
            gone |= fresh
            for item in self._inside(fresh):
                gone.add(item.id)
                if item.holds_value:
                    paths.put(self.values, item.key, None)
        return {item.id for item in self.walk()} - gone

    def _hides(self, item: Item) -> bool:
        return item.hide is not None and item.hide(self.scope, now=self.now) is True

    def _inside(self, ids: set[str]) -> Iterable[Item]:
        for item in self.walk():
            if item.id in ids:
                yield from item.walk()

    def compute(self, item: Item) -> Any:
        """The value of an expression field: of its decision, of its expression (which sees the decision's answer as `result`), or null."""
        result = None
        names = self.scope
        if item.decision and item.decision in self.app.decisions:
            result = self.app.decisions[item.decision].evaluate(item.decision, names, now=self.now)
            names = layered({"result": result}, names)
        return item.value(names, now=self.now) if item.value is not None else result


def readable(value: Any) -> Any:
    """A value from variables or records as a field takes it: a record becomes its id, FEEL's dates become ISO 8601."""
    return choices.plain(value) if not isinstance(value, feel.Function) else None
