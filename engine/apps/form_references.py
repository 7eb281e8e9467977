"""What the forms say about records, choices and decisions: a form may narrow a record's field, never widen it."""

from collections.abc import Mapping
from typing import Any

from engine.apps.list_forms import LISTS
from engine.apps.lookups import Names
from engine.apps.model import ProcessApp, RecordType
from engine.forms import Field, Form
from engine.forms.model import Item
from engine.forms.schema import fixed

RESERVED = frozenset({"form", "settings", "user", "free", "taken", "decide"})
FITTING: Mapping[str, frozenset[str]] = {
    "number": frozenset({"int", "number", "won"}),
    "checkbox": frozenset({"bool"}),
    "checklist": frozenset({"list", "json"}),
    "taglist": frozenset({"list", "json"}),
    "filepicker": frozenset({"file"}),
    "datetime": frozenset({"date", "time", "datetime", "text"}),
    "dynamiclist": frozenset({"list", "json"}),
}


def check(app: ProcessApp, names: Names) -> None:
    """Note choices and decisions that do not exist, widened fields, missing English texts, more than one set of outcome buttons."""
    uses = records_of_forms(app)
    for form in app.forms.values():
        if form.id.startswith(LISTS):  # made from the record's fields
            continue
        # A form that nothing uses yet may be meant for any of the records.
        records = uses.get(form.id) or list(app.records.values())
        outcomes = [item for item in form.walk() if item.outcome]
        if len(outcomes) > 1:
            text = {"ko": "outcome 라디오가 두 개 이상이에요.", "en": "There is more than one radio with outcome."}
            mend = {"ko": "하나만 남겨 주세요.", "en": "Keep one of them."}
            names.problems.note(form.file, outcomes[1].key, "form-outcome", text, mend)
        for item in form.walk():
            names.known(form.file, item.key, ("결정", "decision"), [item.decision], app.decisions)
            if isinstance(item.options_from, str):
                names.known(form.file, item.key, ("선택 목록", "choices"), [item.options_from], app.choices, "warning")
            _shadows(app, names, form, item)
            _empty_choice(names, form, item, records)
            _unkept_file(names, form, item, records)
            for record in uses.get(form.id, []):
                _narrow(names, form, item, record)
            _english(names, form, item, records)


def records_of_forms(app: ProcessApp) -> dict[str, list[RecordType]]:
    """For each form the record types that its keys can mean: what the tasks and doors that use it save, else the case of their process."""
    found: dict[str, list[RecordType]] = {}

    def use(form: str | None, record: RecordType | None) -> None:
        if form and record and record not in found.setdefault(form, []):
            found[form].append(record)

    for process in app.model.processes.values():
        for element in process.elements.values():
            use(element.form, app.saves(element) or app.case_of(process.id))
        for start in process.starts:
            for door in (door for door in app.doors.values() if door.process == process.id and door.start in (None, start.id)):
                use(door.form, app.saves(start) or app.case_of(process.id))
            for action in (action for action in app.actions.values() if action.start == process.id):
                use(action.form, app.saves(start) or app.case_of(process.id))
    return found


def _shadows(app: ProcessApp, names: Names, form: Form, item: Item) -> None:
    key = item.key.partition(".")[0]
    if not item.holds_value or key not in {*RESERVED, *app.records}:
        return
    text = {"ko": f"키 {key}은(는) 식에서 다른 것의 이름이에요.", "en": f"In expressions, {key} is the name of something else."}
    mend = {
        "ko": "다른 키를 쓰세요. 보낸 값은 변수가 되어 같은 이름의 레코드나 함수를 가려요.",
        "en": "Use another key: what is sent becomes a variable, which hides the collection or function of that name.",
    }
    names.problems.note(form.file, item.key, "form-key-hides", text, mend, "error" if key in RESERVED else "warning")


def _empty_choice(names: Names, form: Form, item: Item, records: list[RecordType]) -> None:
    inherited = any(item.key in record.fields and record.fields[item.key].values for record in records)
    if item.type in ("radio", "select", "checklist", "taglist") and not item.options and item.options_from is None and not inherited:
        text = {"ko": "고를 것이 하나도 없어요.", "en": "There is nothing to choose from."}
        mend = {
            "ko": "값을 적거나, valuesKey에 [choices]의 이름을 적거나, 키를 값이 있는 레코드 필드로 바꿔 주세요.",
            "en": "Write values, or a name of [choices] into valuesKey, or use the key of a record field that has values.",
        }
        names.problems.note(form.file, item.key, "form-no-options", text, mend)


def _unkept_file(names: Names, form: Form, item: Item, records: list[RecordType]) -> None:
    if item.type != "filepicker" or any(item.key in record.fields for record in records):
        return
    text = {"ko": "올린 파일을 둘 레코드 필드가 없어요.", "en": "No record has a field for these files, so nobody would keep them."}
    mend = {
        "ko": 'records.toml에 type = "file"인 필드를 만들고 그 이름을 키로 적어 주세요.',
        "en": 'Make a field of type = "file" in records.toml and use its name as the key.',
    }
    names.problems.note(form.file, item.key, "form-file-unkept", text, mend)


def _narrow(names: Names, form: Form, item: Item, record: RecordType) -> None:
    field = record.fields.get(item.key)
    if field is None or not (item.takes_input or item.type == "dynamiclist"):
        return
    if field.type not in FITTING.get(item.type, {field.type}):
        text = {
            "ko": f"{item.type} 칸으로는 {record.name}.{field.name}({field.type})을(를) 적을 수 없어요.",
            "en": f"A {item.type} cannot hold {record.name}.{field.name}, which is a {field.type}.",
        }
        mend = {"ko": "양식 요소의 종류나 키를 바꿔 주세요.", "en": "Use another component, or another key."}
        names.problems.note(form.file, item.key, "form-type-differs", text, mend)
    for what, wide in _wider(item, field):
        text = {
            "ko": f"{what}이(가) {record.name}.{field.name}보다 넓어요: {wide}",
            "en": f"{what} is wider than {record.name}.{field.name} allows: {wide}",
        }
        mend = {
            "ko": "양식은 좁힐 수만 있어요. 값을 줄이거나 records.toml을 고쳐 주세요.",
            "en": "A form may only narrow: tighten it, or mend records.toml.",
        }
        names.problems.note(form.file, item.key, "form-widens", text, mend)


def _wider(item: Item, field: Field) -> list[tuple[str, Any]]:
    lengths = field.type == "text"
    low, high = item.source.bounds(lengths)
    found: list[tuple[str, Any]] = []
    if (bound := fixed(low)) is not None and field.min is not None and bound < field.min:
        found.append(("minLength" if lengths else "min", low))
    if (bound := fixed(high)) is not None and field.max is not None and bound > field.max:
        found.append(("maxLength" if lengths else "max", high))
    if field.values:
        found += [("values", option.value) for option in item.options if field.choice(str(option.value)) is None]
    return found


def _english(names: Names, form: Form, item: Item, records: list[RecordType]) -> None:
    inherited = next((record.fields[item.key] for record in records if item.key in record.fields), None)
    for what, texts in (("label", item.label), ("description", item.hint), ("text", item.text)):
        known = inherited.label if what == "label" and inherited else {}
        if "ko" in texts and "en" not in texts and "en" not in known:
            names.problems.english(form.file, item.key or item.id, {"ko": texts["ko"].text})
    for option in item.options:
        korean = option.label.get("ko")
        if korean and not korean.text.isascii() and "en" not in option.label and not (inherited and inherited.choice(str(option.value))):
            names.problems.english(form.file, item.key, {"ko": korean.text})
