"""What went wrong in a scenario: where it stands, which element it is about, and what to look at."""

from engine.errors import BatonError


class Problem(BatonError):
    """A scenario that cannot be read or played, or an expectation that did not hold. `line` counts from 1; `element` is the BPMN element, if any."""

    def __init__(self, file: str, line: int, element: str, ko: str, en: str) -> None:
        super().__init__(f"{file}:{line}: {f'{element}: ' if element else ''}{en}")
        self.file = file
        self.line = line
        self.element = element
        self.ko = ko
        self.en = en

    def __reduce__(self) -> tuple[type["Problem"], tuple[str, int, str, str, str]]:
        return Problem, (self.file, self.line, self.element, self.ko, self.en)

    def as_dict(self) -> dict[str, str | int]:
        """The problem as JSON."""
        return {"file": self.file, "line": self.line, "element": self.element, "ko": self.ko, "en": self.en}
