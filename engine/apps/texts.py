"""checks.toml, tracking.toml and notifications.toml."""

from collections.abc import Callable
from dataclasses import dataclass

from engine import feel
from engine.apps.model import Fact, Milestone, Notification, Status, Texts, Tracking
from engine.apps.reading import check, read_toml
from engine.apps.spec import CheckSpec, NotificationSpec, StatusSpec, TrackingSpec, Words
from engine.forms import Check
from engine.forms.problems import Problems

FactOf = Callable[[str, str, str], Fact | None]


def read_checks(file: str, data: bytes, problems: Problems) -> dict[str, tuple[Check, ...]]:
    """The checks by form id."""
    reader = _Reader(file, problems)
    found: dict[str, tuple[Check, ...]] = {}
    for form, tables in (read_toml(file, data, problems) or {}).items():
        if specs := check(tuple[CheckSpec, ...], tables, file, form, problems):
            found[form] = tuple(made for number, one in enumerate(specs) if (made := reader.check(form, number, one)) is not None)
    return found


def read_tracking(file: str, data: bytes, problems: Problems, fact_of: FactOf) -> Tracking:
    """The customer's page; `fact_of(file, element, path)` makes the labelled details."""
    tables = read_toml(file, data, problems)
    spec = check(TrackingSpec, tables, file, "", problems) if tables is not None else None
    if spec is None:
        return Tracking()
    reader = _Reader(file, problems)
    return Tracking(
        milestones=tuple(Milestone(one.id, reader.texts(f"milestone[{one.id}].text", one.text), one.at) for one in spec.milestone),
        statuses=tuple(made for number, one in enumerate(spec.status) if (made := reader.status(number, one)) is not None),
        details=tuple(made for number, path in enumerate(spec.details) if (made := fact_of(file, f"details[{number}]", path)) is not None),
    )


def read_notifications(file: str, data: bytes, problems: Problems) -> dict[str, Notification]:
    """The notifications by id."""
    reader = _Reader(file, problems)
    found: dict[str, Notification] = {}
    for name, table in (read_toml(file, data, problems) or {}).items():
        if (spec := check(NotificationSpec, table, file, name, problems)) and (made := reader.notification(name, spec)):
            found[name] = made
    return found


@dataclass
class _Reader:
    file: str
    problems: Problems

    def texts(self, at: str, words: Words | None) -> Texts:
        if words is None:
            return {}
        self.problems.english(self.file, at, words.texts())
        return self.problems.templates(self.file, at, words.texts())

    def check(self, form: str, number: int, spec: CheckSpec) -> Check | None:
        at = f"{form}[{number}]"
        when = self._expression(f"{at}.when", spec.when)
        texts = self.texts(at, Words(ko=spec.ko, en=spec.en))
        return Check(form, when, spec.field, spec.code or "INVALID", texts, spec.confirm) if when is not None else None

    def status(self, number: int, spec: StatusSpec) -> Status | None:
        at = f"status[{number}]"
        when = self._expression(f"{at}.when", spec.when)
        text, time, next_ = (self.texts(f"{at}.{name}", words) for name, words in (("text", spec.text), ("time", spec.time), ("next", spec.next)))
        return Status(when, text, time, next_, spec.actions, spec.record) if when is not None else None

    def notification(self, name: str, spec: NotificationSpec) -> Notification | None:
        to = self._expression(f"{name}.to", spec.to) if spec.to.startswith("=") else spec.to
        texts = self.texts(name, Words(ko=spec.ko, en=spec.en))
        return Notification(name, to, spec.channels, texts, self.texts(f"{name}.subject", spec.subject)) if to is not None else None

    def _expression(self, at: str, text: str) -> feel.Expression | None:
        return self.problems.expression(self.file, at, text)
