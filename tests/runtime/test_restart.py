"""The embedded service is restarted while customers use it: nobody is turned away and nothing that was answered is lost."""

from benchmarks.restart import measure


def test_a_restart_turns_nobody_away_and_loses_nothing() -> None:
    figures = measure(10.0, 1)
    assert (figures["restarts"], figures["failed"], figures["lost"]) == (1, 0, 0)
    assert figures["applied"] > 0
