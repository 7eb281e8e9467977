"""Checks of decision tables for the people who write them: overlaps, gaps, rules that can never decide (DMN 1.5, 8.2.10)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from typing import Any, Final

from engine.dmn.axes import Axis, make_axis
from engine.dmn.cells import read_cell
from engine.dmn.coverage import Masks, Patience, TooMany, lowest, uncovered
from engine.dmn.elements import DecisionElement, InputData, KnowledgeModel, Literal, Rule, Table
from engine.dmn.graph import Graph
from engine.dmn.hit_policies import SHORT_NAMES, SINGLE_HIT
from engine.dmn.model import Model
from engine.dmn.sentences import TableSentences
from engine.dmn.walk import tables_in
from engine.findings import Finding

MAX_FINDINGS: Final = 20
MAX_RULES: Final = 2_000


@dataclass(frozen=True)
class Understood:
    """A rule as far as its cells are understood: a mask for each axis (None where only the expression language can tell), and the cells' texts."""

    rule: Rule
    masks: tuple[int | None, ...]
    texts: tuple[str, ...]

    def widest(self, axes: Sequence[Axis]) -> Masks:
        """The masks with everything where a cell is not understood: the rule matches there at most."""
        return tuple(axis.allowed if mask is None else mask for axis, mask in zip(axes, self.masks, strict=True))

    @property
    def surest(self) -> Masks | None:
        """The masks when every cell is understood; None otherwise."""
        return tuple(mask for mask in self.masks if mask is not None) if None not in self.masks else None


def check(model: Model) -> list[Finding]:
    """Overlaps in UNIQUE and ANY tables (errors), gaps in single-hit tables without defaults, and rules that never decide (warnings)."""
    found: list[Finding] = []
    for node in model.definitions.nodes.values():
        if isinstance(node, (DecisionElement, KnowledgeModel)):
            for table in tables_in(node.logic):
                found += _check_table(model.graph, node.name, table)
    return found


def _check_table(graph: Graph, owner: str, table: Table) -> list[Finding]:
    if len(table.rules) > MAX_RULES:
        return [TableSentences(graph.file, table.name or owner, table, ()).too_large()]
    return TableCheck(graph, owner, table).findings()


class TableCheck:
    """The checks of one table."""

    def __init__(self, graph: Graph, owner: str, table: Table) -> None:
        self._graph = graph
        self._table = table
        self._policy = SHORT_NAMES.get(table.hit_policy, table.hit_policy)
        columns = _columns(table)
        self._axes = [self._axis(expression, places) for expression, places in columns.items()]
        whole = [rule for rule in table.rules if len(rule.inputs) == len(table.inputs) and len(rule.outputs) == len(table.outputs)]
        self._rules = [self._understand(rule, list(columns.values())) for rule in whole]
        self._patience = Patience()
        self._say = TableSentences(graph.file, table.name or owner, table, self._axes)

    def findings(self) -> list[Finding]:
        """What is wrong, at most twenty sentences."""
        if not self._axes or not self._rules:
            return []
        found: list[Finding] = []
        try:
            for finding in chain(self._never(), self._overlaps(), self._shadowed(), self._gaps()):
                found.append(finding)
                if len(found) == MAX_FINDINGS:
                    break
        except TooMany:
            found.append(self._say.too_large())
        return found

    def _never(self) -> Iterator[Finding]:
        for rule in self._rules:
            if 0 in rule.masks:
                yield self._say.never(rule.rule)

    def _overlaps(self) -> Iterator[Finding]:
        if self._policy not in ("UNIQUE", "ANY"):
            return
        for first, second in combinations(self._rules, 2):
            self._patience.spend(1)
            same_outputs = [cell.text for cell in first.rule.outputs] == [cell.text for cell in second.rule.outputs]
            if self._policy == "ANY" and same_outputs:
                continue
            meeting = self._meeting(first, second)
            if meeting is not None:
                yield self._say.overlap(first.rule, second.rule, meeting, self._policy)

    def _meeting(self, first: Understood, second: Understood) -> list[int | str] | None:
        """For each axis a piece where both rules match, or the text of a cell that is not understood; None when they may never meet."""
        found: list[int | str] = []
        for place, axis in enumerate(self._axes):
            mine, theirs = first.masks[place], second.masks[place]
            if mine is not None and theirs is not None:
                if not mine & theirs:
                    return None
                found.append(lowest(mine & theirs))
            elif first.texts[place] == second.texts[place] or axis.allowed in (mine, theirs):
                found.append(first.texts[place] if mine is None else second.texts[place])
            else:
                return None
        return found

    def _shadowed(self) -> Iterator[Finding]:
        if self._policy not in ("FIRST", "PRIORITY"):
            return
        ranks = [self._rank(rule.rule) for rule in self._rules]
        for place, rule in enumerate(self._rules):
            stronger = [
                other.surest
                for number, other in enumerate(self._rules)
                if (number < place if self._policy == "FIRST" else ranks[number] < ranks[place]) and other.surest is not None
            ]
            space = rule.widest(self._axes)
            if all(space) and stronger and uncovered(space, stronger, self._patience) is None:
                yield self._say.shadowed(rule.rule, self._policy)

    def _rank(self, rule: Rule) -> tuple[int, ...]:
        """The priority of the rule's outputs, the smallest first; those that are not plain constants come last."""
        return tuple(_place_in(_constants(clause.allowed), cell.text) for clause, cell in zip(self._table.outputs, rule.outputs, strict=True))

    def _gaps(self) -> Iterator[Finding]:
        if self._policy not in SINGLE_HIT or any(clause.default for clause in self._table.outputs):
            return
        space = tuple(axis.allowed for axis in self._axes)
        gap = uncovered(space, [rule.widest(self._axes) for rule in self._rules], self._patience)
        if gap is not None:
            yield self._say.gap(gap)

    def _axis(self, expression: str, places: Sequence[int]) -> Axis:
        cells = [read_cell(rule.inputs[place].text) for rule in self._table.rules for place in places if place < len(rule.inputs)]
        clause = self._table.inputs[places[0]]
        allowed = read_cell(clause.allowed or self._allowed_of_type(clause.expression))
        whole_numbers = clause.expression.type_ref.lower() in ("integer", "int", "long")
        known = [cell for cell in cells if cell is not None]
        return make_axis(expression, known, allowed, whole_numbers)

    def _allowed_of_type(self, expression: Literal) -> str:
        """The allowed values of the column's own type, or of the input data that the column is about."""
        nodes = self._graph.definitions.nodes.values()
        drawn = (node.variable.type_ref for node in nodes if isinstance(node, InputData) and node.variable.name == expression.text)
        found = (self._graph.types.find(type_ref) for type_ref in (expression.type_ref, *drawn) if type_ref)
        return next((declared.allowed for declared in found if declared is not None and declared.allowed and not declared.is_list), "")

    def _understand(self, rule: Rule, columns: Sequence[Sequence[int]]) -> Understood:
        masks = tuple(self._mask(axis, [rule.inputs[place].text for place in places]) for axis, places in zip(self._axes, columns, strict=True))
        return Understood(rule, masks, tuple(" ; ".join(rule.inputs[place].text for place in places) for places in columns))

    def _mask(self, axis: Axis, texts: Sequence[str]) -> int | None:
        bits = axis.allowed
        for text in texts:
            cell = read_cell(text)
            if cell is None or not axis.understands(cell):
                return None
            bits &= axis.mask(cell)
        return bits


def _columns(table: Table) -> dict[str, list[int]]:
    """The columns by what they ask: two columns about the same expression are one axis."""
    columns: dict[str, list[int]] = {}
    for place, clause in enumerate(table.inputs):
        columns.setdefault(" ".join(clause.expression.text.split()), []).append(place)
    return columns


def _constants(text: str) -> list[Any]:
    """The constants of a plain cell or list of allowed values; empty when it is not plain."""
    cell = read_cell(text) if text else None
    return [span.low for span in cell.spans] if cell is not None else []


def _place_in(order: Sequence[Any], text: str) -> int:
    value = _constants(text)
    return order.index(value[0]) if len(value) == 1 and value[0] in order else len(order)
