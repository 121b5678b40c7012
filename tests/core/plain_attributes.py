"""Every attribute a second time, slowly: month by month, account by account, from the words of the attribute list.

Nothing of `openbureau.core.attributes` is used.  A figure is a number, a special code a text.
"""

from openbureau.core.credit_file import CreditFile, Tradeline

LATE = "1234567B"
BAND = {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5, "6": 6, "7": 7, "D": 6, "Z": 6, "B": 7}
APPLICATIONS = {"loan-approval", "card-approval", "guarantor-check", "finance-approval", "limit-approval"}


def months_of(line: Tradeline) -> dict[int, str]:
    """The furnished months of an account."""
    return {line.first_month + at: status for at, status in enumerate(line.statuses) if status != " "}


def within(line: Tradeline, month: int, length: int) -> list[str]:
    """The statuses of the whole months before `month`, so many of them."""
    held = months_of(line)
    return [held[at] for at in range(month - length, month) if at in held]


def worst(lines: tuple[Tradeline, ...], month: int, length: int) -> int:
    """The highest band of these accounts in the window."""
    return max((BAND.get(status, 0) for line in lines for status in within(line, month, length)), default=0)


def newest(line: Tradeline, column: tuple[int, ...]) -> int:
    """The newest amount of an open account, never below nothing."""
    return max(column[-1], 0) if line.closed_on is None and column else 0


def age(year: int, month: int, now: int) -> int:
    """Months from a calendar month to `now`."""
    return now - (12 * year + month - 1)


def plain_attributes(held: CreditFile, month: int) -> dict[str, int | str]:
    """All of them."""
    found = payments(held.tradelines, month) | debt(held.tradelines) | length(held.tradelines, month)
    return found | new_credit(held, month) | shared(held.tradelines, month)


def payments(lines: tuple[Tradeline, ...], month: int) -> dict[str, int | str]:
    """Payment record."""
    if not lines:
        return dict.fromkeys(
            ("worst_12", "worst_24", "months_since_late", "late_accounts_12", "late_share_24", "on_time_run",
             "past_due_now", "written_off"), "no-record",
        )  # fmt: skip
    late = [at for line in lines for at, status in months_of(line).items() if status in LATE and at < month]
    known = [status for line in lines for status in within(line, month, 24) if status != "#"]
    first = min((line.first_month for line in lines if line.statuses), default=month)
    run = 0
    while month - 1 - run >= first and (month - 1 - run) not in late:
        run += 1
    return {
        "worst_12": worst(lines, month, 12),
        "worst_24": worst(lines, month, 24),
        "months_since_late": month - max(late) if late else "never-late",
        "late_accounts_12": sum(any(status in LATE for status in within(line, month, 12)) for line in lines),
        "late_share_24": sum(1000 for status in known if status in LATE) // len(known) if known else "too-new",
        "on_time_run": run,
        "past_due_now": sum(newest(line, line.overdues) for line in lines),
        "written_off": sum(
            any(status in "BDGZ" for at, status in months_of(line).items() if at <= month) for line in lines
        ),
    }


def debt(lines: tuple[Tradeline, ...]) -> dict[str, int | str]:
    """Debt level."""
    live = [line for line in lines if line.closed_on is None and line.limit_fen > 0]
    cards = [line for line in live if line.account_type.startswith("R")]
    loans = [line for line in live if line.account_type == "D1"]
    single = [min(2000, newest(line, line.balances) * 1000 // line.limit_fen) for line in cards]
    return {
        "utilisation": share(cards) if cards else "no-record",
        "highest_utilisation": max(single) if cards else "no-record",
        "with_balance": sum(newest(line, line.balances) > 0 for line in lines) if lines else "no-record",
        "still_owed": share(loans) if loans else "no-record",
    }


def share(lines: list[Tradeline]) -> int:
    """Balance by limit in per mille, 2000 at most."""
    return min(2000, sum(newest(line, line.balances) for line in lines) * 1000 // sum(line.limit_fen for line in lines))


def length(lines: tuple[Tradeline, ...], month: int) -> dict[str, int | str]:
    """Length of record."""
    if not lines:
        return dict.fromkeys(("oldest_months", "average_months", "history_months"), "no-record")
    ages = [max(0, age(line.opened_on.year, line.opened_on.month, month)) for line in lines]
    starts = [line.first_month for line in lines if line.statuses]
    return {
        "oldest_months": max(ages),
        "average_months": sum(ages) // len(ages),
        "history_months": max(0, month - min(starts)) if starts else 0,
    }


def new_credit(held: CreditFile, month: int) -> dict[str, int | str]:
    """New credit."""
    ages = [age(line.opened_on.year, line.opened_on.month, month) for line in held.tradelines]
    searches = set()
    for asked in held.inquiries:
        since = age(asked.asked_at.year, asked.asked_at.month, month)
        if asked.outcome == "answered" and asked.purpose in APPLICATIONS and since in {0, 1, 2, 3}:
            searches.add((asked.member_id, asked.purpose, since))
    return {
        "opened_6": sum(months in range(7) for months in ages) if held.tradelines else "no-record",
        "inquiries_3": len(searches),
        "lenders_asked_3": len({member for member, _, _ in searches}),
    }


def shared(lines: tuple[Tradeline, ...], month: int) -> dict[str, int | str]:
    """Shared obligations."""
    joint = tuple(line for line in lines if line.role in {"co-borrower", "guarantor"})
    if not joint:
        return dict.fromkeys(("shared_accounts", "worst_shared_12"), "no-record")
    return {"shared_accounts": len(joint), "worst_shared_12": worst(joint, month, 12)}
