"""An app that listens is built anew from all events: the same records, the same instances, and nothing that people did is lost."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from engine.actors import CUSTOMER
from engine.cli import group
from engine.errors import Refused
from engine.runtime import instances, rebuilding
from engine.store.tables import Audit, Deployment, Event, ProcessInstance, Record
from engine.views import case_view
from tests.bpmn import models as m
from tests.runtime import market
from tests.runtime.story import CHOI, Story

DOOR = """
[[start]]
id = "note"
process = "ledger_note"
access = "public"
label = { ko = "적기", en = "Note" }
"""


@pytest.fixture
def both(story: Story) -> Story:
    """A bakery and a ledger after some sales."""
    market.deploy(story, "bakery", market.bakery())
    market.deploy(story, "ledger", market.ledger())
    numbers = [market.order(story, product, qty) for product, qty in (("WHITE", 1), ("BUN", 2), ("WHITE", 3))]
    market.finish(story, numbers[1], "UT_Bake")
    story.work()
    return story


def without_numbers(story: Story) -> list[dict[str, object]]:
    """The sales; numbers are never used again, so they differ after a rebuild."""
    return [{name: value for name, value in sale.items() if name != "sale_no"} for sale in market.sales(story)]


def clear(story: Story) -> rebuilding.Cleared:
    """The operator asks for a rebuild."""
    found: rebuilding.Cleared = story.baton.do(rebuilding.clear, app="ledger", actor=CHOI, reason="the totals looked wrong")
    return found


def test_a_rebuilt_app_has_the_same_records_and_instances(both: Story) -> None:
    sales, total, instances_before = without_numbers(both), market.total(both), market.ledger_instances(both)
    assert total == (18_000, 3) and [sale["baked"] for sale in sales] == [False, True, False]
    assert clear(both) == rebuilding.Cleared(3, 4, 4)
    assert (market.sales(both), market.ledger_instances(both)) == ([], [])
    both.work()
    assert (without_numbers(both), market.total(both), market.ledger_instances(both)) == (sales, total, instances_before)
    assert market.incidents(both) == []
    with both.baton.read() as read:
        assert [row.action for row in read.all(select(Audit.action).where(Audit.action == "app.replay"))] == ["app.replay"]


def test_a_rebuild_that_is_given_again_half_way_comes_to_the_same(both: Story) -> None:
    sales, total = without_numbers(both), market.total(both)
    clear(both)
    from_the_start = market.cursor(both).position
    both.baton.do(rebuilding.clear, app="ledger", actor=CHOI, reason="again")
    assert market.cursor(both).position == from_the_start == 0
    both.work()
    both.work()
    assert (without_numbers(both), market.total(both)) == (sales, total)


def test_events_that_the_rebuilt_app_tells_are_not_told_twice(both: Story) -> None:
    telling = market.ledger()
    name = "processes/ledger/sale.bpmn"
    drawing = telling[name].replace(b'"S_Total"><bpmn:extensionElements>', b'"S_Total"><bpmn:extensionElements>' + EVENT)
    assert drawing != telling[name]
    market.deploy(both, "ledger", telling | {name: drawing})
    clear(both)
    both.work()
    first = market.told_events(both, Event.app == "ledger")
    assert [event.type for event in first] == ["ledger.SaleNoted"] * 3
    clear(both)
    both.work()
    assert market.told_events(both, Event.app == "ledger") == first


EVENT = b'<zeebe:properties><zeebe:property name="baton:event" value="SaleNoted"></zeebe:property></zeebe:properties>'


def test_what_people_did_stays(both: Story) -> None:
    lists = '\n[lists.sales]\nfrom = "sale"\nlabel = { ko = "매출", en = "Sales" }\nroles = ["clerk"]\ncolumns = ["order_no"]\nedit = ["order_no"]\n'
    files = market.ledger(market.LEDGER + DOOR)
    files["processes/ledger/records.toml"] += lists.encode()
    note = m.process(m.start("start"), m.user("UT_Note"), m.end("end"), m.flows("start->UT_Note->end"), id="ledger_note")
    files["processes/ledger/note.bpmn"] = m.definitions(note)
    market.deploy(both, "ledger", files)
    opened = both.baton.do(instances.start, app="ledger", door="note", actor=CUSTOMER, submission={})
    sales = len(market.sales(both))
    clear(both)
    assert [row.id for row in market.ledger_instances(both)] == [opened.instance_id]
    assert len(market.sales(both)) == sales  # a collection that people edit
    assert market.total(both) == (0, 0)


def test_a_rebuild_leaves_other_apps_and_their_views_alone(both: Story) -> None:
    with both.baton.read() as read:
        before = read.all(select(Record.id, Record.data).where(Record.app == "bakery").order_by(Record.id))
    clear(both)
    both.work()
    with both.baton.read() as read:
        assert read.all(select(Record.id, Record.data).where(Record.app == "bakery").order_by(Record.id)) == before
        assert len(read.all(select(ProcessInstance.id).where(ProcessInstance.app == "bakery"))) == 3
    assert case_view.rebuild(both.baton) == 0


def test_an_app_that_does_not_listen_has_nothing_to_rebuild(both: Story) -> None:
    with pytest.raises(Refused) as refused:
        both.baton.do(rebuilding.clear, app="bakery", actor=CHOI, reason="why not")
    assert refused.value.code == "LISTENS_TO_NOTHING"


def command(story: Story, monkeypatch: pytest.MonkeyPatch, *words: str, answer: str = "") -> tuple[int, str]:
    """What the operator types; the exit code and what is said."""
    for name in [name for name in os.environ if name.startswith("BATON_")]:
        monkeypatch.delenv(name)
    settings = story.baton.settings
    monkeypatch.setenv("BATON_DATA", str(settings.data))
    monkeypatch.setenv("BATON_APPS", str(Path(settings.apps)))
    if settings.database_url:
        monkeypatch.setenv("BATON_DATABASE_URL", settings.database_url)
    result = CliRunner().invoke(group, list(words), input=answer)
    return result.exit_code, result.output


def test_the_operator_replays_an_app_from_the_terminal(both: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    sales, total = without_numbers(both), market.total(both)
    code, said = command(both, monkeypatch, "replay", "ledger", answer="n\n")
    assert code == 1 and "3 process instances and 4 records of ledger go" in said
    assert without_numbers(both) == sales
    code, said = command(both, monkeypatch, "replay", "ledger", "--yes")
    assert code == 0 and "4 events were taken" in said, said
    both.work()
    assert (without_numbers(both), market.total(both)) == (sales, total)
    assert command(both, monkeypatch, "replay", "bakery", "--yes")[0] == 1


def test_the_operator_rebuilds_the_views_from_the_terminal(both: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    code, said = command(both, monkeypatch, "replay", "--views")
    assert (code, "0 cases were wrong" in said) == (0, True)
    assert command(both, monkeypatch, "replay")[0] == 2


def test_the_operator_takes_an_app_out_of_service_from_the_terminal(both: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    code, said = command(both, monkeypatch, "undeploy", "ledger", "--yes")
    assert code == 0 and "ledger version 1 is out of service" in said
    with both.baton.read() as read:
        assert read.all(select(Deployment.id).where(Deployment.app == "ledger", Deployment.live.is_(True))) == []
    assert command(both, monkeypatch, "undeploy", "ledger", "--yes")[0] == 1
