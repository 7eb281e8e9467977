"""What a form only shows: known and computed values, texts, tables, pictures, links."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from engine.forms import choices
from engine.forms.fields import Field
from engine.forms.fill import Filled
from engine.forms.model import Item
from engine.forms.page import FieldView
from engine.forms.prose import blocks
from engine.forms.show_input import affix
from engine.texts import for_people, mobile, pick


def readonly_view(filled: Filled, item: Item, label: str, raw: Any) -> FieldView:
    """A value that is shown and never sent, as people read it."""
    name = filled.prefix + item.key
    text = _words(filled, item, raw)
    text = affix(filled, item, "prefix") + text + affix(filled, item, "suffix") if text else ""
    return FieldView("readonly", key=item.key, name=name, id="f-" + name.replace(".", "-"), label=label, text=text, readonly=True)


def _words(filled: Filled, item: Item, raw: Any) -> str:
    inherited = filled.inherited(item)
    option = next((option for option in filled.options(item) or () if option.value == choices.as_text(raw)), None)
    known = inherited.choice(raw) if inherited and isinstance(raw, str) else None
    if option or known:
        return option.label if option else pick(known.label if known else None, filled.lang)
    rule = filled.rule(item)
    if rule.type == "mobile":
        return mobile(raw)
    text = for_people(_moment(rule, raw), filled.lang, filled.today.year)
    if rule.type == "won" and text:
        return f"{text}원" if filled.lang == "ko" else f"₩{text}"
    return text


def _moment(rule: Field, raw: Any) -> Any:
    """A date or time that is kept as text, as a value that people read."""
    reader = {"date": date.fromisoformat, "time": time.fromisoformat, "datetime": datetime.fromisoformat}.get(rule.type)
    try:
        return reader(raw) if reader and isinstance(raw, str) else raw
    except ValueError:
        return raw


def text_view(filled: Filled, item: Item, label: str) -> FieldView:
    """A text, table, picture, link, space or line."""
    identity = f"f-{(filled.prefix + item.id).replace('.', '-')}"
    if item.type in ("text", "html"):
        text = item.text.get(filled.lang) or item.text.get("ko")
        return FieldView("prose", id=identity, blocks=blocks(text, filled.scope, filled.now, filled.lang) if text else ())
    if item.type == "table":
        return _table(filled, item, identity, label)
    address = _safe(choices.render(item.text, filled.scope, filled.now, filled.lang))
    if item.type == "image":
        return FieldView("image", id=identity, url=address, text=item.source.alt)
    if item.type == "iframe":
        return FieldView("link", id=identity, url=address, label=label)
    return FieldView(item.type, id=identity)


def _safe(url: str) -> str:
    # No javascript: and no data: links, whoever wrote the form.
    return url if url.startswith(("https://", "http://")) or (url.startswith("/") and not url.startswith("//")) else ""


def _table(filled: Filled, item: Item, identity: str, label: str) -> FieldView:
    listed = item.options_from(filled.scope, now=filled.now) if callable(item.options_from) else None
    columns = [(key, choices.render(texts, filled.scope, filled.now, filled.lang)) for key, texts in item.columns] or _live_columns(filled, item)
    rows = tuple(
        tuple(for_people(row.get(key), filled.lang, filled.today.year) for key, _ in columns)
        for row in (listed if isinstance(listed, (list, tuple)) else ())
        if isinstance(row, Mapping)
    )
    return FieldView("table", id=identity, label=label, columns=tuple(text for _, text in columns), rows=rows)


def _live_columns(filled: Filled, item: Item) -> list[tuple[str, str]]:
    listed = item.columns_from(filled.scope, now=filled.now) if item.columns_from else None
    found = [column for column in listed if isinstance(column, Mapping)] if isinstance(listed, (list, tuple)) else []
    return [(str(column.get("key")), for_people(column.get("label") or column.get("key"), filled.lang)) for column in found]
