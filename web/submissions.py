"""The body of a POST as one mapping, from a page or as JSON: the same names, the same values, the same commands."""

import secrets
from typing import Any

import orjson
from flask import request
from werkzeug.datastructures import FileStorage

from engine.errors import Answered, Refused
from engine.runtime import documents
from web.current import baton
from web.gateway import is_json

MOST_FILES = 10  # of one field and one request

BAD_JSON = {"ko": "JSON을 읽을 수 없어요. 객체 하나를 UTF-8로 보내 주세요.", "en": "The JSON cannot be read: send one object in UTF-8."}
BAD_TEXT = {"ko": "쓸 수 없는 글자(NUL)가 있어요.", "en": "There is a character (NUL) that cannot be used."}


def read(files: bool = False) -> dict[str, Any]:
    """What was submitted, without the page's own controls (`csrf_token` and names that begin with `_`). Several values of a name are a list.

    With `files`, attached files are taken in, and their fields hold what `documents.upload` answers (or why a file cannot be taken).

    Raises Refused (400) for a body that is no JSON object (NaN and lone surrogates are none), and for NUL characters.
    """
    if is_json():
        return _json()
    fields = {name: values[0] if len(values) == 1 else values for name, values in request.form.lists()}
    if any("\0" in text for values in request.form.listvalues() for text in values):
        raise Refused("BAD_TEXT", BAD_TEXT, 400)
    typed = {name: value for name, value in fields.items() if name != "csrf_token" and not name.startswith("_")}
    return typed | (_files() if files else {})


def pairs(typed: dict[str, Any]) -> list[tuple[str, str]]:
    """What was posted as pairs for hidden fields; of fields with files what was taken in."""
    taken = [(name, orjson.dumps(typed[name]).decode()) for name in request.files if isinstance(typed.get(name), list) and _whole(typed[name])]
    replaced = {name for name, _ in taken}
    return [pair for pair in request.form.items(multi=True) if pair[0] not in replaced] + taken


def _whole(files: list[Any]) -> bool:
    return all(isinstance(one, dict) and "document" in one for one in files)


def _files() -> dict[str, Any]:
    chosen = {name: [one for one in found if one.filename] for name, found in request.files.lists()}
    return {name: [_take_in(one) for one in found[:MOST_FILES]] for name, found in chosen.items() if found and not name.startswith("_")}


def _take_in(file: FileStorage) -> dict[str, Any]:
    with file.stream as stream:
        data = stream.read(documents.LARGEST + 1)
    if wrong := documents.problem(data):
        return {"problem": wrong}
    taken: dict[str, Any] = baton().do(documents.upload, name=file.filename or "", data=data, key=idempotency_key())
    return taken


def control(name: str, default: str = "") -> str:
    """A control of the page itself, such as the step of a form: `_name` in the posted form."""
    return request.form.get(f"_{name}", default)


def idempotency_key() -> str | None:
    """The key under which a repeated request gets its first answer: the header, or the page's hidden field."""
    return request.headers.get("Idempotency-Key") or control("key") or None


def key_again(refusal: Refused | None) -> str:
    """The key of a form that is shown again: a new one when the old one was used up, so that the next press is a new request."""
    used = isinstance(refusal, Answered) or (refusal is not None and refusal.code == "IDEMPOTENCY_MISMATCH")
    return (not used and idempotency_key()) or secrets.token_urlsafe(16)


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
