"""Texts for people: `{{FEEL}}` templates, values as people write them in Korea, and the masks of public pages."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine import feel
from engine.clock import KST
from engine.errors import Text
from engine.personal import PersonalText

WEEKDAYS_KO = "월화수목금토일"
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
HIDDEN = "****"
ERASED: Text = {"ko": "지워진 정보", "en": "erased data"}


class Coded(str):
    """The id of an enumeration's value, which people read as its label."""

    labels: Text

    def __new__(cls, value: str, labels: Text) -> "Coded":
        text = super().__new__(cls, value)
        text.labels = labels
        return text


@dataclass(frozen=True)
class Template:
    """A compiled text. `text` is what the analyst wrote; `pieces` are the fixed texts and the expressions between them."""

    text: str
    pieces: tuple[str | feel.Expression, ...]

    @property
    def fixed(self) -> bool:
        """Whether the text is the same whatever the names are."""
        return all(isinstance(piece, str) for piece in self.pieces)

    def parts(self, names: Mapping[str, Any], now: datetime | None = None) -> list[Any]:
        """The fixed texts (str) and the FEEL values in order; personal texts stay PersonalText. A missing name is None."""
        return [piece if isinstance(piece, str) else piece(names, now=now) for piece in self.pieces]

    def render(self, names: Mapping[str, Any], now: datetime | None = None, lang: str = "ko") -> str:
        """The text as a person reads it. Not escaped: that is the output's job."""
        year = now.astimezone(KST).year if now else None
        return "".join(for_people(part, lang, year) for part in self.parts(names, now))


def compile_template(text: str, names: Collection[str] = ()) -> Template:
    """A text with `{{FEEL}}` in it, or one FEEL expression when it begins with `=`. `names` are those with blanks that may occur.

    Raises feel.FeelSyntaxError.
    """
    if text.startswith("="):
        return Template(text, (feel.compile(text[1:], names),))
    pieces: list[str | feel.Expression] = []
    start = 0
    while (opening := text.find("{{", start)) >= 0:
        closing = _closing(text, opening + 2)
        if closing < 0:
            break
        if opening > start:
            pieces.append(text[start:opening])
        pieces.append(feel.compile(text[opening + 2 : closing].strip(), names))
        start = closing + 2
    if start < len(text):
        pieces.append(text[start:])
    return Template(text, tuple(pieces))


def _closing(text: str, start: int) -> int:
    # FEEL has contexts and strings of its own, so the first "}}" need not be ours.
    depth, index = 0, start
    while index < len(text):
        letter = text[index]
        if letter == '"':
            index = _string_end(text, index)
        elif letter == "{":
            depth += 1
        elif letter == "}" and depth:
            depth -= 1
        elif letter == "}" and text.startswith("}}", index):
            return index
        index += 1
    return -1


def _string_end(text: str, start: int) -> int:
    index = start + 1
    while index < len(text) and text[index] != '"':
        index += 2 if text[index] == "\\" else 1
    return index


def pick(text: Text | None, lang: str) -> str:
    """The text in that language; Korean where it has no such language; "" where it has neither."""
    if not text:
        return ""
    return text.get(lang) or text.get("ko") or text.get("en") or ""


def for_people(value: Any, lang: str = "ko", year: int | None = None) -> str:
    """A value as people write it: `11월 22일(금)` / `Fri 22 Nov`, `35,200`, "" for null. The year is shown where it is not `year`."""
    if value is None:
        return ""
    if isinstance(value, str):
        if isinstance(value, PersonalText) and value.gone:
            return pick(ERASED, lang)
        return pick(value.labels, lang) if isinstance(value, Coded) else str(value)
    if isinstance(value, bool):
        return {"ko": "예" if value else "아니요"}.get(lang, "Yes" if value else "No")
    if isinstance(value, (int, float, Decimal)):
        return _number(value)
    if isinstance(value, feel.YearsMonthsDuration):
        return _amounts((value.months // 12, value.months % 12), ("년", "개월") if lang == "ko" else (" y", " m"))
    value = _as_python(value)
    if isinstance(value, datetime):
        return _datetime(value, lang, year)
    if isinstance(value, date):
        return _date(value, lang, year)
    if isinstance(value, time):
        return _time(value, lang)
    if isinstance(value, timedelta):
        return _duration(value, lang)
    if isinstance(value, (list, tuple)):
        return ", ".join(for_people(item, lang, year) for item in value)
    if isinstance(value, dict):
        return ", ".join(for_people(item, lang, year) for item in value.values())
    if isinstance(value, Mapping):
        # A record is called by its name, never by all that is in it.
        return for_people(value.get("name") or value.get("id"), lang, year)
    return str(value)


def _number(value: int | float | Decimal) -> str:
    number = value if isinstance(value, (int, Decimal)) else Decimal(repr(value))
    if isinstance(number, int) or (number.is_finite() and number == number.to_integral_value()):
        return f"{int(number):,}"
    return f"{number.normalize():,f}"


def _date(value: date, lang: str, year: int | None) -> str:
    far = year is not None and value.year != year
    if lang == "ko":
        return (f"{value.year}년 " if far else "") + f"{value.month}월 {value.day}일({WEEKDAYS_KO[value.weekday()]})"
    return f"{WEEKDAYS_EN[value.weekday()]} {value.day} {MONTHS_EN[value.month - 1]}" + (f" {value.year}" if far else "")


def _time(value: time, lang: str) -> str:
    hour = value.hour % 12 or 12
    if lang == "ko":
        return f"{'오전' if value.hour < 12 else '오후'} {hour}:{value.minute:02}"
    return f"{hour}:{value.minute:02} {'am' if value.hour < 12 else 'pm'}"


def _datetime(value: datetime, lang: str, year: int | None) -> str:
    local = value.astimezone(KST) if value.tzinfo else value
    join = " " if lang == "ko" else ", "
    return _date(local.date(), lang, year) + join + _time(local.time(), lang)


def _duration(value: timedelta, lang: str) -> str:
    minutes = int(value.total_seconds()) // 60
    units = ("일", "시간", "분") if lang == "ko" else (" d", " h", " min")
    return _amounts((minutes // 1440, minutes // 60 % 24, minutes % 60), units)


def _amounts(amounts: tuple[int, ...], units: tuple[str, ...]) -> str:
    return " ".join(f"{amount}{unit}" for amount, unit in zip(amounts, units, strict=True) if amount) or f"0{units[-1]}"


def _as_python(value: Any) -> Any:
    if isinstance(value, feel.Time):
        return time(value.hour, value.minute, value.second)
    try:
        return value.to_python() if isinstance(value, (feel.Date, feel.DateTime, feel.DaysTimeDuration)) else value
    except ValueError:
        return feel.to_json(value)


def particle(word: str, pair: str) -> str:
    """The word with its Korean particle: `particle("이름", "을/를")` is `이름을`. Where the last letter does not tell, both are written."""
    closed, opened = pair.split("/")
    last = word[-1:] if word else ""
    if "가" <= last <= "힣":
        return word + (closed if (ord(last) - ord("가")) % 28 else opened)
    return f"{word}{closed}({opened})"


def mask(value: Any, kind: str, lang: str = "ko") -> str:
    """A personal value for a public page (domain rule C-19): name `홍*동`, mobile `010-****-5678`, email `a***@...`; `kind` is the field's type.

    `kind` "address" (a road address) keeps all but the digits of the last part; every other kind is hidden altogether, and what was erased says so.
    """
    text = "" if value is None else str(value)
    if not text:
        return for_people(value, lang)
    mask_of = {"name": _mask_name, "mobile": _mask_mobile, "email": _mask_email, "address": _mask_address}.get(kind)
    return mask_of(text) if mask_of else HIDDEN


def _mask_name(name: str) -> str:
    if len(name) < 2:
        return "*"
    return name[0] + "*" * max(1, len(name) - 2) + (name[-1] if len(name) > 2 else "")


def _mask_mobile(number: str) -> str:
    digits = "".join(letter for letter in number if letter.isdigit())
    return f"{digits[:3]}-{HIDDEN}-{digits[-4:]}" if len(digits) >= 10 else HIDDEN


def _mask_email(address: str) -> str:
    local, _, domain = address.partition("@")
    return f"{local[:1]}***@{domain}" if domain else HIDDEN


def _mask_address(address: str) -> str:
    *kept, last = address.split()
    return " ".join([*kept, "".join("*" if letter.isdigit() else letter for letter in last)])


def mobile(value: Any) -> str:
    """A mobile number as people read it, `010-1234-5678`; anything else as it is."""
    text = "" if value is None else str(value)
    return f"{text[:3]}-{text[3:-4]}-{text[-4:]}" if text.isdigit() and len(text) in (10, 11) else text
