"""An apps folder with only the apps that a story is about: however many there are in the tree, its world deploys these alone."""

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[1]


def apps_folder(folder: Path, *keys: str) -> Path:
    """The folder `apps` in this one, with these apps of the tree; made when it is not there yet."""
    made = folder / "apps"
    for top in ("processes", "forms"):
        for key in keys:
            if (ROOT / top / key).is_dir() and not (made / top / key).exists():
                shutil.copytree(ROOT / top / key, made / top / key)
    return made
