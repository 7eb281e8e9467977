"""YAML that knows its lines: scalars as YAML 1.2 reads them (no dates, no octal numbers, `NO` is a text), mappings with the line of each key."""

import re
from typing import Any

import yaml

from engine.scenarios.problem import Problem

SCALARS = (
    ("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), "tf"),
    ("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), "-0123456789"),
    ("tag:yaml.org,2002:float", re.compile(r"^-?(?:0|[1-9][0-9]*)\.[0-9]+$"), "-0123456789"),
    ("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|)$"), ["~", "n", ""]),
    ("tag:yaml.org,2002:merge", re.compile(r"^<<$"), "<"),
)


class Located(dict[str, Any]):
    """A mapping that remembers its line and the line of each key (counted from 1)."""

    line: int = 1
    lines: dict[str, int]


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # where libyaml is there: ten times as fast
    yaml_implicit_resolvers: dict[str, Any] = {}


for _tag, _pattern, _first in SCALARS:
    _Loader.add_implicit_resolver(_tag, _pattern, _first)


def _mapping(loader: _Loader, node: yaml.MappingNode) -> Located:
    own = node.value
    keys = [key.value for key, _ in own if key.tag != "tag:yaml.org,2002:merge"]
    twice = next((key for key, _ in own if key.tag != "tag:yaml.org,2002:merge" and keys.count(key.value) > 1), None)
    if twice is not None:
        raise yaml.constructor.ConstructorError(None, None, f"the key {twice.value} occurs twice", twice.start_mark)
    loader.flatten_mapping(node)
    made = Located({str(loader.construct_object(key, deep=True)): loader.construct_object(value, deep=True) for key, value in node.value})
    made.line = node.start_mark.line + 1
    made.lines = {str(key.value): key.start_mark.line + 1 for key, _ in node.value}
    return made


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read(file: str, data: bytes) -> Located:
    """The document. Raises Problem with the line for what is no YAML mapping."""
    try:
        loaded = yaml.load(data, Loader=_Loader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        text = getattr(error, "problem", None) or str(error)
        raise Problem(file, mark.line + 1 if mark else 1, "", f"YAML로 읽을 수 없어요: {text}", f"This is no YAML: {text}") from error
    if not isinstance(loaded, Located):
        raise Problem(file, 1, "", "시나리오는 id, given, when, then이 있는 YAML이어야 해요.", "A scenario is YAML with id, given, when and then.")
    return loaded


def line_of(document: Any, path: tuple[int | str, ...]) -> int:
    """The line of the place that `path` leads to, or of the nearest place around it."""
    line = 1
    for step in path:
        if isinstance(document, Located):
            line = document.lines.get(str(step), document.line)
            document = document.get(str(step))
        elif isinstance(document, list) and isinstance(step, int) and step < len(document):
            document = document[step]
            line = document.line if isinstance(document, Located) else line
        else:
            break
    return line
