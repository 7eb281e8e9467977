"""Limited things such as visit slots and seats: reserved by guarded addition, released once."""

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert as upsert

from engine.errors import BpmnError
from engine.personal import PersonalText, from_stored
from engine.runtime.records import Records, encode
from engine.store import statements
from engine.store.commit import Change
from engine.store.constant import Constant
from engine.store.tables import Capacity, Reservation

PLACE = ("app", "name", "key")
STANDING = Constant(select(Capacity.reserved).where(*(Capacity.__table__.c[name] == bindparam(name) for name in PLACE)))
GIVE_UP = statements.deleting(Reservation, (*PLACE, "holder", "amount"))
GIVEN = bindparam(f"{statements.IS}amount", type_=Capacity.__table__.c.reserved.type)
LESS = Constant(statements.update_of(Capacity, PLACE, ()).where(Capacity.reserved >= GIVEN).values(reserved=Capacity.reserved - GIVEN))
FIRST = upsert(Capacity).values({name: bindparam(name) for name in PLACE} | {"reserved": bindparam("amount")})
SUM = Capacity.reserved + FIRST.excluded.reserved
MORE = Constant(FIRST.on_conflict_do_update(index_elements=PLACE, set_={"reserved": SUM}, where=bindparam("most") >= SUM))


@dataclass(frozen=True)
class Hold:
    """How much of a capacity is held, under which key."""

    key: str
    amount: int


class Capacities:
    """The capacities of one app as one step sees them, with what it reserves and releases."""

    def __init__(self, records: Records, names: Mapping[str, Any]) -> None:
        self._records = records
        self._names = names
        self._reserved: dict[tuple[str, str], tuple[Hold, int]] = {}  # (capacity, holder) -> what, and the limit
        self._released: dict[tuple[str, str], Hold] = {}
        self._standing: dict[tuple[str, str], int] = {}  # (capacity, key) -> how many are taken, as it was read
        self._held_by: dict[str, dict[str, Hold]] = {}  # holder -> capacity -> what it holds, as it was read

    def limit(self, name: str, key: Mapping[str, Any]) -> int:
        """How many there are for a key, by the capacity's `limit` expression."""
        capacity = self._declared(name)
        found = capacity.limit(ChainMap({"key": key}, self._names), self._records.read.now)  # type: ignore[arg-type]
        return int(found or 0)

    def free(self, name: str, key: Mapping[str, Any]) -> int:
        """How many are left for a key; advice only, `reserve` decides."""
        return max(0, self.limit(name, key) - self._taken(name, self._text(name, key)))

    def taken(self, name: str, key: Mapping[str, Any]) -> int:
        """How many are reserved for a key; advice only."""
        return self._taken(name, self._text(name, key))

    def reserve(self, name: str, key: Mapping[str, Any], holder: str, amount: int = 1) -> None:
        """Take `amount` for `holder`; the same again changes nothing, another key or amount replaces it. Full: the capacity's error code."""
        if amount < 1:
            raise BpmnError("BAD_AMOUNT", f"{name}: reserve 1 or more, not {amount}")
        capacity, wanted = self._declared(name), Hold(self._text(name, key), amount)
        here, held = self._reserved.pop((name, holder), None), self._held(name, holder)
        if wanted == (here[0] if here else held):
            if here:
                self._reserved[name, holder] = here
            return
        limit = self.limit(name, key)
        given_back = held.amount if held and held.key == wanted.key else 0
        if self._taken(name, wanted.key) - given_back + amount > limit:
            raise BpmnError(capacity.full, f"no {name} left for {wanted.key}")
        if held is not None:
            self._released[name, holder] = held
        self._reserved[name, holder] = (wanted, limit)

    def release(self, name: str, holder: str) -> None:
        """Give back what `holder` has; nothing happens where it has nothing."""
        self._declared(name)
        if (name, holder) in self._reserved:
            del self._reserved[name, holder]
        elif (held := self._held(name, holder)) is not None:
            self._released[name, holder] = held

    def write(self, change: Change) -> None:
        """Add the statements: each release and each reservation is guarded by itself, never by another row."""
        released = [self._row(*held, self._released[held]) for held in sorted(self._released)]
        if released:
            change.add(GIVE_UP, [statements.bound(row) for row in released], expect=len(released))
            change.add(LESS, [statements.bound(row) for row in released], expect=len(released))
        reserved = [(self._row(*held, self._reserved[held][0]), self._reserved[held][1]) for held in sorted(self._reserved)]
        if reserved:
            change.add(MORE, [{**row, "most": limit} for row, limit in reserved], expect=len(reserved))
            change.insert(Reservation, [row for row, _ in reserved])

    def _row(self, name: str, holder: str, hold: Hold) -> dict[str, Any]:
        return {"app": self._records.app.key, "name": name, "holder": holder, "key": hold.key, "amount": hold.amount}

    def _declared(self, name: str) -> Any:
        if name not in self._records.app.capacities:
            raise BpmnError("NO_CAPACITY", f"the app {self._records.app.key} declares no capacity `{name}` in records.toml")
        return self._records.app.capacities[name]

    def _text(self, name: str, key: Mapping[str, Any]) -> str:
        return "/".join(self._part(key.get(part)) for part in self._declared(name).key)

    def _part(self, value: Any) -> str:
        found = from_stored(value, self._records.resolve)
        return self._records.read.vault.term(found) if isinstance(found, PersonalText) else str(encode(found))  # nobody reads a person from a key

    def _held(self, name: str, holder: str) -> Hold | None:
        if (name, holder) in self._released:
            return None
        if holder not in self._held_by:  # all that it holds, for a step that asks for one asks for the others
            names = sorted(self._records.app.capacities)
            where = (Reservation.app == self._records.app.key, Reservation.name.in_(names), Reservation.holder == holder)
            rows = self._records.read.all(select(Reservation.name, Reservation.key, Reservation.amount).where(*where))
            self._held_by[holder] = {row.name: Hold(row.key, row.amount) for row in rows}
        return self._held_by[holder].get(name)

    def _taken(self, name: str, text: str) -> int:
        if (name, text) not in self._standing:
            self._standing[name, text] = self._records.read.value(STANDING, {"app": self._records.app.key, "name": name, "key": text}) or 0
        here = sum(hold.amount for (capacity, _), (hold, _) in self._reserved.items() if (capacity, hold.key) == (name, text))
        gone = sum(hold.amount for (capacity, _), hold in self._released.items() if (capacity, hold.key) == (name, text))
        return self._standing[name, text] + here - gone
