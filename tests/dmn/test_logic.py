"""Boxed expressions: each kind gives the value that the standard says (DMN 1.5, 10.2.2)."""

import pytest

from engine import dmn
from engine.errors import BatonError
from tests.dmn.building import decision, file, knowledge_model, literal


def value(logic: str, inputs: dict | None = None, *, type_ref: str = "", others: tuple[str, ...] = (), requires: tuple[str, ...] = ()):
    return dmn.parse(file(*others, decision("d", logic, requires, type_ref))).evaluate("d", inputs or {})


def entry(name: str, logic: str, type_ref: str = "") -> str:
    typed = f' typeRef="{type_ref}"' if type_ref else ""
    variable = f'<variable name="{name}"{typed}/>' if name else ""
    return f"<contextEntry>{variable}{logic}</contextEntry>"


def test_a_literal_expression_reads_the_variables():
    assert value(literal("a + b"), {"a": 1, "b": 2}) == 3


def test_a_context_is_built_entry_by_entry():
    assert value(f"<context>{entry('a', literal('1'))}{entry('b', literal('a + 1'))}</context>") == {"a": 1, "b": 2}


def test_an_entry_does_not_see_the_entries_below_it():
    assert value(f"<context>{entry('a', literal('b'))}{entry('b', literal('1'))}</context>") == {"a": None, "b": 1}


def test_a_context_with_a_result_gives_the_result():
    assert value(f"<context>{entry('a', literal('1'))}{entry('', literal('a * 10'))}</context>") == 10


def test_an_entry_of_the_wrong_type_is_null():
    context = "<context>" + entry("a", literal('"x"'), "number") + "</context>"
    assert value(context) == {"a": None}


def test_names_with_spaces_work_in_contexts():
    assert value(f"<context>{entry('net price', literal('100'))}{entry('', literal('net price * 1.1'))}</context>") == 110


def test_a_relation_is_a_list_of_contexts():
    rows = "".join(f"<row>{literal(a)}{literal(b)}</row>" for a, b in [('"lite"', "100"), ('"giga"', "1000")])
    relation = f'<relation><column name="plan"/><column name="mbps"/>{rows}</relation>'
    assert value(relation) == [{"plan": "lite", "mbps": 100}, {"plan": "giga", "mbps": 1000}]


def test_a_list_keeps_its_order():
    assert value(f"<list>{literal('3')}{literal('1')}</list>") == [3, 1]


def test_a_conditional_takes_the_else_branch_unless_the_condition_is_true():
    conditional = f"<conditional><if>{literal('x > 1')}</if><then>{literal('1')}</then><else>{literal('2')}</else></conditional>"
    assert [value(conditional, {"x": x}) for x in (2, 1, None)] == [1, 2, 2]


def test_a_filter_sees_the_item_and_its_entries():
    boxed = f"<filter><in>{literal('items')}</in><match>{literal('price > 10 and item.price < 30')}</match></filter>"
    items = [{"price": 5}, {"price": 20}, {"price": 40}]
    assert value(boxed, {"items": items}) == [{"price": 20}]


def test_a_filter_whose_match_is_no_boolean_is_null():
    assert value(f"<filter><in>{literal('[1, 2]')}</in><match>{literal('item')}</match></filter>") is None


@pytest.mark.parametrize(("kind", "body", "expected"), [("some", "x > 2", True), ("every", "x > 2", False), ("every", "x > 0", True)])
def test_quantifiers_ask_every_item(kind: str, body: str, expected: bool):
    boxed = f'<{kind} iteratorVariable="x"><in>{literal("[1, 2, 3]")}</in><satisfies>{literal(body)}</satisfies></{kind}>'
    assert value(boxed) is expected


def test_a_for_collects_and_may_look_at_what_it_collected():
    boxed = f'<for iteratorVariable="x"><in>{literal("1..4")}</in><return>{literal("if x < 3 then x else partial[-1] * 2")}</return></for>'
    assert value(boxed) == value(boxed.replace("1..4", "[1,2,3,4]")) == value(boxed.replace("1..4", "[1..4]")) == [1, 2, 4, 8]


def test_an_invocation_binds_parameters_by_name():
    model = knowledge_model("area", {"w": "number", "h": "number"}, literal("w * h"))
    bindings = "".join(f'<binding><parameter name="{p}"/>{literal(v)}</binding>' for p, v in [("h", "3"), ("w", "2")])
    assert value(f"<invocation>{literal('area')}{bindings}</invocation>", others=(model,), requires=("bkm_area",)) == 6


def test_an_invocation_with_an_unknown_parameter_is_null():
    model = knowledge_model("area", {"w": "number"}, literal("w"))
    binding = f'<binding><parameter name="x"/>{literal("1")}</binding>'
    assert value(f"<invocation>{literal('area')}{binding}</invocation>", others=(model,), requires=("bkm_area",)) is None


def test_a_built_in_can_be_invoked_in_a_box():
    binding = f'<binding><parameter name="string"/>{literal(chr(34) + "abc" + chr(34))}</binding>'
    assert value(f"<invocation>{literal('upper case')}{binding}</invocation>") == "ABC"


def test_a_boxed_function_can_be_called_and_may_call_itself():
    function = f'<functionDefinition><formalParameter name="n"/>{literal("if n < 2 then 1 else n * fact(n - 1)")}</functionDefinition>'
    assert value(f"<context>{entry('fact', function)}{entry('', literal('fact(5)'))}</context>") == 120


def test_a_knowledge_model_is_called_by_position_or_by_name_and_alone():
    minus = knowledge_model("minus", {"a": "", "b": ""}, literal("a - b"))
    model = dmn.parse(file(minus, decision("d", literal("minus(b: 1, a: 5)"), ["bkm_minus"])))
    assert model.evaluate("d", {}) == 4
    assert model.evaluate("minus", {"a": 9, "b": 2}) == 7


def test_a_knowledge_model_that_calls_itself_for_ever_is_stopped():
    endless = knowledge_model("f", {"n": ""}, literal("f(n + 1)"))
    with pytest.raises(BatonError, match="f"):
        dmn.parse(file(endless, decision("d", literal("f(1)"), ["bkm_f"]))).evaluate("d", {})


def test_the_type_of_a_knowledge_model_is_that_of_its_result_or_a_function_type():
    kind = '<itemDefinition name="tF"><functionItem outputTypeRef="string"><parameters name="n"/></functionItem></itemDefinition>'
    for type_ref in ("string", "tF"):
        echo = knowledge_model("echo", {"n": ""}, literal("n")).replace('name="echo"/>', f'name="echo" typeRef="{type_ref}"/>')
        model = dmn.parse(file(kind, echo, decision("d", literal('[echo(1), echo("x"), echo(["y"])]'), ["bkm_echo"])))
        assert model.evaluate("d", {}) == [None, "x", "y"]


def test_functions_of_other_languages_are_refused_with_a_warning():
    warnings = []
    java = '<businessKnowledgeModel id="bkm_j" name="j"><encapsulatedLogic kind="Java"><context/></encapsulatedLogic></businessKnowledgeModel>'
    model = dmn.parse(file(java, decision("d", literal("j()"), ["bkm_j"])))
    assert model.evaluate("d", {}, warnings=warnings) is None
    assert any("Java functions are not run" in str(warning) for warning in warnings)


def test_an_expression_that_cannot_be_read_is_null_and_the_rest_of_the_model_runs():
    warnings = []
    model = dmn.parse(file(decision("broken", literal("1 +")), decision("sound", literal("1 + 1"))))
    assert model.evaluate("broken", {}, warnings=warnings) is None and warnings
    assert model.evaluate("sound", {}) == 2
