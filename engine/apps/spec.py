"""The TOML files of an app as an analyst may write them. Every key that is not here is refused."""

from datetime import date, time
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from engine.forms.fields import TYPES

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=80)]
Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_.\-]*$", max_length=80)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$", max_length=80)]
OneOrMore = BeforeValidator(lambda value: [value] if isinstance(value, str) else value)


class Spec(BaseModel):
    """Root of all of them: strict about keys, frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, arbitrary_types_allowed=True)


class Words(Spec):
    """A text in Korean (always) and English."""

    ko: str
    en: str | None = None

    def texts(self) -> dict[str, str]:
        """The languages that are written."""
        return {"ko": self.ko} | ({"en": self.en} if self.en else {})


class RoleSpec(Words):
    """`[roles]`: a role, the lanes it works in, and its first page."""

    lanes: tuple[str, ...] = ()
    home: str = ""


class DoorSpec(Spec):
    """`[[start]]`: a door into a process."""

    id: Id
    process: str
    access: Annotated[tuple[str, ...], OneOrMore] = ("public",)
    form: str | None = None
    label: Words
    start: str | None = None


class RefusalSpec(Spec):
    """`[[action.refuse]]`: why a button is refused."""

    when: str
    code: Code


class ActionSpec(Spec):
    """`[[action]]`: a button on a tracking or case page; with `record` only where that record is what the page is about."""

    id: Id
    label: Words
    record: Name | None = None
    when: str = "true"
    form: str | None = None
    start: str | None = None
    message: str | None = None
    key: str | None = None
    roles: tuple[str, ...] = ()
    refuse: tuple[RefusalSpec, ...] = ()


class ListenerSpec(Spec):
    """`[[listen]]`: an event of another app that starts a process here or becomes a message."""

    event: str
    start: str | None = None
    message: str | None = None
    key: str | None = None


class ErrorSpec(Words):
    """`[errors]`: what people read for a code, and the HTTP status."""

    status: Literal[400, 403, 404, 409, 410, 422, 429, 503] = 409


class CoverageSpec(Spec):
    """`[coverage]`: how much of the drawings the scenarios must go through, in percent."""

    flows: Annotated[float, Field(ge=0, le=100)]


class RetentionSpec(Spec):
    """`[retention]`: personal data of cases that ended with one of these statuses goes after so many days."""

    days: Annotated[int, Field(ge=0, le=36_500)]
    after: Annotated[tuple[str, ...], Field(min_length=1)]


class HoursSpec(Spec):
    """`[hours]`: when the business is open; durations with `baton:calendar = business` count these hours."""

    opens: time = time(9)
    closes: time = time(18)
    days: tuple[Literal["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"], ...] = ("MON", "TUE", "WED", "THU", "FRI")

    @model_validator(mode="after")
    def _open_at_all(self) -> Self:
        if self.opens >= self.closes or not self.days:
            raise ValueError("a business day opens before it closes, on one day of the week at least")
        return self


class AppSpec(Spec):
    """app.toml."""

    title: Words
    description: Words | None = None
    domain: Literal["core", "supporting", "general"] = "core"
    roles: dict[Name, RoleSpec] = Field(default_factory=dict)
    start: tuple[DoorSpec, ...] = ()
    action: tuple[ActionSpec, ...] = ()
    listen: tuple[ListenerSpec, ...] = ()
    errors: dict[Code, ErrorSpec] = Field(default_factory=dict)
    settings: dict[Name, Any] = Field(default_factory=dict)
    features: dict[Name, bool] = Field(default_factory=dict)
    holidays: tuple[date, ...] = ()
    hours: HoursSpec = HoursSpec()
    retention: RetentionSpec | None = None
    coverage: CoverageSpec | None = None


class ValueSpec(Words):
    """One value of an enumeration."""

    id: str


class FieldSpec(Spec):
    """A field of a record."""

    type: Literal[TYPES]  # type: ignore[valid-type]
    ko: str
    en: str | None = None
    required: bool = False
    pii: bool = False
    once: bool = False
    values: tuple[str | ValueSpec, ...] = ()
    to: Name | None = None
    min: int | float | None = None
    max: int | float | None = None
    pattern: str | None = None
    default: Any = None
    total: bool = False


class NumberSpec(Spec):
    """The number of a record: which field holds it and how it looks."""

    field: Name
    format: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]*(\{yyyymmdd\}|\{yyyy\})?[A-Za-z0-9-]*\{n{1,9}\}$")]


class UniqueSpec(Spec):
    """Fields that together may occur once, among the records for which `while` holds."""

    fields: tuple[Name, ...]
    while_: str | None = Field(default=None, alias="while")
    error: Code


class RecordSpec(Spec):
    """A collection of business records."""

    label: Words | None = None
    number: NumberSpec | None = None
    phone: Name | None = None
    search: tuple[Name, ...] = ()
    states: Name | None = None
    fields: dict[Name, FieldSpec]
    transitions: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    unique: tuple[UniqueSpec, ...] = ()


class CapacitySpec(Spec):
    """`[capacity.*]`: something limited, counted per key."""

    key: tuple[Name, ...]
    limit: str
    full: Code


class ChoicesSpec(Spec):
    """`[choices.*]`: what can be chosen, from records or from products of lists."""

    from_: str | None = Field(default=None, alias="from")
    each: dict[Name, str] = Field(default_factory=dict)
    where: str | None = None
    order: Annotated[tuple[str, ...], OneOrMore] = ()
    value: str | None = None
    label: str | Words | None = None
    detail: str | Words | None = None
    off: str | None = None
    off_text: Words | None = None
    off_code: str = ""
    off_taken: bool = False


class ListSpec(Spec):
    """`[lists.*]`: a page made from records."""

    from_: Name = Field(alias="from")
    label: Words | None = None
    roles: tuple[str, ...] = ()
    columns: tuple[Name, ...]
    filter: tuple[Name, ...] = ()
    edit: tuple[Name, ...] = ()
    editors: tuple[str, ...] = ()
    add: bool = False


class CheckSpec(Spec):
    """`[[<form>]]` of checks.toml."""

    when: str
    field: str
    code: Code | None = None
    ko: str
    en: str | None = None
    confirm: Name | None = None


class MilestoneSpec(Spec):
    """`[[milestone]]` of tracking.toml."""

    id: Id
    text: Words
    at: tuple[str, ...]


class StatusSpec(Spec):
    """`[[status]]` of tracking.toml; with `record` only for that record."""

    record: Name | None = None
    when: str
    text: Words
    time: Words | None = None
    next: Words | None = None
    actions: tuple[str, ...] = ()


class TrackingSpec(Spec):
    """tracking.toml."""

    milestone: tuple[MilestoneSpec, ...] = ()
    status: tuple[StatusSpec, ...] = ()
    details: tuple[str, ...] = ()


class NotificationSpec(Words):
    """One notification of notifications.toml."""

    to: str
    channels: tuple[Literal["ALIMTALK", "SMS", "EMAIL", "INAPP"], ...]
    subject: Words | None = None
