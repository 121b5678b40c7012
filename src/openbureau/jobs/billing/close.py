"""Close a month: its invoices are made once, kept as bytes, and bound to the log.

Promises: a month is closed once, after its end and in its turn, when every charge of it is under a signed checkpoint; all its
invoices and the system entry `billing` are written in one transaction or not at all; called again, the invoices are made
again from the charges and must be the same bytes.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from openbureau.core.invoice import billing_entry, render_invoice, summary, summary_leaf
from openbureau.jobs.billing.credit import credit_wrong_answers
from openbureau.jobs.billing.invoices import assembled, first_day, is_month
from openbureau.jobs.context import Bureau
from openbureau.jobs.ids import new_id
from openbureau.jobs.log.sequence import sequence
from openbureau.law.workdays import BEIJING, add_months, civil_day
from openbureau.store.billing import (
    ClosedMonth,
    KeptInvoice,
    add_bill_month,
    add_invoice,
    billed_members,
    closed_month,
    closed_months,
    lock_bills,
    numbered_charges,
    open_months,
    own_invoice,
    set_tenant,
)
from openbureau.store.database import Connection
from openbureau.tlog.canonical import canonical
from openbureau.tlog.entry import BILLING, parse_entry, render_system
from openbureau.tlog.merkle import Tree, leaf_hash


class BillRefused(ValueError):
    """The month cannot be closed now; the message says why and what to do."""


class BillMisbehaviour(RuntimeError):
    """What is kept of a closed month is not what its charges come to.  The message is the evidence."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed month: what its entry says, the entry's leaf, and whether it was closed before."""

    said: dict[str, Any]
    leaf: str
    is_repeat: bool

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON."""
        return {"entry": self.said, "leaf": self.leaf, "proof": f"/v1/proofs/{self.leaf}", "is_repeat": self.is_repeat}


def close_month(bureau: Bureau, month: str, *, by: str) -> Closed:
    """Close a month (`YYYY-MM`), or make a closed one again and compare.  `BillRefused` where it is not its turn."""
    if not is_month(month):
        raise BillRefused(f"{month!r} is not a month; write it as 2026-11")
    with bureau.store.connection("auditor") as connection:
        is_closed = closed_month(connection, month) is not None
    if not is_closed:
        credit_wrong_answers(bureau)
        _must_be_its_turn(bureau, month)
    with bureau.store.connection("billing") as connection, connection.transaction():
        lock_bills(connection)
        with bureau.store.connection("auditor") as every:
            members = billed_members(every, month)
        closed = closed_month(connection, month)
        if closed is not None:
            _must_be_the_same(bureau, connection, month, members)
            return Closed(_said(closed), closed.leaf.hex(), is_repeat=True)
        sequence(bureau)
        return _close(bureau, connection, month, who=(members, by))


def closes_at(bureau: Bureau, month: str) -> datetime:
    """From when on a month can be closed: some hours after its end in Beijing, by the rule of today."""
    hours = bureau.rulebook(civil_day(bureau.clock())).typed.bill_close_hours.number
    return datetime.combine(add_months(first_day(month), 1), datetime.min.time(), BEIJING) + timedelta(hours=hours)


def _must_be_its_turn(bureau: Bureau, month: str) -> None:
    """After its end, after every earlier month with anything on it, and before none that is closed."""
    if bureau.clock() < (begin := closes_at(bureau, month)):
        when = begin.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        raise BillRefused(f"{month} cannot be closed before {when}: answers of that month may still be under way")
    with bureau.store.connection("auditor") as connection:
        waiting = [one for one in open_months(connection) if one < month]
        later = [one for one in closed_months(connection) if one > month]
    if waiting:
        raise BillRefused(f"{waiting[0]} is not closed yet; close months in their order")
    if later:
        raise BillRefused(f"{later[0]} is closed already; nothing was owed for {month}")


def _close(bureau: Bureau, connection: Connection, month: str, *, who: tuple[list[str], str]) -> Closed:
    members, by = who
    leaves, summaries, kept = [], [], []
    for place, member_id in enumerate(members):
        content = _made(bureau, connection, member_id, month)
        shown = summary(json.loads(content), hashlib.sha256(content).hexdigest())
        salt = bureau.random(32)
        leaves.append(summary_leaf(salt, shown))
        summaries.append(shown)
        kept.append((member_id, KeptInvoice(content, canonical(shown), salt, place)))
    tree = Tree()
    tree.append(leaves)
    said = billing_entry(month, summaries, tree.root().hex())
    entry = render_system(BILLING, said)
    now = bureau.clock()
    closed = ClosedMonth(now, entry, leaf_hash(entry))
    add_bill_month(connection, month, by, closed, leaf_id=new_id(now, bureau.random))
    for (member_id, one), leaf in zip(kept, leaves, strict=True):
        set_tenant(connection, member_id)
        add_invoice(connection, member_id, month, one, tree_leaf=leaf)
    return Closed(said, closed.leaf.hex(), is_repeat=False)


def _made(bureau: Bureau, connection: Connection, member_id: str, month: str) -> bytes:
    """A member's invoice from its charges; every charge is there, and its leaf has its place in the log."""
    set_tenant(connection, member_id)
    made = assembled(bureau, connection, member_id, month)
    if any(line["log_index"] is None for line in made["lines"]):
        raise BillRefused(
            f"charges of {month} wait for their place in the log; see that the sequencer works, and try again"
        )
    if len(made["lines"]) != numbered_charges(connection, member_id, month):
        raise BillMisbehaviour(f"the lanes of {month} have numbered more or fewer charges than there are")
    return render_invoice(made)


def _must_be_the_same(bureau: Bureau, connection: Connection, month: str, members: list[str]) -> None:
    """Made again from the charges, the invoices of a closed month are the kept bytes."""
    for member_id in members:
        set_tenant(connection, member_id)
        kept = own_invoice(connection, member_id, month)
        if kept is None or kept.content != _made_again(bureau, connection, kept, month):
            raise BillMisbehaviour(f"an invoice of {month} made again is not the one that was kept")


def _made_again(bureau: Bureau, connection: Connection, kept: KeptInvoice, month: str) -> bytes:
    """From the charges, under the name that the member had when the month was closed."""
    party = json.loads(kept.content)["member"]
    return render_invoice(assembled(bureau, connection, party["id"], month) | {"member": party})


def _said(closed: ClosedMonth) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(parse_entry(closed.entry).content)
    return found
