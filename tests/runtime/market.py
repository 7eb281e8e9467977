"""Two small apps: a bakery that tells what happened to its orders, and a ledger that listens and keeps the sales."""

from typing import Any

from sqlalchemy import select

from engine.actors import CUSTOMER, SYSTEM, Actor
from engine.runtime import definitions, instances, user_tasks
from engine.store.tables import Event, Incident, ProcessInstance, Record, SubscriberCursor, UserTask
from tests.bpmn import models as m
from tests.runtime.story import Story

BAKER = Actor("staff", "baker1", "박제빵", frozenset({"baker"}))

BAKERY = """
title = { ko = "빵집", en = "Bakery" }
[roles]
baker = { ko = "제빵사", en = "Baker" }
[[start]]
id = "order"
process = "bakery_order"
access = "public"
form = "bakery_order"
label = { ko = "주문하기", en = "Order" }
[errors]
PERSONAL_EVENT = { ko = "개인정보", en = "Personal data" }
"""

ORDERS = """
[order]
label  = { ko = "주문", en = "Order" }
number = { field = "order_no", format = "O-{nnnn}" }
search = ["buyer", "order_no"]
phone  = "mobile"
states = "status"
[order.fields]
order_no = { type = "text", ko = "번호", en = "Number" }
buyer    = { type = "name", pii = true, ko = "주문한 분", en = "Buyer" }
mobile   = { type = "mobile", pii = true, ko = "휴대폰", en = "Mobile" }
product  = { type = "text", max = 40, ko = "빵", en = "Bread" }
qty      = { type = "int", min = 1, ko = "수량", en = "Quantity" }
price    = { type = "won", ko = "값", en = "Price", default = 3000 }
status   = { type = "enum", ko = "상태", en = "Status", values = [
    { id = "ORDERED", ko = "주문됨", en = "Ordered" },
    { id = "BAKED", ko = "다 구움", en = "Baked" },
    { id = "HANDED", ko = "전달됨", en = "Handed over" } ] }
[order.transitions]
ORDERED = ["BAKED"]
BAKED   = ["HANDED", "ORDERED"]
"""

TRACKING = """
[[milestone]]
id = "ordered"
text = { ko = "주문했어요", en = "Ordered" }
at = ["ORDERED"]
[[milestone]]
id = "baked"
text = { ko = "구웠어요", en = "Baked" }
at = ["BAKED"]
[[milestone]]
id = "handed"
text = { ko = "받았어요", en = "Handed over" }
at = ["HANDED"]
"""

FORM = """{ "type": "default", "id": "bakery_order", "components": [
    { "type": "textfield", "key": "buyer", "label": "주문한 분" },
    { "type": "textfield", "key": "mobile", "label": "휴대폰" },
    { "type": "textfield", "key": "product", "label": "빵" },
    { "type": "number", "key": "qty", "label": "수량" } ] }"""

LEDGER = """
title = { ko = "장부", en = "Ledger" }
[roles]
clerk = { ko = "경리", en = "Clerk" }
[[listen]]
event = "bakery.OrderReceived"
start = "ledger_sale"
[[listen]]
event = "bakery.OrderBaked"
message = "Baked"
key = "= event.business_key"
"""

SALES = """
[sale]
label = { ko = "매출", en = "Sale" }
number = { field = "sale_no", format = "L-{nnnn}" }
[sale.fields]
sale_no  = { type = "text", ko = "번호", en = "Number" }
order_no = { type = "text", ko = "주문 번호", en = "Order number" }
product  = { type = "enum", ko = "빵", en = "Bread", values = [
    { id = "WHITE", ko = "식빵", en = "White" },
    { id = "BUN", ko = "단팥빵", en = "Bun" } ] }
amount   = { type = "won", ko = "금액", en = "Amount" }
baked    = { type = "bool", default = false, ko = "구웠는지", en = "Baked" }
[total]
label = { ko = "합계", en = "Total" }
[total.fields]
sum   = { type = "won", total = true, default = 0, ko = "합", en = "Sum" }
count = { type = "int", total = true, default = 0, ko = "건수", en = "Count" }
"""


def told(id: str, status: str, event: str, payload: str = "product, qty, price") -> str:
    """A milestone of the drawing: the status, and the event with its payload."""
    own = {"baton:status": status, "baton:event": event, "baton:payload": payload}
    properties = (m.zeebe("property", name=name, value=value) for name, value in own.items() if value)
    return m.throw(id, m.extensions(m.zeebe("properties", *properties)))


def task(id: str) -> str:
    """A task for the baker."""
    return m.user(id, m.extensions(m.zeebe("userTask"), m.zeebe("assignmentDefinition", candidateGroups="baker")), name=id)


def bakery(payload: str = "product, qty, price") -> dict[str, bytes]:
    """The files of the bakery. `payload` is what OrderReceived tells."""
    case = m.extensions(m.zeebe("properties", m.zeebe("property", name="baton:case", value="order")))
    drawn = m.process(
        case,
        m.start("start"),
        told("T_Ordered", "ORDERED", "OrderReceived", payload),
        task("UT_Bake"),
        told("T_Baked", "BAKED", "OrderBaked", "= {product: order.product, sum: order.qty * order.price}"),
        task("UT_Hand"),
        told("T_Handed", "HANDED", "", ""),
        m.end("end"),
        m.flows("start->T_Ordered->UT_Bake->T_Baked->UT_Hand->T_Handed->end"),
        id="bakery_order",
    )
    home = "processes/bakery"
    files = {f"{home}/app.toml": BAKERY, f"{home}/records.toml": ORDERS, f"{home}/tracking.toml": TRACKING, "forms/bakery/bakery_order.form": FORM}
    return {name: text.encode() for name, text in files.items()} | {f"{home}/order.bpmn": m.definitions(drawn)}


def ledger(listening: str = LEDGER) -> dict[str, bytes]:
    """The files of the ledger: each order becomes a sale, and is marked once it is baked."""
    about = m.io({"order_no": "= event.business_key", "product": "= event.payload.product", "amount": "= event.payload.qty * event.payload.price"})
    header = m.zeebe("taskHeaders", m.zeebe("header", key="record", value="sale"), m.zeebe("header", key="resultVariable", value="made"))
    adding = m.io({"id": '= "all"', "sum": "= event.payload.qty * event.payload.price", "count": "= 1"})
    mark = m.io({"id": "= made.id", "baked": "= true"})
    drawn = m.process(
        m.start("start"),
        m.service("S_Sale", "record.create", mapping=header + about),
        m.service("S_Total", "record.add", mapping=m.zeebe("taskHeaders", m.zeebe("header", key="record", value="total")) + adding),
        m.catch("C_Baked", m.event("message", "M_Baked")),
        m.service("S_Mark", "record.update", mapping=m.zeebe("taskHeaders", m.zeebe("header", key="record", value="sale")) + mark),
        m.end("end"),
        m.flows("start->S_Sale->S_Total->C_Baked->S_Mark->end"),
        id="ledger_sale",
    )
    home = "processes/ledger"
    files = {f"{home}/app.toml": listening, f"{home}/records.toml": SALES}
    drawing = m.definitions(m.message("M_Baked", "Baked", "=event.business_key"), drawn)
    return {name: text.encode() for name, text in files.items()} | {f"{home}/sale.bpmn": drawing}


def mended() -> dict[str, bytes]:
    """The ledger that knows cakes too."""
    files, records = ledger(), "processes/ledger/records.toml"
    cake = '{ id = "CAKE", ko = "케이크", en = "Cake" }, { id = "BUN"'
    return files | {records: files[records].replace(b'{ id = "BUN"', cake.encode())}


def deploy(story: Story, key: str, files: dict[str, bytes]) -> None:
    """Make an app live."""
    story.baton.do(definitions.deploy, key=key, files=files, actor=SYSTEM)


def order(story: Story, product: str = "WHITE", qty: int = 1) -> str:
    """Kim orders bread; the order's number."""
    typed = {"buyer": "김고객", "mobile": "01012345678", "product": product, "qty": qty}
    found: str = story.baton.do(instances.start, app="bakery", door="order", actor=CUSTOMER, submission=typed).number
    return found


def finish(story: Story, number: str, element: str) -> None:
    """The baker finishes a task of an order."""
    with story.baton.read() as read:
        where = (UserTask.business_key == number, UserTask.element_id == element, UserTask.state == "open")
        task_id = read.value(select(UserTask.id).where(*where))
    story.baton.do(user_tasks.complete, task_id=task_id, actor=BAKER, submission={})


def told_events(story: Story, *where: Any) -> list[Any]:
    """The rows of `event`, in order."""
    with story.baton.read() as read:
        return list(read.all(select(*Event.__table__.c).where(*where).order_by(Event.position)))


def sales(story: Story) -> list[dict[str, Any]]:
    """The ledger's sales, in the order of their numbers."""
    with story.baton.read() as read:
        rows = read.all(select(Record.data).where(Record.app == "ledger", Record.collection == "sale").order_by(Record.id))
    return [row.data for row in rows]


def total(story: Story) -> tuple[int, int]:
    """The ledger's (sum, count)."""
    with story.baton.read() as read:
        data = read.value(select(Record.data).where(Record.app == "ledger", Record.collection == "total"))
    return (data["sum"], data["count"]) if data else (0, 0)


def cursor(story: Story, subscriber: str = "app:ledger") -> Any:
    """A subscriber's row."""
    with story.baton.read() as read:
        return read.one(select(*SubscriberCursor.__table__.c).where(SubscriberCursor.subscriber == subscriber))


def incidents(story: Story) -> list[Any]:
    """The open incidents."""
    with story.baton.read() as read:
        return list(read.all(select(*Incident.__table__.c).where(Incident.resolved_at.is_(None)).order_by(Incident.created_at)))


def ledger_instances(story: Story) -> list[Any]:
    """The ledger's process instances."""
    with story.baton.read() as read:
        return list(read.all(select(ProcessInstance.id, ProcessInstance.state).where(ProcessInstance.app == "ledger").order_by(ProcessInstance.id)))
