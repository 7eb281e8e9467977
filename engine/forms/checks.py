"""Rules that a form cannot say (checks.toml), run for page, JSON, scenario and studio alike."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine import feel
from engine.errors import Text
from engine.texts import Template


@dataclass(frozen=True)
class Check:
    """`when` true refuses the submission at `field`; with `confirm` it passes once the person ticks that key."""

    form: str
    when: feel.Expression
    field: str
    code: str
    texts: Mapping[str, Template]
    confirm: str | None = None

    def says(self, names: Mapping[str, Any], now: datetime) -> Text:
        """What the person reads, `{"ko", "en"}`, with the check's `code` beside it."""
        return {**{lang: template.render(names, now, lang) for lang, template in self.texts.items()}, "code": self.code}


def failing(checks: Iterable[Check], names: Mapping[str, Any], now: datetime) -> list[Check]:
    """The checks that refuse, in their order. Anything but true (null too) lets the submission pass."""
    return [check for check in checks if check.when(names, now=now) is True]
