"""Layout: what has no place gets one, and what has one keeps it."""

from itertools import combinations
from pathlib import Path

import pytest
from lxml import etree

from engine.bpmn.layout import lay_out
from engine.bpmn.lint import lint
from engine.bpmn.markup import BPMNDI, DC
from engine.xml import UnsafeXml
from tests.bpmn.models import HEAD, boundary, definitions, element, end, flow, flows, gateway, model, process, start, sub, timer, user

EVERY_SHAPE = (Path(__file__).parent / "models" / "every_shape.bpmn").read_bytes()
Place = tuple[float, float, float, float]

LOOP = model(
    start(), user("a"), gateway("exclusive", "which", default="which_b"), user("b"), user("c"), end(),
    boundary("late", "a", timer("timeDuration", "PT1H")), user("remind"),
    flow("which", "b"), flow("which", "c", "=x"), flows("start -> a -> which", "b -> end", "c -> a", "late -> remind -> end"),
)["model.bpmn"]  # fmt: skip


def places(xml: bytes) -> dict[str, Place]:
    """x, y, width and height of each shape."""
    found = {}
    for shape in etree.fromstring(xml).iter(f"{{{BPMNDI}}}BPMNShape"):
        bounds = shape.find(f"{{{DC}}}Bounds")
        assert bounds is not None
        found[str(shape.get("bpmnElement"))] = tuple(float(bounds.get(name) or "nan") for name in ("x", "y", "width", "height"))
    return found  # type: ignore[return-value]


def apart(one: Place, other: Place) -> bool:
    """Whether two shapes do not overlap."""
    return one[0] + one[2] <= other[0] or other[0] + other[2] <= one[0] or one[1] + one[3] <= other[1] or other[1] + other[3] <= one[1]


def inside(inner: Place, outer: Place) -> bool:
    """Whether one shape is within another."""
    x, y, width, height = outer
    return x <= inner[0] and inner[0] + inner[2] <= x + width and y <= inner[1] and inner[1] + inner[3] <= y + height


def test_everything_gets_a_place_and_nothing_overlaps() -> None:
    found = places(lay_out(LOOP))
    assert set(found) == {"start", "a", "which", "b", "c", "end", "late", "remind"}
    boxes = {name: place for name, place in found.items() if name != "late"}
    assert all(apart(boxes[one], boxes[other]) for one, other in combinations(boxes, 2))


def test_the_flow_runs_from_left_to_right() -> None:
    found = places(lay_out(LOOP))
    xs = [found[name][0] for name in ("start", "a", "which", "b", "end")]
    assert xs == sorted(xs) and len(set(xs)) == 5


def test_a_boundary_event_sits_on_the_lower_edge_of_its_host() -> None:
    found = places(lay_out(LOOP))
    x, y, width, height = found["late"]
    host = found["a"]
    assert y < host[1] + host[3] < y + height and host[0] <= x and x + width <= host[0] + host[2] + 1


def test_lint_finds_nothing_missing_afterwards() -> None:
    assert "missing-layout" in {finding.rule for finding in lint({"a.bpmn": LOOP})}
    assert "missing-layout" not in {finding.rule for finding in lint({"a.bpmn": lay_out(LOOP)})}


def test_a_file_with_a_layout_comes_back_as_it_is() -> None:
    laid_out = lay_out(LOOP)
    assert lay_out(laid_out) == laid_out


def test_what_has_a_place_keeps_it_when_something_is_added() -> None:
    laid_out = lay_out(LOOP)
    more = laid_out.replace(b'<bpmn:userTask id="b">', b'<bpmn:userTask id="new"/><bpmn:userTask id="b">')
    before, after = places(laid_out), places(lay_out(more))
    assert set(after) - set(before) == {"new"} and {name: after[name] for name in before} == before
    assert all(apart(after["new"], place) for place in before.values())


def test_comments_and_foreign_extensions_survive() -> None:
    kept = LOOP.replace(b"<bpmn:process", b"<!-- from the analyst --><bpmn:process", 1)
    assert b"<!-- from the analyst -->" in lay_out(kept)


def test_lanes_are_bands_from_top_to_bottom_with_their_elements_inside() -> None:
    lanes = "".join(
        f'<bpmn:lane id="{lane}">{"".join(f"<bpmn:flowNodeRef>{name}</bpmn:flowNodeRef>" for name in names)}</bpmn:lane>'
        for lane, names in {"agents": ("start", "a", "end"), "technicians": ("b",)}.items()
    )
    pool = '<bpmn:collaboration id="c"><bpmn:participant id="pool" processRef="p"/><bpmn:participant id="bank" name="은행"/></bpmn:collaboration>'
    work = process(f'<bpmn:laneSet id="set">{lanes}</bpmn:laneSet>', start(), user("a"), user("b"), end(), flows("start -> a -> b -> end"))
    found = places(lay_out(definitions(pool, work)))
    assert found["agents"][1] + found["agents"][3] == found["technicians"][1]
    assert all(inside(found[name], found["agents"]) for name in ("start", "a", "end")) and inside(found["b"], found["technicians"])
    assert inside(found["agents"], found["pool"]) and apart(found["bank"], found["pool"])


def test_lanes_inside_a_lane_share_its_height() -> None:
    leaf = '<bpmn:lane id="{0}"><bpmn:flowNodeRef>{1}</bpmn:flowNodeRef></bpmn:lane>'
    inner = f'<bpmn:childLaneSet id="inner">{leaf.format("seoul", "a")}{leaf.format("busan", "b")}</bpmn:childLaneSet>'
    lanes = f'<bpmn:laneSet id="set"><bpmn:lane id="technicians">{inner}</bpmn:lane>{leaf.format("agents", "c")}</bpmn:laneSet>'
    pool = '<bpmn:collaboration id="k"><bpmn:participant id="pool" processRef="p"/></bpmn:collaboration>'
    work = process(lanes, start(), user("a"), user("b"), user("c"), end(), flows("start -> a -> b -> c -> end"))
    found = places(lay_out(definitions(pool, work)))
    assert inside(found["seoul"], found["technicians"]) and inside(found["busan"], found["technicians"])
    assert found["seoul"][3] + found["busan"][3] == found["technicians"][3] and found["seoul"][0] > found["technicians"][0]
    assert inside(found["a"], found["seoul"]) and inside(found["b"], found["busan"]) and inside(found["c"], found["agents"])


def test_a_sub_process_is_as_large_as_what_is_in_it() -> None:
    files = model(start(), sub("box", start("s"), user("x"), user("y"), end("e"), flows("s -> x -> y -> e")), end(), flows("start -> box -> end"))
    laid_out = lay_out(files["model.bpmn"])
    found = places(laid_out)
    assert all(inside(found[name], found["box"]) for name in ("s", "x", "y", "e"))
    assert b'bpmnElement="box" isExpanded="true"' in laid_out


def test_two_processes_of_one_file_get_a_diagram_each() -> None:
    two = definitions(process(start("s"), end("e"), flows("s -> e")), process(start("t"), end("f"), flows("t -> f"), id="q"))
    planes = [plane.get("bpmnElement") for plane in etree.fromstring(lay_out(two)).iter(f"{{{BPMNDI}}}BPMNPlane")]
    assert planes == ["p", "q"]


def test_data_and_notes_get_a_place_too() -> None:
    note = element("textAnnotation", "note", "<bpmn:text>hm</bpmn:text>") + element("association", "line", sourceRef="a", targetRef="note")
    files = model(start(), user("a"), end(), flows("start -> a -> end"), note, element("dataObjectReference", "data"))
    assert {"note", "data"} <= set(places(lay_out(files["model.bpmn"])))


@pytest.mark.parametrize("xml", [HEAD + "</bpmn:definitions>", '<a xmlns="x"/>'])
def test_a_file_with_nothing_to_place_comes_back_as_it_is(xml: str) -> None:
    assert lay_out(xml.encode()) == xml.encode()


def test_a_long_chain_and_a_knot_are_laid_out() -> None:
    chain = model(start(), *(user(f"t{i}") for i in range(1500)), flows(" -> ".join(["start", *(f"t{i}" for i in range(1500))])))
    assert len(places(lay_out(chain["model.bpmn"]))) == 1501
    knot = model(start(), *(user(f"t{i}") for i in range(12)), *(flow(f"t{i}", f"t{j}", id=f"f{i}_{j}") for i in range(12) for j in range(12)))
    assert len(places(lay_out(knot["model.bpmn"]))) == 13


def test_a_hostile_file_is_refused() -> None:
    with pytest.raises(UnsafeXml):
        lay_out(b'<!DOCTYPE d [<!ENTITY x "y">]><d>&x;</d>')


def test_a_placed_file_is_not_touched_at_all() -> None:
    assert lay_out(EVERY_SHAPE).count(b"BPMNShape id") >= EVERY_SHAPE.count(b"BPMNShape id")
    assert {name: place for name, place in places(lay_out(EVERY_SHAPE)).items() if name in places(EVERY_SHAPE)} == places(EVERY_SHAPE)
