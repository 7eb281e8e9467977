"""What a check of a model found: one sentence about what is wrong and one about the mend, in both languages."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """One thing wrong in a file. `element` is the id of the element ("" for the whole file), `rule` the stable name of the check."""

    file: str
    element: str
    rule: str
    level: Level
    ko: str
    en: str
    mend_ko: str
    mend_en: str

    def as_dict(self, lang: str = "en") -> dict[str, str]:
        """`{"file", "element", "rule", "level", "message", "mend"}` in Korean (`lang="ko"`) or English."""
        korean = lang == "ko"
        return {
            "file": self.file,
            "element": self.element,
            "rule": self.rule,
            "level": self.level,
            "message": self.ko if korean else self.en,
            "mend": self.mend_ko if korean else self.mend_en,
        }
