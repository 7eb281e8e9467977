"""records.toml: business records, capacities, choices and list pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from engine import feel
from engine.apps.model import Capacity, Number, RecordList, RecordType, Texts, Unique
from engine.apps.reading import check, read_toml
from engine.apps.spec import CapacitySpec, ChoicesSpec, FieldSpec, ListSpec, RecordSpec, ValueSpec, Words
from engine.forms import Choice, ChoiceList, Field
from engine.forms.problems import Problems

SECTIONS = ("capacity", "choices", "lists")


@dataclass
class Records:
    """What records.toml says."""

    records: dict[str, RecordType] = field(default_factory=dict)
    capacities: dict[str, Capacity] = field(default_factory=dict)
    choices: dict[str, ChoiceList] = field(default_factory=dict)
    lists: dict[str, RecordList] = field(default_factory=dict)


def read_records(file: str, data: bytes, problems: Problems) -> Records:
    """Everything in the file that can be read; the rest is noted."""
    tables = read_toml(file, data, problems) or {}
    reader = _Reader(file, problems)
    found = Records()
    for name, table in tables.items():
        if name not in SECTIONS and (record := check(RecordSpec, table, file, name, problems)):
            found.records[name] = reader.record(name, record)
    for name, table in _section(tables, "capacity").items():
        if capacity := check(CapacitySpec, table, file, f"capacity.{name}", problems):
            limit = problems.expression(file, f"capacity.{name}.limit", capacity.limit)
            if limit is not None:
                found.capacities[name] = Capacity(name, capacity.key, limit, capacity.full)
    for name, table in _section(tables, "choices").items():
        if choices := check(ChoicesSpec, table, file, f"choices.{name}", problems):
            found.choices[name] = reader.choices(name, choices)
    for name, table in _section(tables, "lists").items():
        if page := check(ListSpec, table, file, f"lists.{name}", problems):
            label = reader.words(f"lists.{name}.label", page.label, name)
            editors = page.editors or page.roles
            found.lists[name] = RecordList(name, page.from_, label, page.roles, page.columns, page.filter, page.edit, editors, page.add)
    return found


def _section(tables: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = tables.get(name, {})
    return section if isinstance(section, dict) else {}


class _Reader:
    def __init__(self, file: str, problems: Problems) -> None:
        self.file = file
        self.problems = problems

    def record(self, name: str, spec: RecordSpec) -> RecordType:
        fields = {key: self._field(f"{name}.fields.{key}", key, field_spec) for key, field_spec in spec.fields.items()}
        unique = tuple(
            Unique(one.fields, self._expression(f"{name}.unique[{number}].while", one.while_), one.error) for number, one in enumerate(spec.unique)
        )
        return RecordType(
            name=name,
            label=self.words(f"{name}.label", spec.label, name),
            number=Number(spec.number.field, spec.number.format) if spec.number else None,
            phone=spec.phone,
            search=spec.search,
            states=spec.states,
            fields=MappingProxyType(fields),
            transitions=MappingProxyType(dict(spec.transitions)),
            unique=unique,
        )

    def words(self, at: str, words: Words | None, fallback: str) -> dict[str, str]:
        """A label; the name itself where none is written."""
        if words is None:
            return {"ko": fallback, "en": fallback}
        self.problems.english(self.file, at, words.texts())
        return words.texts()

    def _field(self, at: str, name: str, spec: FieldSpec) -> Field:
        label = {"ko": spec.ko} | ({"en": spec.en} if spec.en else {})
        self.problems.english(self.file, at, label)
        return Field(
            name=name,
            type=spec.type,
            label=MappingProxyType(label),
            required=spec.required,
            pii=spec.pii,
            once=spec.once,
            values=tuple(self._choice(at, value) for value in spec.values),
            to=spec.to,
            min=None if spec.min is None else Decimal(str(spec.min)),
            max=None if spec.max is None else Decimal(str(spec.max)),
            pattern=spec.pattern,
            default=spec.default,
            total=spec.total,
        )

    def _choice(self, at: str, value: str | ValueSpec) -> Choice:
        if isinstance(value, str):
            return Choice(value, MappingProxyType({"ko": value, "en": value}))
        self.problems.english(self.file, f"{at}.values[{value.id}]", value.texts())
        return Choice(value.id, MappingProxyType(value.texts()))

    def choices(self, name: str, spec: ChoicesSpec) -> ChoiceList:
        at = f"choices.{name}"
        if bool(spec.from_) == bool(spec.each):
            mend = {"ko": "from이나 each 중 하나만 적어 주세요.", "en": "Write one of `from` and `each`."}
            text = {"ko": "from과 each 중 하나가 있어야 해요.", "en": "Choices come either `from` records or from `each` list."}
            self.problems.note(self.file, at, "choices-source", text, mend)
        each = [(key, self._expression(f"{at}.each.{key}", text)) for key, text in spec.each.items()]
        return ChoiceList(
            name=name,
            source=self._expression(f"{at}.from", spec.from_),
            each=tuple((key, expression) for key, expression in each if expression is not None),
            where=self._expression(f"{at}.where", spec.where),
            order=spec.order,
            value=self._expression(f"{at}.value", spec.value),
            label=self._texts(f"{at}.label", spec.label),
            detail=self._texts(f"{at}.detail", spec.detail),
            off=self._expression(f"{at}.off", spec.off),
            off_text=spec.off_text.texts() if spec.off_text else {},
            off_code=spec.off_code,
            off_taken=spec.off_taken,
        )

    def _expression(self, at: str, text: str | None) -> feel.Expression | None:
        return self.problems.expression(self.file, at, text) if text else None

    def _texts(self, at: str, words: str | Words | None) -> Texts:
        if isinstance(words, Words):
            self.problems.english(self.file, at, words.texts())
        return self.problems.templates(self.file, at, words.texts() if isinstance(words, Words) else {"ko": words})
