"""From a scenario's file to a Scenario, or to a Problem that names the line."""

from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from engine.scenarios.located import Located, line_of, read
from engine.scenarios.problem import Problem
from engine.scenarios.spec import Expected, Given, Refusal, Scenario, Then, Told, Words
from engine.scenarios.step_spec import KINDS, STEPS, Edit, Row


def load(path: Path, shown: str | None = None) -> Scenario:
    """The scenario in a file. Raises Problem that names the line and the mend."""
    file = shown or str(path)
    document = read(file, path.read_bytes())
    try:
        return Scenario.model_validate({"id": path.stem, "title": path.stem, **_with_lines(document), "file": file})
    except ValidationError as error:
        raise _problem(file, document, error) from None


# Free-form mappings: what stands in them is the app's business and gets no line of its own.
FREE: Final = frozenset(
    {"form", "variables", "fields", "record", "records", "staff", "features", "settings"}
    | {"partners", "partner", "seats", "answers", "calls", "reserved", "count", "page"}
)


def _with_lines(value: Any) -> Any:
    if isinstance(value, Located):
        inside = {key: entry if _free(key, entry) else _with_lines(entry) for key, entry in value.items()}
        return {**inside, "line": value.line, "lines": value.lines}
    return [_with_lines(entry) for entry in value] if isinstance(value, list) else value


def _free(key: str, entry: Any) -> bool:
    return key in FREE or (key in ("tasks", "events") and isinstance(entry, Located))


# What pydantic says by a word of its own, for people: a kind of value, in Korean and English.
KINDS_OF_VALUE: Final = {
    "string": ("글자로 적어 주세요. 숫자라면 따옴표로 감싸요", "write a text; put a number in quotes"),
    "int": ("정수로 적어 주세요", "write a whole number"),
    "bool": ("true나 false로 적어 주세요", "write true or false"),
    "dict": ("{ 이름: 값 }으로 적어 주세요", "write { name: value }"),
    "model": ("{ 이름: 값 }으로 적어 주세요", "write { name: value }"),
    "list": ("[ … ]이나 줄마다 -로 시작하는 목록으로 적어 주세요", "write a list: [ … ], or lines that begin with -"),
    "tuple": ("[ … ]이나 줄마다 -로 시작하는 목록으로 적어 주세요", "write a list: [ … ], or lines that begin with -"),
}


def _problem(file: str, document: Located, error: ValidationError) -> Problem:
    first = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")  # a misspelt key is missing, too
    path = _path(first["loc"])
    name = str(path[-1]) if path else ""
    line = line_of(document, path)
    if first["type"] == "extra_forbidden":
        known = _keys(first["loc"])
        near = get_close_matches(name, known, 1, 0.5) or known
        ko, en = f"모르는 항목이에요: {name} (쓸 수 있는 것: {', '.join(near)})", f"Unknown key: {name}. There is: {', '.join(near)}."
        return Problem(file, line, "", ko, en)
    if first["type"] == "missing":
        return Problem(file, line, "", f"꼭 있어야 하는 항목이에요: {name}", f"The key {name} is missing.")
    if first["type"].startswith("union_tag"):
        known = list(KINDS)
        return Problem(file, line, "", f"단계는 다음 중 하나로 시작해요: {', '.join(known)}", f"A step is one of: {', '.join(known)}.")
    said = first["msg"].removeprefix("Value error, ")
    ko, en = KINDS_OF_VALUE.get(first["type"].partition("_")[0], (f"값을 확인해 주세요 ({said})", said))
    return Problem(file, line, "", f"{name}: {ko}.", f"{name}: {en}.")


def _keys(location: tuple[int | str, ...]) -> list[str]:
    """The keys that may stand where an unknown one stands."""
    kinds: dict[str, type[BaseModel]] = {"given": Given, "then": Then, "cases": Expected, "either": Then, "refused": Refusal}
    kinds |= {"notifications": Told, "title": Words, "save": Row, "deploy": Edit}
    around = [str(step) for step in location[:-1] if isinstance(step, str)]
    found = (kinds | STEPS).get(around[-1], Scenario) if around else Scenario
    return [field.alias or name for name, field in found.model_fields.items() if name not in ("line", "lines", "file")]


def _path(location: tuple[int | str, ...]) -> tuple[int | str, ...]:
    # Behind the number of a step pydantic names the kind of the step, which is no level of the file.
    kept: list[int | str] = []
    for place, step in enumerate(location):
        tag = place > 1 and isinstance(location[place - 1], int) and location[place - 2] in ("when", "together")
        if not tag:
            kept.append(step)
    return tuple(kept)
