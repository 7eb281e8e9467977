"""What comes in from outside and what goes out again."""

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine import feel


class Lazy(Mapping[str, Any]):
    """A record that is read only where it is asked for."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values_ = values
        self.asked: list[str] = []

    def __getitem__(self, key: str) -> Any:
        self.asked.append(key)
        return self.values_[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_)

    def __len__(self) -> int:
        return len(self.values_)


class Marked(str):
    """A text with a mark of its own."""

    mark = "pii"


def test_a_lazy_context_is_asked_only_for_what_the_expression_reads() -> None:
    record = Lazy({"name": "Kim", "age": 34})
    names = Lazy({"customer": record, "other": 1})
    assert feel.evaluate('customer.name = "Kim" and customer.missing = null', names) is True
    assert record.asked == ["name", "missing"]
    assert set(names.asked) == {"customer"}


def test_lazy_records_can_be_filtered_listed_and_put_into_contexts() -> None:
    people = [Lazy({"name": "Kim", "age": 34}), Lazy({"name": "Lee", "age": 17})]
    assert feel.evaluate("people[age > 18].name", {"people": people}) == ["Kim"]
    assert feel.evaluate("people[item.name = name][1].age", {"people": people}) == 34
    assert feel.evaluate('context put(people[1], "age", 35).age', {"people": people}) == 35
    assert feel.evaluate("get entries(people[2]).key", {"people": people}) == ["name", "age"]
    assert feel.to_json(feel.evaluate("people[1]", {"people": people})) == {"name": "Kim", "age": 34}


def test_two_records_of_the_host_are_equal_when_python_says_so() -> None:
    kim = Lazy({"name": "Kim"})
    assert feel.evaluate("a = b", {"a": kim, "b": kim}) is True
    assert feel.evaluate("a = {name: b}", {"a": kim, "b": "Kim"}) is True


def test_floats_are_the_decimals_that_a_person_reads() -> None:
    assert feel.evaluate("x + y = 0.3", {"x": 0.1, "y": 0.2}) is True
    assert feel.evaluate("sum(prices)", {"prices": [0.1, 0.2]}) == Decimal("0.3")
    assert feel.evaluate("prices[1] + prices[2]", {"prices": (0.1, 0.2)}) == Decimal("0.3")
    assert feel.evaluate("x > 0.05 and x in [0..1] and x = 0.1", {"x": 0.1}) is True
    assert feel.evaluate("count(xs[item = 0.1])", {"xs": [0.1, 0.2, 0.1]}) == 2
    assert feel.evaluate("x = null", {"x": math.nan}) is True


def test_keys_need_not_be_strings() -> None:
    assert feel.evaluate("count(get entries(c)) + x", {"c": {1: "a", "b": 2}, "x": 1, 2: 3}) == 3


def test_numbers_have_34_digits() -> None:
    assert str(feel.evaluate("1 / 3", {})) == "0.3333333333333333333333333333333333"
    assert feel.evaluate("12345678901234567 * 12345678901234567", {}) == Decimal("152415787532388345526596755677489")
    assert feel.evaluate("10 ** 34 + 1 - 10 ** 34", {}) in (0, 1)
    assert feel.evaluate("9999999999999999999999999999999999 + 1", {}) == Decimal("1E34")


def test_python_dates_and_times_are_taken_as_feels() -> None:
    context = {"d": date(2026, 11, 20), "t": time(9, 30), "m": datetime(2026, 11, 20, 9, 30, tzinfo=UTC), "p": timedelta(hours=36)}
    assert feel.evaluate('d + p = @"2026-11-21" and t.hour = 9 and m = @"2026-11-20T18:30:00+09:00" and p = @"P1DT12H"', context) is True
    assert feel.to_json(feel.evaluate("[d, t, m, p]", context)) == ["2026-11-20", "09:30:00", "2026-11-20T09:30:00Z", "P1DT12H"]


def test_feels_dates_become_pythons_where_python_can_hold_them() -> None:
    moment = feel.evaluate('@"2026-11-20T09:30:00@Asia/Seoul"', {}).to_python()
    assert moment.utcoffset() == timedelta(hours=9) and moment.isoformat().startswith("2026-11-20T09:30:00")
    assert feel.evaluate('@"2026-11-20"', {}).to_python() == date(2026, 11, 20)
    assert feel.evaluate('@"PT90M"', {}).to_python() == timedelta(minutes=90)
    with pytest.raises(ValueError, match="year"):
        feel.evaluate('@"12026-11-20"', {}).to_python()


def test_a_text_with_a_mark_of_its_own_passes_through_unchanged() -> None:
    name = Marked("홍길동")
    context = {"name": name, "record": {"name": name}, "list": [name]}
    for expression in ("name", "record.name", "list[1]", "if true then name else null", "{a: name}.a", "get or else(name, null)", 'name + ""'):
        assert feel.evaluate(expression, context) is name, expression
    assert feel.to_json({"name": name})["name"] is name
    assert feel.evaluate('name = "홍길동" and string length(name) = 3 and name in ("홍길동", "x")', context) is True


def test_json_types_come_out_and_go_in_again() -> None:
    value = feel.evaluate('{a: 1, b: 1.5, c: [true, null, "x"], d: {e: 1/3}, f: 10**20, g: 1.0}', {})
    as_json = feel.to_json(value)
    assert as_json == {
        "a": 1,
        "b": 1.5,
        "c": [True, None, "x"],
        "d": {"e": Decimal("0.3333333333333333333333333333333333")},
        "f": 10**20,
        "g": 1,
    }
    assert [type(as_json[key]) for key in "abfg"] == [int, float, int, int]
    assert feel.from_json({"a": 0.1, "b": [1, 2.5, "x"]}) == {"a": Decimal("0.1"), "b": [1, Decimal("2.5"), "x"]}
    with pytest.raises(feel.FeelError, match="function"):
        feel.to_json(feel.evaluate("function(x) x", {}))


def test_the_host_gives_functions_and_nothing_else_can_be_called() -> None:
    context = {"free": feel.Function(lambda capacity, key: len(capacity) + key["n"], ["capacity", "key"], "free"), "len": len, "print": print}
    assert feel.evaluate('free("visit", {n: 2})', context) == 7
    assert feel.evaluate('free(key: {n: 1}, capacity: "x")', context) == 2
    warnings: list[feel.FeelWarning] = []
    assert feel.evaluate('[len("abc"), free("a"), free(capacity: "a", nothing: 1)]', context, warnings=warnings) == [None, None, None]
    assert [warning.message for warning in warnings if "free" in warning.message] == [
        "free(capacity, key) does not take 1 arguments",
        "free(capacity, key) has no parameter 'nothing'",
    ]


def test_functions_of_feel_can_be_called_from_outside() -> None:
    double = feel.evaluate("function(x: number) x * factor", {"factor": 2})
    assert isinstance(double, feel.Function) and double.parameters == ("x",)
    assert double.invoke([21]) == 42 and double.invoke_named({"x": 4}) == 8
    assert double.invoke([]) is None and double.invoke(["a"]) is None
    assert feel.BUILTINS["substring"].invoke(["foobar", 3]) == "obar"


def test_names_of_types_are_public() -> None:
    for expression, name in {
        "1": "number", '"a"': "string", "true": "boolean", '@"2026-11-20"': "date", '@"10:00:00"': "time", '@"2026-11-20T10:00:00"': "date and time",
        '@"P1D"': "days and time duration", '@"P1Y"': "years and months duration", "[]": "list", "{}": "context", "[1..2]": "range",
        "abs": "function", "null": "Null",
    }.items():  # fmt: skip
        assert feel.type_name(feel.evaluate(expression, {})) == name
    assert feel.equal(1, Decimal("1.0")) is True and feel.equal(1, "1") is None and feel.less(1, 2) is True and feel.less(1, "a") is None
