"""The mail server among the simulated partners: a real SMTP conversation, kept in memory."""

from email import message_from_bytes
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from engine.partners.inbox import Inbox


class _Receiver:
    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self._inbox.switches["mail"] == "down":
            return "451 the mailbox is down"
        if self._inbox.switches["mail"] == "decline":
            return "550 no such mailbox"
        mail = message_from_bytes(envelope.content, policy=default)
        body = mail.get_body(("plain",))
        text = body.get_content() if body else ""
        self._inbox.mail(", ".join(envelope.rcpt_tos), str(mail["Subject"] or ""), text.strip(), str(mail["Message-ID"] or ""))
        if self._inbox.switches["mail"] == "lost":
            return "451 the answer was lost"
        return "250 taken"


def server(inbox: Inbox, host: str, port: int) -> Controller:
    """The server; `start()` runs it in a thread of its own, `stop()` ends it."""
    return Controller(_Receiver(inbox), hostname=host, port=port)
