"""Does an opening show what was put into the log?

The fast form of `tlog.commitment.check_opening` for files of many openings: one JSON line an event, decoded straight into
bytes, HMAC (RFC 2104) spelled out on two SHA-256 calls.  Tests hold both forms against each other.
"""

import hashlib
from collections.abc import Iterator

import msgspec

from openbureau.core.leaf import COMMITTEE_FIELDS, LENDER_FIELDS, SCHEMA
from openbureau.tlog.commitment import DOMAIN
from openbureau.watch.export import Export

__all__ = ["COMMITTEE_FIELDS", "LENDER_FIELDS", "Line", "Opened", "Unreadable", "parse_opening", "read_openings"]
_COUNT = len(SCHEMA)
_HEAD = DOMAIN + _COUNT.to_bytes(2, "big")
_PLACES = {name: (at, name.encode() + b"\x00") for at, name in enumerate(SCHEMA)}
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))
_PAD = bytes(32)


class Opened(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """What opens some fields: all c_f, and (k_f, value) by name."""

    parts: list[bytes]
    opened: dict[str, tuple[bytes, str]]

    @property
    def fields(self) -> dict[str, str]:
        """The values that are shown, whether they are true or not."""
        return {name: pair[1] for name, pair in self.opened.items()}

    def fault(self, commitment: bytes, known: "Opened | None" = None) -> str | None:
        """Why it does not open this commitment; None when it does.  What `known` opened alike is not hashed again."""
        sha256 = hashlib.sha256
        parts = self.parts
        if len(parts) != _COUNT or any(len(part) != 32 for part in parts):
            return "the opening does not have one part for each field"
        if sha256(_HEAD + b"".join(parts)).digest() != commitment:
            return "the opening is of another commitment"
        proved = known.opened if known is not None else {}
        for name, pair in self.opened.items():
            if name in proved and proved[name] == pair:
                continue
            place = _PLACES.get(name)
            if place is None:
                return f"the schema has no field {name[:40]!r}"
            key, value = pair
            if len(key) != 32:
                return f"the key of the field {name} is not 32 bytes long"
            padded = key + _PAD
            inner = sha256(padded.translate(_INNER) + place[1] + value.encode()).digest()
            if sha256(padded.translate(_OUTER) + inner).digest() != parts[place[0]]:
                return f"the field {name} does not open to this value"
        return None


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One line of a file of openings: the entry's place (None: not in a checkpoint yet), and what opens it."""

    index: int | None
    opening: Opened


_decode_line = msgspec.json.Decoder(Line).decode
_decode_opening = msgspec.json.Decoder(Opened).decode


class Unreadable(ValueError):
    """A line or opening that has not the form of one."""


def parse_opening(content: bytes) -> Opened:
    """An opening from its JSON; `Unreadable` for any other form."""
    try:
        return _decode_opening(content)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise Unreadable("not an opening: parts and opened fields") from None


def read_openings(export: Export, name: str, *, skip: int = 0) -> Iterator[tuple[int, Line | None]]:
    """Numbered openings of a file; None for a line that is none.  `Trouble` where the file cannot be read."""
    for number, content in export.lines(name):
        if number <= skip:
            continue
        try:
            line = _decode_line(content)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            yield number, None
            continue
        yield number, line
