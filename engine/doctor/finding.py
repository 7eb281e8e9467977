"""What the doctor found: what it is, and what mends it."""

from dataclasses import dataclass

from engine.errors import Text


@dataclass(frozen=True)
class Finding:
    """Something that the doctor found: a stable `check`, what it is, what mends it. A `fault` keeps something from working."""

    check: str
    level: str
    text: Text
    mend: Text


def fault(check: str, ko: str, en: str, mend_ko: str, mend_en: str, level: str = "fault") -> Finding:
    """One finding."""
    return Finding(check, level, {"ko": ko, "en": en}, {"ko": mend_ko, "en": mend_en})
