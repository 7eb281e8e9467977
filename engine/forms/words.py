"""The value of a field as people read it."""

from datetime import date, datetime, time
from typing import Any

from engine.forms.fields import Field
from engine.texts import for_people, mobile, pick


def words(field: Field | None, value: Any, lang: str, year: int | None = None) -> str:
    """`35,200원`, `010-1234-5678`, `12월 2일(수)`, the label of an enumeration's value: by the field's type, "" for null. Not masked."""
    if field is None or value is None:
        return for_people(value, lang, year)
    if isinstance(value, (list, tuple)):
        return ", ".join(words(field, one, lang, year) for one in value)
    choice = field.choice(value) if isinstance(value, str) else None
    if choice:
        return pick(choice.label, lang)
    if field.type == "mobile":
        return mobile(value)
    text = for_people(_moment(field, value), lang, year)
    if field.type == "won" and text:
        return f"{text}원" if lang == "ko" else f"₩{text}"
    return text


def _moment(field: Field, value: Any) -> Any:
    """A date or time that is kept as text, as a value that people read."""
    reader = {"date": date.fromisoformat, "time": time.fromisoformat, "datetime": datetime.fromisoformat}.get(field.type)
    try:
        return reader(value) if reader and isinstance(value, str) else value
    except ValueError:
        return value
