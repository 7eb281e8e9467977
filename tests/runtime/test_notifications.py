"""Notifications through a real HTTP gateway and a real SMTP conversation: each once, in the customer's language, with a key that stays."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.partners import http, smtp
from engine.partners.inbox import Inbox, Received
from engine.partners.ports import free_port
from engine.partners.simulation import Simulation
from tests.runtime.story import LEE, Story, open_world

HERE = "127.0.0.1"


@dataclass
class Partners:
    """What listens, and what it took."""

    simulation: Simulation
    sms_url: str
    smtp_url: str

    @property
    def inbox(self) -> Inbox:
        """The texts and mails."""
        return self.simulation.inbox

    def to(self, address: str) -> list[Received]:
        """Everything that somebody received."""
        return [entry for entry in self.inbox.received if entry.to == address]


@pytest.fixture
def partners() -> Iterator[Partners]:
    simulation = Simulation()
    gateway, port = http.server(simulation, HERE, 0), free_port(HERE, 0)
    mail = smtp.server(simulation, HERE, port)
    thread = threading.Thread(target=gateway.serve_forever)
    thread.start()
    mail.start()
    yield Partners(simulation, f"http://{HERE}:{gateway.server_port}", f"smtp://{HERE}:{port}")
    mail.stop()
    gateway.shutdown()
    gateway.server_close()
    thread.join()


@pytest.fixture
def story(partners: Partners, tmp_path: Path) -> Iterator[Story]:
    baton = open_world(tmp_path, sms_url=partners.sms_url, smtp_url=partners.smtp_url)
    yield Story(baton)
    baton.database.close()


def test_each_notification_of_a_walk_arrives_once_in_the_customers_language(story: Story, partners: Partners) -> None:
    korean = story.apply(mobile="01011112222", email="kim@example.com")
    english = story.apply(mobile="01033334444", email="lee@example.com", language="en", product_type="INTERNET")
    for number in (korean.number, english.number):
        story.complete("UT_Receive", number, LEE)
    for number, engineer in ((korean.number, "E101"), (english.number, "E102")):
        story.complete("UT_Assign", number, LEE, engineer=engineer)
    story.work()
    asked = sum(len(story.events(number, "notification")) for number in (korean.number, english.number))
    assert len(partners.inbox.received) == asked
    assert {entry.attempts for entry in partners.inbox.received} == {1}
    to_korean = " ".join(entry.text for entry in partners.to("01011112222") + partners.to("kim@example.com"))
    to_english = " ".join(entry.text for entry in partners.to("01033334444") + partners.to("lee@example.com"))
    assert "가입" in to_korean and korean.number in to_korean
    assert "application" in to_english and english.number in to_english
    assert f"/t/{korean.token}" in to_korean and f"/t/{english.token}" in to_english


def test_the_welcome_reaches_the_mailbox_with_its_own_message_id(story: Story, partners: Partners) -> None:
    partners.simulation.switches["sms"] = "decline"
    number = story.apply(email="kim@example.com").number
    story.to("", number)
    story.work()
    mails = partners.to("kim@example.com")
    assert mails and all(mail.channel == "EMAIL" and mail.subject for mail in mails)
    keys = [mail.key for mail in mails]
    assert len(keys) == len(set(keys)) and all(key.startswith("<") and key.endswith("@baton>") for key in keys)


def test_a_gateway_that_is_down_gets_the_same_key_again(story: Story, partners: Partners) -> None:
    partners.simulation.switches["sms"] = "lost"
    story.apply()
    story.work()
    (text,) = partners.to("01012345678")
    partners.simulation.switches["sms"] = "ok"
    story.pass_time(seconds=11)
    assert partners.to("01012345678") == [text]
    assert text.attempts == 2


def test_a_declined_text_falls_back_to_mail(story: Story, partners: Partners) -> None:
    partners.simulation.switches["sms"] = "decline"
    story.apply(email="kim@example.com")
    story.work()
    assert [entry.channel for entry in partners.inbox.received] == ["EMAIL"]
