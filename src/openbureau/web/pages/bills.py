"""What does it cost, and what do I owe, as pages?

The tariff is for anybody.  A member's desk sees its bills, every line of them with its proof, and can object to a line.
"""

from typing import Any
from uuid import UUID

from openbureau.core.pricing import PRODUCT_NAMES
from openbureau.jobs.billing.dispute import LONGEST_WORDS, REASONS, Dispute, disputes
from openbureau.jobs.billing.invoices import Invoice, invoices
from openbureau.web.api.billing import FORMS, asked_invoice, objection, told_invoice, told_tariff
from openbureau.web.api.people import check_origin
from openbureau.web.desk import Asking, desk_of
from openbureau.web.pages.language import Formats
from openbureau.web.pages.session import Session
from openbureau.web.pages.signed import N_, member_signed_in, open_session
from openbureau.web.pages.views import member_name
from openbureau.web.problems import PROBLEMS, ProblemRow
from openbureau.web.replies import Reply, language_of, page, redirect
from openbureau.web.trouble import Trouble

UNITS = (N_("days"), N_("seconds"))
"""Units of rules that the tariff page shows."""
SIGN_IN = "/sign-in?as=member&next=/lender/bills"
PAGE_LINES = 200
"""Lines of a bill on one page."""
CREDITED: dict[str, str] = {
    "wrong-answer": N_("the answer was corrected later"),
    "late-answer": N_("the answer came late"),
    "dispute-upheld": N_("your dispute was upheld"),
}
STATES: dict[bool | None, str] = {None: N_("waits for a decision"), True: N_("upheld"), False: N_("rejected")}


async def tariff_page(request: Asking) -> Reply:
    """GET /tariff?on=: the tariff of a day, for anybody."""
    told = told_tariff(request)
    write = desk_of(request).paper.formats[language_of(request)]
    words: dict[str, Any] = told | {
        "products": [
            {
                "name": write.pick(names),
                "amounts": [row["amount_fen"] for row in told["prices"] if row["product"] == name],
            }
            for name, names in PRODUCT_NAMES.items()
        ],
        "tongue_key": "zh" if write.is_chinese else "en",
    }
    return page(request, "tariff.html", words, session=open_session(request))


def _at_desk(request: Asking) -> tuple[Session, str] | Reply:
    try:
        return member_signed_in(request)
    except Trouble:
        return redirect(SIGN_IN)


async def bills_page(request: Asking) -> Reply:
    """GET /lender/bills: every month of the signed-in member, and its disputes."""
    match _at_desk(request):
        case (session, member_id):
            desk = desk_of(request)
            write = desk.paper.formats[language_of(request)]
            words = {
                "member": member_name(desk.bureau, member_id, write),
                "bills": await desk.do(invoices, desk.bureau, member_id),
                "disputes": _dispute_rows(await desk.do(disputes, desk.bureau, member_id), write),
            }
            return page(request, "bills.html", words, session=session)
        case reply:
            return reply


def _dispute_rows(found: list[Dispute], write: Formats) -> list[dict[str, Any]]:
    return [
        {
            "month": one.month, "inquiry_id": one.inquiry_id, "reason": write.pick(REASONS[one.reason]), "words": one.words,
            "opened_at": one.opened_at, "decide_by": one.decide_by, "state": STATES[one.is_upheld],
            "tone": {None: "wait", True: "calm", False: "bad"}[one.is_upheld], "decision": one.decision,
            "decided_at": one.decided_at, "is_overdue": one.is_overdue,
        }
        for one in found
    ]  # fmt: skip


async def bill_page(request: Asking) -> Reply:
    """GET /lender/bills/{month}?from=&dispute=&as=: one bill; with `as` the same as CSV, PDF or JSON."""
    match _at_desk(request):
        case (session, member_id):
            if request.query_params.get("as") in FORMS:
                return await told_invoice(request, member_id)
            return await _bill(request, session, member_id)
        case reply:
            return reply


async def _bill(request: Asking, session: Session, member_id: str, *, row: ProblemRow | None = None) -> Reply:
    desk = desk_of(request)
    write = desk.paper.formats[language_of(request)]
    found = await asked_invoice(request, member_id)
    words = _bill_words(found, write, _number(request.query_params.get("from", "")))
    asked = str(request.query_params.get("dispute", ""))
    words |= {
        "member": member_name(desk.bureau, member_id, write),
        "disputed": next((line for line in found.to_json()["lines"] if line["inquiry_id"] == asked), None),
        "reasons": [(code, write.pick(names)) for code, names in REASONS.items()],
        "most": LONGEST_WORDS,
        "problem": row,
        "done": request.query_params.get("done") == "disputed",
    }
    return page(request, "bill.html", words, status=row.status if row else 200, session=session)


def _bill_words(found: Invoice, write: Formats, first: int) -> dict[str, Any]:
    told = found.to_json()
    lines = told["lines"]
    return told | {
        "is_closed": found.is_closed,
        "hash": found.hash,
        "proof": found.proof,
        "product_names": {name: write.pick(names) for name, names in PRODUCT_NAMES.items()},
        "credited": CREDITED,
        "shown": lines[first - 1 : first - 1 + PAGE_LINES],
        "first": first,
        "count": len(lines),
        "earlier": max(first - PAGE_LINES, 1) if first > 1 else None,
        "following": first + PAGE_LINES if first + PAGE_LINES <= len(lines) else None,
    }


def _number(text: str) -> int:
    return max(int(text), 1) if text.isascii() and text.isdecimal() and len(text) < 9 else 1


async def do_dispute(request: Asking) -> Reply:
    """POST /lender/bills/{month}/disputes: object to a line."""
    match _at_desk(request):
        case (session, member_id):
            form = await request.form()
            check_origin(request, session, str(form.get("token", "")))
            asked = (str(form.get("inquiry_id", "")), str(form.get("reason", "")), str(form.get("words", "")))
            if not _is_whole(asked):
                return await _bill(request, session, member_id, row=PROBLEMS["fields-not-valid"])
            try:
                await objection(request, member_id, asked)
            except Trouble as trouble:
                return await _bill(request, session, member_id, row=trouble.row)
            place = f"/lender/bills/{request.path_params['month']}?done=disputed"
            return redirect(place, cookies=[desk_of(request).sessions.cookie(session)])
        case reply:
            return reply


def _is_whole(asked: tuple[str, str, str]) -> bool:
    inquiry_id, reason, words = asked
    try:
        return str(UUID(inquiry_id)) == inquiry_id and reason in REASONS and 1 <= len(words.strip()) <= LONGEST_WORDS
    except ValueError:
        return False
