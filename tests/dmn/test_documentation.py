"""Every example of docs/analyst/decision-tables.md is run exactly as it is written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from engine import dmn, feel
from tests.dmn import building

PAGE = Path(__file__).parents[2] / "docs" / "analyst" / "decision-tables.md"
CODE = re.compile(r"`([^`]+)`")


@dataclass
class Example:
    """A table of the page and the lines below it."""

    line: int
    head: str
    rules: list[list[str]] = field(default_factory=list)
    cases: list[tuple[str, str]] = field(default_factory=list)
    breaks: list[tuple[str, str]] = field(default_factory=list)
    checks: list[tuple[str, str]] = field(default_factory=list)

    def model(self) -> dmn.Model:
        policy, *columns = [cell.strip() for cell in self.head.strip("|").split("|")]
        outputs = [CODE.findall(column) for column in columns if not column.startswith("`")]
        inputs = [column.strip("`") for column in columns if column.startswith("`")]
        allowed = {found[0]: found[1] for found in outputs if len(found) == 2}
        table = building.table(policy, inputs, [found[0] for found in outputs], self.rules, allowed)
        return dmn.parse(building.file(building.decision("d", table)))


def examples() -> Iterator[Example]:
    current: Example | None = None
    for number, line in enumerate(PAGE.read_text(encoding="utf-8").splitlines(), start=1):
        if re.match(r"\| [UAFPROC][+<>#]? \|", line):
            current = Example(number, line)
            yield current
        elif current is not None and re.match(r"\| \d+ \|", line):
            current.rules.append([cell.strip().strip("`") for cell in line.strip("|").split(" | ")][1:])
        elif current is not None and line.startswith("- "):
            read_line(current, line)


def read_line(example: Example, line: str) -> None:
    texts = CODE.findall(line)
    if re.search(r"(입력|input) `", line):
        wanted = example.breaks if re.search("오류|error", line) else example.cases
        wanted.append((texts[0], texts[1]))
    elif re.match(r"- (검사|check) `", line):
        example.checks.append((texts[0], line))


EXAMPLES = list(examples())


@pytest.fixture(params=EXAMPLES, ids=lambda example: f"line {example.line}")
def example(request) -> Example:
    return request.param


def test_the_page_shows_every_hit_policy_in_both_languages():
    shown = [example.head.split("|")[1].strip() for example in EXAMPLES]
    assert {policy: shown.count(policy) % 2 for policy in shown} == dict.fromkeys(["U", "F", "A", "P", "R", "O", "C", "C+", "C<", "C>", "C#"], 0)
    assert all(example.cases for example in EXAMPLES)


def test_an_example_gives_the_answer_that_the_page_says(example: Example):
    for inputs, answer in example.cases:
        got = example.model().decide("d", feel.evaluate(inputs, {})).value
        assert feel.to_json(got) == feel.to_json(feel.evaluate(answer, {})), inputs


def test_an_example_of_a_broken_hit_policy_names_the_rules(example: Example):
    for inputs, rules in example.breaks:
        with pytest.raises(dmn.DecisionError) as caught:
            example.model().decide("d", feel.evaluate(inputs, {}))
        assert caught.value.rules == tuple(map(int, rules.split(", ")))


def test_the_checks_find_what_the_page_says(example: Example):
    found = dmn.check(example.model())
    for rule, line in example.checks:
        finding = next(finding for finding in found if finding.rule == rule)
        number = re.search(r"(규칙|rule) (\d+)", line)
        sample = re.search(r"`(\w+ = \d+)`", line)
        assert number is None or f"rule {number[2]} " in finding.en
        assert sample is None or sample[1] in finding.en
    assert {finding.rule for finding in found if finding.level == "error"} <= {rule for rule, _ in example.checks}
