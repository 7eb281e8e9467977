"""The form with which staff change a row of a list: made from the record's fields, so that page, scenario and command hold to the same rules."""

import json
from collections.abc import Mapping
from typing import Any, Final

from engine.apps.model import RecordList, RecordType
from engine.forms import Field, Form, compile_form
from engine.forms.problems import Problems

LISTS: Final = "lists."
KINDS: Final = {"bool": "checkbox", "enum": "select", "ref": "select", "list": "checklist", "date": "datetime", "json": "textarea"}


def form_id(page: RecordList) -> str:
    """Under which id the form of a list stands among the app's forms; `checks.toml` may name it."""
    return LISTS + page.name


def list_forms(file: str, lists: Mapping[str, RecordList], records: Mapping[str, RecordType], problems: Problems) -> dict[str, Form]:
    """The form of each list whose rows can be changed."""
    found: dict[str, Form] = {}
    for page in lists.values():
        fields = records[page.source].fields if page.source in records else {}
        components = [_component(fields[name]) for name in page.edit if name in fields]
        form = compile_form(form_id(page), file, json.dumps({"components": components}).encode(), problems) if components else None
        if form is not None:
            found[form.id] = form
    return found


def _component(field: Field) -> dict[str, Any]:
    kind = KINDS.get(field.type, "textfield")
    if kind == "textfield" and field.type == "text" and (field.max is None or field.max > 200):
        kind = "textarea"
    chosen = {"valuesExpression": f"={field.to}"} if field.type == "ref" else {}
    return {"type": kind, "id": field.name, "key": field.name, **chosen}
