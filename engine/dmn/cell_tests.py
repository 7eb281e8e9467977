"""Input cells as closures. Plain cells over numbers, texts and booleans skip the expression language; all others are asked of it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from engine.dmn.cells import Cell, Span, read_cell
from engine.dmn.run import Run, Scope

CellTest = Callable[[Any, Scope, Run], bool]
FAST: Final = {"number": frozenset({int, Decimal}), "string": frozenset({str}), "boolean": frozenset({bool})}


def cell_test(text: str, make_slow: Callable[[], CellTest]) -> CellTest | None:
    """A closure that tells whether a value matches the cell; None for a cell that accepts anything.

    `make_slow` compiles the cell in the expression language: at once for cells that are not plain, else when a value of another kind than the
    cell's turns up, so that the meaning is the same everywhere.
    """
    cell = read_cell(text)
    if cell is not None and cell.anything:
        return None
    classes = None if cell is None else FAST.get(cell.kind)
    if cell is None or classes is None:
        return make_slow()
    slow = _when_needed(make_slow)
    return _any_point(cell, classes, slow) if all(span.is_point for span in cell.spans) else _any_span(cell, classes, slow)


def _when_needed(make: Callable[[], CellTest]) -> CellTest:
    made: list[CellTest] = []

    def test(value: Any, scope: Scope, run: Run) -> bool:
        if not made:
            made.append(make())
        return made[0](value, scope, run)

    return test


def _any_point(cell: Cell, classes: frozenset[type], slow: CellTest) -> CellTest:
    wanted = not cell.negated
    if len(cell.spans) == 1 and wanted:
        only = cell.spans[0].low
        return lambda value, scope, run: value == only if value.__class__ in classes else slow(value, scope, run)
    accepted = frozenset(span.low for span in cell.spans)
    return lambda value, scope, run: (value in accepted) is wanted if value.__class__ in classes else slow(value, scope, run)


def _any_span(cell: Cell, classes: frozenset[type], slow: CellTest) -> CellTest:
    wanted = not cell.negated
    checks = tuple(_span_check(span) for span in cell.spans)
    if len(checks) == 1 and wanted:
        only = checks[0]
        return lambda value, scope, run: only(value) if value.__class__ in classes else slow(value, scope, run)

    def test(value: Any, scope: Scope, run: Run) -> bool:
        if value.__class__ not in classes:
            return slow(value, scope, run)
        return any(check(value) for check in checks) is wanted

    return test


def _span_check(span: Span) -> Callable[[Any], bool]:
    low, high = span.low, span.high
    if low is None:
        return (lambda value: value <= high) if span.high_included else (lambda value: value < high)
    if high is None:
        return (lambda value: value >= low) if span.low_included else (lambda value: value > low)
    if span.low_included:
        return (lambda value: low <= value <= high) if span.high_included else (lambda value: low <= value < high)
    return (lambda value: low < value <= high) if span.high_included else (lambda value: low < value < high)
