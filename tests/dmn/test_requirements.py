"""Requirement graphs: who sees whom, decision services, imports, and circles."""

import pytest

from engine import dmn
from tests.dmn.building import decision, file, input_data, knowledge_model, literal, table

SERVICE = """<decisionService id="bkm_service" name="service"><outputDecision href="#dec_out"/><encapsulatedDecision href="#dec_mid"/>
<inputDecision href="#dec_given"/><inputData href="#in_x"/></decisionService>"""
LIBRARY = file(
    '<itemDefinition name="tPlan"><itemComponent name="speed class"><typeRef>string</typeRef></itemComponent></itemDefinition>',
    input_data("who"),
    decision("greet", literal('"Hello " + who'), ["in_who"]),
    knowledge_model("Say Hello", {"name": "string"}, literal('"Hello " + name')),
    namespace="https://baton.example/library",
)


def library(reference: str) -> bytes | None:
    return LIBRARY if reference in ("https://baton.example/library", "library.dmn") else None


def importing(name: str, *elements: str) -> dmn.Model:
    entry = f'<import name="{name}" namespace="https://baton.example/library" locationURI="library.dmn" importType="dmn"/>'
    return dmn.parse(file(entry, *elements), imports=library)


def href(identifier: str) -> str:
    return f"https://baton.example/library#{identifier}"


def test_a_decision_sees_what_it_requires_and_nothing_else_of_the_drawing():
    model = dmn.parse(
        file(input_data("a"), input_data("b"), decision("sees", literal("a + 1"), ["in_a"]), decision("blind", literal("b"), ["dec_sees"]))
    )
    assert model.evaluate("sees", {"a": 1}) == 2
    assert model.evaluate("blind", {"a": 1, "b": 5}) is None


def test_each_decision_is_computed_once_however_many_need_it():
    shared = decision("shared", table("U", ["n"], ["o"], [["-", "1"]]))
    both = [decision(name, literal("shared + 1"), ["dec_shared"]) for name in ("left", "right")]
    trace = []
    model = dmn.parse(file(shared, *both, decision("top", literal("left + right"), ["dec_left", "dec_right"])))
    assert model.evaluate("top", {}, trace=trace) == 4
    assert len(trace) == 1


def test_the_inputs_of_a_decision_are_those_of_all_it_requires():
    parts = file(input_data("a"), input_data("b"), decision("x", literal("a"), ["in_a"]), decision("y", literal("x + b + c"), ["dec_x", "in_b"]))
    assert dmn.parse(parts).inputs_of("y") == ("a", "b", "c")


def test_a_circle_is_refused_with_the_way_it_goes():
    with pytest.raises(dmn.DmnError, match="a → b → a"):
        dmn.parse(file(decision("a", literal("b"), ["dec_b"]), decision("b", literal("a"), ["dec_a"])))


def test_two_elements_with_one_id_are_refused():
    with pytest.raises(dmn.DmnError, match="two elements have the id dec_a"):
        dmn.parse(file(decision("a", literal("1")), decision("b", literal("2"), identifier="dec_a")))


def test_a_decision_service_computes_from_its_inputs_only():
    model = dmn.parse(
        file(
            input_data("x"),
            decision("given", literal("1000")),
            decision("mid", literal("given * 2"), ["dec_given"]),
            decision("out", literal("mid + x"), ["dec_mid", "in_x"]),
            SERVICE,
            decision("calls", literal("service(1, 10)"), ["bkm_service"]),
            decision("names", literal("service(given: 10, x: 1)"), ["bkm_service"]),
        )
    )
    assert model.evaluate("service", {"x": 1, "given": 10}) == 21
    assert model.evaluate("calls", {}) == model.evaluate("names", {}) == 21
    assert model.inputs_of("service") == ("x", "given")


def test_a_service_with_several_outputs_gives_a_context():
    service = '<decisionService id="s" name="s"><outputDecision href="#dec_a"/><outputDecision href="#dec_b"/></decisionService>'
    model = dmn.parse(file(decision("a", literal("1")), decision("b", literal("2")), service))
    assert model.evaluate("s", {}) == {"a": 1, "b": 2}


def test_an_imported_function_is_called_under_the_name_of_its_import():
    model = importing("lib", decision("d", literal('lib.Say Hello("Kim")'), ["https://baton.example/library#bkm_Say Hello"]))
    assert model.evaluate("d", {}) == "Hello Kim"


def test_an_imported_decision_takes_its_inputs_under_the_name_of_the_import_or_plainly():
    model = importing("lib", decision("d", literal("lib.greet"), [href("dec_greet")]))
    assert model.evaluate("d", {"lib": {"who": "Kim"}}) == "Hello Kim"
    assert model.evaluate("d", {"who": "Lee"}) == "Hello Lee"
    assert model.inputs_of("d") == ("lib.who",)


def test_a_nameless_import_brings_its_elements_as_if_they_were_here():
    model = importing("", decision("d", literal("greet"), [href("dec_greet")]))
    assert model.evaluate("d", {"who": "Kim"}) == "Hello Kim"
    assert model.evaluate("greet", {"who": "Kim"}) == "Hello Kim"


def test_imported_types_are_checked_and_their_components_may_have_spaces():
    parts = [input_data("plan", "lib.tPlan"), decision("d", literal("plan.speed class"), ["in_plan"])]
    model = importing("lib", *parts)
    assert model.evaluate("d", {"plan": {"speed class": "fast"}}) == "fast"
    assert model.evaluate("d", {"plan": {"speed class": 1}}) is None


def test_imports_that_go_round_in_a_circle_are_refused():
    def me(reference: str) -> bytes:
        return circular

    circular = file('<import name="x" namespace="https://baton.example/test" importType="dmn"/>')
    with pytest.raises(dmn.DmnError, match="imports go round in a circle"):
        dmn.parse(circular, imports=me)


def test_local_references_may_carry_the_own_namespace():
    model = dmn.parse(file(input_data("a"), decision("d", literal("a"), ["https://baton.example/test#in_a"])))
    assert model.evaluate("d", {"a": 1}) == 1


def test_a_table_without_a_variable_is_found_by_name_and_by_id_as_camunda_modeler_draws_it():
    season = f'<decision id="season" name="The Season">{table("U", ["month"], ["o"], [["> 5", chr(34) + "summer" + chr(34)]])}</decision>'
    dish = decision("dish", literal('season + "/" + The Season'), ["dec_season"]).replace("#dec_season", "#season")
    assert dmn.parse(file(season, dish)).evaluate("dish", {"month": 7}) == "summer/summer"
