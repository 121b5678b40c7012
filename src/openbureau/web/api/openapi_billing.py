"""How are tariff and invoices described to those who write against them?  Part of the description in `openapi.py`."""

import msgspec

from openbureau.jobs.billing.dispute import REASONS
from openbureau.jobs.billing.printed import COLUMNS
from openbureau.web.api.billing import FORMS, BillDisputeBody
from openbureau.web.api.openapi_furnishers import MEMBER
from openbureau.web.api.openapi_parts import Json, answer, maybe, operation, place, record, ref, some, text, whole

_MONTH = place("month", "YYYY-MM", pattern="^2[0-9]{3}-(0[1-9]|1[0-2])$")
_TOTALS = record(
    "Sums in fen; the total is what is owed, below zero what is owed to the member.",
    charges=whole(), list_fen=whole(), discount_fen=whole(), net_fen=whole(), credit_fen=whole(), total_fen=whole(),
)  # fmt: skip
_ROW = record(
    "A month: running or closed.", month=text(), state=text(enum=["open", "closed"]), currency=text(), totals=_TOTALS,
    hash=maybe("string"),
)  # fmt: skip
_INVOICE = record(
    "An invoice with what ties it to the log (docs/specs/invoice.md): its SHA-256, and for a closed month the salted summary, "
    "its path to the root in the entry of the month, and that entry.",
    state=text(enum=["open", "closed"]), hash=text(), invoice=ref("Invoice"),
    proof={"type": ["object", "null"], "description": "Null while the month is running."},
)  # fmt: skip
_DISPUTE = record(
    "An objection to a line, and what was decided.",
    dispute_id=text(format="uuid"), month=text(), inquiry_id=text(format="uuid"), reason=text(enum=list(REASONS)), words=text(),
    opened_at=text(format="date-time"), decide_by=text(format="date-time"),
    state=text(enum=["open", "upheld", "rejected"]), decision=maybe("string"), decided_at=maybe("string"),
)  # fmt: skip
_EXAMPLE: Json = {
    "inquiry_id": "01a20b48-0900-7c68-b773-302fa017f31f", "reason": "late-answer", "words": "It took nine seconds.",
}  # fmt: skip
_, _BODIES = msgspec.json.schema_components([BillDisputeBody], ref_template="#/components/schemas/{name}")
BILLING_SHAPES: Json = _BODIES | {
    "Invoice": record(
        "openbureau-invoice/1, canonical JSON; the same bytes for ever once its month is closed.",
        schema={"const": "openbureau-invoice/1"}, member={"type": "object"}, month=text(), currency=text(),
        lines=some(record(
            "A charge and its log entry.", line=whole(), bill_seq=text(), charged_on=text(format="date"), product=text(),
            rule=text(), price_fen=whole(), inquiry_id=text(format="uuid"), leaf=text("Leaf hash, hex."),
            log_index=maybe("integer"),
        )),
        groups=some(record(
            "Charges of one price, tier by tier.", rule=text(), price_fen=whole(), count=whole(), list_fen=whole(),
            net_fen=whole(), tiers=some(record("A tier.", above=whole(), percent=whole(), count=whole(), net_fen=whole())),
        )),
        credits=some({"type": "object"}), totals=_TOTALS,
    ),
}  # fmt: skip
"""Named shapes of bills."""

_DAY: Json = {
    "name": "on", "in": "query", "required": False, "schema": text(format="date"),
    "description": "A day; today when left out.",
}  # fmt: skip
_TARIFF = record(
    "Every price of a day, in fen, with the rules it follows from; the same for every institution of a kind.",
    on=text(format="date"), digest=text("Digest of the rule set."), currency=text(),
    prices=some(record(
        "A price.", product=text(), subject=text(enum=["person", "enterprise"]),
        institutions=text(enum=["standard", "reduced"]),
        amount_fen=whole(), rules=some(text("A fee, and the share of it that a lesser product costs.")),
    )),
    reduced_for=some(record("A kind of institution (PBOC lender type code).", kind=text(), zh=text(), en=text())),
    tiers=some(record(
        "Above this many charges of one price in a month, the excess costs this percentage of it.",
        above=whole(), percent=whole(),
    )),
    terms=some({"type": "object"}), free=some({"type": "object"}), rules=some({"type": "object"}),
)  # fmt: skip


def billing_paths() -> Json:
    """The paths of tariff and invoices."""
    return {
        "/v1/tariff": {"get": operation(
            "law", "tariff", "The tariff of a day: prices, volume tiers, what is free",
            answers={"200": answer("The tariff.", _TARIFF)}, problems=("no-rule", "fields-not-valid"), parameters=[_DAY],
        )},
        "/v1/members/me/invoices": {"get": operation(
            "lenders", "invoices", "This member's months, newest first: running ones as they stand, closed ones for ever",
            answers={"200": answer("The months.", record("Months.", member_id=text(), invoices=some(_ROW)))},
            problems=("not-signed-in",), security=MEMBER,
        )},
        "/v1/members/me/invoices/{month}": {"get": operation(
            "lenders", "invoice", "The invoice of a month, every line with its log entry",
            answers={"200": _forms()}, problems=("not-signed-in", "no-such-invoice", "fields-not-valid"), security=MEMBER,
            parameters=[_MONTH, {"name": "as", "in": "query", "required": False, "schema": text(enum=list(FORMS)),
                                 "description": "How it is written; JSON when left out. PDF is in the reader's language."}],
        )},
        "/v1/members/me/invoices/{month}/disputes": {"post": operation(
            "lenders", "disputeLine", "Object to a line of an invoice; upheld, the charge is given back",
            answers={"201": answer("Recorded.", _DISPUTE)},
            problems=("not-signed-in", "not-json", "fields-not-valid", "no-such-line", "disputed-before", "credited-before",
                      "too-late", "too-large"),
            security=MEMBER, parameters=[_MONTH],
            requestBody={"required": True,
                         "content": {"application/json": {"schema": ref("BillDisputeBody"), "example": _EXAMPLE}}},
        )},
        "/v1/members/me/invoice-disputes": {"get": operation(
            "lenders", "invoiceDisputes", "What this member objected to, and what was decided",
            answers={"200": answer("The disputes.", record("Disputes.", disputes=some(_DISPUTE)))},
            problems=("not-signed-in",), security=MEMBER,
        )},
    }  # fmt: skip


def _forms() -> Json:
    """An invoice in its three forms."""
    made = answer("The invoice.", _INVOICE)
    made["content"]["text/csv"] = {"schema": text("Columns: " + ", ".join(COLUMNS))}
    made["content"]["application/pdf"] = {"schema": {"type": "string", "contentMediaType": "application/pdf"}}
    return made
