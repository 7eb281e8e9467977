"""Which value a name means, decided as far as possible when an expression is compiled (DMN 1.5, 10.3.2.11)."""

from collections.abc import Callable, Mapping
from typing import Any

from engine.feel.run import Place, Run
from engine.feel.values import NATIVE, adopt, adopt_all

Closure = Callable[[Run], Any]


class Locals:
    """Loop variables or parameters: each name has a slot."""

    def __init__(self, slots: dict[str, int], partial: int | None = None) -> None:
        self.slots = slots
        self.partial = partial


class Entries:
    """A context literal being made: its earlier entries can be read."""

    def __init__(self, slot: int) -> None:
        self.slot = slot
        self.keys: set[str] = set()


class Items:
    """A filter: the item and, where it is a context, its entries."""

    def __init__(self, slot: int) -> None:
        self.slot = slot


Frame = Locals | Entries | Items


def resolve(frames: list[Frame], name: str, outermost: Closure) -> Closure:
    """How to read the name where these frames (outermost first) surround it."""
    read = outermost
    for frame in frames:
        if isinstance(frame, Locals) and name in frame.slots:
            read = _copied(frame.slots[name]) if frame.slots[name] == frame.partial else from_slot(frame.slots[name])
        elif isinstance(frame, Entries) and name in frame.keys:
            read = _from_entries(frame.slot, name)
        elif isinstance(frame, Items) and name != "?":
            read = _from_item(frame.slot, name, read)
    return read


def from_slot(slot: int) -> Closure:
    """Reads a local variable."""

    def read_slot(run: Run) -> Any:
        return run.slots[slot]

    return read_slot


def _copied(slot: int) -> Closure:
    """Reads `partial`, which goes on growing, as it is now."""

    def read_partial(run: Run) -> Any:
        results = run.slots[slot]
        run.spend(1 + len(results) // 16)
        return list(results)

    return read_partial


def _from_entries(slot: int, name: str) -> Closure:
    def read_entry(run: Run) -> Any:
        return run.slots[slot].get(name)

    return read_entry


def _from_item(slot: int, name: str, otherwise: Closure) -> Closure:
    def read_item(run: Run) -> Any:
        item = run.slots[slot]
        kind = type(item)
        if kind is dict or (kind not in NATIVE and isinstance(item, Mapping)):
            try:
                return adopt(item[name])
            except KeyError:
                pass
        return item if name == "item" else otherwise(run)

    return read_item


def from_context(name: str, place: Place, builtin: Any) -> Closure:
    """Reads a name from outside; a built-in function where there is none of that name, else null with a warning."""

    def read_name(run: Run) -> Any:
        try:
            value = run.context[name]
        except KeyError:
            if builtin is None:
                run.warn(place, f"there is no variable '{name}'", f"'{name}'(이)라는 변수가 없어요.")
            return builtin
        if type(value) in NATIVE:
            return value
        known = adopt(value)
        if known is None:
            run.warn(place, f"'{name}' is of a kind that FEEL does not know", f"'{name}'은(는) FEEL이 모르는 종류의 값이에요.")
        return known

    return read_name


def items_of(value: Any) -> list[Any]:
    """The items of a list or tuple, adopted; the list itself where nothing needs it."""
    if type(value) is list and all(type(item) in NATIVE for item in value):
        return value
    return adopt_all(value)
