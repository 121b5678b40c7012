"""A member objects to a line of its bill; the bureau decides, with reasons, in time.

Promises: each charge is disputed at most once, and decided once; objection and decision are both kept, sealed; an upheld
objection is a credit note in the same transaction.  What cannot be disputed is told by a value, never by an exception.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from openbureau.core.invoice import Reason
from openbureau.jobs.billing.invoices import is_month
from openbureau.jobs.context import Bureau
from openbureau.jobs.ids import new_id
from openbureau.law.workdays import civil_day
from openbureau.store.billing import (
    Objection,
    add_bill_decision,
    add_bill_dispute,
    add_credit_note,
    as_member,
    bill_disputes,
    charge_of_line,
    closed_month,
    lock_bills,
)
from openbureau.store.sealing import seal, unseal

REASONS: dict[str, tuple[str, str]] = {
    "wrong-answer": ("答复内容有误", "The answer was wrong"),
    "late-answer": ("答复过迟", "The answer came late"),
    "not-asked": ("并非本机构查询", "We did not ask"),
    "other": ("其他", "Another reason"),
}
"""Why a line may be disputed, in Chinese and English."""
LONGEST_WORDS = 2000


class NotDisputed(StrEnum):
    """Why a line cannot be disputed."""

    NO_SUCH_LINE = "no-such-line"
    DISPUTED_BEFORE = "disputed-before"
    CREDITED_BEFORE = "credited-before"
    TOO_LATE = "too-late"


class NotDecided(StrEnum):
    """Why a dispute cannot be decided."""

    NO_SUCH_DISPUTE = "no-such-dispute"
    DECIDED_BEFORE = "decided-before"


@dataclass(frozen=True, slots=True)
class Dispute:
    """An objection with its decision, opened; `is_upheld` None while it waits, `is_overdue` when it has waited too long."""

    dispute_id: str
    member_id: str
    inquiry_id: str
    month: str
    reason: str
    words: str
    opened_at: datetime
    decide_by: datetime
    is_upheld: bool | None = None
    decision: str | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None
    is_overdue: bool = False

    def to_json(self) -> dict[str, object]:
        """The dispute as its member sees it."""
        return {
            "dispute_id": self.dispute_id,
            "month": self.month,
            "inquiry_id": self.inquiry_id,
            "reason": self.reason,
            "words": self.words,
            "opened_at": _text(self.opened_at),
            "decide_by": _text(self.decide_by),
            "state": "open" if self.is_upheld is None else "upheld" if self.is_upheld else "rejected",
            "decision": self.decision,
            "decided_at": _text(self.decided_at) if self.decided_at else None,
        }


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def open_dispute(
    bureau: Bureau, member_id: str, month: str, *, inquiry_id: str, reason: str, words: str
) -> Dispute | NotDisputed:
    """Object to the charge for an inquiry.  `reason` is one of `REASONS`, `words` at most `LONGEST_WORDS` characters."""
    if reason not in REASONS or not 1 <= len(words.strip()) <= LONGEST_WORDS:
        raise ValueError("a dispute has one of the known reasons and says why")
    if not is_month(month):
        return NotDisputed.NO_SUCH_LINE
    now = bureau.clock()
    typed = bureau.rulebook(civil_day(now)).typed
    with bureau.store.connection("billing") as connection, as_member(connection, member_id):
        closed = closed_month(connection, month)
        if closed is not None and now > closed.closed_at + timedelta(days=typed.bill_dispute_days.number):
            return NotDisputed.TOO_LATE
        found = charge_of_line(connection, member_id, month, inquiry_id=inquiry_id)
        if found is None:
            return NotDisputed.NO_SUCH_LINE
        subject_id, is_credited, is_disputed = found
        if is_credited:
            return NotDisputed.CREDITED_BEFORE
        dispute_id = new_id(now, bureau.random)
        made = Objection(
            dispute_id, member_id, subject_id, inquiry_id, month, reason,
            sealed_words(bureau, "words", dispute_id, words.strip()), now,
            now + timedelta(days=typed.bill_decision_days.number), None, None, None, None,
        )  # fmt: skip
        if is_disputed or not add_bill_dispute(connection, made):
            return NotDisputed.DISPUTED_BEFORE
    return _opened(bureau, made)


def disputes(bureau: Bureau, member_id: str | None = None) -> list[Dispute]:
    """The disputes of a member, or of all members, newest first."""
    if member_id is None:
        with bureau.store.connection("auditor") as connection:
            found = bill_disputes(connection)
    else:
        with bureau.store.connection("billing") as connection, as_member(connection, member_id):
            found = bill_disputes(connection, member_id=member_id)
    return [_opened(bureau, one) for one in found]


def decide_dispute(
    bureau: Bureau, dispute_id: str, *, is_upheld: bool, words: str, by: str
) -> Dispute | NotDecided:  # fmt: skip
    """Decide a dispute, once, with reasons; upheld, the charge is given back."""
    if not 1 <= len(words.strip()) <= LONGEST_WORDS:
        raise ValueError(f"a decision says why, in 1 to {LONGEST_WORDS} characters")
    with bureau.store.connection("auditor") as connection:
        found = bill_disputes(connection, dispute_id=dispute_id)
    if not found:
        return NotDecided.NO_SUCH_DISPUTE
    made, now = found[0], bureau.clock()
    sealed = sealed_words(bureau, "decision", dispute_id, words.strip())
    with bureau.store.connection("billing") as connection, as_member(connection, made.member_id):
        lock_bills(connection)
        if not add_bill_decision(connection, made, is_upheld=is_upheld, words_sealed=sealed, at=now, by=by):
            return NotDecided.DECIDED_BEFORE
        if is_upheld:
            add_credit_note(
                connection, made.subject_id, made.inquiry_id, reason=_reason(made), evidence=None, at=now, by=by
            )  # fmt: skip
    return _opened(
        bureau, replace(made, is_upheld=is_upheld, decision_sealed=sealed, decided_at=now, decided_by=by)
    )  # fmt: skip


def _reason(made: Objection) -> Reason:
    return Reason.LATE_ANSWER if made.reason == "late-answer" else Reason.DISPUTE_UPHELD


def sealed_words(bureau: Bureau, what: str, dispute_id: str, words: str) -> bytes:
    """What was said of a dispute (`words` of the member, `decision` of the bureau), sealed for us."""
    return seal(bureau.keys.key("event"), words.encode(), place=f"bill/{what}/{dispute_id}", random=bureau.random)


def _unsealed(bureau: Bureau, what: str, dispute_id: str, sealed: bytes) -> str:
    return unseal(bureau.keys.key("event"), sealed, place=f"bill/{what}/{dispute_id}").decode()


def _opened(bureau: Bureau, kept: Objection) -> Dispute:
    decision = kept.decision_sealed
    return Dispute(
        kept.dispute_id,
        kept.member_id,
        kept.inquiry_id,
        kept.month,
        kept.reason,
        _unsealed(bureau, "words", kept.dispute_id, kept.words_sealed),
        kept.opened_at,
        kept.decide_by,
        kept.is_upheld,
        _unsealed(bureau, "decision", kept.dispute_id, decision) if decision else None,
        kept.decided_at,
        kept.decided_by,
        is_overdue=kept.is_upheld is None and bureau.clock() > kept.decide_by,
    )
