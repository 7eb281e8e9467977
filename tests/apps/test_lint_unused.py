"""What stands in an app's files and is used nowhere: lint names it, and leaves alone what may be used where nobody can see it."""

import json
import re
from pathlib import Path

import pytest

from engine import apps
from engine.apps.unused import OF_BATON
from tests.scenarios import cloaks

ENGINE = Path(__file__).parents[2] / "engine"
APP, RECORDS, DRAWING = (f"processes/cloaks/{name}" for name in ("app.toml", "records.toml", "cloaks.bpmn"))
FORM = "forms/cloaks/cloaks_coat.form"
NOTE = {"type": "textfield", "key": "colour", "label": "색"}


@pytest.fixture
def files(tmp_path: Path) -> dict[str, bytes]:
    return apps.read(cloaks.write(tmp_path), "cloaks")


def unused(files: dict[str, bytes]) -> list[tuple[str, str]]:
    return [(found.rule, found.element) for found in apps.lint("cloaks", files) if "unused" in found.rule]


def more(files: dict[str, bytes], name: str, text: str) -> dict[str, bytes]:
    return files | {name: files.get(name, b"") + text.encode()}


def asking(files: dict[str, bytes], **component: object) -> dict[str, bytes]:
    form = json.loads(files[FORM])
    return files | {FORM: json.dumps(form | {"components": [*form["components"], NOTE | component]}).encode()}


def test_an_app_that_uses_all_it_has_is_clean(files):
    assert unused(files) == []


def test_a_code_that_nothing_raises_is_named_unless_it_is_one_of_batons_own(files):
    dead = files[APP].replace(b"[settings]", 'LOST = { ko = "없어요", en = "Lost" }\nBUSY = { ko = "바빠요", en = "Busy" }\n[settings]'.encode())
    assert unused(files | {APP: dead}) == [("unused-error", "errors.LOST")]
    assert unused(files | {APP: dead, DRAWING: files[DRAWING].replace(b'value="GONE"', b'value="LOST"')}) == []


def test_choices_that_no_form_offers_are_named(files):
    assert unused(more(files, RECORDS, '\n[choices.rows]\nfrom = "coat"\nlabel = "= item.id"\n')) == [("unused-choices", "choices.rows")]


def test_settings_that_no_expression_reads_are_named_also_inside_of_a_table(files):
    dead = more(files, APP, 'colour = "red"\n[settings.times]\nshort = "PT1M"\nlong = "PT1H"\n')
    read = {DRAWING: files[DRAWING].replace(b"settings.closing", b"settings.times.short")}
    assert unused(dead | read) == [("unused-setting", f"settings.{name}") for name in ("closing", "colour", "times.long")]
    whole = {DRAWING: files[DRAWING].replace(b"settings.closing", b"get value(settings.times, settings.row)")}
    assert unused(dead | whole) == [("unused-setting", "settings.closing"), ("unused-setting", "settings.colour")]


def test_a_notification_that_nothing_sends_is_named(files):
    text = '[lost]\nto = "= coat"\nchannels = ["SMS"]\nko = "없어요"\nen = "Lost"\n'
    assert unused(more(files, "processes/cloaks/notifications.toml", text)) == [("unused-notification", "lost")]


def test_a_form_that_is_shown_nowhere_is_named(files):
    assert unused(files | {"forms/cloaks/old.form": files[FORM]}) == [("unused-form", "")]


def test_a_field_whose_value_nothing_reads_is_named(files):
    assert unused(asking(files)) == [("unused-field", "colour")]
    assert unused(asking(files) | {DRAWING: files[DRAWING].replace(b"= settings.row", b"= colour")}) == [("unused-setting", "settings.row")]
    assert unused(asking(files, type="checkbox", validate={"required": True})) == []  # to be ticked, and nothing else
    outside = files[DRAWING].replace(b'type="record.release"', b'type="hooks.free"')
    assert unused(asking(files) | {DRAWING: outside}) == []  # a program of others gets all variables


def test_a_message_that_no_element_names_is_named(files):
    left = files[DRAWING].replace(b"</bpmn:definitions>", b'<bpmn:message id="M_Old" name="Old"/></bpmn:definitions>')
    found = [finding for finding in apps.lint("cloaks", files | {DRAWING: left}) if finding.rule == "definition-unused"]
    assert [(finding.file, finding.element, finding.level) for finding in found] == [(DRAWING, "M_Old", "warning")]
    assert "Old" in found[0].en and found[0].mend_ko


def test_every_code_that_baton_gives_to_a_failed_step_may_have_words_of_the_app():
    given = {
        code
        for folder in ("runtime", "bpmn")
        for path in (ENGINE / folder).rglob("*.py")
        for code in re.findall(r'BpmnError\("(\w+)"', path.read_text())
    }
    assert given and given - OF_BATON == set()
