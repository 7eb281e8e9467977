"""Numeric functions (DMN 1.5, 10.3.4.5, table 76), and Camunda's `random number`."""

import decimal
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from engine.feel import arithmetic
from engine.feel.builtins.registry import builtin
from engine.feel.errors import Null
from engine.feel.numbers import CONTEXT, EXACT, Number, is_whole
from engine.feel.run import Run
from engine.feel.temporal import DaysTimeDuration, YearsMonthsDuration

_MIN_SCALE, _MAX_SCALE = -6111, 6176


def round_to(number: Number, scale: Number, rounding: str) -> Number:
    """The number with that many digits after the point (before it, for negative scales)."""
    places = int(scale)
    if not _MIN_SCALE <= places <= _MAX_SCALE:
        raise Null(f"the scale {scale} is outside -6111 to 6176", f"자릿수 {scale}은(는) -6111부터 6176까지의 범위를 벗어났어요.")
    if isinstance(number, int) and places >= 0:
        return number
    value = Decimal(number)
    if value.as_tuple().exponent >= -places:  # type: ignore[operator]  # finite: the exponent is an int
        return number
    return CONTEXT.plus(value.quantize(Decimal(1).scaleb(-places, EXACT), rounding, EXACT))


def _rounding(rounding: str) -> Callable[..., Number]:
    def round_number(number: Number, scale: Number = 0) -> Number:
        return round_to(number, scale, rounding)

    return round_number


builtin("decimal(n: number, scale: number)")(_rounding(decimal.ROUND_HALF_EVEN))
builtin("floor(n: number, scale: number?)")(_rounding(decimal.ROUND_FLOOR))
builtin("ceiling(n: number, scale: number?)")(_rounding(decimal.ROUND_CEILING))
builtin("round up(n: number, scale: number)")(_rounding(decimal.ROUND_UP))
builtin("round down(n: number, scale: number)")(_rounding(decimal.ROUND_DOWN))
builtin("round half up(n: number, scale: number)")(_rounding(decimal.ROUND_HALF_UP))
builtin("round half down(n: number, scale: number)")(_rounding(decimal.ROUND_HALF_DOWN))


@builtin("abs(n: number|days and time duration|years and months duration)")
def _abs(value: Any) -> Any:
    if isinstance(value, DaysTimeDuration):
        return DaysTimeDuration(abs(value.nanos))
    return YearsMonthsDuration(abs(value.months)) if isinstance(value, YearsMonthsDuration) else abs(value)


@builtin("modulo(dividend: number, divisor: number)")
def _modulo(dividend: Number, divisor: Number) -> Number:
    if not divisor:
        raise Null("division by zero", "0으로 나눌 수 없어요.")
    if isinstance(dividend, int) and isinstance(divisor, int):
        return dividend % divisor
    rest = EXACT.remainder(Decimal(dividend), Decimal(divisor))
    if rest and (rest < 0) != (divisor < 0):
        rest = EXACT.add(rest, Decimal(divisor))
    return CONTEXT.plus(rest)


@builtin("sqrt(number: number)")
def _sqrt(number: Number) -> Number:
    if number < 0:
        raise Null(f"{number} has no square root", f"{number}의 제곱근은 없어요.")
    return CONTEXT.sqrt(Decimal(number))


@builtin("log(number: number)")
def _log(number: Number) -> Number:
    if number <= 0:
        raise Null(f"{number} has no logarithm", f"{number}의 로그는 없어요.")
    return CONTEXT.ln(Decimal(number))


@builtin("exp(number: number)")
def _exp(number: Number) -> Number:
    try:
        return CONTEXT.exp(Decimal(number))
    except decimal.Overflow:
        raise Null(f"exp({number}) is too large", f"exp({number})은(는) 너무 큰 수예요.") from None


@builtin("odd(number: number)")
def _odd(number: Number) -> bool:
    return is_whole(number) and int(_modulo(number, 2)) == 1


@builtin("even(number: number)")
def _even(number: Number) -> bool:
    return is_whole(number) and int(_modulo(number, 2)) == 0


@builtin("random number()")
def _random_number(run: Run) -> Number:
    return arithmetic.divide(run.randomness().getrandbits(100), 1 << 100)
