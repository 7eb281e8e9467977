"""The examples of docs/analyst/app-files.md and forms.md are one app that loads, and forms that do what the pages say."""

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from engine import apps, forms
from tests.forms.library import BRANCHES, NOW, ROOT, names

DOCS = Path(__file__).parents[2] / "docs" / "analyst"
APP_FILES = (DOCS / "app-files.md").read_text("utf-8")
FORMS = (DOCS / "forms.md").read_text("utf-8")
FILES = dict(re.findall(r"<!-- file: (\S+) -->\n```toml\n(.*?)```", APP_FILES, re.S))
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
    found = [finding for finding in apps.lint("library", documented()) if finding.rule != "table-gap"]
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
