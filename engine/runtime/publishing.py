"""Messages from outside, for whichever case waits for them."""

from collections.abc import Mapping
from typing import Any

from engine.bpmn import TooLarge
from engine.bpmn.limits import need_small
from engine.errors import Refused
from engine.runtime import messages, payloads, requests
from engine.runtime.reader import Reader
from engine.store.commit import Change


def publish(read: Reader, *, name: str, key: str, variables: Mapping[str, Any], ttl: str = "PT24H", dedupe: str | None = None) -> Change:
    """Put a message into the inbox: full name `<app>.<Name>`, correlation key, JSON variables, ISO time to live. Answers whether it was new.

    The same `dedupe` key with the same content again, within a day, changes nothing; with other content it is refused with IDEMPOTENCY_MISMATCH.
    May raise BAD_TTL, and TOO_LARGE for variables of more than 256 KB.
    """
    content = {"key": key, "variables": dict(variables), "ttl": ttl}
    request = requests.Request.of(read, f"message/{name}", dedupe, content)
    if requests.earlier(read, request) is not None:
        return Change(result=False)
    try:
        need_small("", payloads.MESSAGE, name, variables)
    except TooLarge as error:
        raise Refused("TOO_LARGE", error.texts, 422) from error
    change = Change(result=True)
    messages.write(change, messages.Published(name, key, dict(variables), ttl), read.now)
    requests.remember(read, change, request, {"published": True})
    return change
