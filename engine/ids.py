"""Identifiers: unguessable, and ordered by time so that an index grows at its end."""

import secrets
import time


def new_id() -> str:
    """32 hexadecimal digits: 48 bits of milliseconds, then 80 random bits (the shape of a version 7 UUID)."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"
