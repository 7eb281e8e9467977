"""Timers: dates, durations, cycles, cron, FEEL, business hours, and what is refused."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.bpmn import StepFailed
from engine.bpmn.cron import parse_cron
from engine.bpmn.durations import TimerError, parse_duration, parse_moment
from engine.bpmn.timers import parse_cycle
from tests.bpmn.conformance import shows
from tests.bpmn.host import NOW, Story
from tests.bpmn.models import boundary, catch, end, extensions, flows, model, start, timer, user, zeebe


def waiting_for(definition: str, *extension: str, **variables: object) -> datetime:
    story = Story(model(start(), catch("t", definition, *extension), end(), flows("start->t->end")), variables)
    due = story.wait("t").due
    assert due is not None
    assert story.trigger("t").state == "completed"
    return due


@shows("Events", "Timer catch event: duration, date, FEEL")
@pytest.mark.parametrize(
    ("kind", "text", "due"),
    [
        ("timeDuration", "PT10M", NOW + timedelta(minutes=10)),
        ("timeDuration", "P1DT2H", NOW + timedelta(days=1, hours=2)),
        ("timeDuration", "P1M", datetime(2026, 12, 20, tzinfo=UTC)),
        ("timeDuration", '=duration("PT" + string(n) + "H")', NOW + timedelta(hours=3)),
        ("timeDuration", '="PT" + string(n) + "H"', NOW + timedelta(hours=3)),
        ("timeDate", "2026-12-24T18:00:00+09:00", datetime(2026, 12, 24, 9, tzinfo=UTC)),
        ("timeDate", "2026-12-24T09:00:00Z", datetime(2026, 12, 24, 9, tzinfo=UTC)),
        ("timeDate", "2026-12-24", datetime(2026, 12, 23, 15, tzinfo=UTC)),
        ("timeDate", '=date and time("2026-12-24T18:00:00+09:00")', datetime(2026, 12, 24, 9, tzinfo=UTC)),
        ("timeDate", "=visit", datetime(2026, 12, 2, 0, tzinfo=UTC)),
    ],
)
def test_a_timer_is_due_when_it_says(kind: str, text: str, due: datetime) -> None:
    assert waiting_for(timer(kind, text), n=3, visit="2026-12-02T09:00:00+09:00") == due


@shows("Events", "Timer in business hours")
def test_a_duration_with_a_calendar_counts_business_hours_only() -> None:
    calendar = extensions(zeebe("properties", zeebe("property", name="baton:calendar", value="business")))
    assert waiting_for(timer("timeDuration", "PT4H"), calendar) == NOW + timedelta(hours=12)


@shows("Boundary events", "Timer: cycle with start, cron")
def test_cycles_begin_when_they_say_and_cron_counts_in_korean_time() -> None:
    def dues(text: str, times: int) -> list[str]:
        story = Story(
            model(start(), user("work"), boundary("b", "work", timer("timeCycle", text), False), end(), flows("start->work->end", "b->end"))
        )
        found = []
        for _ in range(times):
            due = story.wait("b").due
            assert due is not None
            found.append(due.isoformat(sep=" ")[5:16])
            story.trigger("b")
        return found

    assert dues("R3/2026-11-21T00:00:00Z/P1D", 3) == ["11-21 00:00", "11-22 00:00", "11-23 00:00"]
    assert dues("R/PT90M", 3) == ["11-20 01:30", "11-20 03:00", "11-20 04:30"]
    assert dues("0 0 9-17 * * MON-FRI", 3) == ["11-20 01:00", "11-20 02:00", "11-20 03:00"]
    assert dues("0 30 18 * * 6", 2) == ["11-21 09:30", "11-28 09:30"]
    assert dues("*/20 8 * * *", 2) == ["11-20 23:00", "11-20 23:20"]
    assert dues("@daily", 2) == ["11-20 15:00", "11-21 15:00"]


@pytest.mark.parametrize("text", ["", "P", "PT", "-PT5M", "P999999999Y", "P11Y", "PT5X", "5 minutes", "PT1H2", "P1DT", "P" + "9" * 5000 + "D"])
def test_durations_that_mean_nothing_or_too_much_are_refused(text: str) -> None:
    with pytest.raises(TimerError) as refusal:
        parse_duration(text)
    assert refusal.value.ko


@pytest.mark.parametrize(
    "text",
    [
        "R/PT0S",
        "R/PT0.5S",
        "R-5/PT1S",
        "R0/PT1H",
        "R1001/PT1H",
        "R3/",
        "R3",
        "R3/2026-02-31T00:00Z/P1D",
        "* * *",
        "0 0 0 30 2 *",
        "61 * * * * *",
        "0 0 0 ? * L",
        "*/0 * * * *",
        "${cron}",
    ],
)
def test_cycles_that_cannot_be_kept_are_refused(text: str) -> None:
    with pytest.raises(TimerError):
        parse_cycle(text)


@pytest.mark.parametrize("text", ["2026-02-31", "2026-13-01T00:00:00Z", "tomorrow", "", "2026-W99-1", "2026-12-24T09:00:00@Nowhere/City"])
def test_moments_that_do_not_exist_are_refused(text: str) -> None:
    with pytest.raises(TimerError):
        parse_moment(text)


@pytest.mark.parametrize("value", ["not a time", 5, None, True, "-PT1H"])
def test_an_expression_that_gives_no_time_stops_the_step_and_names_the_timer(value: object) -> None:
    with pytest.raises(StepFailed) as failure:
        waiting_for(timer("timeDuration", "=value"), value=value)
    assert failure.value.element_id == "t"


def test_the_end_of_a_month_is_cut_and_names_of_days_are_understood() -> None:
    assert parse_duration("P1M").after(datetime(2026, 1, 31, tzinfo=UTC)) == datetime(2026, 2, 28, tzinfo=UTC)
    cron = parse_cron("0 0 0 1 JAN,JUL ?")
    assert cron.after(NOW) == datetime(2026, 12, 31, 15, tzinfo=UTC)
    assert parse_cron("15 10 * * SUN").after(NOW) == datetime(2026, 11, 22, 1, 15, tzinfo=UTC)


@shows("Start", "Timer start event with its schedule")
def test_a_timer_start_event_shows_its_schedule_to_the_runtime() -> None:
    story = Story(model(start("start", timer("timeCycle", "R/PT1H")), user("a"), flows("start->a")))
    begin = story.model.processes["p"].starts[0]
    assert begin.timer is not None
    assert (begin.event, begin.timer.kind, begin.timer.value.text) == ("timer", "cycle", "R/PT1H")
