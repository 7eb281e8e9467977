"""Multi-instance and standard loops."""

import pytest

from engine.bpmn import StepFailed
from tests.bpmn.conformance import shows
from tests.bpmn.host import Desk, Story
from tests.bpmn.models import boundary, event, extensions, flows, io, message, model, multi, script, service, start, sub, timer, user, zeebe


def asking(*loop: str) -> dict[str, bytes]:
    return model(start(), user("ask", extensions(zeebe("userTask")), *loop), user("after"), flows("start->ask->after"))


@shows("Loops", "Multi-instance, parallel")
def test_parallel_instances_keep_their_results_in_the_order_of_the_items() -> None:
    story = Story(asking(multi("=names", "name", out=("answers", "=answer"))), {"names": ["Kim", "Lee", "Park"]})
    assert story.waiting == ["ask", "ask", "ask"]
    assert [story.execution.scope(wait.token)["name"] for wait in story.waits] == ["Kim", "Lee", "Park"]
    story.complete("ask", {"answer": "third"}, 2).complete("ask", {"answer": "first"}, 0).complete("ask", {"answer": "second"}, 0)
    assert story.waiting == ["after"]
    assert story.variables == {"names": ["Kim", "Lee", "Park"], "answers": ["first", "second", "third"]}


@shows("Loops", "Multi-instance, sequential")
@shows("Loops", "Multi-instance over nulls")
def test_sequential_instances_come_one_by_one_also_over_nulls() -> None:
    story = Story(asking(multi("=[1, null, 3]", "x", sequential=True, out=("ys", "=y"))))
    seen = []
    while story.waiting == ["ask"]:
        scope = story.execution.scope(story.waits[0].token)
        seen.append((scope["x"], scope["loopCounter"]))
        story.complete("ask", {"y": None if scope["x"] is None else scope["x"] * 2})
    assert seen == [(1, 1), (None, 2), (3, 3)]
    assert story.variables == {"ys": [2, None, 6]}


@shows("Loops", "Multi-instance over an empty list")
@pytest.mark.parametrize("sequential", [True, False])
def test_an_empty_list_is_done_at_once_with_an_empty_result(sequential: bool) -> None:
    story = Story(asking(multi("=[]", sequential=sequential, out=("ys", "=y"))))
    assert (story.waiting, story.variables) == (["after"], {"ys": []})


@shows("Loops", "Multi-instance by a number")
@pytest.mark.parametrize("cardinality", ["=3", "3", "=count(names)"])
def test_a_cardinality_is_a_number_of_runs(cardinality: str) -> None:
    loop = (
        f"<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>{cardinality}</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
    )
    assert Story(asking(loop), {"names": [1, 2, 3]}).waiting == ["ask"] * 3


@shows("Loops", "Multi-instance over something else", "refused")
@pytest.mark.parametrize("wrong", ["-1", "2.5", '"3"', "null", "1001", "1000000"])
def test_a_cardinality_that_is_no_number_from_0_to_1000_stops_the_step(wrong: str) -> None:
    loop = "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>=n</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
    with pytest.raises(StepFailed, match="not a whole number from 0 to 1000"):
        Story(
            asking(loop),
            {
                "n": {"null": None, '"3"': "3"}.get(
                    wrong, float(wrong) if wrong == "2.5" else wrong if '"' in wrong or wrong == "null" else int(wrong)
                )
            },
        )
    with pytest.raises(StepFailed, match="not a list"):
        Story(asking(multi("=n")), {"n": 3})


@shows("Loops", "Completion condition")
@pytest.mark.parametrize("sequential", [True, False])
def test_a_completion_condition_ends_the_activity_and_cancels_the_rest(sequential: bool) -> None:
    loop = multi("=[1, 2, 3, 4]", sequential=sequential, out=("votes", "=vote"), until='=vote = "no" or numberOfCompletedInstances >= 3')
    story = Story(asking(loop)).complete("ask", {"vote": "yes"}).complete("ask", {"vote": "no"})
    assert story.waiting == ["after"]
    assert story.variables["votes"] == ["yes", "no", None, None]
    story = Story(asking(loop))
    for _ in range(3):
        story.complete("ask", {"vote": "yes"})
    assert story.waiting == ["after"]


@shows("Loops", "Multi-instance sub-process")
def test_each_run_of_a_multi_instance_sub_process_has_a_scope_of_its_own() -> None:
    inner = sub(
        "s",
        extensions(io({"mine": "=item"})),
        start("s1"),
        user("a"),
        script("add", "=mine * 10", "mine"),
        multi("=[1, 2]", out=("sums", "=mine")),
        flows("s1->a->add"),
    )
    story = Story(model(start(), inner, user("after"), flows("start->s->after"))).complete("a").complete("a")
    assert (story.waiting, story.variables) == (["after"], {"sums": [10, 20]})


@shows("Loops", "Boundary event on multi-instance")
def test_a_boundary_event_on_a_multi_instance_activity_is_one_for_all_runs() -> None:
    files = model(
        message("m", "Stop", '="1"'),
        start(),
        user("ask", multi("=[1, 2, 3]")),
        boundary("b", "ask", event("message", "m")),
        user("no"),
        flows("start->ask", "b->no"),
    )
    story = Story(files)
    assert story.waiting == ["ask", "ask", "ask", "b"]
    assert story.trigger("b").waiting == ["no"]
    files = model(
        start(),
        user("ask", multi("=[1, 2]", sequential=True)),
        boundary("b", "ask", timer("timeDuration", "PT1H")),
        user("no"),
        flows("start->ask", "b->no"),
    )
    assert Story(files).complete("ask").trigger("b").waiting == ["no"]


@shows("Loops", "Mappings on multi-instance")
def test_inputs_and_outputs_belong_to_each_run() -> None:
    mapped = extensions(zeebe("taskDefinition", type="price"), io({"item": "=x"}, {"price": "=amount"}))
    loop = multi("=[2, 5]", "x", out=("prices", "=price"))
    story = Story(model(start(), f'<bpmn:serviceTask id="price">{mapped}{loop}</bpmn:serviceTask>', user("after"), flows("start->price->after")))
    assert [wait.inputs for wait in story.waits] == [{"item": 2}, {"item": 5}]
    story.complete("price", {"amount": 20}).complete("price", {"amount": 50})
    assert story.variables == {"prices": [20, 50]}


@shows("Loops", "1,000 parallel instances")
def test_a_thousand_parallel_sub_processes_run_past_one_steps_budget() -> None:
    inner = sub("s", start("s1"), script("a", "=item * 2", "y"), user("look"), flows("s1->a->look"), multi("=list", out=("ys", "=item")))
    story = Story(model(start(), inner, user("after"), flows("start->s->after")), {"list": list(range(1000))})
    steps = 1
    while story.waits[-1].kind == "continue":
        story._run()
        steps += 1
    assert steps >= 4
    assert story.waiting == ["look"] * 1000
    for wait in story.waits:
        story.execution.complete(wait.token, {})
    story._run()
    while story.waits[-1].kind == "continue":
        story._run()
    assert story.waiting == ["after"]
    assert story.variables["ys"] == list(range(1000))


def standard(condition: str = "", **attributes: str) -> str:
    extra = "".join(f' {name}="{value}"' for name, value in attributes.items())
    inside = f"<bpmn:loopCondition>{condition}</bpmn:loopCondition>" if condition else ""
    return f"<bpmn:standardLoopCharacteristics{extra}>{inside}</bpmn:standardLoopCharacteristics>"


@shows("Loops", "Standard loop")
def test_a_standard_loop_runs_while_its_condition_holds_and_at_most_so_often() -> None:
    files = model(start(), script("count", "=n + 1", "n", standard("=n &lt; 5")), user("after"), flows("start->count->after"))
    assert Story(files, {"n": 0}).variables == {"n": 5}
    assert Story(files, {"n": 9}).variables == {"n": 10}
    files = model(start(), script("count", "=n + 1", "n", standard("=n &lt; 5", testBefore="true")), user("after"), flows("start->count->after"))
    assert Story(files, {"n": 9}).variables == {"n": 9}
    files = model(start(), script("count", "=n + 1", "n", standard(loopMaximum="4")), user("after"), flows("start->count->after"))
    assert Story(files, {"n": 0}).variables == {"n": 4}


def test_a_standard_loop_over_a_user_task_comes_again() -> None:
    story = Story(asking(standard("=again")))
    assert story.complete("ask", {"again": True}).waiting == ["ask"]
    assert story.complete("ask", {"again": False}).waiting == ["after"]


@shows("Tasks", "Send task, multi-instance")
def test_a_multi_instance_send_task_reaches_each_receiver_by_its_own_key() -> None:
    send = f'<bpmn:sendTask id="send" messageRef="m">{multi("=orders", "order")}</bpmn:sendTask>'
    story = Story(
        model(message("m", "Ready", "=order.id"), start(), send, user("after"), flows("start->send->after")), {"orders": [{"id": "A"}, {"id": "B"}]}
    )
    assert [(name, key) for name, key, _, _ in story.desk.sent] == [("Ready", "A"), ("Ready", "B")]


@shows("Loops", "In-step connector, multi-instance")
def test_an_in_step_connector_runs_for_each_item() -> None:
    desk = Desk(double=lambda inputs, scope: {"y": scope["item"] * 2})
    files = model(start(), service("double", "double", multi("=[1, 2]", out=("ys", "=y"))), user("after"), flows("start->double->after"))
    assert Story(files, desk=desk).variables == {"ys": [2, 4]}
