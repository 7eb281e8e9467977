"""Whether the paths in the expressions of TOML files and forms lead to fields that exist."""

import difflib
from collections.abc import Collection

from engine.apps.lookups import Names
from engine.apps.model import ProcessApp


def check(app: ProcessApp, names: Names) -> None:
    """Warn of `member.statuss`, of `settings.max_bookz`, and of names that look like a misspelt collection.

    Warnings only: a variable may bear the name of a collection, and a connector may bring names that no file tells of.
    """
    for file, element, expression in names.problems.expressions:
        if file.endswith((".toml", ".form")):
            for path in expression.paths_read:
                _path(app, names, file, element, path)


def _path(app: ProcessApp, names: Names, file: str, element: str, path: tuple[str, ...]) -> None:
    root, *steps = path
    if root == "settings":
        names.known(file, element, ("설정", "setting"), steps[:1], app.settings, "warning")
    elif root in app.records:
        _fields(app, names, file, element, root, steps)
    elif near := _misspelt(root, app.records):
        text = {"ko": f"'{root}'이(가) 무엇인지 몰라 빈 값이 돼요.", "en": f"Nothing is called '{root}', so it is null."}
        mend = {"ko": f"혹시 {near}인가요?", "en": f"Did you mean {near}?"}
        names.problems.note(file, element, "unknown-name", text, mend, "warning")


def _fields(app: ProcessApp, names: Names, file: str, element: str, collection: str, steps: list[str]) -> None:
    for step in steps:
        fields = app.records[collection].fields
        names.known(file, element, (f"{collection}의 필드", "field"), [step], {*fields, "id"}, "warning")
        following = fields[step].to if step in fields else None
        if following is None or following not in app.records:
            return
        collection = following


def _misspelt(name: str, among: Collection[str]) -> str:
    return next(iter(difflib.get_close_matches(name, among, 1, 0.8)), "") if len(name) > 4 else ""
