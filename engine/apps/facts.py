"""`baton:subject` and `baton:facts` of processes, and labelled details of the tracking page."""

from collections.abc import Mapping

from engine import bpmn
from engine.apps.model import Fact, RecordType
from engine.forms import Field
from engine.forms.problems import Problems
from engine.texts import Template


def make_fact(records: Mapping[str, RecordType], file: str, element: str, path: str, problems: Problems) -> Fact | None:
    """The labelled value of a FEEL path or expression; the label is the record field's."""
    expression = problems.expression(file, element, path)
    if expression is None:
        return None
    found = field_at(records, path.strip().removeprefix("=").strip())
    return Fact(found.label if found else {"ko": path.strip(), "en": path.strip()}, expression, found)


def field_at(records: Mapping[str, RecordType], path: str) -> Field | None:
    """The record field behind `collection.field`, following references (`cancellation.subscription.status`)."""
    first, *steps = path.strip().split(".")
    record, found = records.get(first), None
    for step in steps:
        found = record.fields.get(step) if record else None
        record = records.get(found.to) if found and found.to else None
    return found


def subjects_of_processes(model: bpmn.Model, problems: Problems) -> dict[str, Template]:
    """The worklist line of each process that has one."""
    found: dict[str, Template] = {}
    for process in model.processes.values():
        text = process.properties.get("baton:subject")
        template = problems.template(process.file, process.id, text, process.names) if text else None
        if template is not None:
            found[process.id] = template
    return found


def facts_of_processes(model: bpmn.Model, records: Mapping[str, RecordType], problems: Problems) -> dict[str, tuple[Fact, ...]]:
    """The facts strip of each process that has one."""
    found: dict[str, tuple[Fact, ...]] = {}
    for process in model.processes.values():
        paths = [path for path in process.properties.get("baton:facts", "").split(",") if path.strip()]
        facts = (make_fact(records, process.file, process.id, path, problems) for path in paths)
        found[process.id] = tuple(fact for fact in facts if fact is not None)
    return found
