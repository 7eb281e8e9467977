"""Lint: elements that do not run, and what tasks, events and loops need."""

import pytest

from engine.bpmn.lint import Known, lint
from tests.bpmn.conformance import shows
from tests.bpmn.models import (
    boundary,
    catch,
    condition,
    element,
    end,
    event,
    event_sub,
    extensions,
    flow,
    flows,
    gateway,
    message,
    model,
    script,
    service,
    start,
    sub,
    throw,
    timer,
    user,
    zeebe,
)


def found(files: dict[str, bytes], known: Known | None = None) -> set[tuple[str, str]]:
    """(rule, element) of the errors."""
    return {(finding.rule, finding.element) for finding in lint(files, known) if finding.level == "error"}


def warned(files: dict[str, bytes], known: Known | None = None) -> set[tuple[str, str]]:
    """(rule, element) of the warnings."""
    return {(finding.rule, finding.element) for finding in lint(files, known) if finding.level == "warning"}


def between(*parts: str, name: str = "it") -> dict[str, bytes]:
    """A model that leads from start to end through one element."""
    return model(start(), *parts, end(), flows(f"start -> {name} -> end"))


def test_a_complex_gateway_is_refused_with_a_mend() -> None:
    files = between(element("complexGateway", "it", name="모으기"))
    (finding,) = [finding for finding in lint(files) if finding.rule == "not-supported"]
    assert finding.element == "it" and "'모으기'" in finding.ko and "inclusive" in finding.mend_en


def test_a_choreography_is_refused() -> None:
    assert ("not-supported", "it") in found(between(element("choreographyTask", "it")))


def test_an_element_that_bpmn_does_not_have_is_not_left_out_in_silence() -> None:
    assert ("not-supported", "it") in found(between(element("magicTask", "it")))


def test_an_error_event_that_does_not_interrupt_is_refused() -> None:
    edge = boundary("any", "work", event("error"), False)
    files = model(start(), user("work"), edge, end(), end("bad"), flows("start -> work -> end", "any -> bad"))
    assert found(files) == {("error-must-interrupt", "any")}
    aside = event_sub("aside", event("error"), end("e"), flows("aside_start -> e"), interrupting=False)
    assert found(model(start(), user("work"), aside, end(), flows("start -> work -> end"))) == {("error-must-interrupt", "aside_start")}


def test_an_event_with_several_definitions_is_refused() -> None:
    files = between(catch("it", timer("timeDuration", "PT1H") + event("message", "m")), message("m", "Paid", "=id"))
    assert ("not-supported", "it") in found(files)


@pytest.mark.parametrize(
    "part",
    [
        end("it", timer("timeDuration", "PT1H")),
        end("it", event("link")),
        end("it", event("cancel")),
        throw("it", event("error", "e")),
        catch("it", event("escalation", "e")),
        catch("it", ""),
    ],
)
def test_events_at_places_where_they_mean_nothing_are_refused(part: str) -> None:
    files = model('<bpmn:error id="e" errorCode="E1"/>', start(), part, flows("start -> it"))
    assert ("event-not-possible", "it") in found(files)


def test_a_cancel_event_belongs_to_a_transaction() -> None:
    inside = sub("pay", start("s"), end("undo", event("cancel")), flows("s -> undo"), kind="transaction")
    files = model(start(), inside, boundary("undone", "pay", event("cancel")), end(), end("sorry"), flows("start -> pay -> end", "undone -> sorry"))
    assert found(files) == set()


@pytest.mark.parametrize("host", [gateway("exclusive", "host"), throw("host"), catch("host", timer("timeDuration", "PT1H"))])
def test_a_boundary_event_stands_on_activities_only(host: str) -> None:
    late = boundary("late", "host", timer("timeDuration", "PT1H"))
    files = model(start(), host, late, end(), flows("start -> host -> end", "late -> end"))
    assert found(files) == {("boundary-host", "late")}


def test_a_boundary_event_cannot_stand_on_an_event_sub_process() -> None:
    aside = event_sub("aside", timer("timeDuration", "PT1H"), user("t"), flows("aside_start -> t"))
    late = boundary("late", "aside", timer("timeDuration", "PT1H"))
    files = model(start(), user("work"), aside, late, end(), flows("start -> work -> end", "late -> end"))
    assert found(files) == {("boundary-host", "late")}


@shows("What is refused", "Ad-hoc sub-process led by a connector of Baton", "refused")
def test_an_ad_hoc_sub_process_is_led_by_workers_but_by_no_connector_of_ours() -> None:
    def led(job_type: str) -> str:
        return sub("it", extensions(zeebe("taskDefinition", type=job_type)), user("one"), kind="adHocSubProcess")

    assert found(between(led("agent"))) == set()
    assert found(between(led("http"))) == {("not-supported", "it")} and found(between(led(""))) == {("missing-job-type", "it")}


def test_an_event_whose_definition_stands_elsewhere_is_refused() -> None:
    shared = catch("it", "<bpmn:eventDefinitionRef>ed</bpmn:eventDefinitionRef>")
    assert ("not-supported", "it") in found(between(shared))


def listened(kind: str, event_type: str, **more: str) -> dict[str, bytes]:
    """A model with one listener."""
    listener = zeebe(f"{kind}Listener", eventType=event_type, **more)
    return between(user("it", extensions(zeebe("userTask"), zeebe(f"{kind}Listeners", listener))))


@shows("What is refused", "Task listeners canceling and updating", "refused")
def test_listeners_that_nobody_runs_are_refused() -> None:
    for kind, event_type in (("execution", "cancel"), ("task", "updating"), ("task", "canceling"), ("task", "start"), ("execution", "")):
        assert found(listened(kind, event_type, type="log")) == {("listener-not-run", "it")}
    for kind, event_type in (("execution", "start"), ("execution", "end"), ("task", "creating"), ("task", "assigning"), ("task", "completing")):
        assert found(listened(kind, event_type, type="log")) == set()
    assert found(listened("execution", "start")) == {("missing-job-type", "it")}


def test_what_happens_at_once_waits_for_no_listener_and_says_so() -> None:
    for event_type, why in (("canceling", "takes place at once"), ("updating", "change at once")):
        (finding,) = [finding for finding in lint(listened("task", event_type, type="log")) if finding.rule == "listener-not-run"]
        assert why in finding.en and "그 자리에서" in finding.ko and "creating, assigning, completing" in finding.mend_en


def test_listeners_of_the_process_itself_are_checked_too() -> None:
    for event_type, expected in (("end", set()), ("start", set()), ("cancel", {("listener-not-run", "p")})):
        own = extensions(zeebe("executionListeners", zeebe("executionListener", eventType=event_type, type="archive")))
        assert found(model(own, start(), end(), flows("start -> end"))) == expected


@pytest.mark.parametrize("kind", ["error", "escalation"])
def test_the_code_that_is_caught_is_no_expression(kind: str) -> None:
    thing = f'<bpmn:{kind} id="x" {kind}Code="=code"/>'
    inside = sub("it", start("s"), end("thrown", event(kind, "x")), flows("s -> thrown"))
    files = model(thing, start(), inside, boundary("caught", "it", event(kind, "x")), end(), flows("start -> it -> end", "caught -> end"))
    assert found(files) == {("catch-code-is-expression", "caught")}


def test_flows_into_start_events_and_out_of_end_events_are_refused() -> None:
    files = model(start(), user("work"), end(), flows("start -> work -> end"), flow("work", "start"), flow("end", "work"))
    assert {("flow-not-possible", "start"), ("flow-not-possible", "end")} <= found(files)


def test_a_process_and_a_sub_process_need_a_start_event() -> None:
    assert ("no-start", "p") in found(model(user("work"), end(), flows("work -> end")))
    assert ("no-start", "it") in found(between(sub("it", user("work"))))


def test_an_ad_hoc_sub_process_needs_none() -> None:
    assert found(between(sub("it", user("one"), user("two"), kind="adHocSubProcess"))) == set()


def test_two_plain_start_events_leave_open_where_to_begin() -> None:
    assert found(model(start("a"), start("b"), end(), flows("a -> end", "b -> end"))) == {("several-starts", "p")}


def test_a_plain_and_a_message_start_event_may_stand_together() -> None:
    files = model(message("m", "Ordered"), start("a"), start("b", event("message", "m")), end(), flows("a -> end", "b -> end"))
    assert found(files) == set()


def test_an_event_sub_process_needs_exactly_one_triggered_start_and_no_flows() -> None:
    plain = sub("aside", start("s"), end("e"), flows("s -> e"), triggeredByEvent="true")
    files = model(start(), user("work"), plain, end(), flows("start -> work -> end"), flow("work", "aside"))
    assert {("event-not-possible", "s"), ("event-sub-process-flow", "aside")} <= found(files)
    empty = sub("aside", user("work"), triggeredByEvent="true")
    assert ("event-sub-process-start", "aside") in found(model(start(), empty, end(), flows("start -> end")))
    good = event_sub("aside", timer("timeDuration", "PT1H"), end("e"), flows("aside_start -> e"))
    assert found(model(start(), user("work"), good, end(), flows("start -> work -> end"))) == set()


def test_only_events_can_be_waited_for_behind_an_event_based_gateway() -> None:
    files = model(start(), gateway("eventBased", "which"), user("work"), end(), flows("start -> which -> work -> end"))
    assert found(files) == {("event-gateway-target", "which")}
    assert ("event-gateway-empty", "which") in found(model(start(), gateway("eventBased", "which"), flows("start -> which")))


def test_a_link_needs_exactly_one_catch_event_of_its_name() -> None:
    thrown, caught = throw("out", event("link", name="A")), catch("in", event("link", name="A"))
    assert found(model(start(), thrown, caught, end(), flows("start -> out", "in -> end"))) == set()
    other = catch("in", event("link", name="B"))
    assert ("link-without-target", "out") in found(model(start(), thrown, other, end(), flows("start -> out", "in -> end")))


def test_a_compensation_event_needs_its_handler() -> None:
    undo = boundary("undo", "it", event("compensate"))
    assert ("compensation-without-handler", "undo") in found(between(user("it"), undo))
    handler = service("refund", "http", isForCompensation="true") + element("association", "a", sourceRef="undo", targetRef="refund")
    assert found(between(user("it"), undo, handler)) == set()


def test_a_service_task_needs_a_job_type() -> None:
    assert found(between(element("serviceTask", "it"))) == {("missing-job-type", "it")}


def test_a_job_type_that_only_an_external_worker_can_serve_is_doubted() -> None:
    files = between(service("it", "fax"))
    assert found(files) == set()
    assert ("unknown-job-type", "it") in warned(files)
    assert ("unknown-job-type", "it") not in warned(files, Known(job_types={"fax"}))


def test_a_script_task_needs_feel_and_should_keep_its_result() -> None:
    assert found(between(element("scriptTask", "it", "<bpmn:script>print(1)</bpmn:script>"))) == {("missing-script", "it")}
    assert ("missing-result-variable", "it") in warned(between(script("it", "=1")))


def test_a_business_rule_task_needs_a_decision_that_exists() -> None:
    assert found(between(element("businessRuleTask", "it"))) == {("missing-decision", "it")}
    rule = element("businessRuleTask", "it", extensions(zeebe("calledDecision", decisionId="price", resultVariable="r")))
    assert found(between(rule), Known(decisions={"cost"})) == {("unknown-decision", "it")}
    assert found(between(rule), Known(decisions={"price"})) == set()
    assert found(between(rule)) == set()


def test_a_call_activity_needs_a_process_that_exists() -> None:
    assert found(between(element("callActivity", "it"))) == {("missing-called-process", "it")}
    call = element("callActivity", "it", extensions(zeebe("calledElement", processId="billing")))
    assert found(between(call), Known(processes={"p"})) == {("unknown-process", "it")}
    assert found(between(call), Known(processes={"p", "billing"})) == set()


def test_a_form_must_exist_when_the_forms_are_known() -> None:
    task = user("it", extensions(zeebe("formDefinition", formId="receive")))
    assert found(between(task), Known(forms={"other"})) == {("unknown-form", "it")}
    assert found(between(task), Known(forms={"receive"})) == set()
    assert ("user-task-without-form", "it") in warned(between(user("it")))
    embedded = user("it", extensions(zeebe("formDefinition", formKey="camunda-forms:bpmn:gone")))
    assert found(between(embedded)) == {("unknown-form", "it")}


def test_a_role_must_exist_when_the_roles_are_known() -> None:
    task = user("it", extensions(zeebe("assignmentDefinition", candidateGroups="agents, ghosts")))
    assert found(between(task), Known(roles={"agents"})) == {("unknown-role", "it")}
    assert ("user-task-without-role", "it") in warned(between(user("it")))
    assert ("user-task-without-role", "it") not in warned(between(task))


def test_a_message_needs_a_name_and_whoever_waits_for_it_a_key() -> None:
    assert found(between(element("receiveTask", "it"))) == {("missing-message", "it")}
    waiting = element("receiveTask", "it", messageRef="m")
    assert found(between(waiting, message("m", "Paid"))) == {("message-without-correlation-key", "it")}
    assert found(between(waiting, message("m", "Paid", "=order.id"))) == set()


def test_a_message_that_starts_a_process_needs_no_key_but_one_in_an_event_sub_process_does() -> None:
    assert found(model(message("m", "Paid"), start("start", event("message", "m")), end(), flows("start -> end"))) == set()
    aside = event_sub("aside", event("message", "m"), end("e"), flows("aside_start -> e"))
    files = model(message("m", "Paid"), start(), user("work"), aside, end(), flows("start -> work -> end"))
    assert found(files) == {("message-without-correlation-key", "aside_start")}


def test_a_sending_event_with_a_job_type_needs_no_message() -> None:
    assert found(between(throw("it", event("message")))) == {("missing-message", "it")}
    assert found(between(throw("it", event("message"), extensions(zeebe("taskDefinition", type="notify"))))) == set()


@pytest.mark.parametrize("kind", ["signal", "error", "escalation"])
def test_what_is_thrown_must_be_named(kind: str) -> None:
    nameless = f'<bpmn:{kind} id="x"/>'
    assert ("missing-event-reference", "end") in found(model(nameless, start(), end("end", event(kind, "x")), flows("start -> end")))


def test_a_boundary_event_may_catch_every_error() -> None:
    files = model(start(), user("work"), boundary("any", "work", event("error")), end(), end("bad"), flows("start -> work -> end", "any -> bad"))
    assert found(files) == set()


def test_a_conditional_event_needs_a_condition() -> None:
    assert found(between(catch("it", condition("")))) == {("missing-event-condition", "it")}
    assert found(between(catch("it", condition("=stock > 0")))) == set()


def test_a_misspelled_property_of_ours_is_doubted_with_the_nearest_name() -> None:
    task = user("it", extensions(zeebe("properties", zeebe("property", name="baton:saved", value="x"), zeebe("property", name="other", value="y"))))
    (finding,) = [finding for finding in lint(between(task)) if finding.rule == "unknown-baton-property"]
    assert finding.element == "it" and "'baton:saves'" in finding.mend_en


def test_a_property_of_ours_where_it_does_nothing_is_doubted() -> None:
    def with_property(name: str) -> dict[str, bytes]:
        return between(user("it", extensions(zeebe("properties", zeebe("property", name=name, value="x")))))

    assert ("baton-property-without-effect", "it") in warned(with_property("baton:case"))
    assert ("baton-property-without-effect", "it") not in warned(with_property("baton:status"))
