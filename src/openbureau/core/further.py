"""What is held on a subject beside accounts, and what of it may be seen on a day?

Guarantees given, public records, funders' shares, the subject's own part in a joint account, inquiries made elsewhere.
Promises: an adverse public record that ended more than the retention period ago is gone on every day after (Regulation on
the Credit Reporting Industry, Art. 16); a record that was revoked is gone at once, since it does not hold (Art. 23).

What a platform tells of use and business is no part of this: only the person's own report shows it (`core/answer/own.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import msgspec

from openbureau.core.furnishing.codes import ADVERSE_PUBLIC
from openbureau.core.subject import birthday

REVOKED, FULFILLED = "3", "2"


@dataclass(frozen=True, slots=True)
class Guarantee:
    """What the subject answers for on behalf of somebody else."""

    guarantee_id: str
    furnisher_id: str
    tradeline_id: str | None
    """The account it secures, where that is held."""
    guarantee_kind: str
    starts_on: date
    ends_on: date | None
    currency: str
    amount_fen: int
    outstanding_fen: int | None
    guarantee_status: str
    as_of_on: date


@dataclass(frozen=True, slots=True)
class SealedWords:
    """Authority and case number as kept: sealed, with the wrapped key of the subject under which they stand."""

    subject_id: str
    wrapped_key: bytes
    sealed: bytes


@dataclass(frozen=True, slots=True)
class PublicRecord:
    """A judgment, enforcement, penalty, award or the like.  `issuer` and `case_no` are None until they are opened."""

    public_id: str
    furnisher_id: str
    public_kind: str
    decided_on: date
    amount_fen: int | None
    public_status: str
    ended_on: date | None
    as_of_on: date
    words: SealedWords
    issuer: str | None = None
    case_no: str | None = None

    @property
    def is_adverse(self) -> bool:
        """Is it of a kind that is adverse?"""
        return self.public_kind in ADVERSE_PUBLIC

    @property
    def over_on(self) -> date | None:
        """The day on which what it tells of ended, None while it goes on.

        Fulfilled without a day: the day on which that was furnished, which is no earlier.
        """
        return self.ended_on or (self.as_of_on if self.public_status == FULFILLED else None)


@dataclass(frozen=True, slots=True)
class Share:
    """One funder's part of a joint loan, in basis points."""

    tradeline_id: str
    funder: str
    share_bp: int


@dataclass(frozen=True, slots=True)
class Part:
    """The subject's own part in a joint account."""

    tradeline_id: str
    liability_fen: int | None
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class OutsideInquiry:
    """An inquiry that was made elsewhere and furnished to us."""

    inquiry_id: str
    furnisher_id: str
    asked_by: str
    asker_kind: str
    reason: str
    asked_on: date


@dataclass(frozen=True, slots=True)
class Further:
    """All that is held beside accounts, months and our own inquiries."""

    guarantees: tuple[Guarantee, ...] = ()
    public_records: tuple[PublicRecord, ...] = ()
    shares: tuple[Share, ...] = ()
    parts: tuple[Part, ...] = ()
    outside: tuple[OutsideInquiry, ...] = ()


NOTHING_FURTHER = Further()


class StoredFurther(msgspec.Struct, frozen=True):
    """The same as the store hands it over."""

    g: list[tuple[str, str, str | None, str, date, date | None, str, int, int | None, str, date]] | None = None
    p: list[tuple[str, str, str, date, int | None, str, date | None, date, str, str, str]] | None = None
    s: list[tuple[str, str, int]] | None = None
    l: list[tuple[str, int | None, date | None]] | None = None  # noqa: E741  (the store's key for liabilities)
    o: list[tuple[str, str, str, str, str, date]] | None = None


_EMPTY = StoredFurther()


def decode_further(stored: StoredFurther | None) -> Further:
    """What the store handed over, as values."""
    if stored is None or stored == _EMPTY:
        return NOTHING_FURTHER
    return Further(
        guarantees=tuple(Guarantee(*one) for one in stored.g or ()),
        public_records=tuple(
            PublicRecord(*one[:8], SealedWords(one[8], _bytes(one[9]), _bytes(one[10]))) for one in stored.p or ()
        ),
        shares=tuple(Share(*one) for one in stored.s or ()),
        parts=tuple(Part(*one) for one in stored.l or ()),
        outside=tuple(OutsideInquiry(*one) for one in stored.o or ()),
    )


def _bytes(text: str) -> bytes:
    return msgspec.convert("".join(text.split()), bytes)


def with_words(held: Further, read: Callable[[PublicRecord], tuple[str, str | None]]) -> Further:
    """The same with the words of public records opened; `read` gives authority and case number.  Only with a `Permit`."""
    if not held.public_records:
        return held
    opened = []
    for record in held.public_records:
        issuer, case_no = read(record)
        opened.append(replace(record, issuer=issuer, case_no=case_no))
    return replace(held, public_records=tuple(opened))


def visible_further(held: Further, *, retention_years: int, today: date) -> Further:
    """Without adverse public records that are over for longer than the retention period, and without what was revoked."""
    if not held.public_records:
        return held
    shown = tuple(
        record
        for record in held.public_records
        if record.public_status != REVOKED
        and not (record.is_adverse and record.over_on and today > birthday(record.over_on, retention_years))
    )
    return held if len(shown) == len(held.public_records) else replace(held, public_records=shown)
