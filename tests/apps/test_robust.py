"""Files that anybody could have written: lint names what is wrong and never breaks; what passes lint runs."""

import copy
import json
import tomllib

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import apps, forms
from tests.forms.library import APPLICATION, NOW, ROOT, names

FILES = apps.read(ROOT, "library")
TOML = sorted(name for name in FILES if name.endswith(".toml"))
FORM_FILES = sorted(name for name in FILES if name.endswith(".form"))
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 50), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=12),
    st.sampled_from(["= member.", "=1 +", "{{", "{{}}", "member", "library_apply", "ADULT", "enum", "ref", "(", "__", "a.b", "=true"]),
    st.lists(st.sampled_from(["A", 1, "status"]), max_size=3), st.dictionaries(st.sampled_from(["ko", "en", "id", "type"]), st.just("x"), max_size=2),
)  # fmt: skip
QUIET = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def places(value, way=()):
    """The way to everything inside a value."""
    yield way
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield from places(inner, (*way, key))


def with_change(value, way, new):
    """The value with another thing at that place; None takes it away."""
    changed = copy.deepcopy(value)
    inside = changed
    for key in way[:-1]:
        inside = inside[key]
    if new is None:
        inside.pop(way[-1])
    else:
        inside[way[-1]] = new
    return changed


def as_toml(value):
    """A value in TOML's inline notation."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {as_toml(inner)}" for key, inner in value.items() if inner is not None) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(as_toml(inner) for inner in value if inner is not None) + "]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (bool, int, float, str)) else value.isoformat()


@QUIET
@given(st.data())
def test_any_change_of_a_toml_file_is_linted(data):
    name = data.draw(st.sampled_from(TOML))
    tables = tomllib.loads(FILES[name].decode())
    way = data.draw(st.sampled_from([way for way in places(tables) if way]))
    changed = with_change(tables, way, data.draw(VALUES))
    text = "\n".join(f"{json.dumps(key)} = {as_toml(inner)}" for key, inner in changed.items() if inner is not None)
    findings = apps.lint("library", FILES | {name: text.encode()})
    if not any(finding.level == "error" for finding in findings):
        app = apps.load("library", FILES | {name: text.encode()})
        done = forms.submit(app, "library_apply", APPLICATION, names(), now=NOW, record=app.records.get("member"))
        forms.view(app, "library_apply", names(), lang="en", now=NOW, values=APPLICATION, errors=done.errors, record=app.records.get("member"))


@QUIET
@given(st.data())
def test_any_change_of_a_form_is_linted_and_what_passes_runs(data):
    name = data.draw(st.sampled_from(FORM_FILES))
    root = json.loads(FILES[name])
    way = data.draw(st.sampled_from([way for way in places(root) if way]))
    changed = FILES | {name: json.dumps(with_change(root, way, data.draw(VALUES))).encode()}
    findings = apps.lint("library", changed)
    if not any(finding.level == "error" for finding in findings):
        app = apps.load("library", changed)
        form_id = name.rpartition("/")[2].removesuffix(".form")
        for sent in ({}, APPLICATION, {"decision": "REJECT", "reason": "OTHER", "visits": [{"day": "2026-12-24"}]}):
            done = forms.submit(app, form_id, sent, names(), now=NOW, record=app.records["member"])
            for lang in ("ko", "en"):
                forms.view(app, form_id, names(), lang=lang, now=NOW, values=sent, errors=done.errors, record=app.records["member"])
                forms.view(app, form_id, names(), lang=lang, now=NOW, record=app.records["member"])


@QUIET
@given(st.sampled_from([*TOML, *FORM_FILES]), st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_linted(name, content):
    apps.lint("library", FILES | {name: content})
