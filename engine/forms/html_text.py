"""HTML views of form-js as text views: the words and their order are kept, tags become the little Markdown that text views know."""

import html
import re
from typing import Final

TOKENS: Final = re.compile(r"(\{\{.*?\}\})|<(script|style)\b.*?</\2\s*>|<!--.*?-->|<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)>", re.S)
BREAKS: Final = {"p", "div", "br", "tr", "ul", "ol", "table", "section"}
HEADINGS: Final = {"h1", "h2", "h3", "h4", "h5", "h6"}
STRONG: Final = {"b", "strong"}


def as_markdown(content: str) -> str:
    """The text of the HTML. Expressions in double braces stay as they are."""
    link = ""

    def token(found: re.Match[str]) -> str:
        nonlocal link
        expression, _, closing, name, attributes = found.groups()
        if expression or not name:
            return expression or ""
        name = name.lower()
        if name == "a":
            address = re.search(r"href\s*=\s*[\"']([^\"']*)", attributes or "")
            opened, link = link, "" if closing else address[1] if address else "#"
            return f"]({opened})" if closing and opened else "" if closing else "["
        return _tag(name, bool(closing))

    parts = TOKENS.sub(token, content)
    return html.unescape(re.sub(r"[ \t]*\n[ \t]*", "\n", parts)).strip()


def _tag(name: str, closing: bool) -> str:
    if name in STRONG:
        return "**"
    if name in HEADINGS:
        return "\n" if closing else f"\n{'#' * int(name[1])} "
    if name == "li":
        return "" if closing else "\n- "
    return "\n" if name in BREAKS else ""
