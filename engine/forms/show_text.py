"""What a form only shows: known and computed values, texts, tables, pictures, links."""

from collections.abc import Mapping
from typing import Any

from engine.forms import choices
from engine.forms.fill import Filled
from engine.forms.model import Item
from engine.forms.page import FieldView
from engine.forms.prose import blocks
from engine.forms.show_input import affix
from engine.forms.words import words
from engine.texts import for_people


def readonly_view(filled: Filled, item: Item, label: str, raw: Any) -> FieldView:
    """A value that is shown and never sent, as people read it."""
    name = filled.prefix + item.key
    text = _words(filled, item, raw)
    text = affix(filled, item, "prefix") + text + affix(filled, item, "suffix") if text else ""
    return FieldView("readonly", key=item.key, name=name, id="f-" + name.replace(".", "-"), label=label, text=text, readonly=True)


def _words(filled: Filled, item: Item, raw: Any) -> str:
    option = next((option for option in filled.options(item) or () if option.value == choices.as_text(raw)), None)
    return option.label if option else words(filled.rule(item), raw, filled.lang, filled.today.year)


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
