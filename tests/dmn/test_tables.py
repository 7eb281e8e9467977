"""Decision tables: what they answer, and what is kept about why."""

from decimal import Decimal

import pytest

from engine import dmn
from tests.dmn.building import decision, file, input_data, table

AGES = [[">= 65", '"senior"'], ["[19..65)", '"adult"'], ["< 19", '"minor"']]


def model(*arguments, **options) -> dmn.Model:
    return dmn.parse(file(decision("d", table(*arguments, **options))))


def test_the_decision_can_be_asked_for_by_name_and_by_id():
    ages = model("U", ["age"], ["group"], AGES)
    assert ages.evaluate("d", {"age": 70}) == ages.evaluate("dec_d", {"age": 70}) == "senior"


def test_an_unknown_name_is_refused_with_the_names_that_are_there():
    with pytest.raises(dmn.UnknownDecision, match="There is no decision 'e'; there are: d"):
        model("U", ["age"], ["group"], AGES).evaluate("e", {})


def test_the_rules_that_matched_are_kept_for_the_audit():
    decided = model("R", ["age"], ["group"], [*AGES, ["-", '"anybody"']]).decide("d", {"age": 30})
    assert decided.matched == (dmn.MatchedRule("d", 2, "r2"), dmn.MatchedRule("d", 4, "r4"))
    assert decided.value == ["adult", "anybody"]


def test_two_rules_in_a_unique_table_are_an_error_that_names_them_in_both_languages():
    overlapping = model("U", ["age"], ["group"], [*AGES, ["30", '"thirty"']])
    with pytest.raises(dmn.DecisionError, match="Rules 2, 4 of the table 'd' match together") as caught:
        overlapping.decide("d", {"age": 30})
    assert "규칙 2, 4" in caught.value.ko


def test_for_the_standard_a_broken_hit_policy_is_null_and_the_warning_names_the_rules():
    warnings, trace = [], []
    overlapping = model("U", ["age"], ["group"], [*AGES, ["30", '"thirty"']])
    assert overlapping.evaluate("d", {"age": 30}, warnings=warnings, trace=trace) is None
    assert "Rules 2, 4" in str(warnings[0]) and [rule.rule for rule in trace] == [2, 4]


def test_an_any_table_breaks_only_when_the_answers_differ():
    rules = [["> 1", '"x"'], ["> 2", '"x"'], ["> 3", '"y"']]
    assert model("A", ["n"], ["out"], rules).decide("d", {"n": 3}).value == "x"
    with pytest.raises(dmn.DecisionError, match="Rules 1, 2, 3"):
        model("A", ["n"], ["out"], rules).decide("d", {"n": 4})


def test_without_a_match_the_default_output_is_the_answer():
    assert model("U", ["age"], ["group"], AGES[:1], defaults={"group": '"other"'}).evaluate("d", {"age": 3}) == "other"
    assert model("U", ["age"], ["group"], AGES[:1]).evaluate("d", {"age": 3}) is None


def test_an_input_that_is_not_allowed_gives_null_and_a_warning():
    warnings = []
    ages = model("U", ["age"], ["group"], [["-", '"any"']], allowed={"age": "[0..150]"})
    assert ages.evaluate("d", {"age": 10}) == "any"
    assert ages.evaluate("d", {"age": -1}, warnings=warnings) is None
    assert "input 1" in str(warnings[0])


def test_an_output_that_is_not_allowed_gives_null_and_names_the_rule():
    warnings = []
    wrong = model("U", ["n"], ["out"], [["1", '"a"'], ["2", '"z"']], allowed={"out": '"a", "b"'})
    assert wrong.evaluate("d", {"n": 1}) == "a"
    assert wrong.evaluate("d", {"n": 2}, warnings=warnings) is None
    assert "rule 2" in str(warnings[0])


@pytest.mark.parametrize(
    ("cell", "matching", "others"),
    [
        ('"a"', ["a"], ["b", None, 1, ["b"]]),
        ('"a", "b"', ["a", "b"], ["c", None]),
        ('not("a", "b")', ["c"], ["a", "b"]),
        ("true", [True], [False, None, "true"]),
        ("5", [5, Decimal("5.0"), 5.0], [6, True, "5"]),
        ("-1.5", [-1.5], [1.5]),
        ("< 5, > 10", [4, 11], [5, 10, None, "x"]),
        ("not(< 5)", [5], [4]),
        ("[1..5]", [1, 5, 3], [0.9, 5.1]),
        ("(1..5)", [3], [1, 5]),
        ("]1..5[", [3], [1, 5]),
        ("[1..5)", [1], [5]),
        ("(1..5]", [5], [1]),
        (">= 5", [5], [4.9]),
        ("<= 5", [5], [5.1]),
        ("> 5", [5.1], [5]),
        ("null", [None], ["", 0]),
        ("? > limit", [8], [7]),
        ("limit", [7], [8]),
        ("", [1, None, "x"], []),
    ],
)
def test_a_cell_matches_these_and_not_those(cell, matching, others):
    one = model("U", ["x"], ["out"], [[cell, "true"]])
    assert [one.evaluate("d", {"x": value, "limit": 7}) for value in matching] == [True] * len(matching)
    assert [one.evaluate("d", {"x": value, "limit": 7}) for value in others] == [None] * len(others)


def test_a_date_cell_compares_dates():
    dates = model("U", ["date(day)"], ["out"], [['>= date("2026-12-01")', '"late"'], ['< @"2026-12-01"', '"early"']])
    assert dates.evaluate("d", {"day": "2026-12-01"}) == "late"
    assert dates.evaluate("d", {"day": "2026-11-30"}) == "early"


def test_several_outputs_give_a_context_and_aggregation_works_on_each():
    both = model("C+", ["n"], ["a", "b"], [["> 1", "1", "10"], ["> 2", "2", "20"]])
    assert both.evaluate("d", {"n": 3}) == {"a": 3, "b": 30}


def test_outputs_are_expressions_over_the_inputs():
    assert model("U", ["n"], ["out"], [["-", "n * rate"]]).evaluate("d", {"n": 3, "rate": 2}) == 6


def test_priority_takes_its_order_from_the_type_when_the_output_has_none():
    kind = '<itemDefinition name="tGrade"><typeRef>string</typeRef><allowedValues><text>"gold", "silver"</text></allowedValues></itemDefinition>'
    logic = table("P", ["n"], ["grade"], [["> 1", '"silver"'], ["> 2", '"gold"']], types={"grade": "tGrade"})
    assert dmn.parse(file(kind, decision("d", logic))).evaluate("d", {"n": 3}) == "gold"


def test_inputs_come_from_the_drawn_input_data_or_from_the_variables():
    drawn = dmn.parse(file(input_data("age", "number"), decision("d", table("U", ["age"], ["g"], AGES), ["in_age"])))
    assert drawn.inputs_of("d") == ("age",)
    assert model("U", ["age"], ["g"], AGES).inputs_of("d") == ("age",)


def test_a_table_describes_itself_for_pages():
    shown = model("C+", ["age", "plan"], ["fee"], [[">= 65", "-", "0"]]).tables["dec_d"]
    assert (shown.hit_policy, shown.aggregation) == ("COLLECT", "SUM")
    assert [clause.expression.text for clause in shown.inputs] == ["age", "plan"]
    assert [clause.name for clause in shown.outputs] == ["fee"]
    assert [(rule.number, [cell.text for cell in rule.inputs], rule.outputs[0].text) for rule in shown.rules] == [(1, [">= 65", "-"], "0")]


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ],
)
def test_files_of_dmn_1_1_to_1_5_are_read(namespace: str):
    assert dmn.parse(file(decision("d", table("U", ["age"], ["g"], AGES)), dmn=namespace)).evaluate("d", {"age": 70}) == "senior"
