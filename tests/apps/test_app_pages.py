"""The analysts' pages of the apps show every diagram as it is drawn today."""

from tests.apps.app_pictures import FOLDER, ROOT, pictures

PAGES = "".join(file.read_text() for file in (ROOT / "docs/analyst/apps").glob("*.md"))


def test_the_pictures_are_those_of_the_diagrams() -> None:
    drawn = pictures()
    assert {file.name for file in FOLDER.glob("*.svg")} == set(drawn), "run `python -m tests.apps.app_pictures`"
    assert [name for name, svg in drawn.items() if (FOLDER / name).read_text() != svg] == [], "run `python -m tests.apps.app_pictures`"


def test_every_picture_stands_on_a_page() -> None:
    assert [name for name in pictures() if f"(pictures/{name})" not in PAGES] == []
