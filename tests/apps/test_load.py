"""The library app as the engine holds it."""

from dataclasses import FrozenInstanceError
from datetime import date, time

import pytest

from engine import apps
from engine.apps import Calendar
from tests.forms.library import BRANCHES, NOW, ROOT, Record, app, names

MEMBER = Record(id="L-1", applicant_name="홍길동", card_kind="ADULT", library=BRANCHES[0], pickup_date="2026-12-02", outcome=None, status="APPLIED")
SEEN = names(member=MEMBER)


def test_what_the_manifest_says():
    library = app()
    assert library.title == {"ko": "도서관 회원증", "en": "Library card"} and library.domain == "supporting"
    assert library.roles["librarian"].lanes == ("Lane_Librarian",)
    assert library.settings["max_books"] == 5 and library.settings["features"] == {"interlibrary": True}
    assert library.calendar == Calendar(time(9), time(20), frozenset(range(6)), frozenset({date(2026, 12, 25)}))
    assert library.errors["ALREADY_ISSUED"].status == 409 and library.errors["DUPLICATE"].texts["en"] == "You have applied already."
    assert library.listeners[0].event == "school.PupilEnrolled" and library.listeners[0].start == "library_card"


def test_doors_lead_to_processes():
    library = app()
    assert library.process_of(library.doors["apply"]).id == "library_card"
    assert library.doors["apply"].access == "public" and library.doors["apply"].roles == ()
    assert library.doors["desk"].roles == ("librarian",)


def test_a_process_knows_its_case_its_subject_and_its_facts():
    library = app()
    assert library.case_of("library_card") is library.records["member"]
    assert library.subject("library_card").render(SEEN, NOW) == "홍길동 · ADULT"
    facts = library.facts("library_card")
    assert [label["en"] for label, _ in facts] == ["Name", "Name", "Pick-up day"]
    assert [expression(SEEN) for _, expression in facts] == ["홍길동", "한빛도서관", "2026-12-02"]


def test_tasks_know_their_role_and_what_they_save():
    library = app()
    task = library.model.processes["library_card"].elements["UT_Check"]
    assert library.role_of_lane(task.lane) == "librarian" and library.role_of_lane("Lane_System") is None
    assert library.saves(task) is library.records["member"]


def test_actions_are_offered_and_refused():
    action = app().actions["withdraw"]
    assert action.when(SEEN) is True and action.key(SEEN) == "L-1"
    issued = names(member=Record(id="L-1", outcome="ISSUED"))
    assert action.when(issued) is False
    assert [refusal.code for refusal in action.refusals if refusal.when(issued)] == ["ALREADY_ISSUED"]


def test_records_capacities_and_lists():
    library = app()
    member = library.records["member"]
    assert (member.number.field, member.number.format) == ("member_no", "L-{yyyymmdd}-{nnnn}")
    assert member.transitions == {"APPLIED": ("ISSUED", "REJECTED")} and member.fields["mobile"].pii
    assert member.unique[0].while_({"outcome": None}) is True and member.unique[0].error == "DUPLICATE"
    assert library.capacities["pickup"].limit(names(key={"branch": "B2", "date": "2026-12-02"})) == 5
    assert library.lists["members"].columns == ("member_no", "applicant_name", "status")
    assert [row["id"] for row in library.seed["branch"]] == ["B1", "B2"]


def test_the_tracking_page_and_the_notifications():
    library = app()
    headline = next(status for status in library.tracking.statuses if status.when(SEEN) is True)
    assert headline.text["ko"].render(SEEN, NOW) == "사서가 신청을 확인하고 있어요"
    assert headline.time["en"].render(SEEN, NOW, "en") == "Ready on Wed 2 Dec"
    assert [(fact.label["en"], fact.field.type) for fact in library.tracking.details] == [
        ("Name", "name"),
        ("Mobile", "mobile"),
        ("Pick-up day", "date"),
    ]
    ready = library.notifications["card_ready"]
    assert ready.to(SEEN)["id"] == "L-1" and ready.channels == ("SMS", "EMAIL")
    assert ready.texts["ko"].render({**SEEN, "status_url": "/t/x"}, NOW) == "홍길동님, 한빛도서관에서 회원증을 찾아가세요. /t/x"
    assert library.notifications["new_application"].to == "role:librarian"


def test_the_app_cannot_be_changed():
    library = app()
    with pytest.raises(FrozenInstanceError):
        library.title = {}
    for held in (library.forms, library.records, library.actions, library.files, library.records["member"].fields):
        with pytest.raises(TypeError):
            held["x"] = None


def test_the_same_files_have_the_same_digest():
    assert apps.load("library", apps.read(ROOT, "library")).digest == app().digest


def test_a_form_may_stand_in_the_diagram():
    files = apps.read(ROOT, "library")
    form = files.pop("forms/library/library_check.form").decode().replace("&", "&amp;").replace("<", "&lt;")
    drawing = files["processes/library/card.bpmn"].decode()
    drawing = drawing.replace('formId="library_check"', 'formKey="camunda-forms:bpmn:userTaskForm_1"')
    drawing = drawing.replace("<zeebe:properties>", f'<zeebe:userTaskForm id="userTaskForm_1">{form}</zeebe:userTaskForm><zeebe:properties>', 1)
    files["processes/library/card.bpmn"] = drawing.encode()
    library = apps.load("library", files)
    embedded = next(form for form in library.forms.values() if form.file == "processes/library/card.bpmn#UT_Check")
    assert embedded.outcome.key == "decision"
