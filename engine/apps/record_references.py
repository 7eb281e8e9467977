"""What records.toml and seed.toml say about themselves."""

from engine.apps.lookups import FIELD, RECORD, STATUS, Names
from engine.apps.model import ProcessApp, RecordType
from engine.forms import Field, patterns

ACCOUNT = "account"  # demo accounts: [[account]] login, name, roles


def states(record: RecordType) -> list[str]:
    """The statuses of the record, in the order of its enumeration; the first is the one that a new record has."""
    found = record.fields.get(record.states or "")
    return [value.id for value in found.values] if found else []


def check(app: ProcessApp, names: Names) -> None:
    """Note every name in records.toml and seed.toml that nothing answers to."""
    file = names.file("records.toml")
    for record in app.records.values():
        _record(app, names, file, record)
    for capacity in app.capacities.values():
        names.codes(file, f"capacity.{capacity.name}.full", [capacity.full])
        if "amount" in capacity.key:
            text = {"ko": "amount는 몇 개를 잡을지 적는 이름이에요.", "en": "`amount` says how many are reserved, so it cannot be a part of the key."}
            mend = {"ko": "열쇠의 이름을 바꿔 주세요.", "en": "Give that part of the key another name."}
            names.problems.note(file, f"capacity.{capacity.name}.key", "capacity-key", text, mend)
    for choices in app.choices.values():
        source = choices.source.text.strip() if choices.source else ""
        if source.isidentifier():
            names.known(file, f"choices.{choices.name}.from", RECORD, [source], app.records)
            if source in app.records:
                order = (key.lstrip("-") for key in choices.order)
                names.known(file, f"choices.{choices.name}.order", FIELD, order, {*app.records[source].fields, "id"})
    _seed(app, names)


def _record(app: ProcessApp, names: Names, file: str, record: RecordType) -> None:
    at, fields = record.name, record.fields
    names.known(file, f"{at}.number", FIELD, [record.number.field if record.number else None], fields)
    names.known(file, f"{at}.phone", FIELD, [record.phone], fields)
    names.known(file, f"{at}.search", FIELD, record.search, fields)
    names.known(file, f"{at}.states", FIELD, [record.states], fields)
    for number, unique in enumerate(record.unique):
        names.known(file, f"{at}.unique[{number}]", FIELD, unique.fields, fields)
        names.codes(file, f"{at}.unique[{number}].error", [unique.error])
    allowed = states(record)
    for state, following in record.transitions.items():
        names.known(file, f"{at}.transitions", STATUS, [state, *following], allowed)
    for field in fields.values():
        _field(app, names, file, f"{at}.fields.{field.name}", field)


def _field(app: ProcessApp, names: Names, file: str, at: str, field: Field) -> None:
    names.known(file, f"{at}.to", RECORD, [field.to], app.records)
    wrong: list[tuple[str, str, str, str]] = []
    if field.type == "ref" and not field.to:
        wrong.append(("가리킬 레코드(to)가 없어요.", "A ref needs `to`.", 'to = "technician"처럼 적어 주세요.', 'Write it, like to = "technician".'))
    if field.total and (field.type not in ("int", "won") or field.pii or field.once or field.required):
        wrong.append(
            ("합계는 int나 won 필드만 될 수 있어요.", "Only an int or won field can be a total, not required, personal or once.",
             "type을 int나 won으로 적고 required, pii, once를 지워 주세요.", 'Make it type = "int" or "won", without required, pii and once.')
        )  # fmt: skip
    if field.type == "enum" and not field.values:
        wrong.append(
            ("고를 값(values)이 없어요.", "An enum needs `values`.", 'values = ["A", "B"]처럼 적어 주세요.', 'Write them, like values = ["A", "B"].')
        )
    if field.min is not None and field.max is not None and field.min > field.max:
        wrong.append(("min이 max보다 커요.", "min is larger than max.", "두 값을 바꿔 주세요.", "Swap them."))
    if field.pattern and not patterns.readable(field.pattern):
        wrong.append(("pattern을 읽을 수 없어요.", "The pattern cannot be read.", "정규식을 고쳐 주세요.", "Mend the regular expression."))
    if field.default is not None and not str(field.default).startswith("=") and field.parse(field.default)[1] is not None:
        wrong.append(("기본값이 이 필드에 맞지 않아요.", "The default does not fit the field.", "기본값을 고쳐 주세요.", "Mend the default."))
    for ko, en, mend_ko, mend_en in wrong:
        names.problems.note(file, at, "field", {"ko": ko, "en": en}, {"ko": mend_ko, "en": mend_en})


def _seed(app: ProcessApp, names: Names) -> None:
    file = names.file("seed.toml")
    names.known(file, "", RECORD, app.seed, {*app.records, ACCOUNT})
    for collection, rows in app.seed.items():
        if collection in app.records and isinstance(rows, list):
            for number, row in enumerate(rows):
                keys = row if isinstance(row, dict) else []
                names.known(file, f"{collection}[{number}]", FIELD, keys, {*app.records[collection].fields, "id"})
                for name in keys:
                    if isinstance(row[name], str) and row[name].startswith("="):
                        names.problems.expression(file, f"{collection}[{number}].{name}", row[name])
