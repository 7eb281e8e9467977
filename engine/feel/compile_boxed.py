"""Closures of lists, contexts, ranges, `@` literals, and of what is taken from values: paths and filters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.feel import nodes
from engine.feel.equality import compare
from engine.feel.errors import Null
from engine.feel.properties import property_of
from engine.feel.run import Place, Run
from engine.feel.scope import Closure, Entries, Items, Locals, from_slot, items_of
from engine.feel.temporal_text import parse_any
from engine.feel.values import NATIVE, Range, adopt, type_name

if TYPE_CHECKING:
    from engine.feel.compiler import Compiler


def _at_literal(compiler: Compiler, node: nodes.AtLiteral) -> Closure:
    value, place = parse_any(node.text), compiler.place(node)

    def at_literal(run: Run) -> Any:
        if value is None:
            run.warn(place, "is no date, time or duration", "날짜, 시각, 기간이 아니에요.")
        return value

    return at_literal


def _list(compiler: Compiler, node: nodes.ListLiteral) -> Closure:
    items = [compiler.compile(item) for item in node.items]
    return lambda run: [item(run) for item in items]


def _context(compiler: Compiler, node: nodes.ContextLiteral) -> Closure:
    frame = Entries(compiler.new_slot())
    compiler.frames.append(frame)
    entries: list[tuple[str, Closure]] = []
    for key, value in node.entries:
        entries.append((key, compiler.compile(value)))
        frame.keys.add(key)
    compiler.frames.pop()
    place, twice = compiler.place(node), len(frame.keys) < len(node.entries)
    slot = frame.slot

    def context(run: Run) -> Any:
        if twice:
            run.warn(place, "a key occurs twice", "같은 키가 두 번 있어요.")
            return None
        made: dict[str, Any] = {}
        slots = run.slots
        before, slots[slot] = slots[slot], made
        for key, value in entries:
            made[key] = value(run)
        slots[slot] = before
        return made

    return context


def _interval(compiler: Compiler, node: nodes.Interval) -> Closure:
    low = compiler.compile(node.low) if node.low is not None else None
    high = compiler.compile(node.high) if node.high is not None else None
    place = compiler.place(node)

    def interval(run: Run) -> Range | None:
        start = low(run) if low is not None else None
        end = high(run) if high is not None else None
        try:
            return make_range(start, end, node.low_included, node.high_included, low is None, high is None)
        except Null as reason:
            run.warn_null(place, reason)
            return None

    return interval


def make_range(start: Any, end: Any, start_included: bool, end_included: bool, no_start: bool = False, no_end: bool = False) -> Range:
    """The range; raises Null when an end is missing or the ends are not in order (DMN 1.5, 10.3.2.7)."""
    if (start is None and not no_start) or (end is None and not no_end):
        raise Null("an end of the range is null", "범위의 한쪽 끝이 null이에요.")
    order = compare(start if end is None else end if start is None else start, start if end is None else end)
    if order is None:
        raise Null(f"no range from {type_name(start)} to {type_name(end)}", f"{type_name(start)}부터 {type_name(end)}까지의 범위는 없어요.")
    if order > 0:
        raise Null("the range ends before it begins", "범위의 끝이 시작보다 앞에 있어요.")
    return Range(start, end, start_included, end_included)


def _path(compiler: Compiler, node: nodes.Path) -> Closure:
    base = _path_base(compiler, node)
    name, place = node.name, compiler.place(node)

    def path(run: Run) -> Any:
        value = base(run)
        if type(value) is dict:
            try:
                found = value[name]
            except KeyError:
                return _missing(run, place, name)
            return found if type(found) in NATIVE else adopt(found)
        return select(run, value, name, place)

    return path


def _path_base(compiler: Compiler, node: nodes.Path) -> Closure:
    """The base of a path; the longest path from a name is noted once, not each of its beginnings."""
    names: list[str] = []
    inner: nodes.Node = node
    while isinstance(inner, nodes.Path):
        names.insert(0, inner.name)
        inner = inner.base
    if isinstance(inner, nodes.Name) and compiler.binding(inner.name) is None:
        compiler.paths.add((inner.name, *names))
        kept = compiler.paths
        compiler.paths = set()
        base = compiler.compile(node.base)
        compiler.paths = kept
        return base
    return compiler.compile(node.base)


def select(run: Run, value: Any, name: str, place: Place) -> Any:
    """`value.name`: an entry of a context, the entries of a list's contexts, a property of a date, time, duration or range."""
    if isinstance(value, Mapping):
        try:
            return adopt(value[name])
        except KeyError:
            return _missing(run, place, name)
    if isinstance(value, (list, tuple)):
        run.spend(1 + len(value))
        return [_entry(run, item, name, place) for item in value]
    try:
        return property_of(adopt(value), name)
    except Null as reason:
        run.warn_null(place, reason)
        return None


def _entry(run: Run, item: Any, name: str, place: Place) -> Any:
    """An entry of one item; a list inside a list is looked through as well."""
    if isinstance(item, Mapping) and name not in item:
        return None
    return select(run, item, name, place)


def _missing(run: Run, place: Place, name: str) -> None:
    run.warn(place, f"there is no entry '{name}'", f"'{name}'(이)라는 항목이 없어요.")


def _filter(compiler: Compiler, node: nodes.Filter) -> Closure:
    base = _filter_base(compiler, node.base)
    place = compiler.place(node)
    if _is_index(node.condition):
        index = compiler.compile(node.condition)
        return lambda run: item_at(run, base(run), index(run), place)
    frame = Items(compiler.new_slot())
    compiler.frames.append(frame)
    condition = compiler.compile(node.condition)
    compiler.frames.pop()
    slot, weight = frame.slot, weight_of(node.condition)
    return lambda run: filtered(run, base(run), condition, slot, weight, place)


def weight_of(node: nodes.Node) -> int:
    """Steps that one evaluation of the node counts for, by the length of its text."""
    return 1 + (node.end - node.start) // 8


def _filter_base(compiler: Compiler, node: nodes.Node) -> Closure:
    """`partial[...]` looks at the growing list itself; it takes items out and keeps none of it."""
    if isinstance(node, nodes.Name):
        frame = compiler.binding(node.name)
        if isinstance(frame, Locals) and frame.slots[node.name] == frame.partial:
            return from_slot(frame.slots[node.name])
    return compiler.compile(node)


def _is_index(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Literal) and type(node.value) in (int, Decimal)


def item_at(run: Run, value: Any, index: Any, place: Place) -> Any:
    """`value[index]`, counted from 1, or from the end with -1; null when there is no such item."""
    if value is None:
        return None
    items = value if isinstance(value, (list, tuple)) else [value]
    if index == int(index) and 0 < abs(index) <= len(items):
        return adopt(items[int(index) - 1 if index > 0 else int(index)])
    run.warn(place, f"the list of {len(items)} items has no item {index}", f"항목이 {len(items)}개인 목록에는 {index}번째 항목이 없어요.")
    return None


def filtered(run: Run, value: Any, condition: Closure, slot: int, weight: int, place: Place) -> Any:
    """The items for which the condition holds; where the condition turns out to be a number, the item at that index."""
    if value is None:
        run.warn(place, "cannot filter null", "null은 거를 수 없어요.")
        return None
    items = items_of(value) if isinstance(value, (list, tuple)) else [value]
    slots = run.slots
    before = slots[slot]
    kept: list[Any] = []
    try:
        for item in items:
            run.spend(weight)
            slots[slot] = item
            found = condition(run)
            if found is True:
                kept.append(item)
            elif found is not False and found is not None:
                return _not_boolean(run, items, found, place)
        if not items:
            return _index_of_empty(run, condition, slot)
    finally:
        slots[slot] = before
    return kept


def _index_of_empty(run: Run, condition: Closure, slot: int) -> Any:
    """Filtering an empty list gives an empty list, but an index into it gives null."""
    run.slots[slot] = None
    warnings, run.warnings = run.warnings, None
    found = condition(run)
    run.warnings = warnings
    return None if type_name(found) == "number" else []


def _not_boolean(run: Run, items: list[Any], found: Any, place: Place) -> Any:
    if type_name(found) == "number":
        return item_at(run, items, found, place)
    kind = type_name(found)
    run.warn(place, f"the condition of a filter must be true or false, found {kind}", f"거르는 조건은 true나 false여야 하는데 {kind}이에요.")
    return None


TABLE: dict[type, Callable[[Any, Any], Closure]] = {
    nodes.AtLiteral: _at_literal,
    nodes.ListLiteral: _list,
    nodes.ContextLiteral: _context,
    nodes.Interval: _interval,
    nodes.Path: _path,
    nodes.Filter: _filter,
}
