"""A scenario file as an analyst may write it (formats 4). Every key that is not here is refused, with its line."""

from datetime import datetime
from itertools import permutations, product
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag

from engine.scenarios.problem import Problem

MAX_ORDERS: Final = 120
PARTNERS: Final = ("sms", "mail")
SWITCHES: Final = ("ok", "down", "lost", "decline")
Values = dict[str, Any]


def _known_partners(value: Any) -> Any:
    for name, state in value.items() if isinstance(value, dict) else ():
        if name not in PARTNERS:
            raise ValueError(f"there is no partner {name}; known: {', '.join(PARTNERS)}")
        if state not in SWITCHES:
            raise ValueError(f"{name} can be {', '.join(SWITCHES)}")
    return value


def _moment(value: str) -> str:
    datetime.fromisoformat(value)
    return value


Switches = Annotated[dict[str, str], BeforeValidator(_known_partners)]


class Part(BaseModel):
    """Root of all parts: strict about keys; `line` is where it stands."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    line: int = 0


class Step(Part):
    """One step of the story."""

    @property
    def element(self) -> str:
        """The element, door or action that the step is about."""
        return ""


class Doing(Step):
    """A step that somebody takes: who, and in which of several cases."""

    who: str = Field(default="customer", alias="as")
    case: str | None = None


class Start(Doing):
    """`start`: submit the form of a door. `case` names the new case, `times` makes several."""

    start: str
    form: Values = {}
    key: str | None = None
    times: int = Field(default=1, ge=1, le=1000)

    @property
    def element(self) -> str:
        return self.start


class Complete(Doing):
    """`complete`: submit the open task of an element."""

    complete: str
    form: Values = {}
    key: str | None = None

    @property
    def element(self) -> str:
        return self.complete


class Act(Doing):
    """`action`: press a button of the tracking page, or of the case page."""

    action: str
    form: Values = {}
    key: str | None = None

    @property
    def element(self) -> str:
        return self.action


class Send(Doing):
    """`message`: publish a message from outside to the case (or to `key`)."""

    message: str
    key: str | None = None
    variables: Values = {}
    time_to_live: str = "PT24H"

    @property
    def element(self) -> str:
        return self.message


class Wait(Step):
    """`wait`: time passes: `30 min`, `4 business hours`, `PT2H`, or `until 2026-12-03T08:40`."""

    wait: str


class Worker(Step):
    """`worker`: stop or start what runs in the background (jobs, messages, notifications)."""

    worker: Literal["stop", "start"]


class Partner(Step):
    """`partner`: how a partner behaves from now on."""

    partner: Switches


class Together(Step):
    """`together`: at the same moment; every order is played from the beginning and must satisfy `then`."""

    together: tuple["AnyStep", ...]


KINDS: Final = ("start", "complete", "action", "message", "wait", "worker", "partner", "together")


def _kind(value: Any) -> str:
    return next((kind for kind in KINDS if isinstance(value, dict) and kind in value), "")


AnyStep = Annotated[
    Annotated[Start, Tag("start")]
    | Annotated[Complete, Tag("complete")]
    | Annotated[Act, Tag("action")]
    | Annotated[Send, Tag("message")]
    | Annotated[Wait, Tag("wait")]
    | Annotated[Worker, Tag("worker")]
    | Annotated[Partner, Tag("partner")]
    | Annotated[Together, Tag("together")],
    Discriminator(_kind),
]


class Given(Part):
    """The world before the first step. Without `records` the app's seed is there; without `staff` its demo accounts."""

    clock: Annotated[str, AfterValidator(_moment)] = "2026-12-01T10:00+09:00"
    records: dict[str, list[Values]] | None = None
    staff: dict[str, str | list[str]] = {}
    partners: Switches = {}


class Refusal(Part):
    """A step that is refused, by its number (`4`, in a together-block `4.2`), its code, and for field errors the field."""

    step: int | float | str
    code: str
    field: str | None = None


class Told(Part):
    """A notification: its id, to whom, how often, and a part of its text."""

    id: str
    to: str | None = None
    times: int | None = None
    text: str | None = None
    channel: str | None = None


class Expected(Part):
    """What must hold at the end, of one case (the first one without `case`) and of everything."""

    case: str | None = None
    record: dict[str, Values] = {}
    count: dict[str, int] = {}
    reserved: dict[str, dict[str, int]] = {}
    tasks: list[str] | dict[str, int] | None = None
    path: list[str] = []
    never: list[str] = []
    statuses: list[str] | None = None
    events: list[str] | dict[str, int] = []
    notifications: list[Told] = []
    page: dict[Literal["ko", "en"], str] = {}
    incidents: int = 0


class Words(Part):
    """A title in both languages."""

    ko: str
    en: str = ""


class Then(Expected):
    """`then`: for one case, or with `cases` for several; with `either`, one of several outcomes. A refusal that is not listed is a failure."""

    refused: list[Refusal] = []
    cases: list[Expected] = []
    either: list["Then"] = []


class Scenario(Part):
    """One file."""

    id: str
    title: Words
    given: Given = Given()
    when: tuple[AnyStep, ...]
    then: Then = Then()
    file: str = ""

    def orders(self) -> list[tuple[tuple[int, ...], ...]]:
        """Every order of its together-blocks: for each block the places of its steps, one after the other."""
        blocks = [range(len(step.together)) for step in self.when if isinstance(step, Together)]
        found = list(product(*(permutations(block) for block in blocks)))
        if len(found) > MAX_ORDERS:
            en = f"{len(found)} orders are too many to play; at most {MAX_ORDERS}."
            raise Problem(self.file, self.line, "", f"순서가 {len(found)}가지라 모두 해 볼 수 없어요. {MAX_ORDERS}가지까지 돼요.", en)
        return found
