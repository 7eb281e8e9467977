"""The steps of a scenario (`when`) as an analyst may write them."""

from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag

from engine.scenarios.parts import Part, Switches, Values


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
    """`action`: press a button of the tracking page, or of the case page. `new` names the case that it opens.

    `with_token_of`: a customer tries it with the link of another case.
    """

    action: str
    with_token_of: str | None = None
    form: Values = {}
    key: str | None = None
    new: str | None = None

    @property
    def element(self) -> str:
        return self.action


class Send(Doing):
    """`message`: publish a message from outside to the case (or to `key`). The same `id` again is the same message; `times` sends it so often."""

    message: str
    key: str | None = None
    variables: Values = {}
    time_to_live: str = "PT24H"
    id: str | None = None
    times: int = Field(default=1, ge=1, le=1000)

    @property
    def element(self) -> str:
        return self.message


class Row(Part):
    """A row of a list: the list, the row's id, the fields, and who saves it. `new`: the row is added, with this id or the next number."""

    list: str
    id: str | None = None
    new: bool = False
    fields: Values = {}
    who: str = Field(alias="as")


class Save(Step):
    """`save`: change a row of a list, or add one."""

    save: Row

    @property
    def element(self) -> str:
        return self.save.list


class Wait(Step):
    """`wait`: time passes: `30 min`, `4 business hours`, `PT2H`, or `until 2026-12-03T08:40`."""

    wait: str


class Worker(Step):
    """`worker`: stop or start what runs in the background (jobs, messages, events, notifications)."""

    worker: Literal["stop", "start"]


class Pause(Step):
    """`pause`: an app stands still."""

    pause: str


class Resume(Step):
    """`resume`: a paused app goes on."""

    resume: str


class Edit(Part):
    """A piece of a file, and what stands there afterwards, wherever it stood."""

    file: str
    replace: str = Field(min_length=1)
    by: str = Field(alias="with")


class Deploy(Step):
    """`deploy`: a new version of an app with these edits; running cases stay on theirs."""

    deploy: tuple[Edit, ...] = Field(min_length=1)
    app: str | None = None


class Crash(Step):
    """`crash`: the process dies in the next step that leaves this element, and another one goes on. With `times`, the others die there too."""

    crash: str
    times: int = Field(default=1, ge=1, le=100)

    @property
    def element(self) -> str:
        return self.crash


class Again(Step):
    """`again`: an event, a message, or what a job at an element brought, comes once more, or `times`."""

    again: str
    times: int = Field(default=1, ge=1, le=1000)

    @property
    def element(self) -> str:
        return self.again


class Partner(Step):
    """`partner`: how partners behave from now on."""

    partner: Switches


def _flat(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    if any(isinstance(step, Together) for step in steps):
        raise ValueError("there is no together inside of together; write the steps side by side")
    return steps


class Together(Step):
    """`together`: at the same moment; every order is played from the beginning and must satisfy `then`."""

    together: Annotated[tuple["AnyStep", ...], AfterValidator(_flat)]


STEPS: Final[dict[str, type[Step]]] = {
    "start": Start, "complete": Complete, "action": Act, "message": Send, "save": Save, "wait": Wait, "worker": Worker, "pause": Pause,
    "resume": Resume, "partner": Partner, "deploy": Deploy, "crash": Crash, "again": Again, "together": Together,
}  # fmt: skip
KINDS: Final = tuple(STEPS)


def _kind(value: Any) -> str:
    return next((kind for kind in KINDS if isinstance(value, dict) and kind in value), "")


AnyStep = Annotated[
    Annotated[Start, Tag("start")]
    | Annotated[Complete, Tag("complete")]
    | Annotated[Act, Tag("action")]
    | Annotated[Send, Tag("message")]
    | Annotated[Save, Tag("save")]
    | Annotated[Wait, Tag("wait")]
    | Annotated[Worker, Tag("worker")]
    | Annotated[Pause, Tag("pause")]
    | Annotated[Resume, Tag("resume")]
    | Annotated[Partner, Tag("partner")]
    | Annotated[Deploy, Tag("deploy")]
    | Annotated[Crash, Tag("crash")]
    | Annotated[Again, Tag("again")]
    | Annotated[Together, Tag("together")],
    Discriminator(_kind),
]
