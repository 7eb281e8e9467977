"""The examples of docs/analyst/app-files.md and forms.md are one app that loads, and forms that do what the pages say."""

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from engine import apps, forms
from engine.actors import SYSTEM
from engine.errors import Invalid
from engine.runtime import definitions, demo, in_step, instances, record_lists
from engine.store.tables import Capacity, Record
from tests.bpmn import models as m
from tests.forms.library import BRANCHES, NOW, ROOT, names
from tests.runtime import teahouse

DOCS = Path(__file__).parents[2] / "docs" / "analyst"
APP_FILES = (DOCS / "app-files.md").read_text("utf-8")
FORMS = (DOCS / "forms.md").read_text("utf-8")
FILES = dict(re.findall(r"<!-- file: (\S+) -->\n```toml\n(.*?)```", APP_FILES, re.S))
TASKS = re.search(r"<!-- tasks: library -->\n```xml\n(.*?)```", APP_FILES, re.S)[1]
CONNECTORS = re.findall(r"^\| `(record\.\w+)` \|", APP_FILES, re.M)
COMPONENTS = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", FORMS, re.S)]
TYPES = re.findall(r"^\| (\w+) \| `([^|]*)` \| `([^|]*)` \| [^|]*\|$", APP_FILES, re.M)
SENT = re.findall(r"^\| `(\{.*?\})` \| `(\{.*\})` \|$", FORMS, re.M)


def documented():
    example = {"type": "default", "id": "library_example", "components": COMPONENTS}
    fixtures = {name: data for name, data in apps.read(ROOT, "library").items() if not name.endswith(".toml")}
    written = {name: text.encode() for name, text in FILES.items()}
    return fixtures | written | {"forms/library/library_example.form": json.dumps(example).encode()}


def test_every_toml_file_is_shown():
    assert {Path(name).name for name in FILES} == {"app.toml", "records.toml", "checks.toml", "tracking.toml", "notifications.toml", "seed.toml"}


def test_the_examples_are_an_app_without_mistakes_and_in_both_languages():
    shown = ("table-gap", "unused-")  # the page shows each thing once, without everything that would use it
    found = [finding for finding in apps.lint("library", documented()) if not finding.rule.startswith(shown)]
    assert found == []


@pytest.mark.parametrize(("kind", "typed", "kept"), TYPES)
def test_a_field_keeps_what_the_table_says(kind, typed, kept):
    assert forms.Field("x", kind).parse(typed) == (json.loads(kept, parse_float=Decimal), None)


def test_the_table_shows_the_types_that_take_plain_text():
    assert len(TYPES) == 14


@pytest.mark.parametrize(("sent", "taken"), SENT)
def test_the_example_form_takes_what_the_table_says(sent, taken):
    app = apps.load("library", documented())
    done = forms.submit(app, "library_example", json.loads(sent), names(), now=NOW, record=app.records["member"])
    assert done.errors == {}
    assert json.loads(taken).items() <= done.values.items()


def test_the_example_form_can_be_shown_in_both_languages():
    app = apps.load("library", documented())
    for lang in ("ko", "en"):
        page = forms.view(app, "library_example", names(branch=BRANCHES), lang=lang, now=NOW, record=app.records["member"])
        assert [outcome.value for outcome in page.outcomes] == ["APPROVE", "REJECT"]
        assert {field.kind for field in page.fields} >= {"text", "textarea", "radio", "select", "number", "readonly", "prose", "list", "group"}


def test_every_component_type_is_named():
    assert set(re.findall(r"`(\w+)`", FORMS)) >= forms.schema.TYPES - {"default"}


def test_the_example_form_takes_files_of_the_kinds_it_names():
    app = apps.load("library", documented())
    sent = {"applicant_name": "홍길동", "nickname": "길동", "card_kind": "ADULT", "library": "B1", "books": 2, "decision": "APPROVE"}
    for kind, name, fits in (("application/pdf", "a.pdf", True), ("image/png", "a.png", True), ("text/plain", "a.txt", False)):
        proof = [{"document": "d1", "name": name, "type": kind, "size": 10}]
        done = forms.submit(app, "library_example", sent | {"proof": proof}, names(), now=NOW, record=app.records["member"])
        assert ("proof" not in done.errors) is fits
    done = forms.submit(app, "library_example", sent | {"proof": proof * 3}, names(), now=NOW, record=app.records["member"])
    assert "proof" in done.errors


def test_every_record_connector_stands_in_the_table():
    assert set(CONNECTORS) == {name for name in in_step.CONNECTORS if name.startswith("record.")}


def test_the_documented_tasks_add_reserve_and_find(tmp_path):
    steps = re.findall(r'serviceTask id="(\w+)"', TASKS)
    drawn = m.definitions(m.process(m.start(), TASKS, m.end(), m.flows(" -> ".join(["start", *steps, "end"])), id="desk"))
    door = '[[start]]\nid = "desk"\nprocess = "desk"\naccess = "public"\nlabel = { ko = "창구", en = "Desk" }\n'
    files = documented()
    files["processes/library/app.toml"] = files["processes/library/app.toml"].replace(b"[[action]]", door.encode() + b"[[action]]", 1)
    with teahouse.world(tmp_path, "") as baton:
        baton.do(definitions.deploy, key="library", files=files | {"processes/library/desk.bpmn": drawn}, actor=SYSTEM)
        with baton.read() as read:
            app = read.live("library")[1]
        baton.do(demo.seed_records, app=app, collection="branch", rows=app.seed["branch"])
        for _ in range(2):
            baton.do(instances.start, app="library", door="desk", actor=SYSTEM, submission={})
        with baton.read() as read:
            day = read.value(select(Record.data).where(Record.collection == "desk_day"))
            assert day == {"day": "2026-12-01", "cards": 2, "fees": 10000, "note": "B1"}
            assert read.value(select(Capacity.reserved)) == 4


def test_the_documented_list_is_edited_by_the_fields_rules(tmp_path):
    with teahouse.world(tmp_path, "") as baton:
        baton.do(definitions.deploy, key="library", files=documented(), actor=SYSTEM)
        given = {"app": "library", "name": "branches", "actor": SYSTEM}
        baton.do(record_lists.save, **given, new=True, id="B2", fields={"name": "달빛도서관", "active": True, "seats": "30"})
        with pytest.raises(Invalid) as refused:
            baton.do(record_lists.save, **given, id="B2", fields={"name": ""})
        assert list(refused.value.errors) == ["name"]
