"""What does a member owe for a month?  The charges, each with the inquiry it is for; no other member's are seen."""

from typing import Any

from openbureau.jobs.context import Bureau
from openbureau.store.inquiry import charges_of


def charges(bureau: Bureau, member_id: str, bill_month: str) -> list[dict[str, Any]]:
    """The charges of a member in a month (`YYYY-MM`), by lane and number."""
    with bureau.store.connection("billing") as connection:
        rows = charges_of(connection, member_id, bill_month)
    names = ("inquiry_id", "bill_month", "lane", "bill_seq", "rule", "amount_fen", "currency", "charged_on", "product")
    return [{name: _plain(value) for name, value in zip(names, row, strict=True)} for row in rows]


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | str) else str(value)
