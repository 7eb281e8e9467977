"""The texts and mails that the simulated partners took."""

import threading
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from engine.clock import SystemClock

KEPT = 1_000  # the latest texts and mails


@dataclass
class Received:
    """One text or mail. `attempts` counts how often it came with the same key."""

    channel: str
    to: str
    subject: str
    text: str
    key: str
    at: datetime
    attempts: int = 1


@dataclass
class Inbox:
    """Thread-safe. A text with a key that was taken before is counted, not shown again; each copy of a mail is shown."""

    received: list[Received] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def text(self, channel: str, to: str, text: str, key: str) -> None:
        """Take a text to a phone."""
        with self._lock:
            known = next((entry for entry in self.received if entry.key == key and entry.channel != "EMAIL"), None)
            if known:
                known.attempts += 1
            else:
                self._keep(Received(channel, to, "", text, key, SystemClock().now()))

    def mail(self, to: str, subject: str, text: str, message_id: str) -> None:
        """Take a mail."""
        with self._lock:
            self._keep(Received("EMAIL", to, subject, text, message_id, SystemClock().now()))

    def _keep(self, entry: Received) -> None:
        self.received.append(entry)
        del self.received[:-KEPT]

    def newest_first(self) -> list[Received]:
        """Everything received, the newest first."""
        with self._lock:
            return list(reversed(self.received))

    def as_json(self) -> list[dict[str, Any]]:
        """Everything received, oldest first, as JSON."""
        with self._lock:
            return [asdict(entry) | {"at": entry.at.isoformat()} for entry in self.received]
