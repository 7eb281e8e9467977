"""What a parsed model holds: processes, elements and compiled values. Immutable, and shared between threads."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine import feel

if TYPE_CHECKING:
    from engine.bpmn.specs.base import NodeSpec
    from engine.bpmn.specs.flow import FlowSpec


class Value:
    """A static text, or FEEL when the text begins with `=`. `text` is what stands in the file."""

    __slots__ = ("expression", "text")

    def __init__(self, text: str, names: Collection[str] = ()) -> None:
        """`names` are those with blanks that may occur. Raises feel.FeelSyntaxError when the expression does not parse."""
        self.text = text
        # A blank for the equals sign: columns count from the beginning, and lint has compiled the very same text.
        self.expression = feel.compile(" " + text[1:], names) if text.startswith("=") else None

    def evaluate(self, scope: Mapping[str, Any], now: datetime, seed: int | None = None) -> Any:
        """The value for these names: the text itself, or what the expression gives (null where FEEL says null)."""
        return self.text if self.expression is None else self.expression(scope, now=now, seed=seed)


@dataclass(frozen=True, slots=True)
class MessageRef:
    """The message of an element: its name, and the expression for the key by which a message finds its case."""

    name: Value
    correlation_key: Value | None


@dataclass(frozen=True, slots=True)
class IoMapping:
    """One input or output: the value of `source` goes to `target`, whose dots make nested contexts."""

    source: Value
    target: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listener:
    """A job before ("start", "creating", ...) or after ("end", "completing", ...) an element."""

    event: str
    job_type: Value
    retries: Value | None


@dataclass(frozen=True, slots=True)
class Call:
    """What a call activity calls, and what it hands over."""

    process_id: Value
    all_parent: bool
    all_child: bool


@dataclass(frozen=True, slots=True)
class Loop:
    """Multi-instance (`collection` or `cardinality`) or standard loop (`condition`, `maximum`)."""

    kind: str
    sequential: bool = False
    collection: Value | None = None
    cardinality: Value | None = None
    element: str | None = None
    output_collection: str | None = None
    output_element: Value | None = None
    completion: Value | None = None
    condition: Value | None = None
    maximum: int | None = None
    test_before: bool = False


@dataclass(frozen=True, slots=True)
class TimerDefinition:
    """A timer as drawn: `kind` is "date", "duration" or "cycle", `calendar` the business calendar its durations count in, if any."""

    kind: str
    value: Value
    calendar: str | None


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who should do a user task, and by when."""

    assignee: Value | None = None
    groups: Value | None = None
    users: Value | None = None
    due: Value | None = None
    follow_up: Value | None = None
    priority: Value | None = None


@dataclass(frozen=True, slots=True)
class AdHoc:
    """How an ad-hoc sub-process chooses and ends."""

    active: Value | None
    completion: Value | None
    cancel_remaining: bool
    sequential: bool
    output_collection: str | None
    output_element: Value | None


@dataclass(frozen=True, eq=False, slots=True)
class Element:
    """A flow node. `type` is the BPMN local name, `event` the kind of its event definition ("none" without), `parent` the sub-process around it."""

    id: str
    type: str
    event: str
    name: str
    label_en: str
    lane: str | None
    process_id: str
    parent: str | None
    properties: Mapping[str, str] = field(default_factory=dict)
    form: str | None = None
    embedded_form: bytes | None = None
    job_type: Value | None = None
    retries: Value | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    inputs: tuple[IoMapping, ...] = ()
    outputs: tuple[IoMapping, ...] = ()
    message: MessageRef | None = None
    signal: Value | None = None
    code: Value | None = None
    timer: TimerDefinition | None = None
    condition: Value | None = None
    condition_names: frozenset[str] = frozenset()
    activity_ref: str | None = None
    interrupting: bool = True
    attached_to: str | None = None
    assignment: Assignment = Assignment()
    script: Value | None = None
    decision: Value | None = None
    result_variable: str | None = None
    call: Call | None = None
    loop: Loop | None = None
    ad_hoc: AdHoc | None = None
    listeners: tuple[Listener, ...] = ()


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane and the ids of the flow nodes in it."""

    id: str
    name: str
    elements: frozenset[str]


@dataclass(frozen=True, eq=False)
class Process:
    """A process of the model. `starts` are the elements a new instance can begin with: start events of the process itself, instantiating
    receive tasks, and the events behind an instantiating event-based gateway. `together` names for such an event those that wait beside it;
    `names` are the names with blanks that the drawing gives to data."""

    id: str
    name: str
    label_en: str
    file: str
    properties: Mapping[str, str]
    version_tag: str | None
    elements: Mapping[str, Element]
    lanes: Mapping[str, Lane]
    starts: list[Element]
    spec: "FlowSpec"
    nodes: Mapping[str, "NodeSpec"]
    together: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Model:
    """All processes of one app's files, by id, and the documents they came from (for the drawing)."""

    processes: Mapping[str, Process]
    files: Mapping[str, bytes]
