"""Listeners: jobs before and after an element; one that nobody would run must not be left out in silence."""

from collections.abc import Iterator
from typing import Final

from lxml import etree

from engine.bpmn.lint.implementation import JOB_TYPE
from engine.bpmn.lint.rules import called, error
from engine.bpmn.lint.scene import Scene
from engine.bpmn.markup import extension

UNKNOWN_EVENT: Final = error(
    "listener-not-run",
    "'{name}': '{event}' 때의 리스너는 실행하지 않아요.",
    "'{name}': a listener for '{event}' is not run.",
    "{events} 중에서 고르거나 리스너를 지워 주세요.",
    "Choose one of {events}, or delete the listener.",
)
ON_PROCESS: Final = error(
    "process-listener-not-run",
    "프로세스 '{name}'에 붙은 리스너는 실행하지 않아요.",
    "The listeners of process '{name}' itself are not run.",
    "시작·종료 이벤트에 리스너를 붙이거나 작업으로 그려 주세요.",
    "Put them on the start and end events, or draw them as tasks.",
)
EVENTS: Final = {"execution": ("start", "end"), "task": ("creating", "assigning", "completing")}


def check(scene: Scene) -> None:
    """Listeners of every executable process and of every element in it."""
    for name, document in scene.processes.items():
        if any(_listeners(document.processes[name])):
            scene.report.add(ON_PROCESS, document.file, name, name=name)
    for document, node in scene.nodes():
        for kind, listener in _listeners(node.xml):
            event = str(listener.get("eventType") or "")
            if event not in EVENTS[kind]:
                facts = {"name": called(node), "event": event[:40], "events": ", ".join(EVENTS[kind])}
                scene.report.add(UNKNOWN_EVENT, document.file, node.id, **facts)
            elif not (listener.get("type") or "").strip():
                scene.report.add(JOB_TYPE, document.file, node.id, name=called(node))


def _listeners(xml: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    for kind in EVENTS:
        holder = extension(xml, f"{kind}Listeners")
        yield from ((kind, entry) for entry in holder.iterchildren(f"{{*}}{kind}Listener")) if holder is not None else ()
