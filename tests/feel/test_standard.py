"""The examples that DMN 1.5 itself gives (chapter 10): each of these expressions is true."""

import pytest

from engine import feel

NUMBERS = """
decimal(1, 2) = 1.00
.25 + .2 = 0.45
.10 * 30.00 = 3.0000
1 + 3/2*2 - 2**3 = -4.0
1/3 = 0.3333333333333333333333333333333333
decimal(1/3, 2) = 0.33
1 = 1.000
1.01/2 = 0.505
decimal(0.505, 2) = 0.50
decimal(0.515, 2) = 0.52
1.0*10**3 = 1000.0
decimal(1.5, 0) = 2 and decimal(2.5, 0) = 2
floor(1.5) = 1 and floor(-1.56, 1) = -1.6
ceiling(1.5) = 2 and ceiling(-1.56, 1) = -1.5
round up(5.5, 0) = 6 and round up(-5.5, 0) = -6 and round up(1.121, 2) = 1.13 and round up(-1.126, 2) = -1.13
round down(5.5, 0) = 5 and round down(-5.5, 0) = -5 and round down(1.121, 2) = 1.12 and round down(-1.126, 2) = -1.12
round half up(5.5, 0) = 6 and round half up(-5.5, 0) = -6 and round half up(1.121, 2) = 1.12 and round half up(-1.126, 2) = -1.13
round half down(5.5, 0) = 5 and round half down(-5.5, 0) = -5 and round half down(1.121, 2) = 1.12 and round half down(-1.126, 2) = -1.13
abs(10) = 10 and abs(-10) = 10 and abs(@"PT5H") = @"PT5H" and abs(@"-PT5H") = @"PT5H"
modulo(12, 5) = 2 and modulo(-12, 5) = 3 and modulo(12, -5) = -3 and modulo(-12, -5) = -2
modulo(10.1, 4.5) = 1.1 and modulo(-10.1, 4.5) = 3.4 and modulo(10.1, -4.5) = -3.4 and modulo(-10.1, -4.5) = -1.1
sqrt(16) = 4
decimal(log(10), 11) = 2.30258509299
decimal(exp(5), 12) = 148.413159102577
odd(5) and not(odd(2)) and even(2) and not(even(5))
number("1 000,0", " ", ",") = number("1,000.0", ",", ".")
"""

STRINGS = """
("1" = 1) = null
string(1.1) = "1.1" and string(null) = null
substring("foobar", 3) = "obar" and substring("foobar", 3, 3) = "oba" and substring("foobar", -2, 1) = "a"
substring("\\U01F40Eab", 2) = "ab"
string length("foo") = 3 and string length("\\U01F40Eab") = 3
upper case("aBc4") = "ABC4" and lower case("aBc4") = "abc4"
substring before("foobar", "bar") = "foo" and substring before("foobar", "xyz") = ""
substring after("foobar", "ob") = "ar" and substring after("", "a") = ""
replace("banana", "a", "o") = "bonono" and replace("abcd", "(ab)|(a)", "[1=$1][2=$2]") = "[1=ab][2=]cd"
contains("foobar", "of") = false and starts with("foobar", "fo") and ends with("foobar", "r")
contains(["foobar"], "of") = false
matches("foobar", "^fo*b")
split("John Doe", "\\\\s") = ["John", "Doe"] and split("a;b;c;;", ";") = ["a","b","c","",""]
string join(["a","b","c"], "_and_") = "a_and_b_and_c" and string join(["a","b","c"], "") = "abc" and string join(["a","b","c"], null) = "abc"
string join(["a"], "X") = "a" and string join(["a",null,"c"], "X") = "aXc" and string join([], "X") = ""
string join(["a","b","c"]) = "abc" and string join(["a",null,"c"]) = "ac" and string join([]) = ""
"""

LISTS = """
list contains([1,2,3], 2) and count([1,2,3]) = 3 and count([]) = 0 and count([1,[2,3]]) = 2
min([1,2,3]) = 1 and max(1,2,3) = 3 and min(1) = min([1]) and max([]) = null
sum([1,2,3]) = 6 and sum(1,2,3) = 6 and sum(1) = 1 and sum([]) = null
mean([1,2,3]) = 2 and mean(1,2,3) = 2 and mean(1) = 1 and mean([]) = null
all([false,null,true]) = false and all(true) and all([true]) and all([]) and all(0) = null
any([false,null,true]) and any(false) = false and any([]) = false and any(0) = null
sublist([4,5,6], 1, 2) = [4,5]
append([1], 2, 3) = [1,2,3] and concatenate([1,2],[3]) = [1,2,3]
insert before([1,3],1,2) = [2,1,3] and remove([1,2,3], 2) = [1,3] and reverse([1,2,3]) = [3,2,1]
index of([1,2,3,2],2) = [2,4] and union([1,2],[2,3]) = [1,2,3] and distinct values([1,2,3,2,1]) = [1,2,3]
flatten([[1,2],[[3]], 4]) = [1,2,3,4]
product([2, 3, 4]) = 24 and product([]) = null and product(2, 3, 4) = 24
median(8, 2, 5, 3, 4) = 4 and median([6, 1, 2, 3]) = 2.5 and median([]) = null
stddev(2, 4, 7, 5) = 2.081665999466132735282297706979931 and stddev([47]) = null and stddev(47) = null and stddev([]) = null
mode(6, 3, 9, 6, 6) = [6] and mode([6, 1, 9, 6, 1]) = [1, 6] and mode([]) = []
sort(list: [3,1,4,5,2], precedes: function(x,y) x < y) = [1,2,3,4,5]
list replace([2, 4, 7, 8], 3, 6) = [2, 4, 6, 8] and list replace([2, 4, 7, 8], function(item, newItem) item < newItem, 5) = [5, 5, 7, 8]
[1, 2, 3, 4][item > 2] = [3, 4] and [{x:1, y:2}, {x:2, y:3}][x=1] = [{x:1, y:2}]
[{x:1, y:2}, {x:null, y:3}][x < 2] = [{x:1, y:2}] and [{x:1, y:2}, {x:2, y:3}].y = [2,3]
3[item > 2] = [3]
[{a: {b: [1]}}, {a: {b: [2.1, 2.2]}}, {a: {b: [3]}}, {a: {b: [4, 5]}}].a.b = [[1], [2.1, 2.2], [3], [4, 5]]
(for i in 0..4 return if i = 0 then 1 else i * partial[-1]) = [1, 1, 2, 6, 24]
"""

CONTEXTS = """
get value({key1: "value1"}, "key1") = "value1" and get value({key1: "value1"}, "unexistent-key") = null
get entries({key1: "value1", key2: "value2"}) = [{key: "key1", value: "value1"}, {key: "key2", value: "value2"}]
get entries({key1: "value1"})[key = "key1"].value = ["value1"]
context([{key:"a", value:1}, {key:"b", value:2}]) = {a:1, b:2} and context([{key:"a", value:1}, {key:"b", value:2, something: "else"}]) = {a:1, b:2}
context([{key:"a", value:1}, {key:"b"}]) = null
context put({x:1}, "y", 2) = {x:1, y:2} and context put({x:1, y:0, z:0}, "y", 2) = {x:1, y:2, z:0} and context put({x:1}, ["y"], 2) = {x:1, y:2}
context put({x:1, y: {a: 0}}, ["y", "a"], 2) = {x:1, y: {a: 2}} and context put({x:1, y: {a: 0}}, [], 2) = null
context merge([{x:1}, {y:2}]) = {x:1, y:2} and context merge([{x:1, y:0}, {y:2}]) = {x:1, y:2}
{isPositive: function(x) x > 0, isNotNegative: function(x) isPositive(x + 1), result: isNotNegative(0)}.result
"""

TIME = """
date("2012-12-25") - date("2012-12-24") = duration("P1D")
date(date and time("2012-12-25T11:00:00Z")) = date("2012-12-25")
date(2012, 12, 25) = date("2012-12-25")
date and time("2012-12-24T23:59:00") = date and time(date("2012-12-24"), time("23:59:00"))
date and time("2012-12-24T23:59:00") + duration("PT1M") = date and time("2012-12-25T00:00:00")
time("23:59:00z") + duration("PT2M") = time("00:01:00@Etc/UTC")
time(date and time("2012-12-25T11:00:00Z")) = time("11:00:00Z")
time("23:59:00z") = time(23, 59, 0, duration("PT0H"))
date and time("2012-12-24T23:59:00") - date and time("2012-12-22T03:45:00") = duration("P2DT20H14M")
duration("P2Y2M") = duration("P26M") and string(duration("P0DT25H")) = "P1DT1H" and string(duration("P0Y13M")) = "P1Y1M"
years and months duration(date("2011-12-22"), date("2013-08-24")) = duration("P1Y8M")
is(date("2012-12-25"), time("23:00:50")) = false and is(date("2012-12-25"), date("2012-12-25"))
is(time("23:00:50z"), time("23:00:50")) = false and is(time("23:00:50z"), time("23:00:50+00:00"))
day of year(date(2019, 9, 17)) = 260 and day of week(date(2019, 9, 17)) = "Tuesday" and month of year(date(2019, 9, 17)) = "September"
week of year(date(2019, 9, 17)) = 38 and week of year(date(2003, 12, 29)) = 1 and week of year(date(2004, 1, 4)) = 1
week of year(date(2005, 1, 1)) = 53 and week of year(date(2005, 1, 3)) = 1 and week of year(date(2005, 1, 9)) = 1
date and time("2012-03-07Z").year = 2012
[1..10].start = 1 and (1..10].start included = false and (<= 10).start = null and (<= 10).end included and (> 1).end = null
"""

TYPES = """
[123] instance of list<number>
"abc" instance of string and not(123 instance of string)
(123 instance of list) = null
["a", true, 123] instance of list<Any> and [1..10) instance of range<number> and (>= @"2019-01-01") instance of range<date>
{name: "Peter", age: 30} instance of context<age: number, name: string>
(function(x: number, y: number) x > y) instance of function<number, number>->boolean
null instance of Null and not(null instance of Any) and not(1 instance of Null)
"""

RANGES = """
before(1, 10) | !before(10, 1) | !before(1, [1..10]) | before(1, (1..10]) | before(1, [5..10]) | !before([1..10], 10) | before([1..10), 10)
before([1..10], 15) | before([1..10], [15..20]) | !before([1..10], [10..20]) | before([1..10), [10..20]) | before([1..10], (10..20])
after(10, 5) | !after(5, 10) | after(12, [1..10]) | after(10, [1..10)) | !after(10, [1..10]) | !after([11..20], 12) | after([11..20], 10)
after((11..20], 11) | !after([11..20], 11) | after([11..20], [1..10]) | !after([1..10], [11..20])
after([11..20], [1..11)) | after((11..20], [1..11])
meets([1..5], [5..10]) | !meets([1..5), [5..10]) | !meets([1..5], (5..10]) | !meets([1..5], [6..10])
met by([5..10], [1..5]) | !met by([5..10], [1..5)) | !met by((5..10], [1..5]) | !met by([6..10], [1..5])
overlaps([1..5], [3..8]) | overlaps([3..8], [1..5]) | overlaps([1..8], [3..5]) | overlaps([3..5], [1..8]) | !overlaps([1..5], [6..8])
!overlaps([6..8], [1..5]) | overlaps([1..5], [5..8]) | !overlaps([1..5], (5..8]) | !overlaps([1..5), [5..8]) | !overlaps([1..5), (5..8])
overlaps([5..8], [1..5]) | !overlaps((5..8], [1..5]) | !overlaps([5..8], [1..5)) | !overlaps((5..8], [1..5))
overlaps before([1..5], [3..8]) | !overlaps before([1..5], [6..8]) | overlaps before([1..5], [5..8]) | !overlaps before([1..5], (5..8])
!overlaps before([1..5), [5..8]) | overlaps before([1..5), (1..5]) | overlaps before([1..5], (1..5]) | !overlaps before([1..5), [1..5])
!overlaps before([1..5], [1..5])
overlaps after([3..8], [1..5]) | !overlaps after([6..8], [1..5]) | overlaps after([5..8], [1..5]) | !overlaps after((5..8], [1..5])
!overlaps after([5..8], [1..5)) | overlaps after((1..5], [1..5)) | overlaps after((1..5], [1..5]) | !overlaps after([1..5], [1..5))
!overlaps after([1..5], [1..5])
finishes(10, [1..10]) | !finishes(10, [1..10)) | finishes([5..10], [1..10]) | !finishes([5..10), [1..10]) | finishes([5..10), [1..10))
finishes([1..10], [1..10]) | finishes((1..10], [1..10])
finished by([1..10], 10) | !finished by([1..10), 10) | finished by([1..10], [5..10]) | !finished by([1..10], [5..10)) | finished by([1..10), [5..10))
finished by([1..10], [1..10]) | finished by([1..10], (1..10])
includes([1..10], 5) | !includes([1..10], 12) | includes([1..10], 1) | includes([1..10], 10) | !includes((1..10], 1) | !includes([1..10), 10)
includes([1..10], [4..6]) | includes([1..10], [1..5]) | includes((1..10], (1..5]) | includes([1..10], (1..10)) | includes([1..10), [5..10))
includes([1..10], [1..10)) | includes([1..10], (1..10]) | includes([1..10], [1..10])
during(5, [1..10]) | !during(12, [1..10]) | during(1, [1..10]) | during(10, [1..10]) | !during(1, (1..10]) | !during(10, [1..10))
during([4..6], [1..10]) | during([1..5], [1..10]) | during((1..5], (1..10]) | during((1..10), [1..10]) | during([5..10), [1..10))
during([1..10), [1..10]) | during((1..10], [1..10]) | during([1..10], [1..10])
starts(1, [1..10]) | !starts(1, (1..10]) | !starts(2, [1..10]) | starts([1..5], [1..10]) | starts((1..5], (1..10]) | !starts((1..5], [1..10])
!starts([1..5], (1..10]) | starts([1..10], [1..10]) | starts([1..10), [1..10]) | starts((1..10), (1..10))
started by([1..10], 1) | !started by((1..10], 1) | !started by([1..10], 2) | started by([1..10], [1..5]) | started by((1..10], (1..5])
!started by([1..10], (1..5]) | !started by((1..10], [1..5]) | started by([1..10], [1..10])
started by([1..10], [1..10)) | started by((1..10), (1..10))
coincides(5, 5) | !coincides(3, 4) | coincides([1..5], [1..5]) | !coincides((1..5), [1..5]) | !coincides([1..5], [2..6])
"""

ALL_TRUE = [line for block in (NUMBERS, STRINGS, LISTS, CONTEXTS, TIME, TYPES) for line in block.strip().splitlines()]


@pytest.mark.parametrize("expression", ALL_TRUE)
def test_the_standards_own_examples_hold(expression: str) -> None:
    warnings: list[feel.FeelWarning] = []
    assert feel.evaluate(expression, {}, warnings=warnings) is True, warnings


@pytest.mark.parametrize("example", [part.strip() for part in RANGES.replace("\n", "|").split("|") if part.strip()])
def test_the_standards_range_examples_hold(example: str) -> None:
    assert feel.evaluate(example.lstrip("!"), {}) is not example.startswith("!")


def test_names_with_spaces_and_operators_are_found_by_what_is_in_scope() -> None:
    context = {
        "applicant": {"maritalStatus": "M", "monthly": {"income": 10000, "repayments": 2500, "expenses": 3000}},
        "requested product": {"product type": "STANDARD LOAN", "rate": 0.25, "term": 36, "amount": 100000.00},
        "monthly income": 10000,
        "monthly outgoings": [2500, 3000],
        "credit history": [{"record date": "2008-03-12", "weight": 100}, {"record date": "2011-04-01", "weight": 150}],
        "Profit and loss": 7,
        "a-b": 9,
        "a": 5,
        "b": 2,
    }
    assert feel.evaluate("monthly income * 12", context) == 120000
    assert feel.evaluate('if applicant.maritalStatus in ("M", "S") then "valid" else "not valid"', context) == "valid"
    assert feel.evaluate("sum(monthly outgoings)", context) == 5500
    assert feel.evaluate("requested product . rate * requested   product.term", context) == 9
    assert feel.evaluate('credit history[record date = "2011-04-01"].weight', context) == [150]
    assert feel.evaluate("some ch in credit history satisfies ch.weight > 120", context) is True
    assert feel.evaluate("Profit and loss + 1", context) == 8
    assert feel.evaluate("a-b", context) == 9
    assert feel.evaluate("(a)-(b)", context) == 3


def test_the_monthly_payment_of_the_standards_example_has_34_digits() -> None:
    context = {"PMT": feel.evaluate("function(rate, term, amount) (amount *rate/12) / (1 - (1 + rate/12)**-term)", {})}
    assert str(feel.evaluate("PMT(0.25, 36, 100000.00)", context)) == "3975.982590125552338278440100112431"
