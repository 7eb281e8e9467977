"""Diagrams as other tools write them: many extensions, pools and data. Whatever is wrong with them is a finding and nothing else."""

from pathlib import Path

import pytest

from engine import bpmn
from engine.bpmn.drawing import draw
from engine.bpmn.layout import lay_out
from engine.bpmn.lint import lint

MODELS = Path(__file__).parent / "models"
FILES = sorted(MODELS.glob("*.bpmn"))


def found(name: str) -> dict[str, set[str]]:
    """The elements by rule, of the errors only."""
    errors: dict[str, set[str]] = {}
    for finding in lint({name: (MODELS / name).read_bytes()}):
        if finding.level == "error":
            errors.setdefault(finding.rule, set()).add(finding.element)
    return errors


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_is_checked_parsed_laid_out_and_drawn_without_a_surprise(path: Path) -> None:
    data = path.read_bytes()
    findings = lint({path.name: data})
    assert findings and all(finding.ko and finding.en and finding.mend_ko and finding.mend_en for finding in findings)
    assert draw(data).svg.startswith("<svg") and draw(lay_out(data), lang="en").svg
    if any(finding.level == "error" for finding in findings):
        with pytest.raises(bpmn.ModelRefused):
            bpmn.parse({path.name: data})
    else:
        assert bpmn.parse({path.name: data})


def test_a_model_for_camunda_8_lacks_only_what_is_really_missing() -> None:
    assert found("parcel_claim.bpmn") == {"unreachable-element": {"Agent"}, "process-listener-not-run": {"parcel_claim"}}
    connected = (MODELS / "parcel_claim.bpmn").read_bytes().replace(b'targetRef="ClaimPaid"', b'targetRef="Agent"')
    assert {finding.element for finding in lint({"a.bpmn": connected}) if finding.level == "error"} == {"ClaimPaid", "parcel_claim"}


def test_a_collaboration_from_another_tool_is_told_what_is_missing_element_by_element() -> None:
    assert found("three_pools.bpmn") == {
        "not-supported": {"_r_complex"},
        "message-without-correlation-key": {"_r_wait"},
        "missing-job-type": {"_l_find"},
        "missing-called-process": {"_l_bill"},
        "missing-decision": {"_o_rule"},
        "missing-script": {"_o_script"},
        "loop-without-collection": {"_l_fetch"},
        "expression-error": {"_lf3", "_r_read"},
        "flow-without-condition": {"_lf4"},
    }


def test_a_choreography_has_nothing_to_run_and_is_drawn() -> None:
    assert found("choreography.bpmn") == {"no-process": {""}}
    assert 'data-element-id="offer"' in draw((MODELS / "choreography.bpmn").read_bytes()).svg
