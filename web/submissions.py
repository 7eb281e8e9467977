"""The body of a POST as one mapping, from a page or as JSON: the same names, the same values, the same commands."""

from typing import Any

import orjson
from flask import request

from engine.errors import Refused
from web.gateway import is_json

BAD_JSON = {"ko": "JSON을 읽을 수 없어요. 객체 하나를 UTF-8로 보내 주세요.", "en": "The JSON cannot be read: send one object in UTF-8."}
BAD_TEXT = {"ko": "쓸 수 없는 글자(NUL)가 있어요.", "en": "There is a character (NUL) that cannot be used."}


def read() -> dict[str, Any]:
    """What was submitted, without the page's own controls (`csrf_token` and names that begin with `_`). Several values of a name are a list.

    Raises Refused (400) for a body that is no JSON object (NaN and lone surrogates are none), and for NUL characters.
    """
    if is_json():
        return _json()
    fields = {name: values[0] if len(values) == 1 else values for name, values in request.form.lists()}
    if any("\0" in text for values in request.form.listvalues() for text in values):
        raise Refused("BAD_TEXT", BAD_TEXT, 400)
    return {name: value for name, value in fields.items() if name != "csrf_token" and not name.startswith("_")}


def control(name: str, default: str = "") -> str:
    """A control of the page itself, such as the step of a form: `_name` in the posted form."""
    return request.form.get(f"_{name}", default)


def idempotency_key() -> str | None:
    """The key under which a repeated request gets its first answer: the header, or the page's hidden field."""
    return request.headers.get("Idempotency-Key") or control("key") or None


def _json() -> dict[str, Any]:
    body = request.get_data(cache=True)
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Refused("BAD_JSON", BAD_JSON, 400) from None
    if not isinstance(value, dict):
        raise Refused("BAD_JSON", BAD_JSON, 400)
    if b"\\u0000" in body:
        raise Refused("BAD_TEXT", BAD_TEXT, 400)
    return value
