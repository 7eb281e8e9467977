"""How much may be kept: 256 KB in a variable and in what a message, event or signal carries, 2 MB in an instance. Whoever meets it is told where."""

import json

import pytest
from sqlalchemy import func, select

from engine.errors import Refused
from engine.runtime import publishing
from engine.store.tables import Message, ProcessInstance, UserTask
from tests.bpmn.models import catch, end, event, extensions, flows, io, message, process, script, service, start, throw, timer, zeebe
from tests.runtime.lab import open_incidents
from tests.runtime.small import app, by_hand, deploy, started
from tests.runtime.story import Story
from tests.web.world import visitor, words
from web import create_app

TOML = """
title = { ko = "소원", en = "Wishes" }
[[start]]
id = "wish"
process = "p"
form = "wish"
label = { ko = "소원", en = "Wish" }
"""
FIELD = {"type": "textarea", "id": "a", "key": "wish", "label": "Wish", "validate": {"maxLength": 200_000}}
FORM = json.dumps({"type": "default", "id": "wish", "components": [FIELD]}).encode()
TWICE = "=wish + wish"
LONG, TOO_LONG = "가나다라" * 15_000, "가나다라" * 25_000  # 176 KB and 293 KB


def wishes(*parts: str, path: str) -> dict[str, bytes]:
    """An app whose door takes a wish, and goes this way with it."""
    outside = [part for part in parts if part.startswith(("<bpmn:message ", "<bpmn:signal "))]
    inner = [part for part in parts if part not in outside]
    drawing = process(start("s"), *inner, end("e"), flows(path))
    return app(*outside, drawing, toml=TOML) | {"forms/clock/wish.form": FORM}


def instances(story: Story) -> int:
    """How many there are."""
    with story.baton.read() as read:
        found: int = read.value(select(func.count()).select_from(ProcessInstance))
    return found


def wish(story: Story, text: str, lang: str = "ko") -> tuple[int, str]:
    """Kim sends a wish; the status and the page."""
    app = create_app(story.baton)
    app.testing = True
    answer = visitor(app, lang).post("/s/clock/wish", {"wish": text})
    return answer.status_code, answer.text


def test_a_submission_that_is_too_large_is_refused_by_name_and_size_and_the_form_keeps_what_was_typed(story: Story) -> None:
    deploy(story, wishes(by_hand("read"), path="s -> read -> e"))
    status, page = wish(story, TOO_LONG)
    assert status == 422 and "변수 wish의 크기가 293 KB예요. 256 KB까지 담을 수 있어요. 줄여서 다시 보내 주세요" in words(page)
    assert TOO_LONG in page
    status, page = wish(story, TOO_LONG, "en")
    assert status == 422 and "The variable wish has 293 KB; 256 KB at most can be kept. Make it shorter" in words(page)
    assert instances(story) == 0
    assert wish(story, LONG)[0] == 303 and instances(story) == 1


def test_all_variables_together_have_a_limit_too(story: Story) -> None:
    names = [f"copy{number}" for number in range(12)]
    parts = [script(f"keep_{name}", "=wish", name) for name in names]
    deploy(story, wishes(*parts, by_hand("read"), path=" -> ".join(["s", *(f"keep_{name}" for name in names), "read", "e"])))
    status, page = wish(story, LONG, "en")
    assert status == 422 and "All variables together (the largest is" in words(page) and "2,048 KB at most" in words(page)
    assert instances(story) == 0


def test_in_a_job_it_is_an_incident_with_words_and_the_instance_stays_where_it_was(story: Story) -> None:
    deploy(story, wishes(catch("later", timer("timeDuration", "PT1H")), script("double", TWICE, "both"), path="s -> later -> double -> e"))
    assert wish(story, LONG)[0] == 303
    story.pass_time(hours=2)
    (incident,) = open_incidents(story)
    assert (incident.kind, incident.element_id, incident.app) == ("TOO_LARGE", "later", "clock")
    assert "The variable both has 352 KB; 256 KB at most can be kept." in incident.message
    assert "변수 both의 크기가 352 KB예요. 256 KB까지 담을 수 있어요." in incident.message
    assert started(story)


@pytest.mark.parametrize(
    ("said", "task"),
    [
        ("메시지 clock.Heard", throw("tell", event("message", "m"), extensions(io({"one": "=wish", "two": "=wish"})))),
        ("신호 clock.Loud", throw("tell", event("signal", "g"), extensions(io({"one": "=wish", "two": "=wish"})))),
        (
            "이벤트 clock.Told",
            service(
                "tell",
                "event.publish",
                mapping=zeebe("taskHeaders", zeebe("header", key="event", value="Told")) + io({"one": "=wish", "two": "=wish"}),
            ),
        ),
    ],
    ids=["message", "signal", "event"],
)
def test_what_is_sent_to_others_has_the_same_limit(story: Story, said: str, task: str) -> None:
    known = [message("m", "Heard", '="K"'), '<bpmn:signal id="g" name="Loud"/>']
    deploy(story, wishes(*known, task, by_hand("read"), path="s -> tell -> read -> e"))
    status, page = wish(story, LONG)
    assert status == 422 and f"{said} (one)의 크기가 352 KB예요" in words(page)
    assert instances(story) == 0
    assert wish(story, LONG[:1000])[0] == 303
    with story.baton.read() as read:
        assert read.value(select(UserTask.element_id).where(UserTask.app == "clock")) == "read"


def test_a_message_from_outside_that_is_too_large_is_refused(story: Story) -> None:
    with pytest.raises(Refused) as refused:
        story.baton.do(publishing.publish, name="clock.Heard", key="K", variables={"small": 1, "scan": TOO_LONG}, dedupe="d")
    assert (refused.value.code, refused.value.status) == ("TOO_LARGE", 422)
    assert "메시지 clock.Heard (scan)" in refused.value.texts["ko"] and "293 KB" in refused.value.texts["en"]
    with story.baton.read() as read:
        assert read.value(select(func.count()).select_from(Message)) == 0


def test_a_personal_text_has_the_limit_of_a_variable_although_the_variable_only_refers_to_it(story: Story) -> None:
    about = extensions(zeebe("properties", zeebe("property", name="baton:case", value="wisher")))
    saves = start("s", extensions(zeebe("properties", zeebe("property", name="baton:saves", value="wisher"))))
    records = '[wisher]\nlabel = { ko = "고객", en = "Wisher" }\n[wisher.fields]\nwish = { type = "text", pii = true, ko = "소원", en = "Wish" }\n'
    drawing = process(about, saves, by_hand("read"), end("e"), flows("s -> read -> e"))
    deploy(story, app(drawing, toml=TOML, records=records) | {"forms/clock/wish.form": FORM})
    status, page = wish(story, TOO_LONG)
    assert status == 422 and "소원의 크기가 293 KB예요. 256 KB까지 담을 수 있어요." in words(page) and TOO_LONG in page
    assert wish(story, TOO_LONG, "en")[0] == 422 and instances(story) == 0
    assert wish(story, LONG)[0] == 303 and instances(story) == 1
