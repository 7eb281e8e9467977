"""From the file of a form to a Form that runs; what cannot run becomes a finding."""

from collections.abc import Iterable, Mapping
from typing import Any

from engine import feel
from engine.errors import Text
from engine.forms import patterns
from engine.forms.html_text import as_markdown
from engine.forms.model import FixedOption, Form, Item, Texts
from engine.forms.problems import Problems
from engine.forms.schema import CARRIERS, CHOOSERS, HOLDERS, INPUTS, TYPES, BadForm, Component, Option, fixed, read


def compile_form(form_id: str, file: str, data: bytes, problems: Problems) -> Form | None:
    """The form, or None when the file cannot be read at all. Everything wrong is noted in `problems`."""
    try:
        root = read(data, file)
    except BadForm as error:
        mend = {"ko": "form-js 편집기나 Camunda Modeler에서 다시 저장해 주세요.", "en": "Save it again from the form-js editor or Camunda Modeler."}
        problems.note(file, "", "form-unreadable", {"ko": error.ko, "en": error.en}, mend)
        return None
    builder = _Builder(file, problems)
    items = tuple(builder.item(component, "") for component in root.components)
    submit = next((item.label for item in _walk(items) if item.type == "button" and item.source.action == "submit"), {})
    return Form(form_id, file, items, submit, frozenset(builder.reads))


def _walk(items: Iterable[Item]) -> Iterable[Item]:
    for item in items:
        yield from item.walk()


def _shown_text(component: Component) -> str:
    if component.type == "html":
        return as_markdown(component.content)
    return component.text or component.source or component.url


class _Builder:
    def __init__(self, file: str, problems: Problems) -> None:
        self.file = file
        self.problems = problems
        self.reads: set[str] = set()
        self.keys: set[str] = set()
        self.ids: set[str] = set()

    def item(self, component: Component, prefix: str) -> Item:
        key = prefix + (component.key if component.type not in HOLDERS else component.path)
        self._known(component)
        self._unique(component, key, prefix)
        inner = f"{key}." if component.type == "group" and component.path else "" if component.type == "dynamiclist" else prefix
        outer_keys, self.keys = self.keys, set() if component.type == "dynamiclist" else self.keys
        items = tuple(self.item(child, inner) for child in component.components)
        self.keys = outer_keys
        return Item(
            source=component,
            type=component.type,
            key=key,
            id=self._id(component.id or key or component.type),
            label=self._texts(component, "label", component.label or component.date_label or component.time_label),
            hint=self._texts(component, "description", component.description),
            text=self._texts(component, "text", _shown_text(component)),
            hide=self._expression(component, component.conditional.hide if component.conditional else None),
            readonly=self._readonly(component),
            default=self._default(component),
            value=self._expression(component, component.expression if component.expression.strip("= ") else None),
            carry=self._expression(component, component.properties.get("carry")),
            options=tuple(self._option(component, option) for option in component.values),
            options_from=self._options_from(component),
            pattern=self._pattern(component),
            least=self._bound(component, 0),
            most=self._bound(component, 1),
            outcome=component.properties.get("outcome", "") == "true",
            decision=component.properties.get("decision", ""),
            columns=tuple((column.key, self._texts(component, f"column.{column.key}", column.label)) for column in component.columns),
            columns_from=self._expression(component, component.columns_expression or None),
            items=items,
        )

    def _id(self, wanted: str) -> str:
        """An id of its own for each item, also where the file has none or the same one twice."""
        number, found = 1, wanted
        while found in self.ids:
            number += 1
            found = f"{wanted}-{number}"
        self.ids.add(found)
        return found

    def _known(self, component: Component) -> None:
        if component.type not in TYPES:
            self._error(
                component,
                "form-type",
                {"ko": f"모르는 양식 요소예요: {component.type}", "en": f"Unknown form component: {component.type}"},
                {"ko": f"쓸 수 있는 요소: {', '.join(sorted(TYPES - {'default'}))}", "en": f"Use one of: {', '.join(sorted(TYPES - {'default'}))}"},
            )
        if component.type in INPUTS and not component.key:
            mend = {"ko": "속성 Key에 영문 이름을 적어 주세요.", "en": "Write a name into the property Key."}
            self._error(component, "form-key", {"ko": "입력 칸에 키가 없어요.", "en": "This input has no key."}, mend)
        if component.key.startswith("_") or "._" in component.key:
            mend = {"ko": "밑줄 없이 시작하는 이름으로 바꿔 주세요.", "en": "Choose a name that does not begin with an underscore."}
            self._error(
                component, "form-key", {"ko": f"밑줄로 시작하는 키예요: {component.key}", "en": f"The key {component.key} begins with _."}, mend
            )
        if component.type == "dynamiclist" and not component.path:
            mend = {"ko": "속성 Path에 목록 이름을 적어 주세요.", "en": "Write the name of the list into the property Path."}
            self._error(component, "form-key", {"ko": "반복 목록에 경로가 없어요.", "en": "This dynamic list has no path."}, mend)
        if component.properties.get("outcome") == "true" and component.type != "radio":
            mend = {"ko": "radio로 바꾸거나 outcome 속성을 지워 주세요.", "en": "Make it a radio, or remove the property outcome."}
            self._error(component, "form-outcome", {"ko": "outcome은 radio에만 쓸 수 있어요.", "en": "outcome is for radios only."}, mend)
        if component.properties.get("carry") and component.type not in CARRIERS:
            mend = {
                "ko": "textfield나 number로 바꾸거나 carry 속성을 지워 주세요.",
                "en": "Make it a textfield or a number, or remove the property carry.",
            }
            self._error(
                component, "form-carry", {"ko": "carry는 글자나 숫자 칸에만 쓸 수 있어요.", "en": "carry is for textfields and numbers only."}, mend
            )

    def _unique(self, component: Component, key: str, prefix: str) -> None:
        if not key or key == prefix or (component.type == "group"):
            return
        if key in self.keys:
            mend = {"ko": "키는 한 양식에서 한 번만 쓸 수 있어요. 하나를 바꿔 주세요.", "en": "A key may occur once in a form; rename one of them."}
            self._error(component, "form-key-twice", {"ko": f"키 {key}가 두 번 있어요.", "en": f"The key {key} occurs twice."}, mend)
        self.keys.add(key)

    def _error(self, component: Component, rule: str, text: Text, mend: Text) -> None:
        self.problems.note(self.file, component.name, rule, text, mend)

    def _texts(self, component: Component, what: str, korean: str) -> Texts:
        texts = {"ko": korean, "en": component.english(what)}
        return self.problems.templates(self.file, component.name, texts)

    def _expression(self, component: Component, text: Any) -> feel.Expression | None:
        if text is None or not str(text).strip():
            return None
        expression = self.problems.expression(self.file, component.name, text)
        if expression is not None:
            self.reads |= {path[1] if path[0] == "form" and len(path) > 1 else path[0] for path in expression.paths_read}
        return expression

    def _readonly(self, component: Component) -> bool | feel.Expression:
        for value in (component.readonly, component.disabled):
            if isinstance(value, str) and value.strip():
                return self._expression(component, value) or False
            if value is True:
                return True
        return False

    def _bound(self, component: Component, side: int) -> feel.Expression | None:
        """A bound that FEEL gives. Numbers are read where the field's rule is made."""
        bound = component.bounds(lengths=component.type != "number")[side]
        return self._expression(component, bound) if isinstance(bound, str) and fixed(bound) is None else None

    def _pattern(self, component: Component) -> str:
        pattern = component.rules.pattern or ""
        if pattern and not patterns.readable(pattern):
            mend = {
                "ko": "정규식을 고쳐 주세요. 앞뒤 살피기(?=)와 \\1은 쓸 수 없어요.",
                "en": "Mend it; look-ahead (?=) and references (\\1) are not read.",
            }
            self._error(component, "form-pattern", {"ko": f"패턴을 읽을 수 없어요: {pattern}", "en": f"The pattern cannot be read: {pattern}"}, mend)
        return pattern

    def _default(self, component: Component) -> Any:
        value = component.default_value
        return self._expression(component, value) if isinstance(value, str) and value.startswith("=") else value

    def _option(self, component: Component, option: Option) -> FixedOption:
        value = option.value
        if value == "":
            mend = {"ko": "값(value)을 적어 주세요.", "en": "Write its value."}
            self._error(component, "form-option", {"ko": "값이 없는 선택지가 있어요.", "en": "An option has no value."}, mend)
        own = component.properties
        label = {"ko": option.label or str(value), "en": option.label_en or option.properties.get("label.en") or own.get(f"option.{value}.en")}
        detail = {
            "ko": option.detail or option.properties.get("detail") or own.get(f"option.{value}.detail"),
            "en": option.detail_en or option.properties.get("detail.en") or own.get(f"option.{value}.detail.en"),
        }
        return FixedOption(value, self._both(component, label), self._both(component, detail))

    def _both(self, component: Component, texts: Mapping[str, str | None]) -> Texts:
        return self.problems.templates(self.file, component.name, texts)

    def _options_from(self, component: Component) -> str | feel.Expression | None:
        if component.type not in CHOOSERS:
            return self._expression(component, component.data_source) if component.type == "table" else None
        if component.values_expression:
            return self._expression(component, component.values_expression)
        return component.values_key or None
