"""Files made to hurt: each is refused or stopped with a clear error, and lint survives all of them."""

import pytest

from engine import dmn, feel
from engine.errors import BatonError
from tests.dmn.building import decision, file, knowledge_model, literal, table


def nested_loops(depth: int) -> str:
    boxed = literal("1")
    for variable in "abcdefgh"[:depth]:
        boxed = f'<for iteratorVariable="{variable}"><in>{literal("1..100")}</in><return>{boxed}</return></for>'
    return boxed


def chain(length: int) -> list[str]:
    links = [decision(f"d{n}", literal(f"d{n + 1} + 1"), [f"dec_d{n + 1}"]) for n in range(length)]
    return [*links, decision(f"d{length}", literal("1"))]


def test_boxed_loops_inside_loops_are_stopped():
    assert len(dmn.parse(file(decision("d", nested_loops(2)))).evaluate("d", {})) == 100
    with pytest.raises(feel.FeelLimitError):
        dmn.parse(file(decision("d", nested_loops(8)))).evaluate("d", {})


@pytest.mark.parametrize("body", [literal("[f(n + 1), f(n + 2)]"), f"<list>{literal('f(n + 1)')}{literal('f(n + 1)')}</list>"])
def test_functions_without_an_end_are_stopped(body: str):
    with pytest.raises(BatonError):
        dmn.parse(file(knowledge_model("f", {"n": ""}, body), decision("d", literal("f(1)"), ["bkm_f"]))).evaluate("d", {})


def test_a_long_chain_of_decisions_works_and_an_absurd_one_is_refused():
    assert dmn.parse(file(*chain(50))).evaluate("d0", {}) == 51
    with pytest.raises(dmn.DmnError, match="nests too deeply"):
        dmn.parse(file(*chain(2000))).evaluate("d0", {})


def test_decisions_that_many_ways_lead_to_are_not_walked_again_and_again():
    diamond = [decision(f"d{n}", literal(f"d{n + 1} + x"), [f"dec_d{n + 1}"] * 3) for n in range(40)]
    model = dmn.parse(file(*diamond, decision("d40", literal("1"))))
    assert model.evaluate("d0", {"x": 1}) == 41
    assert model.inputs_of("d0") == ("x",)


HOSTILE = {
    "a chain of types": file(*[f'<itemDefinition name="t{n}"><typeRef>t{n + 1}</typeRef></itemDefinition>' for n in range(2000)]),
    "a chain of decisions": file(*chain(2000)),
    "nested brackets": file(decision("d", literal("(" * 50_000))),
    "a cell of many parts": file(decision("d", table("U", ["a"], ["o"], [['"a",' * 20_000, "1"]]))),
    "very many rules": file(decision("d", table("U", ["a"], ["o"], [[f"[{n}..{n + 1}]", "1"] for n in range(5000)]))),
    "deep boxes": file(decision("d", "<list>" * 100 + "</list>" * 100)),
    "a decision that requires itself": file(decision("d", literal("d"), ["dec_d"])),
    "an empty table": file(decision("d", "<decisionTable/>")),
    "an empty rule": file(decision("d", "<decisionTable><input/><output/><rule/></decisionTable>")),
    "nothing inside": file("<decision/>", "<inputData/>", "<businessKnowledgeModel/>", "<decisionService/>", "<itemDefinition/>", "<import/>"),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_lint_survives(data: bytes):
    for finding in dmn.lint("x.dmn", data):
        assert finding.en and finding.ko and len(finding.en) < 1000
