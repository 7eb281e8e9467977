"""What the drawings say about the other files: `baton:` properties and the headers of our connectors."""

from engine import bpmn
from engine.apps import call_references
from engine.apps.lookups import FIELD, RECORD, STATUS, Names
from engine.apps.model import ProcessApp, RecordType
from engine.apps.record_references import states


def messages(app: ProcessApp) -> set[str]:
    """The names of the messages that the drawings know."""
    elements = (element for process in app.model.processes.values() for element in process.elements.values())
    return {element.message.name.text for element in elements if element.message}


def check(app: ProcessApp, names: Names) -> None:
    """Note every name in the drawings' properties and headers that nothing answers to, and processes that nothing starts."""
    for process in app.model.processes.values():
        _way_in(app, names, process)
        case = process.properties.get("baton:case")
        names.known(process.file, process.id, RECORD, [case], app.records)
        record = app.records.get(case or "")
        for element in process.elements.values():
            names.known(process.file, element.id, RECORD, [element.properties.get("baton:saves")], app.records)
            _status(names, process, element, record)
            _connector(app, names, process.file, element)
            call_references.check(app, names, process.file, element)


def _way_in(app: ProcessApp, names: Names, process: bpmn.Process) -> None:
    started = (
        {door.process for door in app.doors.values()} | {action.start for action in app.actions.values()} | {each.start for each in app.listeners}
    )
    elements = (element for each in app.model.processes.values() for element in each.elements.values())
    called = {element.call.process_id.text for element in elements if element.call}
    by_event = any(element.event in ("timer", "message", "signal") for element in process.starts)
    if by_event or process.id in started | called:
        return
    text = {"ko": f"프로세스 {process.id}을(를) 시작하는 것이 없어요.", "en": f"Nothing starts the process {process.id}."}
    mend = {
        "ko": "app.toml에 [[start]], [[action]] 또는 [[listen]]을 더하거나, 호출 액티비티로 부르거나, 타이머·메시지·신호 시작 이벤트를 그려 주세요.",
        "en": "Add a [[start]], [[action]] or [[listen]] to app.toml, call it from a call activity, or draw a timer, message or signal start event.",
    }
    names.problems.note(process.file, process.id, "process-not-started", text, mend, "warning")


def _status(names: Names, process: bpmn.Process, element: bpmn.Element, record: RecordType | None) -> None:
    status = element.properties.get("baton:status")
    if not status:
        return
    if record is None or not record.states:
        text = {"ko": "이 프로세스에는 상태를 둘 레코드가 없어요.", "en": "The process has no record whose status this could be."}
        mend = {
            "ko": "프로세스에 baton:case를, 그 레코드에 states를 적어 주세요.",
            "en": "Give the process a baton:case, and that record a `states` field.",
        }
        names.problems.note(process.file, element.id, "status-without-case", text, mend)
        return
    allowed = states(record)
    names.known(process.file, element.id, STATUS, [status], allowed)
    reached = {following for targets in record.transitions.values() for following in targets}
    if status in allowed and status not in reached and status != allowed[0]:
        text = {"ko": f"상태 {status}(으)로 가는 전이가 없어요.", "en": f"No transition leads to the status {status}."}
        mend = {
            "ko": f"records.toml의 [{record.name}.transitions]에 더해 주세요.",
            "en": f"Add one under [{record.name}.transitions] in records.toml.",
        }
        names.problems.note(process.file, element.id, "status-unreachable", text, mend)


def _connector(app: ProcessApp, names: Names, file: str, element: bpmn.Element) -> None:
    job_type = element.job_type.text if element.job_type else ""
    headers = element.headers
    if job_type == "notify":
        names.known(file, element.id, ("알림", "notification"), [headers.get("notification")], app.notifications)
    if job_type in ("record.reserve", "record.release"):
        names.known(file, element.id, ("한도", "capacity"), [headers.get("capacity")], app.capacities)
    if job_type.startswith("record."):
        names.known(file, element.id, RECORD, [headers.get("record")], app.records)
        names.codes(file, element.id, [headers.get("error")])
        _case(app, names, file, element)
        _fields(app, names, file, element, job_type)


def _fields(app: ProcessApp, names: Names, file: str, element: bpmn.Element, job_type: str) -> None:
    record = app.records.get(headers_record(app, element))
    if record is None:
        return
    if job_type == "record.settle":
        names.known(file, element.id, FIELD, [element.headers.get("field")], record.fields)
    if job_type == "record.find":
        names.known(file, element.id, FIELD, (name.strip() for name in element.headers.get("fields", "").split(",")), record.fields)
    if job_type in ("record.create", "record.update", "record.add", "record.find"):
        given = [mapping.target[0] for mapping in element.inputs if mapping.target]
        names.known(file, element.id, FIELD, given, {*record.fields, "id"})
        if job_type == "record.add":
            _totals(names, file, element.id, record, given)


def _case(app: ProcessApp, names: Names, file: str, element: bpmn.Element) -> None:
    process, record = app.model.processes[element.process_id], element.headers.get("record", "")
    if element.headers.get("case") != "true" or process.properties.get("baton:case") == record:
        return
    text = {
        "ko": f"이 프로세스의 건은 {record}이(가) 아니라서 새 레코드를 건으로 삼을 수 없어요.",
        "en": f"The process is not about {record}, so a new one cannot become its case.",
    }
    mend = {
        "ko": f"프로세스에 baton:case = {record}을(를) 적거나 머리글 case를 지워 주세요.",
        "en": f"Give the process baton:case = {record}, or drop the header `case`.",
    }
    names.problems.note(file, element.id, "case-without-process", text, mend)


def _totals(names: Names, file: str, element: str, record: RecordType, given: list[str]) -> None:
    fields = [record.fields[name] for name in given if name in record.fields]
    numbers = [field.name for field in fields if field.type in ("int", "number", "won") and not field.total]
    if not numbers and any(field.total for field in fields):
        return
    what = ", ".join(numbers)
    text = {"ko": f"더할 합계 필드가 아니에요: {what or record.name}", "en": f"Nothing here is a total that can be added to: {what or record.name}"}
    mend = {"ko": "records.toml의 필드에 total = true를 적어 주세요.", "en": "Give the field `total = true` in records.toml."}
    names.problems.note(file, element, "no-total", text, mend)


def headers_record(app: ProcessApp, element: bpmn.Element) -> str:
    """The collection that a record connector works on: its header, else the case of its process."""
    process = app.model.processes.get(element.process_id)
    return element.headers.get("record") or (process.properties.get("baton:case", "") if process else "")
