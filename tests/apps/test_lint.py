"""Mistakes an analyst makes in the files of the library app, and what lint says about them."""

import pytest

from engine import apps
from tests.forms.library import ROOT

HOME = "processes/library/"
FORMS = "forms/library/"


def files(**_):
    return apps.read(ROOT, "library")


def changed(name, old, new):
    found = files()
    text = found[name].decode()
    assert old in text, f"{old!r} does not stand in {name}"
    return found | {name: text.replace(old, new, 1).encode()}


def findings(name, old, new):
    return apps.lint("library", changed(name, old, new))


def test_the_app_of_the_tests_has_no_errors_and_both_languages():
    assert [finding for finding in apps.lint("library", files()) if finding.level == "error" or finding.rule == "english-missing"] == []


MISTAKES = {
    "a key that does not exist": (HOME + "app.toml", 'domain      = "supporting"', 'domian = "core"', "domian", "unknown-key", "domain"),
    "a wrong kind of value": (HOME + "app.toml", 'domain      = "supporting"', 'domain = "big"', "domain", "wrong-value", ""),
    "broken TOML": (HOME + "app.toml", 'process = "library_card"', "process = library_card", "line 12", "toml-syntax", ""),
    "a door to nowhere": (
        HOME + "app.toml",
        'process = "library_card"',
        'process = "library_cart"',
        "start[apply].process",
        "unknown-process",
        "library_card",
    ),
    "a door with an unknown form": (
        HOME + "app.toml",
        'form    = "library_apply"',
        'form = "library_aply"',
        "start[apply].form",
        "unknown-form",
        "library_apply",
    ),
    "a door for a role that nobody has": (
        HOME + "app.toml",
        'access  = "librarian"',
        'access = "janitor"',
        "start[desk].access",
        "unknown-role",
        "librarian",
    ),
    "a lane that is not drawn": (HOME + "app.toml", '["Lane_Librarian"]', '["Lane_Boss"]', "roles.librarian.lanes", "unknown-lane", "Lane_System"),
    "a button on the pages of no record": (
        HOME + "app.toml",
        'id      = "withdraw"',
        'id = "withdraw"\nrecord = "membre"',
        "action[withdraw].record",
        "unknown-record",
        "member",
    ),
    "a button that does nothing": (HOME + "app.toml", 'message = "ApplicationWithdrawn"', "", "action[withdraw]", "start-or-message", ""),
    "a message nobody waits for": (
        HOME + "app.toml",
        '"ApplicationWithdrawn"',
        '"Withdrawn"',
        "action[withdraw].message",
        "unknown-message",
        "ApplicationWithdrawn",
    ),
    "a message without a key": (HOME + "app.toml", 'key     = "= member.id"', "", "action[withdraw].key", "message-key", ""),
    "a code without a text": (
        HOME + "app.toml",
        'code = "ALREADY_ISSUED"',
        'code = "TOO_LATE"',
        "action[withdraw].refuse",
        "unknown-error-code",
        "TOO_LATE",
    ),
    "an expression that cannot be read": (
        HOME + "app.toml",
        "'= member.outcome = null'",
        "'= member.outcome ='",
        "action[withdraw].when",
        "feel-syntax",
        "",
    ),
    "the same id twice": (HOME + "app.toml", 'id      = "desk"', 'id = "apply"', "start[apply]", "id-twice", ""),
    "a status that is not one": (
        HOME + "records.toml",
        'APPLIED = ["ISSUED", "REJECTED"]',
        'APPLIED = ["ISSUED", "REJECTD"]',
        "member.transitions",
        "unknown-status",
        "REJECTED",
    ),
    "a number in a field that is not there": (HOME + "records.toml", 'field = "member_no"', 'field = "no"', "member.number", "unknown-field", ""),
    "a reference to no record": (HOME + "records.toml", 'to = "branch"', 'to = "brunch"', "member.fields.library.to", "unknown-record", "branch"),
    "a type that does not exist": (HOME + "records.toml", 'type = "won"', 'type = "money"', "member.fields.fee.type", "wrong-value", ""),
    "a default that does not fit": (HOME + "records.toml", "default = 3", "default = 30", "member.fields.books", "field", ""),
    "choices without a source": (HOME + "records.toml", 'from   = "branch"\nwhere', "where", "choices.open_branches", "choices-source", ""),
    "choices from no record": (
        HOME + "records.toml",
        'from   = "branch"\nwhere',
        'from = "brunch"\nwhere',
        "choices.open_branches.from",
        "unknown-record",
        "branch",
    ),
    "choices sorted by no field": (
        HOME + "records.toml",
        'order  = ["name"]',
        'order = ["nam"]',
        "choices.open_branches.order",
        "unknown-field",
        "name",
    ),
    "a list page with an unknown column": (
        HOME + "records.toml",
        '"applicant_name", "status"]',
        '"name", "status"]',
        "lists.members",
        "unknown-field",
        "",
    ),
    "a full capacity without a text": (HOME + "records.toml", '"DAY_FULL"', '"FULL"', "capacity.pickup.full", "unknown-error-code", ""),
    "a block that is not read": (FORMS + "library_apply.form", "**{{fee}}**", "{{#if fee}}x{{/if}}", "t_fee", "template-block", ""),
    "a key that hides what expressions need": (
        FORMS + "library_withdraw.form",
        '"key": "reason_text"',
        '"key": "settings"',
        "settings",
        "form-key-hides",
        "another key",
    ),
    "an option without a value": (FORMS + "library_withdraw.form", '"value": "MOVING"', '"value": ""', "reason", "form-option", ""),
    "a check of an unknown form": (HOME + "checks.toml", "[[library_apply]]", "[[library_aply]]", "", "unknown-form", "library_apply"),
    "a check at an unknown field": (
        HOME + "checks.toml",
        'field = "birth_date"',
        'field = "birthday"',
        "library_apply[0].field",
        "unknown-form-field",
        "birth_date",
    ),
    "a milestone at no status": (HOME + "tracking.toml", '["ISSUED"]', '["DONE"]', "milestone[issued].at", "unknown-status", ""),
    "a headline with an unknown button": (HOME + "tracking.toml", '["withdraw"]', '["cancel"]', "status[0].actions", "unknown-action", "withdraw"),
    "a text with a broken expression": (HOME + "notifications.toml", "{{member.id}}", "{{member.}}", "new_application", "feel-syntax", ""),
    "a channel that does not exist": (HOME + "notifications.toml", '"INAPP"', '"PIGEON"', "new_application.channels[0]", "wrong-value", ""),
    "demo data for no record": (HOME + "seed.toml", "[[branch]]", "[[brunch]]", "", "unknown-record", "branch"),
    "demo data in no field": (HOME + "seed.toml", "seats  = 20", "chairs = 20", "branch[0]", "unknown-field", "seats"),
    "a notification that is not written": (
        HOME + "card.bpmn",
        'value="card_ready"',
        'value="card_redy"',
        "Svc_Notify",
        "unknown-notification",
        "card_ready",
    ),
    "a status no transition leads to": (
        HOME + "records.toml",
        'APPLIED = ["ISSUED", "REJECTED"]',
        'APPLIED = ["ISSUED"]',
        "Ev_Rejected",
        "status-unreachable",
        "",
    ),
    "a case that is no record": (
        HOME + "card.bpmn",
        'baton:case" value="member"',
        'baton:case" value="membre"',
        "library_card",
        "unknown-record",
        "member",
    ),
    "a subject that cannot be read": (HOME + "card.bpmn", "{{member.applicant_name}} ·", "{{member.}} ·", "library_card", "expression-error", ""),
    "a form component nobody knows": (FORMS + "library_check.form", '"type": "table"', '"type": "tabel"', "t_branches", "form-type", "table"),
    "a form wider than the record": (FORMS + "library_apply.form", '"maxLength": 100', '"maxLength": 900', "note", "form-widens", ""),
    "an option the record does not have": (FORMS + "library_apply.form", '"value": "CHILD"', '"value": "BABY"', "card_kind", "form-widens", ""),
    "a component that cannot hold the field": (
        FORMS + "library_apply.form",
        '"type": "textarea", "id": "f_note"',
        '"type": "number", "id": "f_note"',
        "note",
        "form-type-differs",
        "",
    ),
    "a key twice": (FORMS + "library_apply.form", '"key": "email"', '"key": "mobile"', "mobile", "form-key-twice", ""),
    "a key that begins with an underscore": (FORMS + "library_withdraw.form", '"key": "reason_text"', '"key": "_text"', "_text", "form-key", ""),
    "a decision that does not exist": (
        FORMS + "library_apply.form",
        '"decision": "library_fee"',
        '"decision": "fee"',
        "fee",
        "unknown-decision",
        "library_fee",
    ),
    "nothing to choose from": (
        FORMS + "library_apply.form",
        '"key": "library", "valuesKey": "open_branches"',
        '"key": "library"',
        "library",
        "form-no-options",
        "",
    ),
    "a pattern that cannot be read": (FORMS + "library_withdraw.form", '"minLength": 2', '"pattern": "("', "reason_text", "form-pattern", ""),
    "no JSON": (FORMS + "library_withdraw.form", "{", "[", "", "form-unreadable", ""),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_file_element_and_mend(mistake):
    name, old, new, element, rule, mend = MISTAKES[mistake]
    found = [finding for finding in findings(name, old, new) if finding.rule == rule and finding.element == element]
    assert found, [(each.file, each.element, each.rule, each.en) for each in findings(name, old, new)]
    assert found[0].level == "error"
    assert found[0].ko and found[0].en and found[0].mend_ko and found[0].mend_en
    assert mend in found[0].mend_en
    with pytest.raises(apps.AppRefused) as refused:
        apps.load("library", changed(name, old, new))
    assert any(finding.rule == rule for finding in refused.value.findings) and refused.value.status == 422


WARNINGS = {
    "a field that is not there": (
        HOME + "tracking.toml",
        "when    = '= member.status",
        "when    = '= member.statuss",
        "status[0].when",
        "unknown-field",
    ),
    "a field behind a reference": (HOME + "notifications.toml", "member.library.name", "member.library.title", "card_ready", "unknown-field"),
    "a setting that is not there": (HOME + "checks.toml", "> settings.max_books", "> settings.max_bookz", "library_apply[1].when", "unknown-setting"),
    "a key that hides a collection": (FORMS + "library_withdraw.form", '"key": "reason_text"', '"key": "branch"', "branch", "form-key-hides"),
    "a misspelt collection": (HOME + "notifications.toml", "{{member.id}}", "{{memebr.id}}", "new_application", "unknown-name"),
    "a label without English": (
        FORMS + "library_check.form",
        '"properties": { "label.en": "Contact" }',
        '"properties": {}',
        "contact",
        "english-missing",
    ),
    "a button without English": (
        HOME + "app.toml",
        '{ ko = "신청 취소하기", en = "Withdraw the application" }',
        '{ ko = "신청 취소하기" }',
        "action[withdraw].label",
        "english-missing",
    ),
    "a list that may be a variable": (
        FORMS + "library_apply.form",
        '"valuesKey": "open_branches"',
        '"valuesKey": "my_list"',
        "library",
        "unknown-choices",
    ),
}


@pytest.mark.parametrize("name", WARNINGS)
def test_what_could_be_better_is_a_warning(name):
    file, old, new, element, rule = WARNINGS[name]
    assert (element, rule, "warning") in {(finding.element, finding.rule, finding.level) for finding in findings(file, old, new)}
    assert apps.load("library", changed(file, old, new)).key == "library"


def test_an_app_without_a_manifest_says_what_to_make():
    found = [finding for finding in apps.lint("library", {"processes/library/records.toml": b""}) if finding.rule == "file-missing"]
    assert found[0].file == "processes/library/app.toml"


def test_a_toml_file_with_an_unknown_name_is_refused():
    found = apps.lint("library", files() | {"processes/library/record.toml": b""})
    assert any(finding.rule == "unknown-file" and "records.toml" in finding.mend_en for finding in found)


def test_every_mistake_is_found_at_once():
    broken = changed(HOME + "app.toml", 'form    = "library_apply"', 'form = "x"')
    broken[HOME + "notifications.toml"] = broken[HOME + "notifications.toml"].replace(b"{{member.id}}", b"{{member.}}")
    rules = {finding.rule for finding in apps.lint("library", broken)}
    assert {"unknown-form", "feel-syntax"} <= rules


def test_a_process_that_nothing_starts_is_named():
    lonely = files()[HOME + "card.bpmn"].replace(b'"library_card"', b'"library_lonely"')
    found = apps.lint("library", files() | {HOME + "lonely.bpmn": lonely})
    named = [(finding.element, finding.level) for finding in found if finding.rule == "process-not-started"]
    assert named == [("library_lonely", "warning")]
