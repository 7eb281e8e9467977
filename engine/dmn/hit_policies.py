"""What a table answers when rules matched, by hit policy (DMN 1.5, 8.2.10 and 8.3.6)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from engine import feel
from engine.dmn.errors import DecisionError
from engine.dmn.run import Run

SINGLE_HIT: Final = ("UNIQUE", "ANY", "PRIORITY", "FIRST")
MULTIPLE_HITS: Final = ("RULE ORDER", "OUTPUT ORDER", "COLLECT")
AGGREGATIONS: Final = ("SUM", "MIN", "MAX", "COUNT")
SHORT_NAMES: Final = {"U": "UNIQUE", "A": "ANY", "P": "PRIORITY", "F": "FIRST", "R": "RULE ORDER", "O": "OUTPUT ORDER", "C": "COLLECT"}


@dataclass(frozen=True)
class Hit:
    """A rule that matched, with the values of its output cells."""

    rule: int
    outputs: tuple[Any, ...]


@dataclass(frozen=True)
class Outcome:
    """How a table turns hits into its value. `orders` has, for each output, its allowed values in order of priority (may be empty)."""

    table: str
    hit_policy: str
    aggregation: str
    output_names: tuple[str, ...]
    orders: tuple[tuple[Any, ...], ...]

    def of(self, hits: Sequence[Hit], run: Run) -> Any:
        """The table's value for at least one hit; null, and a violation in the run's journal, when the hit policy is broken."""
        return _POLICIES[self.hit_policy](self, hits, run)

    def one(self, outputs: Sequence[Any]) -> Any:
        """The value of a single hit: the output itself, or a context of several."""
        return outputs[0] if len(self.output_names) == 1 else dict(zip(self.output_names, outputs, strict=True))


def equal(first: Any, second: Any) -> bool:
    """Equality as FEEL defines it; values that cannot be compared are not equal."""
    return feel.equal(first, second) is True


def _unique(outcome: Outcome, hits: Sequence[Hit], run: Run) -> Any:
    return outcome.one(hits[0].outputs) if len(hits) == 1 else _broken(outcome, hits, run)


def _any(outcome: Outcome, hits: Sequence[Hit], run: Run) -> Any:
    first = hits[0].outputs
    agree = all(equal(mine, theirs) for hit in hits[1:] for mine, theirs in zip(first, hit.outputs, strict=True))
    return outcome.one(first) if agree else _broken(outcome, hits, run)


def _broken(outcome: Outcome, hits: Sequence[Hit], run: Run) -> None:
    rules = tuple(hit.rule for hit in hits)
    numbers = ", ".join(map(str, rules))
    unique = outcome.hit_policy == "UNIQUE"
    violation = DecisionError(
        outcome.table,
        rules,
        f"결정표 '{outcome.table}'에서 규칙 {numbers}이(가) 함께 맞아요. "
        + ("UNIQUE 표에서는 한 규칙만 맞아야 해요." if unique else "ANY 표에서 함께 맞는 규칙은 결과가 같아야 해요."),
        f"Rules {numbers} of the table '{outcome.table}' match together; "
        + ("in a UNIQUE table only one may." if unique else "in an ANY table they must have the same outputs."),
    )
    run.journal.violations.append(violation)
    run.warn(outcome.table, str(violation), violation.ko)


def _first(outcome: Outcome, hits: Sequence[Hit], run: Run) -> Any:
    return outcome.one(hits[0].outputs)


def _by_priority(outcome: Outcome, hits: Sequence[Hit]) -> list[Hit]:
    return sorted(hits, key=lambda hit: tuple(_rank(value, order) for value, order in zip(hit.outputs, outcome.orders, strict=True)))


def _rank(value: Any, order: Sequence[Any]) -> int:
    return next((place for place, candidate in enumerate(order) if equal(candidate, value)), len(order))


def _priority(outcome: Outcome, hits: Sequence[Hit], run: Run) -> Any:
    return outcome.one(_by_priority(outcome, hits)[0].outputs)


def _rule_order(outcome: Outcome, hits: Sequence[Hit], run: Run) -> Any:
    return [outcome.one(hit.outputs) for hit in hits]


def _output_order(outcome: Outcome, hits: Sequence[Hit], run: Run) -> Any:
    return [outcome.one(hit.outputs) for hit in _by_priority(outcome, hits)]


def _collect(outcome: Outcome, hits: Sequence[Hit], run: Run) -> Any:
    if not outcome.aggregation:
        return _rule_order(outcome, hits, run)
    aggregate = _AGGREGATES[outcome.aggregation]
    columns = zip(*(hit.outputs for hit in hits), strict=True)
    return outcome.one([aggregate({"values": list(column)}, now=run.now, warnings=run.warnings) for column in columns])


_POLICIES: Final[Mapping[str, Callable[[Outcome, Sequence[Hit], Run], Any]]] = {
    "UNIQUE": _unique,
    "ANY": _any,
    "PRIORITY": _priority,
    "FIRST": _first,
    "RULE ORDER": _rule_order,
    "OUTPUT ORDER": _output_order,
    "COLLECT": _collect,
}
_AGGREGATES: Final = {name: feel.compile(f"{name.lower()}(values)", ("values",)) for name in AGGREGATIONS}
