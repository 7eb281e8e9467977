"""Declared types: values that conform stay, some are converted, all others are null (DMN 1.5, 10.3.2.9.4)."""

from datetime import UTC, datetime

import pytest

from engine import dmn, feel
from tests.dmn.building import decision, file, input_data, knowledge_model, literal

TYPES = """
<itemDefinition name="tAge"><typeRef>number</typeRef><allowedValues><text>[0..150]</text></allowedValues></itemDefinition>
<itemDefinition name="tPlan"><typeRef>string</typeRef><allowedValues><text>"lite", "giga"</text></allowedValues></itemDefinition>
<itemDefinition name="tAges" isCollection="true"><typeRef>tAge</typeRef></itemDefinition>
<itemDefinition name="tPlans" isCollection="true"><typeRef>string</typeRef><allowedValues><text>"lite", "giga"</text></allowedValues></itemDefinition>
<itemDefinition name="tPair" isCollection="true"><typeRef>number</typeRef><typeConstraint><text>count(?) = 2</text></typeConstraint></itemDefinition>
<itemDefinition name="tPerson"><itemComponent name="name"><typeRef>string</typeRef></itemComponent>
  <itemComponent name="birth year"><typeRef>number</typeRef></itemComponent></itemDefinition>
<itemDefinition name="tNode"><itemComponent name="children" isCollection="true"><typeRef>tNode</typeRef></itemComponent></itemDefinition>
<itemDefinition name="tLoop"><typeRef>tLoop</typeRef></itemDefinition>
<itemDefinition name="tAlias"><typeRef>tPerson</typeRef></itemDefinition>
"""


def typed(expression: str, type_ref: str):
    return dmn.parse(file(TYPES, decision("d", literal(expression), type_ref=type_ref))).evaluate("d", {})


@pytest.mark.parametrize(
    ("expression", "type_ref", "expected"),
    [
        ("1", "number", "1"),
        ('"1"', "number", "null"),
        ("1", "string", "null"),
        ("true", "boolean", "true"),
        ("1", "boolean", "null"),
        ("[1]", "number", "1"),
        ("[1, 2]", "number", "null"),
        ("1", "tAges", "[1]"),
        ("[1, 2]", "tAges", "[1, 2]"),
        ("[1, 200]", "tAges", "null"),
        ("[1, null]", "tAges", "null"),
        ("{name: null, birth year: null}", "tPerson", '{name: null, "birth year": null}'),
        ("[1]", "tAge", "1"),
        ("151", "tAge", "null"),
        ("null", "tAge", "null"),
        ('"giga"', "tPlan", '"giga"'),
        ('"gigga"', "tPlan", "null"),
        ('["giga", "lite"]', "tPlans", '["giga", "lite"]'),
        ('["giga", "x"]', "tPlans", "null"),
        ("[1, 2]", "tPair", "[1, 2]"),
        ("[1, 2, 3]", "tPair", "null"),
        ('{name: "Kim", birth year: 1990}', "tPerson", '{name: "Kim", "birth year": 1990}'),
        ('{name: "Kim", birth year: 1990, more: 1}', "tAlias", '{name: "Kim", "birth year": 1990, more: 1}'),
        ('{name: "Kim"}', "tPerson", "null"),
        ("{name: 1, birth year: 1990}", "tPerson", "null"),
        ("{children: [{children: []}]}", "tNode", "{children: [{children: []}]}"),
        ("{children: [{children: 1}]}", "tNode", "null"),
        ("1", "tLoop", "1"),
        ('date("2026-12-01")', "date and time", 'date and time("2026-12-01T00:00:00Z")'),
        ('date("2026-12-01")', "dateTime", 'date and time("2026-12-01T00:00:00Z")'),
        ('date and time("2026-12-01T00:00:00")', "date", "null"),
        ('duration("P1D")', "dayTimeDuration", 'duration("P1D")'),
        ('duration("P1D")', "years and months duration", "null"),
        ("5", "integer", "5"),
        ("5", "Any", "5"),
        ("5", "feel:number", "5"),
    ],
)
def test_a_value_bound_to_a_type(expression: str, type_ref: str, expected: str):
    assert typed(expression, type_ref) == feel.evaluate(expected, {})


def test_input_data_is_checked_and_the_warning_says_what_was_wrong():
    warnings = []
    model = dmn.parse(file(TYPES, input_data("age", "tAge"), decision("d", literal("age"), ["in_age"])))
    assert model.evaluate("d", {"age": 20}) == 20
    assert model.evaluate("d", {"age": "twenty"}, warnings=warnings) is None
    assert "'age' is no tAge" in str(warnings[0]) and "tAge" in warnings[0].ko


def test_instance_of_knows_the_types_of_the_file():
    assert typed('{name: "Kim", birth year: 1990} instance of tPerson', "") is True
    assert typed("200 instance of tAge", "") is False


def test_a_knowledge_model_has_the_type_of_a_function():
    greet = knowledge_model("greet", {"who": "string"}, literal('"Hello " + who', "string"))
    asked = ["function<string>->string", "function<string>->number", "function<number>->string", "function<>->string"]
    for question, answer in zip(asked, [True, False, False, False], strict=True):
        model = dmn.parse(file(greet, decision("d", literal(f"greet instance of {question}"), ["bkm_greet"])))
        assert model.evaluate("d", {}) is answer, question


def test_random_numbers_come_from_the_seed():
    model = dmn.parse(file(decision("d", literal("random number()"))))
    assert model.evaluate("d", {}, seed=1) == model.evaluate("d", {}, seed=1) != model.evaluate("d", {}, seed=2)


def test_the_clock_is_the_one_handed_in():
    now = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
    assert feel.to_json(dmn.parse(file(decision("d", literal("today()")))).evaluate("d", {}, now=now)) == "2026-12-01"
