"""Which figures follow from a credit file?

`compute` gives every attribute of `attribute_list.ATTRIBUTES`: a whole number or a special code, and the tradelines it
came from, so that each point of a score leads back to records.  Pure: the month is an argument; nothing after it counts.

Not done here: points, reasons (`core/scorecard.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from openbureau.core.attribute_list import NO_RECORD, TOO_NEW
from openbureau.core.credit_file import CreditFile, Tradeline, month_number
from openbureau.core.purpose import PURPOSES
from openbureau.law.workdays import civil_day

_SEVERITY = dict.fromkeys(" N*#MACG/", 0) | {str(band): band for band in range(1, 8)} | {"D": 6, "Z": 6, "B": 7}
_LATE = frozenset("1234567B")
_REVOLVING = frozenset({"R1", "R2", "R3", "R4"})
_MOST = 2000
"""Utilisation is capped at 200 %."""


@dataclass(frozen=True, slots=True)
class AttributeValue:
    """A figure or a special code, and the tradelines it came from."""

    value: int | None
    special: str | None = None
    sources: tuple[str, ...] = ()


def _figure(value: int, lines: Sequence[Tradeline] = ()) -> AttributeValue:
    return AttributeValue(value, None, tuple(line.tradeline_id for line in lines))


_NO_RECORD = AttributeValue(None, NO_RECORD)


def compute(held: CreditFile, month: int) -> dict[str, AttributeValue]:
    """Every attribute of a file for an inquiry in month number `month`."""
    lines = held.tradelines
    found = _payments(lines, month) | _debt(lines) | _length(lines, month) | _new_credit(held, month)
    return found | _shared(lines, month)


def _window(line: Tradeline, month: int, length: int) -> str:
    """The statuses of the `length` whole months before `month`."""
    start, end = month - length - line.first_month, month - line.first_month
    return line.statuses[max(start, 0) : max(end, 0)]


def _until(line: Tradeline, month: int) -> str:
    """The statuses up to and with `month`."""
    return line.statuses[: max(month + 1 - line.first_month, 0)]


def _worst(windows: Sequence[str]) -> int:
    seen = set().union(*windows) if windows else set()
    return max((_SEVERITY.get(status, 0) for status in seen), default=0)


def _payments(lines: Sequence[Tradeline], month: int) -> dict[str, AttributeValue]:
    if not lines:
        names = ("worst_12", "worst_24", "months_since_late", "late_accounts_12", "late_share_24", "on_time_run")
        return dict.fromkeys((*names, "past_due_now", "written_off"), _NO_RECORD)
    year = [(line, _window(line, month, 12)) for line in lines]
    two_years = [(line, _window(line, month, 24)) for line in lines]
    worst_12, worst_24 = _worst([window for _, window in year]), _worst([window for _, window in two_years])
    late_12 = [line for line, window in year if not _LATE.isdisjoint(window)]
    late_24 = [line for line, window in two_years if not _LATE.isdisjoint(window)]
    overdue = [line for line in lines if line.overdue_fen > 0]
    lost = [line for line in lines if not {"B", "D", "G", "Z"}.isdisjoint(_until(line, month))]
    return {
        "worst_12": _figure(worst_12, _having(year, worst_12)),
        "worst_24": _figure(worst_24, _having(two_years, worst_24)),
        "months_since_late": _since_late(lines, month),
        "late_accounts_12": _figure(len(late_12), late_12),
        "late_share_24": _late_share([window for _, window in two_years], late_24),
        "on_time_run": _on_time_run(lines, month),
        "past_due_now": _figure(sum(line.overdue_fen for line in overdue), overdue),
        "written_off": _figure(len(lost), lost),
    }


def _having(windows: Sequence[tuple[Tradeline, str]], worst: int) -> list[Tradeline]:
    return [line for line, window in windows if worst and worst == _worst([window])]


def _last_late(line: Tradeline, month: int) -> int:
    """The newest month before `month` in which this account was late, -1 when there is none."""
    statuses = line.statuses[: max(month - line.first_month, 0)]
    place = max((statuses.rfind(status) for status in _LATE), default=-1)
    return line.first_month + place if place >= 0 else -1


def _since_late(lines: Sequence[Tradeline], month: int) -> AttributeValue:
    last = {line: _last_late(line, month) for line in lines if not _LATE.isdisjoint(line.statuses)}
    newest = max(last.values(), default=-1)
    if newest < 0:
        return AttributeValue(None, "never-late")
    return _figure(month - newest, [line for line, at in last.items() if at == newest])


def _late_share(windows: Sequence[str], late: Sequence[Tradeline]) -> AttributeValue:
    months = sum(len(window) - window.count(" ") - window.count("#") for window in windows)
    if months == 0:
        return AttributeValue(None, TOO_NEW)
    late_months = sum(window.count(status) for window in windows for status in _LATE)
    return _figure(late_months * 1000 // months, late)


def _on_time_run(lines: Sequence[Tradeline], month: int) -> AttributeValue:
    newest = max(_last_late(line, month) for line in lines)
    first = min((line.first_month for line in lines if line.statuses), default=month)
    return _figure(max(month - 1 - newest if newest >= 0 else month - first, 0))


def _debt(lines: Sequence[Tradeline]) -> dict[str, AttributeValue]:
    revolving = [
        line for line in lines if line.account_type in _REVOLVING and line.closed_on is None and line.limit_fen > 0
    ]
    loans = [
        line for line in lines if line.account_type == "D1" and line.closed_on is None and line.limit_fen > 0
    ]  # fmt: skip
    owing = [line for line in lines if line.balance_fen > 0]
    found = {
        "utilisation": _NO_RECORD,
        "highest_utilisation": _NO_RECORD,
        "still_owed": _NO_RECORD,
        "with_balance": _figure(len(owing), owing) if lines else _NO_RECORD,
    }
    if revolving:
        used = sum(line.balance_fen for line in revolving) * 1000 // sum(line.limit_fen for line in revolving)
        highest = max(revolving, key=lambda line: line.balance_fen * 1000 // line.limit_fen)
        found["utilisation"] = _figure(min(used, _MOST), revolving)
        found["highest_utilisation"] = _figure(min(highest.balance_fen * 1000 // highest.limit_fen, _MOST), [highest])
    if loans:
        owed = sum(line.balance_fen for line in loans) * 1000 // sum(line.limit_fen for line in loans)
        found["still_owed"] = _figure(min(owed, _MOST), loans)
    return found


def _length(lines: Sequence[Tradeline], month: int) -> dict[str, AttributeValue]:
    if not lines:
        return dict.fromkeys(("oldest_months", "average_months", "history_months"), _NO_RECORD)
    ages = [max(month - month_number(line.opened_on), 0) for line in lines]
    with_months = [line for line in lines if line.statuses]
    first = min((line.first_month for line in with_months), default=month)
    oldest = lines[ages.index(max(ages))]
    return {
        "oldest_months": _figure(max(ages), [oldest]),
        "average_months": _figure(sum(ages) // len(ages), lines),
        "history_months": _figure(max(month - first, 0), with_months),
    }


def _new_credit(held: CreditFile, month: int) -> dict[str, AttributeValue]:
    opened = [line for line in held.tradelines if 0 <= month - month_number(line.opened_on) <= 6]
    asked = [
        inquiry
        for inquiry in held.inquiries
        if inquiry.outcome == "answered"
        and PURPOSES[inquiry.purpose].counts
        and 0 <= month - month_number(civil_day(inquiry.asked_at)) <= 3
    ]
    # One search for credit is one inquiry: repeats by the same lender for the same purpose in a month are joined.
    joined = {(inquiry.member_id, inquiry.purpose, month_number(civil_day(inquiry.asked_at))) for inquiry in asked}
    return {
        "opened_6": _figure(len(opened), opened) if held.tradelines else _NO_RECORD,
        "inquiries_3": _figure(len(joined)),
        "lenders_asked_3": _figure(len({member for member, _, _ in joined})),
    }


def _shared(lines: Sequence[Tradeline], month: int) -> dict[str, AttributeValue]:
    shared = [line for line in lines if line.role != "borrower"]
    if not shared:
        return dict.fromkeys(("shared_accounts", "worst_shared_12"), _NO_RECORD)
    year = [(line, _window(line, month, 12)) for line in shared]
    worst = _worst([window for _, window in year])
    return {
        "shared_accounts": _figure(len(shared), shared),
        "worst_shared_12": _figure(worst, _having(year, worst)),
    }
