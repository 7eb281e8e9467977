"""A cloakroom for stories about moments: a coat is fetched, or kept when the room closes, and its hook is given back once."""

import json
from pathlib import Path

from tests.bpmn import models as m
from tests.scenarios.theatre import milestone, own, task

APP = """
title = { ko = "외투 보관소", en = "Cloakroom" }
[roles]
keeper = { ko = "보관소 직원", en = "Keeper" }
[[start]]
id = "leave"
process = "cloaks_coat"
access = "public"
form = "cloaks_coat"
label = { ko = "맡기기", en = "Leave a coat" }
[[action]]
id = "fetch"
label = { ko = "찾기", en = "Fetch it" }
when = '= coat.outcome = null'
start = "cloaks_fetch"
[[action.refuse]]
when = 'true'
code = "GONE"
[errors]
GONE = { ko = "여기 없어요.", en = "It is not here.", status = 409 }
FULL = { ko = "자리가 없어요.", en = "No hook is free.", status = 409 }
[settings]
closing = "PT10M"
row = "A"
"""

RECORDS = """
[coat]
label  = { ko = "외투", en = "Coat" }
number = { field = "coat_no", format = "C-{nnnn}" }
phone  = "mobile"
states = "status"
[coat.fields]
coat_no = { type = "text", ko = "번호", en = "Number" }
owner   = { type = "name", pii = true, required = true, ko = "이름", en = "Name" }
mobile  = { type = "mobile", pii = true, required = true, ko = "휴대폰", en = "Mobile" }
outcome = { type = "enum", once = true, values = ["FETCHED", "KEPT"], ko = "결과", en = "Outcome" }
status  = { type = "enum", ko = "상태", en = "Status", values = ["HUNG", "FETCHED", "KEPT"] }
[coat.transitions]
HUNG = ["FETCHED", "KEPT"]
[capacity.hooks]
key   = ["row"]
limit = '= 5'
full  = "FULL"
"""

FORM = {"type": "default", "id": "cloaks_coat", "components": [{"type": "textfield", "key": key, "label": key} for key in ("owner", "mobile")]}


def on_hooks(id: str, what: str) -> str:
    mapping = m.io({"row": "= settings.row"}) if what == "reserve" else ""
    return m.service(id, f"record.{what}", mapping=m.zeebe("taskHeaders", m.zeebe("header", key="capacity", value="hooks")) + mapping)


def settle(id: str, value: str, **headers: str) -> str:
    rows = {"record": "coat", "field": "outcome", **headers}
    return m.service(
        id,
        "record.settle",
        mapping=m.io({"value": f'= "{value}"'}) + m.zeebe("taskHeaders", *(m.zeebe("header", key=key, value=text) for key, text in rows.items())),
    )


def coat() -> str:
    return m.process(
        m.extensions(own(case="coat")),
        m.start("start", m.extensions(m.zeebe("formDefinition", formId="cloaks_coat"), own(saves="coat", status="HUNG"))),
        on_hooks("S_Hang", "reserve"),
        m.gateway("eventBased", "G_Event"),
        m.catch("C_Fetched", m.event("message", "M_Fetched")),
        m.catch("C_Closing", m.timer("timeDuration", "= duration(settings.closing)")),
        settle("S_Keep", "KEPT", resultVariable="claim"),
        m.gateway("exclusive", "G_Kept", default="G_Kept_G_Fetched"),
        m.gateway("exclusive", "G_Fetched"),
        on_hooks("S_Free", "release"),
        milestone("T_Fetched", status="FETCHED", event="CoatFetched"),
        milestone("T_Kept", status="KEPT"),
        task("UT_Shelf", "keeper"),
        m.end("end_fetched"),
        m.end("end_kept"),
        m.flows("start->S_Hang->G_Event->C_Fetched->G_Fetched->S_Free->T_Fetched->end_fetched"),
        m.flows("G_Event->C_Closing->S_Keep->G_Kept->G_Fetched", "T_Kept->UT_Shelf->end_kept"),
        m.flow("G_Kept", "T_Kept", "= claim.won"),
        id="cloaks_coat",
    )


def fetch() -> str:
    leave = m.end("end_asked", m.extensions(own(timeToLive="PT0S")), m.event("message", "M_Fetched"))
    drawn = m.start("start_fetch"), settle("S_Fetch", "FETCHED", error="GONE"), leave, m.flows("start_fetch->S_Fetch->end_asked")
    return m.process(*drawn, id="cloaks_fetch")


def write(root: Path) -> Path:
    """Put the app into a folder; the folder."""
    drawn = m.definitions(m.message("M_Fetched", "Fetched", "= coat.id"), coat(), fetch())
    files = {"app.toml": APP.encode(), "records.toml": RECORDS.encode(), "cloaks.bpmn": drawn, "seed.toml": b""}
    files = {f"processes/cloaks/{name}": data for name, data in files.items()} | {"forms/cloaks/cloaks_coat.form": json.dumps(FORM).encode()}
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root
