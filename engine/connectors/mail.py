"""Mails, through SMTP. The Message-ID is stable over retries, so that a second copy can be told from a second mail."""

import smtplib
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from engine.clock import SystemClock
from engine.connectors.contract import ConnectorError

TIMEOUT = 10.0


def send(smtp_url: str, sender: str, key: str, to: str, subject: str, text: str) -> None:
    """Deliver one mail with Message-ID `<key@baton>`, dots for colons. Raises ConnectorError; a refused recipient is permanent."""
    if not smtp_url:
        raise ConnectorError("no mail server is configured; set BATON_SMTP_URL to smtp://host:port", permanent=True)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject.replace("\n", " ")
    message["Message-ID"], message["Date"] = f"<{key.replace(':', '.')}@baton>", format_datetime(SystemClock().now())
    message.set_content(text)
    address = urlsplit(smtp_url)
    try:
        with smtplib.SMTP(address.hostname or "localhost", address.port or 25, timeout=TIMEOUT) as server:
            if address.username:
                server.starttls()
                server.login(unquote(address.username), unquote(address.password or ""))
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        raise ConnectorError("the mail server refused the recipient", permanent=True, code="DECLINED") from error
    except (OSError, smtplib.SMTPException) as error:
        raise ConnectorError(f"the mail server did not take the mail: {type(error).__name__}") from error
