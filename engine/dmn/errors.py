"""What can be wrong with a decision model, and with one decision."""

from engine.errors import BatonError


class DmnError(BatonError):
    """A file that is no decision model Baton can run. `str()` is the English sentence, `ko` the Korean one, `element` the id it is about."""

    def __init__(self, element: str, ko: str, en: str) -> None:
        super().__init__(en)
        self.element = element
        self.ko = ko
        self.en = en


class UnknownDecision(DmnError):
    """No decision, decision service or business knowledge model has this name or id."""


class DecisionError(BatonError):
    """The rules that matched break the table's hit policy: two for UNIQUE, different outputs for ANY. `rules` are rule numbers from 1."""

    def __init__(self, table: str, rules: tuple[int, ...], ko: str, en: str) -> None:
        super().__init__(en)
        self.table = table
        self.rules = rules
        self.ko = ko
        self.en = en


def too_deep(element: str, name: str) -> DmnError:
    """The error for what nests deeper than can be computed."""
    return DmnError(element, f"'{name}'이(가) 너무 깊게 겹쳐 있어요. 나누어 주세요.", f"'{name}' nests too deeply; split it.")
