"""String functions (DMN 1.5, 10.3.4.3, table 74), and Camunda's `extract`, `trim`, `is blank`, `to base64` and `uuid`."""

import base64
import uuid
from typing import Any

from engine.feel import limits, regex
from engine.feel.builtins.lists import part
from engine.feel.builtins.registry import builtin
from engine.feel.errors import Null
from engine.feel.numbers import Number
from engine.feel.run import Run


def _bounded(run: Run, text: str) -> str:
    if len(text) > limits.MAX_STRING:
        raise limits.too_many_characters(run.expression)
    return text


@builtin("substring(string: string, start position: number, length: number?)")
def _substring(string: str, start: Number, length: Number | None = None) -> str:
    return string[part(len(string), start, length)]


@builtin("string length(string: string)")
def _string_length(string: str) -> int:
    return len(string)


@builtin("upper case(string: string)")
def _upper_case(run: Run, string: str) -> str:
    return _bounded(run, string.upper())


@builtin("lower case(string: string)")
def _lower_case(run: Run, string: str) -> str:
    return _bounded(run, string.lower())


@builtin("substring before(string: string, match: string)")
def _substring_before(string: str, match: str) -> str:
    before, found, _ = string.partition(match) if match else ("", "", "")
    return before if found else ""


@builtin("substring after(string: string, match: string)")
def _substring_after(string: str, match: str) -> str:
    return string.partition(match)[2] if match else string


@builtin("contains(string: string, match: string)")
def _contains(string: str, match: str) -> bool:
    return match in string


@builtin("starts with(string: string, match: string)")
def _starts_with(string: str, match: str) -> bool:
    return string.startswith(match)


@builtin("ends with(string: string, match: string)")
def _ends_with(string: str, match: str) -> bool:
    return string.endswith(match)


@builtin("matches(input: string, pattern: string, flags: string|null?)")
def _matches(run: Run, string: str, pattern: str, flags: str | None = None) -> bool:
    return regex.matches(run, pattern, flags or "", string)


@builtin("replace(input: string, pattern: string, replacement: string, flags: string|null?)")
def _replace(run: Run, string: str, pattern: str, replacement: str, flags: str | None = None) -> str:
    return regex.replace(run, pattern, flags or "", string, replacement)


@builtin("split(string: string, delimiter: string)")
def _split(run: Run, string: str, delimiter: str) -> list[str]:
    return regex.split(run, delimiter, string)


@builtin("extract(string: string, pattern: string)")
def _extract(run: Run, string: str, pattern: str) -> list[str]:
    return regex.extract(run, pattern, string)


@builtin("string join(list: list, delimiter: string|null?)")
def _string_join(run: Run, items: list[Any], delimiter: str | None = None) -> str:
    texts = [item for item in items if item is not None]
    if not all(isinstance(text, str) for text in texts):
        raise Null("the list must have only strings", "목록에는 글만 있어야 해요.")
    length = sum(map(len, texts)) + len(delimiter or "") * len(texts)
    if length > limits.MAX_STRING:
        raise limits.too_many_characters(run.expression)
    return _bounded(run, (delimiter or "").join(texts))


@builtin("string join(list: list, delimiter: string|null, prefix: string|null, suffix: string|null)")
def _string_join_between(run: Run, items: list[Any], delimiter: str | None, prefix: str | None, suffix: str | None) -> str:
    return _bounded(run, (prefix or "") + _string_join(run, items, delimiter) + (suffix or ""))


@builtin("trim(string: string)")
def _trim(string: str) -> str:
    return string.strip()


@builtin("is blank(string: string)")
def _is_blank(string: str) -> bool:
    return not string.strip()


@builtin("to base64(value: string)")
def _to_base64(run: Run, value: str) -> str:
    return _bounded(run, base64.b64encode(value.encode()).decode())


@builtin("uuid()")
def _uuid(run: Run) -> str:
    return str(uuid.UUID(int=run.randomness().getrandbits(128), version=4))
