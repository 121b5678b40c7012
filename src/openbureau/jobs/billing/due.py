"""Close the months whose turn has come, without being asked, and say how every month stands.

A standing duty of the process that serves.  Promises: a month is closed no sooner than the rule lets (`close.py`), in its
order, once, however many processes do so at the same moment; what wrong answers cost is given back before; a month that cannot
be closed yet stays open, its trouble is told, and the next round tries again.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from openbureau.jobs.billing.close import BillRefused, close_month, closes_at
from openbureau.jobs.billing.credit import BUREAU, credit_wrong_answers
from openbureau.jobs.context import Bureau
from openbureau.store.billing import closed_month, closed_months, open_months
from openbureau.tlog.entry import parse_entry

CLOSE_SECONDS = 1800
"""How long after one round the next begins."""


@dataclass(frozen=True, slots=True)
class BillMonth:
    """A month with something on a bill: from when on it can be closed, and what its entry says where it is closed."""

    month: str
    closes_at: datetime
    closed_at: datetime | None = None
    invoices: int | None = None
    total_fen: int | None = None
    leaf: str | None = None


def close_due(bureau: Bureau, stopped: Callable[[], bool] = lambda: False) -> list[str]:
    """Give back what wrong answers cost, then close each month that is over; the months closed here, oldest first."""
    credit_wrong_answers(bureau)
    closed = []
    for month in _open(bureau):
        if stopped() or bureau.clock() < closes_at(bureau, month):
            break
        try:
            is_repeat = close_month(bureau, month, by=BUREAU).is_repeat
        except BillRefused:
            # Another process may have closed this month and later ones since we looked.
            if month in _open(bureau):
                raise
            is_repeat = True
        if not is_repeat:
            closed.append(month)
    return closed


def _open(bureau: Bureau) -> list[str]:
    with bureau.store.connection("auditor") as connection:
        return open_months(connection)


def bill_months(bureau: Bureau) -> list[BillMonth]:
    """Every month with something on a bill, newest first."""
    with bureau.store.connection("auditor") as connection:
        rows = [BillMonth(month, closes_at(bureau, month)) for month in open_months(connection)]
        for month in closed_months(connection):
            if (kept := closed_month(connection, month)) is not None:
                said = json.loads(parse_entry(kept.entry).content)
                told = (said["invoices"], said["totals"]["total_fen"], kept.leaf.hex())
                rows.append(BillMonth(month, closes_at(bureau, month), kept.closed_at, *told))
    return sorted(rows, key=lambda row: row.month, reverse=True)
