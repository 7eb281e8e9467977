"""A form with values in it: which field accepts what, what is hidden, what can be chosen. Page and submission share it."""

from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine import feel
from engine.clock import KST
from engine.errors import Text
from engine.forms import choices, messages, paths
from engine.forms.choices import ChoiceList, Option
from engine.forms.fields import Field
from engine.forms.model import Fields, Form, FormApp, Item
from engine.forms.schema import CHOOSERS, fixed
from engine.texts import pick

KINDS = {"number": "number", "checkbox": "bool", "checklist": "list", "taglist": "list", "dynamiclist": "list", "filepicker": "file"}
VALIDATIONS = {"email": "email", "phone": "phone"}


@dataclass
class Filled:
    """The values of one form at one moment. `values` holds every declared key (None where nothing is); hidden ones are removed from `shown`."""

    app: FormApp
    form: Form
    record: Fields | None
    now: datetime
    lang: str
    names: Mapping[str, Any]
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, list[Text]] = field(default_factory=dict)
    shown: set[str] = field(default_factory=set)
    memory: dict[tuple[str, str], list[Option]] = field(default_factory=dict)

    def again(self) -> "Filled":
        """The same form without values, sharing what was looked up already."""
        return Filled(self.app, self.form, self.record, self.now, self.lang, self.names, memory=self.memory)

    @property
    def today(self) -> date:
        """The day in Korea."""
        return self.now.astimezone(KST).date()

    @property
    def scope(self) -> Mapping[str, Any]:
        """What the form's own expressions see: its keys first (as form-js has it), `form`, then everything else."""
        return ChainMap(self.values, {"form": self.values}, self.names)  # type: ignore[arg-type]

    @property
    def outside(self) -> Mapping[str, Any]:
        """What checks and choices see: `form` and everything else, so that a field named like a collection hides nothing."""
        return ChainMap({"form": self.values}, self.names)  # type: ignore[arg-type]

    def rule(self, item: Item) -> Field:
        """What this item accepts: the record's field narrowed by the form, or the form's own rule."""
        inherited = self.record.fields.get(item.key) if self.record else None
        return narrowed(inherited, item) if inherited else own_rule(item)

    def readonly(self, item: Item, scope: Mapping[str, Any] | None = None) -> bool:
        """Whether the item only shows its value; such a value is never taken from a submission."""
        if isinstance(item.readonly, bool):
            return item.readonly
        return item.readonly(scope or self.scope, now=self.now) is True

    def options(self, item: Item, scope: Mapping[str, Any] | None = None) -> list[Option] | None:
        """What can be chosen here, or None when the item is no choice."""
        if item.type not in CHOOSERS:
            return None
        names = scope or self.scope
        if isinstance(item.options_from, str):
            known = self.app.choices.get(item.options_from)
            if known is not None:
                return self._live(known)
            return choices.from_list(names.get(item.options_from), self.lang)
        if item.options_from is not None:
            return choices.from_list(item.options_from(names, now=self.now), self.lang)
        return self._fixed(item, names)

    def _live(self, known: ChoiceList) -> list[Option]:
        # One look at the records for the same question: a page asks for each outcome button.
        read = self.values if "form" in known.reads else {name: self.values.get(name) for name in known.reads}
        question = known.name, choices.as_text(read)
        if question not in self.memory:
            self.memory[question] = choices.options(known, self.outside, self.now, self.lang)
        return self.memory[question]

    def _fixed(self, item: Item, names: Mapping[str, Any]) -> list[Option]:
        inherited = self.record.fields.get(item.key) if self.record else None
        if not item.options and inherited:
            return [Option(choice.id, choice.id, pick(choice.label, self.lang)) for choice in inherited.values]
        made = []
        for option in item.options:
            known = inherited.choice(str(option.value)) if inherited else None
            label = choices.render(option.label, names, self.now, self.lang)
            if known and (self.lang not in option.label or label == str(option.value)):
                label = pick(known.label, self.lang)
            made.append(Option(choices.as_text(option.value), option.value, label, choices.render(option.detail, names, self.now, self.lang)))
        return made

    def visible(self) -> set[str]:
        """The ids of the items that are not hidden under the present values; the values of hidden ones become null, until nothing changes."""
        gone: set[str] = set()
        while fresh := {item.id for item in self.form.walk() if item.id not in gone and self._hides(item)}:
            gone |= fresh
            for item in self._inside(fresh):
                gone.add(item.id)
                if item.takes_input or item.type in ("expression", "dynamiclist"):
                    paths.put(self.values, item.key, None)
        return {item.id for item in self.form.walk()} - gone

    def _hides(self, item: Item) -> bool:
        return item.hide is not None and item.hide(self.scope, now=self.now) is True

    def _inside(self, ids: set[str]) -> Iterable[Item]:
        for item in self.form.walk():
            if item.id in ids:
                yield from item.walk()

    def compute(self, item: Item) -> Any:
        """The value of an expression field: of its decision, of its expression (which sees the decision's answer as `result`), or null."""
        result = None
        names = self.scope
        if item.decision and item.decision in self.app.decisions:
            result = self.app.decisions[item.decision].evaluate(item.decision, names)
            names = ChainMap({"result": result}, names)  # type: ignore[arg-type]
        return item.value(names, now=self.now) if item.value is not None else result


def own_rule(item: Item) -> Field:
    """The rule of a field that no record knows."""
    source, rules = item.source, item.source.rules
    kind = KINDS.get(item.type, "text")
    if item.type == "datetime":
        kind = source.subtype if source.subtype in ("date", "time", "datetime") else "date"
    if item.type == "textfield" and rules.validation_type in VALIDATIONS:
        kind = VALIDATIONS[rules.validation_type]
    if item.type in ("radio", "select"):
        kind = "json"
    if item.type == "number" and source.decimal_digits == 0:
        kind = "int"
    return narrowed(Field(item.key, kind), item)


def narrowed(rule: Field, item: Item) -> Field:
    """The rule with the form's own bounds, which may only be tighter."""
    low, high = item.source.bounds(lengths=rule.type == "text")
    label = {lang: template.text for lang, template in item.label.items() if template.fixed}
    return replace(
        rule,
        name=item.key,
        label={**rule.label, **label},
        required=rule.required or item.source.rules.required or item.outcome,
        min=_tighter(rule.min, fixed(low), max),
        max=_tighter(rule.max, fixed(high), min),
    )


def _tighter(own: Decimal | None, other: Decimal | None, best: Callable[[Decimal, Decimal], Decimal]) -> Decimal | None:
    return other if own is None else own if other is None else best(own, other)


def chosen(rule: Field, options: list[Option], raw: Any) -> tuple[Any, Text | None]:
    """The value of the option that `raw` means (the page's text, or the value itself), checked by the field's rule too."""
    several = rule.type == "list"
    wanted = ([raw] if isinstance(raw, str) and raw else raw or []) if several else [raw]
    if not isinstance(wanted, (list, tuple)):
        return None, messages.LIST
    if not several and (raw is None or raw == "" or raw == []):
        return rule.parse(None)
    found = []
    for one in wanted:
        option = next((option for option in options if option.value == choices.as_text(one)), None)
        if option is None or option.off:
            return None, messages.CHOICE if option is None else messages.TAKEN
        found.append(option.raw)
    return rule.parse(found if several else found[0])


def readable(value: Any) -> Any:
    """A value from variables or records as a field takes it: a record becomes its id, FEEL's dates become ISO 8601."""
    return choices.plain(value) if not isinstance(value, feel.Function) else None
