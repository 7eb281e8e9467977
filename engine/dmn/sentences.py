"""The sentences of the table checks, in Korean and English."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine import feel
from engine.dmn.axes import Axis
from engine.dmn.elements import Rule, Table
from engine.findings import Finding


@dataclass(frozen=True)
class TableSentences:
    """What to say about one table."""

    file: str
    name: str
    table: Table
    axes: Sequence[Axis]

    def overlap(self, first: Rule, second: Rule, meeting: Sequence[int | str], policy: str) -> Finding:
        """Two rules match together although the hit policy forbids it."""
        example = self.example(meeting)
        unique = policy == "UNIQUE"
        return Finding(
            self.file,
            second.id or self.table.element,
            "table-overlap",
            "error",
            f"결정표 '{self.name}': 규칙 {first.number}과(와) 규칙 {second.number}이(가) 함께 맞아요{' ' if unique else '. 결과가 서로 달라요 '}"
            f"(예: {example}).",
            f"Table '{self.name}': rules {first.number} and {second.number} match together{'' if unique else ' with different outputs'}"
            f" (for example: {example}).",
            "두 규칙이 겹치지 않게 조건을 고치거나, 적중 정책을 F(위에서부터 첫 규칙)로 바꿔 주세요.",
            "Change a condition so that they no longer overlap, or change the hit policy to F (the first rule from the top).",
        )

    def gap(self, meeting: Sequence[int | str]) -> Finding:
        """Inputs that no rule covers."""
        example = self.example(meeting)
        return Finding(
            self.file,
            self.table.element,
            "table-gap",
            "warning",
            f"결정표 '{self.name}': 맞는 규칙이 없는 입력이 있어요(예: {example}). 그때 결과는 null이에요.",
            f"Table '{self.name}': no rule matches some inputs (for example: {example}); the result is null then.",
            "빠진 경우의 규칙이나 기본 출력을 더하거나, 입력의 허용 값을 정해 주세요.",
            "Add a rule for the missing case or a default output, or state the allowed values of the input.",
        )

    def shadowed(self, rule: Rule, policy: str) -> Finding:
        """A rule that never decides because stronger rules cover all of it."""
        first = policy == "FIRST"
        return Finding(
            self.file,
            rule.id or self.table.element,
            "table-unreachable",
            "warning",
            f"결정표 '{self.name}': 규칙 {rule.number}은(는) {'위의 규칙들' if first else '우선순위가 높은 규칙들'}에 모두 가려져 쓰이지 않아요.",
            f"Table '{self.name}': rule {rule.number} never decides; {'the rules above' if first else 'rules of higher priority'} cover all of it.",
            "규칙을 지우거나 순서 또는 조건을 바꿔 주세요.",
            "Remove the rule, or change the order or the conditions.",
        )

    def never(self, rule: Rule) -> Finding:
        """A rule that matches no allowed input at all."""
        return Finding(
            self.file,
            rule.id or self.table.element,
            "table-unreachable",
            "warning",
            f"결정표 '{self.name}': 규칙 {rule.number}에 맞는 입력이 없어요. 허용 값에 없는 값이거나 조건이 서로 어긋나요.",
            f"Table '{self.name}': rule {rule.number} can never match; a value is not allowed or its conditions contradict each other.",
            "허용 값과 철자를 확인해 주세요.",
            "Check the allowed values and the spelling.",
        )

    def too_large(self) -> Finding:
        """The table has too many combinations to check all of them."""
        return Finding(
            self.file,
            self.table.element,
            "table-too-large",
            "warning",
            f"결정표 '{self.name}'이(가) 너무 커서 겹침과 빈틈을 끝까지 검사하지 못했어요.",
            f"Table '{self.name}' is too large to check all of it for overlaps and gaps.",
            "표를 여러 결정으로 나누어 주세요.",
            "Split the table into several decisions.",
        )

    def example(self, meeting: Sequence[int | str]) -> str:
        """An input at these places, as a reader would write it: `age = 18, plan = "basic"`."""
        parts = (
            f"{axis.expression} {place}" if isinstance(place, str) else f"{axis.expression} = {shown(axis.samples[place])}"
            for axis, place in zip(self.axes, meeting, strict=True)
            if isinstance(place, str) or axis.samples[place] is not None
        )
        return ", ".join(parts) or "-"


def shown(value: Any) -> str:
    """A constant as FEEL would write it; any other text as `"…"`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
    return f'"{value}"' if isinstance(value, str) else f'@"{feel.to_json(value)}"'
