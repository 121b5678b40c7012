"""What is held from a furnisher?  Its own accounts only: totals, and single accounts by its own numbers (F11).

Account numbers are kept as keyed hashes, so nobody can list them, not even their furnisher; who knows a number finds its
account.  Promises: nothing of another furnisher and nothing that names a person is shown.
"""

from collections.abc import Sequence
from typing import Any

from openbureau.core.credit_file import month_text
from openbureau.jobs.context import Bureau
from openbureau.store import doors
from openbureau.store.doors import HeldAccount

LOOKED_UP_MOST = 200


def held_totals(bureau: Bureau, member_id: str) -> list[dict[str, Any]]:
    """Accounts of a furnisher by type, status and last month."""
    with bureau.store.connection("loader") as connection:
        rows = doors.held_totals(connection, member_id)
    return [
        {
            "account_type": row.account_type,
            "account_status": row.account_status,
            "last_month": _month(row.last_month),
            "accounts": row.accounts,
            "late": row.late,
        }
        for row in rows
    ]


def held_accounts(bureau: Bureau, member_id: str, numbers: Sequence[str]) -> list[dict[str, Any]]:
    """The accounts behind a furnisher's own numbers, in the order asked; `held` says which are unknown here."""
    asked = list(dict.fromkeys(number.strip() for number in numbers if number.strip()))[:LOOKED_UP_MOST]
    keys = {bureau.own_key("account", member_id, number): number for number in asked}
    with bureau.store.connection("loader") as connection:
        found = {row.account_key: row for row in doors.held_accounts(connection, member_id, list(keys))}
    return [{"account_no": number} | _account(found.get(key)) for key, number in keys.items()]


def _account(row: HeldAccount | None) -> dict[str, Any]:
    if row is None:
        return {"held": False}
    last = row.first_month + len(row.statuses) - 1 if row.statuses else None
    return {
        "held": True,
        "account_type": row.account_type,
        "business_type": row.business_type,
        "role": row.role,
        "opened_on": row.opened_on.isoformat(),
        "closed_on": row.closed_on.isoformat() if row.closed_on else None,
        "currency": row.currency,
        "limit_fen": row.limit_fen,
        "account_status": row.account_status,
        "as_of_on": row.as_of_on.isoformat(),
        "last_month": _month(last),
        "months": row.statuses[-12:],
        "balance_fen": _amount(row.balance_fen),
        "overdue_fen": _amount(row.overdue_fen),
        "known_at": row.known_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _amount(value: int | None) -> int | None:
    return None if value is None or value < 0 else value


def _month(number: int | None) -> str | None:
    return None if number is None else month_text(number)
