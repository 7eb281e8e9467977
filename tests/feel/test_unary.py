"""Cells of decision tables."""

from typing import Any

import pytest

from engine import feel

CONTEXT = {"limit": 10, "names": ["a", "b"], "steps": feel.evaluate("[1..5]", {}), "yes": True, "none": None}


@pytest.mark.parametrize(
    ("cell", "value", "holds"),
    [
        ("-", 1, True),
        ("-", None, True),
        ('"a"', "a", True),
        ('"a", "b"', "b", True),
        ('"a", "b"', "c", False),
        ('not("a", "b")', "c", True),
        ('not("a", "b")', "a", False),
        ("5", 5, True),
        ("-5", -5, True),
        ("< 5", 4, True),
        ("<= 5, > 9", 10, True),
        ("= 5", 5, True),
        ("!= 5", 5, False),
        ("[1..5]", 5, True),
        ("[1..5)", 5, False),
        ("]1..5]", 1, False),
        ("(1..5)", 3, True),
        ("[1..5[", 5, False),
        ("limit", 10, True),
        ("< limit * 2", 19, True),
        ("names", "b", True),
        ("names", "c", False),
        ("names", ["a", "b"], True),
        ("steps", 3, True),
        ("steps", 7, False),
        ("? > 5 and ? < limit", 7, True),
        ("? > 5 and ? < limit", 12, False),
        ("? in names", "a", True),
        ('contains(?, "x")', "axb", True),
        ("? = false", False, True),
        ("? = true", False, False),
        ("true", True, True),
        ("true", False, False),
        ("false", False, True),
        ("not(true)", False, True),
        ("limit > 5", "anything", True),
        ("limit > 50", "anything", False),
        ("null", None, True),
        ("null", 1, False),
        ("not(null)", 1, True),
        ("not(null)", None, False),
        ("> 5", None, None),
        ("[1..5]", None, None),
        ("[1..5]", "a", None),
        ('"a"', 1, None),
        ("none", None, True),
        ('@"2026-11-20"', feel.evaluate('@"2026-11-20"', {}), True),
        ('[@"2026-11-01"..@"2026-11-30"]', feel.evaluate('@"2026-11-20"', {}), True),
        ('duration("P1D")', feel.evaluate('@"PT24H"', {}), True),
        ("if ? > 3 then true else false", 4, True),
        ("some n in names satisfies n = ?", "b", True),
        ("yes", True, True),
        ("(1)", 1, True),
        ("(1 + 1)", 2, True),
        ("[1, 2, 3]", 2, True),
        ("not([1..5], 7)", 6, True),
        ("{a: 1}", {"a": 1}, True),
        ("< 5, null", None, True),
        ("list contains(?, 2)", [1, 2], True),
        ("count(?) > 1", [1, 2], True),
        ("every x in ? satisfies x > 0", [1, 2], True),
    ],
)
def test_a_cell_holds_for_a_value(cell: str, value: Any, holds: bool | None) -> None:
    assert feel.unary_test(cell, value, CONTEXT) is holds


@pytest.mark.parametrize("cell", ["", ",", "<", "not(", "not()", "1,", "[1..", "- 1 -", "a b"])
def test_a_cell_that_is_none_is_a_syntax_error(cell: str) -> None:
    with pytest.raises(feel.FeelSyntaxError):
        feel.compile_unary(cell)


def test_the_in_operator_tests_like_a_cell() -> None:
    for expression in (
        "5 in (1, 5)",
        "5 in [1..5]",
        "5 in (1..6)",
        "5 in < 6",
        "5 in (< 3, > 4)",
        "5 in [1, 5]",
        "not(5 in (1..5))",
        "5 in steps",
        "3 in steps and true",
        "5 in (? > 3)",
        "[1] in [[1], [2]]",
        "null in [1, null]",
        "5 in ([1..3], [4..6])",
        "5 in [[1..3], [4..6]]",
        "(5 in (1..6)) = true",
        "5 in limit / 2",
        "5 in (limit) / 2",
        "5 in ((5))",
        "5 in =5",
        "5 in (!=4)",
        'date("2026-11-20") in [@"2026-11-01"..@"2026-11-30"]',
    ):
        assert feel.evaluate(expression, CONTEXT) is True, expression
