"""Addition to exponentiation (DMN 1.5, 10.3.2.15, tables 56 to 60). Each raises Null with the reason where the result is null."""

from collections.abc import Callable
from decimal import Decimal, DecimalException
from typing import Any

from engine.feel import calendar, limits
from engine.feel.equality import plain_number
from engine.feel.errors import Null
from engine.feel.numbers import CONTEXT, Number, whole
from engine.feel.run import Run
from engine.feel.temporal import DAY, NANOS, Date, DateTime, DaysTimeDuration, Time, YearsMonthsDuration, at_midnight, from_instant
from engine.feel.values import adopt, type_name

_MAX_EXPONENT = 999_999_999
_WORDS = {
    "+": ("add", "더할"),
    "-": ("subtract", "뺄"),
    "*": ("multiply", "곱할"),
    "/": ("divide", "나눌"),
    "**": ("raise to a power", "거듭제곱할"),
}


def apply(run: Run, operator: str, left: Any, right: Any) -> Any:
    """`left operator right` for any values; raises Null where the standard has no result."""
    left, right = adopt(left), adopt(right)
    kinds = type_name(left), type_name(right)
    if kinds == ("number", "number"):
        return _numbers(operator, left, right)
    if kinds == ("string", "string") and operator == "+":
        return _join(run, left, right)
    rule = _RULES.get((operator, *kinds))
    if rule is None:
        raise _undefined(operator, left, right, kinds)
    try:
        return _checked(rule(left, right))
    except DecimalException:
        raise _out_of_range(operator) from None


def _undefined(operator: str, left: Any, right: Any, kinds: tuple[str, str]) -> Null:
    word, word_ko = _WORDS[operator]
    if left is None or right is None:
        side, side_ko = ("left", "왼쪽") if left is None else ("right", "오른쪽")
        return Null(f"cannot {word}: the {side} side is null", f"{side_ko} 값이 null이라서 {word_ko} 수 없어요.")
    return Null(f"cannot {word} {kinds[0]} and {kinds[1]}", f"{kinds[0]}와(과) {kinds[1]}은(는) {word_ko} 수 없어요.")


def _out_of_range(operator: str) -> Null:
    return Null(f"the result of '{operator}' is not a number that FEEL can hold", f"'{operator}'의 결과가 FEEL이 담을 수 있는 수가 아니에요.")


def _join(run: Run, left: str, right: str) -> str:
    if not right:
        return left
    if not left:
        return right
    length = len(left) + len(right)
    if length > limits.MAX_STRING:
        raise limits.too_many_characters(run.expression)
    if length > 1000:
        run.spend(length // 16)
    return left + right


def _numbers(operator: str, left: Any, right: Any) -> Number:
    a, b = plain_number(left), plain_number(right)
    if a is None or b is None:
        raise _out_of_range(operator)
    try:
        return _NUMERIC[operator](a, b)
    except DecimalException:
        raise _out_of_range(operator) from None


def add(a: Number, b: Number) -> Number:
    """The sum of two numbers."""
    return whole(a + b) if type(a) is int and type(b) is int else CONTEXT.add(a, b)


def subtract(a: Number, b: Number) -> Number:
    """The difference of two numbers."""
    return whole(a - b) if type(a) is int and type(b) is int else CONTEXT.subtract(a, b)


def multiply(a: Number, b: Number) -> Number:
    """The product of two numbers."""
    return whole(a * b) if type(a) is int and type(b) is int else CONTEXT.multiply(a, b)


def divide(a: Number, b: Number) -> Number:
    """The quotient of two numbers; raises Null for a division by zero."""
    if not b:
        raise Null("division by zero", "0으로 나눌 수 없어요.")
    return CONTEXT.divide(a, b)


def power(a: Number, b: Number) -> Number:
    """One number to the power of another."""
    if not -_MAX_EXPONENT <= b <= _MAX_EXPONENT:
        raise _out_of_range("**")
    if not a:
        return _power_of_zero(b)
    return CONTEXT.power(a, b)


def _power_of_zero(exponent: Number) -> Number:
    if exponent < 0:
        raise Null("division by zero", "0으로 나눌 수 없어요.")
    return 0 if exponent else 1


_NUMERIC: dict[str, Callable[[Any, Any], Number]] = {"+": add, "-": subtract, "*": multiply, "/": divide, "**": power}


def negate(value: Any) -> Any:
    """`-value`, which is `0 - value` for numbers; durations turn around."""
    value = adopt(value)
    kind = type_name(value)
    if kind == "number":
        return -value if type(value) is int else CONTEXT.minus(value)
    if kind == "days and time duration":
        return DaysTimeDuration(-value.nanos)
    if kind == "years and months duration":
        return YearsMonthsDuration(-value.months)
    if value is None:
        raise Null("cannot negate: the value is null", "값이 null이라서 부호를 바꿀 수 없어요.")
    raise Null(f"cannot negate a {kind}", f"{kind}의 부호는 바꿀 수 없어요.")


def _checked(value: Any) -> Any:
    date = value.date if isinstance(value, DateTime) else value
    if isinstance(date, Date) and not calendar.MIN_YEAR <= date.year <= calendar.MAX_YEAR:
        raise Null("the year is outside -999999999 to 999999999", "연도가 -999999999부터 999999999까지의 범위를 벗어났어요.")
    return value


def shift_months(date: Date, months: int) -> Date:
    """The date that many months later; the last day of the month where it has no such day."""
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    return Date(year, month + 1, min(date.day, calendar.month_length(year, month + 1)))


def _date_plus(date: Date, nanos: int) -> Date:
    return Date(*calendar.from_days(date.days + nanos // DAY))


def _date_time_plus(moment: DateTime, nanos: int) -> DateTime:
    return from_instant(moment.instant() + nanos, moment.time)


def _time_plus(time: Time, nanos: int) -> Time:
    return Time((time.nanos + nanos) % DAY, time.offset, time.zone)


def _date_time_minus(left: Any, right: Any) -> DaysTimeDuration:
    """Both or neither need an offset; a date counts as midnight UTC (DMN 1.5, table 57)."""
    a = at_midnight(left) if isinstance(left, Date) else left
    b = at_midnight(right) if isinstance(right, Date) else right
    if (a.utc_offset is None) != (b.utc_offset is None):
        raise Null("cannot subtract: only one of the two has a time offset", "둘 중 하나에만 시간대가 있어서 뺄 수 없어요.")
    return DaysTimeDuration(a.instant() - b.instant())


def _time_minus(left: Time, right: Time) -> DaysTimeDuration:
    a, b = left.utc_offset, right.utc_offset
    if (a is None) != (b is None):
        raise Null("cannot subtract: only one of the two has a time offset", "둘 중 하나에만 시간대가 있어서 뺄 수 없어요.")
    return DaysTimeDuration(left.nanos - right.nanos - ((a or 0) - (b or 0)) * NANOS)


def _scaled(amount: int, factor: Number, divided: bool = False) -> int:
    if divided and not factor:
        raise Null("division by zero", "0으로 나눌 수 없어요.")
    return int(CONTEXT.divide(Decimal(amount), factor) if divided else CONTEXT.multiply(Decimal(amount), factor))


def _quotient(a: int, b: int) -> Number:
    return divide(a, b)


_DT, _YM = "days and time duration", "years and months duration"
_RULES: dict[tuple[str, str, str], Callable[[Any, Any], Any]] = {
    ("-", "date and time", "date and time"): _date_time_minus,
    ("-", "date and time", "date"): _date_time_minus,
    ("-", "date", "date and time"): _date_time_minus,
    ("-", "date", "date"): _date_time_minus,
    ("-", "time", "time"): _time_minus,
    ("+", _YM, _YM): lambda a, b: YearsMonthsDuration(a.months + b.months),
    ("-", _YM, _YM): lambda a, b: YearsMonthsDuration(a.months - b.months),
    ("+", _DT, _DT): lambda a, b: DaysTimeDuration(a.nanos + b.nanos),
    ("-", _DT, _DT): lambda a, b: DaysTimeDuration(a.nanos - b.nanos),
    ("+", "date and time", _YM): lambda a, b: DateTime(shift_months(a.date, b.months), a.time),
    ("+", _YM, "date and time"): lambda a, b: DateTime(shift_months(b.date, a.months), b.time),
    ("-", "date and time", _YM): lambda a, b: DateTime(shift_months(a.date, -b.months), a.time),
    ("+", "date and time", _DT): lambda a, b: _date_time_plus(a, b.nanos),
    ("+", _DT, "date and time"): lambda a, b: _date_time_plus(b, a.nanos),
    ("-", "date and time", _DT): lambda a, b: _date_time_plus(a, -b.nanos),
    ("+", "date", _YM): lambda a, b: shift_months(a, b.months),
    ("+", _YM, "date"): lambda a, b: shift_months(b, a.months),
    ("-", "date", _YM): lambda a, b: shift_months(a, -b.months),
    ("+", "date", _DT): lambda a, b: _date_plus(a, b.nanos),
    ("+", _DT, "date"): lambda a, b: _date_plus(b, a.nanos),
    ("-", "date", _DT): lambda a, b: _date_plus(a, -b.nanos),
    ("+", "time", _DT): lambda a, b: _time_plus(a, b.nanos),
    ("+", _DT, "time"): lambda a, b: _time_plus(b, a.nanos),
    ("-", "time", _DT): lambda a, b: _time_plus(a, -b.nanos),
    ("*", _YM, "number"): lambda a, b: YearsMonthsDuration(_scaled(a.months, b)),
    ("*", "number", _YM): lambda a, b: YearsMonthsDuration(_scaled(b.months, a)),
    ("/", _YM, "number"): lambda a, b: YearsMonthsDuration(_scaled(a.months, b, divided=True)),
    ("/", _YM, _YM): lambda a, b: _quotient(a.months, b.months),
    ("*", _DT, "number"): lambda a, b: DaysTimeDuration(_scaled(a.nanos, b)),
    ("*", "number", _DT): lambda a, b: DaysTimeDuration(_scaled(b.nanos, a)),
    ("/", _DT, "number"): lambda a, b: DaysTimeDuration(_scaled(a.nanos, b, divided=True)),
    ("/", _DT, _DT): lambda a, b: _quotient(a.nanos, b.nanos),
}
