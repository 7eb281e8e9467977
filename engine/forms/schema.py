"""Form files as Camunda Modeler and the form-js editor write them, read into plain data (form-js schema version 4 to 19)."""

import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from engine.errors import BatonError

MAX_BYTES: Final = 500_000
INPUTS: Final = frozenset({"textfield", "textarea", "number", "checkbox", "checklist", "radio", "select", "taglist", "datetime", "filepicker"})
CARRIERS: Final = frozenset({"textfield", "number"})
CHOOSERS: Final = frozenset({"checklist", "radio", "select", "taglist"})
SHOWN: Final = frozenset({"text", "html", "image", "iframe", "table", "spacer", "separator", "button"})
HOLDERS: Final = frozenset({"default", "group", "dynamiclist"})
TYPES: Final = INPUTS | SHOWN | HOLDERS | {"expression"}


def fixed(bound: Any) -> Decimal | None:
    """A bound that is a number; None where there is none or where FEEL gives it."""
    try:
        number = Decimal(str(bound).strip()) if bound is not None else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None


class BadForm(BatonError):
    """A form file that cannot be read; `ko` and `en` say what to mend."""

    def __init__(self, ko: str, en: str) -> None:
        super().__init__(en)
        self.ko = ko
        self.en = en


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True, protected_namespaces=())

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, value: Any) -> Any:
        # The editor writes null where somebody emptied a field.
        return {key: inner for key, inner in value.items() if inner is not None} if isinstance(value, dict) else value


def _custom(value: Any) -> Any:
    # The editor writes custom properties as an object, some versions as a list of name and value.
    if isinstance(value, list):
        return {str(item.get("name")): str(item.get("value", "")) for item in value if isinstance(item, dict)}
    if isinstance(value, dict):
        return {str(name): str(text).lower() if isinstance(text, bool) else str(text) for name, text in value.items()}
    return value


class Option(_Part):
    """One fixed option of a radio, select, checklist or taglist."""

    label: str = ""
    value: str | int | float | bool = ""
    properties: Annotated[dict[str, str], BeforeValidator(_custom)] = Field(default_factory=dict)
    label_en: str = Field(default="", alias="label.en")
    detail: str = ""
    detail_en: str = Field(default="", alias="detail.en")


class Validate(_Part):
    """The rules of the editor's section "Validation"."""

    required: bool = False
    min_length: int | str | None = None
    max_length: int | str | None = None
    min: str | float | int | None = None
    max: str | float | int | None = None
    pattern: str | None = None
    validation_type: str | None = None


class Conditional(_Part):
    """When the component is hidden (FEEL)."""

    hide: str | None = None


class Column(_Part):
    """One column of a table."""

    label: str = ""
    key: str = ""


def _path(value: Any) -> Any:
    # Early editors kept a component's place in the file under this name, as a list.
    return "" if isinstance(value, list) else value


class Component(_Part):
    """One component of a form, as the file says it. Keys that only matter to the editor's own viewer are not kept."""

    type: str
    id: str = ""
    key: str = ""
    path: Annotated[str, BeforeValidator(_path)] = ""
    label: str = ""
    description: str = ""
    text: str = ""
    content: str = ""
    properties: Annotated[dict[str, str], BeforeValidator(_custom)] = Field(default_factory=dict)
    components: tuple["Component", ...] = ()
    values: tuple[Option, ...] = ()
    values_key: str = ""
    values_expression: str = ""
    rules: Validate = Field(default_factory=Validate, alias="validate")
    conditional: Conditional | None = None
    default_value: Any = None
    readonly: bool | str = False
    disabled: bool | str = False
    expression: str = ""
    subtype: str = "date"
    disallow_passed_dates: bool = False
    date_label: str = ""
    time_label: str = ""
    decimal_digits: int | None = None
    appearance: dict[str, Any] = Field(default_factory=dict)
    multiple: bool | str = False
    accept: str = ""
    source: str = ""
    url: str = ""
    alt: str = ""
    data_source: str = ""
    columns: tuple[Column, ...] = ()
    columns_expression: str = ""
    default_repetitions: int = 1
    allow_add_remove: bool = False
    action: str = "submit"

    @property
    def name(self) -> str:
        """What findings call it: its key, path or id."""
        return self.key or self.path or self.id or self.type

    def bounds(self, lengths: bool) -> tuple[Any, Any]:
        """The lower and the upper bound: of the length or of the number, as the file says them."""
        rules = self.rules
        return (rules.min_length, rules.max_length) if lengths else (rules.min, rules.max)

    def english(self, what: str) -> str:
        """Its English text from the custom property `<what>.en`, or ""."""
        return self.properties.get(f"{what}.en", "")

    def walk(self) -> Iterator["Component"]:
        """Itself and everything inside it, in the order of the file."""
        yield self
        for inner in self.components:
            yield from inner.walk()


def read(data: bytes, what: str) -> Component:
    """The root component of a form file. Raises BadForm for anything that is not a form; unknown component types are left to the lint."""
    if len(data) > MAX_BYTES:
        raise BadForm(f"{what}: 양식 파일이 {MAX_BYTES:,}바이트보다 커요.", f"{what} is larger than {MAX_BYTES:,} bytes.")
    try:
        raw = json.loads(data)
        if not isinstance(raw, dict) or not isinstance(raw.get("components"), list):
            raise BadForm(
                f"{what}: form-js 양식이 아니에요(components 목록이 없어요).", f"{what} is not a form-js form: it has no list `components`."
            )
        return Component.model_validate({"type": "default", **raw})
    except (ValueError, RecursionError) as error:
        detail = _detail(error)
        raise BadForm(f"{what}: 양식을 읽을 수 없어요({detail}).", f"{what} cannot be read as a form ({detail}).") from error


def _detail(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(str(step) for step in first['loc'])}: {first['msg']}"
    return str(error)[:200]
