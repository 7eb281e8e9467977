"""Decision tables, compiled once: input columns, rows of cell tests, output cells and the hit policy (DMN 1.5, clause 8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from engine import feel
from engine.dmn.cell_tests import CellTest, cell_test
from engine.dmn.cells import read_constant
from engine.dmn.elements import InputClause, Literal, OutputClause, Rule, Table
from engine.dmn.hit_policies import AGGREGATIONS, MULTIPLE_HITS, SHORT_NAMES, SINGLE_HIT, Hit, Outcome
from engine.dmn.run import Evaluator, MatchedRule, Run, Scope
from engine.dmn.unit import Names, Unit


@dataclass(frozen=True)
class Row:
    """A compiled rule: the tests of the columns that are not `-`, and the output cells."""

    matched: MatchedRule
    tests: tuple[tuple[int, CellTest], ...]
    outputs: tuple[Evaluator, ...]

    def matches(self, values: Sequence[Any], scope: Scope, run: Run) -> bool:
        for column, test in self.tests:  # noqa: SIM110 - a generator costs more than most tests
            if not test(values[column], scope, run):
                return False
        return True


def compile_table(table: Table, names: Names, unit: Unit) -> Evaluator:
    """A closure for a decision table. Matched rules go into the journal; without any match the default outputs, else null, are the value."""
    name = table.name or unit.owner
    outcome = _outcome(table, name, unit)
    if outcome is None:
        return lambda scope, run: run.warn(
            name, f"the hit policy '{table.hit_policy}' is unknown", f"적중 정책 '{table.hit_policy}'을(를) 알 수 없어요."
        )
    inputs = tuple(_input(clause, place, name, names, unit) for place, clause in enumerate(table.inputs, start=1))
    input_checks = _input_checks(table, names, unit)
    output_checks = _output_checks(table, names, unit)
    rows = tuple(_row(rule, table, name, names, unit) for rule in table.rules)
    default = _default(table, outcome, names, unit)
    only_first = outcome.hit_policy == "FIRST"

    def evaluate(scope: Scope, run: Run) -> Any:
        values = [value_of(scope, run) for value_of in inputs]
        for column, accepts in input_checks:
            if values[column] is not None and not accepts(values[column], scope, run):
                return run.warn(
                    name, f"the value of input {column + 1} is none of the allowed values", f"입력 {column + 1}의 값이 허용된 값이 아니에요."
                )
        matched = []
        for row in rows:
            if row.matches(values, scope, run):
                matched.append(row)
                if only_first:
                    break
        run.journal.trace.extend(row.matched for row in matched)
        if not matched:
            return default(scope, run)
        hits = [Hit(row.matched.rule, tuple(value_of(scope, run) for value_of in row.outputs)) for row in matched]
        return outcome.of(hits, run) if _allowed(hits, output_checks, name, scope, run) else None

    return evaluate


def _input(clause: InputClause, place: int, name: str, names: Names, unit: Unit) -> Evaluator:
    if not clause.expression.text:
        unit.find(
            "input-without-expression",
            clause.expression.element,
            f"{name}: 입력 {place}에 식이 없어요.",
            f"{name}: input {place} has no expression.",
            "무엇을 비교할지 입력의 식을 적어 주세요.",
            "Write the expression that the column compares.",
        )
    return unit.literal(clause.expression, names)


def _outcome(table: Table, name: str, unit: Unit) -> Outcome | None:
    policy = SHORT_NAMES.get(table.hit_policy, table.hit_policy)
    if policy not in SINGLE_HIT + MULTIPLE_HITS or table.aggregation not in ("", *AGGREGATIONS):
        unit.find(
            "unknown-hit-policy",
            table.element,
            f"{name}: 적중 정책 '{table.hit_policy} {table.aggregation}'을(를) 알 수 없어요.",
            f"{name}: the hit policy '{table.hit_policy} {table.aggregation}' is unknown.",
            "U, A, P, F, R, O, C, C+, C<, C>, C# 중에서 골라 주세요.",
            "Choose one of U, A, P, F, R, O, C, C+, C<, C>, C#.",
        )
        return None
    output_names = tuple(clause.name or clause.label or f"output {place}" for place, clause in enumerate(table.outputs, start=1))
    return Outcome(name, policy, table.aggregation, output_names, tuple(priorities(clause, unit) for clause in table.outputs))


def priorities(clause: OutputClause, unit: Unit) -> tuple[Any, ...]:
    """The allowed values of an output in order, its own or those of its type; empty when none are given."""
    text = clause.allowed or _allowed_of_type(clause.type_ref, unit)
    if not text:
        return ()
    try:
        values = feel.evaluate(f"[{text}]", {})
    except feel.FeelError:
        return ()
    return tuple(values) if isinstance(values, list) else ()


def _allowed_of_type(type_ref: str, unit: Unit) -> str:
    declared = unit.types.find(type_ref) if type_ref else None
    return "" if declared is None else declared.allowed


def _checks(texts: Sequence[str], element: str, names: Names, unit: Unit) -> tuple[tuple[int, CellTest], ...]:
    found = []
    for column, text in enumerate(texts):
        test = cell_test(text, partial(unit.cell, Literal(text, element), names)) if text else None
        if test is not None:
            found.append((column, test))
    return tuple(found)


def _input_checks(table: Table, names: Names, unit: Unit) -> tuple[tuple[int, CellTest], ...]:
    return _checks([clause.allowed for clause in table.inputs], table.element, names, unit)


def _output_checks(table: Table, names: Names, unit: Unit) -> tuple[tuple[int, CellTest], ...]:
    return _checks([clause.allowed for clause in table.outputs], table.element, names, unit)


def _allowed(hits: Sequence[Hit], checks: Sequence[tuple[int, CellTest]], name: str, scope: Scope, run: Run) -> bool:
    for hit in hits:
        for column, accepts in checks:
            if hit.outputs[column] is not None and not accepts(hit.outputs[column], scope, run):
                run.warn(
                    name,
                    f"output {column + 1} of rule {hit.rule} is none of the allowed values",
                    f"규칙 {hit.rule}의 출력 {column + 1}이(가) 허용된 값이 아니에요.",
                )
                return False
    return True


def _row(rule: Rule, table: Table, name: str, names: Names, unit: Unit) -> Row:
    if len(rule.inputs) != len(table.inputs) or len(rule.outputs) != len(table.outputs):
        unit.find(
            "rule-width",
            rule.id or table.element,
            f"{name}: 규칙 {rule.number}의 칸 수가 표의 열 수와 달라요.",
            f"{name}: rule {rule.number} has another number of cells than the table has columns.",
            "모델러에서 빠진 칸을 채워 주세요.",
            "Fill in the missing cells in the modeler.",
        )
    tests = ((column, cell_test(cell.text, partial(unit.cell, cell, names))) for column, cell in enumerate(rule.inputs[: len(table.inputs)]))
    outputs = rule.outputs[: len(table.outputs)] + (Literal(""),) * (len(table.outputs) - len(rule.outputs))
    return Row(
        MatchedRule(name, rule.number, rule.id),
        tuple((column, test) for column, test in tests if test is not None),
        tuple(_output(cell, names, unit) for cell in outputs),
    )


def _output(cell: Literal, names: Names, unit: Unit) -> Evaluator:
    constant = read_constant(cell.text) if not cell.language else None
    return unit.literal(cell, names) if constant is None else lambda scope, run: constant


def _default(table: Table, outcome: Outcome, names: Names, unit: Unit) -> Evaluator:
    if all(clause.default is None for clause in table.outputs):
        empty = Decimal(0) if outcome.aggregation == "COUNT" else None
        return lambda scope, run: empty
    values = tuple(unit.literal(clause.default or Literal(""), names) for clause in table.outputs)
    return lambda scope, run: outcome.one([value_of(scope, run) for value_of in values])
