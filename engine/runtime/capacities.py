"""Limited things such as visit slots and seats: reserved one at a time by guarded addition, released once."""

from collections import ChainMap
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from engine.errors import BpmnError
from engine.runtime.records import Records, encode
from engine.store.commit import Change
from engine.store.tables import Capacity, Reservation


class Capacities:
    """The capacities of one app as one step sees them, with what it reserves and releases."""

    def __init__(self, records: Records, names: Mapping[str, Any]) -> None:
        self._records = records
        self._names = names
        self._reserved: dict[tuple[str, str], tuple[str, int]] = {}  # (capacity, holder) -> (key, limit)
        self._released: dict[tuple[str, str], str] = {}

    def limit(self, name: str, key: Mapping[str, Any]) -> int:
        """How many there are for a key, by the capacity's `limit` expression."""
        capacity = self._declared(name)
        found = capacity.limit(ChainMap({"key": key}, self._names), self._records.read.now)  # type: ignore[arg-type]
        return int(found or 0)

    def free(self, name: str, key: Mapping[str, Any]) -> int:
        """How many are left for a key; advice only, `reserve` decides."""
        return max(0, self.limit(name, key) - self._taken(name, self._text(name, key)))

    def reserve(self, name: str, key: Mapping[str, Any], holder: str) -> None:
        """Take one for `holder`; reserving the same again changes nothing, another key moves the reservation. Full: the capacity's error code."""
        capacity, text = self._declared(name), self._text(name, key)
        here, held = self._reserved.pop((name, holder), None), self._held(name, holder)
        if text == (here[0] if here else held):
            if here:
                self._reserved[name, holder] = here
            return
        limit = self.limit(name, key)
        if self._taken(name, text) + 1 > limit:
            raise BpmnError(capacity.full, f"no {name} left for {text}")
        if held is not None:
            self._released[name, holder] = held
        self._reserved[name, holder] = (text, limit)

    def release(self, name: str, holder: str) -> None:
        """Give back what `holder` has; nothing happens where it has nothing."""
        self._declared(name)
        if (name, holder) in self._reserved:
            del self._reserved[name, holder]
        elif (held := self._held(name, holder)) is not None:
            self._released[name, holder] = held

    def write(self, change: Change) -> None:
        """Add the statements: each release and each reservation is guarded by itself, never by another row."""
        app = self._records.app.key
        for (name, holder), key in self._released.items():
            place = {"app": app, "name": name, "holder": holder, "key": key}
            change.add(delete(Reservation).filter_by(**place), expect=1)
            one_less = update(Capacity).filter_by(app=app, name=name, key=key).where(Capacity.reserved > 0)
            change.add(one_less.values(reserved=Capacity.reserved - 1), expect=1)
        for (name, holder), (key, limit) in self._reserved.items():
            left = Capacity.reserved + 1 <= limit
            first = upsert(Capacity).values(app=app, name=name, key=key, reserved=1)
            change.add(
                first.on_conflict_do_update(index_elements=["app", "name", "key"], set_={"reserved": Capacity.reserved + 1}, where=left), expect=1
            )
            change.add(insert(Reservation), {"app": app, "name": name, "holder": holder, "key": key})

    def _declared(self, name: str) -> Any:
        if name not in self._records.app.capacities:
            raise BpmnError("NO_CAPACITY", f"the app {self._records.app.key} declares no capacity `{name}` in records.toml")
        return self._records.app.capacities[name]

    def _text(self, name: str, key: Mapping[str, Any]) -> str:
        return "/".join(str(encode(key.get(part))) for part in self._declared(name).key)

    def _held(self, name: str, holder: str) -> str | None:
        if (name, holder) in self._released:
            return None
        statement = select(Reservation.key).filter_by(app=self._records.app.key, name=name, holder=holder)
        found: str | None = self._records.read.value(statement)
        return found

    def _taken(self, name: str, text: str) -> int:
        standing = self._records.read.value(select(Capacity.reserved).filter_by(app=self._records.app.key, name=name, key=text)) or 0
        here = sum(1 for (capacity, _), (key, _) in self._reserved.items() if (capacity, key) == (name, text))
        gone = sum(1 for (capacity, _), key in self._released.items() if (capacity, key) == (name, text))
        return int(standing) + here - gone
