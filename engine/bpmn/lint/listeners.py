"""Listeners: jobs before and after an element; one that nobody would run must not be left out in silence."""

from collections.abc import Iterator
from typing import Final

from lxml import etree

from engine.bpmn.lint.implementation import JOB_TYPE
from engine.bpmn.lint.rules import Fact, called, error
from engine.bpmn.lint.scene import Scene
from engine.bpmn.markup import extension

UNKNOWN_EVENT: Final = error(
    "listener-not-run",
    "'{name}': '{event}' 때의 리스너는 실행하지 않아요.{why}",
    "'{name}': a listener for '{event}' is not run.{why}",
    "{events} 중에서 고르거나 리스너를 지워 주세요.",
    "Choose one of {events}, or delete the listener.",
)
EVENTS: Final = {"execution": ("start", "end"), "task": ("creating", "assigning", "completing")}
AT_ONCE: Final = {
    "canceling": (" 취소는 그 자리에서 이루어져 아무도 기다리지 않아요.", " A cancellation takes place at once and waits for nobody."),
    "updating": (" 담당자와 기한은 그 자리에서 바뀌어요.", " Assignees and dates change at once."),
}


def check(scene: Scene) -> None:
    """Listeners of every executable process and of every element in it."""
    for name, document in scene.processes.items():
        _check(scene, document.file, name, name, document.processes[name])
    for document, node in scene.nodes():
        _check(scene, document.file, node.id, called(node), node.xml)


def _check(scene: Scene, file: str, element: str, name: str, xml: etree._Element) -> None:
    for kind, listener in _listeners(xml):
        event = str(listener.get("eventType") or "")
        if event not in EVENTS[kind]:
            facts: dict[str, Fact] = {"name": name, "event": event[:40], "events": ", ".join(EVENTS[kind]), "why": AT_ONCE.get(event, "")}
            scene.report.add(UNKNOWN_EVENT, file, element, **facts)
        elif not (listener.get("type") or "").strip():
            scene.report.add(JOB_TYPE, file, element, name=name)


def _listeners(xml: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    for kind in EVENTS:
        holder = extension(xml, f"{kind}Listeners")
        yield from ((kind, entry) for entry in holder.iterchildren(f"{{*}}{kind}Listener")) if holder is not None else ()
