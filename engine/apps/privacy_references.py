"""Personal data goes where it can be erased: a field marked `pii` is asked for only where its record takes it."""

from collections.abc import Iterable

from engine.apps import record_references
from engine.apps.lookups import STATUS, Names
from engine.apps.model import ProcessApp, RecordType


def check(app: ProcessApp, names: Names) -> None:
    """Note forms that would leave personal data in variables or messages, and statuses of `[retention]` that no record has."""
    records = list(app.records.values())
    if app.retention:
        states = {state for record in records for state in record_references.states(record)}
        names.known(names.file("app.toml"), "retention.after", STATUS, app.retention.after, states)
    for process in app.model.processes.values():
        case = app.case_of(process.id)
        for element in process.elements.values():
            if element.form and element not in process.starts:
                saved = app.saves(element)
                _unsaved(app, names, process.file, element.id, element.form, [kind for kind in (case, saved) if kind], saved)
    file = names.file("app.toml")
    for door in app.doors.values():
        if door.process in app.model.processes:
            _unsaved(app, names, file, f"start[{door.id}]", door.form, records, app.case_of(door.process))
    for action in app.actions.values():
        saved = app.case_of(action.start) if action.start and action.start in app.model.processes else None
        _unsaved(app, names, file, f"action[{action.id}]", action.form, records, saved)


def _unsaved(app: ProcessApp, names: Names, file: str, at: str, form: str | None, records: Iterable[RecordType], saved: RecordType | None) -> None:
    if form is None or form not in app.forms:
        return
    personal = {field.name for record in records for field in record.fields.values() if field.pii} - set(saved.fields if saved else ())
    asked = sorted({item.key for item in app.forms[form].walk() if item.holds_value and item.readonly is not True} & personal)
    if asked:
        text = {
            "ko": f"개인정보 칸 {', '.join(asked)}에 적은 내용이 레코드에 저장되지 않고 변수나 메시지에 그대로 남아요.",
            "en": f"What people type into the personal {', '.join(asked)} would stay in variables or messages, for no record takes it.",
        }
        mend = {
            "ko": "업무에 baton:saves를 적거나, 프로세스에 baton:case를 적거나, 양식에서 그 칸을 빼 주세요.",
            "en": "Give the task `baton:saves` or the process `baton:case` with the record of these fields, or take them out of the form.",
        }
        names.problems.note(file, at, "personal-unsaved", text, mend)
