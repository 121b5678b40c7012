"""What is shown from a credit file, to whom?

Blocks in the order of the PBOC second-generation report: header, identity, score, summaries, accounts with their months,
linked duties, public records, statements, inquiries.  Whole numbers and codes only; pages and PDFs put them into words.  A
block that has no source here (marriage, homes, jobs, credit agreements, post-paid accounts) is absent, never empty.

Promises: to a lender other institutions appear as two letters, the same for one institution within one report, and mean
nothing beyond it; a person's own report hides nothing and has two blocks more, which no lender's has; an answer is canonical
JSON, the same bytes for the same file.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec

from openbureau.core.answer.own import Activity, activity_blocks
from openbureau.core.answer.summary import credit_summary, inquiry_summary, public_summary
from openbureau.core.answer.word import answer_word
from openbureau.core.credit_file import NOTHING, UNKNOWN, CreditFile, Tradeline, month_number, month_text
from openbureau.core.further import Further, Guarantee, PublicRecord
from openbureau.core.products import instant_text
from openbureau.core.purpose import PURPOSES
from openbureau.core.scorecard import Score, score_json
from openbureau.law.workdays import civil_day

SCHEMA = "openbureau-report/2"
OWN_SCHEMA = "openbureau-own-report/1"
PUBLIC_UNITS = {
    "tax-arrears": "PF01", "judgment": "PF02", "enforcement": "PF03", "penalty": "PF04", "licence": "PF07", "award": "PF08",
}  # fmt: skip
"""The PBOC unit of a kind of public record; the national report has none for the others."""
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
Json = dict[str, Any]
Name = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the report is about, as shown."""

    kind: str
    id_kind: str
    id_number: str
    name: str


@dataclass(frozen=True, slots=True)
class Header:
    """Which report this is; with fewer than `thin_months` months of history its outcome says `thin`."""

    report_id: str
    made_at: datetime
    member_id: str
    purpose: str
    product: str
    thin_months: int = 0


def render_answer(report: Json) -> bytes:
    """Canonical JSON of a report (RFC 8785 for our values: whole numbers, keys sorted)."""
    return msgspec.json.encode(report, order="sorted")


def lender_report(
    header: Header, identity: Identity, held: CreditFile, *, score: Score, months: int, reference_only: str
) -> Json:
    """The report as a lender gets it: own accounts by name, other institutions masked."""
    name = names_for(header.member_id, held)
    return _report(header, identity, held, score=score, months=months, notice=reference_only, name=name)


def own_report(
    header: Header, identity: Identity, held: CreditFile, *, score: Score, months: int, reference_only: str,
    activity: Activity,
) -> Json:  # fmt: skip
    """The report as the person sees it: every institution by name, and what of `activity` may still be seen."""
    made = _report(
        header, identity, held, score=score, months=months, notice=reference_only, name=lambda member: member
    )
    notice = made.pop("notice")
    return made | {"schema": OWN_SCHEMA} | activity_blocks(activity) | {"notice": notice}


def names_for(member_id: str, *files: CreditFile) -> Name:
    """How institutions are named to a lender: itself by its id, every other by its letters in these files."""
    mask = masked([one for held in files for one in _institutions(held)])
    mask[member_id] = member_id
    return mask.__getitem__


def _institutions(held: CreditFile) -> list[str]:
    further = held.further
    found = [line.furnisher_id for line in held.tradelines] + [seen.member_id for seen in held.inquiries]
    found += [share.funder for share in further.shares] + [one.furnisher_id for one in further.guarantees]
    found += [record.furnisher_id for record in further.public_records]
    return found + [seen.asked_by for seen in further.outside]


def masked(member_ids: Sequence[str]) -> dict[str, str]:
    """Two letters for each institution, in the order of their appearance in this report."""
    found: dict[str, str] = {}
    for member_id in member_ids:
        if member_id not in found:
            first, second = divmod(len(found), len(_LETTERS))
            found[member_id] = _LETTERS[first % len(_LETTERS)] + _LETTERS[second]
    return found


def _report(
    header: Header, identity: Identity, held: CreditFile, *, score: Score, months: int, notice: str, name: Name
) -> Json:
    known_on = civil_day(held.as_of)
    month = month_number(known_on)
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
        "summary": credit_summary(held, month),
        "public_summary": public_summary(held.further.public_records),
        "inquiry_summary": inquiry_summary(held.inquiries, known_on, name),
        **file_blocks(held, month, months, name=name),
        "notice": notice,
    }


def file_blocks(held: CreditFile, month: int, months: int, *, name: Name) -> Json:
    """The blocks that list what is held, record by record."""
    further = held.further
    return {
        "accounts": [
            _account(line, month, months, name=name) | _joint(line, further, name) for line in held.tradelines
        ],
        "linked_duties": [_duty(one, name) for one in further.guarantees],
        "public_records": [_public(record, name) for record in further.public_records],
        "statements": [
            {"tradeline_id": said.tradeline_id, "made_on": civil_day(said.made_at).isoformat(), "words": said.words}
            for said in held.statements
        ],
        "inquiries": [
            {
                "asked_on": civil_day(seen.asked_at).isoformat(),
                "by": name(seen.member_id),
                "purpose": seen.purpose,
                "reason": _pboc_reason(seen.purpose),
                "outcome": seen.outcome,
            }
            for seen in held.inquiries
        ],
        "inquiries_elsewhere": [
            {
                "asked_on": seen.asked_on.isoformat(),
                "by": name(seen.asked_by),
                "kind": seen.asker_kind,
                "reason": seen.reason,
            }
            for seen in further.outside
        ],
    }


def _pboc_reason(purpose: str) -> str | None:
    code = PURPOSES[purpose].pboc_code
    return None if code == "-" else code


def for_lender(held: CreditFile) -> CreditFile:
    """The file without look-ups by courts and authorities: they are the person's affair, not another lender's."""
    shown = tuple(seen for seen in held.inquiries if not PURPOSES[seen.purpose].by_order)
    return held if len(shown) == len(held.inquiries) else replace(held, inquiries=shown)


def header_json(header: Header, held: CreditFile) -> Json:
    """Which answer this is, as known when, for whom and what for, and how it came out."""
    return {
        "report_id": header.report_id,
        "made_at": header.made_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "known_as_of": instant_text(held.as_of),
        "asked_by": header.member_id,
        "purpose": header.purpose,
        "product": header.product,
        "outcome": answer_word(held, thin_months=header.thin_months).value,
    }


def _account(line: Tradeline, month: int, months: int, *, name: Name) -> Json:
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
        "latest": _latest(line),
        "history": {
            "first_month": month_text(first),
            "statuses": line.statuses[skip:].replace(NOTHING, "/"),
            "overdue_fen": [amount if amount != UNKNOWN else None for amount in line.overdues[skip:]],
        },
    }


def _latest(line: Tradeline) -> Json | None:
    """The newest month of an open account (PBOC: the latest month is told of open accounts)."""
    if not line.statuses or line.closed_on is not None:
        return None
    status = line.statuses[-1]
    known = [column[-1] for column in (line.balances, line.dues, line.paids, line.overdues)]
    balance, due, paid, overdue = (None if amount == UNKNOWN else amount for amount in known)
    return {
        "month": month_text(line.last_month),
        "status": status.replace(NOTHING, "/"),
        "periods_overdue": int(status) if status.isdecimal() else 0,
        "balance_fen": balance,
        "due_fen": due,
        "paid_fen": paid,
        "overdue_fen": overdue,
    }


def _joint(line: Tradeline, further: Further, name: Name) -> Json:
    """Who funds the loan and what the subject's own part is, where that is held."""
    found: Json = {}
    if shares := [one for one in further.shares if one.tradeline_id == line.tradeline_id]:
        found["shares"] = [{"funder": name(one.funder), "share_bp": one.share_bp} for one in shares]
    for part in further.parts:
        if part.tradeline_id == line.tradeline_id:
            ended_on = part.ended_on.isoformat() if part.ended_on else None
            found["part"] = {"liability_fen": part.liability_fen, "ended_on": ended_on}
    return found


def _duty(one: Guarantee, name: Name) -> Json:
    """A guarantee.  Whose debt it secures is that person's affair and is not told."""
    return {
        "guarantee_id": one.guarantee_id,
        "furnisher": name(one.furnisher_id),
        "kind": one.guarantee_kind,
        "starts_on": one.starts_on.isoformat(),
        "ends_on": one.ends_on.isoformat() if one.ends_on else None,
        "currency": one.currency,
        "amount_fen": one.amount_fen,
        "outstanding_fen": one.outstanding_fen,
        "status": one.guarantee_status,
        "as_of_on": one.as_of_on.isoformat(),
    }


def _public(record: PublicRecord, name: Name) -> Json:
    return {
        "public_id": record.public_id,
        "furnisher": name(record.furnisher_id),
        "kind": record.public_kind,
        "unit": PUBLIC_UNITS.get(record.public_kind),
        "issuer": record.issuer,
        "case_no": record.case_no,
        "decided_on": record.decided_on.isoformat(),
        "amount_fen": record.amount_fen,
        "status": record.public_status,
        "ended_on": record.ended_on.isoformat() if record.ended_on else None,
        "as_of_on": record.as_of_on.isoformat(),
    }
