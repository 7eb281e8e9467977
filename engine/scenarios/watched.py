"""A Baton that a scenario watches: which flows and rules its steps take. It dies in the middle of a step, or does the same again, when told so."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import select

from engine.apps import ProcessApp
from engine.clock import Clock
from engine.connectors import http
from engine.dmn.model import Decision, Model
from engine.dmn.run import MatchedRule
from engine.runtime import delivery, jobs, listeners
from engine.runtime.baton import Baton
from engine.runtime.deployed import Deployed
from engine.runtime.leases import Slot
from engine.runtime.reader import Reader
from engine.settings import Settings
from engine.store.commit import Change
from engine.store.database import Database
from engine.store.link import Link, unwatched
from engine.store.tables import Job, Message
from engine.vault import Vault

PATIENCE: Final = 60.0  # seconds that a call may really take: what is slow is declared, and the load of this machine says nothing about a partner
Pairs = set[tuple[str, str]]
Loaded = dict[int, tuple[ProcessApp, ProcessApp]]  # by the identity of an app: it, and the same with decisions that tell their rules
Command = Callable[..., Change]


class Died(BaseException):
    """The process is gone in the middle of a step: nothing of the step is written, and whoever waited gets no answer."""


@dataclass
class Seen:
    """The (process id, flow id) and (table, rule number) that were taken, in steps that were refused too."""

    flows: Pairs = field(default_factory=set)
    rules: Pairs = field(default_factory=set)

    def reset(self) -> None:
        """Forget everything."""
        self.flows, self.rules = set(), set()

    def matched(self, rules: Iterable[MatchedRule]) -> None:
        """Note rules."""
        self.rules |= {(rule.table, str(rule.rule)) for rule in rules}


@dataclass
class _Done:
    """A command that was carried out, as somebody else may have computed it at the same time."""

    change: Change
    command: Command
    words: Mapping[str, Any]


class WatchedBaton(Baton):
    """Each knows what those before it did (`reborn`)."""

    def __init__(self, chosen: Settings, database: Database, vault: Vault, clock: Clock, seen: Seen, loaded: Loaded) -> None:
        super().__init__(chosen, database, vault, clock)
        self.seen = seen
        self.patience = PATIENCE
        self.deployed = _Told(seen, loaded)
        self._loaded = loaded
        self._taken: Pairs = set()
        self._deadly: Pairs = set()
        self._deaths: list[float] = []
        self._done: dict[str, _Done] = {}

    def reborn(self) -> "WatchedBaton":
        """The process that is started after this one died: it knows the rows, and nothing else."""
        born = WatchedBaton(self.settings, self.database, self.vault, self.clock, self.seen, self._loaded)
        born.overrides, born._done = self.overrides, self._done
        born._deadly, born._deaths = self._deadly, self._deaths
        return born

    def send(self, call: http.Call, limit: float | None = None) -> http.Answer:
        """Make a call; only a partner that is declared to be slow is."""
        return http.send(replace(call, timeout=PATIENCE))

    @contextmanager
    def read(self, slot: Slot | None = None) -> Iterator[Reader]:
        with super().read(slot) as read:
            read.watch = self._took
            yield read

    def _took(self, process_id: str, flow_id: str) -> None:
        self.seen.flows.add((process_id, flow_id))
        self._taken.add((process_id, flow_id))

    def carry_out(self, slot: Slot | None, command: Command, *args: Any, **kwargs: Any) -> Change:
        names: list[str] = []

        def watched(read: Reader, *args: Any, **kwargs: Any) -> Change:
            names[:] = _names(read, command, kwargs)
            self._taken.clear()
            change = command(read, *args, **kwargs)
            if self._deaths and self._deadly & self._taken:
                self.database.links.watch = self._doomed(int(len(change.writes) * self._deaths.pop(0)))
            return change

        watched.__module__, watched.__name__ = command.__module__, command.__name__
        change = super().carry_out(slot, watched, *args, **kwargs)
        if change.result and change.writes:
            self._done |= {name: _Done(change, command, kwargs) for name in names}
        return change

    def die_in(self, flows: Pairs, times: int) -> None:
        """The process dies when the next step that takes one of these flows is half written; more than once, then earlier and later in it."""
        self._deadly, self._deaths = flows, [turn / (times + 1) for turn in range(1, times + 1)]

    @property
    def doomed(self) -> bool:
        """Whether it has yet to die."""
        return bool(self._deaths)

    def _doomed(self, left: int) -> Callable[[str], None]:
        def watch(statement: str) -> None:
            nonlocal left
            left -= not statement.startswith("BEGIN")
            if left < 0 or statement == "COMMIT":
                self.database.links.watch = unwatched
                left = 1_000_000  # what undoes it may be said
                raise Died()

        return watch

    def again(self, name: str) -> bool:
        """Whoever did the last thing of that name does it once more, from what was read before it was done. False where nothing has that name."""
        done = self._done.get(name)
        if done is None:
            return False
        first = [done.change]

        def twin(read: Reader) -> Change:
            return first.pop() if first else done.command(read, **done.words)

        self.do(twin)
        return True

    @property
    def repeatable(self) -> list[str]:
        """The names that `again` knows."""
        return list(self._done)


def _names(read: Reader, command: Command, words: Mapping[str, Any]) -> list[str]:
    """What an analyst calls the thing that a command brings: an event by its name, a message by its name, a job by its element."""
    if command is listeners.take:
        event = listeners.next_event(read, words["app"])
        return [event.type] if event is not None else []
    if command is delivery.deliver:
        name = read.value(select(Message.name).where(Message.id == words["message_id"]))
        return [name, name.partition(".")[2]] if name else []
    if command in (jobs.complete, jobs.finish):
        element = read.value(select(Job.element_id).where(Job.id == words["job_id"]))
        return [element] if element else []
    return []


class _Told(Deployed):
    """The deployed apps, whose decisions tell which of their rules matched."""

    def __init__(self, seen: Seen, loaded: Loaded) -> None:
        super().__init__()
        self._seen = seen
        self._told = loaded

    def get(self, deployment_id: str, link: Link) -> ProcessApp:
        app = super().get(deployment_id, link)
        if id(app) not in self._told:
            models = {model: _Watched(model, self._seen) for model in app.decisions.values()}
            self._told[id(app)] = app, replace(app, decisions=MappingProxyType({name: models[model] for name, model in app.decisions.items()}))
        return self._told[id(app)][1]


class _Watched(Model):
    def __init__(self, model: Model, seen: Seen) -> None:
        super().__init__(model._nodes, model._imported)
        self._seen = seen

    def evaluate(self, name: str, inputs: Mapping[str, Any], *, trace: list[MatchedRule] | None = None, **words: Any) -> Any:
        found: list[MatchedRule] = [] if trace is None else trace
        try:
            return super().evaluate(name, inputs, trace=found, **words)
        finally:
            self._seen.matched(found)

    def decide(self, name: str, inputs: Mapping[str, Any], **words: Any) -> Decision:
        decision = super().decide(name, inputs, **words)
        self._seen.matched(decision.matched)
        return decision
