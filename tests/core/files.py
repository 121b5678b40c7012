"""Made-up credit files: one plain builder, and random ones from a seed or from Hypothesis."""

import random
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from openbureau.core.credit_file import ADVERSE, CreditFile, InquiryEntry, Tradeline, month_number
from openbureau.core.purpose import PURPOSES

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
TODAY = NOW.date()
MONTH = month_number(TODAY)
SUBJECT = "0192f0c1-0000-7000-8000-00000000000a"
CODES = "N*MAC#/ " + "".join(sorted(ADVERSE))
ROLES = ("borrower", "co-borrower", "guarantor")
TYPES = ("D1", "R1", "R2", "R3", "R4", "C1")
MEMBERS = ("bank-alpha", "bank-beta", "bank-gamma", "micro-delta")


def line(statuses: str = "N" * 12, **changes: Any) -> Tradeline:
    """One account whose newest month is the month before the inquiry, with changes."""
    count = len(statuses)
    plain: dict[str, Any] = {
        "tradeline_id": "t-0", "furnisher_id": "bank-alpha", "account_type": "D1", "business_type": "91",
        "role": "borrower", "opened_on": date(2024, 3, 15), "closed_on": None, "due_on": date(2028, 3, 15),
        "currency": "CNY", "limit_fen": 1_000_000, "account_status": "1", "five_class": "1",
        "as_of_on": date(2026, 10, 31), "first_month": MONTH - count, "statuses": statuses,
        "balances": (500_000,) * count, "dues": (10_000,) * count, "paids": (10_000,) * count,
        "overdues": tuple(7_000 if status in ADVERSE else 0 for status in statuses), "known_at": NOW,
    }  # fmt: skip
    return Tradeline(**plain | changes)


def inquiry(number: int = 0, **changes: Any) -> InquiryEntry:
    """One earlier inquiry, with changes."""
    plain: dict[str, Any] = {
        "inquiry_id": f"i-{number}", "member_id": "bank-beta", "purpose": "loan-approval", "asked_at": NOW,
        "outcome": "answered",
    }  # fmt: skip
    return InquiryEntry(**plain | changes)


def file_of(*lines: Tradeline, inquiries: tuple[InquiryEntry, ...] = ()) -> CreditFile:
    """A file of these accounts and inquiries."""
    return CreditFile(SUBJECT, "person", lines, inquiries, (), NOW, synthetic=True)


def random_file(source: random.Random) -> CreditFile:
    """A file of none to six accounts and none to eight inquiries."""
    lines = tuple(_line(source, at) for at in range(source.choice((0, 1, 1, 2, 3, 6))))
    asked = tuple(_inquiry(source, at) for at in range(source.choice((0, 0, 1, 4, 8))))
    return file_of(*lines, inquiries=asked)


def _line(source: random.Random, at: int) -> Tradeline:
    count = source.choice((0, 1, 3, 12, 24, 40, 60))
    calm = source.random()
    statuses = "".join("N" if source.random() < calm else source.choice(CODES) for _ in range(count))
    newest = MONTH - source.choice((0, 1, 1, 1, 2, 14))
    first = newest - count + 1 if count else 0
    closed_on = date(2026, 8, 3) if source.random() < 0.25 else None
    return line(
        statuses, tradeline_id=f"t-{at}", furnisher_id=source.choice(MEMBERS), account_type=source.choice(TYPES),
        role=source.choice(ROLES), limit_fen=source.choice((0, 1, 999_999, 5_000_000)), closed_on=closed_on,
        opened_on=date(source.choice((2009, 2021, 2025, 2026)), source.randint(1, 11), source.randint(1, 24)),
        first_month=first, balances=_amounts(source, count), overdues=_amounts(source, count),
    )  # fmt: skip


def _amounts(source: random.Random, count: int) -> tuple[int, ...]:
    return tuple(source.choice((-1, 0, 0, 1, 5_000, 999_999, 20_000_000)) for _ in range(count))


def _inquiry(source: random.Random, at: int) -> InquiryEntry:
    asked_at = datetime(2026, source.randint(5, 11), source.randint(1, 24), 8, tzinfo=UTC)
    return inquiry(
        at, member_id=source.choice(MEMBERS), purpose=source.choice(tuple(PURPOSES)), asked_at=asked_at,
        outcome=source.choice(("answered", "answered", "refused", "no-hit")),
    )  # fmt: skip


@st.composite
def lines(draw: st.DrawFn) -> Tradeline:
    """Any account that ended or not, with any months."""
    statuses = draw(st.text(CODES, max_size=60))
    count = len(statuses)
    amount = st.lists(st.integers(-1, 10**12), min_size=count, max_size=count).map(tuple)
    first = draw(st.integers(month_number(date(2013, 1, 1)), MONTH))
    return line(
        statuses, tradeline_id=f"t-{draw(st.integers(0, 10**6))}", account_type=draw(st.sampled_from(TYPES)),
        first_month=first, closed_on=draw(st.none() | st.dates(date(2013, 1, 1), TODAY)),
        five_class=draw(st.sampled_from((None, *"1234569"))), balances=draw(amount), dues=draw(amount),
        paids=draw(amount), overdues=draw(amount),
    )  # fmt: skip
