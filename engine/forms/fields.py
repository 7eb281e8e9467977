"""What one field accepts: the one rule set for records, forms, pages, JSON and scenarios (domain rules C-3 to C-7)."""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from engine.clock import KST
from engine.errors import Text
from engine.forms import messages, patterns
from engine.forms.safe import problem

TYPES: Final = (
    "text", "name", "mobile", "phone", "email", "postcode", "date", "time", "datetime",
    "int", "number", "won", "bool", "enum", "ref", "list", "json", "file",
)  # fmt: skip
TEXT_LIMIT: Final = 500
FILES: Final = 5  # files of one field, where its `max` says nothing
NUMBER_LIMIT: Final = Decimal(10) ** 15
MOBILE: Final = re.compile(r"01[016789][0-9]{7,8}")
TURNING: Final = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # they make a name read backwards
EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")
Parsed = tuple[Any, Text | None]


@dataclass(frozen=True)
class Choice:
    """One value of an enumeration with its label."""

    id: str
    label: Text


@dataclass(frozen=True, eq=False)
class Field:
    """A field of a record, or of a form. `min` and `max` bound numbers, the length of texts and the number of entries of lists."""

    name: str
    type: str
    label: Text = field(default_factory=dict)
    required: bool = False
    pii: bool = False
    once: bool = False
    values: tuple[Choice, ...] = ()
    to: str | None = None
    min: Decimal | None = None
    max: Decimal | None = None
    pattern: str | None = None
    default: Any = None
    total: bool = False  # only added to, by many at once (`record.add`)

    def parse(self, raw: Any) -> Parsed:
        """`(value, None)`, or `(None, message)` when `raw` (text of a page or a JSON value) is not acceptable.

        The value is plain JSON: texts, int or Decimal, bool, lists, dicts; dates and times in ISO 8601; a mobile number as digits. Empty is None.
        """
        unsafe = problem(raw)
        if unsafe is not None:
            return None, unsafe
        if _empty(raw):
            return self._nothing()
        value, error = _PARSERS[self.type](self, raw)
        if error is None and value is None:
            return self._nothing()
        return value, error

    def _nothing(self) -> Parsed:
        if self.type == "bool" and self.required:
            return False, None
        how = "choose" if self.type in ("enum", "ref", "list", "file", "date") else "write"
        return None, messages.required(self.label, how) if self.required else None

    def choice(self, value: Any) -> Choice | None:
        """The choice with that id."""
        return next((choice for choice in self.values if choice.id == value), None)


def _empty(raw: Any) -> bool:
    return raw is None or (isinstance(raw, (str, list, tuple, dict)) and not raw) or (isinstance(raw, str) and not raw.strip())


def _text(rule: Field, raw: Any) -> Parsed:
    if not isinstance(raw, str):
        return None, messages.NOT_TEXT
    least, most = int(rule.min or 0), int(rule.max or TEXT_LIMIT)
    text = raw.replace("\r\n", "\n")
    if len(text) > most:
        return None, messages.too_long(most)
    if len(text.strip()) < least:
        return None, messages.too_short(least)
    if rule.pattern and not patterns.fits(rule.pattern, text.strip()):
        return None, messages.PATTERN
    return text if rule.pattern is None else text.strip(), None


def _name(rule: Field, raw: Any) -> Parsed:
    if not isinstance(raw, str):
        return None, messages.NOT_TEXT
    name = unicodedata.normalize("NFC", raw.strip())
    if any(unicodedata.category(letter) in ("Cc", "Zl", "Zp") or letter in TURNING for letter in name):
        return None, messages.CONTROL
    return (name, None) if len(name) <= int(rule.max or 50) else (None, messages.NAME)


def _mobile(_: Field, raw: Any) -> Parsed:
    digits = re.sub(r"^\+82(?:\(0\))?0?", "0", _compact(raw))
    return (digits, None) if MOBILE.fullmatch(digits) else (None, messages.MOBILE)


def _phone(_: Field, raw: Any) -> Parsed:
    digits = _compact(raw)
    return (digits, None) if re.fullmatch(r"\+?[0-9]{7,15}", digits) else (None, messages.PHONE)


def _compact(raw: Any) -> str:
    return re.sub(r"[\s\-.]", "", unicodedata.normalize("NFKC", raw)) if isinstance(raw, str) and len(raw) < 60 else ""


def _email(_: Field, raw: Any) -> Parsed:
    address = raw.strip() if isinstance(raw, str) else ""
    return (address, None) if len(address) <= 254 and EMAIL.fullmatch(address) else (None, messages.EMAIL)


def _postcode(_: Field, raw: Any) -> Parsed:
    code = raw.strip() if isinstance(raw, str) else ""
    return (code, None) if re.fullmatch(r"[0-9]{5}", code) else (None, messages.POSTCODE)


def _date(_: Field, raw: Any) -> Parsed:
    try:
        return date.fromisoformat(_iso(raw, r"\d{4}-\d\d-\d\d")).isoformat(), None
    except ValueError:
        return None, messages.DATE


def _time(_: Field, raw: Any) -> Parsed:
    try:
        return time.fromisoformat(_iso(raw, r"\d\d:\d\d(:\d\d)?")).isoformat(), None
    except ValueError:
        return None, messages.TIME


def _datetime(_: Field, raw: Any) -> Parsed:
    try:
        moment = datetime.fromisoformat(_iso(raw, r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?"))
    except ValueError:
        return None, messages.DATETIME
    # People type Korean time (C-2).
    return (moment if moment.tzinfo else moment.replace(tzinfo=KST)).isoformat(), None


def _iso(raw: Any, shape: str) -> str:
    text = raw.strip() if isinstance(raw, str) else ""
    if not re.fullmatch(shape, text, re.ASCII):
        raise ValueError(text)
    return text


def _decimal(raw: Any) -> Decimal | None:
    if isinstance(raw, bool) or not isinstance(raw, (int, float, Decimal, str)):
        return None
    text = str(raw) if not isinstance(raw, str) else unicodedata.normalize("NFKC", raw.strip()).replace(",", "").removesuffix("원").strip()
    try:
        number = Decimal(text) if len(text) <= 40 and re.fullmatch(r"[+-]?[0-9]*\.?[0-9]*([eE][+-]?[0-9]{1,3})?", text) else None
    except InvalidOperation:
        return None
    return number if number is not None and abs(number) < NUMBER_LIMIT else None


def _number(rule: Field, raw: Any, wrong: Text = messages.NUMBER) -> Parsed:
    number = _decimal(raw)
    if number is None:
        return None, wrong
    if rule.min is not None and number < rule.min:
        return None, messages.too_small(f"{rule.min:,f}")
    if rule.max is not None and number > rule.max:
        return None, messages.too_big(f"{rule.max:,f}")
    return int(number) if number == number.to_integral_value() else number, None


def _int(rule: Field, raw: Any) -> Parsed:
    value, error = _number(rule, raw, messages.WHOLE)
    return (None, messages.WHOLE) if error is None and not isinstance(value, int) else (value, error)


def _won(rule: Field, raw: Any) -> Parsed:
    value, error = _number(rule, raw, messages.WON)
    return (None, messages.WON) if error is None and (not isinstance(value, int) or value < 0) else (value, error)


def _bool(_: Field, raw: Any) -> Parsed:
    if isinstance(raw, bool):
        return raw, None
    known = {"true": True, "on": True, "yes": True, "1": True, "false": False, "off": False, "no": False, "0": False}
    value = known.get(raw.strip().lower()) if isinstance(raw, str) else None
    return (value, None) if value is not None else (None, messages.YES_NO)


def _enum(rule: Field, raw: Any) -> Parsed:
    if not isinstance(raw, (str, int)) or isinstance(raw, bool):
        return None, messages.CHOICE
    return (str(raw), None) if rule.choice(str(raw)) else (None, messages.CHOICE)


def _ref(_: Field, raw: Any) -> Parsed:
    # The record itself is accepted for its id: choices hand out records.
    raw = raw.get("id") if isinstance(raw, Mapping) else raw
    return (raw, None) if isinstance(raw, str) and len(raw) <= 200 else (None, messages.CHOICE)


def _list(rule: Field, raw: Any) -> Parsed:
    items = [raw] if isinstance(raw, str) else raw
    if not isinstance(items, (list, tuple)):
        return None, messages.LIST
    chosen = list(dict.fromkeys(str(item) for item in items)) if rule.values else list(items)
    if rule.values and not all(rule.choice(item) for item in chosen):
        return None, messages.CHOICE
    if rule.min is not None and len(chosen) < rule.min:
        return None, messages.too_few(int(rule.min))
    if rule.max is not None and len(chosen) > rule.max:
        return None, messages.too_many(int(rule.max))
    return chosen, None


def _json(_: Field, raw: Any) -> Parsed:
    if isinstance(raw, str) and raw.lstrip()[:1] in ("{", "["):
        try:
            raw = json.loads(raw, parse_float=Decimal)
        except (ValueError, RecursionError):
            return None, messages.NOT_JSON
        return (None, unsafe) if (unsafe := problem(raw)) else (raw, None)
    return raw, None


def _file(rule: Field, raw: Any) -> Parsed:
    if isinstance(raw, str):
        raw = _json(rule, raw)[0]
    files = [raw] if isinstance(raw, Mapping) else raw
    if not isinstance(files, (list, tuple)) or not all(isinstance(item, Mapping) for item in files):
        return None, messages.FILE
    wrong = next((messages.BAD_FILES[item["problem"]] for item in files if item.get("problem") in messages.BAD_FILES), None)
    if wrong is not None:
        return None, wrong
    if not all(set(item) == {"document", "name", "type", "size"} for item in files):
        return None, messages.FILE
    most = int(rule.max or FILES)
    return ([dict(item) for item in files], None) if len(files) <= most else (None, messages.too_many_files(most))


_PARSERS: Final[dict[str, Callable[[Field, Any], Parsed]]] = {
    "text": _text, "name": _name, "mobile": _mobile, "phone": _phone, "email": _email, "postcode": _postcode, "date": _date, "time": _time,
    "datetime": _datetime, "int": _int, "number": _number, "won": _won, "bool": _bool, "enum": _enum, "ref": _ref, "list": _list, "json": _json,
    "file": _file,
}  # fmt: skip

TICK: Final = Field("confirm", "bool")
