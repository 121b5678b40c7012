"""What stands in one entry of the log?

An event about a person or a member is `bureau-log/v1 event` and the base64 of its commitment: 32 bytes that say nothing.
A system event (act, policy, key, tariff ...) is `bureau-log/v1 <type>` and canonical JSON in clear.
"""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from openbureau.tlog.canonical import NotCanonical, canonical
from openbureau.tlog.strict import Malformed, parse_hash, render_base64
from openbureau.tlog.tile import LARGEST_ENTRY

PREFIX = "bureau-log/v1 "
EVENT = "event"
BILLING = "billing"
KEY = "key"
AUDIT_REPORT = "audit-report"
DRAW = "draw"
INDEX = "index"
SYSTEM_KINDS = frozenset(
    {
        "act", "policy", KEY, "tariff", INDEX, BILLING, DRAW, AUDIT_REPORT, "incident", "shard-end",
    }
)  # fmt: skip
_KIND = re.compile(r"[a-z][a-z-]{0,30}\Z")


@dataclass(frozen=True, slots=True)
class Entry:
    """A parsed entry: its kind, and the commitment (event) or the JSON text (system)."""

    kind: str
    commitment: bytes | None
    content: bytes


def render_event(commitment: bytes) -> bytes:
    """The two lines of an event entry."""
    if len(commitment) != 32:
        raise Malformed("a commitment is 32 bytes long")
    return f"{PREFIX}{EVENT}\n{render_base64(commitment)}\n".encode()


def render_system(kind: str, value: dict[str, Any]) -> bytes:
    """The two lines of a system entry."""
    if kind not in SYSTEM_KINDS:
        raise Malformed(f"no system entry is of the kind {kind}")
    entry = f"{PREFIX}{kind}\n".encode() + canonical(value) + b"\n"
    if len(entry) > LARGEST_ENTRY:
        raise Malformed(f"a system entry is longer than {LARGEST_ENTRY} bytes")
    return entry


def parse_entry(entry: bytes) -> Entry:
    """Read an entry strictly; `Malformed` for anything else."""
    head, mark, rest = entry.partition(b"\n")
    if not mark or not rest.endswith(b"\n") or b"\n" in rest[:-1]:
        raise Malformed("an entry has two lines")
    try:
        first, second = head.decode("ascii"), rest[:-1]
    except UnicodeDecodeError:
        raise Malformed("an entry's first line is not ASCII") from None
    kind = first.removeprefix(PREFIX)
    if kind == first or not _KIND.match(kind):
        raise Malformed("an entry begins with bureau-log/v1 and its kind")
    if kind == EVENT:
        return Entry(EVENT, parse_hash(second.decode("ascii", "replace")), second)
    if kind not in SYSTEM_KINDS:
        raise Malformed(f"no entry is of the kind {kind}")
    return Entry(kind, None, second)


def read_said(content: bytes, names: Collection[str]) -> dict[str, Any]:
    """The JSON object of a system entry, if it has these names and no others and is canonical; else `Malformed`."""
    try:
        found = json.loads(content)
        is_canonical = canonical(found) == content
    except (ValueError, RecursionError, NotCanonical):
        raise Malformed("what a system entry says is not canonical JSON") from None
    if not is_canonical or not isinstance(found, dict) or set(found) != set(names):
        raise Malformed("what a system entry says has other names, or is not canonical JSON")
    return found
