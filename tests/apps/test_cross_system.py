"""The page on points across systems names tests, scenarios and pages that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/developer/cross-system.md").read_text()


def test_everything_that_the_page_names_is_there() -> None:
    named = re.findall(r"`((?:tests|processes|benchmarks)/[\w/.-]+)`", PAGE)
    assert len(named) > 25
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_every_point_that_apps_and_engine_must_show_has_its_row() -> None:
    rows = {int(number) for number in re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)}
    assert rows >= {1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 17, 22, 23, 25, 26, 27}
