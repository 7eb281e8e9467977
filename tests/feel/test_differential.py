"""Our values beside those that npm feelin gave (`python -m tests.feel.differential` records them); where they differ, the standard decides."""

import json
import math
from typing import Any

import pytest

from engine import feel
from tests.feel.differential import ANSWERS, CONTEXT, DIFFERENCES, expressions

RECORDED: list[dict[str, Any]] = json.loads(ANSWERS.read_text(encoding="utf-8"))
DIFFERENT: dict[str, dict[str, Any]] = json.loads(DIFFERENCES.read_text(encoding="utf-8"))


def ours(expression: str) -> Any:
    """Our value in the form in which feelin's are recorded."""
    try:
        return shown(feel.evaluate(expression, CONTEXT))
    except feel.FeelError as error:
        return {"error": type(error).__name__}


def shown(value: Any) -> Any:
    """JSON, with functions and ranges marked."""
    if isinstance(value, feel.Function):
        return {"special": "function"}
    if isinstance(value, feel.Range):
        return {"range": [shown(value.start), shown(value.end), value.start_included, value.end_included]}
    if isinstance(value, list):
        return [shown(item) for item in value]
    if isinstance(value, dict):
        return {key: shown(item) for key, item in value.items()}
    return feel.to_json(value)


def same(left: Any, right: Any) -> bool:
    """Equal, numbers as far as JavaScript's have digits."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return math.isclose(left, right, rel_tol=1e-12, abs_tol=1e-12)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    return type(left) is type(right) and left == right


def agrees(answer: dict[str, Any]) -> bool:
    """Whether our value is the recorded one; an error agrees with an error."""
    value = json.loads(json.dumps(ours(answer["expression"]), default=float))
    if "error" in answer:
        return isinstance(value, dict) and value.keys() == {"error"}
    return same(value, answer["value"])


def test_the_recorded_expressions_are_those_of_the_generator() -> None:
    assert [answer["expression"] for answer in RECORDED] == expressions()
    assert len(RECORDED) > 500


@pytest.mark.parametrize("answer", RECORDED, ids=lambda answer: answer["expression"])
def test_the_value_is_feelins_or_the_difference_is_explained(answer: dict[str, Any]) -> None:
    explained = DIFFERENT.get(answer["expression"])
    if explained is None:
        assert agrees(answer), (ours(answer["expression"]), answer)
    else:
        assert explained["section"] and explained["why"] and not agrees(answer)
        assert same(json.loads(json.dumps(ours(answer["expression"]), default=float)), explained["ours"])
