"""What FEEL sees beside the variables of an instance (formats 1): records by collection name, settings, the user, functions."""

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson

from engine import feel
from engine.actors import Actor
from engine.apps import ProcessApp
from engine.errors import ConfigurationError
from engine.runtime.capacities import Capacities
from engine.runtime.records import Records, RecordView


class Names(Mapping[str, Any]):
    """A lazy mapping: a collection is only read when an expression names it.

    The case record, and a record that the case refers to by a field of its collection's name, is that record;
    every other collection is the list of its records.
    """

    def __init__(self, records: Records, case: RecordView | None, actor: Actor) -> None:
        self.records = records
        self.case = case
        self.capacities = Capacities(records, self)
        self._actor = actor
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name in FIXED:
            if name not in self._made:
                self._made[name] = FIXED[name](self)
            return self._made[name]
        bound = self.bound(name)
        if bound is not None:
            return bound
        if name in self.records.app.records:
            return self.records.all(name)
        raise KeyError(name)

    def settings(self) -> dict[str, Any]:
        """The app's settings."""
        return settings_of(self.records.app, self.records.read.overrides.get(self.records.app.key, {}))

    def user(self) -> dict[str, Any]:
        """Who acts."""
        return {"id": self._actor.id, "name": self._actor.name, "roles": sorted(self._actor.roles)}

    def decide(self, decision: str, inputs: Mapping[str, Any]) -> Any:
        """The value of one of the app's decisions; null where it has none of that id."""
        model = self.records.app.decisions.get(decision)
        return model.evaluate(decision, inputs, now=self.records.read.now) if model else None

    def bound(self, collection: str) -> RecordView | None:
        """The record that a collection name stands for here, or None."""
        if self.case is None:
            return None
        if self.case.kind.name == collection:
            return self.case
        field = self.case.kind.fields.get(collection)
        found = self.case[collection] if field is not None and field.type == "ref" else None
        return found if isinstance(found, RecordView) else None

    def __iter__(self) -> Iterator[str]:
        yield from FIXED
        yield from (name for name in self.records.app.records if name not in FIXED)

    def __len__(self) -> int:
        return sum(1 for _ in self)


FIXED: dict[str, Callable[[Names], Any]] = {  # made when an expression names them
    "settings": Names.settings,
    "user": Names.user,
    "free": lambda names: feel.Function(names.capacities.free, ("capacity", "key"), "free"),
    "taken": lambda names: feel.Function(names.capacities.taken, ("capacity", "key"), "taken"),
    "decide": lambda names: feel.Function(names.decide, ("decision", "inputs"), "decide"),
}


def settings_of(app: ProcessApp, overrides: Mapping[str, Any]) -> dict[str, Any]:
    """An app's settings; the environment variable `BATON_<APP>_<NAME>` wins over the file, and `overrides` over both.

    What is no text in the file is JSON in the environment. Of `features`, the overridden ones alone change.
    """
    found = {name: feel.from_json(_setting(app, name, value)) for name, value in app.settings.items()}
    features = {**found.get("features", {}), **overrides.get("features", {})}
    return {**found, **overrides, **({"features": features} if features else {})}


def _setting(app: ProcessApp, name: str, value: Any) -> Any:
    variable = f"BATON_{app.key.upper()}_{name.upper()}"
    text = os.environ.get(variable)
    if text is None or isinstance(value, str):
        return value if text is None else text
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise ConfigurationError(f"{variable} is not of the kind that app.toml has there; write it as JSON") from None
