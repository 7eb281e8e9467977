"""Regular expressions of XQuery 1.0 and XPath 2.0 Functions and Operators, 7.6, as `matches`, `replace` and `split` use them (DMN 1.5, 10.3.4.3).

An own matcher that never tries the same place twice, so that no pattern can run away; short plain cases go through Python's `re` where the work
is known to be small. Where XPath has an error, the result is null.
"""

from engine.feel import limits
from engine.feel.errors import Null
from engine.feel.regex import pattern as patterns
from engine.feel.regex.pattern import Pattern
from engine.feel.run import Run


def matches(run: Run, pattern: str, flags: str, text: str) -> bool:
    """Whether the pattern is found anywhere in the text."""
    return patterns.compiled(pattern, flags).search(run, text, 0) is not None


def split(run: Run, delimiter: str, text: str) -> list[str]:
    """The parts of the text between the matches of the delimiter."""
    pattern = _never_empty(run, patterns.compiled(delimiter, ""))
    if not text:
        return [""]
    parts: list[str] = []
    position = 0
    for found in pattern.find_all(run, text):
        parts.append(text[position : found[0]])
        position = found[1]
    return [*parts, text[position:]]


def extract(run: Run, pattern: str, text: str) -> list[str]:
    """Every part of the text that matches (Camunda)."""
    return [text[found[0] : found[1]] for found in patterns.compiled(pattern, "").find_all(run, text)]


def replace(run: Run, pattern: str, flags: str, text: str, replacement: str) -> str:
    """The text with each match replaced; `$1` stands for a group, `$0` for the match."""
    compiled = _never_empty(run, patterns.compiled(pattern, flags))
    template = _template(replacement, compiled.groups)
    parts: list[str] = []
    position = size = 0
    for found in compiled.find_all(run, text):
        piece = text[position : found[0]] + "".join([_filled(part, found, text) for part in template])
        size += len(piece)
        if size > limits.MAX_STRING:
            raise limits.too_many_characters(run.expression)
        parts.append(piece)
        position = found[1]
    return "".join(parts) + text[position:]


def _never_empty(run: Run, pattern: Pattern) -> Pattern:
    if pattern.search(run, "", 0) is not None:
        raise Null("the pattern matches the empty string", "패턴이 빈 글과도 맞아요.")
    return pattern


def _filled(part: str | int, found: tuple[int, ...], text: str) -> str:
    if isinstance(part, str):
        return part
    start, end = found[2 * part], found[2 * part + 1]
    return text[start:end] if start >= 0 else ""


def _template(replacement: str, groups: int) -> list[str | int]:
    """The replacement as pieces of text and numbers of groups; raises Null where XPath does (FORX0004)."""
    parts: list[str | int] = []
    index = 0
    while index < len(replacement):
        char = replacement[index]
        index += 1
        if char == "\\":
            if replacement[index : index + 1] not in ("\\", "$"):
                raise Null("a backslash in the replacement must stand before '\\' or '$'", "바꿀 글의 '\\' 다음에는 '\\'나 '$'만 올 수 있어요.")
            parts.append(replacement[index])
            index += 1
        elif char == "$":
            number, index = _group_number(replacement, index, groups)
            parts.append(number if number <= groups else "")
        else:
            parts.append(char)
    return parts


def _group_number(replacement: str, index: int, groups: int) -> tuple[int, int]:
    """The group that `$` stands before: as many digits as still name a group, at least one."""
    end = index
    while end < len(replacement) and replacement[end] in "0123456789" and (end == index or int(replacement[index : end + 1]) <= groups):
        end += 1
    if end == index:
        raise Null("a '$' in the replacement must stand before a number", "바꿀 글의 '$' 다음에는 숫자가 와야 해요.")
    return int(replacement[index:end]), end
