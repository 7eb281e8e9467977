"""Whether exactly those steps were refused that the scenario says."""

from collections.abc import Iterator

from engine.scenarios.problem import Problem
from engine.scenarios.spec import Refusal, Then
from engine.scenarios.story import Refused, Story


def check(story: Story, then: Then) -> Iterator[Problem]:
    """A problem for each refusal that is missing, and for each that nobody expected. With `either` the branches say what is refused."""
    if then.either:
        return
    left = list(story.refused)
    for wanted in then.refused:
        met = next((one for one in left if _is(wanted, one)), None)
        if met is None:
            yield _missing(story, wanted)
        else:
            left.remove(met)
    yield from (_surprise(story, one) for one in left)


def surprises(story: Story) -> list[Problem]:
    """The refusals so far that no part of the scenario speaks of: they tell why a later step cannot be played."""
    then = story.scenario.then
    wanted = [refusal for part in (then, *then.either) for refusal in part.refused]
    return [_surprise(story, one) for one in story.refused if not any(_is(refusal, one) for refusal in wanted)]


def _surprise(story: Story, one: Refused) -> Problem:
    said = one.text or ", ".join(one.fields)
    ko = f"{one.number}번째 단계가 거절됐어요: {one.code} {said}"
    return Problem(story.scenario.file, one.line, one.element, ko, f"Step {one.number} was refused with {one.code} ({said}).")


def _is(wanted: Refusal, one: Refused) -> bool:
    fields = one.fields if one.code == wanted.code else [name for name, code in one.codes if code == wanted.code]
    named = wanted.field in fields if wanted.field else one.code == wanted.code or bool(fields)
    return one.number == str(wanted.step) and named


def _missing(story: Story, wanted: Refusal) -> Problem:
    there = next(
        (
            " ".join((one.code, ", ".join(one.fields), *(code for _, code in one.codes))).strip()
            for one in story.refused
            if one.number == str(wanted.step)
        ),
        "",
    )
    code = f"{wanted.code} {wanted.field}" if wanted.field else wanted.code
    ko = f"{wanted.step}번째 단계가 {code}(으)로 거절되어야 해요. 실제: {there or '받아들여짐'}"
    return Problem(story.scenario.file, wanted.line, "", ko, f"Step {wanted.step} should be refused with {code}; it was {there or 'accepted'}.")
