"""The page about what runs is the one that the stories make."""

from tests.bpmn.conformance import PAGE, page


def test_the_page_about_what_runs_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.bpmn.conformance"
