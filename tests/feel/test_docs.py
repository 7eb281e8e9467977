"""Every example on the analysts' page of FEEL is true."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine import feel
from engine.feel import limits
from engine.feel.builtins import BUILTINS

PAGE = (Path(__file__).parents[2] / "docs/analyst/feel.md").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=ZoneInfo("Asia/Seoul"))


def blocks(language: str) -> list[str]:
    """The texts of the page's code blocks in that language."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


CONTEXT: dict[str, Any] = json.loads(blocks("json")[0])
LINES = [line for block in blocks("feel") for line in block.splitlines() if "→" in line]
CELLS = [line for block in blocks("cells") for line in block.splitlines() if "←" in line]


@pytest.mark.parametrize("line", LINES)
def test_the_expression_has_the_value_on_the_page(line: str) -> None:
    expression, value = (part.strip() for part in line.split("→"))
    got, wanted = feel.evaluate(expression, CONTEXT, now=NOW), feel.evaluate(value, {}, now=NOW)
    assert feel.to_json(got) == feel.to_json(wanted)
    assert feel.equal(got, wanted) is True


@pytest.mark.parametrize("line", CELLS)
def test_the_cell_holds_or_does_not_hold_as_the_page_says(line: str) -> None:
    result, value, cell = (part.strip() for part in re.split(r"←|  \|  ", line))
    assert feel.unary_test(cell, feel.evaluate(value, {}), CONTEXT, now=NOW) is (result == "true")


def test_the_page_has_examples_in_both_languages() -> None:
    korean, english = PAGE.split("\n# Writing expressions: FEEL")
    assert korean.count("→") > 60 and english.count("→") > 45 and len(CELLS) == 8


def test_the_page_gives_the_bound_on_the_length() -> None:
    assert PAGE.count(f"{limits.MAX_TEXT:,}") == 2


def test_the_page_names_every_built_in_function() -> None:
    listed = set(re.findall(r"`([a-z][a-z0-9 ]*)`\*?", PAGE.split("## All functions")[1].split("##")[0]))
    assert set(BUILTINS) <= listed


@pytest.mark.parametrize(
    ("expression", "message"),
    [('"3" > 2', "cannot compare string with number"), ("spede > 3", "there is no variable 'spede'")],
)
def test_the_warnings_are_those_on_the_page(expression: str, message: str) -> None:
    warnings: list[feel.FeelWarning] = []
    assert feel.evaluate(expression, CONTEXT, warnings=warnings) is None
    assert message in [warning.message for warning in warnings]


def test_the_error_of_an_endless_range_is_the_one_on_the_page() -> None:
    with pytest.raises(feel.FeelLimitError, match="more than 100000 items") as caught:
        feel.evaluate("for i in 1..10**9 return i", {})
    assert "100000개를 넘어요" in caught.value.ko
