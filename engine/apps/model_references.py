"""What the drawings say about the other files: `baton:` properties and the headers of our connectors."""

from engine import bpmn
from engine.apps.lookups import FIELD, RECORD, STATUS, Names
from engine.apps.model import ProcessApp, RecordType
from engine.apps.record_references import states


def messages(app: ProcessApp) -> set[str]:
    """The names of the messages that the drawings know."""
    elements = (element for process in app.model.processes.values() for element in process.elements.values())
    return {element.message.name.text for element in elements if element.message}


def check(app: ProcessApp, names: Names) -> None:
    """Note every name in the drawings' properties and headers that nothing answers to."""
    for process in app.model.processes.values():
        case = process.properties.get("baton:case")
        names.known(process.file, process.id, RECORD, [case], app.records)
        record = app.records.get(case or "")
        for element in process.elements.values():
            names.known(process.file, element.id, RECORD, [element.properties.get("baton:saves")], app.records)
            _status(names, process, element, record)
            _connector(app, names, process.file, element)


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
        _fields(app, names, file, element, job_type)


def _fields(app: ProcessApp, names: Names, file: str, element: bpmn.Element, job_type: str) -> None:
    record = app.records.get(headers_record(app, element))
    if record is None:
        return
    if job_type == "record.settle":
        names.known(file, element.id, FIELD, [element.headers.get("field")], record.fields)
    if job_type in ("record.create", "record.update", "record.find"):
        names.known(file, element.id, FIELD, (mapping.target[0] for mapping in element.inputs if mapping.target), {*record.fields, "id"})


def headers_record(app: ProcessApp, element: bpmn.Element) -> str:
    """The collection that a record connector works on: its header, else the case of its process."""
    process = app.model.processes.get(element.process_id)
    return element.headers.get("record") or (process.properties.get("baton:case", "") if process else "")
