"""The proleptic Gregorian calendar over all years of FEEL (-999,999,999 to 999,999,999): days counted from 1970-01-01."""

MIN_YEAR = -999_999_999
MAX_YEAR = 999_999_999
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def is_leap(year: int) -> bool:
    """Whether the year has 366 days."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def month_length(year: int, month: int) -> int:
    """The number of days of a month (1 to 12)."""
    return 29 if month == 2 and is_leap(year) else _LENGTHS[month - 1]


def to_days(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 to that date (negative before)."""
    shifted = year - (month <= 2)
    era = shifted // 400
    year_of_era = shifted - era * 400
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146_097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719_468


def from_days(days: int) -> tuple[int, int, int]:
    """(year, month, day) of the date that many days after 1970-01-01."""
    shifted = days + 719_468
    era = shifted // 146_097
    day_of_era = shifted - era * 146_097
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    part = (5 * day_of_year + 2) // 153
    month = part + 3 if part < 10 else part - 9
    return year_of_era + era * 400 + (month <= 2), month, day_of_year - (153 * part + 2) // 5 + 1


def weekday(days: int) -> int:
    """1 for Monday to 7 for Sunday."""
    return (days + 3) % 7 + 1


def iso_week(year: int, month: int, day: int) -> int:
    """The number of the week in its year, as ISO 8601 counts."""
    days = to_days(year, month, day)
    thursday = days - weekday(days) + 4
    first = to_days(from_days(thursday)[0], 1, 1)
    return (thursday - first) // 7 + 1
