"""From TOML text to a checked specification; every mistake becomes a finding with its mend."""

import difflib
import re
import tomllib
from collections.abc import Mapping
from datetime import date, time
from typing import Any, Final, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from engine.apps import spec
from engine.forms.problems import Problems

S = TypeVar("S")
SPECS: Final = [thing for thing in vars(spec).values() if isinstance(thing, type) and issubclass(thing, BaseModel) and thing is not BaseModel]
KNOWN_KEYS: Final = sorted({info.alias or name for thing in SPECS for name, info in thing.model_fields.items()})
EXPECTED: Final = {
    "string_type": ("글자를 따옴표로 감싸 적어 주세요.", 'Write a text in quotes ("...").'),
    "bool_type": ("true 또는 false로 적어 주세요.", "Write true or false."),
    "bool_parsing": ("true 또는 false로 적어 주세요.", "Write true or false."),
    "tuple_type": ('["하나", "둘"]처럼 목록으로 적어 주세요.', 'Write a list, like ["one", "two"].'),
    "dict_type": ('{ 키 = "값" }처럼 표로 적어 주세요.', 'Write a table, like { key = "value" }.'),
    "model_type": ('{ ko = "...", en = "..." }처럼 표로 적어 주세요.', 'Write a table, like { ko = "...", en = "..." }.'),
    "model_attributes_type": ('{ ko = "...", en = "..." }처럼 표로 적어 주세요.', 'Write a table, like { ko = "...", en = "..." }.'),
    "missing": ("이 키를 더해 주세요.", "Add this key."),
}


def read_toml(file: str, data: bytes, problems: Problems) -> dict[str, Any] | None:
    """The tables of a TOML file, or None when it is not TOML."""
    try:
        return tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError:
        mend = {"ko": "UTF-8로 저장해 주세요.", "en": "Save it as UTF-8."}
        problems.note(file, "", "toml-encoding", {"ko": "UTF-8 글자가 아니에요.", "en": "The file is not UTF-8."}, mend)
    except tomllib.TOMLDecodeError as error:
        mend = {
            "ko": "따옴표와 괄호의 짝, 같은 이름이 두 번 있는지 그 줄에서 확인해 주세요.",
            "en": "Look at that line: quotes and brackets in pairs, no name twice.",
        }
        problems.note(file, _line(str(error)), "toml-syntax", {"ko": f"TOML을 읽을 수 없어요: {error}", "en": f"This is not TOML: {error}"}, mend)
    return None


def plain(value: Any) -> Any:
    """TOML's values as JSON: dates and times in ISO 8601."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, (date, time)) else value


def _line(message: str) -> str:
    found = re.search(r"line (\d+)", message)
    return f"line {found[1]}" if found else ""


def check(kind: type[S] | Any, tables: Any, file: str, at: str, problems: Problems) -> S | None:
    """The tables as that specification, or None after noting everything that does not fit. `at` is where in the file they stand."""
    try:
        return TypeAdapter(kind).validate_python(tables)  # type: ignore[no-any-return]
    except ValidationError as error:
        for detail in error.errors():
            _note(file, at, tables, detail, problems)
        return None


def _note(file: str, at: str, tables: Any, detail: ErrorDetails, problems: Problems) -> None:
    steps = [step for step in detail["loc"] if not (isinstance(step, str) and step in ("str", "Words", "ValueSpec"))]
    element = place(at, tables, steps)
    last = str(steps[-1]) if steps else at
    if detail["type"] == "extra_forbidden":
        near = difflib.get_close_matches(last, KNOWN_KEYS, 3, 0.6)
        mend = {
            "ko": f"혹시 {', '.join(near)}인가요? 아니면 이 키를 지워 주세요." if near else "이 키를 지워 주세요.",
            "en": f"Did you mean {', '.join(near)}? Otherwise remove this key." if near else "Remove this key.",
        }
        problems.note(file, element, "unknown-key", {"ko": f"모르는 키예요: {last}", "en": f"Unknown key: {last}"}, mend)
        return
    ko, en = EXPECTED.get(detail["type"], ("값을 고쳐 주세요.", "Mend the value."))
    rule = "missing-key" if detail["type"] == "missing" else "wrong-value"
    said_ko = f"키가 없어요: {last}" if rule == "missing-key" else f"{last}의 값이 맞지 않아요: {detail['msg']}"
    said_en = f"The key {last} is missing." if rule == "missing-key" else f"{last}: {detail['msg']}"
    problems.note(file, element, rule, {"ko": said_ko, "en": said_en}, {"ko": ko, "en": en})


def place(at: str, tables: Any, steps: list[Any]) -> str:
    """Where in the file, with list entries named by their id: `action[cancel].when`."""
    path = at
    for step in steps:
        inner = _inside(tables, step)
        if isinstance(step, int):
            path += f"[{inner.get('id', step) if isinstance(inner, Mapping) else step}]"
        else:
            path += f".{step}" if path else str(step)
        tables = inner
    return path


def _inside(tables: Any, step: Any) -> Any:
    try:
        return tables[step]
    except (KeyError, IndexError, TypeError):
        return None
