"""When is a lender told of a change in a watched file?  The visible table of triggers, and how each is found.

Compared are the file as it may be seen today and what was marked when the lender was last told.  Promises: only what others
furnished or asked counts, never the lender's own (but for the score, which is of the whole file); whether a file is frozen,
disputed or corrected is no trigger; an alert follows from what its row names and tells that alone; the same state gives the
same key, so that it is told once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec

from openbureau.core.credit_file import COLLECTION, CreditFile, Tradeline, month_number, month_text
from openbureau.core.purpose import PURPOSES
from openbureau.law.workdays import civil_day

NEW_ACCOUNT, NEW_OVERDUE, WORSE_OVERDUE, BAD_DEBT = "new-account", "new-overdue", "worse-overdue", "bad-debt"
EXPOSURE, INQUIRIES, SCORE = "exposure-growth", "many-inquiries", "score-fall"
MONTH_DAYS = 31
_OVERDUE = "1234567"
_BAD_MONTHS = frozenset("BDGZ")
_BAD_STATUSES: Mapping[str, frozenset[str]] = {
    "D1": frozenset("478"), "R4": frozenset("48"), "R1": frozenset("48"), "R2": frozenset("58"), "R3": frozenset("58"),
}  # fmt: skip
"""Account statuses that say bad debt, forced sale or judicial recovery, by account type (PBOC)."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """One row: what is told when, as a lender and as the person read it; `tells` names all that an alert discloses."""

    code: str
    en: str
    zh: str
    tells: tuple[str, ...]


TRIGGERS: Mapping[str, Trigger] = {
    row.code: row
    for row in (
        Trigger(
            NEW_ACCOUNT, "A new account with another institution", "在其他机构新开立账户",
            ("account_type", "business_type", "role", "opened_on", "currency"),
        ),
        Trigger(
            NEW_OVERDUE, "An account with another institution is newly overdue", "在其他机构的账户新发生逾期",
            ("account_type", "month", "overdue_months"),
        ),
        Trigger(
            WORSE_OVERDUE, "An overdue account with another institution got worse", "在其他机构的逾期加重",
            ("account_type", "month", "overdue_months"),
        ),
        Trigger(
            BAD_DEBT, "An account with another institution became bad debt or went to collection",
            "在其他机构的账户形成呆账或进入催收", ("account_type", "account_status", "month"),
        ),
        Trigger(
            EXPOSURE, "Balances with other institutions grew by more than the threshold", "在其他机构的余额增长超过阈值",
            ("currency", "grown_percent"),
        ),
        Trigger(
            INQUIRIES, "Many applications for credit with other institutions within a month", "一个月内在其他机构多次申请信贷",
            ("inquiries",),
        ),
        Trigger(SCORE, "The score fell by more than the threshold", "评分下降超过阈值", ("points", "band")),
    )
}  # fmt: skip
"""Every trigger by its code."""


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on a change counts: house rules."""

    worse_months: int
    exposure_percent: int
    exposure_fen: int
    inquiries: int
    score_points: int


@dataclass(frozen=True, slots=True)
class Fired:
    """A trigger with the state that fired it (`key`), and what is told of it."""

    trigger: str
    key: str
    told: dict[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Watch:
    """What a lender wants to be told of a person, and its own name for the case."""

    triggers: tuple[str, ...]
    reference: str
    fired: Fired | None = None
    """For an alert: what happened."""


class Marks(msgspec.Struct, frozen=True):
    """What a file looked like when the lender was last told: from here change is measured.

    `overdue`: months overdue by account (0 in order); `bad`: accounts known to be bad; `exposure_fen`: balances in CNY;
    `score` None where there is none.
    """

    overdue: dict[str, int]
    bad: frozenset[str]
    exposure_fen: int
    is_busy: bool
    score: int | None


def compare(
    before: Marks | None,
    seen: CreditFile,
    score: tuple[int, int] | None,
    *,
    member_id: str,
    limits: Limits,
    today: date,
) -> tuple[Marks, tuple[Fired, ...]]:
    """The marks of a file as seen today, and every trigger that the change since `before` fires, in the order of the table.

    `score` is the value and its band.  Without earlier marks nothing fires: what was there is no change.
    """
    lines = [line for line in seen.tradelines if line.furnisher_id != member_id]
    asked = [
        one.inquiry_id
        for one in seen.inquiries
        if one.member_id != member_id and one.outcome == "answered" and one.purpose in PURPOSES
        and PURPOSES[one.purpose].counts and (today - civil_day(one.asked_at)).days < MONTH_DAYS
    ]  # fmt: skip
    old = before or Marks({}, frozenset(), 0, False, None)
    exposure = sum(line.balance_fen for line in lines if line.currency == "CNY")
    fired = [
        *_of_lines(old, lines, limits),
        *_of_exposure(old, exposure, limits, today=today),
        *_of_inquiries(old, asked, limits),
        *_of_score(old, score, limits, today=today),
    ]
    if before is None:
        fired = []
    told = {one.trigger for one in fired}
    worse = {one.key.partition("/")[0] for one in fired if one.trigger == WORSE_OVERDUE}
    marks = Marks(
        overdue={line.tradeline_id: _mark(old, line, line.tradeline_id in worse) for line in lines},
        bad=frozenset(line.tradeline_id for line in lines if is_bad(line)),
        exposure_fen=exposure if EXPOSURE in told or before is None else min(exposure, old.exposure_fen),
        is_busy=len(asked) >= limits.inquiries,
        score=_score_mark(old, score, is_told=SCORE in told),
    )
    return marks, tuple(fired)


def overdue_months(line: Tradeline) -> int:
    """How many months the newest known month is overdue, 0 for an account in order or closed."""
    status = next((one for one in reversed(line.statuses) if one not in " #"), "N")
    return int(status) if line.closed_on is None and status in _OVERDUE else 0


def is_bad(line: Tradeline) -> bool:
    """Is it bad debt, in collection, paid by others, or before a court?"""
    newest = line.statuses[-1:] if line.statuses else ""
    return (
        line.account_type == COLLECTION
        or line.account_status in _BAD_STATUSES.get(line.account_type, frozenset())
        or newest in _BAD_MONTHS
    )


def _mark(old: Marks, line: Tradeline, is_told: bool) -> int:
    """Where worsening is measured from: the last that was told, or lower where it got better since."""
    now, mark = overdue_months(line), old.overdue.get(line.tradeline_id, 0)
    return now if is_told or mark == 0 or now < mark else mark


def _of_lines(old: Marks, lines: list[Tradeline], limits: Limits) -> Iterator[Fired]:
    found: dict[str, list[Fired]] = {code: [] for code in (NEW_ACCOUNT, NEW_OVERDUE, WORSE_OVERDUE, BAD_DEBT)}
    for line in lines:
        place, now, month = line.tradeline_id, overdue_months(line), month_text(line.last_month)
        mark = old.overdue.get(place)
        about: dict[str, Any] = {"account_type": line.account_type}
        if mark is None:
            more = {
                "business_type": line.business_type, "role": line.role, "opened_on": line.opened_on.isoformat(),
                "currency": line.currency,
            }  # fmt: skip
            found[NEW_ACCOUNT].append(Fired(NEW_ACCOUNT, place, about | more))
        late = about | {"month": month, "overdue_months": now}
        if now and not mark:
            found[NEW_OVERDUE].append(Fired(NEW_OVERDUE, f"{place}/{month}/{now}", late))
        elif mark and now >= mark + limits.worse_months:
            found[WORSE_OVERDUE].append(Fired(WORSE_OVERDUE, f"{place}/{month}/{now}", late))
        if is_bad(line) and place not in old.bad:
            bad = about | {"account_status": line.account_status, "month": month}
            found[BAD_DEBT].append(Fired(BAD_DEBT, f"{place}/{line.account_status}/{month}", bad))
    for rows in found.values():
        yield from rows


def _of_exposure(old: Marks, exposure: int, limits: Limits, *, today: date) -> Iterator[Fired]:
    grown = exposure - old.exposure_fen
    if grown >= limits.exposure_fen and grown * 100 >= old.exposure_fen * limits.exposure_percent:
        percent = grown * 100 // old.exposure_fen if old.exposure_fen else None
        yield Fired(
            EXPOSURE, f"{month_text(month_number(today))}/{exposure}", {"currency": "CNY", "grown_percent": percent}
        )


def _of_inquiries(old: Marks, asked: list[str], limits: Limits) -> Iterator[Fired]:
    if len(asked) >= limits.inquiries and not old.is_busy:
        yield Fired(INQUIRIES, max(asked), {"inquiries": len(asked)})


def _of_score(old: Marks, score: tuple[int, int] | None, limits: Limits, *, today: date) -> Iterator[Fired]:
    if score is not None and old.score is not None and old.score - score[0] >= limits.score_points:
        told = {"points": old.score - score[0], "band": score[1]}
        yield Fired(SCORE, f"{today.isoformat()}/{score[0]}", told)


def _score_mark(old: Marks, score: tuple[int, int] | None, *, is_told: bool) -> int | None:
    if score is None or old.score is None or is_told:
        return score[0] if score is not None else old.score
    return max(score[0], old.score)
