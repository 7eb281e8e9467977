"""A technician's day: what must be answered now stands today, the visit on its own day, and nothing is invisible."""

from datetime import date

from engine.views import worklist
from tests.runtime.story import PARK, Story

TODAY, VISIT = date(2026, 12, 1), date(2026, 12, 3)


def names(story: Story, day: date) -> list[str]:
    """The tasks that technician Park sees on a day."""
    with story.baton.read() as read:
        return [row.name["en"] for row in worklist.day(read, PARK, day, lang="en").rows]


def test_a_request_stands_today_and_the_visit_on_its_day(story: Story) -> None:
    number = story.apply().number
    story.to("UT_TechAccept", number)
    assert names(story, TODAY) == ["Accept the installation request"]
    story.complete("UT_TechAccept", number, PARK)
    assert "Depart" not in names(story, TODAY)
    assert names(story, VISIT) == ["Depart"]


def test_what_was_left_over_stands_today(story: Story) -> None:
    number = story.apply().number
    story.to("UT_Install", number)
    story.pass_time(days=6)
    assert names(story, date(2026, 12, 7)) == ["Record the installation"]
