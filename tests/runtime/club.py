"""A small app that says things about people: its process computes texts from a member's personal data and keeps them."""

from typing import Any

from engine.actors import SYSTEM, Actor
from engine.runtime import definitions, instances, user_tasks
from engine.runtime.instances import Started
from tests.bpmn import models as m
from tests.runtime.story import Story

CLERK = Actor("staff", "agent1", "이상담", frozenset({"clerk"}))
HONG = {"member_name": "홍길동", "mobile": "01000001234", "address": "서울 중구 비밀로 9", "birth_date": "1990-04-05"}

APP = """
title = { ko = "동호회", en = "Club" }
[roles]
clerk = { ko = "담당자", en = "Clerk" }
[[start]]
id = "join"
process = "club_join"
form = "join"
label = { ko = "가입", en = "Join" }
[errors]
TWICE = { ko = "이미 가입했어요.", en = "You have joined already." }
[retention]
days = 180
after = ["LEFT"]
"""

RECORDS = """
[member]
label  = { ko = "회원", en = "Member" }
number = { field = "member_no", format = "M-{nnnnnn}" }
phone  = "mobile"
search = ["member_name", "mobile", "member_no"]
states = "status"
unique = [ { fields = ["mobile"], error = "TWICE" } ]
[member.fields]
member_no   = { type = "text", ko = "번호", en = "Number" }
member_name = { type = "name", pii = true, ko = "이름", en = "Name" }
mobile      = { type = "mobile", pii = true, ko = "휴대폰", en = "Mobile" }
address     = { type = "text", pii = true, ko = "주소", en = "Address" }
birth_date  = { type = "date", pii = true, ko = "생일", en = "Birthday" }
greeting    = { type = "text", ko = "인사", en = "Greeting" }
dues        = { type = "won", ko = "회비", en = "Dues" }
status      = { type = "enum", ko = "상태", en = "Status", values = [
  { id = "JOINED", ko = "가입", en = "Joined" }, { id = "LEFT", ko = "탈퇴", en = "Left" } ] }
[member.transitions]
JOINED = ["LEFT"]
"""

TRACKING = """
details = ["member.member_name", "member.mobile"]
[[status]]
when = "= true"
text = { ko = "{{member.member_name}}님의 가입", en = "{{member.member_name}}'s membership" }
"""

FORM = b"""{"type": "default", "id": "join", "components": [
  {"type": "textfield", "id": "a", "key": "member_name", "label": "Name"}, {"type": "textfield", "id": "b", "key": "mobile", "label": "Mobile"},
  {"type": "textfield", "id": "c", "key": "address", "label": "Address"},
  {"type": "datetime", "subtype": "date", "id": "d", "key": "birth_date", "dateLabel": "Birthday"}
]}"""

TEXTS = {
    "hello": '="안녕하세요 " + member.member_name + "님"',
    "loud": '=upper case("to " + member.address)',
    "number": '=substring(member.mobile, 4) + "/" + string(member.birth_date)',
    "words": '=split(member.address, " ")',
    "joined": '=string join([member.member_name, member.mobile], "/")',
    "card": '={to: member.member_name + "!", all: string([member.address])}',
}


def script(name: str) -> str:
    """A task that keeps one of the texts in a variable."""
    return m.script(f"S_{name}", TEXTS[name], name)


def drawing() -> bytes:
    """Texts are computed, one is written to the record, one is sent to a worker; then the clerk looks at it."""
    greet = m.service("S_Greet", "record.update", mapping=m.io({"greeting": '=hello + " (" + member.mobile + ")"'}))
    send = m.service("S_Send", "outside.card", mapping=m.io({"text": '="To " + member.member_name', "to": "=member.mobile"}))
    task = m.element("userTask", "UT_Look", m.extensions(m.zeebe("userTask"), m.zeebe("assignmentDefinition", candidateGroups="clerk")), name="보기")
    names = [f"S_{name}" for name in TEXTS]
    inner = [m.start("Begin"), m.end("Finish"), *(script(name) for name in TEXTS), greet, m.gateway("parallel", "G"), send, task]
    properties = m.extensions(
        m.zeebe(
            "properties",
            m.zeebe("property", name="baton:case", value="member"),
            m.zeebe("property", name="baton:subject", value="{{hello}} · {{member.member_name}}"),
            m.zeebe("property", name="baton:facts", value="member.mobile, member.greeting"),
        ),
    )
    joined = m.element(
        "intermediateThrowEvent", "E_Joined", m.extensions(m.zeebe("properties", m.zeebe("property", name="baton:status", value="JOINED")))
    )
    left = m.element("intermediateThrowEvent", "E_Left", m.extensions(m.zeebe("properties", m.zeebe("property", name="baton:status", value="LEFT"))))
    path = m.flows("->".join(["Begin", *names, "S_Greet", "E_Joined", "G", "UT_Look", "E_Left", "Finish"]), "G->S_Send->Finish")
    return m.definitions(m.process(properties, joined, left, *inner, path, id="club_join"))


def deploy(story: Story) -> None:
    """Deploy the app."""
    files = {
        "processes/club/app.toml": APP.encode(),
        "processes/club/records.toml": RECORDS.encode(),
        "processes/club/tracking.toml": TRACKING.encode(),
        "processes/club/club.bpmn": drawing(),
        "forms/club/join.form": FORM,
    }
    story.baton.do(definitions.deploy, key="club", files=files, actor=SYSTEM)


def join(story: Story, **changes: str) -> Started:
    """Somebody joins."""
    from_page = Actor("customer", "customer", "고객", frozenset())
    started: Started = story.baton.do(
        instances.start, app="club", door="join", actor=from_page, submission=HONG | changes, key=changes.get("mobile", "once")
    )
    return started


def look(story: Story, number: str) -> Any:
    """The clerk finishes the task; the member has left."""
    return story.baton.do(user_tasks.complete, task_id=story.task("UT_Look", number), actor=CLERK, submission={})
