"""Patterns of fields, matched by FEEL's own matcher: whatever an analyst writes, no text that a stranger sends can make it run away."""

from typing import Final

from engine import feel

MATCHES: Final = feel.compile("matches(text, pattern)")


def readable(pattern: str) -> bool:
    """Whether the pattern can be read (regular expressions as in XPath: no look-ahead, no references back)."""
    return MATCHES({"text": "", "pattern": pattern}) is not None


def found(pattern: str, text: str) -> bool:
    """Whether the pattern matches anywhere in the text, as form-js has it; `^` and `$` tie it to the ends. What takes too long does not."""
    try:
        return MATCHES({"text": text, "pattern": pattern}) is True
    except feel.FeelLimitError:
        return False


def fits(pattern: str, text: str) -> bool:
    """Whether the pattern matches the whole text."""
    return found(f"^(?:{pattern})$", text)
