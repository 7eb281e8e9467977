"""Whatever comes in, a form answers."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import forms
from tests.forms.library import APPLICATION, NOW, app, names

KEYS = [*APPLICATION, "visits", "contact", "contact.called", "visits.0.day", "decision", "reject_reason", "many_books_ack", "_x", ""]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["ADULT", "B1", "true", "2026-12-02", "APPROVE", "5"])
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4), max_leaves=12)
SUBMISSIONS = st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=12), JSON, max_size=10)


def declared(form_id):
    keys = {item.key.partition(".")[0] for item in app().forms[form_id].walk() if item.key}
    return keys | {check.confirm for check in app().checks.get(form_id, ()) if check.confirm}


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(["library_apply", "library_check", "library_withdraw"]), SUBMISSIONS)
def test_a_submission_never_raises_and_holds_only_what_the_form_declares(form_id, submitted):
    done = forms.submit(app(), form_id, submitted, names(), now=NOW, record=app().records["member"])
    assert set(done.values) <= declared(form_id)
    assert all(text["ko"] and text["en"] for texts in done.errors.values() for text in texts)
    assert set(done.confirm) <= set(done.errors)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(["library_apply", "library_check", "library_withdraw"]), SUBMISSIONS, st.sampled_from(["ko", "en"]))
def test_a_refused_submission_can_always_be_shown_again(form_id, submitted, lang):
    done = forms.submit(app(), form_id, submitted, names(), now=NOW, record=app().records["member"])
    page = forms.view(app(), form_id, names(), lang=lang, now=NOW, values=submitted, errors=done.errors, record=app().records["member"])
    assert {mistake.message for mistake in page.mistakes} >= {text[lang] for texts in done.errors.values() for text in texts}


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SUBMISSIONS)
def test_accepted_values_are_accepted_again(submitted):
    first = forms.submit(app(), "library_withdraw", submitted, names(), now=NOW)
    if not first.errors:
        again = forms.submit(app(), "library_withdraw", first.values, names(), now=NOW)
        assert again.values == first.values and not again.errors
