"""The mail server among the simulated partners: a real SMTP conversation, kept in memory."""

import asyncio
from email import message_from_bytes
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from engine.partners.simulation import Simulation


class _Receiver:
    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        switch = self._simulation.switches["mail"]
        if switch == "down":
            return "451 the mailbox is down"
        if switch == "decline":
            return "550 no such mailbox"
        mail = message_from_bytes(envelope.content, policy=default)
        body = mail.get_body(("plain",))
        text = body.get_content() if body else ""
        self._simulation.inbox.mail(", ".join(envelope.rcpt_tos), str(mail["Subject"] or ""), text.strip(), str(mail["Message-ID"] or ""))
        if switch == "slow":
            await asyncio.sleep(self._simulation.patience)
        if switch == "lost" or (switch == "slow" and not self._simulation.patience):
            return "451 the answer was lost"
        return "250 taken"


def server(simulation: Simulation, host: str, port: int) -> Controller:
    """The server; `start()` runs it in a thread of its own, `stop()` ends it."""
    return Controller(_Receiver(simulation), hostname=host, port=port)
