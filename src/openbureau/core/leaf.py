"""What does the log say of one event?

Leaf schema 1, complete from the first day: nineteen fields in a fixed order, committed to one by one
(`tlog/commitment.py`).  The public entry holds the commitment alone; fields and salt stay with us, sealed, and go with
an erasure.  The meaning and form of each field is in docs/specs/leaf.md.
"""

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from openbureau.tlog.commitment import Commitment, commit
from openbureau.tlog.entry import render_event
from openbureau.tlog.merkle import leaf_hash

NONE = "-"
NO_LEAF = "0" * 64


class EventKind(StrEnum):
    """Every kind of event that makes a leaf."""

    INQUIRY = "inquiry"
    INQUIRY_REFUSED = "inquiry-refused"
    CONSENT_GIVEN = "consent-given"
    CONSENT_WITHDRAWN = "consent-withdrawn"
    FURNISHING = "furnishing"
    CORRECTION = "correction"
    DISPUTE_OPENED = "dispute-opened"
    DISPUTE_CLOSED = "dispute-closed"
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    STATEMENT = "statement"
    RELIEF = "relief"
    NOTICE = "notice"
    RESERVATION = "reservation"
    LINK = "link"
    UNLINK = "unlink"
    MODEL_RUN = "model-run"
    SELF_ACCESS = "self-access"
    STAFF_VIEW = "staff-view"
    EXPORT = "export"
    OPENING = "opening"
    ERASURE = "erasure"


SCHEMA = (
    "kind", "time", "label", "seq", "prev", "actor", "actor_user", "purpose", "product", "regime", "basis",
    "basis_ref", "policy", "inputs", "request", "response", "price", "bill_seq", "notice",
)  # fmt: skip
COMMITTEE_FIELDS = (
    "kind", "time", "label", "seq", "prev", "actor", "purpose", "basis", "basis_ref", "policy", "price", "bill_seq",
)  # fmt: skip
"""What the committee is shown of every event: flows under labels, no person."""
LENDER_FIELDS = (
    "kind", "time", "actor", "actor_user", "purpose", "product", "regime", "basis", "basis_ref", "policy",
    "request", "response", "price", "bill_seq",
)  # fmt: skip
"""What a member is shown of its own events: no label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event, field by field.  Texts; `-` where a field has nothing to say; hashes in hex."""

    kind: EventKind
    at: datetime
    actor: str
    label: str = NONE
    seq: int = 0
    prev: str = NO_LEAF
    actor_user: str = NONE
    purpose: str = NONE
    product: str = NONE
    regime: str = NONE
    basis: str = NONE
    basis_ref: str = NONE
    policy: str = NONE
    inputs: str = NONE
    request: str = NONE
    response: str = NONE
    price: str = NONE
    bill_seq: str = NONE
    notice: str = NONE


@dataclass(frozen=True, slots=True)
class Leaf:
    """An event as it enters the log: the public entry and its hash, and what opens it."""

    entry: bytes
    leaf_hash: bytes
    commitment: Commitment
    fields: tuple[tuple[str, str], ...]
    salt: bytes


def event_fields(event: Event) -> tuple[tuple[str, str], ...]:
    """The nineteen fields in the order of the schema, as NFC text."""
    values = (
        event.kind.value, _time(event.at), event.label, str(event.seq), event.prev, event.actor, event.actor_user,
        event.purpose, event.product, event.regime, event.basis, event.basis_ref, event.policy, event.inputs,
        event.request, event.response, event.price, event.bill_seq, event.notice,
    )  # fmt: skip
    return tuple(
        (name, value if value.isascii() else unicodedata.normalize("NFC", value))
        for name, value in zip(SCHEMA, values, strict=True)
    )


def _time(at: datetime) -> str:
    """RFC 3339 in UTC, whole seconds; ValueError for an instant that does not say its zone."""
    if at.tzinfo is None:
        raise ValueError("an instant of an event says its zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def make_leaf(event: Event, salt: bytes) -> Leaf:
    """The leaf of an event under a salt of 32 random bytes that is used for nothing else."""
    fields = event_fields(event)
    commitment = commit(fields, salt)
    entry = render_event(commitment.root)
    return Leaf(entry, leaf_hash(entry), commitment, fields, salt)


def bill_number(month: str, lane: int, number: int) -> str:
    """The `bill_seq` field: billing month, lane, and the number within the lane (1, 2, 3 ... without gap)."""
    return f"{month};{lane:03d};{number}"
