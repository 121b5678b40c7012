"""What do the committee, the regulator and a member's desk see of cases about conduct?

The list, one case with its evidence, the member's explanation, the committee's decision.  Promises: no page shows a person; a
member sees its own users only; only the committee decides, and a regulator reads.
"""

from typing import Any

from openbureau.core.abuse import AbuseRule
from openbureau.core.staff import StaffRole, staff_actor
from openbureau.jobs.abuse.cases import (
    DECISIONS,
    LONGEST,
    AbuseCase,
    CaseRefused,
    NoCase,
    case_json,
    decide,
    every_case,
    explain,
    member_cases,
    one_case,
)
from openbureau.jobs.context import Bureau
from openbureau.web.api.furnishers import as_uuid
from openbureau.web.api.people import check_origin
from openbureau.web.desk import Asking, desk_of
from openbureau.web.pages.language import Formats
from openbureau.web.pages.session import Session
from openbureau.web.pages.signed import N_, member_signed_in, staff_signed_in
from openbureau.web.pages.views import articles, member_name
from openbureau.web.problems import PROBLEMS
from openbureau.web.replies import Reply, language_of, page, redirect
from openbureau.web.trouble import Trouble

STANDINGS = {
    "open": (N_("open"), "wait"),
    "explained": (N_("explained by the member"), "wait"),
    "confirmed": (N_("confirmed"), "bad"),
    "dismissed": (N_("dismissed"), "calm"),
}
FIGURES = {
    "people": N_("people"), "colleagues": N_("people of a colleague in the middle"), "inquiries": N_("inquiries"),
    "percent": N_("percent"), "refusals": N_("refusals"), "applications": N_("applications"),
    "followed_percent": N_("percent that an account followed"),
}  # fmt: skip
SAID = {"explained": N_("Explanation"), "confirmed": N_("Confirmed"), "dismissed": N_("Dismissed")}
_JUDGES, _READS = StaffRole.COMMITTEE, StaffRole.REGULATOR


def _watching(request: Asking) -> tuple[Session, str, bool] | Reply:
    """The session, who it is, and whether they may decide."""
    for role in (_JUDGES, _READS):
        try:
            session, staff = staff_signed_in(request, role)
        except Trouble:
            continue
        return session, f"{staff_actor(role)}/{staff.handle}", role is _JUDGES
    return redirect("/sign-in?as=staff&next=/cases")


async def cases_page(request: Asking) -> Reply:
    """GET /cases: every case, open ones first."""
    match _watching(request):
        case (session, _, _):
            desk, write = desk_of(request), desk_of(request).paper.formats[language_of(request)]
            found = await desk.do(every_case, desk.bureau)
            return page(request, "cases.html", _listed(desk.bureau, found, write) | {"home": "/cases"}, session=session)
        case reply:
            return reply


async def case_page(request: Asking) -> Reply:
    """GET /cases/{id}: one case."""
    match _watching(request):
        case (session, _, may_decide):
            return await _case(request, session, may_decide=may_decide)
        case reply:
            return reply


async def _case(request: Asking, session: Session, *, may_decide: bool, problem: str | None = None) -> Reply:
    desk, write = desk_of(request), desk_of(request).paper.formats[language_of(request)]
    try:
        found = await desk.do(one_case, desk.bureau, _case_id(request))
    except NoCase:
        raise Trouble("not-found") from None
    words = _words(desk.bureau, found, write) | {
        "home": "/cases", "may_decide": may_decide and found.standing not in DECISIONS, "may_explain": False,
    }  # fmt: skip
    return _written(request, session, words, problem=problem)


def _written(request: Asking, session: Session, words: dict[str, Any], *, problem: str | None) -> Reply:
    row = PROBLEMS[problem] if problem else None
    more = {"problem": row, "longest": LONGEST}
    return page(request, "case.html", words | more, status=row.status if row else 200, session=session)


async def do_decide(request: Asking) -> Reply:
    """POST /cases/{id}/decide: the committee's decision with its reason."""
    match _watching(request):
        case (session, who, True):
            form = await request.form()
            check_origin(request, session, str(form.get("token", "")))
            desk, case_id = desk_of(request), _case_id(request)
            decision, words = str(form.get("decision", "")), str(form.get("words", "")).replace("\x00", "")
            try:
                await desk.do(lambda: decide(desk.bureau, case_id, decision=decision, by=who, words=words))
            except NoCase:
                raise Trouble("not-found") from None
            except CaseRefused:
                return await _case(request, session, may_decide=True, problem="decision-not-taken")
            return redirect(f"/cases/{case_id}", cookies=[desk.sessions.cookie(session)])
        case (_, _, _):
            raise Trouble("decision-not-yours")
        case reply:
            return reply


async def own_cases_page(request: Asking) -> Reply:
    """GET /lender/cases: what is asked about this member's users."""
    session, member_id = member_signed_in(request)
    desk, write = desk_of(request), desk_of(request).paper.formats[language_of(request)]
    found = await desk.do(member_cases, desk.bureau, member_id)
    words = _listed(desk.bureau, found, write) | {"home": "/lender/cases"}
    return page(request, "cases.html", words, session=session)


async def own_case_page(request: Asking) -> Reply:
    """GET /lender/cases/{id}: one of them."""
    session, member_id = member_signed_in(request)
    return await _own_case(request, session, member_id)


async def _own_case(request: Asking, session: Session, member_id: str, *, problem: str | None = None) -> Reply:
    desk, write = desk_of(request), desk_of(request).paper.formats[language_of(request)]
    case_id = _case_id(request)
    mine = [case for case in await desk.do(member_cases, desk.bureau, member_id) if case.held.case_id == case_id]
    if not mine:
        raise Trouble("not-found")
    words = _words(desk.bureau, mine[0], write) | {
        "home": "/lender/cases", "may_decide": False, "may_explain": mine[0].standing not in DECISIONS,
    }  # fmt: skip
    return _written(request, session, words, problem=problem)


async def do_explain(request: Asking) -> Reply:
    """POST /lender/cases/{id}: the member's explanation."""
    session, member_id = member_signed_in(request)
    form = await request.form()
    check_origin(request, session, str(form.get("token", "")))
    desk, case_id = desk_of(request), _case_id(request)
    words = str(form.get("words", "")).replace("\x00", "")
    try:
        await desk.do(lambda: explain(desk.bureau, member_id, case_id, words=words))
    except NoCase:
        raise Trouble("not-found") from None
    except CaseRefused:
        return await _own_case(request, session, member_id, problem="decision-not-taken")
    return redirect(f"/lender/cases/{case_id}", cookies=[desk.sessions.cookie(session)])


def _case_id(request: Asking) -> str:
    found = as_uuid(request.path_params["case_id"])
    if found is None:
        raise Trouble("not-found")
    return found


def _listed(bureau: Bureau, found: list[AbuseCase], write: Formats) -> dict[str, Any]:
    rows = [_words(bureau, case, write) for case in found]
    return {
        "waiting": [row for row in rows if row["standing_name"] not in DECISIONS],
        "over": [row for row in rows if row["standing_name"] in DECISIONS],
    }


def _words(bureau: Bureau, case: AbuseCase, write: Formats) -> dict[str, Any]:
    told = case_json(case)
    at = "zh" if write.is_chinese else "en"
    standing, tone = STANDINGS[case.standing]
    return {
        "case_id": told["case_id"],
        "member": member_name(bureau, told["member_id"], write),
        "user": told["actor_user"],
        "rule": AbuseRule(told["rule"]).value,
        "title": told["title"][at],
        "innocent": told["innocent_explanation"][at],
        "opened_at": told["opened_at"],
        "figures": [(FIGURES[name], write.number(value)) for name, value in told["figures"].items()],
        "evidence": told["evidence"],
        "leaf": told["leaf"],
        "slowed_until": told["slowed_until"],
        "standing_name": case.standing,
        "standing": standing,
        "tone": tone,
        "said": [(SAID[one["kind"]], one["said_by"], one["said_at"], one["words"]) for one in told["words"]],
        "articles": articles(bureau, told["cites"]),
    }
