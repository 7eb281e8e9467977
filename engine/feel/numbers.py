"""FEEL numbers: Decimal with 34 digits (DMN 1.5, 10.3.2.3.1). Whole numbers may be Python ints inside: same value, faster."""

from decimal import ROUND_HALF_EVEN, Clamped, Context, Decimal, DivisionByZero, InvalidOperation, Overflow

from engine.feel.limits import MAX_DIGITS

Number = int | Decimal
CONTEXT = Context(prec=MAX_DIGITS, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, traps=[Overflow, InvalidOperation, DivisionByZero])
_BOUND = 10**MAX_DIGITS
# Wide enough to round or to take apart any FEEL number without losing digits.
EXACT = Context(prec=12_400, rounding=ROUND_HALF_EVEN, Emin=-20_000, Emax=20_000, traps=[Overflow, InvalidOperation, DivisionByZero, Clamped])


def whole(value: int) -> Number:
    """The int as a FEEL number: rounded to 34 digits where it has more; raises decimal.Overflow past the range of decimal128."""
    return value if -_BOUND < value < _BOUND else CONTEXT.create_decimal(value)


def from_float(value: float) -> Decimal | None:
    """The number a person would read: 0.1 is 0.1. None for NaN and the infinities, which FEEL does not have."""
    if value != value or value in (float("inf"), float("-inf")):
        return None
    return Decimal(repr(value))


def from_text(text: str) -> Decimal | int:
    """The number of a numeric literal; raises decimal.Overflow past the range of decimal128."""
    if text.isdigit() and len(text) <= MAX_DIGITS:
        return int(text)
    return CONTEXT.create_decimal(text)


def is_whole(value: Number) -> bool:
    """Whether the number has no fraction."""
    return isinstance(value, int) or value == value.to_integral_value()


def format_number(value: Number) -> str:
    """Plain digits without an exponent, without zeros at the end of the fraction: `1.5`, `1000`."""
    if isinstance(value, int):
        return str(value)
    if not value:
        return "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
