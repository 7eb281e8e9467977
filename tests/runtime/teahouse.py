"""A teahouse: an app of a few lines whose orders add to totals, reserve stock, and find one another."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from engine.actors import SYSTEM, Actor
from engine.clock import FixedClock
from engine.runtime import definitions, instances
from engine.runtime.baton import Baton
from engine.runtime.instances import Started
from engine.settings import Settings
from engine.start import open_baton
from tests import worlds
from tests.bpmn import models as m
from tests.runtime.story import TUESDAY

KANG = Actor("staff", "keeper1", "강점장", frozenset({"keeper"}))
LEE = Actor("staff", "agent1", "이상담", frozenset({"clerk"}))

APP = """
title = { ko = "찻집", en = "Teahouse" }
[roles]
keeper = { ko = "점장", en = "Keeper" }
clerk  = { ko = "점원", en = "Clerk" }
[errors]
SOLD_OUT = { ko = "다 팔렸어요.", en = "Sold out." }
TWICE    = { ko = "이미 있는 이름이에요.", en = "That name exists already.", status = 422 }
"""

RECORDS = """
[sale]
label  = { ko = "주문", en = "Order" }
number = { field = "sale_no", format = "O-{nnnnnn}" }
phone  = "mobile"
search = ["buyer"]
[sale.fields]
sale_no = { type = "text", ko = "번호", en = "Number" }
product = { type = "ref", to = "product", ko = "상품", en = "Product" }
buyer   = { type = "name", pii = true, ko = "산 사람", en = "Buyer" }
mobile  = { type = "mobile", pii = true, ko = "휴대폰", en = "Mobile" }
qty     = { type = "int", ko = "수량", en = "Quantity" }
found   = { type = "json", ko = "찾은 것", en = "Found" }
photos  = { type = "file", max = 2, pii = true, ko = "사진", en = "Pictures" }

[product]
label  = { ko = "상품", en = "Product" }
unique = [{ fields = ["name"], error = "TWICE" }]
[product.fields]
name     = { type = "text", required = true, max = 20, ko = "이름", en = "Name" }
price    = { type = "won", min = 100, max = 100000, required = true, ko = "값", en = "Price" }
on_sale  = { type = "bool", default = true, ko = "판매 중", en = "On sale" }
kind     = { type = "enum", ko = "종류", en = "Kind", values = [{ id = "TEA", ko = "차", en = "Tea" }, { id = "CAKE", ko = "케이크", en = "Cake" }] }
supplier = { type = "name", pii = true, ko = "공급처 담당", en = "Supplier" }

[day]
label = { ko = "하루 합계", en = "Day" }
[day.fields]
date  = { type = "date", ko = "날", en = "Date" }
sum   = { type = "won", total = true, default = 0, ko = "매출", en = "Sales" }
qty   = { type = "int", total = true, ko = "수량", en = "Quantity" }
state = { type = "text", default = "OPEN", ko = "상태", en = "State" }

[capacity.stock]
key   = ["product"]
limit = "= settings.stock"
full  = "SOLD_OUT"

[lists.products]
from    = "product"
label   = { ko = "상품", en = "Products" }
roles   = ["keeper", "clerk"]
columns = ["id", "name", "kind", "price", "on_sale", "supplier"]
filter  = ["kind", "on_sale"]
edit    = ["name", "kind", "price", "on_sale", "supplier"]
editors = ["keeper"]
add     = true

[lists.days]
from    = "day"
label   = { ko = "하루 합계", en = "Days" }
roles   = ["keeper"]
columns = ["id", "sum", "qty", "state"]
edit    = ["state"]

[lists.sales]
from    = "sale"
label   = { ko = "주문", en = "Orders" }
roles   = ["keeper"]
columns = ["sale_no", "product", "buyer", "qty"]
filter  = ["product"]
"""


def task(id: str, job_type: str, headers: dict[str, str], inputs: dict[str, str]) -> str:
    """A service task with one of our connectors."""
    rows = (m.zeebe("header", key=key, value=value) for key, value in headers.items())
    kind = m.zeebe("taskDefinition", type=job_type)
    return m.element("serviceTask", id, m.extensions(kind, m.zeebe("taskHeaders", *rows), m.io(inputs)))


def process(id: str, *tasks: str, case: str = "sale") -> str:
    """A process of tasks in a row, with its case record."""
    names = [text.partition('id="')[2].partition('"')[0] for text in tasks]
    case_of = m.extensions(m.zeebe("properties", m.zeebe("property", name="baton:case", value=case)))
    return m.process(case_of, m.start(), *tasks, m.end(), m.flows(" -> ".join(["start", *names, "end"])), id=id)


def deploy(baton: Baton, *tasks: str, stock: int = 1_000_000, form: str = "", more: dict[str, bytes] | None = None) -> None:
    """The teahouse, with one process `sell` of these tasks, behind a door of its name; `more` are further files by their whole names."""
    door = '[[start]]\nid = "sell"\nprocess = "sell"\naccess = "public"\nlabel = { ko = "주문하기", en = "Order" }\n'
    app = APP + door + (f'form = "{form}"\n' if form else "") + f"[settings]\nstock = {stock}\n"
    files = {"processes/teahouse/app.toml": app.encode(), "processes/teahouse/records.toml": RECORDS.encode()}
    files["processes/teahouse/sell.bpmn"] = m.definitions(process("sell", *tasks))
    baton.do(definitions.deploy, key="teahouse", files=files | (more or {}), actor=SYSTEM)


def sell(baton: Baton, **form: Any) -> Started:
    """Somebody orders."""
    started: Started = baton.do(instances.start, app="teahouse", door="sell", actor=SYSTEM, submission=form, key=uuid4().hex)
    return started


@contextmanager
def world(folder: Path, database_url: str) -> Iterator[Baton]:
    """A Baton with no apps yet, and a clock that stands still."""
    worlds.copy(folder, database_url, TUESDAY)
    baton = open_baton(Settings(data=folder, apps=folder, database_url=database_url), FixedClock(TUESDAY))
    yield baton
    baton.database.close()
