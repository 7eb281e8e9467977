"""Operators and functions beyond the standard's own examples: null, wrong kinds, edges."""

import random
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from engine import feel

NULLS = """
null + 1
1 - null
"a" - "b"
"a" * 2
[1] + [2]
true + true
1 / 0
0 ** -1
(-8) ** 0.5
-null
-"a"
1 < "1"
true < false
[1] < [2]
{a: 1} < {a: 2}
@"2026-11-20" < @"2026-11-20T10:00:00"
@"P1Y" < @"P1D"
@"P1Y" = @"P365D"
1 = [1]
@"2026-11-20" + 1
@"2026-11-20" + @"2026-11-21"
@"10:00:00" + @"P1Y"
@"P1Y" + @"P1D"
@"P1D" * @"P1D"
1 / @"P1D"
@"P1D" / 0
@"2026-11-20T10:00:00" - @"2026-11-20T10:00:00Z"
@"2026-11-20" - @"2026-11-20T10:00:00"
@"10:00:00Z" - @"10:00:00"
[1, 2, 3][0]
[1, 2, 3][4]
null[1]
null[true]
[1, 2, 3]["a"]
[1, 2][1.5]
{a: 1}.b
null.a
5.a
for x in null return x
for x in 1..2.5 return x
for x in "a".."c" return x
some x in null satisfies true
every x in [1] satisfies "a"
some x in [1] satisfies null
5 in [null..10]
[1..null]
[5..1]
["a"..1]
abs()
abs(1, 2)
abs("1")
abs(number: 1)
sum([1, "a"])
sum([1, null])
sum(null)
max([1, "a"])
min(null)
mean([])
median(["a"])
stddev([1])
mode([1, "a"])
count(null)
all([true, 1])
any([false, null])
all(0)
sublist([1, 2, 3], 0)
sublist([1, 2, 3], 4)
sublist([1, 2, 3], 2, 3)
sublist([1, 2, 3], 1, 0)
insert before([1], 3, 2)
remove([1], 2)
list replace([1], 2, 9)
list replace([1], function(item, newItem) "x", 9)
sort([1, 2], function(a, b) "x")
sort([1, 2], function(a) true)
sort([1, 2])
concatenate([1], null)
substring("abc", 0)
substring("abc", 4)
substring("abc", 2, 0)
substring("abc", 2, 3)
string length(null)
upper case(1)
contains("a", null)
split("abc", "")
split("abc", "(")
replace("abc", "x*", "-")
replace("abc", "b", "$")
replace("abc", "b", "\\\\")
replace("abc", "b", "x", "y")
matches("abc", "b", "q")
string join([1, 2], ",")
number("1,5")
number("1.5", ".", ".")
number("1e", null, null)
number(5, ".", ",")
decimal(1, null)
decimal(1, 7000)
floor(null)
modulo(1, 0)
sqrt(-1)
log(0)
log(-1)
odd("1")
date("2026-2-1")
date("26-02-01")
date("2026-02-29")
date("2026-11-20T00:00:00")
date(2026, 13, 1)
date(2026, 1.5, 1)
date(null)
time("24:00:01")
time("10:60:00")
time("10:00:60")
time(24, 0, 0)
time(10, 0, 60)
time(10, 0, 0, duration("PT15H"))
time("10:00:00+15:00")
time("10:00:00@Nowhere/Land")
date and time("2026-11-20 10:00:00")
date and time("2026-11-20T25:00:00")
date and time(null, time("10:00:00"))
duration("P1Y1D")
duration("P")
duration("PT")
duration("1D")
duration("P1.5D")
years and months duration(@"2026-11-20", null)
range("1..5")
range("[5..1]")
range("[..]")
range("[1..a]")
get value(null, "a")
get value({a: 1}, 1)
get entries([1])
context([{key: 1, value: 1}])
context([{key: "a", value: 1}, {key: "a", value: 2}])
context put({a: 1}, ["a", "b"], 2)
context put(null, "a", 1)
context merge([1])
day of week("2026-11-20")
before(1, "a")
before([1..5], "a")
meets([1..5], 5)
is defined(null, 1)
partition([1], 0)
(function(x: number) x)("a")
(function(x) x)(1, 2)
(function(x) x)(y: 1)
(function(x) external {java: {class: "java.lang.Math", method signature: "abs(int)"}})(1)
1 instance of nothing
[1] instance of list
not(1)
not(null)
from json("{")
from json("NaN")
"""

TRUES = """
1 = 1.0 and 1 != 2 and not(1 = 2)
(1 = 2) = false
[1, [2]] = [1.0, [2]] and not([1] = [1, 2]) and not([1] = ["1"])
{a: 1, b: 2} = {b: 2, a: 1} and not({a: 1} = {a: 1, b: null})
[1..5] = [1..5] and not([1..5] = [1..5)) and (< 5) = (< 5)
abs = abs
null = null and not(1 = null) and (null != 1)
@"2026-11-20T10:00:00Z" = @"2026-11-20T19:00:00+09:00" and @"2026-11-20T10:00:00@Asia/Seoul" = @"2026-11-20T10:00:00+09:00"
@"2026-11-20T10:00:00" = @"2026-11-20T10:00:00Z" and @"10:00:00" = @"10:00:00+09:00"
@"2026-11-20T10:00:00" < @"2026-11-20T10:00:01Z"
@"10:00:00Z" < @"10:00:00-01:00" and @"10:00:00@Asia/Seoul" = @"10:00:00+09:00"
@"P1Y" = @"P12M" and @"P1D" = @"PT24H" and -@"P1D" = @"-P1D"
@"P1Y" * 1.5 = @"P18M" and @"P1Y" / 5 = @"P2M" and @"P1Y" / @"P6M" = 2 and @"P1D" * 0.5 = @"PT12H"
@"2026-01-31" + @"P1M" = @"2026-02-28" and @"2024-02-29" - @"P1Y" = @"2023-02-28" and @"2026-03-31" - @"P1M" = @"2026-02-28"
@"2026-11-20" + @"PT36H" = @"2026-11-21" and @"2026-11-20" - @"PT1H" = @"2026-11-19" and @"P1D" + @"2026-11-20" = @"2026-11-21"
@"2026-11-20" - @"2026-11-20T00:00:00Z" = @"PT0S"
@"2026-03-08T01:30:00@America/New_York" + @"PT1H" = @"2026-03-08T03:30:00@America/New_York"
@"23:30:00" + @"PT45M" = @"00:15:00" and @"00:15:00" - @"PT45M" = @"23:30:00" and @"10:00:00" - @"09:00:00" = @"PT1H"
@"-0001-12-31" < @"0000-01-01" and @"999999999-12-31" > @"-999999999-01-01" and string(@"-2026-01-02") = "-2026-01-02"
@"2026-11-20T23:00:00Z" < @"2026-11-21T08:30:00+09:00"
@"2026-11-20T10:00:00+09:00".time offset = @"PT9H" and @"2026-11-20T10:00:00@Asia/Seoul".timezone = "Asia/Seoul"
@"2026-11-20T10:00:00@Asia/Seoul".time offset = @"PT9H" and @"10:00:00".time offset = null and @"10:00:00Z".timezone = null
@"-P1DT2H".days = -1 and @"-P1DT2H".hours = -2 and @"-P14M".years = -1 and @"-P14M".months = -2 and @"PT1.5S".seconds = 1.5
@"10:00:01.25".second = 1.25 and @"10:00:01.250".second = 1.25 and string(@"10:00:01.250") = "10:00:01.25"
time(10, 0, 1.5) = @"10:00:01.5" and time("10:00") = @"10:00:00" and time("24:00:00") = @"00:00:00"
date and time("2026-12-31T24:00:00") = @"2027-01-01T00:00:00" and date and time("2026-11-20Z") = @"2026-11-20T00:00:00Z"
date and time(@"2026-11-20T10:00:00Z", "Asia/Seoul") = @"2026-11-20T19:00:00@Asia/Seoul"
string(date and time(@"2026-11-20T10:00:00Z", "Asia/Seoul")) = "2026-11-20T19:00:00@Asia/Seoul"
years and months duration(@"2013-08-24", @"2011-12-22") = @"-P1Y8M" and years and months duration(@"2026-11-20T10:00:00", @"2027-12-20") = @"P1Y1M"
week of year(@"2027-01-03") = 53 and week of year(@"2026-12-31") = 53 and day of year(@"2024-12-31") = 366
2 ** 3 ** 2 = 64 and -3 ** 2 = 9 and -(3 ** 2) = -9 and 2 + 3 * 4 - 6 / 3 = 12 and 7 - 2 - 1 = 4 and 1.2e3 = 1200 and .5e1 = 5
(if 1 = 1 then 2 else 3) + 1 = 3 and (if null then 1 else 2) = 2
(for x in [[1, 2], [3]], y in x return y) = [1, 2, 3] and (for x in 3..1 return x) = [3, 2, 1] and (for x in [1..3) return x) = [1, 2]
(for x in 5 return x) = [5] and (for d in @"2026-11-30"..@"2026-12-01" return d) = [@"2026-11-30", @"2026-12-01"]
(for i in 1..4 return count(partial)) = [0, 1, 2, 3] and (for i in 1..3 return if i = 1 then 1 else sum(partial)) = [1, 1, 2]
(some x in [1, 2], y in [2, 3] satisfies x = y) and (every x in [] satisfies false) and not(some x in [] satisfies true)
(every x in [true, null] satisfies x) = null and (some x in [null, true] satisfies x)
[1, 2, 3, 4][item > 1][1] = 2 and [{item: 1}, {item: 2}][item > 1] = [{item: 2}] and 5[1] = 5 and 5[item > 9] = []
[{a: 1}, {b: 2}].a = [1, null] and [[{a: 1}], [{a: 2}]].a = [[1], [2]] and [][1] = null and [][item > 1] = []
{i: 2, r: [10, 20, 30][i]}.r = 20 and [1, 2, 3][-1] = 3 and [1, 2, 3][count(item) = 1] = [1, 2, 3] and [1, null][item = null] = [null]
flatten(5) = [5] and count(5) = 1 and upper case(["a"]) = "A" and list contains(1, 1) and concatenate(1, [2]) = [1, 2]
min("b", "a") = "a" and max([@"2026-11-20", @"2026-11-21"]) = @"2026-11-21" and min(@"P1D", @"PT1H") = @"PT1H"
list contains([1, null], null) and index of([1, null, 1], null) = [2] and distinct values([1, "1", 1.0, null, null]) = [1, "1", null]
sublist([1, 2, 3], -2) = [2, 3] and sublist([1, 2, 3], -3, 2) = [1, 2] and insert before([1, 2], -1, 9) = [1, 9, 2] and remove([1, 2], -1) = [1]
sort(["b", "a"], function(x, y) x < y) = ["a", "b"] and sort([], function(x, y) x < y) = []
{f: function(x) x * 2, g: function(h, x) h(h(x)), r: g(f, 3)}.r = 12 and (function() 5)() = 5 and [function(x) x + 1][1](2) = 3
substring("가나다라", -2, 1) = "다" and string length("a\\u0301") = 2 and "\\uD83D\\uDC0E" = "\\U01F40E" and string length("🐎") = 1
substring before("foobar", "") = "" and substring after("foobar", "") = "foobar" and substring after("a", "b") = "" and split("", ",") = [""]
string([1, "a", null, {b: [true]}]) = "[1, \\"a\\", null, {b: [true]}]" and string({"a b": 1, "c+": 2}) = "{a b: 1, \\"c+\\": 2}"
string(1.50) = "1.5" and string(100) = "100" and string(10 ** 20) = "100000000000000000000" and string(0.000001) = "0.000001" and string(-0.0) = "0"
string(true) = "true" and string("x") = "x" and string(@"P1Y2M") = "P1Y2M" and string(@"PT0S") = "PT0S" and string([1..5)) = "[1..5)"
number("1 000,5", " ", ",") = 1000.5 and number("-1.5") = -1.5 and number("1.000", ".", ",") = 1000 and number("15", null, null) = 15
decimal(-2.5, 0) = -2 and decimal(1234, -2) = 1200 and floor(-1.5, 0) = -2 and round half up(-2.5, 0) = -3 and round half down(-2.5, 0) = -2
modulo(-5, 3) = 1 and modulo(5, -3) = -1 and modulo(5.5, 2) = 1.5 and even(-2) and odd(-1) and not(odd(1.5)) and not(even(1.5))
abs(-@"P1Y") = @"P1Y" and exp(0) = 1 and log(1) = 0 and sqrt(2) ** 2 > 1.999
get value({a: {b: 1}}, ["a", "b"]) = 1 and context put({}, "a", 1) = {a: 1} and context([]) = {} and context merge([]) = {}
[1, 2] instance of list<number> and not(["a"] instance of list<number>) and [] instance of list<string> and [1..2] instance of range<number>
1 instance of Any and {a: 1, b: "x"} instance of context<a: number> and not({b: 1} instance of context<a: number>)
@"P1Y" instance of years and months duration and @"P1D" instance of days and time duration and @"10:00:00" instance of time
(function(a: number) "x") instance of function<number>->string and not((function(a) a) instance of function<number>->string)
is(@"10:00:00Z", @"10:00:00+00:00") and not(is(@"10:00:00Z", @"10:00:00@Etc/UTC")) and is(1, 1.0) and not(is(1, "1")) and is(null, null)
is([1, {a: 1}], [1.0, {a: 1}]) and not(is([true], [1])) and not(is([@"10:00:00Z"], [@"10:00:00"]))
before(1, [2..3]) and after([2..3], 1) and before((< 2), [3..4]) and includes((> 5), 9) and not(overlaps([1..2], (2..3]))
"a" < "b" and "Z" < "a" and "가" < "나" and "a" < "aa" and "" < "a"
from json("{\\"a\\": [1, 2.5, null, true]}") = {a: [1, 2.5, null, true]}
to json({a: [1, null], b: @"P1D"}) = "{\\"a\\": [1, null], \\"b\\": \\"P1D\\"}"
extract("a1b22", "[0-9]+") = ["1", "22"] and trim(" a ") = "a" and is blank(" ")
to base64("FEEL") = "RkVFTA==" and duplicate values([1, 2, 1]) = [1]
/* a */ 1 + // b
"""


@pytest.mark.parametrize("expression", NULLS.strip().splitlines())
def test_it_is_null_and_says_why(expression: str) -> None:
    warnings: list[feel.FeelWarning] = []
    assert feel.evaluate(expression.replace("\\\\\\\\", "\\\\"), {}, warnings=warnings) is None
    quiet = ("is defined", "all(", "any(", "some x in [1] satisfies null", "every x in [1]", "get value(", "null[1]", "[1, 2, 3][4")
    assert warnings or expression.startswith(quiet)


@pytest.mark.parametrize("expression", [line for line in TRUES.strip().splitlines() if not line.startswith("/*")])
def test_it_is_true(expression: str) -> None:
    warnings: list[feel.FeelWarning] = []
    assert feel.evaluate(expression, {}, warnings=warnings) is True, warnings


def test_three_valued_logic() -> None:
    values: dict[str, Any] = {"true": True, "false": False, "null": None, "1": None}
    for a, left in values.items():
        for b, right in values.items():
            both = False if False in (left, right) and (left is False or right is False) else (True if left is True and right is True else None)
            either = True if left is True or right is True else (False if left is False and right is False else None)
            assert feel.evaluate(f"{a} and {b}", {}) is both, (a, b)
            assert feel.evaluate(f"{a} or {b}", {}) is either, (a, b)
            assert feel.evaluate(f"{a} and {b} and true", {}) is (both if both is not None else None), (a, b)


def test_the_clock_is_the_one_handed_in() -> None:
    now = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    assert feel.to_json(feel.evaluate("now()", {}, now=now)) == "2026-11-20T23:30:00Z"
    assert feel.to_json(feel.evaluate("today()", {}, now=now)) == "2026-11-20"
    assert feel.unary_test("< now()", feel.evaluate('@"2026-11-20T10:00:00Z"', {}), {}, now=now) is True
    assert feel.evaluate("now() = now()", {}) is True


def test_the_seed_decides_random_numbers() -> None:
    first = feel.evaluate("[random number(), random number(), uuid()]", {}, seed=7)
    assert first == feel.evaluate("[random number(), random number(), uuid()]", {}, seed=7)
    assert first != feel.evaluate("[random number(), random number(), uuid()]", {}, seed=8)
    assert all(0 <= number < 1 for number in first[:2]) and first[0] != first[1] and len(first[2]) == 36


def test_whole_numbers_and_decimals_give_the_same_results() -> None:
    dice = random.Random(20261120)
    for _ in range(300):
        a, b = dice.randint(-50, 50), dice.randint(-50, 50)
        for template in (
            "{a} + {b}",
            "{a} - {b}",
            "{a} * {b}",
            "{a} = {b}",
            "{a} < {b}",
            "modulo({a}, {b})",
            "{a} / {b}",
            "decimal({a}, -1)",
            "odd({a})",
        ):
            whole = feel.evaluate(template.format(a=f"({a})", b=f"({b})"), {})
            assert whole == feel.evaluate(template.format(a="x", b="y"), {"x": Decimal(f"{a}.0"), "y": Decimal(f"{b}.0")})


def test_a_loop_may_be_large_but_not_endless() -> None:
    assert len(feel.evaluate("for i in 1..20000 return i * 2", {})) == 20000
    records = [{"id": number, "region": "seoul" if number % 2 else "busan"} for number in range(5000)]
    assert feel.evaluate('count(records[region = "seoul" and id > 100])', {"records": records}) == 2450
