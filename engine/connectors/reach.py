"""Whether somebody listens at an address: for probes, which want to know soon rather than exactly."""

import socket
from urllib.parse import urlsplit

PORTS = {"amqp": 5672, "amqps": 5671, "redis": 6379, "rediss": 6379}
PATIENCE = 0.5  # seconds


def reachable(address: str) -> bool:
    """Whether a connection to the host and port of this address can be opened within half a second. Nothing is said on it."""
    parts = urlsplit(address)
    try:
        with socket.create_connection((parts.hostname or "localhost", parts.port or PORTS.get(parts.scheme, 0)), PATIENCE):
            return True
    except OSError:
        return False
