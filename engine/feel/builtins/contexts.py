"""Context functions (DMN 1.5, 10.3.4.10, table 81), and Camunda's `from json` and `to json`."""

import json
from collections.abc import Mapping
from decimal import Decimal, DecimalException
from typing import Any

from engine.feel import limits
from engine.feel.builtins.registry import builtin
from engine.feel.errors import Null
from engine.feel.json_values import convert
from engine.feel.numbers import format_number, from_text, whole
from engine.feel.run import Run
from engine.feel.values import adopt

Context = Mapping[str, Any]


@builtin("get value(m: context, key: string)")
@builtin("get value(context: context, key: string)")
def _get_value(context: Context, key: str) -> Any:
    return adopt(context[key]) if key in context else None


@builtin("get value(context: context, keys: list)")
def _get_nested_value(context: Context, keys: list[Any]) -> Any:
    value: Any = context
    for key in _keys(keys):
        if not isinstance(value, Mapping) or key not in value:
            return None
        value = value[key]
    return adopt(value)


@builtin("get entries(m: context)")
@builtin("get entries(context: context)")
def _get_entries(run: Run, context: Context) -> list[dict[str, Any]]:
    run.spend(4 * len(context))
    return [{"key": key, "value": adopt(context[key])} for key in context]


@builtin("context(entries: list)")
def _context(entries: list[Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for entry in entries:
        if not isinstance(entry, Mapping) or "value" not in entry or not isinstance(entry.get("key"), str):
            raise Null("each entry needs a 'key' (a string) and a 'value'", "각 항목에는 'key'(글)와 'value'가 있어야 해요.")
        if entry["key"] in made:
            raise Null(f"the key '{entry['key']}' occurs twice", f"'{entry['key']}' 키가 두 번 있어요.")
        made[entry["key"]] = adopt(entry["value"])
    return made


@builtin("context put(context: context, key: string, value: any)")
def _put(run: Run, context: Context, key: str, value: Any) -> dict[str, Any]:
    return {**context, key: value}


@builtin("context put(context: context, keys: list, value: any)")
def _put_nested(run: Run, context: Context, keys: list[Any], value: Any) -> dict[str, Any]:
    head, *rest = _keys(keys)
    if not rest:
        return _put(run, context, head, value)
    inner = context.get(head)
    if not isinstance(inner, Mapping):
        raise Null(f"the entry '{head}' is no context", f"'{head}' 항목은 컨텍스트가 아니에요.")
    return _put(run, context, head, _put_nested(run, inner, rest, value))


def _keys(keys: list[Any]) -> list[str]:
    if not keys or len(keys) > limits.MAX_NESTING or not all(isinstance(key, str) for key in keys):
        raise Null("the keys must be a list of strings that is not empty", "키는 비어 있지 않은 글 목록이어야 해요.")
    return keys


@builtin("context merge(contexts: list)")
def _merge(run: Run, contexts: list[Any]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for context in contexts:
        if not isinstance(context, Mapping):
            raise Null("only contexts can be merged", "컨텍스트만 합칠 수 있어요.")
        run.spend(1 + len(context))
        merged.update(context)
    return merged


@builtin("to json(value: any)")
def _to_json(run: Run, value: Any) -> str:
    text = json.dumps(convert(value, 50_000, run.expression), ensure_ascii=False, default=_json_number)
    if len(text) > limits.MAX_STRING:
        raise limits.too_many_characters(run.expression)
    return text


def _json_number(value: Decimal) -> Any:
    return format_number(value)


@builtin("from json(value: string)")
def _from_json(run: Run, text: str) -> Any:
    run.spend(1 + len(text) // 4)
    try:
        return json.loads(text, parse_float=from_text, parse_int=_whole, parse_constant=_no_constant)
    except (ValueError, DecimalException, RecursionError):
        raise Null("the text is no JSON", "글이 JSON이 아니에요.") from None


def _whole(digits: str) -> Any:
    return whole(int(digits)) if len(digits) < 4000 else from_text(digits)


def _no_constant(name: str) -> Any:
    raise ValueError(name)
