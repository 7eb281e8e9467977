"""The picture of a diagram: what is drawn, what an instance leaves on it, and the steps beside it."""

import re
from pathlib import Path

import pytest
from lxml import etree

from engine import bpmn
from engine.bpmn.drawing import Drawing, draw
from engine.bpmn.drawing.text import SMALL, wrap
from engine.xml import UnsafeXml
from tests.bpmn.models import boundary, element, end, extensions, flow, flows, gateway, model, start, sub, timer, user, zeebe

EVERY_SHAPE = (Path(__file__).parent / "models" / "every_shape.bpmn").read_bytes()
COLOURS = {"none", "var(--d-fill)", "var(--d-line)", "var(--d-text)", "var(--d-token)", "var(--d-done)"}


def svg(drawing: Drawing) -> etree._Element:
    """The picture as XML."""
    return etree.fromstring(drawing.svg)


def drawn(drawing: Drawing, name: str) -> etree._Element:
    """The group of one element."""
    return next(found for found in svg(drawing).iter("{*}g") if found.get("data-element-id") == name)


def texts(drawing: Drawing) -> list[str]:
    """Every line of text in the picture."""
    return [span.text or "" for span in svg(drawing).iter("{*}tspan")]


def box(drawing: Drawing) -> list[float]:
    """The numbers of the viewBox."""
    return [float(number) for number in svg(drawing).get("viewBox", "").split()]


SIGNUP = model(
    start(name="가입 신청"),
    user("receive", extensions(zeebe("properties", zeebe("property", name="baton:label.en", value="Receive"))), name="접수하기"),
    gateway("exclusive", "which", name="설치됨?", default="which_end"),
    user("visit", name="다시 방문"),
    end(),
    flow("which", "visit", "=again"),
    flow("which", "end"),
    flows("start -> receive -> which", "visit -> receive"),
)["model.bpmn"]


def test_every_shape_and_line_of_the_file_is_in_the_picture() -> None:
    placed = set(re.findall(r'bpmnElement="([^"]+)"', EVERY_SHAPE.decode())) - {"collab"}
    assert len(placed) > 100
    assert {found.get("data-element-id") for found in svg(draw(EVERY_SHAPE)).iter("{*}g")} - {None} == placed


def test_the_picture_has_no_styles_scripts_or_colours_of_its_own() -> None:
    for part in svg(draw(EVERY_SHAPE, tokens=["T1"], done=["T2"], incidents=["T3"], heat={"T4": 2})).iter():
        assert etree.QName(part).localname in {"svg", "title", "desc", "g", "path", "rect", "circle", "text", "tspan"}
        assert {"style", "id", "href"}.isdisjoint(part.attrib)
        assert {part.get("fill"), part.get("stroke")} - {None} <= COLOURS


def test_the_picture_is_an_image_with_a_name_and_a_description() -> None:
    picture = draw(SIGNUP, tokens=["receive"], done=["start"])
    root = svg(picture)
    assert (root.get("role"), etree.QName(root[0]).localname, root[0].text) == ("img", "title", picture.title)
    assert root[1].text == "지금: 접수하기. 끝남: 가입 신청."
    assert draw(EVERY_SHAPE).title == "전체 그림"


def test_where_tokens_stand_what_is_done_and_what_is_stuck_are_classes_and_colours() -> None:
    picture = draw(SIGNUP, tokens=["receive"], done=["start", "start_receive", "receive"], incidents=["visit"])
    assert drawn(picture, "receive").get("class") == "userTask token"
    assert drawn(picture, "receive")[0].get("stroke") == "var(--d-token)"
    assert drawn(picture, "start").get("class") == "startEvent done"
    assert drawn(picture, "start")[0].get("stroke") == "var(--d-done)"
    assert drawn(picture, "start_receive").get("stroke") == "var(--d-done)"
    assert drawn(picture, "visit").get("class") == "userTask incident" and "!" in drawn(picture, "visit").xpath("string()")
    assert drawn(picture, "end").get("class") == "endEvent"


def test_heat_has_five_steps_and_its_number() -> None:
    picture = draw(SIGNUP, heat={"receive": 200, "visit": 1, "which": 81})
    classes = {name: drawn(picture, name).get("class") for name in ("receive", "visit", "which", "end")}
    assert classes == {"receive": "userTask heat-5", "visit": "userTask heat-1", "which": "exclusiveGateway heat-3", "end": "endEvent"}
    assert "200" in drawn(picture, "receive").xpath("string()")


def test_a_crop_shows_the_element_and_its_neighbours_only() -> None:
    whole, part = draw(EVERY_SHAPE), draw(EVERY_SHAPE, crop_to="T1")
    assert box(part)[2:] == [380, 300] and len(part.svg) < len(whole.svg) / 3
    x, y, width, height = box(part)
    assert x < 320 < 420 < x + width and y < 430 < 510 < y + height
    assert box(draw(EVERY_SHAPE, crop_to="nobody")) == box(whole)


def test_labels_are_english_where_there_are_english_ones() -> None:
    assert "접수하기" in texts(draw(SIGNUP)) and "Receive" in texts(draw(SIGNUP, lang="en"))
    assert "Receive" in [step.label for step in draw(SIGNUP, lang="en").steps]


@pytest.mark.parametrize("place", [b"", b'<bpmndi:BPMNLabel><dc:Bounds x="320" y="317" width="52" height="14"/></bpmndi:BPMNLabel>'])
def test_a_name_under_an_event_keeps_off_its_ring(place: bytes) -> None:
    bounds = b'<dc:Bounds x="328" y="280" width="36" height="36"/>'
    named = EVERY_SHAPE.replace(b'id="E23" name=""', 'id="E23" name="알림 끝"'.encode()).replace(bounds, bounds + place)
    baseline = next(float(span.get("y", "0")) for span in svg(draw(named)).iter("{*}tspan") if span.text == "알림 끝")
    assert baseline - SMALL >= 280 + 36 + 4


def test_long_names_are_wrapped_at_spaces_and_long_words_cut() -> None:
    assert wrap("아주 긴 이름을 가진 업무", 86) == ["아주 긴 이름을", "가진 업무"]
    assert wrap("Verify the identity of the applicant", 86) == ["Verify the", "identity of the", "applicant"]
    assert "".join(wrap("가" * 40, 86)) == "가" * 40 and max(len(line) for line in wrap("가" * 40, 86)) == 7
    assert wrap("one\ntwo", 86) == ["one", "two"]


@pytest.mark.parametrize(
    ("name", "attribute", "value"),
    [("E1", "stroke-dasharray", None), ("N0", "stroke-dasharray", "6 6"), ("B0", "stroke-dasharray", None), ("X1s", "stroke-dasharray", "6 6")],
)
def test_events_that_do_not_interrupt_are_dashed(name: str, attribute: str, value: str | None) -> None:
    assert drawn(draw(EVERY_SHAPE), name)[0].get(attribute) == value


@pytest.mark.parametrize(("name", "width"), [("E23", "4"), ("M5", "5"), ("X2", "1.5"), ("X1", "2.5"), ("T0", None), ("P1", "1.5")])
def test_borders_are_as_thick_as_the_notation_wants(name: str, width: str | None) -> None:
    assert drawn(draw(EVERY_SHAPE), name)[0].get("stroke-width") == width


def test_throwing_events_are_filled_and_catching_ones_are_not() -> None:
    thrown, caught = drawn(draw(EVERY_SHAPE), "E15"), drawn(draw(EVERY_SHAPE), "E7")
    assert [part.get("fill") for part in thrown.iter("{*}path")] == ["var(--d-line)"]
    assert [part.get("fill") for part in caught.iter("{*}path")] == ["var(--d-fill)"]


def test_default_and_conditional_flows_bear_their_marks() -> None:
    picture = draw(EVERY_SHAPE)
    parts = {name: len(drawn(picture, name)) for name in ("fl1", "fl2", "fl3", "X0f")}
    assert parts == {"fl1": 3, "fl2": 3, "fl3": 3, "X0f": 2}


def test_message_flows_are_dashed_and_associations_dotted() -> None:
    picture = draw(EVERY_SHAPE)
    assert drawn(picture, "mf1")[0].get("stroke-dasharray") == "10 11"
    assert drawn(picture, "as1")[0].get("stroke-dasharray") == "0 5"
    assert [len(drawn(picture, name)) for name in ("as1", "as2", "as3")] == [1, 2, 3]
    assert "해지 요청" in texts(picture)


def test_pools_and_lanes_are_painted_before_what_stands_in_them() -> None:
    order = [found.get("data-element-id") for found in svg(draw(EVERY_SHAPE)).iter("{*}g") if found.get("data-element-id")]
    assert order.index("P1") < order.index("L2") < order.index("L21") < order.index("X0") < order.index("X0t") < order.index("mf1")
    assert order.index("H") < order.index("B0")


def test_what_is_inside_a_collapsed_sub_process_is_not_shown() -> None:
    laid_out = draw(EVERY_SHAPE.replace(b'bpmnElement="X0" isExpanded="true"', b'bpmnElement="X0" isExpanded="false"'))
    names = {found.get("data-element-id") for found in svg(laid_out).iter("{*}g")}
    assert "X0" in names and names.isdisjoint({"X0s", "X0t", "X0f"})


def test_the_steps_follow_the_flow_from_the_start() -> None:
    steps = draw(SIGNUP, tokens=["visit"], done=["start", "receive", "which"], incidents=["visit"]).steps
    assert [(step.element_id, step.state) for step in steps] == [("start", "done"), ("receive", "done"), ("which", "done"), ("visit", "incident")]
    assert [step.kind for step in steps] == ["startEvent", "userTask", "exclusiveGateway", "userTask"]


def test_what_is_inside_of_a_sub_process_and_on_a_border_follows_its_host() -> None:
    inside = sub("pack", start("s"), user("wrap", name="포장"), end("e"), flows("s -> wrap -> e"), name="준비")
    late = element("boundaryEvent", "late", timer("timeDuration", "PT1H"), attachedToRef="pack", name="늦음")
    more = user("ship", name="발송"), user("call", name="전화"), end()
    files = model(start(), inside, late, *more, flows("start -> pack -> ship -> end", "late -> call"))
    labels = [step.label for step in draw(files["model.bpmn"]).steps]
    assert labels[:2] == ["준비", "포장"] and labels.index("늦음") < labels.index("전화") and set(labels) == {"준비", "포장", "발송", "늦음", "전화"}


def test_activities_without_a_name_are_called_by_their_kind() -> None:
    files = model(start(), user("it"), end(), flows("start -> it -> end"))
    assert [step.label for step in draw(files["model.bpmn"], lang="en").steps] == ["User task"]


def test_a_file_without_a_layout_is_laid_out_and_drawn() -> None:
    assert "bpmndi" not in SIGNUP.decode()
    names = {found.get("data-element-id") for found in svg(draw(SIGNUP)).iter("{*}g")}
    assert {"start", "receive", "which", "visit", "end", "which_visit", "visit_receive"} <= names


def test_a_model_draws_the_process_that_is_asked_for() -> None:
    drawing = draw(bpmn.parse({"model.bpmn": SIGNUP}), "p", tokens=["receive"])
    assert drawing.svg == draw(SIGNUP, tokens=["receive"]).svg


@pytest.mark.parametrize("number", ["NaN", "1e308", "-Infinity", "", "12px", "99999999"])
def test_places_that_are_no_numbers_leave_the_shape_out_and_nothing_else(number: str) -> None:
    hostile = EVERY_SHAPE.replace(b'<dc:Bounds x="200" y="430"', f'<dc:Bounds x="{number}" y="430"'.encode(), 1)
    assert hostile != EVERY_SHAPE
    names = {found.get("data-element-id") for found in svg(draw(hostile)).iter("{*}g")}
    assert "T0" not in names and "T1" in names


def test_names_are_text_and_never_markup() -> None:
    files = model(start(), user("it", name="</text><script>alert(1)</script>"), end(), flows("start -> it -> end"))
    assert "<script" not in draw(files["model.bpmn"]).svg


def test_a_hostile_file_is_refused() -> None:
    with pytest.raises(UnsafeXml):
        draw(b'<!DOCTYPE d [<!ENTITY x "y">]><d>&x;</d>')


def test_a_boundary_event_without_a_host_is_drawn_where_it_stands() -> None:
    files = model(start(), end(), flows("start -> end"), boundary("late", "nobody", timer("timeDuration", "PT1H")))
    assert draw(files["model.bpmn"]).svg
