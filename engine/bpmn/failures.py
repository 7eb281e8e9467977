"""What can go wrong with a model or an execution, each with what the caller needs to act on it."""

from collections.abc import Sequence

from engine.errors import BatonError, Refused, Text
from engine.findings import Finding


class ModelRefused(BatonError):
    """Files that cannot run as drawn. `findings` says for each why and how to mend it."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("; ".join(f"{finding.file} {finding.element}: {finding.en}" for finding in findings))
        self.findings = list(findings)


class TokenGone(BatonError):
    """The token is not there any more: somebody else finished it, or the case moved on."""

    def __init__(self, token: int) -> None:
        super().__init__(f"token {token} is gone")
        self.token = token


class UncaughtError(BatonError):
    """A BPMN error that no boundary event and no event sub-process catches. `code` is the error's, `element_id` where it was thrown."""

    def __init__(self, code: str, message: str, element_id: str) -> None:
        super().__init__(f"error {code} thrown at {element_id} is caught nowhere: {message}")
        self.code = code
        self.message = message
        self.element_id = element_id


class StepFailed(BatonError):
    """The step cannot go on at `element_id`; nothing of it is kept. `reason` says why in English, `ko` in Korean, for the incident."""

    def __init__(self, element_id: str, reason: str, ko: str) -> None:
        super().__init__(f"{element_id}: {reason}")
        self.element_id = element_id
        self.reason = reason
        self.ko = ko


class TooLarge(StepFailed):
    """More than may be kept: `texts` name what is too large, its size and the limit, in both languages."""

    def __init__(self, element_id: str, what: Text, size: int, limit: int) -> None:
        has, may = kilobytes(size), kilobytes(limit)
        ko, en = f"{what['ko']}의 크기가 {has}예요. {may}까지 담을 수 있어요.", f"{what['en']} has {has}; {may} at most can be kept."
        super().__init__(element_id, f"{en} / {ko}", ko)
        self.texts = {"ko": ko, "en": en}


def kilobytes(size: int) -> str:
    """A size for people: a size above a limit never reads like the limit itself."""
    return f"{-(-size // 1024):,} KB"


class SurgeryRefused(Refused):
    """A repair that would leave the instance worse than it is. Nothing has been changed; `texts` say why."""

    def __init__(self, ko: str, en: str) -> None:
        super().__init__("REPAIR_REFUSED", {"ko": ko, "en": en})
