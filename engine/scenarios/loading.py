"""From a scenario's file to a Scenario, or to a Problem that names the line."""

from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from engine.scenarios.located import Located, line_of, read
from engine.scenarios.problem import Problem
from engine.scenarios.spec import KINDS, Scenario


def load(path: Path, shown: str | None = None) -> Scenario:
    """The scenario in a file. Raises Problem that names the line and the mend."""
    file = shown or str(path)
    document = read(file, path.read_bytes())
    try:
        return Scenario.model_validate({**_with_lines(document), "file": file})
    except ValidationError as error:
        raise _problem(file, document, error) from None


# Free-form mappings: what stands in them is the app's business and gets no line of its own.
FREE: Final = frozenset({"form", "variables", "record", "records", "staff", "partners", "partner", "reserved", "count", "page"})


def _with_lines(value: Any) -> Any:
    if isinstance(value, Located):
        return {**{key: entry if _free(key, entry) else _with_lines(entry) for key, entry in value.items()}, "line": value.line}
    return [_with_lines(entry) for entry in value] if isinstance(value, list) else value


def _free(key: str, entry: Any) -> bool:
    return key in FREE or (key in ("tasks", "events") and isinstance(entry, Located))


def _problem(file: str, document: Located, error: ValidationError) -> Problem:
    first = error.errors()[0]
    path = _path(first["loc"])
    name = str(path[-1]) if path else ""
    line = line_of(document, path)
    if first["type"] == "extra_forbidden":
        return Problem(file, line, "", f"모르는 항목이에요: {name}", f"Unknown key: {name}.")
    if first["type"] == "missing":
        return Problem(file, line, "", f"꼭 있어야 하는 항목이에요: {name}", f"The key {name} is missing.")
    if first["type"].startswith("union_tag"):
        known = ", ".join(KINDS)
        return Problem(file, line, "", f"단계는 다음 중 하나로 시작해요: {known}", f"A step is one of: {known}.")
    return Problem(file, line, "", f"{name}: 값을 확인해 주세요 ({first['msg']})", f"{name}: {first['msg']}.")


def _path(location: tuple[int | str, ...]) -> tuple[int | str, ...]:
    # Behind the number of a step pydantic names the kind of the step, which is no level of the file.
    kept: list[int | str] = []
    for place, step in enumerate(location):
        tag = place > 1 and isinstance(location[place - 1], int) and location[place - 2] in ("when", "together")
        if not tag:
            kept.append(step)
    return tuple(kept)
