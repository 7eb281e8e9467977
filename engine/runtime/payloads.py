"""What a drawn event tells others (`baton:payload`): fields of the case record by name, or a FEEL context."""

from collections.abc import Mapping
from typing import Any

from engine import feel
from engine.bpmn import Element
from engine.errors import BpmnError
from engine.personal import MARK, PersonalText
from engine.runtime.reader import Reader
from engine.runtime.records import RecordView

PROPERTY = "baton:payload"
EVENT = {"ko": "이벤트", "en": "The event"}
MESSAGE = {"ko": "메시지", "en": "The message"}
SIGNAL = {"ko": "신호", "en": "The signal"}


def of(read: Reader, element: Element, case: RecordView | None, scope: Mapping[str, Any], seed: int) -> Mapping[str, Any]:
    """The payload that an element's event carries; empty without the property. BAD_PAYLOAD for FEEL that gives no context."""
    text = element.properties.get(PROPERTY, "").strip()
    if not text.startswith("="):
        names = [name.strip() for name in text.split(",") if name.strip()]
        return {name: case[name] for name in names} if case is not None else {}
    found = feel.compile(text[1:].strip())(scope, now=read.now, seed=seed)
    if not isinstance(found, Mapping) or isinstance(found, RecordView):
        raise BpmnError("BAD_PAYLOAD", f"{PROPERTY} of {element.id} gives {feel.type_name(found)} and no context; write = {{name: value}}")
    return found


def need_impersonal(name: str, payload: Any) -> None:
    """Raise PERSONAL_EVENT for a payload with somebody's data in it: other apps and the world outside may not have that."""
    if isinstance(payload, PersonalText) or (isinstance(payload, Mapping) and MARK in payload):
        raise BpmnError("PERSONAL_EVENT", f"the event {name} would tell others somebody's personal data; leave that field out")
    if isinstance(payload, RecordView):  # only its id is told
        return
    inside = payload.values() if isinstance(payload, Mapping) else payload if isinstance(payload, (list, tuple)) else ()
    for value in inside:
        need_impersonal(name, value)
