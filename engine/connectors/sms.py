"""Texts to phones, through an HTTP gateway that sends each Idempotency-Key once."""

import httpx2

from engine.connectors.contract import ConnectorError
from engine.connectors.http import tls

TIMEOUT = 5.0


def send(base: str, key: str, phone: str, text: str, channels: list[str]) -> None:
    """Hand one text over: POST <base>/messages with {to, text, channels}. `channels` (ALIMTALK, SMS) are tried by the gateway in this order.

    Raises ConnectorError; a refusal by the gateway (4xx) is permanent.
    """
    if not base:
        raise ConnectorError("no SMS gateway is configured; set BATON_SMS_URL to its base address", permanent=True)
    body = {"to": phone, "text": text, "channels": channels}
    try:
        answer = httpx2.post(
            f"{base.rstrip('/')}/messages",
            json=body,
            headers={"Idempotency-Key": key},
            timeout=TIMEOUT,
            follow_redirects=False,
            trust_env=False,
            verify=tls(),
        )
    except httpx2.HTTPError as error:
        raise ConnectorError(f"the SMS gateway did not answer: {type(error).__name__}") from error
    if answer.status_code >= 500 or answer.status_code in (408, 429):
        raise ConnectorError(f"the SMS gateway answered {answer.status_code}")
    if answer.status_code >= 300:
        raise ConnectorError(f"the SMS gateway refused the text with {answer.status_code}", permanent=True, code="DECLINED")
