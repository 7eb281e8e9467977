"""What an element is called, in the language of the reader."""

from typing import Final

from engine.bpmn.drawing.diagram import Node
from engine.bpmn.markup import BPMN, child, local, properties, referred, text_of

_KINDS: Final = {
    "task": ("작업", "Task"),
    "userTask": ("사람이 하는 업무", "User task"),
    "manualTask": ("손으로 하는 일", "Manual task"),
    "serviceTask": ("자동 처리", "Service task"),
    "scriptTask": ("계산", "Script"),
    "businessRuleTask": ("규칙 판단", "Business rule"),
    "sendTask": ("메시지 보내기", "Send message"),
    "receiveTask": ("메시지 받기", "Receive message"),
    "callActivity": ("다른 프로세스 부르기", "Call activity"),
    "subProcess": ("하위 프로세스", "Sub-process"),
    "transaction": ("트랜잭션", "Transaction"),
    "adHocSubProcess": ("자유 순서 하위 프로세스", "Ad-hoc sub-process"),
}


def label(element: Node, lang: str) -> str:
    """The element's name; with `lang="en"` the property `baton:label.en` if there is one. An annotation's text, a group's category."""
    kind = local(element)
    if kind == "textAnnotation":
        return text_of(child(element, "text"))
    if kind == "group":
        return _category(element)
    if lang == "en" and (english := properties(element).get("baton:label.en", "").strip()):
        return english
    return (element.get("name") or "").strip()


def kind_label(kind: str, lang: str) -> str:
    """What an element without a name is called: the kind of activity; "" for what needs no name."""
    korean, english = _KINDS.get(kind, ("", ""))
    return english if lang == "en" else korean


def _category(group: Node) -> str:
    reference = referred(group.get("categoryValueRef"))
    values = group.getroottree().getroot().iter(f"{{{BPMN}}}categoryValue")
    return next((value.get("value") or "" for value in values if value.get("id") == reference), "") if reference else ""
