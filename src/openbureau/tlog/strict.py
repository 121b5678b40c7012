"""Strict readers for the small texts of the public formats.

Promises: what Python's own `int` and `b64decode` forgive is refused here, so that no two readers can disagree.
"""

import base64
import binascii
import re

_DECIMAL = re.compile(r"(0|[1-9][0-9]{0,18})\Z", re.ASCII)


class Malformed(ValueError):
    """A text does not have the exact form that its specification asks for."""


def parse_decimal(text: str) -> int:
    """A decimal number without sign, underscore, blank or leading zero, below 2**63."""
    if not _DECIMAL.match(text) or int(text) >= 1 << 63:
        raise Malformed("not a plain decimal number")
    return int(text)


def parse_base64(text: str) -> bytes:
    """Standard base64 with padding, in its one canonical spelling."""
    try:
        found = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        raise Malformed("not base64") from None
    if base64.b64encode(found).decode() != text:
        raise Malformed("not the canonical spelling of this base64")
    return found


def render_base64(content: bytes) -> str:
    """Standard base64 with padding."""
    return base64.b64encode(content).decode()


def parse_hash(text: str) -> bytes:
    """Base64 of exactly 32 bytes."""
    found = parse_base64(text)
    if len(found) != 32:
        raise Malformed("a hash is 32 bytes long")
    return found
