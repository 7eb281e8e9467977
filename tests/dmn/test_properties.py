"""Made-up tables: the checks agree with trying every input, and plain cells mean what the language says."""

from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from engine import dmn, feel
from tests.dmn.building import decision, file, table

ENDS = st.integers(0, 4)
NUMBERS = st.one_of(
    st.just("-"),
    ENDS.map(str),
    st.builds("{} {}".format, st.sampled_from(["<", "<=", ">", ">="]), ENDS),
    st.builds(lambda a, b, o, c: f"{o}{min(a, b)}..{max(a, b)}{c}", ENDS, ENDS, st.sampled_from("[("), st.sampled_from("])")),
    st.builds("{}, {}".format, ENDS, ENDS),
    st.builds("not({})".format, ENDS),
)
TEXTS = st.sampled_from(["-", '"a"', '"b"', '"a", "b"', 'not("a")'])
RULES = st.lists(st.tuples(NUMBERS, TEXTS), min_size=1, max_size=5)
EVERY_NUMBER = [half / 2 for half in range(-1, 10)]
EVERY_TEXT = ["a", "b", "other"]


def matching(rules: list[tuple[str, str]]) -> list[set[int]]:
    """For each possible input the numbers of the rules that match."""
    every = dmn.parse(file(decision("d", table("R", ["n", "t"], ["o"], [[*cells, str(number)] for number, cells in enumerate(rules)]))))
    return [set(every.evaluate("d", {"n": n, "t": t}) or []) for n, t in product(EVERY_NUMBER, EVERY_TEXT)]


def checked(policy: str, rules: list[tuple[str, str]]) -> list[str]:
    model = dmn.parse(file(decision("d", table(policy, ["n", "t"], ["o"], [[*cells, str(number)] for number, cells in enumerate(rules)]))))
    return [f"{finding.rule}: {finding.en}" for finding in dmn.check(model)]


@settings(max_examples=60, deadline=None)
@given(RULES)
def test_overlaps_and_gaps_are_those_that_trying_every_input_finds(rules):
    hits = matching(rules)
    pairs = {pair for hit in hits for pair in combinations(sorted(hit), 2)}
    found = checked("U", rules)
    assert {pair for pair in combinations(range(len(rules)), 2) if any(f"rules {pair[0] + 1} and {pair[1] + 1} " in line for line in found)} == pairs
    assert any(line.startswith("table-gap") for line in found) == (set() in hits)


@settings(max_examples=60, deadline=None)
@given(RULES)
def test_rules_that_never_decide_are_those_that_trying_every_input_finds(rules):
    deciding = {min(hit) for hit in matching(rules) if hit}
    found = checked("F", rules)
    shown = {number for number in range(len(rules)) if any(line.startswith("table-unreachable") and f"rule {number + 1} " in line for line in found)}
    assert shown == set(range(len(rules))) - deciding


@settings(max_examples=200, deadline=None)
@given(st.one_of(NUMBERS, TEXTS), st.one_of(st.none(), st.booleans(), st.sampled_from(EVERY_NUMBER), st.sampled_from(EVERY_TEXT), st.integers(0, 4)))
def test_a_plain_cell_means_what_the_language_says(cell, value):
    one = dmn.parse(file(decision("d", table("U", ["x"], ["o"], [[cell, "true"]]))))
    assert (one.evaluate("d", {"x": value}) is True) == (feel.unary_test(cell, value, {}) is True)
