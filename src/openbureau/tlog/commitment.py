"""How can an event be in a public log without saying anything?

With r = 32 random bytes of its own, and for each field f in the fixed order of the schema:
k_f = HMAC-SHA256(r, "field" || 0x00 || f), c_f = HMAC-SHA256(k_f, f || 0x00 || value), and
C = SHA-256("bureau-log/fields/v1" || 0x00 || count as 16 bits || c_1 || ... || c_n).  Only C is public.

Promises: whoever holds (k_f, value) of some fields and all c_f can show these fields and nothing else; whoever destroys
r and the fields leaves 32 bytes that fit every story alike.
"""

import hashlib
import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from openbureau.tlog.strict import Malformed, parse_hash, render_base64

DOMAIN = b"bureau-log/fields/v1\x00"
SALT_SIZE = 32

Fields = Sequence[tuple[str, str]]


class OpeningRefused(ValueError):
    """The opening does not belong to the commitment, or is malformed."""


@dataclass(frozen=True, slots=True)
class Commitment:
    """C, and the c_f it is made of."""

    root: bytes
    parts: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens some fields: all c_f, and (k_f, value) by name for the opened ones."""

    parts: tuple[bytes, ...]
    opened: dict[str, tuple[bytes, str]]

    def to_json(self) -> dict[str, Any]:
        """`{"parts": [base64...], "opened": {name: [base64 key, value]}}`."""
        return {
            "parts": [render_base64(part) for part in self.parts],
            "opened": {name: [render_base64(key), value] for name, (key, value) in self.opened.items()},
        }

    @classmethod
    def from_json(cls, value: Any) -> "Opening":
        """Read it back; `OpeningRefused` for any other shape."""
        try:
            parts = tuple(parse_hash(part) for part in value["parts"])
            opened = {
                str(name): (parse_hash(pair[0]), str(pair[1]))
                for name, pair in value["opened"].items()
                if len(pair) == 2
            }
            if len(opened) != len(value["opened"]):
                raise OpeningRefused("an opened field is a key and a value")
        except (KeyError, TypeError, ValueError, AttributeError) as trouble:
            raise OpeningRefused("an opening has parts and opened fields") from trouble
        return cls(parts, opened)


def field_key(salt: bytes, name: str) -> bytes:
    """k_f: opens one field and no other."""
    return hmac.digest(salt, b"field\x00" + name.encode(), "sha256")


def commit(fields: Fields, salt: bytes) -> Commitment:
    """The commitment to all fields, in their order, under a salt that is used once."""
    if len(salt) != SALT_SIZE:
        raise Malformed("a salt is 32 bytes long")
    digest = hmac.digest
    parts = []
    for name, value in fields:
        named = name.encode()
        key = digest(salt, b"field\x00" + named, "sha256")
        parts.append(digest(key, named + b"\x00" + value.encode(), "sha256"))
    return Commitment(_root(parts), tuple(parts))


def _root(parts: Sequence[bytes]) -> bytes:
    return hashlib.sha256(DOMAIN + len(parts).to_bytes(2, "big") + b"".join(parts)).digest()


def open_fields(fields: Fields, salt: bytes, names: Collection[str], *, made: Commitment | None = None) -> Opening:
    """An opening that shows the named fields and hides the rest; `made` spares computing the commitment again."""
    opened = {name: (field_key(salt, name), value) for name, value in fields if name in names}
    if len(opened) != len(names):
        raise OpeningRefused("a field to open is not in the schema")
    return Opening((made or commit(fields, salt)).parts, opened)


def check_opening(opening: Opening, commitment: bytes, schema: Sequence[str]) -> dict[str, str]:
    """The opened values, if the opening belongs to this commitment under this schema; else `OpeningRefused`."""
    if len(opening.parts) != len(schema) or any(len(part) != SALT_SIZE for part in opening.parts):
        raise OpeningRefused("an opening has one part of 32 bytes for each field")
    if _root(opening.parts) != commitment:
        raise OpeningRefused("the opening is of another commitment")
    places = {name: at for at, name in enumerate(schema)}
    for name, (key, value) in opening.opened.items():
        if name not in places:
            raise OpeningRefused(f"the schema has no field {name}")
        made = hmac.digest(key, name.encode() + b"\x00" + value.encode(), "sha256")
        if made != opening.parts[places[name]]:
            raise OpeningRefused(f"the field {name} does not open to this value")
    return {name: value for name, (_, value) in opening.opened.items()}


def record_leaf(salt: bytes, record: bytes) -> bytes:
    """The leaf of one furnished record: SHA-256(0x00, 32 random bytes, record) (an identity number could be guessed)."""
    return hashlib.sha256(b"\x00" + salt + record).digest()


def record_leaves(salts: bytes, records: Sequence[bytes]) -> list[bytes]:
    """Leaves of many records; `salts` holds 32 bytes for each, in order."""
    sha256 = hashlib.sha256
    return [
        sha256(b"\x00" + salts[at : at + 32] + record).digest()
        for at, record in zip(range(0, len(salts), 32), records, strict=True)
    ]
