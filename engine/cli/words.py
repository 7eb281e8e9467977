"""What commands say, in the language of the terminal."""

import os

from engine.errors import Text


def language() -> str:
    """ "ko" where the terminal is Korean, else "en"."""
    return "ko" if (os.environ.get("LC_ALL") or os.environ.get("LANG") or "").startswith("ko") else "en"


def say(text: Text) -> str:
    """The text in the terminal's language."""
    return text.get(language()) or text["ko"]
