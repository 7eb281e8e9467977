"""app.toml: title, roles, doors, actions, listeners, error texts, settings."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

from engine import feel
from engine.apps.model import Action, Calendar, Door, ErrorText, Listener, Refusal, Retention, Role
from engine.apps.reading import check, plain, read_toml
from engine.apps.spec import ActionSpec, AppSpec, DoorSpec, ListenerSpec, Words
from engine.errors import Text
from engine.forms.problems import Problems


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=_HasId)
DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


@dataclass
class Manifest:
    """What app.toml says."""

    title: Text = field(default_factory=dict)
    description: Text = field(default_factory=dict)
    domain: str = "core"
    roles: dict[str, Role] = field(default_factory=dict)
    doors: dict[str, Door] = field(default_factory=dict)
    actions: dict[str, Action] = field(default_factory=dict)
    listeners: tuple[Listener, ...] = ()
    errors: dict[str, ErrorText] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=Calendar)
    coverage: float | None = None
    retention: Retention | None = None


def read_manifest(file: str, data: bytes, problems: Problems) -> Manifest:
    """Everything in the file that can be read; the rest is noted."""
    tables = read_toml(file, data, problems)
    spec = check(AppSpec, tables, file, "", problems) if tables is not None else None
    return _Reader(file, problems).manifest(spec) if spec else Manifest()


class _Reader:
    def __init__(self, file: str, problems: Problems) -> None:
        self.file = file
        self.problems = problems

    def manifest(self, spec: AppSpec) -> Manifest:
        roles = {key: Role(key, self._words(f"roles.{key}", role), role.lanes, role.home) for key, role in spec.roles.items()}
        errors = {code: ErrorText(self._words(f"errors.{code}", error), error.status) for code, error in spec.errors.items()}
        settings: dict[str, Any] = plain(spec.settings)
        if spec.features:
            settings["features"] = dict(spec.features)
        return Manifest(
            title=self._words("title", spec.title),
            description=self._words("description", spec.description) if spec.description else {},
            domain=spec.domain,
            roles=roles,
            doors=self._by_id("start", (self._door(one) for one in spec.start)),
            actions=self._by_id("action", (action for one in spec.action if (action := self._action(one)) is not None)),
            listeners=tuple(self._listener(number, one) for number, one in enumerate(spec.listen)),
            errors=errors,
            settings=settings,
            calendar=Calendar(spec.hours.opens, spec.hours.closes, frozenset(map(DAYS.index, spec.hours.days)), frozenset(spec.holidays)),
            retention=Retention(spec.retention.days, spec.retention.after) if spec.retention else None,
            coverage=spec.coverage.flows if spec.coverage else None,
        )

    def _words(self, at: str, words: Words) -> Text:
        self.problems.english(self.file, at, words.texts())
        return MappingProxyType(words.texts())

    def _by_id(self, at: str, things: Iterable[T]) -> dict[str, T]:
        found: dict[str, T] = {}
        for thing in things:
            if thing.id in found:
                mend = {"ko": "id를 하나만 남기거나 바꿔 주세요.", "en": "Rename one of them."}
                self.problems.note(
                    self.file,
                    f"{at}[{thing.id}]",
                    "id-twice",
                    {"ko": f"id {thing.id}가 두 번 있어요.", "en": f"The id {thing.id} occurs twice."},
                    mend,
                )
            found[thing.id] = thing
        return found

    def _door(self, spec: DoorSpec) -> Door:
        return Door(spec.id, spec.process, ",".join(spec.access), spec.form, self._words(f"start[{spec.id}].label", spec.label), spec.start)

    def _action(self, spec: ActionSpec) -> Action | None:
        at = f"action[{spec.id}]"
        label = self._words(f"{at}.label", spec.label)
        self._one_of(at, spec.start, spec.message, spec.key)
        when = self.problems.expression(self.file, f"{at}.when", spec.when)
        refusals = [
            (self.problems.expression(self.file, f"{at}.refuse[{number}].when", one.when), one.code) for number, one in enumerate(spec.refuse)
        ]
        if when is None:
            return None
        return Action(
            spec.id,
            label,
            when,
            spec.form,
            spec.start,
            spec.message,
            self._key(at, spec.key),
            tuple(Refusal(expression, code) for expression, code in refusals if expression is not None),
            spec.roles,
            spec.record,
        )

    def _listener(self, number: int, spec: ListenerSpec) -> Listener:
        self._one_of(f"listen[{number}]", spec.start, spec.message, spec.key)
        return Listener(spec.event, spec.start, spec.message, self._key(f"listen[{number}]", spec.key))

    def _key(self, at: str, key: str | None) -> feel.Expression | None:
        return self.problems.expression(self.file, f"{at}.key", key) if key else None

    def _one_of(self, at: str, start: str | None, message: str | None, key: str | None) -> None:
        if bool(start) == bool(message):
            mend = {
                "ko": "start(새 프로세스)나 message(진행 중인 것에 보낼 메시지) 중 하나를 적어 주세요.",
                "en": "Write either `start` (a process) or `message`.",
            }
            text = {"ko": "무엇을 할지 없거나 둘 다 있어요.", "en": "It must either start a process or publish a message."}
            self.problems.note(self.file, at, "start-or-message", text, mend)
        if message and not key:
            mend = {"ko": 'key = "= subscription.id"처럼 적어 주세요.', "en": 'Add the key, like key = "= subscription.id".'}
            text = {"ko": "메시지에 key가 없어 누구에게 갈지 몰라요.", "en": "Without a key the message reaches nobody."}
            self.problems.note(self.file, f"{at}.key", "message-key", text, mend)
