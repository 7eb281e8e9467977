"""A form that stands in the diagram itself is shown like any other."""

from engine import apps, forms
from tests.bpmn.models import end, extensions, flows, model, script, start, user, zeebe
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


def test_a_form_in_the_diagram_and_another_one_of_its_id_beside_it_cannot_both_be_meant() -> None:
    files = apps.read(ROOT, "library")
    own = '{"type": "default", "components": []}'
    drawing = files[DRAWING].decode().replace('formId="library_check"', 'formKey="camunda-forms:bpmn:library_check"')
    drawing = drawing.replace("<zeebe:properties>", f'<zeebe:userTaskForm id="library_check">{own}</zeebe:userTaskForm><zeebe:properties>', 1)
    twice = files | {DRAWING: drawing.encode()}
    assert ("UT_Check", "form-twice", "error") in [(finding.element, finding.rule, finding.level) for finding in apps.lint("library", twice)]
    same = twice | {"forms/library/library_check.form": own.encode()}
    assert "form-twice" not in {finding.rule for finding in apps.lint("library", same)}


def test_the_line_of_the_worklist_sees_names_of_several_words() -> None:
    files = {name: data for name, data in apps.read(ROOT, "library").items() if not name.endswith(".bpmn")}
    subject = extensions(zeebe("properties", zeebe("property", name="baton:subject", value="{{Vacation Days + 1}} days")))
    drawn = model(subject, start(), script("count", "=20", "Vacation Days"), user("look"), end(), flows("start -> count -> look -> end"))
    found = apps.lint("library", files | {"processes/library/days.bpmn": drawn["model.bpmn"]})
    assert [finding for finding in found if finding.element == "p" and finding.level == "error"] == []
    lonely = apps.load("days", {"processes/days/app.toml": b'title = { ko = "A", en = "A" }', "processes/days/days.bpmn": drawn["model.bpmn"]})
    template = lonely.subject("p")
    assert template is not None and template.render({"Vacation Days": 20}) == "21 days"
