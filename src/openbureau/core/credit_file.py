"""What is held on a subject, and what of it may be seen on a day?

A tradeline keeps its last 60 months as compact columns.  `visible` takes out adverse months whose event ended more than
the retention period ago (Regulation on the Credit Reporting Industry, Art. 16): they are gone on every day after the
last; what was paid on time stays.

`as_of` of a file says when it was known.  Today's retention applies to what is shown, whatever the `as_of`.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

import msgspec

from openbureau.core.decision.order import ORDER_PURPOSES
from openbureau.core.further import NOTHING_FURTHER, Further, StoredFurther, decode_further, visible_further
from openbureau.core.subject import birthday

ADVERSE = frozenset("1234567BDGZ")
"""Monthly statuses that are adverse: overdue by whole bands, bad debt, paid by guarantor, ended otherwise, settled by
assets (PBOC monthly repayment status)."""
ADVERSE_CLASSES = frozenset("3456")
"""Grades of the five-class scale that are adverse: substandard, doubtful, loss, default."""
COLLECTION = "C1"
"""The account type that is adverse as a whole."""
NOTHING = " "
"""No row for this month."""
UNKNOWN = -1
"""An amount that was not furnished, in the compact columns."""


@dataclass(frozen=True, slots=True)
class Tradeline:
    """One credit account.  Amounts in the smallest unit of `currency`; months from `first_month` on, one column each.

    `first_month` counts year*12+month-1; `statuses` has one character a month, a blank where no row was furnished.
    """

    tradeline_id: str
    furnisher_id: str
    account_type: str
    business_type: str
    role: str
    opened_on: date
    closed_on: date | None
    due_on: date | None
    currency: str
    limit_fen: int
    account_status: str
    five_class: str | None
    as_of_on: date
    first_month: int
    statuses: str
    balances: tuple[int, ...]
    dues: tuple[int, ...]
    paids: tuple[int, ...]
    overdues: tuple[int, ...]
    known_at: datetime

    @property
    def last_month(self) -> int:
        """The newest month held (one before the first when there is none)."""
        return self.first_month + len(self.statuses) - 1

    @property
    def balance_fen(self) -> int:
        """The balance of the newest month, 0 when there is none or the account is closed."""
        return max(self.balances[-1], 0) if self.balances and self.closed_on is None else 0

    @property
    def overdue_fen(self) -> int:
        """The amount overdue in the newest month, 0 when there is none or the account is closed."""
        return max(self.overdues[-1], 0) if self.overdues and self.closed_on is None else 0


@dataclass(frozen=True, slots=True)
class InquiryEntry:
    """One earlier inquiry about the subject."""

    inquiry_id: str
    member_id: str
    purpose: str
    asked_at: datetime
    outcome: str


@dataclass(frozen=True, slots=True)
class Statement:
    """The subject's own words beside an entry (Art. 16)."""

    tradeline_id: str
    words: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class CreditFile:
    """All that is held on one subject, as known at `as_of`."""

    subject_id: str
    kind: str
    tradelines: tuple[Tradeline, ...]
    inquiries: tuple[InquiryEntry, ...]
    statements: tuple[Statement, ...]
    as_of: datetime
    synthetic: bool
    further: Further = NOTHING_FURTHER

    @property
    def is_empty(self) -> bool:
        """Is there no account at all, and nothing that the subject answers for or that a public body decided?"""
        return not (self.tradelines or self.further.guarantees or self.further.public_records)


class _Stored(msgspec.Struct, array_like=True, frozen=True):
    tradeline_id: str
    furnisher_id: str
    account_type: str
    business_type: str
    role: str
    opened_on: date
    closed_on: date | None
    due_on: date | None
    currency: str
    limit_fen: int
    account_status: str
    five_class: str | None
    as_of_on: date
    first_month: int
    statuses: str
    balances: tuple[int, ...]
    dues: tuple[int, ...]
    paids: tuple[int, ...]
    overdues: tuple[int, ...]
    known_at: datetime


class _StoredInquiry(msgspec.Struct, array_like=True, frozen=True):
    inquiry_id: str
    member_id: str
    purpose: str
    asked_at: datetime
    outcome: str


class _StoredFile(msgspec.Struct, frozen=True):
    t: list[_Stored]
    i: list[_StoredInquiry]
    f: StoredFurther | None = None


_decode = msgspec.json.Decoder(_StoredFile).decode


def decode_file(raw: bytes, *, subject_id: str, kind: str, as_of: datetime, synthetic: bool) -> CreditFile:
    """The file from the text in which the store hands it over.  Called only with a `Permit` or for the subject itself."""
    stored = _decode(raw)
    return CreditFile(
        subject_id=subject_id,
        kind=kind,
        tradelines=tuple(
            Tradeline(
                t.tradeline_id, t.furnisher_id, t.account_type, t.business_type, t.role, t.opened_on, t.closed_on,
                t.due_on, t.currency, t.limit_fen, t.account_status, t.five_class, t.as_of_on, t.first_month,
                t.statuses, t.balances, t.dues, t.paids, t.overdues, t.known_at,
            )
            for t in stored.t
        ),
        inquiries=tuple(
            InquiryEntry(i.inquiry_id, i.member_id, i.purpose, i.asked_at, i.outcome) for i in stored.i
        ),
        statements=(),
        as_of=as_of,
        synthetic=synthetic,
        further=decode_further(stored.f),
    )  # fmt: skip


def month_number(day: date) -> int:
    """A month as year*12+month-1."""
    return day.year * 12 + day.month - 1


def month_text(number: int) -> str:
    """`YYYY-MM` of a month number."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def month_of_text(text: str) -> int:
    """The month number of `YYYY-MM`."""
    return int(text[:4]) * 12 + int(text[5:]) - 1


def month_end(number: int) -> date:
    """The last day of a month."""
    return date.fromordinal(date((number + 1) // 12, (number + 1) % 12 + 1, 1).toordinal() - 1)


def visible(held: CreditFile, *, retention_years: int, today: date) -> CreditFile:
    """The file without what is adverse and ended longer ago than the retention period (Art. 16).

    Adverse months go, the adverse grade of a closed account goes, a closed collection account goes as a whole, and so does
    an adverse public record that is over.  So do look-ups by courts and authorities: whom they look at the person reads in
    the diary, and nobody in a report.
    """
    shown = tuple(
        _visible(tradeline, retention_years, today)
        for tradeline in held.tradelines
        if tradeline.account_type != COLLECTION or not _is_over(tradeline.closed_on, retention_years, today)
    )
    further = visible_further(held.further, retention_years=retention_years, today=today)
    asked = tuple(seen for seen in held.inquiries if seen.purpose not in ORDER_PURPOSES)
    is_whole = shown == held.tradelines and further is held.further and asked == held.inquiries
    return held if is_whole else replace(held, tradelines=shown, further=further, inquiries=asked)


def _is_over(ended_on: date | None, years: int, today: date) -> bool:
    return ended_on is not None and today > birthday(ended_on, years)


def _visible(tradeline: Tradeline, years: int, today: date) -> Tradeline:
    if tradeline.five_class in ADVERSE_CLASSES and _is_over(tradeline.closed_on, years, today):
        tradeline = replace(tradeline, five_class=None)
    if not ADVERSE.intersection(tradeline.statuses):
        return tradeline
    kept = list(tradeline.statuses)
    hidden: set[int] = set()
    for first, last in adverse_runs(tradeline.statuses):
        if _is_over(_ended_on(tradeline, last), years, today):
            hidden.update(range(first, last + 1))
    if not hidden:
        return tradeline
    for at in hidden:
        kept[at] = NOTHING
    return replace(
        tradeline,
        statuses="".join(kept),
        balances=_without(tradeline.balances, hidden),
        dues=_without(tradeline.dues, hidden),
        paids=_without(tradeline.paids, hidden),
        overdues=_without(tradeline.overdues, hidden),
    )


def _without(amounts: tuple[int, ...], hidden: set[int]) -> tuple[int, ...]:
    return tuple(UNKNOWN if at in hidden else amount for at, amount in enumerate(amounts))


def adverse_runs(statuses: str) -> list[tuple[int, int]]:
    """First and last place of each unbroken run of adverse months.  A month without a row does not end a run."""
    runs: list[tuple[int, int]] = []
    is_open = False
    for at, status in enumerate(statuses):
        if status in ADVERSE:
            if is_open:
                runs[-1] = (runs[-1][0], at)
            else:
                runs.append((at, at))
            is_open = True
        elif status not in {NOTHING, "#"}:
            is_open = False
    return runs


def adverse_ends(tradeline: Tradeline) -> list[date | None]:
    """Of each adverse event in the months of an account the day on which it ended, None while it goes on."""
    return [_ended_on(tradeline, last) for _, last in adverse_runs(tradeline.statuses)]


def _ended_on(tradeline: Tradeline, last: int) -> date | None:
    """The day on which the adverse event ended, None while it goes on.

    It ended with the last adverse month when a later month shows the account in order, or when the account closed.
    """
    later = tradeline.statuses[last + 1 :]
    if any(status not in {NOTHING, "#"} for status in later):
        return month_end(tradeline.first_month + last)
    return tradeline.closed_on
