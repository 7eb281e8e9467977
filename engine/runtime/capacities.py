"""Limited things such as visit slots and seats: reserved by guarded addition, released once.

What is read is advice, so it is read ahead: what a case holds in all, the capacities whose keys are made of the same parts, and, where the same
is asked about a second day, time or record, all that was asked about the first one. The guards decide.
"""

from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Row, and_, bindparam, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert

from engine.apps import ProcessApp
from engine.errors import BpmnError
from engine.personal import PersonalText, from_stored
from engine.runtime.records import Records, encode
from engine.store import statements
from engine.store.commit import Change
from engine.store.constant import Constant
from engine.store.tables import Capacity, Reservation

AHEAD = 200  # keys that are read ahead with one statement
FEW = 4
PLACE = ("app", "name", "key")
COLUMNS = Capacity.__table__.c
STANDING = (COLUMNS.name, COLUMNS.key, COLUMNS.reserved)
HELD = (Reservation.holder, Reservation.name, Reservation.key, Reservation.amount)
GIVE_UP = statements.deleting(Reservation, (*PLACE, "holder", "amount"))
GIVEN = bindparam(f"{statements.IS}amount", type_=COLUMNS.reserved.type)
LESS = Constant(statements.update_of(Capacity, PLACE, ()).where(Capacity.reserved >= GIVEN).values(reserved=Capacity.reserved - GIVEN))
FIRST = upsert(Capacity).values({name: bindparam(name) for name in PLACE} | {"reserved": bindparam("amount")})
SUM = Capacity.reserved + FIRST.excluded.reserved
MORE = Constant(FIRST.on_conflict_do_update(index_elements=PLACE, set_={"reserved": SUM}, where=bindparam("most") >= SUM))

Parts = tuple[str, ...]  # of a key


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
        self._asked: dict[tuple[str, Parts], None] = {}
        self._held_by: dict[str, dict[str, Hold]] = {}  # holder -> capacity -> what it holds, as it was read

    def limit(self, name: str, key: Mapping[str, Any]) -> int:
        """How many there are for a key, by the capacity's `limit` expression."""
        capacity = self._declared(name)
        found = capacity.limit(ChainMap({"key": key}, self._names), self._records.read.now)  # type: ignore[arg-type]
        return int(found or 0)

    def free(self, name: str, key: Mapping[str, Any]) -> int:
        """How many are left for a key; advice only, `reserve` decides."""
        return max(0, self.limit(name, key) - self.taken(name, key))

    def taken(self, name: str, key: Mapping[str, Any]) -> int:
        """How many are reserved for a key; advice only."""
        self._read(name, key)
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
        self._read(name, key)
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
        return "/".join(self._parts(name, key))

    def _parts(self, name: str, key: Mapping[str, Any]) -> Parts:
        return tuple(self._part(key.get(part)) for part in self._declared(name).key)

    def _part(self, value: Any) -> str:
        found = from_stored(value, self._records.resolve)
        return self._records.read.vault.term(found) if isinstance(found, PersonalText) else str(encode(found))  # nobody reads a person from a key

    def _held(self, name: str, holder: str) -> Hold | None:
        if (name, holder) in self._released:
            return None
        if holder not in self._held_by:  # all that the case holds, for a step that asks for one asks for the others
            owner = holder.partition("/")[0]
            holders = {holder, owner, *(f"{owner}/{reservation}" for reservation in reservations(self._records.app))}
            names = sorted(self._records.app.capacities)
            where = (Reservation.app == self._records.app.key, Reservation.name.in_(names), Reservation.holder.in_(sorted(holders)))
            self._held_by |= {found: {} for found in holders}
            for row in self._records.read.all(select(*HELD).where(*where)):
                self._held_by[row.holder][row.name] = Hold(row.key, row.amount)
        return self._held_by[holder].get(name)

    def _taken(self, name: str, text: str) -> int:
        here = sum(hold.amount for (capacity, _), (hold, _) in self._reserved.items() if (capacity, hold.key) == (name, text))
        gone = sum(hold.amount for (capacity, _), hold in self._released.items() if (capacity, hold.key) == (name, text))
        return self._standing[name, text] + here - gone

    def _read(self, name: str, key: Mapping[str, Any]) -> None:
        parts = self._parts(name, key)
        if (name, "/".join(parts)) not in self._standing:
            beside = ((other, self._parts(other, key)) for other in self._beside(name, key))
            self._look({(name, parts), *beside, *self._ahead(name, parts)})
        self._asked[name, parts] = None

    def _look(self, places: set[tuple[str, Parts]]) -> None:
        wanted = {(name, "/".join(parts)) for name, parts in places} - self._standing.keys()
        self._standing |= dict.fromkeys(wanted, 0)
        self._standing |= {(row.name, row.key): row.reserved for row in self._rows(sorted(wanted)) if (row.name, row.key) in wanted}

    def _beside(self, name: str, key: Mapping[str, Any]) -> Iterator[str]:
        """The other capacities whose keys are made of the same parts."""
        return (other.name for other in self._records.app.capacities.values() if other.name != name and key.keys() >= set(other.key))

    def _ahead(self, name: str, parts: Parts) -> list[tuple[str, Parts]]:
        """All that was asked about another day, time or record, asked about this one, and about those that follow in its list."""
        recent = list(self._asked)[-AHEAD:]
        for at, part in enumerate(parts):
            before = next((its[at] for one, its in recent if one == name and (*its[:at], part, *its[at + 1 :]) == parts), None)
            if before is not None:
                listed = self._records.list_with(part)
                following = listed[listed.index(part) :] if before in listed else [part]
                same = [(one, its) for one, its in recent if before in its]
                return [
                    (one, tuple(later if value == before else value for value in its))
                    for later in following[: AHEAD // len(same)]
                    for one, its in same
                ]
        return []

    def _rows(self, wanted: list[tuple[str, str]]) -> Sequence[Row[Any]]:
        app = self._records.app.key
        if len(wanted) <= FEW:
            values = {f"{part}{number}": value for number, place in enumerate(wanted) for part, value in zip(("name", "key"), place, strict=True)}
            return self._records.read.all(standing(len(wanted)), {"app": app, **values})
        names, keys = (sorted(set(part)) for part in zip(*wanted, strict=True))
        return self._records.read.all(select(*STANDING).where(COLUMNS.app == app, COLUMNS.name.in_(names), COLUMNS.key.in_(keys)))


@cache
def standing(count: int) -> Constant:
    """The query for a few places."""
    places = (and_(*(COLUMNS[part] == bindparam(f"{part}{number}") for part in ("name", "key"))) for number in range(count))
    return Constant(select(*STANDING).where(COLUMNS.app == bindparam("app"), or_(*places)))


@lru_cache(maxsize=64)
def reservations(app: ProcessApp) -> frozenset[str]:
    """The names under which the drawings of an app let a case reserve more than one thing of a kind."""
    elements = (element for process in app.model.processes.values() for element in process.elements.values())
    return frozenset(element.headers["reservation"] for element in elements if element.headers.get("reservation"))
