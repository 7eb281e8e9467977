"""Identifiers: unguessable, and ordered by time so that an index grows at its end."""

import secrets
import time

_last = 0


def new_id() -> str:
    """32 hexadecimal digits: 48 bits of milliseconds, then 80 bits of which at least 64 are random (the shape of a version 7 UUID).

    Of two that one thread makes one after the other, the second sorts behind the first, also within a millisecond.
    """
    global _last
    found = time.time_ns() // 1_000_000 << 80 | secrets.randbits(79)
    if found <= _last:
        found = _last + 1 + secrets.randbits(64)
    _last = found
    return f"{found:032x}"
