"""The product's own texts in Korean and English, and how a text, a date or a number is shown to the reader of this page.

`web/translations/<area>.toml` holds one table per text: `save = { ko = "저장하기", en = "Save" }` is called `t("<area>.save")` in views and
templates. `{name}` in a text is filled from the arguments; where English needs a singular, `en_one` is taken when the argument `n` is 1.
Texts of analysts (`{"ko": ..., "en": ...}`) go through `tx`, which marks Korean words on an English page with `lang="ko"`.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from flask import g, has_request_context
from markupsafe import Markup, escape

LANGUAGES = ("ko", "en")
AMOUNT = re.compile(r"(?<=\d) (?=(?:[a-z]{1,7}|[A-Z]{2,4})\b)")  # the blank in `12,000 KRW`, `14 days`, `9:30 am`
TRANSLATIONS = Path(__file__).parent / "translations"
Text = Mapping[str, str]


@cache
def catalogue() -> dict[str, Text]:
    """Every text of the product by `area.key`; a text without both languages stops the start with its name."""
    files = {file.stem: tomllib.loads(file.read_text("utf-8")) for file in sorted(TRANSLATIONS.glob("*.toml"))}
    texts = {f"{area}.{key}": text for area, table in files.items() for key, text in table.items()}
    incomplete = [key for key, text in texts.items() if not all(text.get(language) for language in LANGUAGES)]
    if incomplete:
        raise ValueError(f"web/translations: give these texts both ko and en: {', '.join(incomplete)}")
    return texts


def language() -> str:
    """`ko` or `en`: the language of the page being answered."""
    return g.get("language", LANGUAGES[0]) if has_request_context() else LANGUAGES[0]


def t(key: str, lang: str | None = None, **values: Any) -> str:
    """The text `area.key` in the page's language (or `lang`), with its `{places}` filled."""
    return _form(key, lang or language(), values).format_map(values)


def ts(key: str, **values: Any) -> Markup:
    """As `t`, for the body of a page: Korean words among the values (names of people) are marked as by `tx`."""
    marked = {name: tx(value) if isinstance(value, str) else value for name, value in values.items()}
    return escape(_form(key, language(), values)).format_map(marked)


def _form(key: str, lang: str, values: Mapping[str, Any]) -> str:
    text = catalogue()[key]
    return (text.get(f"{lang}_one") if values.get("n") == 1 else None) or text[lang]


def texts(key: str, **values: Any) -> dict[str, str]:
    """The text in both languages, for answers that carry both."""
    return {lang: t(key, lang, **values) for lang in LANGUAGES}


def pick(text: Text | str | None, lang: str | None = None) -> str:
    """An analyst's text in the page's language, Korean where English is missing: for attributes and plain text."""
    if not text:
        return ""
    if isinstance(text, str):
        return text
    return text.get(lang or language()) or text.get("ko", "")


def tx(text: Text | str | None) -> str | Markup:
    """As `pick`, for the body of a page: Korean words on an English page stand in `<span lang="ko">`, and no line breaks within an amount."""
    if not text:
        return ""
    shown = unbroken(pick(text))
    return Markup('<span lang="ko">{}</span>').format(shown) if language() != "ko" and has_hangul(shown) else shown


def unbroken(text: str) -> str:
    """The text with each number and its unit on one line."""
    bound = AMOUNT.sub("\N{NO-BREAK SPACE}", text)
    return Markup(bound) if isinstance(text, Markup) else bound


def has_hangul(text: str) -> bool:
    """True if the text has Hangul syllables or letters in it."""
    return any("가" <= character <= "힣" or "ㄱ" <= character <= "ㆎ" for character in text)
