"""Two small apps for stories with partners: a theatre that sells tickets, and its books, which listen. Written into a folder as analysts have it."""

import json
from pathlib import Path

from tests.bpmn import models as m

APP = """
title = { ko = "극장", en = "Theatre" }
[roles]
clerk = { ko = "매표원", en = "Clerk" }
[[start]]
id = "buy"
process = "theatre_order"
access = "public"
form = "theatre_order"
label = { ko = "표 사기", en = "Buy a ticket" }
[[action]]
id = "buy_again"
label = { ko = "한 장 더", en = "One more" }
start = "theatre_order"
form = "theatre_order"
[errors]
BUSY = { ko = "결제가 밀려 있어요.", en = "Payment is busy.", status = 503 }
[settings]
price = 9000
[features]
seats = true
[coverage]
flows = 40
"""

STATES = ["NEW", "PAID", "SEATED", "FULL", "DECLINED", "WAITING"]
RECORDS = f"""
[order]
label  = {{ ko = "주문", en = "Order" }}
number = {{ field = "order_no", format = "T-{{nnnn}}" }}
phone  = "mobile"
states = "status"
[order.fields]
order_no = {{ type = "text", ko = "번호", en = "Number" }}
member   = {{ type = "ref", to = "member", ko = "회원", en = "Member" }}
buyer    = {{ type = "name", pii = true, required = true, ko = "이름", en = "Name" }}
mobile   = {{ type = "mobile", pii = true, required = true, ko = "휴대폰", en = "Mobile" }}
play     = {{ type = "ref", to = "play", required = true, ko = "공연", en = "Play" }}
status   = {{ type = "enum", ko = "상태", en = "Status", values = {json.dumps(STATES)} }}
[order.transitions]
NEW     = ["PAID", "DECLINED", "WAITING"]
WAITING = ["PAID"]
PAID    = ["SEATED", "FULL"]

[play]
label = {{ ko = "공연", en = "Play" }}
[play.fields]
title = {{ type = "text", required = true, ko = "제목", en = "Title" }}

[member]
label  = {{ ko = "회원", en = "Member" }}
number = {{ field = "member_no", format = "M-{{nnnn}}" }}
phone  = "mobile"
[member.fields]
member_no = {{ type = "text", ko = "번호", en = "Number" }}
name   = {{ type = "name", pii = true, ko = "이름", en = "Name" }}
mobile = {{ type = "mobile", pii = true, ko = "휴대폰", en = "Mobile" }}

[lists.plays]
from    = "play"
label   = {{ ko = "공연", en = "Plays" }}
roles   = ["clerk"]
columns = ["id", "title"]
edit    = ["title"]
editors = ["clerk"]
add     = true
"""

SEED = """
[[play]]
id = "X1"
title = "햄릿"
[[member]]
id = "M1"
name = "김하나"
mobile = "010-0000-1111"
[[account]]
login = "clerk1"
name = "이매표"
roles = ["clerk"]
"""

FORM = {
    "type": "default",
    "id": "theatre_order",
    "components": [{"type": "textfield", "key": key, "label": key} for key in ("buyer", "mobile", "play")],
}

BOOKS = """
title = { ko = "장부", en = "Books" }
[roles]
keeper = { ko = "경리", en = "Keeper" }
[[listen]]
event = "theatre.OrderPaid"
start = "books_sale"
"""

TOTALS = """
[total]
label = { ko = "합계", en = "Total" }
[total.fields]
sum   = { type = "won", total = true, default = 0, ko = "합", en = "Sum" }
count = { type = "int", total = true, default = 0, ko = "건수", en = "Count" }
"""


def own(**properties: str) -> str:
    return m.zeebe("properties", *(m.zeebe("property", name=f"baton:{name}", value=value) for name, value in properties.items()))


def call(id: str, path: str, inputs: dict[str, str], sync: bool = False, **headers: str) -> str:
    rows = (m.zeebe("header", key=key, value=value) for key, value in {"path": path, **headers}.items())
    task = m.zeebe("taskDefinition", type="http", retries="1" if sync else "2")
    return m.element("serviceTask", id, m.extensions(task, m.zeebe("taskHeaders", *rows), m.io(inputs), own(sync="true") if sync else ""), name=id)


def milestone(id: str, **properties: str) -> str:
    return m.throw(id, m.extensions(own(**properties)))


def task(id: str, role: str) -> str:
    return m.user(id, m.extensions(m.zeebe("userTask"), m.zeebe("assignmentDefinition", candidateGroups=role)), name=id)


def order() -> bytes:
    pay = {"reference": "= order.order_no", "amount": "= settings.price"}
    seat = {"reference": "= order.order_no"}
    codes = ("DECLINED", "UNAVAILABLE", "FULL")
    caught = {code: m.event("error", f"Error_{code}") for code in codes}
    drawn = m.process(
        m.extensions(own(case="order")),
        m.start("start", m.extensions(m.zeebe("formDefinition", formId="theatre_order"), own(saves="order", status="NEW"))),
        call("S_Pay", "/payments", pay, sync=True, partner="payment", timeout="PT0.001S"),  # shorter than any real call
        m.boundary("B_Declined", "S_Pay", caught["DECLINED"]),
        milestone("T_Declined", status="DECLINED"),
        m.boundary("B_Unavailable", "S_Pay", caught["UNAVAILABLE"]),
        milestone("T_Waiting", status="WAITING", answer="BUSY"),
        task("UT_Paid", "clerk"),
        m.gateway("exclusive", "G_In"),
        milestone("T_Paid", status="PAID", event="OrderPaid", payload="= {price: settings.price}"),
        m.gateway("exclusive", "G_Seats", default="G_Seats_end"),
        call("S_Seat", "/items/{{order.play.id}}/seats", seat, partner="exhibitions", backoff="PT10S"),
        m.boundary("B_Full", "S_Seat", caught["FULL"]),
        milestone("T_Full", status="FULL"),
        milestone("T_Seated", status="SEATED"),
        *(m.end(id) for id in ("end", "end_declined", "end_full", "end_seated")),
        m.flows("start->S_Pay->G_In->T_Paid->G_Seats->end", "B_Declined->T_Declined->end_declined", "B_Unavailable->T_Waiting->UT_Paid->G_In"),
        m.flow("G_Seats", "S_Seat", "= settings.features.seats"),
        m.flows("S_Seat->T_Seated->end_seated", "B_Full->T_Full->end_full"),
        id="theatre_order",
    )
    return m.definitions(*(m.element("error", f"Error_{code}", name=code, errorCode=code) for code in codes), drawn)


def books() -> bytes:
    adding = m.io({"id": '= "all"', "sum": "= event.payload.price", "count": "= 1"})
    drawn = m.process(
        m.start(),
        m.service("S_Total", "record.add", mapping=m.zeebe("taskHeaders", m.zeebe("header", key="record", value="total")) + adding),
        task("UT_Check", "keeper"),
        m.end(),
        m.flows("start->S_Total->UT_Check->end"),
        id="books_sale",
    )
    return m.definitions(drawn)


def write(root: Path) -> Path:
    """Put both apps into a folder; the folder."""
    home, beside = "processes/theatre", "processes/books"
    files = {f"{home}/app.toml": APP, f"{home}/records.toml": RECORDS, f"{home}/seed.toml": SEED, f"{home}/order.bpmn": order()}
    files |= {"forms/theatre/theatre_order.form": json.dumps(FORM)}
    files |= {f"{beside}/app.toml": BOOKS, f"{beside}/records.toml": TOTALS, f"{beside}/sale.bpmn": books()}
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root
