"""Lint: files, ids and references."""

from engine.bpmn.lint import lint
from engine.bpmn.parser import parse
from engine.findings import Finding
from tests.bpmn.host import Story
from tests.bpmn.models import (
    HEAD,
    boundary,
    definitions,
    element,
    end,
    event,
    extensions,
    flow,
    flows,
    message,
    model,
    process,
    script,
    start,
    sub,
    timer,
    user,
    zeebe,
)


def found(files: dict[str, bytes]) -> set[tuple[str, str]]:
    """(rule, element) of the errors."""
    return {(finding.rule, finding.element) for finding in lint(files) if finding.level == "error"}


def only(files: dict[str, bytes], rule: str) -> Finding:
    """The one finding of a rule."""
    (finding,) = [finding for finding in lint(files) if finding.rule == rule]
    return finding


def test_a_sound_model_has_no_errors() -> None:
    assert found(model(start(), user("work"), end(), flows("start -> work -> end"))) == set()


def test_a_file_that_is_no_xml_is_one_finding() -> None:
    assert found({"broken.bpmn": b"<bpmn:definitions"}) == {("unsafe-xml", "")}


def test_a_doctype_is_refused_and_the_other_files_are_checked_all_the_same() -> None:
    hostile = b'<!DOCTYPE d [<!ENTITY x "y">]><d>&x;</d>'
    lonely = definitions(process(user("lonely")))
    assert found({"hostile.bpmn": hostile, "other.bpmn": lonely}) == {("unsafe-xml", ""), ("no-start", "p")}


def test_xml_that_is_no_bpmn_is_said_to_be_none() -> None:
    assert found({"page.bpmn": b"<html/>"}) == {("not-bpmn", "")}


def test_a_file_without_a_process_has_nothing_to_run() -> None:
    assert found({"empty.bpmn": (HEAD + "</bpmn:definitions>").encode()}) == {("no-process", "")}


def test_a_process_that_is_only_a_picture_is_not_checked_further() -> None:
    picture = definitions('<bpmn:process id="p" isExecutable="false">' + user("lonely") + "</bpmn:process>")
    assert found({"picture.bpmn": picture}) == set()
    assert only({"picture.bpmn": picture}, "process-not-executable").level == "warning"


def test_beside_a_process_that_says_it_runs_one_that_says_nothing_is_a_partners_picture() -> None:
    partner = process(user("lonely"), id="partner").replace(' isExecutable="true"', "")
    ours = process(start(), end(), flows("start -> end"))
    together = {"together.bpmn": definitions(partner, ours)}
    assert found(together) == set()
    assert only(together, "process-not-executable").element == "partner"
    assert list(parse(together).processes) == ["p"]
    assert found({"alone.bpmn": definitions(partner)}) == {("no-start", "partner")}


def test_references_may_be_qualified_names() -> None:
    files = model(
        message("m", "Paid", "=1"), start(), user("a"), boundary("late", "tns:a", event("message", "tns:m")), end(),
        user("undo", isForCompensation="true"), boundary("back", "tns:a", event("compensate")),
        element("association", "as", sourceRef="tns:back", targetRef="tns:undo"), flows("start -> a -> end", "late -> end"),
    )  # fmt: skip
    assert found(files) == set()
    story = Story(files)
    assert story.waiting == ["a", "late"]
    assert story.trigger("late").state == "completed"


def test_an_id_that_is_used_twice_is_found() -> None:
    finding = only(model(start(), user("work"), script("work", "=1"), end(), flows("start -> work -> end")), "duplicate-id")
    assert (finding.element, finding.level) == ("work", "error")
    assert "2" in finding.ko and "2" in finding.en


def test_a_process_id_in_two_files_is_found() -> None:
    one = definitions(process(start(), end(), flows("start -> end")))
    finding = only({"a.bpmn": one, "b.bpmn": one}, "duplicate-process")
    assert (finding.file, finding.element) == ("b.bpmn", "p")
    assert "a.bpmn" in finding.en


def test_two_embedded_forms_of_one_id_are_found_unless_they_are_the_same() -> None:
    def drawn(name: str, form: str) -> bytes:
        own = extensions(zeebe("userTaskForm", form, id="F"))
        return definitions(process(own, start(f"{name}1"), end(f"{name}2"), flows(f"{name}1 -> {name}2"), id=name))

    assert found({"a.bpmn": drawn("a", "{}"), "b.bpmn": drawn("b", '{"x": 1}')}) == {("duplicate-form", "F")}
    assert found({"a.bpmn": drawn("a", "{}"), "b.bpmn": drawn("b", "{}")}) == set()


def test_names_that_the_engine_uses_itself_are_refused() -> None:
    files = model(start("Start"), user("p.EndJoin"), end("End"), flow("Start", "p.EndJoin"), flow("p.EndJoin", "End"))
    assert {("reserved-id", "Start"), ("reserved-id", "p.EndJoin"), ("reserved-id", "End")} <= found(files)


def test_ids_that_are_no_names_are_refused_and_korean_ones_doubted() -> None:
    files = model(start(), user("../passwd"), user("접수"), end(), flow("start", "../passwd"), flow("../passwd", "접수"), flow("접수", "end"))
    assert ("bad-id", "../passwd") in found(files)
    assert only(files, "id-not-ascii").element == "접수"


def test_an_element_without_an_id_is_refused() -> None:
    assert ("missing-id", "") in found(model(start(), "<bpmn:userTask/>", end(), flows("start -> end")))


def test_flows_that_lead_nowhere_are_found() -> None:
    files = model(start(), end(), flows("start -> end"), flow("start", "nobody", id="out"), flow("ghost", "end", id="in"))
    assert {("dangling-reference", "out"), ("dangling-reference", "in")} <= found(files)


def test_a_boundary_event_on_nothing_is_found() -> None:
    files = model(start(), end(), flows("start -> end"), boundary("late", "nobody", timer("timeDuration", "PT1H")))
    assert found(files) == {("dangling-reference", "late")}


def test_messages_signals_errors_and_escalations_that_do_not_exist_are_found() -> None:
    kinds = ("message", "signal", "error", "escalation")
    ends = [end(kind, event(kind, f"no_{kind}")) for kind in kinds]
    files = model(start(), *ends, *(flow("start", kind) for kind in kinds))
    assert {("dangling-reference", kind) for kind in kinds} <= found(files)


def test_a_default_flow_must_leave_its_own_gateway() -> None:
    files = model(start(), element("exclusiveGateway", "which", default="start_which"), end(), flows("start -> which -> end"))
    assert found(files) == {("dangling-reference", "which")}


def test_a_lane_with_an_element_that_does_not_exist_is_found() -> None:
    lanes = '<bpmn:laneSet id="lanes"><bpmn:lane id="agents"><bpmn:flowNodeRef>gone</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'
    assert found(model(lanes, start(), end(), flows("start -> end"))) == {("dangling-reference", "agents")}


def test_a_flow_cannot_cross_the_border_of_a_sub_process() -> None:
    inside = sub("inside", start("s"), user("work"), end("e"), flows("s -> work -> e"))
    files = model(start(), inside, end(), flows("start -> inside -> end"), flow("work", "end", id="escape"))
    assert ("flow-crosses-boundary", "escape") in found(files)
