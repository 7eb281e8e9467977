"""Files that want to do harm, or that cannot mean anything: refused with a finding, or bounded; never a traceback, never silence."""

import pytest

from engine import bpmn
from engine.bpmn import ModelRefused, StepFailed
from tests.bpmn.conformance import shows
from tests.bpmn.host import Desk, Story
from tests.bpmn.hostile import PLAIN, REFUSED, UNSAFE
from tests.bpmn.models import (
    boundary,
    definitions,
    element,
    end,
    extensions,
    flow,
    flows,
    gateway,
    model,
    process,
    script,
    start,
    sub,
    timer,
    user,
    zeebe,
)


def rules(data: bytes) -> set[str]:
    """The rules by which a file is refused."""
    with pytest.raises(ModelRefused) as refusal:
        bpmn.parse({"model.bpmn": data})
    for finding in refusal.value.findings:
        assert finding.ko and finding.en and finding.mend_ko and finding.mend_en and finding.level == "error"
    return {finding.rule for finding in refusal.value.findings}


@shows("What is refused", "Unsafe XML", "refused")
@pytest.mark.parametrize("name", UNSAFE)
def test_xml_that_is_unsafe_or_no_diagram_is_refused(name: str) -> None:
    assert rules(UNSAFE[name])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "euc-kr", "cp949"])
def test_korean_encodings_are_read(encoding: str) -> None:
    text = PLAIN.decode().replace('id="a"', 'id="a" name="접수하기"').replace("UTF-8", encoding)
    assert bpmn.parse({"model.bpmn": text.encode(encoding)}).processes["p"].elements["a"].name == "접수하기"


@shows("Gateways", "Complex gateway", "refused")
@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_run_as_drawn_is_refused_with_a_mend(name: str) -> None:
    assert rules(REFUSED[name])


for refused in REFUSED:
    shows("What is refused", refused.capitalize(), "refused")(test_what_cannot_run_as_drawn_is_refused_with_a_mend)


@shows("What is refused", "Choreographies", "refused")
def test_a_choreography_is_refused() -> None:
    assert rules(definitions('<bpmn:choreography id="c"><bpmn:choreographyTask id="t"/></bpmn:choreography>'))


def test_a_process_that_is_not_executable_is_drawn_and_named_but_never_started() -> None:
    data = definitions(process(start(), user("a"), flows("start->a")).replace('isExecutable="true"', 'isExecutable="false"'))
    assert bpmn.parse({"model.bpmn": data}).processes == {}
    assert bpmn.lint({"model.bpmn": data})
    with pytest.raises(StepFailed, match="no such process"):
        Story({"model.bpmn": data})


def test_two_processes_that_call_each_other_are_stopped_by_depth() -> None:
    def calling(name: str, other: str) -> str:
        call = element("callActivity", f"{name}_call", extensions(zeebe("calledElement", processId=f'="{other}"')))
        return process(start(f"{name}_start"), call, flows(f"{name}_start->{name}_call"), id=name)

    with pytest.raises(StepFailed, match="nested deeper than 50"):
        Story({"model.bpmn": definitions(calling("p", "q"), calling("q", "p"))})


@shows("Other", "Fork bomb")
def test_a_fork_that_comes_back_to_itself_is_bounded_by_the_budget_of_a_step() -> None:
    files = model(
        start(),
        gateway("exclusive", "m"),
        gateway("parallel", "f"),
        gateway("exclusive", "x", default="x_m"),
        end(),
        flows("start->m->f->x->m"),
        flow("f", "m", id="again"),
        flow("x", "end", "=stop"),
    )
    story = Story(files, {"stop": False})
    assert story.waits[-1].kind == "continue"
    assert len(story.snapshot) < 200_000


def test_twenty_forks_in_a_row_do_not_blow_up_at_once() -> None:
    parts, paths = [], []
    for number in range(20):
        parts += [gateway("exclusive", f"m{number}"), gateway("parallel", f"f{number}")]
        paths += [f"m{number}->f{number}->m{number + 1}"]
        parts.append(flow(f"f{number}", f"m{number + 1}", id=f"twin{number}"))
    files = model(start(), *parts, gateway("exclusive", "m20"), user("a"), flows("start->m0", *paths, "m20->a"))
    story = Story(files)
    assert story.waits[-1].kind == "continue"
    assert len(story.snapshot) < 500_000


def test_sub_processes_nested_too_deep_are_refused_or_stopped() -> None:
    inner = user("a")
    for number in range(60):
        inner = sub(f"s{number}", start(f"b{number}"), inner, flows(f"b{number}->{'a' if not number else f's{number - 1}'}"))
    with pytest.raises((ModelRefused, StepFailed)):
        Story(model(start(), inner, flows("start->s59")))


def test_a_start_with_twenty_thousand_attributes_is_read_or_refused() -> None:
    attributes = " ".join(f'x{number}="1"' for number in range(20_000))
    found = bpmn.parse({"model.bpmn": PLAIN.replace(b'id="start"', f'id="start" {attributes}'.encode())})
    assert bpmn.start(found, "p", {}, Desk()).state == "running"


def test_names_are_only_ever_text() -> None:
    nasty = '<script>alert(1)</script>"; DROP TABLE user_task; --{{7*7}}'
    files = model(start(), user("a", extensions(zeebe("userTask")), name=nasty), flows("start->a"))
    assert bpmn.parse(files).processes["p"].elements["a"].name == nasty


@shows("Other", "Foreign extensions")
def test_extensions_of_other_tools_are_ignored() -> None:
    foreign = (
        '<bpmn:extensionElements xmlns:signavio="http://www.signavio.com" xmlns:tri="http://www.trisotech.com/2015/triso/modeling" '
        'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"><signavio:signavioMetaData metaKey="bgcolor" metaValue="#ffffcc"/>'
        '<tri:node id="x"><tri:deep/></tri:node><camunda:properties><camunda:property name="a" value="${b}"/></camunda:properties>'
        "</bpmn:extensionElements>"
    )
    artifacts = (
        '<bpmn:textAnnotation id="note"><bpmn:text>메모</bpmn:text></bpmn:textAnnotation><bpmn:group id="g"/>'
        '<bpmn:dataObject id="d"/><bpmn:dataObjectReference id="dr" dataObjectRef="d"/>'
    )
    task = element("userTask", "a", "<bpmn:documentation>설명</bpmn:documentation>", foreign)
    diagram = (
        '<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" id="di">'
        '<bpmndi:BPMNPlane id="pl" bpmnElement="p"/></bpmndi:BPMNDiagram>'
    )
    platform = b'<bpmn:definitions xmlns:modeler="http://camunda.org/schema/modeler/1.0" modeler:executionPlatform="Camunda Cloud" '
    data = definitions(process(foreign, artifacts, start(), task, end(), flows("start->a->end")), diagram)
    assert Story({"model.bpmn": data.replace(b"<bpmn:definitions ", platform)}).complete("a").state == "completed"


def test_the_default_namespace_may_be_bpmn() -> None:
    text = PLAIN.decode().replace("bpmn:", "").replace("xmlns:bpmn=", "xmlns=")
    assert Story({"model.bpmn": text.encode()}).waiting == ["a"]


def test_a_flow_into_another_process_is_a_finding_and_no_surprise() -> None:
    """Written wrongly, a boundary event of one process may even name an activity of the other as its host."""
    strangers = process(start("start2"), boundary("b", "a", timer("timeDuration", "PT1H")), user("c"), flows("start2->c", "b->c"), id="q")
    data = definitions(process(start(), user("a"), end(), flows("start->a->end->c")), strangers)
    assert {"dangling-reference", "flow-crosses-boundary"} <= rules(data)


@pytest.mark.parametrize("text", ["(" * 400, "[" * 300 + "]" * 300, "1+" * 60_000 + "1", "x" * 100_000])
def test_an_expression_beyond_all_bounds_is_a_finding_wherever_it_stands(text: str) -> None:
    late = boundary("b", "a", timer("timeDuration", f"={text}"))
    assert rules(model(start(), user("a"), script("s", f"={text}", "x"), late, end(), flows("start->a->s->end", "b->end"))["model.bpmn"])


@pytest.mark.parametrize("id", ["s", "p"])
def test_a_sub_process_that_bears_the_id_of_what_stands_around_it_is_a_duplicate_and_no_endless_search(id: str) -> None:
    inner = sub(id, start("s1"), user("a"), flows("s1->a"))
    assert "duplicate-id" in rules(model(start(), sub("s", start("s0"), inner, flows(f"s0->{id}")), flows("start->s"))["model.bpmn"])
