"""Personal data by reference: a text that knows where it is kept, so that variables, history and logs hold the reference only.

What is computed from such a text (a greeting with the name in it) is personal too: it is kept as `{"$pii": "<person>/=<sealed>"}`, sealed with that
person's key, so that it goes when the key goes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

MARK = "$pii"
SEALED = "="  # begins the field of a reference that carries its own text, sealed
TOGETHER = "+"  # between the persons whose keys seal it
NOBODY = "erased"  # the person of a reference that was taken away from a record
DEEPEST = 8
Seal = Callable[[frozenset[str], str], str | None]


def cannot_seal(persons: frozenset[str], text: str) -> str | None:
    """Where nothing is kept, nothing can be sealed."""
    raise ValueError("a text computed from personal data cannot be kept here")


class PersonalText(str):
    """A person's own words or number, as plain text for FEEL and pages.

    `reference` is `<person id>/<field>` in the table `person`; a computed text has none yet, and gets one from `seal` when it is kept:
    the function takes the persons' ids and the text, and answers None when nothing is left of these persons. `gone` when it was erased.
    """

    gone = False
    persons: frozenset[str]
    reference: str | None
    seal: Seal

    def __new__(cls, value: str, reference: str | None, seal: Seal = cannot_seal, persons: frozenset[str] = frozenset()) -> "PersonalText":
        text = super().__new__(cls, value)
        text.reference = reference
        text.seal = seal
        text.persons = persons or frozenset(persons_of(reference or ""))
        return text

    def __add__(self, other: str) -> "PersonalText":
        return computed(str(self) + str(other), (self, other))

    def __radd__(self, other: str) -> "PersonalText":
        return computed(str(other) + str(self), (self, other))

    def stored(self) -> Any:
        """What is kept of it: the reference, or a plain text once nothing is left of the persons."""
        reference = self.reference if self.reference is not None else self.seal(self.persons, str(self))
        return str(self) if reference is None else {MARK: reference}


def persons_of(reference: str) -> list[str]:
    """The ids of the persons that a reference leads to."""
    return [person for person in reference.partition("/")[0].split(TOGETHER) if person]


def computed(text: str, sources: Iterable[str]) -> PersonalText:
    """A text that was made from others, of which at least one is personal."""
    personal = [source for source in sources if isinstance(source, PersonalText)]
    return PersonalText(text, None, personal[0].seal, frozenset().union(*(source.persons for source in personal)))


def traced(result: Any, sources: Iterable[Any]) -> Any:
    """What a function made from its arguments: plain texts in it become personal when a personal text was among them."""
    if type(result) is not str and not (type(result) is list and any(type(item) is str for item in result)):
        return result  # nothing in it can become personal: its sources, which may be large, need no look
    personal = list(_personal(sources, 0))
    if not personal:
        return result
    if type(result) is str:
        return computed(result, personal)
    return [computed(item, personal) if type(item) is str else item for item in result]


def _personal(values: Iterable[Any], depth: int) -> Iterator[PersonalText]:
    for value in values:
        if isinstance(value, PersonalText):
            yield value
        elif depth < DEEPEST and isinstance(value, (list, tuple)):
            yield from _personal(value, depth + 1)
        elif depth < DEEPEST and isinstance(value, Mapping):
            yield from _personal(value.values(), depth + 1)


def to_stored(value: Any) -> Any:
    """The JSON form of a value with each personal text replaced by `{"$pii": reference}`."""
    if isinstance(value, PersonalText):
        return value.stored()
    if isinstance(value, dict):
        return {key: to_stored(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_stored(item) for item in value]
    return value


def from_stored(value: Any, resolve: Callable[[str], str]) -> Any:
    """The reverse: each `{"$pii": reference}` becomes the personal text that `resolve(reference)` finds (empty once it was erased)."""
    if isinstance(value, dict):
        if len(value) == 1 and MARK in value:
            found = resolve(value[MARK])
            return found if isinstance(found, PersonalText) else PersonalText(found, value[MARK])
        return {key: from_stored(item, resolve) for key, item in value.items()}
    if isinstance(value, list):
        return [from_stored(item, resolve) for item in value]
    return value
