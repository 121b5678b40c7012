"""Which totals stand above the accounts of a report?

The credit summary (PBOC unit PC02), the summary of public records (PC04) and that of inquiries (PC05).  Whole numbers by
currency: two are never added.  What was not furnished is left out of a sum and of an average, never counted as zero.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from openbureau.core.credit_file import (
    ADVERSE,
    UNKNOWN,
    CreditFile,
    InquiryEntry,
    Tradeline,
    adverse_runs,
    month_number,
    month_text,
)
from openbureau.core.further import Guarantee, PublicRecord
from openbureau.core.purpose import PURPOSES
from openbureau.law.workdays import civil_day

Json = dict[str, Any]
CARDS = frozenset({"R2", "R3"})
BAD_DEBT = {"D1": "4", "R4": "4", "R1": "4", "R2": "5", "R3": "5"}
"""The account status that says bad debt: the number differs by type."""
IN_FORCE = frozenset("14")
"""Guarantees for which the subject still answers: in force, or called and not paid."""
_AVERAGED = 6


def credit_summary(held: CreditFile, month: int) -> Json:
    """The summary of accounts and linked duties in month number `month`."""
    lines = held.tradelines
    return {
        "by_account_type": by_account_type(lines),
        "by_business_type": _by_business_type(lines),
        "recovered": _amounts(line for line in lines if line.account_type == "C1"),
        "bad_debts": _amounts(line for line in lines if BAD_DEBT.get(line.account_type) == line.account_status),
        "overdue": _overdue(lines),
        "loans": _debts(
            [line for line in lines if line.account_type not in CARDS and line.account_type != "C1"], month
        ),
        "cards": _cards([line for line in lines if line.account_type in CARDS], month),
        "linked_duties": _linked(lines, held.further.guarantees),
    }


def by_account_type(lines: Sequence[Tradeline]) -> list[Json]:
    """Accounts, open ones, limits, balances and overdue amounts by account type and currency."""
    found: dict[tuple[str, str], Json] = {}
    for line in lines:
        row = found.get((line.account_type, line.currency))
        if row is None:
            row = found[line.account_type, line.currency] = {
                "account_type": line.account_type,
                "currency": line.currency,
                "accounts": 0,
                "open": 0,
                "limit_fen": 0,
                "balance_fen": 0,
                "overdue_fen": 0,
            }
        row["accounts"] += 1
        if line.closed_on is None:
            row["open"] += 1
            row["limit_fen"] += line.limit_fen
            row["balance_fen"] += line.balance_fen
            row["overdue_fen"] += line.overdue_fen
    return [found[kind] for kind in sorted(found)]


def _by_business_type(lines: Sequence[Tradeline]) -> list[Json]:
    found: dict[str, list[date]] = {}
    for line in lines:
        found.setdefault(line.business_type, []).append(line.opened_on)
    return [
        {"business_type": kind, "accounts": len(days), "first_month": month_text(month_number(min(days)))}
        for kind, days in sorted(found.items())
    ]


def _amounts(lines: Iterable[Tradeline]) -> list[Json]:
    return [
        {"currency": currency, "accounts": len(group), "balance_fen": sum(line.balance_fen for line in group)}
        for (currency,), group in _groups(lines, lambda line: (line.currency,))
    ]


def _overdue(lines: Iterable[Tradeline]) -> list[Json]:
    """Accounts that were overdue: how many, in how many months, the highest amount, the longest run."""
    late = [line for line in lines if not ADVERSE.isdisjoint(line.statuses)]
    rows = []
    for (kind, currency), group in _groups(late, lambda line: (line.account_type, line.currency)):
        runs = [(line, run) for line in group for run in adverse_runs(line.statuses)]
        rows.append(
            {
                "account_type": kind,
                "currency": currency,
                "accounts": len(group),
                "months": sum(sum(status in ADVERSE for status in line.statuses) for line in group),
                "highest_fen": max(
                    (amount for line in group for amount in line.overdues if amount != UNKNOWN), default=0
                ),
                "longest_run": max(last - first + 1 for _, (first, last) in runs),
            }
        )
    return rows


def _debts(lines: Iterable[Tradeline], month: int) -> list[Json]:
    """Open loans by account type: institutions, accounts, credit, balance, average due over six months."""
    return [
        {
            "account_type": kind,
            "currency": currency,
            "institutions": len({line.furnisher_id for line in group}),
            "accounts": len(group),
            "limit_fen": sum(line.limit_fen for line in group),
            "balance_fen": sum(line.balance_fen for line in group),
            "average_due_6_fen": _average(group, month, lambda line: line.dues),
        }
        for (kind, currency), group in _open_groups(lines)
    ]


def _cards(lines: Iterable[Tradeline], month: int) -> list[Json]:
    """Open cards: issuers, accounts, limits in all, highest and lowest at one issuer, used, average use over six months."""
    rows = []
    for (kind, currency), group in _open_groups(lines):
        limits: dict[str, int] = {}
        for line in group:
            limits[line.furnisher_id] = limits.get(line.furnisher_id, 0) + line.limit_fen
        rows.append(
            {
                "account_type": kind,
                "currency": currency,
                "institutions": len(limits),
                "accounts": len(group),
                "limit_fen": sum(limits.values()),
                "highest_limit_fen": max(limits.values()),
                "lowest_limit_fen": min(limits.values()),
                "used_fen": sum(line.balance_fen for line in group),
                "average_used_6_fen": _average(group, month, lambda line: line.balances),
            }
        )
    return rows


def _linked(lines: Iterable[Tradeline], guarantees: Iterable[Guarantee]) -> list[Json]:
    """What the subject answers for with or for others: joint accounts by role, guarantees in force."""
    joint = [line for line in lines if line.role != "borrower" and line.closed_on is None]
    rows = [
        {
            "role": role,
            "currency": currency,
            "duties": len(group),
            "amount_fen": sum(line.limit_fen for line in group),
            "balance_fen": sum(line.balance_fen for line in group),
        }
        for (role, currency), group in _groups(joint, lambda line: (line.role, line.currency))
    ]
    given: dict[str, list[Guarantee]] = {}
    for one in guarantees:
        if one.guarantee_status in IN_FORCE:
            given.setdefault(one.currency, []).append(one)
    for currency, duties in sorted(given.items()):
        known = [one.outstanding_fen for one in duties if one.outstanding_fen is not None]
        rows.append(
            {
                "role": "guarantee",
                "currency": currency,
                "duties": len(duties),
                "amount_fen": sum(one.amount_fen for one in duties),
                "balance_fen": sum(known) if known else None,
            }
        )
    return rows


def public_summary(records: Iterable[PublicRecord]) -> list[Json]:
    """Public records by kind: how many, and their amounts."""
    found: dict[str, list[PublicRecord]] = {}
    for record in records:
        found.setdefault(record.public_kind, []).append(record)
    return [
        {"kind": kind, "records": len(group), "amount_fen": sum(known) if (known := _known(group)) else None}
        for kind, group in sorted(found.items())
    ]


def _known(records: Iterable[PublicRecord]) -> list[int]:
    return [record.amount_fen for record in records if record.amount_fen is not None]


def inquiry_summary(inquiries: Sequence[InquiryEntry], today: date, name: Callable[[str], str]) -> Json:
    """The last inquiry; applications for credit in the last month and two years, and the lenders behind them.

    `inquiries` are newest first.
    """
    shown = [seen for seen in inquiries if seen.outcome == "answered"]
    hard = [seen for seen in shown if PURPOSES[seen.purpose].counts]
    recent = [seen for seen in hard if (today - civil_day(seen.asked_at)).days < 31]
    last = shown[0] if shown else None
    return {
        "last": None
        if last is None
        else {"asked_on": civil_day(last.asked_at).isoformat(), "by": name(last.member_id), "purpose": last.purpose},
        "last_month": _counted(recent) | {"loan": _of(recent, "loan-approval"), "card": _of(recent, "card-approval")},
        "last_two_years": _counted(hard)
        | {
            kind: sum(seen.purpose == purpose for seen in shown)
            for kind, purpose in (
                ("post_loan", "post-loan"),
                ("guarantor", "guarantor-check"),
                ("merchant", "merchant-check"),
            )
        },
        "refused": sum(seen.outcome == "refused" for seen in inquiries),
    }


def _counted(inquiries: Sequence[InquiryEntry]) -> Json:
    return {"inquiries": len(inquiries), "lenders": len({seen.member_id for seen in inquiries})}


def _of(inquiries: Iterable[InquiryEntry], purpose: str) -> Json:
    return _counted([seen for seen in inquiries if seen.purpose == purpose])


def _groups(
    lines: Iterable[Tradeline], key: Callable[[Tradeline], tuple[str, ...]]
) -> list[tuple[Any, list[Tradeline]]]:
    found: dict[tuple[str, ...], list[Tradeline]] = {}
    for line in lines:
        found.setdefault(key(line), []).append(line)
    return sorted(found.items(), key=lambda pair: pair[0])


def _open_groups(lines: Iterable[Tradeline]) -> list[tuple[Any, list[Tradeline]]]:
    return _groups((line for line in lines if line.closed_on is None), lambda line: (line.account_type, line.currency))


def _average(lines: Iterable[Tradeline], month: int, column: Callable[[Tradeline], tuple[int, ...]]) -> int | None:
    """The mean of the monthly totals over the six months before `month`, of the months in which anything is known."""
    totals = [0] * _AVERAGED
    known = [False] * _AVERAGED
    for line in lines:
        amounts = column(line)
        for at in range(_AVERAGED):
            place = month - _AVERAGED + at - line.first_month
            if 0 <= place < len(amounts) and amounts[place] != UNKNOWN:
                totals[at] += amounts[place]
                known[at] = True
    count = sum(known)
    return sum(totals) // count if count else None
