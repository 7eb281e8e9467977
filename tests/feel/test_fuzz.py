"""Whatever is typed, the parser answers with an expression or with an error that says where; never with anything else."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import feel

_TOKENS = """
a b item partial date time and or not in if then else for some every satisfies return between instance of function list context null true false
string length date and time 홍길동 🐎 ? ( ) [ ] { } < > <= >= = != + - * / ** . .. , : -> @ 1 2.5 .5 1e3 "x" "\\u0041" "\\d+" @"P1D" // /* */ number
"""
_WORDS = st.sampled_from([*_TOKENS.split(), " ", "\n", "\t"])
_SOUP = st.lists(_WORDS, max_size=30).map(" ".join)
_GLUED = st.lists(_WORDS, max_size=30).map("".join)
_LEAVES = st.sampled_from(["1", "-2.5", '"a"', "true", "null", "x", "y z", "[1,2,3]", "{a: 1, b: [2]}", '@"2026-11-20"', '@"PT1H"', "[1..5]"])


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from(["+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=", "and", "or", "in"])
    return st.one_of(
        st.tuples(inner, operators, inner).map(lambda p: f"({p[0]}) {p[1]} ({p[2]})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]})[{p[1]}]"),
        st.tuples(inner, inner, inner).map(lambda p: f"if {p[0]} then {p[1]} else {p[2]}"),
        st.tuples(inner, inner).map(lambda p: f"for i in {p[0]} return {p[1]}"),
        st.tuples(inner, inner).map(lambda p: f"some i in {p[0]} satisfies {p[1]}"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]}) between ({p[1]}) and 3"),
        inner.map(lambda p: f"({p}).a"),
        inner.map(lambda p: f"-({p})"),
        st.tuples(st.sampled_from(["count", "sum", "string", "not", "date", "min", "flatten", "get entries", "abs", "string length"]), inner).map(
            lambda p: f"{p[0]}({p[1]})"
        ),
        st.tuples(inner, inner).map(lambda p: f"(function(q) {p[0]})({p[1]})"),
    )


_EXPRESSIONS = st.recursive(_LEAVES, _larger, max_leaves=12)


def _answers(text: str) -> None:
    for make in (feel.compile, feel.compile_unary):
        try:
            make(text, ["y z", "a-b", "홍 길동"])
        except (feel.FeelSyntaxError, feel.FeelLimitError) as error:
            assert str(error)
            if isinstance(error, feel.FeelSyntaxError):
                assert error.line >= 1 and error.column >= 1 and error.expected and error.expression == text


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.text(max_size=60), _SOUP, _GLUED))
def test_any_text_is_an_expression_or_a_syntax_error(text: str) -> None:
    _answers(text)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_EXPRESSIONS)
def test_any_well_formed_expression_has_a_value_that_can_be_shown(text: str) -> None:
    warnings: list[feel.FeelWarning] = []
    value = feel.evaluate(text, {"x": 3, "y z": {"a": [1.5, None]}}, warnings=warnings)
    try:
        feel.to_json(value)
    except feel.FeelError as error:
        assert "function" in str(error)
    assert feel.evaluate(text, {"x": 3, "y z": {"a": [1.5, None]}}) == value or "function" in text


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=12))
def test_any_pattern_matches_or_gives_null(text: str, pattern: str, replacement: str) -> None:
    context = {"t": text, "p": pattern, "r": replacement}
    assert feel.evaluate("matches(t, p)", context) in (True, False, None)
    assert isinstance(feel.evaluate("replace(t, p, r)", context), str | None)
    parts = feel.evaluate("split(t, p)", context)
    assert parts is None or "".join(parts) in text or len(parts) > 1


@pytest.mark.parametrize(
    ("expression", "line", "column", "expected", "found"),
    [
        ("1 +", 1, 4, "an expression", ""),
        ("(1 + 2", 1, 7, "')'", ""),
        ("if a then b", 1, 12, "'else'", ""),
        ("a b", 1, 3, "an operator or the end of the expression", "b"),
        ("1 +\n  2 +\n  )", 3, 3, "an expression", ")"),
        ('"abc', 1, 1, "'\"' that ends this string", '"abc'),
        ("for in [1] return 1", 1, 5, "the name of a variable and 'in'", "in"),
        ("[1, 2,]", 1, 7, "an expression", "]"),
        ("{a 1}", 1, 2, "a key and ':'", "a"),
        ("f(a: 1, 2)", 1, 9, "a named argument, as the ones before", "2"),
        ("x instance of", 1, 14, "the name of a type", ""),
        ("1 § 2", 1, 3, "an expression or an operator", "§"),
        ("/* never ends", 1, 1, "'*/' that ends this comment", "/*"),
        ("1a", 1, 2, "an operator after the number", "a"),
        ("a.", 1, 3, "the name of a property", ""),
        ("[1..2", 1, 6, "']', ')' or '[' that ends the range", ""),
    ],
)
def test_a_syntax_error_says_where_and_what_was_expected(expression: str, line: int, column: int, expected: str, found: str) -> None:
    with pytest.raises(feel.FeelSyntaxError) as caught:
        feel.compile(expression)
    error = caught.value
    assert (error.line, error.column, error.expected, error.found) == (line, column, expected, found)
    assert error.expression == expression and error.ko
