"""Many orders at once add to one day's total: nothing is lost, and nobody has to try again for it."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from engine.errors import Refused
from engine.runtime import in_step, record_changes
from engine.runtime.baton import Baton
from engine.runtime.reader import Reader
from engine.runtime.records import Records
from engine.store import commit
from engine.store.tables import Capacity, Record, Reservation
from tests.runtime import teahouse

ADD = teahouse.task("Add", "record.add", {"record": "day"}, {"id": '="D1"', "sum": "=4500", "qty": "=1", "date": '=date("2026-12-01")'})
RESERVE = teahouse.task("Reserve", "record.reserve", {"capacity": "stock"}, {"product": '="TEA"', "amount": "=3"})
THREADS = 32


@pytest.fixture
def baton(tmp_path: Path, database_url: str) -> Iterator[Baton]:
    with teahouse.world(tmp_path, database_url) as found:
        yield found


def day(baton: Baton, id: str = "D1") -> dict[str, Any]:
    with baton.read() as read:
        found: dict[str, Any] = read.value(select(Record.data).filter_by(app="teahouse", collection="day", id=id))
    return found


def change_day(read: Reader, **fields: Any) -> commit.Change:
    records, change = Records(read, read.live("teahouse")[1]), commit.Change()
    record_changes.update_fields(records, records.need("day", "D1"), fields)
    record_changes.write(records, change)
    return change


def test_the_first_order_makes_the_day_and_later_ones_add_to_it(baton: Baton) -> None:
    teahouse.deploy(baton, ADD)
    teahouse.sell(baton)
    assert day(baton) == {"sum": 4500, "qty": 1, "state": "OPEN", "date": "2026-12-01"}
    teahouse.sell(baton)
    teahouse.sell(baton)
    assert day(baton) == {"sum": 13500, "qty": 3, "state": "OPEN", "date": "2026-12-01"}


def test_an_ordinary_change_keeps_what_others_added_meanwhile(baton: Baton) -> None:
    teahouse.deploy(baton, ADD)
    teahouse.sell(baton)
    with baton.read() as read:
        change = change_day(read, state="마감 'CLOSED' \"1\"")
    teahouse.sell(baton)
    commit.run(baton.database, lambda: change)
    assert day(baton) == {"sum": 9000, "qty": 2, "state": "마감 'CLOSED' \"1\"", "date": "2026-12-01"}


def test_a_total_is_only_added_to(baton: Baton) -> None:
    teahouse.deploy(baton, ADD, teahouse.task("Set", "record.update", {"record": "day"}, {"id": '="D1"', "sum": "=1"}))
    with pytest.raises(Refused) as refused:
        teahouse.sell(baton)
    assert "only `record.add` may change it" in str(refused.value.__cause__)
    assert day(baton) is None


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"id": '="D1"', "sum": "=1.5"}, "must be a whole number"),
        ({"id": '="D1"', "sum": "=null"}, "must be a whole number"),
        ({"sum": "=1"}, "needs the input `id`"),
    ],
)
def test_what_cannot_be_added_is_said(baton: Baton, inputs: dict[str, str], said: str) -> None:
    teahouse.deploy(baton, teahouse.task("Add", "record.add", {"record": "day"}, inputs))
    with pytest.raises(Refused) as refused:
        teahouse.sell(baton)
    assert said in str(refused.value.__cause__)


def test_a_step_sees_what_it_added_itself(baton: Baton) -> None:
    look = teahouse.task("Look", "record.update", {"record": "sale"}, {"qty": '=day[id = "D1"][1].qty'})
    teahouse.deploy(baton, ADD, ADD.replace('id="Add"', 'id="Again"'), look)
    number = teahouse.sell(baton).number
    with baton.read() as read:
        assert read.value(select(Record.data).filter_by(collection="sale", id=number))["qty"] == 2


def counting(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A mark for each time a connector runs: the runs of the step, those that were thrown away included."""
    runs: list[str] = []
    for name in ("record.add", "record.reserve"):
        monkeypatch.setitem(in_step.CONNECTORS, name, _marked(runs, in_step.CONNECTORS[name]))
    return runs


def _marked(runs: list[str], connector: Callable[..., Any]) -> Callable[..., Any]:
    def run(*args: Any) -> Any:
        runs.append("")
        return connector(*args)

    return run


def together(baton: Baton, times: int) -> None:
    """Orders from 32 threads that begin at the same moment."""
    gate = threading.Barrier(THREADS)

    def many() -> None:
        gate.wait()
        for _ in range(times):
            teahouse.sell(baton)

    with ThreadPoolExecutor(THREADS) as pool:
        for made in [pool.submit(many) for _ in range(THREADS)]:
            made.result()


def test_32_orders_at_once_lose_nothing_and_run_each_step_once(baton: Baton, monkeypatch: pytest.MonkeyPatch) -> None:
    teahouse.deploy(baton, ADD)
    runs = counting(monkeypatch)
    together(baton, 4)
    assert (day(baton)["sum"], day(baton)["qty"]) == (4500 * THREADS * 4, THREADS * 4)
    assert len(runs) <= 1.2 * THREADS * 4
    with baton.read() as read:
        numbers = [row.id for row in read.all(select(Record.id).filter_by(app="teahouse", collection="sale"))]
    assert len(numbers) == len(set(numbers)) == THREADS * 4


def test_32_reservations_at_once_stay_below_the_limit_and_run_each_step_once(baton: Baton, monkeypatch: pytest.MonkeyPatch) -> None:
    teahouse.deploy(baton, RESERVE)
    runs = counting(monkeypatch)
    together(baton, 4)
    with baton.read() as read:
        assert read.value(select(Capacity.reserved).filter_by(app="teahouse")) == 3 * THREADS * 4
    assert len(runs) <= 1.2 * THREADS * 4


def test_an_order_for_more_than_is_left_is_refused_and_takes_nothing(baton: Baton) -> None:
    teahouse.deploy(baton, RESERVE, stock=7)
    teahouse.sell(baton)
    teahouse.sell(baton)
    with pytest.raises(Refused) as refused:
        teahouse.sell(baton)
    assert refused.value.code == "SOLD_OUT"
    with baton.read() as read:
        assert read.value(select(Capacity.reserved).filter_by(app="teahouse")) == 6
        assert [row.amount for row in read.all(select(Reservation.amount))] == [3, 3]


def test_a_reservation_changes_its_amount_and_is_given_back_whole(baton: Baton) -> None:
    more = teahouse.task("More", "record.reserve", {"capacity": "stock"}, {"product": '="TEA"', "amount": "=7"})
    teahouse.deploy(baton, more, RESERVE, stock=7)
    teahouse.sell(baton)
    with baton.read() as read:
        assert read.value(select(Capacity.reserved).filter_by(app="teahouse")) == 3
    back = teahouse.task("Back", "record.release", {"capacity": "stock"}, {})
    teahouse.deploy(baton, RESERVE, back, stock=7)
    teahouse.sell(baton)
    with baton.read() as read:
        assert read.value(select(Capacity.reserved).filter_by(app="teahouse")) == 3
