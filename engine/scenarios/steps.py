"""Playing the steps of a scenario, one after the other."""

from collections.abc import Iterator
from typing import Final

from engine import errors, worker
from engine.errors import Text
from engine.scenarios.machine import MACHINE
from engine.scenarios.people import PEOPLE
from engine.scenarios.problem import Problem
from engine.scenarios.step_spec import Step, Together
from engine.scenarios.story import Refused, Story
from engine.scenarios.watched import Died

PLAYERS: Final = {**PEOPLE, **MACHINE}
CRASHED: Final = "CRASHED"
NO_ANSWER: Final[Text] = {"ko": "프로세스가 멈춰서 답이 없었어요.", "en": "The process died, and nobody answered."}


def play(story: Story, order: tuple[tuple[int, ...], ...]) -> None:
    """Play every step; `order` says for each together-block in which order. Raises Problem for a step that cannot be played at all."""
    blocks = iter(order)
    for number, step in enumerate(story.scenario.when, 1):
        story.news = not isinstance(step, Together)  # what happens at the same moment has not heard of each other
        for name, part in _parts(step, number, blocks):
            _one(story, name, part)
        story.news = True
        story.settle()
    worker.sweep(story.world.baton)
    story.settle()
    story.need_dead()


def _parts(step: Step, number: int, blocks: Iterator[tuple[int, ...]]) -> list[tuple[str, Step]]:
    if not isinstance(step, Together):
        return [(str(number), step)]
    return [(f"{number}.{place + 1}", step.together[place]) for place in next(blocks)]


def _one(story: Story, number: str, step: Step) -> None:
    try:
        PLAYERS[type(step)](story, step)
    except errors.Refused as refusal:
        wrong = refusal.errors if isinstance(refusal, errors.Invalid) else {}
        codes = tuple((name, text["code"]) for name, texts in wrong.items() for text in texts if "code" in text)
        story.refused.append(Refused(number, step.line, step.element, refusal.code, tuple(wrong), _told(refusal), codes))
    except Problem:
        raise
    except errors.BatonError as error:
        raise story.problem(step, f"이 단계를 할 수 없어요: {error}", f"This step cannot be taken: {error}") from error
    except Died:
        story.world.restart()
        story.refused.append(Refused(number, step.line, step.element, CRASHED, (), NO_ANSWER["ko"]))


def _told(refusal: errors.Refused) -> str:
    if isinstance(refusal, errors.Invalid):
        found = [f"{field}: {text.get('ko', '')}" for field, texts in refusal.errors.items() for text in texts]
        return "; ".join(found or [f"{field}?" for field in refusal.confirm])
    return str(refusal.texts.get("ko", ""))
