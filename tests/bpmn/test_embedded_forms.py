"""A form that stands in the diagram itself is shown like any other."""

from engine import apps, forms
from tests.forms.library import NOW, ROOT, Record, names

DRAWING = "processes/library/card.bpmn"


def test_a_task_shows_the_form_that_stands_in_its_diagram() -> None:
    files = apps.read(ROOT, "library")
    form = files.pop("forms/library/library_check.form").decode().replace("&", "&amp;").replace("<", "&lt;")
    drawing = files[DRAWING].decode().replace('formId="library_check"', 'formKey="camunda-forms:bpmn:UserTaskForm_1"')
    drawing = drawing.replace("<zeebe:properties>", f'<zeebe:userTaskForm id="UserTaskForm_1">{form}</zeebe:userTaskForm><zeebe:properties>', 1)
    library = apps.load("library", files | {DRAWING: drawing.encode()})
    task = library.model.processes["library_card"].elements["UT_Check"]
    assert task.form == "UserTaskForm_1"
    page = forms.view(library, task.form, names(member=Record(id="L-1")), lang="ko", now=NOW, record=library.records["member"])
    assert [outcome.value for outcome in page.outcomes]
