"""Sub-processes, called processes, event sub-processes, ad-hoc sub-processes."""

import pytest

from engine.bpmn import StepFailed
from tests.bpmn.conformance import shows
from tests.bpmn.host import Story
from tests.bpmn.models import (
    boundary,
    condition,
    definitions,
    element,
    end,
    event,
    event_sub,
    extensions,
    flows,
    gateway,
    io,
    message,
    model,
    process,
    script,
    service,
    start,
    sub,
    throw,
    timer,
    user,
    zeebe,
)

MESSAGE = message("m", "Cancel", '="S-1"')


@shows("Sub-processes", "Embedded sub-process")
def test_a_sub_process_ends_with_its_last_token_and_without_an_end_event() -> None:
    inner = sub("s", start("s1"), gateway("parallel", "f"), user("a"), user("b"), flows("s1->f->a", "f->b"))
    story = Story(model(start(), inner, user("after"), flows("start->s->after"))).complete("a")
    assert story.waiting == ["b"]
    assert story.complete("b").waiting == ["after"]


@shows("Data", "Sub-process beside a branch that writes")
def test_a_branch_that_writes_while_a_sub_process_is_open_loses_nothing() -> None:
    inner = sub("s", start("s1"), user("a"), flows("s1->a"))
    files = model(
        start(), gateway("parallel", "f"), inner, user("b"), gateway("parallel", "j"), user("after"), flows("start->f->s->j->after", "f->b->j")
    )
    story = Story(files, {"total": 1}).complete("b", {"total": 2, "note": "b"}).complete("a", {"seen": True})
    assert story.variables == {"total": 2, "note": "b", "seen": True}


@shows("Data", "Branches appending to one list")
def test_branches_that_append_to_one_list_lose_nothing() -> None:
    files = model(
        start(),
        gateway("parallel", "f"),
        script("a", "=append(xs, 2)", "xs"),
        script("b", "=append(xs, 3)", "xs"),
        gateway("parallel", "j"),
        end(),
        flows("start->f->a->j->end", "f->b->j"),
    )
    assert Story(files, {"xs": [1]}).variables == {"xs": [1, 2, 3]}


@shows("Sub-processes", "Transaction")
@shows("Boundary events", "Cancel")
def test_a_cancelled_transaction_leaves_by_its_cancel_boundary_event() -> None:
    inner = sub(
        "t",
        start("s1"),
        gateway("parallel", "f"),
        user("a"),
        user("b"),
        end("no", event("cancel")),
        flows("s1->f->a->no", "f->b"),
        kind="transaction",
    )
    files = model(start(), inner, boundary("c", "t", event("cancel")), user("undone"), user("after"), flows("start->t->after", "c->undone"))
    assert Story(files).complete("a").waiting == ["undone"]


def calling(*extension: str) -> dict[str, bytes]:
    called = process(start("s1"), user("ask"), end("e1"), flows("s1->ask->e1"), id="called")
    caller = process(start(), element("callActivity", "call", extensions(*extension)), user("after"), flows("start->call->after"))
    return {"a.bpmn": definitions(caller), "b.bpmn": definitions(called)}


@shows("Sub-processes", "Call activity")
def test_a_called_process_gets_everything_and_gives_everything_back_unless_told_otherwise() -> None:
    story = Story(calling(zeebe("calledElement", processId="called")), {"x": 1})
    token = story.wait("ask").token
    assert story.execution.scope(token)["x"] == 1
    story.complete("ask", {"x": 2, "y": 3})
    assert (story.waiting, story.variables) == (["after"], {"x": 2, "y": 3})


@shows("Sub-processes", "Call activity without propagation")
def test_without_propagation_only_the_mapped_variables_cross() -> None:
    element = zeebe("calledElement", processId="=which", propagateAllParentVariables="false", propagateAllChildVariables="false")
    story = Story(calling(element, io({"given": "=x + 1"})), {"x": 1, "which": "called"})
    scope = story.execution.scope(story.wait("ask").token)
    assert dict(scope) == {"given": 2}
    assert story.complete("ask", {"y": 3}).variables == {"x": 1, "which": "called"}
    mapped = Story(calling(element, io(outputs={"z": "=y * 2"})), {"which": "called"}).complete("ask", {"y": 3})
    assert mapped.variables == {"which": "called", "z": 6}


def test_a_process_that_calls_itself_without_end_is_stopped() -> None:
    files = {
        "a.bpmn": definitions(
            process(start(), element("callActivity", "call", extensions(zeebe("calledElement", processId="p"))), flows("start->call"))
        )
    }
    with pytest.raises(StepFailed, match="nested deeper"):
        Story(files)


@shows("Event sub-processes", "Message start, interrupting")
def test_an_interrupting_event_sub_process_stops_the_rest_sees_its_data_and_fires_once() -> None:
    handler = event_sub("h", event("message", "m"), script("seen", "=amount + extra", "sum"), user("undo"), flows("h_start->seen->undo"))
    story = Story(model(MESSAGE, start(), user("work"), handler, end(), flows("start->work->end")), {"amount": 40})
    assert story.waiting == ["h_start", "work"]
    story.trigger("h_start", {"extra": 2})
    assert (story.waiting, story.variables["sum"]) == (["undo"], 42)
    assert story.desk.stopped == ["work"]
    assert story.complete("undo").state == "completed"


@shows("Event sub-processes", "Message start, not interrupting")
def test_a_non_interrupting_event_sub_process_runs_beside_and_again() -> None:
    handler = event_sub("h", event("message", "m"), user("note"), flows("h_start->note"), interrupting=False)
    story = Story(model(MESSAGE, start(), user("work"), handler, end(), flows("start->work->end"))).trigger("h_start").trigger("h_start")
    assert story.waiting == ["h_start", "note", "note", "work"]
    story.complete("work").complete("note", {"told": 1})
    assert story.waiting == ["h_start", "note"]
    assert story.complete("note").state == "completed"
    assert story.variables == {"told": 1}


@shows("Event sub-processes", "Timer start")
def test_a_timer_event_sub_process_never_keeps_a_finished_instance_open() -> None:
    handler = event_sub("h", timer("timeDuration", "P30D"), user("remind"), flows("h_start->remind"), interrupting=False)
    files = model(start(), user("work"), handler, end(), flows("start->work->end"))
    assert Story(files).complete("work").state == "completed"
    assert Story(files).trigger("h_start").waiting == ["remind", "work"]


@shows("Event sub-processes", "Timer cycle start")
def test_a_timer_cycle_starts_the_event_sub_process_each_time() -> None:
    handler = event_sub("h", timer("timeCycle", "R2/PT1H"), user("remind"), flows("h_start->remind"), interrupting=False)
    story = Story(model(start(), user("work"), handler, flows("start->work"))).trigger("h_start").trigger("h_start")
    assert story.waiting == ["remind", "remind", "work"]


@shows("Event sub-processes", "Signal start")
@shows("Event sub-processes", "Conditional start")
@pytest.mark.parametrize("definition", [event("signal", "s"), condition("=stock < 1")])
def test_signal_and_conditional_event_sub_processes_fire(definition: str) -> None:
    handler = event_sub("h", definition, user("stop"), flows("h_start->stop"))
    files = model(
        element("signal", "s", name="Closed"), start(), user("sell"), gateway("exclusive", "again"), handler, flows("start->again->sell->again")
    )
    story = Story(files, {"stock": 2})
    if "conditional" in definition:
        assert story.complete("sell", {"stock": 1}).waiting == ["h_start", "sell"]
        assert story.complete("sell", {"stock": 0}).waiting == ["stop"]
    else:
        assert story.trigger("h_start").waiting == ["stop"]


@shows("Event sub-processes", "Inside a sub-process and a called process")
def test_an_event_sub_process_inside_a_sub_process_ends_only_that() -> None:
    handler = event_sub("h", event("message", "m"), user("undo"), flows("h_start->undo"))
    inner = sub("s", start("s1"), user("work"), handler, flows("s1->work"))
    story = Story(
        model(MESSAGE, start(), gateway("parallel", "f"), inner, user("beside"), user("after"), flows("start->f->s->after", "f->beside"))
    ).trigger("h_start")
    assert story.waiting == ["beside", "undo"]
    assert story.complete("undo").waiting == ["after", "beside"]
    called = process(start("s1"), user("work"), handler, flows("s1->work"), id="called")
    caller = process(
        start(), element("callActivity", "call", extensions(zeebe("calledElement", processId="called"))), user("after"), flows("start->call->after")
    )
    story = Story({"a.bpmn": definitions(MESSAGE, caller, called)}).trigger("h_start").complete("undo")
    assert story.waiting == ["after"]


@shows("Event sub-processes", "Nested")
def test_an_event_sub_process_may_have_its_own_event_sub_process() -> None:
    deeper = event_sub("d", timer("timeDuration", "PT1H"), user("hurry"), flows("d_start->hurry"), interrupting=False)
    handler = event_sub("h", event("message", "m"), user("undo"), deeper, flows("h_start->undo"))
    story = Story(model(MESSAGE, start(), user("work"), handler, flows("start->work"))).trigger("h_start").trigger("d_start")
    assert story.waiting == ["hurry", "undo"]
    assert story.complete("hurry").complete("undo").state == "completed"


@shows("Event sub-processes", "Variables of the event")
def test_outputs_of_the_start_event_of_an_event_sub_process_map_what_came() -> None:
    first = start("h_start", extensions(io(outputs={"why": "=reason"})), event("message", "m"), isInterrupting="true")
    handler = element("subProcess", "h", first, user("undo"), flows("h_start->undo"), triggeredByEvent="true")
    story = Story(model(MESSAGE, start(), user("work"), handler, flows("start->work"))).trigger("h_start", {"reason": "moved", "secret": 1})
    assert story.execution.scope(story.wait("undo").token)["why"] == "moved"
    assert story.variables == {"why": "moved"}


def ad_hoc(*extension: str, until: str = "", **attributes: str) -> dict[str, bytes]:
    ends = f"<bpmn:completionCondition>{until}</bpmn:completionCondition>" if until else ""
    inner = sub(
        "x",
        extensions(*extension) if extension else "",
        ends,
        user("a"),
        user("b"),
        service("c"),
        user("d"),
        flows("c->d"),
        kind="adHocSubProcess",
        **attributes,
    )
    return model(start(), inner, user("after"), flows("start->x->after"))


@shows("Sub-processes", "Ad-hoc sub-process")
def test_an_ad_hoc_sub_process_begins_what_is_chosen_and_ends_when_all_is_done() -> None:
    story = Story(ad_hoc(zeebe("adHoc", activeElementsCollection="=chosen")), {"chosen": ["a", "c"]})
    assert story.waiting == ["a", "c"]
    assert story.complete("a").complete("c").waiting == ["d"]
    assert story.complete("d").waiting == ["after"]
    assert Story(ad_hoc()).waiting == ["a", "b", "c"]


LED = zeebe("taskDefinition", type="lead")


@shows("Sub-processes", "Ad-hoc sub-process led by a worker")
def test_a_worker_says_which_elements_begin_until_it_says_that_it_is_enough() -> None:
    story = Story(ad_hoc(LED))
    assert story.waiting == ["x"] and (story.wait("x").job_type, story.wait("x").turn) == ("lead", 0)
    assert [row["elementId"] for row in story.execution.scope(story.wait("x").token)["adHocSubProcessElements"]] == ["a", "b", "c"]
    story.complete("x", {"activateElements": [{"elementId": "a", "variables": {"what": 1}}, {"elementId": "a", "variables": {"what": 2}}, "c"]})
    assert story.waiting == ["a", "a", "c"] and [story.execution.scope(story.wait("a", number).token)["what"] for number in (0, 1)] == [1, 2]
    story.complete("a")
    assert story.waiting == ["a", "c", "x"] and story.wait("x").turn == 2
    story.complete("c")
    assert story.waiting == ["a", "d", "x"]  # a branch that goes on asks nobody
    story.complete("d").complete("x", {"seen": True})
    assert story.waiting == ["a", "x"] and story.wait("x").turn == 3  # what ended meanwhile is not missed
    story.complete("x", {"isCompletionConditionFulfilled": True, "activateElements": ["b"]})
    assert story.waiting == ["a", "b"]
    assert story.complete("a").complete("b").waiting == ["after"] and story.variables["seen"] is True


def test_a_worker_may_cancel_what_is_left_and_collects_results() -> None:
    own = zeebe("adHoc", outputCollection="notes", outputElement="=note")
    story = Story(ad_hoc(own, LED), {"note": ""}).complete("x", {"activateElements": ["a", "b"]}).complete("b", {"note": "second"})
    story.complete("x", {"isCompletionConditionFulfilled": True, "isCancelRemainingInstances": True})
    assert story.waiting == ["after"] and story.variables["notes"] == ["second"] and "a" in story.desk.stopped
    assert Story(ad_hoc(LED)).complete("x", {"isCompletionConditionFulfilled": True}).waiting == ["after"]
    drawn = Story(ad_hoc(LED, until="=enough = true")).complete("x", {"activateElements": ["a", "b"], "enough": False})
    assert drawn.complete("a", {"enough": True}).waiting == ["after"]


def test_a_worker_that_leaves_nothing_going_on_or_names_nothing_we_know_is_told() -> None:
    with pytest.raises(StepFailed, match="isCompletionConditionFulfilled"):
        Story(ad_hoc(LED)).complete("x", {"thought": "nothing"})
    with pytest.raises(StepFailed, match="only \\['a', 'b', 'c'\\] can be"):
        Story(ad_hoc(LED)).complete("x", {"activateElements": ["d"]})


@shows("Sub-processes", "Ad-hoc sub-process with completion condition")
def test_an_ad_hoc_sub_process_ends_by_its_condition_and_cancels_the_rest_or_waits_for_it() -> None:
    assert Story(ad_hoc(until="=enough = true")).complete("a", {"enough": True}).waiting == ["after"]
    story = Story(ad_hoc(until="=enough = true", cancelRemainingInstances="false")).complete("a", {"enough": True})
    assert story.waiting == ["b", "c"]
    assert story.complete("b").complete("c").complete("d").waiting == ["after"]


@shows("Sub-processes", "Ad-hoc sub-process, sequential")
def test_a_sequential_ad_hoc_sub_process_does_one_thing_at_a_time() -> None:
    story = Story(ad_hoc(ordering="Sequential"))
    assert story.waiting == ["a"]
    assert story.complete("a").waiting == ["b"]
    assert story.complete("b").complete("c").complete("d").waiting == ["after"]


def test_an_ad_hoc_sub_process_names_what_cannot_be_activated() -> None:
    with pytest.raises(StepFailed, match="only \\['a', 'b', 'c'\\] can be"):
        Story(ad_hoc(zeebe("adHoc", activeElementsCollection='=["nothing"]')))


@shows("Other", "Lanes and collaborations")
def test_two_pools_in_one_file_are_two_processes_and_lanes_name_their_elements() -> None:
    lanes = '<bpmn:laneSet id="ls"><bpmn:lane id="L1" name="Agents"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'
    pools = element(
        "collaboration",
        "c",
        element("participant", "P1", processRef="p"),
        element("participant", "P2", processRef="q"),
        element("participant", "P3", name="Customer"),
    )
    files = {
        "a.bpmn": definitions(pools, process(lanes, start(), user("a"), flows("start->a")), process(start("s2"), user("b"), flows("s2->b"), id="q"))
    }
    story = Story(files)
    assert story.model.processes.keys() == {"p", "q"}
    assert story.model.processes["p"].elements["a"].lane == "L1"
    assert story.model.processes["p"].lanes["L1"].elements == {"a"}
    assert Story(files, process="q").waiting == ["b"]


@shows("Other", "Version tag and properties")
def test_version_tag_names_and_properties_are_kept() -> None:
    own = extensions(
        zeebe("versionTag", value="2.1"),
        zeebe("properties", zeebe("property", name="baton:case", value="subscription"), zeebe("property", name="baton:label.en", value="Sign up")),
    )
    found = Story(model(own, start(), user("a"), flows("start->a"))).model.processes["p"]
    assert (found.version_tag, found.label_en, found.properties["baton:case"]) == ("2.1", "Sign up", "subscription")


@shows("Events", "None throw event")
def test_a_none_throw_event_is_a_milestone() -> None:
    story = Story(model(start(), throw("reached"), end(), flows("start->reached->end")))
    assert story.path == ["start", "reached", "end"]


@shows("Sub-processes", "Ad-hoc sub-process with an output collection")
def test_an_ad_hoc_sub_process_collects_what_each_branch_leaves() -> None:
    own = zeebe("adHoc", activeElementsCollection='=["a", "b"]', outputCollection="found", outputElement="=note")
    story = Story(ad_hoc(own), {"note": ""}).complete("b", {"note": "second"}).complete("a", {"note": "first"})
    assert (story.waiting, story.variables["found"]) == (["after"], ["second", "first"])
