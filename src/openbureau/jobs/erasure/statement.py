"""What does an erasure say of itself?

A signed statement: by whose order, under which articles, how much of which chain; it names a label, never a person.  The entry
of the erasure is bound to it, so whoever holds the log can check that what was closed there was closed lawfully.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openbureau.core.leaf import Event, EventKind, Leaf
from openbureau.core.pricing import FREE
from openbureau.jobs.context import Bureau
from openbureau.jobs.inquiry.contents import response_key
from openbureau.store.erasure.rows import Order
from openbureau.tlog.canonical import canonical

SCHEMA = "openbureau-erasure/1"
HEAD = b"openbureau erasure\n"
"""What stands before the statement in what is signed."""
FILE, EXPIRED = "file", "expired"
_BASIS = {"request": "right", "decision": "decision", "term": "duty"}


@dataclass(frozen=True, slots=True)
class Statement:
    """The statement's bytes, and its signature by the key that the founding act names `response`."""

    content: bytes
    signature: bytes

    @property
    def hash(self) -> str:
        """SHA-256, hex: what the entry is bound to."""
        return hashlib.sha256(self.content).hexdigest()


def state(
    bureau: Bureau, order: Order, chain: tuple[str, int], leaves: list[bytes], *, scope: str, at: datetime,
    more: dict[str, Any] | None = None,
) -> Statement:  # fmt: skip
    """The statement of an erasure; `chain` is the label and the number that the erasure takes in it."""
    label, seq = chain
    said = {
        "schema": SCHEMA,
        "log": bureau.act.origin,
        "label": label,
        "seq": seq,
        "scope": scope,
        "cause": order.cause,
        "by": order.ordered_by,
        "handle": order.handle,
        "reason": order.reason,
        "rules": list(order.rules),
        "at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "events": len(leaves),
        "leaves": hashlib.sha256(b"".join(leaves)).hexdigest(),
    } | (more or {})
    content = canonical(said)
    return Statement(content, response_key(bureau).sign(HEAD + content))


def leaf_of(
    bureau: Bureau, order: Order, chain: tuple[str, int, str], *, statement: Statement, scope: str, at: datetime
) -> Leaf:
    """The entry of an erasure: the next of its chain, and of a whole file the last.  `chain`: label, number, head before."""
    label, seq, prev = chain
    return bureau.leaf(
        Event(
            kind=EventKind.ERASURE,
            at=at,
            actor="bureau",
            actor_user=order.handle,
            label=label,
            seq=seq,
            prev=prev,
            purpose="erasure",
            product=scope,
            regime=bureau.settings.regime,
            basis=_BASIS[order.cause],
            basis_ref=statement.hash,
            policy=order.policy,
            price=FREE,
        )
    )
