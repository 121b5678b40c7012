"""What does a member owe?  Its invoices: closed ones as they were made, the running month as it stands.

Promises: a member sees its own and no other's; a closed invoice is the same bytes for ever and comes with the proof that the
log is bound to it.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from openbureau.core.invoice import make_invoice, render_invoice, summary_leaf, tiers_of
from openbureau.jobs.context import Bureau
from openbureau.store.billing import (
    ClosedMonth,
    KeptInvoice,
    as_member,
    bill_credits,
    bill_leaves,
    bill_lines,
    charges_left,
    closed_month,
    open_months,
    own_invoice,
    own_invoices,
)
from openbureau.store.database import Connection
from openbureau.tlog.merkle import Tree, prove_inclusion

LIST_MOST = 120
_MONTH = re.compile(r"2[0-9]{3}-(?:0[1-9]|1[0-2])\Z")


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice as it is shown.  `proof` binds a closed one to the log; None while the month is open."""

    content: bytes
    proof: dict[str, Any] | None

    @property
    def is_closed(self) -> bool:
        """Will it never change again?"""
        return self.proof is not None

    @property
    def hash(self) -> str:
        """SHA-256 of its bytes, hex."""
        return hashlib.sha256(self.content).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """The invoice as a value."""
        found: dict[str, Any] = json.loads(self.content)
        return found


def is_month(text: str) -> bool:
    """Is this a month of this millennium, as YYYY-MM?"""
    return _MONTH.match(text) is not None


def first_day(month: str) -> date:
    """The first day of a month."""
    return date.fromisoformat(f"{month}-01")


def assembled(bureau: Bureau, connection: Connection, member_id: str, month: str) -> dict[str, Any]:
    """The invoice of the member that is bound, from its charges and credit notes as they are now."""
    lines = bill_lines(connection, member_id, month)
    credited = bill_credits(connection, member_id, month)
    earlier = sorted({one.month for one in credited} - {month})
    return make_invoice(
        party_of(bureau, member_id),
        month,
        lines=lines,
        credited=credited,
        left=charges_left(connection, member_id, month=month, months=earlier) if earlier else {},
        tiers={one: tiers_of(bureau.law.on(first_day(one))) for one in (month, *earlier)},
    )


def party_of(bureau: Bureau, member_id: str) -> dict[str, str]:
    """A member as its invoices name it; by its id alone where the act does not know it any more."""
    member = bureau.members.get(member_id)
    if member is None:
        return {"id": member_id, "kind": "-", "zh": member_id, "en": member_id}
    return {"id": member_id, "kind": member.kind, "zh": member.name_zh, "en": member.name_en}


def invoice_of(bureau: Bureau, member_id: str, month: str) -> Invoice | None:
    """A member's invoice of a month; None where nothing stands on it, as in every month before the founding."""
    if month < str(bureau.act.body["made_on"])[:7]:
        return None
    with bureau.store.connection("billing") as connection, as_member(connection, member_id):
        closed = closed_month(connection, month)
        if closed is not None:
            kept = own_invoice(connection, member_id, month)
            return Invoice(kept.content, _proof(kept, closed, bill_leaves(connection, month))) if kept else None
        made = assembled(bureau, connection, member_id, month)
    return Invoice(render_invoice(made), None) if made["lines"] or made["credits"] else None


def _proof(kept: KeptInvoice, closed: ClosedMonth, leaves: list[bytes]) -> dict[str, Any]:
    """What ties an invoice to the entry of its month: the salted summary, its path to the root, and the entry."""
    tree = Tree()
    tree.append(leaves)
    shown = json.loads(kept.summary)
    is_whole = shown["invoice"] == hashlib.sha256(kept.content).hexdigest()
    if not is_whole or summary_leaf(kept.salt, shown) != leaves[kept.place]:
        raise AssertionError("a kept invoice is not the one that its month was closed with")
    return {
        "summary": shown,
        "salt": kept.salt.hex(),
        "place": kept.place,
        "size": tree.size,
        "path": [one.hex() for one in prove_inclusion(tree.read, kept.place, tree.size)],
        "entry": closed.entry.decode(),
        "leaf": closed.leaf.hex(),
        "proof": f"/v1/proofs/{closed.leaf.hex()}",
        "closed_at": closed.closed_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def invoices(bureau: Bureau, member_id: str) -> list[dict[str, Any]]:
    """A member's months, newest first: month, state, sums, and the hash of a closed invoice."""
    with bureau.store.connection("billing") as connection, as_member(connection, member_id):
        running = [assembled(bureau, connection, member_id, month) for month in open_months(connection, member_id)]
        kept = [json.loads(one) for one in own_invoices(connection, member_id, LIST_MOST)]
    return [
        {
            "month": told["month"],
            "state": "closed" if "invoice" in told else "open",
            "currency": told["currency"],
            "totals": told["totals"],
            "hash": told.get("invoice"),
        }
        for told in (*reversed(running), *kept)
    ]
