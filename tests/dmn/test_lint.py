"""What lint says about a DMN file."""

import pytest

from engine import dmn
from tests.dmn.building import decision, file, input_data, literal, table


def rules(*elements: str, imports=None) -> list[str]:
    return [finding.rule for finding in dmn.lint("fee.dmn", file(*elements), imports)]


def test_a_sound_file_has_no_findings():
    assert rules(input_data("age", "number"), decision("d", table("U", ["age"], ["o"], [["< 19", "1"], [">= 19", "2"]]), ["in_age"])) == []


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"<a", "xml"),
        (b"<!DOCTYPE a><a/>", "xml"),
        (b"<a/>", "dmn"),
        (b"<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'/>", "dmn"),
    ],
)
def test_what_is_no_dmn_file_is_one_finding(data: bytes, rule: str):
    [finding] = dmn.lint("fee.dmn", data)
    assert (finding.rule, finding.level, finding.file) == (rule, "error", "fee.dmn")


def test_an_expression_error_shows_the_column_and_the_element():
    [finding] = dmn.lint("fee.dmn", file(decision("d", table("C", ["age"], ["o"], [["1", "price *"]]))))
    assert finding.rule == "feel-syntax" and "column" in finding.en and "글자" in finding.ko and finding.element == "r1"


def test_a_broken_input_cell_is_found():
    assert rules(decision("d", table("C", ["age"], ["o"], [["< <", "1"]]))) == ["feel-syntax"]


def test_an_unknown_hit_policy_is_found():
    assert rules(decision("d", table("Z", ["age"], ["o"], [["1", "1"]]))) == ["unknown-hit-policy"]


def test_a_reference_to_nothing_is_found():
    assert rules(decision("d", literal("1"), ["in_ghost"])) == ["dangling-reference"]


def test_an_unknown_type_is_found():
    assert rules(decision("d", literal("1"), type_ref="tGhost")) == ["unknown-type"]
    assert rules('<itemDefinition name="tA"><typeRef>tA</typeRef></itemDefinition>', decision("d", literal("1"))) == ["item-definition"]
    assert rules('<itemDefinition name="tA"><typeRef>tGhost</typeRef></itemDefinition>', decision("d", literal("1"))) == ["item-definition"]


def test_allowed_values_that_cannot_be_read_are_found():
    item = '<itemDefinition name="tA"><typeRef>number</typeRef><allowedValues><text>[1..</text></allowedValues></itemDefinition>'
    assert rules(item, decision("d", literal("1"))) == ["item-definition"]


def test_other_expression_languages_are_refused():
    juel = literal("${x}").replace("<literalExpression", '<literalExpression expressionLanguage="juel"')
    assert rules(decision("d", juel)) == ["expression-language"]


def test_a_rule_with_a_missing_cell_is_found():
    assert rules(decision("d", table("C", ["a", "b"], ["o"], [["1", "2"]]))) == ["rule-width"]


def test_a_decision_without_logic_is_a_warning():
    [finding] = dmn.lint("fee.dmn", file(decision("d", "")))
    assert (finding.rule, finding.level) == ("no-logic", "warning")


def test_a_circle_is_found():
    assert rules(decision("a", literal("b"), ["dec_b"]), decision("b", literal("a"), ["dec_a"])) == ["dmn"]


def test_an_import_that_is_not_there_is_found_only_when_imports_are_looked_for():
    entry = '<import id="i" name="lib" namespace="https://baton.example/library" importType="dmn"/>'
    uses = decision("d", literal("lib.x"), ["https://baton.example/library#dec_x"])
    assert rules(entry, uses) == []
    assert rules(entry, uses, imports=lambda reference: None) == ["unknown-import"]


def test_an_input_column_without_an_expression_is_found():
    assert rules(decision("d", table("C", [""], ["o"], [["1", "1"]]))) == ["input-without-expression"]


def test_something_drawn_but_not_joined_by_an_arrow_is_a_warning():
    [finding] = dmn.lint("fee.dmn", file(input_data("age"), decision("d", literal("age + 1"))))
    assert (finding.rule, finding.level) == ("not-joined", "warning") and "'age'" in finding.en
