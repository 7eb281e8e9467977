"""Why is this null? Each null has a reason and a place."""

import pytest

from engine import feel


@pytest.mark.parametrize(
    ("expression", "message", "where"),
    [
        ("missing", "there is no variable 'missing'", "missing"),
        ("order.nothing", "there is no entry 'nothing'", "order.nothing"),
        ("memo.text", "cannot read 'text' of null", "memo.text"),
        ("n.text", "a number has no property 'text'", "n.text"),
        ("1 + memo", "cannot add: the right side is null", "1 + memo"),
        ("memo * 2", "cannot multiply: the left side is null", "memo * 2"),
        ('1 + "a"', "cannot add number and string", '1 + "a"'),
        ("n / 0", "division by zero", "n / 0"),
        ("memo > 1", "cannot compare: one side is null", "memo > 1"),
        ('n = "7"', "cannot compare number with string", 'n = "7"'),
        ("true and n", "'and' and 'or' need true or false, found number", "true and n"),
        ("if n then 1 else null", "the condition of 'if' is number, taken as false", "n"),
        ("[1, 2][5]", "the list of 2 items has no item 5", "[1, 2][5]"),
        ("for x in memo return x", "cannot walk through null", "for x in memo return x"),
        ('date("2026-02-30")', "'2026-02-30' is no date", 'date("2026-02-30")'),
        ('@"nothing"', "is no date, time or duration", '@"nothing"'),
        ("substring(n, 1)", "substring: 'string' must be string, found number", "substring(n, 1)"),
        ("substring()", "substring(string, start position, length) does not take 0 arguments", "substring()"),
        ("substring(text: 1)", "substring(string, start position, length) has no parameter 'text'", "substring(text: 1)"),
        ("nothing(1)", "there is no such function", "nothing(1)"),
        ("n(1)", "a number cannot be called", "n(1)"),
        ("[5..1]", "the range ends before it begins", "[5..1]"),
        ("[memo..1]", "an end of the range is null", "[memo..1]"),
        ("{a: 1, a: 2}", "a key occurs twice", "{a: 1, a: 2}"),
        ('matches("a", "(")', "the pattern is wrong at character 2", 'matches("a", "(")'),
        ("n instance of tNothing", "there is no type 'tNothing'", "n instance of tNothing"),
        ('-"a"', "cannot negate a string", '-"a"'),
        ("10 ** 7000", "the result of '**' is not a number that FEEL can hold", "10 ** 7000"),
    ],
)
def test_the_warning_says_why_and_where(expression: str, message: str, where: str) -> None:
    warnings: list[feel.FeelWarning] = []
    feel.evaluate(expression, {"order": {}, "memo": None, "n": 7}, warnings=warnings)
    assert (message, where) in [(warning.message, warning.where) for warning in warnings]
    assert all(warning.ko and warning.line >= 1 and warning.column >= 1 for warning in warnings)


def test_the_place_counts_lines_and_columns() -> None:
    warnings: list[feel.FeelWarning] = []
    feel.evaluate("1 +\n  memo * 2", {"memo": None}, warnings=warnings)
    assert [(warning.line, warning.column, warning.where) for warning in warnings] == [(2, 3, "memo * 2"), (1, 1, "1 +\n  memo * 2")]


@pytest.mark.parametrize("expression", ["missing = null", "is defined(a.b)", "get or else(a.b.c, 1)", "null != missing.x", "x.y = null or true"])
def test_asking_whether_something_is_null_is_not_warned_about(expression: str) -> None:
    warnings: list[feel.FeelWarning] = []
    feel.evaluate(expression, {}, warnings=warnings)
    assert warnings == []


def test_what_has_a_value_warns_of_nothing() -> None:
    warnings: list[feel.FeelWarning] = []
    assert feel.evaluate("count([1, null]) + sum([1, 2])", {}, warnings=warnings) == 5
    assert warnings == []


def test_a_condition_that_does_not_hold_in_assert_is_an_error() -> None:
    assert feel.evaluate("assert(n, n > 5)", {"n": 7}) == 7
    with pytest.raises(feel.FeelAssertionError, match="too small"):
        feel.evaluate('assert(n, n > 5, "too small")', {"n": 3})
