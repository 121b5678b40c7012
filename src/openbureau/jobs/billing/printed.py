"""An invoice for people and for spreadsheets: PDF in both languages, and CSV.

Both are made from the invoice's own bytes and nothing else that changes, so a closed invoice prints the same for ever.
"""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from openbureau.config import SANDBOX
from openbureau.core.pricing import PRODUCT_NAMES
from openbureau.jobs.billing.invoices import Invoice, first_day
from openbureau.jobs.context import Bureau
from openbureau.jobs.typeset import typeset
from openbureau.law.workdays import add_months

PRINTED_MOST = 2000
"""Lines in a PDF; all of them are in CSV and JSON."""
COLUMNS = (
    "kind", "line", "bill_seq", "charged_on", "product", "rule", "count", "amount_fen", "inquiry_id", "leaf", "log_index",
    "reason", "evidence",
)  # fmt: skip


def print_csv(invoice: Invoice) -> bytes:
    """One row a charge, a discount (by price), a credit, and the total: the amounts above the total add up to it.  UTF-8."""
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, COLUMNS, restval="", extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(_rows(invoice.to_json()))
    return sheet.getvalue().encode()


def _rows(told: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for line in told["lines"]:
        yield line | {"kind": "charge", "count": 1, "amount_fen": line["price_fen"]}
    for group in told["groups"]:
        if group["net_fen"] != group["list_fen"]:
            yield group | {"kind": "discount", "amount_fen": group["net_fen"] - group["list_fen"]}
    for one in told["credits"]:
        yield one | {"kind": "credit", "count": 1, "amount_fen": -one["credit_fen"], "charged_on": one["noted_on"]}
    yield {"kind": "total", "count": told["totals"]["charges"], "amount_fen": told["totals"]["total_fen"]}


def print_pdf(bureau: Bureau, invoice: Invoice, language: str) -> bytes:
    """The invoice as PDF/A in a language (`zh-CN` or `en`); the same bytes every time while nothing on it changes."""
    told, proof = invoice.to_json(), invoice.proof or {}
    lines = told["lines"]
    values = {
        "language": language,
        "bureau": bureau.act.body["installation"],
        "is_sandbox": bureau.settings.mode == SANDBOX,
        "is_closed": invoice.is_closed,
        "closed_at": proof.get("closed_at"),
        "hash": invoice.hash,
        "leaf": proof.get("leaf"),
        "products": {name: names[0 if language == "zh-CN" else 1] for name, names in PRODUCT_NAMES.items()},
        "invoice": told | {"lines": lines[:PRINTED_MOST]},
        "left_out": max(len(lines) - PRINTED_MOST, 0),
    }
    ends_on = add_months(first_day(told["month"]), 1)
    at = datetime(ends_on.year, ends_on.month, 1, tzinfo=UTC)
    return typeset((files(__package__) / "invoice.typ").read_bytes(), values, at=at)
