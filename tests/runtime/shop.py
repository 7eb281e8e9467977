"""A small app whose orders are paid at a partner: one service task, the errors that are caught, and what the customer is told."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from html import escape
from typing import Any

from sqlalchemy import select

from engine.actors import CUSTOMER, SYSTEM
from engine.runtime import definitions, instances, sync
from engine.runtime.baton import Baton
from engine.store.tables import Incident, Job, ProcessInstance, Record
from engine.worker import run_due

STATES = ["NEW", "PAID", "DECLINED", "TIMEOUT", "UNAVAILABLE", "EXPIRED", "SECOND"]
VALUES = ", ".join(f'{{ id = "{state}", ko = "{state}", en = "{state}" }}' for state in STATES)
APP = """
title = { ko = "가게", en = "Shop" }
domain = "core"
[roles]
clerk = { ko = "점원", en = "Clerk", lanes = [] }
[[start]]
id = "buy"
process = "shop_order"
access = "public"
form = "shop_order"
label = { ko = "주문하기", en = "Order" }
[errors]
BUSY = { ko = "결제가 밀려 있어요. {retry_seconds}초 뒤에 다시 해 주세요.", en = "Payment is busy. Try again in {retry_seconds} s.", status = 503 }
NO_MONEY = { ko = "결제가 거절됐어요.", en = "The payment was declined.", status = 409 }
"""
RECORDS = f"""
[order]
label = {{ ko = "주문", en = "Order" }}
number = {{ field = "order_no", format = "O-{{yyyymmdd}}-{{nnnn}}" }}
phone = "mobile"
states = "status"
[order.fields]
order_no = {{ type = "text", ko = "주문번호", en = "Order no." }}
product = {{ type = "text", required = true, max = 50, ko = "상품", en = "Product" }}
amount = {{ type = "won", required = true, ko = "금액", en = "Amount" }}
buyer = {{ type = "name", required = true, pii = true, ko = "주문한 분", en = "Buyer" }}
mobile = {{ type = "mobile", required = true, pii = true, ko = "휴대폰 번호", en = "Mobile" }}
status = {{ type = "enum", ko = "상태", en = "Status", values = [{VALUES}] }}
[order.transitions]
NEW = {json.dumps(STATES[1:])}
SECOND = {json.dumps(STATES[1:])}
"""
FORM = {
    "type": "default",
    "id": "shop_order",
    "components": [
        {"type": "textfield", "key": "product", "label": "상품"},
        {"type": "number", "key": "amount", "label": "금액"},
        {"type": "textfield", "key": "buyer", "label": "이름"},
        {"type": "textfield", "key": "mobile", "label": "휴대폰 번호"},
    ],
}
CHECK = """<bpmn:userTask id="Check" name="확인"><bpmn:extensionElements><zeebe:userTask/><zeebe:formDefinition formId="shop_order"/>
<zeebe:assignmentDefinition candidateGroups="clerk"/>
<zeebe:properties><zeebe:property name="baton:saves" value="order"/></zeebe:properties></bpmn:extensionElements></bpmn:userTask>
<bpmn:sequenceFlow id="F_Check" sourceRef="Check" targetRef="Pay"/>"""
ORDER = {"product": "책", "amount": "12000", "buyer": "김하나", "mobile": "01000001234"}
INPUTS = {"reference": "=order.order_no", "amount": "=order.amount"}


@dataclass
class Task:
    """The service task: its job type, headers, inputs, tries, and per caught code what its end says (`baton:` properties)."""

    headers: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=lambda: INPUTS)
    catches: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    job_type: str = "http"
    sync: bool = False
    retries: int = 3
    then: "Task | None" = None  # a second one after it
    clerk: bool = False  # a clerk checks the order before it is paid; a caught code with the property `to` leads back to an element
    drawn: str = ""  # the task and its boundary events as a page shows them, in place of all of the above; caught codes end in `catches`


def files(task: Task) -> dict[str, bytes]:
    """The app's files."""
    return {
        "processes/shop/app.toml": APP.encode(),
        "processes/shop/records.toml": RECORDS.encode(),
        "processes/shop/shop_order.bpmn": drawing(task).encode(),
        "forms/shop/shop_order.form": json.dumps(FORM).encode(),
    }


def drawing(task: Task) -> str:
    """Order -> Pay -> Paid, with an end for every caught error."""
    first = _task("Pay", task, "Pay2" if task.then else "Paid")
    second = _task("Pay2", task.then, "Paid") if task.then else ""
    codes = sorted({*task.catches, *(task.then.catches if task.then else ())})
    errors = "".join(f'<bpmn:error id="Error_{code}" name="{code}" errorCode="{code}"/>' for code in codes)
    case, saves = _properties({"baton:case": "order"}), _properties({"baton:saves": "order", "baton:status": "NEW"})
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="Shop"
 targetNamespace="http://example.com/shop">{errors}
<bpmn:process id="shop_order" name="주문" isExecutable="true"><bpmn:extensionElements>{case}</bpmn:extensionElements>
<bpmn:startEvent id="Ordered" name="주문">
<bpmn:extensionElements><zeebe:formDefinition formId="shop_order"/>{saves}</bpmn:extensionElements></bpmn:startEvent>
<bpmn:sequenceFlow id="F_Ordered" sourceRef="Ordered" targetRef="{"Check" if task.clerk else "Pay"}"/>
{CHECK if task.clerk else ""}
{first}{second}
{_end("Paid", {"baton:status": "PAID"})}
</bpmn:process></bpmn:definitions>"""


def _drawn(task: Task, following: str) -> str:
    ((code, properties),) = task.catches.items()
    (boundary,) = re.findall(r'boundaryEvent id="(.*?)"', task.drawn)
    drawn = task.drawn + f'<bpmn:sequenceFlow id="F_Pay" sourceRef="Pay" targetRef="{following}"/>'
    return drawn + f'<bpmn:sequenceFlow id="F_{code}" sourceRef="{boundary}" targetRef="End_{code}"/>{_end(f"End_{code}", dict(properties))}'


def _task(name: str, task: Task, following: str) -> str:
    if task.drawn:
        return _drawn(task, following)
    headers = "".join(f'<zeebe:header key="{key}" value="{escape(value)}"/>' for key, value in {"partner": "payment", **task.headers}.items())
    inputs = "".join(f'<zeebe:input source="{escape(source)}" target="{target}"/>' for target, source in task.inputs.items())
    sync_property = _properties({"baton:sync": "true"}) if task.sync else ""
    extensions = f'<zeebe:taskDefinition type="{task.job_type}" retries="{task.retries}"/><zeebe:taskHeaders>{headers}</zeebe:taskHeaders>'
    extensions += f"<zeebe:ioMapping>{inputs}</zeebe:ioMapping>{sync_property}"
    drawn = f'<bpmn:serviceTask id="{name}" name="결제"><bpmn:extensionElements>{extensions}</bpmn:extensionElements></bpmn:serviceTask>'
    drawn += f'<bpmn:sequenceFlow id="F_{name}" sourceRef="{name}" targetRef="{following}"/>'
    for code, properties in task.catches.items():
        at, end = f"{name}_{code}", f"End_{name}_{code}"
        definition = f'<bpmn:errorEventDefinition errorRef="Error_{code}"/>'
        drawn += f'<bpmn:boundaryEvent id="{at}" name="{code}" attachedToRef="{name}">{definition}</bpmn:boundaryEvent>'
        drawn += f'<bpmn:sequenceFlow id="F_{at}" sourceRef="{at}" targetRef="{end}"/>{_end(end, dict(properties))}'
    return drawn


def _end(name: str, properties: dict[str, str]) -> str:
    if target := properties.pop("to", ""):
        thrown = f'<bpmn:intermediateThrowEvent id="{name}"><bpmn:extensionElements>{_properties(properties)}</bpmn:extensionElements>'
        return f'{thrown}</bpmn:intermediateThrowEvent><bpmn:sequenceFlow id="F_{name}" sourceRef="{name}" targetRef="{target}"/>'
    return f'<bpmn:endEvent id="{name}" name="끝"><bpmn:extensionElements>{_properties(properties)}</bpmn:extensionElements></bpmn:endEvent>'


def _properties(properties: Mapping[str, str]) -> str:
    inside = "".join(f'<zeebe:property name="{name}" value="{escape(value)}"/>' for name, value in properties.items())
    return f"<zeebe:properties>{inside}</zeebe:properties>" if inside else ""


@dataclass
class Shop:
    """The deployed shop in a world."""

    baton: Baton

    def deploy(self, task: Task) -> None:
        """Make a shop with this task the live one."""
        self.baton.do(definitions.deploy, key="shop", files=files(task), actor=SYSTEM)

    def order(self, key: str | None = None, **changes: Any) -> instances.Started:
        """Customer Kim orders on the public page."""
        started: instances.Started = sync.perform(
            self.baton, instances.start, app="shop", door="buy", actor=CUSTOMER, submission=ORDER | changes, key=key
        )
        return started

    def work(self) -> int:
        """Let the worker do everything that is due."""
        return run_due(self.baton)

    def later(self, **step: int) -> None:
        """Move the clock and let the worker do what became due."""
        self.baton.clock.advance(timedelta(**step))  # type: ignore[attr-defined]
        self.work()

    def rows(self, table: Any) -> list[Any]:
        """Everything in a table."""
        with self.baton.read() as read:
            return list(read.all(select(*table.__table__.c)))

    def status(self, number: str | None = None) -> str:
        """The status of an order, of the only one without a number."""
        (row,) = [row for row in self.rows(Record) if row.app == "shop" and number in (None, row.id)]
        return str(row.data["status"])

    def variables(self) -> dict[str, Any]:
        """The root variables of the only instance."""
        (row,) = [row for row in self.rows(ProcessInstance) if row.app == "shop"]
        found: dict[str, Any] = json.loads(row.snapshot)[4][0][1]
        return found

    @property
    def jobs(self) -> list[Any]:
        """The jobs that call the partner."""
        return [row for row in self.rows(Job) if row.app == "shop"]

    @property
    def incidents(self) -> list[Any]:
        """The open incidents."""
        return [row for row in self.rows(Incident) if row.resolved_at is None]
