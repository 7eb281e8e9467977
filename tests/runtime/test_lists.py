"""The keeper edits the menu; the next order sees it at once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from engine.errors import Forbidden, Invalid, NotFound, Refused
from engine.runtime import record_lists
from engine.runtime.baton import Baton
from engine.runtime.record_lists import Saved
from engine.store.tables import Audit, Person, Record
from engine.views import record_lists as pages
from tests.runtime import teahouse
from tests.runtime.teahouse import KANG, LEE

LOOK = teahouse.task("Look", "record.update", {"record": "sale"}, {"found": '=product[id = "TEA1"][1].on_sale'})
TEA = {"name": "녹차", "price": "4,500원", "kind": "TEA", "on_sale": True, "supplier": "김하나"}


@pytest.fixture
def baton(tmp_path: Path, database_url: str) -> Iterator[Baton]:
    with teahouse.world(tmp_path, database_url) as found:
        teahouse.deploy(found, LOOK)
        yield found


def save(baton: Baton, **more: Any) -> Saved:
    given: dict[str, Any] = {"app": "teahouse", "name": "products", "actor": KANG} | more
    saved: Saved = baton.do(record_lists.save, **given)
    return saved


def stored(baton: Baton, id: str, collection: str = "product") -> Any:
    with baton.read() as read:
        return read.one(select(Record.data, Record.rev).filter_by(collection=collection, id=id))


def listed(baton: Baton, **more: Any) -> pages.ListPage:
    with baton.read() as read:
        return pages.page(read, "teahouse", "products", KANG, lang="ko", **more)


def test_a_new_row_keeps_its_values_and_its_personal_ones_apart(baton: Baton) -> None:
    assert save(baton, new=True, id="TEA1", fields=TEA) == Saved("TEA1", created=True, changed=True)
    row = stored(baton, "TEA1")
    assert {**row.data, "supplier": None} == {"name": "녹차", "price": 4500, "kind": "TEA", "on_sale": True, "supplier": None}
    assert list(row.data["supplier"]) == ["$pii"]
    line = listed(baton).lines[0]
    assert [(cell.text, cell.masked) for cell in line.cells] == [
        ("TEA1", False), ("녹차", False), ("차", False), ("4,500", False), ("예", False), ("김*나", True),
    ]  # fmt: skip
    with baton.read() as read:
        assert b"\xea\xb9\x80\xed\x95\x98\xeb\x82\x98" not in read.value(select(Person.data))
        assert read.one(select(Audit.actor_id, Audit.action, Audit.object).where(Audit.action == "record.add")) == (
            "keeper1",
            "record.add",
            "teahouse/product/TEA1",
        )


def test_what_is_sold_out_is_sold_out_for_the_next_order(baton: Baton) -> None:
    save(baton, new=True, id="TEA1", fields=TEA)
    first = teahouse.sell(baton).number
    save(baton, id="TEA1", fields={"on_sale": False})
    second = teahouse.sell(baton).number
    assert [stored(baton, number, "sale").data["found"] for number in (first, second)] == [True, False]


def test_only_what_was_given_is_written_and_the_audit_says_what(baton: Baton) -> None:
    save(baton, new=True, id="TEA1", fields=TEA)
    assert save(baton, id="TEA1", fields={"price": 5000, "supplier": "홍길동"}).changed
    assert save(baton, id="TEA1", fields={"price": 5000}).changed is False
    assert stored(baton, "TEA1").data["name"] == "녹차"
    with baton.read() as read:
        assert [row.reason for row in read.all(select(Audit.reason).where(Audit.action == "record.save"))] == ["price = 5000, supplier"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"price": "99"}, "price"), ({"name": ""}, "name"), ({"name": "가" * 21}, "name"), ({"kind": "COFFEE"}, "kind"), ({"price": None}, "price")],
)
def test_the_fields_bounds_hold(baton: Baton, fields: dict[str, Any], field: str) -> None:
    save(baton, new=True, id="TEA1", fields=TEA)
    with pytest.raises(Invalid) as refused:
        save(baton, id="TEA1", fields=fields)
    assert list(refused.value.errors) == [field]
    assert stored(baton, "TEA1").rev == 1


def test_whoever_saw_an_older_row_is_told(baton: Baton) -> None:
    save(baton, new=True, id="TEA1", fields=TEA)
    save(baton, id="TEA1", rev=1, fields={"price": 5000})
    with pytest.raises(Refused) as refused:
        save(baton, id="TEA1", rev=1, fields={"price": 6000})
    assert (refused.value.code, stored(baton, "TEA1").data["price"]) == ("CHANGED_MEANWHILE", 5000)


def test_what_exists_already_is_refused(baton: Baton) -> None:
    save(baton, new=True, id="TEA1", fields=TEA)
    with pytest.raises(Invalid) as twice:
        save(baton, new=True, id="TEA1", fields=TEA | {"name": "홍차"})
    with pytest.raises(Refused) as same_name:
        save(baton, new=True, id="TEA2", fields=TEA)
    assert (list(twice.value.errors), same_name.value.code) == (["id"], "TWICE")
    for wrong in ("", "두 낱말", "/x", "<b>"):
        with pytest.raises(Invalid):
            save(baton, new=True, id=wrong, fields=TEA | {"name": "홍차"})


def test_the_role_decides(baton: Baton) -> None:
    save(baton, new=True, id="TEA1", fields=TEA)
    with pytest.raises(Forbidden):
        save(baton, actor=LEE, id="TEA1", fields={"price": 5000})
    with pytest.raises(NotFound):
        save(baton, actor=LEE, name="days", id="D1", fields={"state": "CLOSED"})
    with baton.read() as read:
        assert [one.name for one in pages.lists(read, LEE)] == ["products"]
        assert [one.name for one in pages.lists(read, KANG)] == ["products", "days", "sales"]
        assert pages.page(read, "teahouse", "products", LEE, lang="ko").may_edit is False


def test_a_field_that_is_not_for_editing_stays(baton: Baton) -> None:
    teahouse.deploy(baton, teahouse.task("Add", "record.add", {"record": "day"}, {"id": '="D1"', "sum": "=100"}))
    teahouse.sell(baton)
    save(baton, name="days", id="D1", fields={"state": "CLOSED", "sum": 1_000_000})
    assert stored(baton, "D1", "day").data == {"sum": 100, "state": "CLOSED"}


def test_long_lists_come_in_pages_that_neither_repeat_nor_skip(baton: Baton) -> None:
    for number in range(120):
        kind, price = "TEA" if number % 3 else "CAKE", 1000 + 100 * (number % 7)
        save(baton, new=True, id=f"P{number:03}", fields={"name": f"상품{number}", "price": price, "kind": kind, "on_sale": number % 2 == 0})
    for sort in ("", "price", "-price", "name", "kind", "-on_sale", "id"):
        seen: list[str] = []
        after = ""
        while True:
            page = listed(baton, sort=sort, after=after)
            seen += [line.id for line in page.lines]
            after = page.after
            if not after:
                break
        assert (len(seen), len(set(seen))) == (120, 120), sort
    prices = [line.cells[3].text for line in listed(baton, sort="-price").lines]
    assert prices == sorted(prices, reverse=True)
    assert len(listed(baton, asked={"kind": "CAKE", "on_sale": "false"}).lines) == 20
    assert listed(baton, asked={"kind": "BEER"}).lines == []
    assert [line.id for line in listed(baton, after="nonsense", sort="supplier").lines][:1] == ["P119"]
