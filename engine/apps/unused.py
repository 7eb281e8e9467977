"""What an app declares and nothing in it uses. Only what is certain: a name that is built from pieces, or that others may read, is never named."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from engine.apps.form_references import records_of_forms
from engine.apps.lookups import OWN_CODES, Names
from engine.apps.model import ProcessApp
from engine.bpmn import Element
from engine.bpmn.lint.known import CONNECTORS
from engine.errors import Text
from engine.forms import Form

WORD: Final = re.compile(r"[A-Za-z_]\w*", re.ASCII)
KINDS: Final = (".toml", ".bpmn", ".dmn", ".form")
SETTINGS: Final = re.compile(r"\bsettings\b(?:\s*\.\s*(\w+))?(?:\s*\.\s*(\w+))?", re.ASCII)
# Codes that Baton itself gives to a step that fails; an app may have its own words for them.
OF_BATON: Final = OWN_CODES | {
    *("ALREADY_SET", "BAD_AMOUNT", "BAD_PAYLOAD", "BAD_TASK", "BAD_TIMER", "BAD_TTL", "BAD_VALUE", "DUPLICATE", "JOB_FAILED", "NOT_A_TOTAL"),
    *("NO_CALENDAR", "NO_CAPACITY", "NO_COLLECTION", "NO_DOCUMENT", "NO_FIELD", "NO_KEY", "NO_RECORD", "PERSONAL_EVENT", "STEP_FAILED"),
    "TOTAL_FIELD",
}


def check(app: ProcessApp, names: Names) -> None:
    """Note codes, choices, settings, notifications, forms and fields of forms that nothing uses."""
    found = _Words(app)
    elements = [element for process in app.model.processes.values() for element in process.elements.values()]
    _codes(app, names, found, elements)
    for name in app.choices:
        if found.words[name] < 2:
            _note(names, names.file("records.toml"), f"choices.{name}", "unused-choices", (f"선택 목록 {name}", f"The choices {name}"))
    for name in found.unread_settings(app):
        _note(names, names.file("app.toml"), f"settings.{name}", "unused-setting", (f"설정 {name}", f"The setting {name}"))
    _notifications(app, names, elements)
    _forms(app, names, found, elements)


class _Words:
    """The words of all files of an app, without its stories and demo data; comments of TOML files do not count."""

    def __init__(self, app: ProcessApp) -> None:
        self._texts = [_text(name, data) for name, data in app.files.items() if name.endswith(KINDS) and not name.endswith("/seed.toml")]
        self.words = Counter(word for text in self._texts for word in WORD.findall(text))

    def unread_settings(self, app: ProcessApp) -> Iterator[str]:
        """Settings, and entries of tables among them, that no expression reads; none where one of them is read as a whole."""
        read = {match.groups() for text in self._texts for match in SETTINGS.finditer(text)}
        if (None, None) in read:
            return
        for name, value in app.settings.items():
            inside = {entry for first, entry in read if first == name}
            if not inside and name != "features":
                yield name
            elif isinstance(value, dict) and None not in inside:
                yield from (f"{name}.{entry}" for entry in value if entry not in inside)


def _text(name: str, data: bytes) -> str:
    text = data.decode("utf-8", "replace")
    if not name.endswith(".toml"):
        return text
    try:
        return "\n".join(_strings(tomllib.loads(text)))
    except tomllib.TOMLDecodeError:  # said already by who reads it
        return text


def _strings(value: Any, key: str = "") -> Iterator[str]:
    # `settings` as the name of a table in app.toml is no reading of it.
    if key != "settings":
        yield key
    for name, entry in value.items() if isinstance(value, dict) else ((("", entry) for entry in value) if isinstance(value, list) else ()):
        yield from _strings(entry, name)
    if isinstance(value, str):
        yield value


def _codes(app: ProcessApp, names: Names, found: _Words, elements: list[Element]) -> None:
    if any(element.code and element.code.expression for element in elements):
        return
    for code in app.errors:
        if found.words[code] < 2 and code not in OF_BATON:
            _note(names, names.file("app.toml"), f"errors.{code}", "unused-error", (f"오류 코드 {code}", f"The error code {code}"))


def _notifications(app: ProcessApp, names: Names, elements: list[Element]) -> None:
    sent = {element.headers["notification"] for element in elements if "notification" in element.headers}
    if any(name.startswith("=") or "{{" in name for name in sent):
        return
    for name in sorted(app.notifications.keys() - sent):
        what = (f"알림 {name}", f"The notification {name}")
        _note(names, names.file("notifications.toml"), name, "unused-notification", what)


def _forms(app: ProcessApp, names: Names, found: _Words, elements: list[Element]) -> None:
    shown = {element.form for element in elements} | {door.form for door in app.doors.values()} | {action.form for action in app.actions.values()}
    outside = any(element.job_type and (element.job_type.expression or element.job_type.text not in CONNECTORS) for element in elements)
    files = [form for form in app.forms.values() if form.file.endswith(".form")]
    declared = Counter(item.key for form in files for item in form.walk() if item.key)
    for form in files:
        if form.id not in shown:
            _note(names, form.file, "", "unused-form", (f"양식 {form.id}", f"The form {form.id}"))
        elif not outside:  # a worker that is no part of the app gets all variables
            _fields(app, names, found, form, declared)


def _fields(app: ProcessApp, names: Names, found: _Words, form: Form, declared: Counter[str]) -> None:
    kept = {field for record in records_of_forms(app).get(form.id, ()) for field in record.fields}
    for item in form.walk():
        asks = item.type == "checkbox" and item.source.rules.required  # what has to be ticked has done its work by that
        if not item.takes_input or "." in item.key or item.key in kept or asks or item.carry:
            continue
        if found.words[item.key] <= declared[item.key]:
            _note(names, form.file, item.key, "unused-field", (f"{item.key}에 적은 것", f"What is written into {item.key}"))


def _note(names: Names, file: str, at: str, rule: str, what: tuple[str, str]) -> None:
    text: Text = {"ko": f"{what[0]}을(를) 쓰는 곳이 없어요.", "en": f"{what[1]} is used nowhere."}
    mend: Text = {"ko": "지우거나, 쓸 곳에서 이름을 적어 주세요.", "en": "Remove it, or name it where it is meant to be used."}
    names.problems.note(file, at, rule, text, mend, "warning")
