"""A drawing asks for an operator: `incident.raise` opens an incident in its own words, and Choi closes it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.actors import Actor
from engine.errors import NotFound, Refused
from engine.runtime import incidents
from engine.runtime.baton import Baton
from engine.store.tables import Incident
from engine.views import incidents as pages
from engine.worker import run_due
from tests.runtime import teahouse

CHOI = Actor("staff", "operator1", "최운영", frozenset({"operator"}))
SAID = {"ko": '="확인되지 않았어요"', "en": '="not confirmed"'}
PAGE = Path("docs/analyst/connectors.md")


@pytest.fixture
def baton(tmp_path: Path, database_url: str) -> Iterator[Baton]:
    with teahouse.world(tmp_path, database_url) as found:
        yield found


def open_ones(baton: Baton) -> list[tuple[str, str]]:
    with baton.read() as read:
        return [(row.element.get("ko", ""), row.message) for group in pages.groups(read) for row in group.rows]


def test_an_operator_sees_it_in_the_drawings_words_and_the_case_goes_on(baton: Baton) -> None:
    teahouse.deploy(baton, teahouse.task("Tell", "incident.raise", {}, SAID))
    teahouse.sell(baton)
    assert open_ones(baton) == [("Tell", "확인되지 않았어요 / not confirmed")]
    with baton.read() as read:
        (group,) = pages.groups(read)
        assert (group.kind, group.retried, group.cause.title["en"]) == ("RAISED", False, "A process asks for an operator")


def test_it_is_one_incident_until_it_is_closed(baton: Baton) -> None:
    tell = teahouse.task("Tell", "incident.raise", {}, SAID)
    again = '<bpmn:standardLoopCharacteristics testBefore="false" loopMaximum="2"/></bpmn:serviceTask>'
    teahouse.deploy(baton, tell.replace("</bpmn:serviceTask>", again))
    teahouse.sell(baton)
    run_due(baton)
    ((_, _),) = open_ones(baton)
    with baton.read() as read:
        incident = read.value(select(Incident.id))
    baton.do(incidents.close, incident_id=incident, actor=CHOI)
    assert open_ones(baton) == []
    with pytest.raises(NotFound):
        baton.do(incidents.close, incident_id=incident, actor=CHOI)


def test_one_that_has_a_cause_is_not_closed_by_hand(baton: Baton) -> None:
    texts = {
        "processes/teahouse/notifications.toml": b"""
[to_one]
to = '= who'
channels = ["INAPP"]
ko = "\xed\x95\xa0 \xec\x9d\xbc"
en = "Work"
"""
    }
    teahouse.deploy(baton, teahouse.task("Tell", "notify", {"notification": "to_one"}, {"who": "=null"}), more=texts)
    teahouse.sell(baton)
    run_due(baton)
    with baton.read() as read:
        incident = read.value(select(Incident.id))
    with pytest.raises(Refused, match="NOT_RAISED"):
        baton.do(incidents.close, incident_id=incident, actor=CHOI)


def test_one_without_words_is_refused(baton: Baton) -> None:
    teahouse.deploy(baton, teahouse.task("Tell", "incident.raise", {}, {"ko": SAID["ko"]}))
    with pytest.raises(Refused, match="BAD_TASK"):
        teahouse.sell(baton)


def test_the_example_of_the_analysts_page_raises_one(baton: Baton) -> None:
    (example,) = re.findall(r"<!-- example: tell -->\n```xml\n(.*?)```", PAGE.read_text(), re.S)
    teahouse.deploy(baton, example.replace("order.order_no", "sale.id"))
    number = teahouse.sell(baton).number
    assert open_ones(baton) == [("확인되지 않음을 알리기", f"{number} 뒤처리가 확인되지 않았어요. / {number}: not confirmed.")]
