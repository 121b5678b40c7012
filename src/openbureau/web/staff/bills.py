"""What do billers see and decide: how months stand, what members object to, and the decision with its reason?

For the role that settles bills.  Promises: no page shows a person; each objection is decided once, by the same duty as from the
terminal, under the name of who decided; a form sent twice decides once.
"""

from typing import Any

from openbureau.core.staff import Capability, staff_actor
from openbureau.jobs.billing.dispute import LONGEST_WORDS, REASONS, Dispute, NotDecided, decide_dispute, disputes
from openbureau.jobs.billing.due import bill_months
from openbureau.jobs.context import Bureau
from openbureau.jobs.staff.sign_in import Staff
from openbureau.web.api.furnishers import as_uuid
from openbureau.web.api.people import check_origin
from openbureau.web.desk import Asking, desk_of
from openbureau.web.pages.bills import STATES
from openbureau.web.pages.language import Formats
from openbureau.web.pages.session import Session
from openbureau.web.pages.signed import staff_able
from openbureau.web.pages.views import member_name
from openbureau.web.problems import PROBLEMS
from openbureau.web.replies import Reply, language_of, page, redirect
from openbureau.web.trouble import Trouble

SIGN_IN = "/sign-in?as=staff&next=/staff/bills"
DECISIONS = {"uphold": True, "reject": False}
_TONES = {None: "wait", True: "calm", False: "bad"}


def _biller(request: Asking) -> tuple[Session, Staff] | Reply:
    try:
        return staff_able(request, Capability.SETTLE_BILLS)
    except Trouble:
        return redirect(SIGN_IN)


async def bills_page(request: Asking) -> Reply:
    """GET /staff/bills: how each month stands, and every objection, those that wait first."""
    match _biller(request):
        case (session, _):
            return await _bills(request, session)
        case reply:
            return reply


async def _bills(request: Asking, session: Session, *, problem: str | None = None) -> Reply:
    desk, write = desk_of(request), desk_of(request).paper.formats[language_of(request)]
    rows = [_row(desk.bureau, one, write) for one in await desk.do(disputes, desk.bureau)]
    row = PROBLEMS[problem] if problem else None
    words = {
        "months": await desk.do(bill_months, desk.bureau),
        "waiting": [one for one in reversed(rows) if one["is_open"]],
        "over": [one for one in rows if not one["is_open"]],
        "most": LONGEST_WORDS,
        "problem": row,
        "done": request.query_params.get("done") == "decided",
    }
    return page(request, "staff_bills.html", words, status=row.status if row else 200, session=session)


def _row(bureau: Bureau, one: Dispute, write: Formats) -> dict[str, Any]:
    return {
        "dispute_id": one.dispute_id, "member": member_name(bureau, one.member_id, write), "month": one.month,
        "inquiry_id": one.inquiry_id, "reason": write.pick(REASONS[one.reason]), "words": one.words,
        "opened_at": one.opened_at, "decide_by": one.decide_by, "is_overdue": one.is_overdue, "is_open": one.is_upheld is None,
        "state": STATES[one.is_upheld], "tone": _TONES[one.is_upheld], "decision": one.decision,
        "decided_at": one.decided_at, "decided_by": one.decided_by,
    }  # fmt: skip


async def do_decide(request: Asking) -> Reply:
    """POST /staff/bills/{dispute_id}/decide: uphold or reject, with the reason that the member reads."""
    match _biller(request):
        case (session, staff):
            form = await request.form()
            check_origin(request, session, str(form.get("token", "")))
            dispute_id = as_uuid(request.path_params["dispute_id"])
            if dispute_id is None:
                raise Trouble("not-found")
            decision, words = str(form.get("decision", "")), str(form.get("words", "")).replace("\x00", "").strip()
            if decision not in DECISIONS or not 1 <= len(words) <= LONGEST_WORDS:
                return await _bills(request, session, problem="decision-not-taken")
            return await _decide(request, (session, staff), dispute_id, decided=(DECISIONS[decision], words))
        case reply:
            return reply


async def _decide(request: Asking, who: tuple[Session, Staff], dispute_id: str, *, decided: tuple[bool, str]) -> Reply:
    desk, (session, staff) = desk_of(request), who
    is_upheld, words = decided
    by = f"{staff_actor(staff.role)}/{staff.handle}"
    made = await desk.do(lambda: decide_dispute(desk.bureau, dispute_id, is_upheld=is_upheld, words=words, by=by))
    match made:
        case NotDecided.NO_SUCH_DISPUTE:
            raise Trouble("not-found")
        case NotDecided.DECIDED_BEFORE:
            return await _bills(request, session, problem="decision-not-taken")
        case Dispute():
            return redirect("/staff/bills?done=decided", cookies=[desk.sessions.cookie(session)])
