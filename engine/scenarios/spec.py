"""A scenario file as an analyst may write it (formats 4). Every key that is not here is refused, with its line."""

from itertools import permutations, product
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator

from engine.scenarios.parts import Answers, Calls, Moment, Part, Seats, Switches, Values
from engine.scenarios.problem import Problem
from engine.scenarios.step_spec import AnyStep, Together

MAX_ORDERS: Final = 120


class Given(Part):
    """The world before the first step. Without `records` the app's seed is there; without `staff` its demo accounts. `apps` are there besides."""

    clock: Moment = "2026-12-01T10:00+09:00"
    apps: list[str] = []
    records: dict[str, list[Values]] | None = None
    staff: dict[str, str | list[str]] = {}
    features: dict[str, bool] = {}
    settings: Values = {}
    partners: Switches = {}
    seats: Seats = {}
    answers: Answers = {}


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
    version: int | None = None
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
    calls: Calls = {}
    partner: dict[str, dict[str, Values]] = {}


class Words(Part):
    """A title in both languages."""

    ko: str
    en: str = ""


class Then(Expected):
    """`then`: for one case, or with `cases` for several; with `either`, one of several outcomes. A refusal that is not listed is a failure."""

    refused: list[Refusal] = []
    cases: list[Expected] = []
    either: list["Then"] = []


def _titled(value: Any) -> Any:
    return {"ko": value} if isinstance(value, str) else value


class Scenario(Part):
    """One file."""

    id: str
    title: Annotated[Words, BeforeValidator(_titled)]
    given: Given = Given()
    when: tuple[AnyStep, ...]
    then: Then = Then()
    file: str = ""

    def orders(self) -> list[tuple[tuple[int, ...], ...]]:
        """Every order of its together-blocks that makes a difference: for each block the places of its steps, one after the other."""
        found = list(product(*(_orders(step) for step in self.when if isinstance(step, Together))))
        if len(found) > MAX_ORDERS:
            en = f"{len(found)} orders are too many to play; at most {MAX_ORDERS}."
            raise Problem(self.file, self.line, "", f"순서가 {len(found)}가지라 모두 해 볼 수 없어요. {MAX_ORDERS}가지까지 돼요.", en)
        return found


def _orders(block: Together) -> list[tuple[int, ...]]:
    # Steps that say the same are the same step in any order.
    steps = [step.model_dump_json(exclude={"line": True, "lines": True, "save": {"line", "lines"}}) for step in block.together]
    kept: dict[tuple[str, ...], tuple[int, ...]] = {}
    for order in permutations(range(len(steps))):
        kept.setdefault(tuple(steps[place] for place in order), order)
    return list(kept.values())
