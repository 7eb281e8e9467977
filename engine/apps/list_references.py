"""What `[lists.*]` of records.toml say about records and roles, and whether their rows can be changed at all."""

from engine.apps.lookups import FIELD, RECORD, Names
from engine.apps.model import ProcessApp, RecordList, RecordType
from engine.errors import Text
from engine.forms import Field

NOT_TYPED: Text = {"ko": "{name}은(는) 화면에서 고칠 수 없는 필드예요.", "en": "{name} cannot be edited on a page."}
NOT_TYPED_MEND: Text = {
    "ko": "edit에서 빼 주세요: 합계, 한 번만 정하는 값, 번호, 파일은 사람이 적지 않아요.",
    "en": "Take it out of `edit`: people do not type totals, once-fields, numbers or files.",
}
NO_EDIT: Text = {"ko": "줄을 더할 수 있는데 적을 필드(edit)가 없어요.", "en": "Rows can be added, but there is no field to type (`edit`)."}
NO_EDIT_MEND: Text = {"ko": "edit에 필드를 적거나 add를 지워 주세요.", "en": "Name fields in `edit`, or drop `add`."}
MISSING: Text = {"ko": "새 줄에 꼭 있어야 하는 필드가 edit에 없어요: {name}", "en": "A new row needs this field, which is not in `edit`: {name}"}
MISSING_MEND: Text = {"ko": "edit에 더하거나 기본값(default)을 적어 주세요.", "en": "Add it to `edit`, or give it a `default`."}
HIDDEN: Text = {"ko": "개인정보 {name}은(는) 암호화되어 있어 찾을 수 없어요.", "en": "The personal field {name} is encrypted and cannot be searched."}
HIDDEN_MEND: Text = {"ko": "레코드의 search에 더하거나 filter에서 빼 주세요.", "en": "Add it to the record's `search`, or take it out of `filter`."}


def check(app: ProcessApp, names: Names) -> None:
    """Note every name in a list page that nothing answers to, and what nobody could edit or search."""
    file = names.file("records.toml")
    for page in app.lists.values():
        at = f"lists.{page.name}"
        names.known(file, f"{at}.from", RECORD, [page.source], app.records)
        names.known(file, f"{at}.roles", ("역할", "role"), page.roles, app.roles)
        names.known(file, f"{at}.editors", ("역할", "role"), page.editors, app.roles)
        if page.source in app.records:
            record = app.records[page.source]
            names.known(file, at, FIELD, (*page.columns, *page.filter), {*record.fields, "id"})
            names.known(file, f"{at}.edit", FIELD, page.edit, record.fields)
            _rows(names, file, at, page, record)


def _rows(names: Names, file: str, at: str, page: RecordList, record: RecordType) -> None:
    fields = record.fields
    for name in page.edit:
        if name in fields and not _typed(record, fields[name]):
            _note(names, file, f"{at}.edit", NOT_TYPED, NOT_TYPED_MEND, name)
    for name in page.filter:
        if name in fields and fields[name].pii and name not in record.search:
            _note(names, file, f"{at}.filter", HIDDEN, HIDDEN_MEND, name)
    if not page.add:
        return
    if not page.edit:
        _note(names, file, f"{at}.add", NO_EDIT, NO_EDIT_MEND, "")
    for field in fields.values():
        if field.required and field.default is None and field.name not in page.edit and _typed(record, field):
            _note(names, file, f"{at}.add", MISSING, MISSING_MEND, field.name)


def _typed(record: RecordType, field: Field) -> bool:
    numbered = record.number is not None and record.number.field == field.name
    return not (field.total or field.once or field.type == "file" or numbered)


def _note(names: Names, file: str, at: str, text: Text, mend: Text, name: str) -> None:
    names.problems.note(file, at, "list", {lang: words.format(name=name) for lang, words in text.items()}, mend)
