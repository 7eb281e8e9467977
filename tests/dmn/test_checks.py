"""Checks for the people who write tables: overlaps, gaps, rules that never decide; and no false alarms."""

import pytest

from engine import dmn
from tests.dmn.building import decision, file, input_data, table


def checked(*arguments, **options) -> list[tuple[str, str]]:
    found = dmn.check(dmn.parse(file(decision("d", table(*arguments, **options))), file="d.dmn"))
    return [(finding.rule, finding.en) for finding in found]


def test_an_overlap_names_both_rules_and_an_input_that_both_match():
    [(rule, sentence)] = checked("U", ["n"], ["o"], [["< 10", "1"], [">= 9", "2"]])
    assert rule == "table-overlap" and "rules 1 and 2" in sentence and "n = 9" in sentence


def test_rules_of_a_unique_table_that_touch_without_overlapping_are_fine():
    assert checked("U", ["n"], ["o"], [["< 10", "1"], ["[10..20)", "2"], [">= 20", "3"]]) == []


def test_an_any_table_may_overlap_with_the_same_outputs_only():
    assert checked("A", ["n"], ["o"], [["< 10", "1"], ["-", "1"]]) == []
    assert [rule for rule, _ in checked("A", ["n"], ["o"], [["< 10", "1"], ["-", "2"]])] == ["table-overlap"]


@pytest.mark.parametrize(
    ("cells", "example"),
    [
        ([["< 10"], ["> 10"]], "n = 10"),
        ([["[1..5]"], ["> 5"]], "n = 0"),
        ([["< 5"], ["(5..7)"], [">= 7"]], "n = 5"),
        ([['"a"'], ['"b"']], 'n = "…"'),
        ([["true"]], "n = false"),
        ([["not(5)"]], "n = 5"),
        ([['< @"2026-12-01"'], ['> @"2026-12-01"']], 'n = @"2026-12-01"'),
        ([['< duration("P1D")']], 'n = @"P1D"'),
    ],
)
def test_a_gap_shows_an_input_without_a_rule(cells, example):
    [(rule, sentence)] = checked("U", ["n"], ["o"], [[*cell, "1"] for cell in cells])
    assert rule == "table-gap" and f"({'for example'}: {example})" in sentence


@pytest.mark.parametrize(
    "cells",
    [
        [["<= 10"], ["> 10"]],
        [['"a"'], ['not("a")']],
        [["true"], ["false"]],
        [['<= @"2026-11-30"'], ['>= @"2026-12-01"']],
        [["-"]],
    ],
)
def test_a_complete_table_has_no_gap(cells):
    assert checked("U", ["n"], ["o"], [[*cell, "1"] for cell in cells]) == []


def test_allowed_values_close_a_gap_and_catch_a_misspelt_rule():
    rules = [['"lite"', "1"], ['"giga"', "2"]]
    assert checked("U", ["plan"], ["o"], rules, allowed={"plan": '"lite", "giga"'}) == []
    [(rule, sentence), _] = checked("U", ["plan"], ["o"], [rules[0], ['"gigga"', "2"]], allowed={"plan": '"lite", "giga"'})
    assert rule == "table-unreachable" and "rule 2 can never match" in sentence


def test_the_type_of_the_input_data_says_what_is_allowed():
    kind = '<itemDefinition name="tPlan"><typeRef>string</typeRef><allowedValues><text>"lite", "giga"</text></allowedValues></itemDefinition>'
    logic = table("U", ["plan"], ["o"], [['"lite"', "1"], ['"giga"', "2"]])
    assert dmn.check(dmn.parse(file(kind, input_data("plan", "tPlan"), decision("d", logic, ["in_plan"])))) == []


def test_whole_number_columns_have_no_gap_between_neighbours():
    rules = [["<= 10", "1"], [">= 11", "2"]]
    assert checked("U", ["n"], ["o"], rules, types={"n": "integer"}) == []
    assert "n = 10.5" in checked("U", ["n"], ["o"], rules, types={"n": "number"})[0][1]


def test_a_gap_over_two_inputs_is_found_where_they_meet():
    rules = [["< 10", "-", "1"], ["-", '"a"', "1"], [">= 10", '"b"', "1"]]
    [(rule, sentence)] = checked("A", ["n", "t"], ["o"], rules, allowed={"t": '"a", "b", "c"'})
    assert rule == "table-gap" and 'n = 10, t = "c"' in sentence


def test_multiple_hits_and_defaults_need_no_complete_table():
    assert checked("C", ["n"], ["o"], [["1", "1"]]) == []
    assert checked("U", ["n"], ["o"], [["1", "1"]], defaults={"o": "0"}) == []


def test_a_rule_below_others_that_cover_it_is_shown():
    rules = [["< 10", "-", "1"], [">= 10", "true", "2"], ["> 5", "true", "3"], ["-", "-", "4"]]
    [(rule, sentence)] = checked("F", ["n", "b"], ["o"], rules)
    assert rule == "table-unreachable" and "rule 3 never decides" in sentence


def test_a_rule_of_low_priority_that_others_cover_is_shown():
    rules = [["-", '"low"'], ["< 10", '"high"'], [">= 10", '"high"']]
    [(rule, sentence)] = checked("P", ["n"], ["o"], rules, allowed={"o": '"high", "low"'})
    assert rule == "table-unreachable" and "rule 1 never decides" in sentence


def test_cells_that_only_the_language_understands_raise_no_false_alarm():
    assert checked("U", ["n"], ["o"], [["? > limit", "1"], ["? <= limit", "2"]]) == []
    assert checked("F", ["n"], ["o"], [["? > limit", "1"], ["< 5", "2"], ["-", "3"]]) == []


def test_the_same_cell_twice_overlaps_even_if_only_the_language_understands_it():
    [(rule, sentence)] = checked("U", ["n"], ["o"], [["? > limit", "1"], ["? > limit", "2"]])
    assert rule == "table-overlap" and "n ? > limit" in sentence


def test_two_columns_about_the_same_input_are_seen_together():
    assert checked("U", ["n", "n"], ["o"], [[">= 1", "< 5", "1"], [">= 5", "-", "2"], ["< 1", "-", "3"]]) == []


def test_a_large_table_is_checked_in_reasonable_time():
    names = [f"c{place}" for place in range(8)]
    rules = [["-"] * 8 + ["0"]] + [[f"[{row + place}..{row + place + 7}]" for place in range(8)] + [str(row)] for row in range(60)]
    assert checked("C", names, ["o"], rules) == []
    assert {rule for rule, _ in checked("F", names, ["o"], rules)} == {"table-unreachable"}


def test_a_table_too_large_to_check_says_so():
    names, rules = ["a", "b"], [[f"[{row}..{row + 1})", f"[{row}..{row + 1})", str(row)] for row in range(900)]
    assert [rule for rule, _ in checked("U", names, ["o"], rules)] == ["table-too-large"]


def test_findings_speak_both_languages_and_name_the_file_and_element():
    [finding] = dmn.check(dmn.parse(file(decision("요금", table("U", ["n"], ["o"], [["1", "1"]]))), file="fee.dmn"))
    assert (finding.file, finding.element, finding.level) == ("fee.dmn", "table", "warning")
    assert "결정표 '요금'" in finding.ko and finding.mend_ko and finding.mend_en
