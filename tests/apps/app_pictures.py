"""The pictures in the analysts' pages of the apps: `python -m tests.apps.app_pictures` draws them anew as the server draws them."""

import re
from pathlib import Path
from typing import Final

from engine.bpmn.drawing import draw

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs/analyst/apps/pictures"
COLOURS: Final = {"--d-line": "#41506a", "--d-text": "#16202e", "--d-fill": "#ffffff"}
VARIABLE: Final = re.compile(r"var\((--[a-z-]+)\)")


def pictures() -> dict[str, str]:
    """The SVG of every diagram of every app, by file name `<app>-<diagram>.svg`."""
    files = sorted((ROOT / "processes").glob("*/*.bpmn"))
    return {f"{file.parent.name}-{file.stem}.svg": _standing_alone(draw(file.read_bytes(), lang="ko").svg) for file in files}


def _standing_alone(svg: str) -> str:
    # Outside Baton's pages nobody says what the colours are.
    return VARIABLE.sub(lambda found: COLOURS.get(found[1], "#16202e"), svg).replace("<svg ", '<svg font-family="sans-serif" ', 1) + "\n"


def main() -> None:
    """Write them all; what no diagram stands for any more goes."""
    FOLDER.mkdir(exist_ok=True)
    drawn = pictures()
    for file in FOLDER.glob("*.svg"):
        if file.name not in drawn:
            file.unlink()
    for name, svg in drawn.items():
        (FOLDER / name).write_text(svg)


if __name__ == "__main__":
    main()
