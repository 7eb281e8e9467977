"""Loops and timers as drawn: numbers and times that can never work are found before anybody waits for them."""

from typing import Final

from lxml import etree

from engine.bpmn.dialect import Unreadable, read_timer
from engine.bpmn.document import Document, Node
from engine.bpmn.durations import TimerError
from engine.bpmn.lint.rules import Fact, called, error, warning
from engine.bpmn.lint.scene import Scene, text_child
from engine.bpmn.markup import extension, local
from engine.bpmn.timers import check as check_timer

MAX_INSTANCES: Final = 1000

COLLECTION: Final = error(
    "loop-without-collection",
    "다중 인스턴스 '{name}'이(가) 무엇마다 되풀이할지 없어요.",
    "Multi-instance '{name}' does not say what it repeats over.",
    "입력 목록(inputCollection)이나 횟수(loopCardinality)를 적어 주세요.",
    "Write an inputCollection or a loopCardinality.",
)
CARDINALITY: Final = error(
    "bad-loop-count",
    "'{name}'의 횟수 '{value}'은(는) 쓸 수 없어요.",
    "'{name}': the count '{value}' cannot be used.",
    "0에서 {limit} 사이의 정수를 적어 주세요.",
    "Write a whole number between 0 and {limit}.",
)
ENDLESS: Final = error(
    "loop-without-end",
    "반복 '{name}'에 조건도 최대 횟수도 없어 끝나지 않아요.",
    "Loop '{name}' has neither a condition nor a maximum and would never end.",
    "반복 조건(loopCondition)이나 최대 횟수(loopMaximum)를 적어 주세요.",
    "Write a loopCondition or a loopMaximum.",
)
TIMER: Final = error(
    "bad-timer",
    "타이머 '{name}': {problem}",
    "Timer '{name}': {problem}",
    "ISO 8601 날짜(2026-12-01T09:00:00+09:00), 기간(PT30M), 반복(R3/PT1H), cron 또는 FEEL 식을 적어 주세요.",
    "Write an ISO 8601 date (2026-12-01T09:00:00+09:00), duration (PT30M), cycle (R3/PT1H), cron, or a FEEL expression.",
)
ONCE: Final = warning(
    "cycle-fires-once",
    "타이머 '{name}'은(는) 반복으로 적혀 있지만 이 자리에서는 한 번만 울려요.",
    "Timer '{name}' is written as a cycle, but fires only once here.",
    "기간(timeDuration)으로 바꾸거나, 되풀이하려면 멈추지 않는 경계 이벤트로 그려 주세요.",
    "Write a timeDuration; to repeat, draw a non-interrupting boundary event.",
)
EMPTY: Final = ("언제인지가 없어요.", "it does not say when.")


def check(scene: Scene) -> None:
    """Every loop and every timer that will be executed."""
    for document, node in scene.nodes():
        if node.loop is not None:
            _loop(scene, document, node)
        for definition in node.definitions:
            if local(definition) == "timerEventDefinition":
                _timer(scene, document, node, definition)


def _loop(scene: Scene, document: Document, node: Node) -> None:
    xml = node.loop
    assert xml is not None
    count = text_child(xml, "loopCardinality")
    if local(xml) == "standardLoopCharacteristics":
        maximum = str(xml.get("loopMaximum") or "").strip()
        if maximum:
            _count(scene, document, node, maximum, 1_000_000)
        elif not text_child(xml, "loopCondition"):
            scene.report.add(ENDLESS, document.file, node.id, name=called(node))
        return
    own = extension(xml, "loopCharacteristics")
    if not count and (own is None or not own.get("inputCollection")):
        scene.report.add(COLLECTION, document.file, node.id, name=called(node))
    elif count and not count.startswith("=") and count.lstrip("-").replace(".", "").isdigit():
        _count(scene, document, node, count, MAX_INSTANCES)


def _count(scene: Scene, document: Document, node: Node, value: str, limit: int) -> None:
    if not (value.isascii() and value.isdigit() and len(value) < 9 and int(value) <= limit):
        scene.report.add(CARDINALITY, document.file, node.id, name=called(node), value=value[:40], limit=f"{limit:,}")


def _timer(scene: Scene, document: Document, node: Node, definition: etree._Element) -> None:
    problem: Fact | None = None
    try:
        timer = read_timer(definition, node.properties.get("baton:calendar"), document.names)
        if timer is None:
            problem = EMPTY
        else:
            check_timer(timer)
            if timer.kind == "cycle" and (node.type == "intermediateCatchEvent" or (node.type == "boundaryEvent" and node.interrupting)):
                scene.report.add(ONCE, document.file, node.id, name=called(node))
    except TimerError as error_:
        problem = (error_.ko, str(error_))
    except Unreadable:
        # The expression itself is reported with its line and column.
        return
    if problem:
        scene.report.add(TIMER, document.file, node.id, name=called(node), problem=problem)
