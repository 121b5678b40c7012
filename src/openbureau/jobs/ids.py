"""What is this thing called?

Promises identifiers that are unique, sortable by time and free of meaning (UUID version 7, RFC 9562 section 5.7).
They are made here and passed into the core, because PostgreSQL 15 cannot make them and the core may not.
"""

import uuid
from collections.abc import Callable
from datetime import datetime


def new_id(now: datetime, random: Callable[[int], bytes]) -> str:
    """A new UUIDv7 as text: 48 bits of milliseconds, 74 random bits."""
    milliseconds = int(now.timestamp() * 1000)
    tail = int.from_bytes(random(10), "big")
    value = (milliseconds & (2**48 - 1)) << 80
    value |= 0x7 << 76
    value |= (tail >> 62 & 0xFFF) << 64
    value |= 0b10 << 62
    value |= tail & (2**62 - 1)
    return str(uuid.UUID(int=value))
