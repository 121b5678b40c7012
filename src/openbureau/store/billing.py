"""What is kept of bills: closed months, invoices, credit notes, disputes of a line.

Everything about a member is read and written under its tenant; row-level security shows no other member's.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openbureau.core.invoice import Credit, Line, Place, Reason
from openbureau.law.workdays import civil_day
from openbureau.store.database import Connection
from openbureau.store.log import add_pending
from openbureau.store.query import sql


@dataclass(frozen=True, slots=True)
class ClosedMonth:
    """A closed month: when, the system entry that says so, and the hash of that entry's leaf."""

    closed_at: datetime
    entry: bytes
    leaf: bytes


@dataclass(frozen=True, slots=True)
class KeptInvoice:
    """An invoice of a closed month as it was made, its summary and salt, and its place in the tree of the month."""

    content: bytes
    summary: bytes
    salt: bytes
    place: int


@dataclass(frozen=True, slots=True)
class WrongAnswer:
    """A charge for an answer that went out with a value corrected later; `evidence` is the leaf that tells of it."""

    member_id: str
    subject_id: str
    inquiry_id: str
    evidence: bytes


@dataclass(frozen=True, slots=True)
class Objection:
    """A dispute of a line as it is kept, with its decision where there is one; words are sealed."""

    dispute_id: str
    member_id: str
    subject_id: str
    inquiry_id: str
    month: str
    reason: str
    words_sealed: bytes
    opened_at: datetime
    decide_by: datetime
    is_upheld: bool | None
    decision_sealed: bytes | None
    decided_at: datetime | None
    decided_by: str | None


@contextmanager
def as_member(connection: Connection, member_id: str) -> Iterator[None]:
    """One transaction that sees this member's rows and no other's."""
    with connection.transaction():
        set_tenant(connection, member_id)
        yield


def set_tenant(connection: Connection, member_id: str) -> None:
    """Bind the running transaction to a member."""
    connection.execute(sql("set_tenant"), [member_id])


def lock_bills(connection: Connection) -> None:
    """Until this transaction ends nobody else closes a month or gives a charge back."""
    connection.execute(sql("lock_bills"))


def bill_lines(connection: Connection, member_id: str, month: str) -> list[Line]:
    """The charges of the member that is bound, with their log entries."""
    return [_line(row) for row in connection.execute(sql("bill_lines"), [member_id, month])]


def bill_credits(connection: Connection, member_id: str, month: str) -> list[Credit]:
    """What is given back to the member that is bound in a month."""
    return [
        Credit(row[10], _line(row), Reason(row[11]), row[12].hex() if row[12] else None, civil_day(row[13]))
        for row in connection.execute(sql("bill_credits"), [member_id, month])
    ]


def _line(row: tuple[Any, ...]) -> Line:
    lane, number, charged_on, product, rule_id, price, currency, inquiry_id, leaf, index = row[:10]
    return Line(lane, number, charged_on, product, rule_id, price, currency, str(inquiry_id), leaf.hex(), index)


def charges_left(connection: Connection, member_id: str, *, month: str, months: Sequence[str]) -> dict[Place, int]:
    """For each rule and price of some months: charges that no invoice before a month gave back."""
    words = {"member": member_id, "month": month, "months": list(months)}
    return {(row[0], row[1], row[2]): row[3] for row in connection.execute(sql("charges_left"), words)}


def numbered_charges(connection: Connection, member_id: str, month: str) -> int:
    """How many charges the lanes of a member numbered in a month."""
    row = connection.execute(sql("numbered_charges"), [member_id, month]).fetchone()
    return int(row[0]) if row else 0


def billed_members(connection: Connection, month: str) -> list[str]:
    """Who has something on a bill of a month."""
    return [row[0] for row in connection.execute(sql("billed_members"), {"month": month})]


def open_months(connection: Connection, member_id: str | None = None) -> list[str]:
    """Months with something on a bill that are not closed, oldest first: of the member that is bound, or of all."""
    query = sql("open_months") if member_id is None else sql("own_open_months")
    return [row[0] for row in connection.execute(query, None if member_id is None else {"member": member_id})]


def closed_months(connection: Connection) -> list[str]:
    """Every closed month, oldest first."""
    return [row[0] for row in connection.execute(sql("closed_months"))]


def closed_month(connection: Connection, month: str) -> ClosedMonth | None:
    """What closed a month, None while it is open."""
    row = connection.execute(sql("closed_month"), [month]).fetchone()
    return ClosedMonth(*row) if row else None


def add_bill_month(
    connection: Connection, month: str, closed_by: str, closed: ClosedMonth, *, leaf_id: str
) -> None:  # fmt: skip
    """Close a month: its row, and its entry into the queue of the log."""
    connection.execute(sql("add_bill_month"), [month, closed.closed_at, closed_by, closed.entry, closed.leaf])
    add_pending(connection, leaf_id, closed.entry, closed.closed_at)


def add_invoice(
    connection: Connection, member_id: str, month: str, kept: KeptInvoice, *, tree_leaf: bytes
) -> None:  # fmt: skip
    """Keep an invoice of the member that is bound."""
    row = [member_id, month, kept.place, kept.content, kept.summary, kept.salt, tree_leaf]
    connection.execute(sql("add_invoice"), row)


def own_invoice(connection: Connection, member_id: str, month: str) -> KeptInvoice | None:
    """The closed invoice of the member that is bound."""
    row = connection.execute(sql("own_invoice"), [member_id, month]).fetchone()
    return KeptInvoice(*row) if row else None


def own_invoices(connection: Connection, member_id: str, most: int) -> list[bytes]:
    """The summaries of the closed invoices of the member that is bound, newest first."""
    return [row[0] for row in connection.execute(sql("own_invoices"), [member_id, most])]


def invoices_of(connection: Connection, month: str) -> Iterator[tuple[bytes, bytes]]:
    """Summary and salt of every invoice of a month, in the order of its tree."""
    yield from connection.execute(sql("invoices_of"), [month])


def bill_leaves(connection: Connection, month: str) -> list[bytes]:
    """The leaf hashes of a month's tree."""
    return [row[0] for row in connection.execute(sql("bill_leaves"), [month])]


def wrong_answers(connection: Connection) -> list[WrongAnswer]:
    """Charges that a correction made free and that were not given back yet."""
    return [WrongAnswer(row[0], str(row[1]), str(row[2]), row[3]) for row in connection.execute(sql("wrong_answers"))]


def add_credit_note(
    connection: Connection, subject_id: str, inquiry_id: str, *, reason: Reason, evidence: bytes | None, at: datetime, by: str
) -> bool:  # fmt: skip
    """Give a charge of the member that is bound back; False when it was given back before."""
    words = {
        "subject": subject_id,
        "inquiry": inquiry_id,
        "reason": reason.value,
        "evidence": evidence,
        "at": at,
        "by": by,
    }
    return connection.execute(sql("add_credit_note"), words).rowcount == 1


def charge_of_line(
    connection: Connection, member_id: str, month: str, *, inquiry_id: str
) -> tuple[str, bool, bool] | None:
    """The subject behind a line of the member that is bound; was it given back, was it disputed?  None for no such line."""
    row = connection.execute(sql("charge_of_line"), [member_id, month, inquiry_id]).fetchone()
    return (str(row[0]), row[1], row[2]) if row else None


def add_bill_dispute(connection: Connection, made: Objection) -> bool:
    """Keep an objection of the member that is bound; False when its line was disputed before."""
    row = [made.dispute_id, made.subject_id, made.inquiry_id, made.member_id, made.month, made.reason, made.words_sealed,
           made.opened_at, made.decide_by]  # fmt: skip
    return connection.execute(sql("add_bill_dispute"), row).rowcount == 1


def bill_disputes(
    connection: Connection, *, member_id: str | None = None, dispute_id: str | None = None, most: int = 200
) -> list[Objection]:
    """Objections, newest first: of one member or of all, or one of them."""
    words = {"member": member_id, "dispute": dispute_id, "most": most}
    return [
        Objection(str(row[0]), row[1], str(row[2]), str(row[3]), *row[4:])
        for row in connection.execute(sql("bill_disputes"), words)
    ]


def add_bill_decision(
    connection: Connection, made: Objection, *, is_upheld: bool, words_sealed: bytes, at: datetime, by: str
) -> bool:
    """Decide an objection of the member that is bound, once; False when it was decided before."""
    row = [made.dispute_id, made.member_id, is_upheld, words_sealed, at, by]
    return connection.execute(sql("add_bill_decision"), row).rowcount == 1
