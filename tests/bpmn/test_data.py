"""Variables: scopes, mappings, results, and how values are kept."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from engine import bpmn
from engine.bpmn import StepFailed
from engine.bpmn.dialect import Dialect
from engine.bpmn.document import Document
from engine.personal import PersonalText
from tests.bpmn.conformance import shows
from tests.bpmn.host import Desk, Story
from tests.bpmn.models import element, end, extensions, flow, flows, gateway, io, model, multi, script, service, start, sub, user, zeebe


@shows("Data", "Result without output mappings")
def test_a_result_updates_the_nearest_scope_that_has_the_variable_else_the_root() -> None:
    inner = sub("s", extensions(io({"near": "=1"})), start("s1"), service("job"), user("look"), flows("s1->job->look"))
    story = Story(model(start(), inner, flows("start->s")), {"far": 1}).complete("job", {"near": 2, "far": 2, "new": 2})
    assert story.variables == {"far": 2, "new": 2}
    assert story.execution.scope(story.wait("look").token)["near"] == 2


@shows("Data", "Output mappings")
def test_with_output_mappings_the_result_stays_local_and_only_the_mappings_leave() -> None:
    files = model(
        start(), service("job", "job", mapping=io(outputs={"total": "=amount * 2", "order.paid": "=true"})), user("a"), flows("start->job->a")
    )
    story = Story(files, {"order": {"id": "O-1"}}).complete("job", {"amount": 21, "noise": 1})
    assert story.variables == {"order": {"id": "O-1", "paid": True}, "total": 42}


@shows("Data", "Input mappings")
def test_input_mappings_make_a_local_scope_and_see_each_other() -> None:
    files = model(start(), service("job", "job", mapping=io({"a": "=x + 1", "b": "=a * 2", "c.d": "static"})), end(), flows("start->job->end"))
    story = Story(files, {"x": 1})
    assert story.wait("job").inputs == {"a": 2, "b": 4, "c": {"d": "static"}}
    assert story.complete("job").variables == {"x": 1}


def test_an_input_that_shadows_a_variable_takes_the_result_and_is_gone_afterwards() -> None:
    files = model(start(), service("job", "job", mapping=io({"x": "=5"})), end(), flows("start->job->end"))
    assert Story(files, {"x": 1}).complete("job", {"x": 9}).variables == {"x": 1}


@shows("Data", "Live reading of outer scopes")
def test_an_open_sub_process_sees_what_is_written_outside_meanwhile() -> None:
    inner = sub("s", start("s1"), user("a"), script("read", "=note", "copy"), flows("s1->a->read"))
    files = model(start(), gateway("parallel", "f"), inner, user("b"), user("after"), flows("start->f->s->after", "f->b"))
    assert Story(files, {"note": "old"}).complete("b", {"note": "new"}).complete("a").variables["copy"] == "new"


@shows("Tasks", "User task")
def test_a_user_task_says_who_when_and_how_urgent_evaluated_once() -> None:
    parts = extensions(
        zeebe("userTask"),
        zeebe("formDefinition", formId="receive"),
        zeebe("assignmentDefinition", assignee="=agent", candidateGroups="cs, back_office", candidateUsers='=["lee", "park"]'),
        zeebe("taskSchedule", dueDate='=now_is + duration("PT2H")', followUpDate="2026-11-21T09:00:00+09:00"),
        zeebe("priorityDefinition", priority="=10 + 60"),
    )
    story = Story(model(start(), user("a", parts), flows("start->a")), {"agent": "lee", "now_is": "x"}, desk=Desk())
    wait = story.wait("a")
    assert (wait.kind, wait.form, wait.assignee, wait.groups, wait.users, wait.priority) == (
        "user_task",
        "receive",
        "lee",
        ("cs", "back_office"),
        ("lee", "park"),
        70,
    )
    assert wait.follow_up is not None and wait.follow_up.isoformat() == "2026-11-21T00:00:00+00:00"
    assert wait.due is None


def test_a_due_date_can_be_a_duration_and_then_counts_in_the_calendar() -> None:
    def task(*more: str) -> dict[str, bytes]:
        return model(start(), user("a", extensions(zeebe("userTask"), zeebe("taskSchedule", dueDate='=duration("PT2H")'), *more)), flows("start->a"))

    plain = Story(task()).wait("a")
    assert plain.due is not None and plain.due.isoformat() == "2026-11-20T02:00:00+00:00"
    business = Story(task(zeebe("properties", zeebe("property", name="baton:calendar", value="business")))).wait("a")
    assert business.due is not None and business.due.isoformat() == "2026-11-20T06:00:00+00:00"


@shows("Tasks", "Embedded form")
def test_a_form_in_the_diagram_itself_comes_as_bytes() -> None:
    form = extensions(zeebe("userTaskForm", '{"components": []}', id="F1"))
    task = user("a", extensions(zeebe("formDefinition", formKey="camunda-forms:bpmn:F1")))
    found = bpmn.parse(model(form, start(), task, flows("start->a"))).processes["p"].elements["a"]
    assert (found.form, found.embedded_form) == ("F1", b'{"components": []}')


@shows("Tasks", "Service task")
def test_a_service_task_is_a_job_with_type_retries_inputs_and_headers() -> None:
    headers = zeebe("taskHeaders", zeebe("header", key="record", value="visit"))
    files = model(
        start(),
        element("serviceTask", "a", extensions(zeebe("taskDefinition", type='="re" + "cord"', retries="5"), headers)),
        end(),
        flows("start->a->end"),
    )
    wait = Story(files, {"secret": 1}).wait("a")
    assert (wait.kind, wait.job_type, wait.retries, wait.headers, wait.inputs) == ("job", "record", 5, {"record": "visit"}, {})


@shows("Tasks", "In-step connector")
def test_a_connector_in_the_step_gets_its_inputs_and_gives_its_result() -> None:
    desk = Desk(price=lambda inputs, scope: {"price": inputs["plan"] * scope["factor"]})
    files = model(start(), service("ask", "price", mapping=io({"plan": "=10"})), end(), flows("start->ask->end"))
    assert Story(files, {"factor": 3}, desk).variables == {"factor": 3, "price": 30}


@shows("Tasks", "Script task")
def test_a_script_task_keeps_the_value_of_its_expression() -> None:
    files = model(start(), script("a", "=x + 0.1", "y"), script("b", '={d: date("2026-12-01"), n: 1/3}', "z"), end(), flows("start->a->b->end"))
    found = Story(files, {"x": 2}).variables
    assert found["y"] == 2.1
    assert found["z"]["d"] == "2026-12-01"
    assert isinstance(found["z"]["n"], (float, str))


@shows("Tasks", "Business rule task")
def test_a_business_rule_task_evaluates_its_decision_in_the_step_or_is_a_job() -> None:
    task = element("businessRuleTask", "a", extensions(zeebe("calledDecision", decisionId='="plan_" + kind', resultVariable="plan")))
    assert Story(model(start(), task, flows("start->a")), {"kind": "tv"}).variables["plan"] == {"decision": "plan_tv", "for": "tv"}
    job = element("businessRuleTask", "a", extensions(zeebe("taskDefinition", type="rules")))
    assert Story(model(start(), job, flows("start->a"))).wait("a").job_type == "rules"


@shows("Tasks", "Script and send task as jobs")
def test_script_and_send_tasks_with_a_task_definition_are_jobs() -> None:
    for kind in ("scriptTask", "sendTask"):
        task = element(kind, "a", extensions(zeebe("taskDefinition", type="work")))
        assert Story(model(start(), task, flows("start->a"))).wait("a").job_type == "work"


@shows("Tasks", "Manual task and task without a kind")
def test_manual_and_plain_tasks_are_passed() -> None:
    story = Story(model(start(), element("manualTask", "a"), element("task", "b"), end(), flows("start->a->b->end")))
    assert story.path == ["start", "a", "b", "end"]


@shows("Data", "Names of the host")
def test_variables_shadow_the_names_that_the_host_offers() -> None:
    desk = Desk()
    desk.names = {"settings": {"limit": 10}, "x": "host"}
    files = model(start(), script("a", "=settings.limit", "limit"), script("b", "=x", "seen"), end(), flows("start->a->b->end"))
    assert Story(files, {}, desk).variables == {"limit": 10, "seen": "host"}
    assert Story(files, {"x": "mine"}, desk).variables["seen"] == "mine"


@shows("Data", "Personal texts")
def test_a_personal_text_is_kept_as_its_reference_and_read_as_text() -> None:
    desk = Desk()
    desk.persons["c1/name"] = "Kim"
    files = model(
        start(), user("a"), script("greet", '="Dear " + who.name', "line"), script("copy", "=who", "also"), end(), flows("start->a->greet->copy->end")
    )
    story = Story(files, {}, desk).complete("a", {"who": {"name": desk.resolve("c1/name")}})
    assert story.variables["who"] == {"name": {"$pii": "c1/name"}}
    assert story.variables["also"] == {"name": {"$pii": "c1/name"}}


def test_a_text_computed_from_a_personal_text_is_kept_by_reference_too() -> None:
    desk = Desk()
    desk.persons["c1/name"] = "Kim"
    files = model(
        start(),
        script("greet", '=upper case("Dear " + who.name)', "line"),
        script("copy", "=line", "also"),
        user("a"),
        flows("start->greet->copy->a"),
    )
    story = Story(files, {"who": {"name": {"$pii": "c1/name"}}}, desk)
    assert story.variables["line"] == story.variables["also"] == {"$pii": "c1/=1"}
    assert desk.persons["c1/=1"] == "DEAR KIM"
    assert story.execution.scope(story.wait("a").token)["line"] == "DEAR KIM"
    assert story.snapshot.count(b"Kim") == 0


def test_values_are_kept_as_json() -> None:
    values: dict[str, Any] = {"whole": Decimal("10"), "half": Decimal("0.5"), "day": date(2026, 12, 1), "list": (1, 2)}
    story = Story(model(start(), user("a"), flows("start->a"))).complete("a", values)
    assert story.variables == {"whole": 10, "half": 0.5, "day": "2026-12-01", "list": [1, 2]}


def test_a_failing_expression_names_its_element_and_keeps_nothing() -> None:
    files = model(
        start(), user("a"), gateway("exclusive", "g", default="g_b"), user("b"), user("c"), flows("start->a->g->b"), flow("g", "c", '="text"')
    )
    story = Story(files)
    before = story.snapshot
    with pytest.raises(StepFailed) as failure:
        story.complete("a", {"x": 1})
    assert failure.value.element_id == "g"
    assert bpmn.restore(story.model, before, story.desk).waits[0].element_id == "a"


def test_personal_texts_of_a_list_stay_references_in_each_run_of_a_multi_instance_activity() -> None:
    desk = Desk()
    desk.persons["c1/name"] = "Kim"
    desk.names = {"people": [{"name": desk.resolve("c1/name")}]}
    files = model(
        start(),
        script("greet", '="Dear " + person.name', "line", multi("=people", "person")),
        user("a", multi("=people", "person")),
        flows("start->greet->a"),
    )
    story = Story(files, {}, desk)
    assert desk.persons[story.variables["line"]["$pii"]] == "Dear Kim"
    assert story.snapshot.count(b"Kim") == 0
    assert story.execution.scope(story.wait("a").token)["person"]["name"] == "Kim"


class Record(Mapping[str, Any]):
    """A record as the runtime hands it out: a mapping of its own kind, read when asked."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self.fields = fields

    def __getitem__(self, name: str) -> Any:
        return self.fields[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.fields)

    def __len__(self) -> int:
        return len(self.fields)


@shows("Data", "Records copied into variables")
def test_a_record_that_is_copied_into_a_variable_keeps_personal_texts_as_references() -> None:
    desk = Desk()
    desk.names = {"visit": Record({"day": date(2026, 12, 1), "who": PersonalText("Kim", "c1/name"), "fee": Decimal("1.10")})}
    story = Story(model(start(), script("copy", "=visit", "kept"), user("a"), flows("start->copy->a")), {}, desk)
    assert story.variables["kept"] == {"day": "2026-12-01", "who": {"$pii": "c1/name"}, "fee": 1.1}
    assert b"Kim" not in story.snapshot


def test_a_script_without_a_result_variable_keeps_nothing() -> None:
    files = model(start(), script("a", "=1 + 1"), end(), flows("start->a->end"))
    assert Story(files, {"x": 1}).variables == {"x": 1}


@shows("Data", "Names with blanks")
def test_names_with_blanks_are_read_where_the_drawing_gives_them_to_data() -> None:
    data = element("dataObject", "d", name="Vacation Approval Status")
    task = service("decide", "DMN", mapping=io(outputs={"Vacation Approval": "=null"}))
    document = Document("model.bpmn", model(data, start(), task, flows("start->decide"))["model.bpmn"])
    assert document.names == {"Vacation Approval Status", "Vacation Approval"}
    found = Dialect(document).expression('Vacation Approval Status.Approval + " " + Vacation Approval', "condition")
    assert found is not None
    assert found.evaluate({"Vacation Approval Status": {"Approval": "so"}, "Vacation Approval": "what"}, Desk().now) == "so what"


def test_a_text_that_is_no_unicode_stops_the_step_instead_of_breaking_the_snapshot() -> None:
    with pytest.raises(StepFailed, match="cannot be kept"):
        Story(model(start(), user("a"), user("b"), flows("start->a->b"))).complete("a", {"name": "\ud800"})
