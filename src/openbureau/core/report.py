"""What is shown from a credit file, to whom?

Blocks in the order of the PBOC second-generation report: header, identity, score, summary, inquiry summary, accounts with
their months, inquiries, statements.  Whole numbers and codes only; pages and PDFs put them into words.

Promises: to a lender other institutions appear as two letters, the same for one institution within one report, and mean
nothing beyond it; a person's own report hides nothing; an answer is canonical JSON, the same bytes for the same file.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec

from openbureau.core.credit_file import NOTHING, UNKNOWN, CreditFile, InquiryEntry, Tradeline, month_number, month_text
from openbureau.core.purpose import PURPOSES
from openbureau.core.scorecard import Score, score_json
from openbureau.law.workdays import civil_day

SCHEMA = "openbureau-report/1"
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the report is about, as shown."""

    kind: str
    id_kind: str
    id_number: str
    name: str


@dataclass(frozen=True, slots=True)
class Header:
    """Which report this is."""

    report_id: str
    made_at: datetime
    member_id: str
    purpose: str
    product: str


def render_answer(report: dict[str, Any]) -> bytes:
    """Canonical JSON of a report (RFC 8785 for our values: whole numbers, keys sorted)."""
    return msgspec.json.encode(report, order="sorted")


def lender_report(
    header: Header, identity: Identity, held: CreditFile, *, score: Score, months: int, reference_only: str
) -> dict[str, Any]:
    """The report as a lender gets it: own accounts by name, other institutions masked."""
    mask = masked([line.furnisher_id for line in held.tradelines] + [seen.member_id for seen in held.inquiries])
    mask[header.member_id] = header.member_id
    return _report(header, identity, held, score=score, months=months, notice=reference_only, name=mask.__getitem__)


def own_report(
    header: Header, identity: Identity, held: CreditFile, *, score: Score, months: int, reference_only: str
) -> dict[str, Any]:
    """The report as the person sees it: every institution by name."""
    return _report(
        header, identity, held, score=score, months=months, notice=reference_only, name=lambda member: member
    )


def masked(member_ids: Sequence[str]) -> dict[str, str]:
    """Two letters for each institution, in the order of their appearance in this report."""
    found: dict[str, str] = {}
    for member_id in member_ids:
        if member_id not in found:
            first, second = divmod(len(found), len(_LETTERS))
            found[member_id] = _LETTERS[first % len(_LETTERS)] + _LETTERS[second]
    return found


def _report(
    header: Header,
    identity: Identity,
    held: CreditFile,
    *,
    score: Score,
    months: int,
    notice: str,
    name: Callable[[str], str],
) -> dict[str, Any]:
    made_on = civil_day(header.made_at)
    return {
        "schema": SCHEMA,
        "synthetic": held.synthetic,
        "header": header_json(header, held),
        "identity": {
            "kind": identity.kind,
            "id_kind": identity.id_kind,
            "id_number": identity.id_number,
            "name": identity.name,
        },
        "score": None if held.is_empty else score_json(score),
        "summary": summary(held.tradelines),
        "inquiry_summary": inquiry_summary(held.inquiries, made_on),
        "accounts": [_account(line, month_number(made_on), months, name=name) for line in held.tradelines],
        "inquiries": [
            {
                "asked_on": civil_day(seen.asked_at).isoformat(),
                "by": name(seen.member_id),
                "purpose": seen.purpose,
                "outcome": seen.outcome,
            }
            for seen in held.inquiries
        ],
        "statements": [
            {"tradeline_id": said.tradeline_id, "made_on": civil_day(said.made_at).isoformat(), "words": said.words}
            for said in held.statements
        ],
        "notice": notice,
    }


def header_json(header: Header, held: CreditFile) -> dict[str, Any]:
    """Which answer this is, as known when, for whom and what for, and how it came out."""
    return {
        "report_id": header.report_id,
        "made_at": header.made_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "known_as_of": held.as_of.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "asked_by": header.member_id,
        "purpose": header.purpose,
        "product": header.product,
        "outcome": "no-hit" if held.is_empty else "report",
    }


def summary(lines: Sequence[Tradeline]) -> list[dict[str, Any]]:
    """Accounts, open ones, limits, balances and overdue amounts by account type and currency."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for line in lines:
        kind = (line.account_type, line.currency)
        row = found.setdefault(
            kind,
            {
                "account_type": line.account_type,
                "currency": line.currency,
                "accounts": 0,
                "open": 0,
                "limit_fen": 0,
                "balance_fen": 0,
                "overdue_fen": 0,
            },
        )
        row["accounts"] += 1
        if line.closed_on is None:
            row["open"] += 1
            row["limit_fen"] += line.limit_fen
            row["balance_fen"] += line.balance_fen
            row["overdue_fen"] += line.overdue_fen
    return [found[kind] for kind in sorted(found)]


def inquiry_summary(inquiries: Sequence[InquiryEntry], today: date) -> dict[str, Any]:
    """Applications for credit in the last month and two years, and the lenders behind them."""
    hard = [seen for seen in inquiries if seen.outcome == "answered" and PURPOSES[seen.purpose].counts]
    recent = [seen for seen in hard if (today - civil_day(seen.asked_at)).days < 31]
    return {
        "last_month": {"inquiries": len(recent), "lenders": len({seen.member_id for seen in recent})},
        "last_two_years": {"inquiries": len(hard), "lenders": len({seen.member_id for seen in hard})},
        "refused": sum(seen.outcome == "refused" for seen in inquiries),
    }


def _account(line: Tradeline, month: int, months: int, *, name: Callable[[str], str]) -> dict[str, Any]:
    # The last `months` months: with this month where it was furnished already, else those before it.
    first = max(line.first_month, month - months + (line.last_month >= month))
    skip = first - line.first_month
    return {
        "tradeline_id": line.tradeline_id,
        "furnisher": name(line.furnisher_id),
        "account_type": line.account_type,
        "business_type": line.business_type,
        "role": line.role,
        "opened_on": line.opened_on.isoformat(),
        "closed_on": line.closed_on.isoformat() if line.closed_on else None,
        "due_on": line.due_on.isoformat() if line.due_on else None,
        "currency": line.currency,
        "limit_fen": line.limit_fen,
        "account_status": line.account_status,
        "five_class": line.five_class,
        "as_of_on": line.as_of_on.isoformat(),
        "balance_fen": line.balance_fen,
        "overdue_fen": line.overdue_fen,
        "history": {
            "first_month": month_text(first),
            "statuses": line.statuses[skip:].replace(NOTHING, "/"),
            "overdue_fen": [amount if amount != UNKNOWN else None for amount in line.overdues[skip:]],
        },
    }
