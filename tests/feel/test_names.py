"""Names: what is read, how odd names are found, what lint can learn from a compiled expression."""

import pytest

from engine import feel


def test_korean_names_with_spaces_work_everywhere() -> None:
    context = {"신청인 이름": "홍길동", "주문": {"총 금액": 100, "줄": [{"수 량": 2}]}}
    assert feel.evaluate('신청인 이름 + "님"', context) == "홍길동님"
    assert feel.evaluate("주문.총 금액 * 2", context) == 200
    assert feel.evaluate("주문.줄[수 량 > 1].수 량", context) == [2]
    assert feel.evaluate("for 한 줄 in 주문.줄 return 한 줄.수 량", context) == [2]
    assert feel.evaluate("{총 합: 1 + 2, 두 배: 총 합 * 2}.두 배", {}) == 6
    assert feel.evaluate("(function(첫 수, 둘째 수) 첫 수 - 둘째 수)(둘째 수: 1, 첫 수: 5)", {}) == 4


def test_the_longest_name_in_scope_wins() -> None:
    context = {"a": 5, "b": 2, "a-b": 9, "a-b-c": 7}
    assert feel.evaluate("a-b", context) == 9
    assert feel.evaluate("a-b-c", context) == 7
    assert feel.evaluate("a-b - b", context) == 7
    assert feel.evaluate("(a)-b", context) == 3
    assert feel.evaluate("a-b", {"a": 5, "b": 2}) == 3


def test_the_cache_keeps_expressions_apart_by_the_names_in_scope() -> None:
    assert feel.compile("a-b", ["a", "b"])({"a": 5, "b": 2}) == 3
    assert feel.compile("a-b", ["a-b"])({"a-b": 9}) == 9
    assert feel.compile("a-b", ["a", "b"]) is feel.compile("a-b", ["b", "a", "c"])
    assert feel.compile("a-b", ["a-b"]) is feel.compile("a-b", ["a-b", "x"])


def test_keys_that_are_no_names_do_not_take_over_the_expression() -> None:
    context = {"-": 1, "1": 2, "+ 1": 3, "f(1)": 4, "(": 5, 'a"b': 6, "": 7, " ": 8, "x = 1": 9, "x": 1}
    assert feel.evaluate("3 - 1 + 1", context) == 3
    assert feel.evaluate("x = 1", context) is True
    assert feel.evaluate('get value(c, "f(1)")', {"c": context}) == 4


def test_a_variable_may_have_the_name_of_a_function() -> None:
    context = {"date": "2026-11-20", "count": 3, "sum": [1]}
    assert feel.evaluate("date(date).year + count + count(sum)", context) == 2030
    assert feel.evaluate("date + string(count)", context) == "2026-11-203"


def test_a_call_with_a_literal_gives_the_same_each_time_and_a_function_of_that_name_still_wins() -> None:
    compiled = feel.compile('string(duration("PT90M"))', ["duration"])
    own = feel.Function(lambda text: f"own {text}", ["text"], "duration")
    assert [compiled(context) for context in ({}, {}, {"duration": own}, {"duration": 1}, {})] == [
        "PT1H30M",
        "PT1H30M",
        "own PT90M",
        "PT1H30M",
        "PT1H30M",
    ]
    for _ in range(2):
        warnings: list[feel.FeelWarning] = []
        assert feel.evaluate('duration("nothing")', {}, warnings=warnings) is None and len(warnings) == 1


def test_a_property_may_have_any_name_that_is_a_word() -> None:
    context = {"r": {"in": 1, "if": 2, "date": 3, "start position": 4}}
    assert feel.evaluate("[r.in, r.if, r.date, r.start position]", context) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("expression", "names", "paths", "maybe"),
    [
        ('region = "seoul" and plan != "basic"', {"region", "plan"}, [("plan",), ("region",)], set()),
        ("subscription.status", {"subscription"}, [("subscription", "status")], set()),
        ("cancellation.subscription.status = x", {"cancellation", "x"}, [("cancellation", "subscription", "status"), ("x",)], set()),
        ("count(technician[region = key.region and active])", {"technician"}, [("technician",)], {"region", "key", "active"}),
        ("for t in technician return t.name + suffix", {"technician", "suffix"}, [("suffix",), ("technician",)], set()),
        ("{a: 1, b: a + c}.b", {"c"}, [("c",)], set()),
        ("(function(x) x + y)(1)", {"y"}, [("y",)], set()),
        ("sort(xs, function(a, b) a.n < b.n)", {"xs"}, [("xs",)], set()),
        ("today() > date(form.birth_date)", {"form"}, [("form", "birth_date")], set()),
        ("free(k).left", {"free"}, [("free",), ("k",)], set()),
    ],
)
def test_a_compiled_expression_says_what_it_reads(expression: str, names: set[str], paths: list[tuple[str, ...]], maybe: set[str]) -> None:
    compiled = feel.compile(expression)
    if expression.startswith("free"):
        names = {*names, "k"}
    assert (compiled.names_read, compiled.paths_read, compiled.names_maybe) == (frozenset(names), paths, frozenset(maybe))
    assert compiled.text == expression


def test_the_tested_value_is_not_a_name_that_is_read() -> None:
    assert feel.compile_unary("? > low and ? < high").names_read == {"low", "high"}
    assert feel.compile_unary('"a", "b"').names_read == frozenset()


def test_types_of_the_host_serve_instance_of_and_parameters() -> None:
    types = {"tAge": lambda value: feel.type_name(value) == "number" and value >= 0, "my.tPerson": lambda value: isinstance(value, dict)}
    expression = feel.compile("[x instance of tAge, y instance of my.tPerson, (function(a: tAge) a + 1)(x), (function(a: tAge) a)(-1)]", (), types)
    assert expression({"x": 3, "y": {}}) == [True, True, 4, None]
    assert feel.compile("x instance of tAge")({"x": 3}) is None
    assert feel.compile("x instance of list<tAge>", (), types)({"x": [1, None]}) is True
