"""How much may be kept (design 8): 256 KB in one variable or in what one message or event carries, 2 MB in all of an instance."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import orjson

from engine.bpmn.failures import TooLarge

VARIABLE: Final = 256 * 1024
INSTANCE: Final = 2 * 1024 * 1024


def need_room(process_id: str, snapshot: bytes, scopes: Iterable[Mapping[str, Any]]) -> None:
    """Raise TooLarge when a variable, or a whole instance, is larger than may be kept."""
    if len(snapshot) <= VARIABLE:  # nothing in it can be larger
        return
    sizes = {name: size(value) for variables in scopes for name, value in variables.items()}
    name = max(sizes, key=sizes.__getitem__, default="")
    if sizes and sizes[name] > VARIABLE:
        raise TooLarge(process_id, {"ko": f"변수 {name}", "en": f"The variable {name}"}, sizes[name], VARIABLE)
    if len(snapshot) > INSTANCE:
        what = {"ko": f"모든 변수(가장 큰 것은 {name})", "en": f"All variables together (the largest is {name})"}
        raise TooLarge(process_id, what, len(snapshot), INSTANCE)


def need_small(element_id: str, kind: Mapping[str, str], name: str, payload: Mapping[str, Any]) -> None:
    """Raise TooLarge when what a message or event of this name carries, in its stored form, is larger than may be sent."""
    found = size(payload)
    if found > VARIABLE:
        largest = max(payload, key=lambda key: size(payload[key]))
        what = {language: f"{text} {name} ({largest})" for language, text in kind.items()}
        raise TooLarge(element_id, what, found, VARIABLE)


def size(value: Any) -> int:
    """Bytes of a stored value."""
    return len(orjson.dumps(value, default=str))
