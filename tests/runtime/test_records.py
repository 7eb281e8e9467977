"""Finding records in a step: by equal fields, by a condition, by keys where there are many."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from engine.clock import KST
from engine.errors import Refused
from engine.runtime import demo, record_lists
from engine.runtime.baton import Baton
from engine.store import commit
from engine.store.tables import Record, SearchKey
from tests.runtime import teahouse
from tests.runtime.counting import counted
from tests.runtime.teahouse import KANG
from tests.runtime.test_notices import FORM

KEEP = teahouse.task("Keep", "record.update", {"record": "sale"}, {"found": "=for one in hits return one.id"})


@pytest.fixture
def baton(tmp_path: Path, database_url: str) -> Iterator[Baton]:
    with teahouse.world(tmp_path, database_url) as found:
        yield found


def find(record: str, inputs: dict[str, str], **headers: str) -> str:
    return teahouse.task("Find", "record.find", {"record": record, "resultVariable": "hits", **headers}, inputs)


def found(baton: Baton, *tasks: str, **form: Any) -> Any:
    teahouse.deploy(baton, *tasks, KEEP, form="order", more={"forms/teahouse/order.form": FORM})
    number = teahouse.sell(baton, **form).number
    with baton.read() as read:
        return read.value(select(Record.data).filter_by(collection="sale", id=number))["found"]


def menu(baton: Baton) -> None:
    teahouse.deploy(baton)
    for id, name, price, kind in (("TEA1", "녹차", 4500, "TEA"), ("TEA2", "홍차", 5000, "TEA"), ("CAKE1", "치즈케이크", 6500, "CAKE")):
        fields = {"name": name, "price": price, "kind": kind}
        baton.do(record_lists.save, app="teahouse", name="products", actor=KANG, fields=fields, id=id, new=True)
        baton.clock.advance(timedelta(seconds=1))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("inputs", "headers", "ids"),
    [
        ({"kind": '="TEA"'}, {}, ["TEA1", "TEA2"]),
        ({"kind": '="TEA"'}, {"where": "item.price > 4500"}, ["TEA2"]),
        ({}, {"where": "= item.price > settings.stock / 250 and item.kind != sale.buyer"}, ["TEA1", "TEA2", "CAKE1"]),
        ({}, {"limit": "2"}, ["TEA1", "TEA2"]),
        ({"id": '="CAKE1"', "kind": '="TEA"'}, {}, []),
        ({"supplier": "=null"}, {}, ["TEA1", "TEA2", "CAKE1"]),
    ],
)
def test_find_takes_equal_fields_a_condition_and_a_limit(baton: Baton, inputs: dict[str, str], headers: dict[str, str], ids: list[str]) -> None:
    menu(baton)
    assert found(baton, find("product", inputs, **headers)) == ids


def test_a_limit_that_is_no_number_is_said(baton: Baton) -> None:
    with pytest.raises(Refused) as refused:
        found(baton, find("product", {}, limit="many"))
    assert "must be a whole number" in str(refused.value.__cause__)


def test_find_brings_fields_along(baton: Baton) -> None:
    menu(baton)
    hits = find("product", {"kind": '="TEA"'}, fields="name, price")
    told = teahouse.task("Tell", "record.update", {"record": "sale"}, {"found": "=for one in hits return one.name + string(one.price)"})
    teahouse.deploy(baton, hits, told, form="order", more={"forms/teahouse/order.form": FORM})
    number = teahouse.sell(baton).number
    with baton.read() as read:
        assert read.value(select(Record.data).filter_by(collection="sale", id=number))["found"] == ["녹차4500", "홍차5000"]


def test_seeds_may_count_from_today_which_begins_at_midnight_in_korea(baton: Baton) -> None:
    teahouse.deploy(baton)
    baton.clock.set(datetime(2026, 12, 1, 0, 30, tzinfo=KST))  # type: ignore[attr-defined]
    with baton.read() as read:
        app = read.live("teahouse")[1]
    baton.do(demo.seed_records, app=app, collection="product", rows=[{"id": "T", "name": '= string(today() + duration("P1D"))', "price": 100}])
    with baton.read() as read:
        assert read.value(select(Record.data).filter_by(collection="product", id="T"))["name"] == "2026-12-02"


def test_a_step_finds_what_it_changed_itself(baton: Baton) -> None:
    menu(baton)
    mine = teahouse.task("Mine", "record.update", {"record": "sale"}, {"product": '="TEA2"'})
    ids = found(baton, mine, find("sale", {"product": '="TEA2"', "buyer": '="홍길동"'}), buyer="홍길동")
    assert len(ids) == 1 and ids[0].startswith("O-")
    assert len(found(baton, mine, find("sale", {"buyer": '="홍길동"'}), buyer="홍길동")) == 2


def test_find_takes_references_and_personal_texts_as_they_stand_in_a_record(baton: Baton) -> None:
    menu(baton)
    mine = teahouse.task("Mine", "record.update", {"record": "sale"}, {"product": '="TEA2"'})
    assert len(found(baton, mine, find("sale", {"product": "=sale.product", "buyer": "=sale.buyer"}), buyer="홍길동")) == 1
    assert len(found(baton, mine, find("sale", {"product": "=sale.product", "buyer": "=sale.buyer"}), buyer="홍길동")) == 2


def many(baton: Baton, count: int) -> None:
    """So many orders, each of a product of its own: far more than a page ever shows."""
    change, now = commit.Change(), baton.clock.now()
    place = {"app": "teahouse", "collection": "sale"}
    rows = [
        {**place, "id": f"X{n}", "rev": 1, "data": {"product": f"P{n % 100}", "qty": n}, "created_at": now, "updated_at": now} for n in range(count)
    ]
    keys = [{**place, "record_id": f"X{n}", "field": "product", "term": baton.vault.term(f"product/P{n % 100}")} for n in range(count)]
    change.add(insert(Record), rows)
    change.add(insert(SearchKey), keys)
    commit.run(baton.database, lambda: change)


def test_among_10000_records_a_reference_is_found_by_its_key(baton: Baton) -> None:
    teahouse.deploy(baton)
    many(baton, 9_990)
    with counted(baton) as seen:
        began = time.thread_time()
        ids = found(baton, find("sale", {"product": '="P7"'}))
        took = time.thread_time() - began
    assert len(ids) == 100
    assert sum("search_key" in statement.lower() and "select" in statement.lower()[:6] for statement in seen.statements) >= 1 and took < 2


def test_a_list_of_10000_is_read_and_one_more_is_an_error_not_a_wrong_answer(baton: Baton) -> None:
    menu(baton)
    look = teahouse.task("Look", "record.update", {"record": "day"}, {"id": '="D1"', "state": '=string(count(product[kind = "TEA"]))'})
    add = teahouse.task("Add", "record.add", {"record": "day"}, {"id": '="D1"', "qty": "=1"})
    change, now = commit.Change(), baton.clock.now()
    place = {"app": "teahouse", "collection": "product", "rev": 1, "created_at": now, "updated_at": now}
    change.add(insert(Record), [{**place, "id": f"X{n}", "data": {"kind": "TEA", "price": 100}} for n in range(9_997)])
    commit.run(baton.database, lambda: change)
    teahouse.deploy(baton, add, look)
    began = time.thread_time()
    teahouse.sell(baton)
    assert time.thread_time() - began < 3
    with baton.read() as read:
        assert read.value(select(Record.data).filter_by(collection="day"))["state"] == "9999"
    change = commit.Change()
    change.add(insert(Record), [{**place, "id": "ONE", "data": {"kind": "TEA", "price": 100}}])
    commit.run(baton.database, lambda: change)
    with pytest.raises(Refused) as refused:
        teahouse.sell(baton)
    assert "10000" in str(refused.value.__cause__)
