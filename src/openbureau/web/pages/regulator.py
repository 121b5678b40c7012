"""What does a regulator see of the furnishers?

Every furnisher's files, receipts, findings by rule and counts (R2).  Only reads, shows no person, and can change nothing.
Other parts of the bureau add their own sections through `furnishing_views.SECTIONS`.
"""

from typing import Any

from openbureau.core.member import Role
from openbureau.core.staff import StaffRole
from openbureau.jobs.furnishing.progress import LIST_MOST, findings_by_rule, furnishings, totals
from openbureau.jobs.staff.view import check_inspection
from openbureau.web.api.furnishers import as_uuid
from openbureau.web.desk import Asking, Desk, desk_of
from openbureau.web.pages.furnisher import report_page
from openbureau.web.pages.furnishing_views import SECTIONS, file_rows, rule_rows
from openbureau.web.pages.session import Session
from openbureau.web.pages.signed import staff_signed_in
from openbureau.web.pages.views import member_name
from openbureau.web.replies import Reply, language_of, page, redirect
from openbureau.web.trouble import Trouble

SIGN_IN = "/sign-in?as=staff&next=/regulator"


def _regulator(request: Asking) -> Session | Reply:
    try:
        session, staff = staff_signed_in(request, StaffRole.REGULATOR)
    except Trouble:
        return redirect(SIGN_IN)
    check_inspection(desk_of(request).bureau, staff)
    return session


async def regulator_page(request: Asking) -> Reply:
    """GET /regulator?member=&before=: all furnishers, or one of them."""
    session = _regulator(request)
    if not isinstance(session, Session):
        return session
    desk, language = desk_of(request), language_of(request)
    member_id = request.query_params.get("member") or None
    if member_id is not None and member_id not in desk.bureau.members:
        raise Trouble("not-found")
    before = as_uuid(request.query_params.get("before", "-"))
    words = await desk.do(_words, desk, member_id, (before, language))
    return page(request, "regulator.html", words, session=session)


def _words(desk: Desk, member_id: str | None, asked: tuple[str | None, str]) -> dict[str, Any]:
    before, language = asked
    bureau, write = desk.bureau, desk.paper.formats[language]
    files = furnishings(bureau, member_id, before=before)
    sent = {row["member_id"]: row for row in totals(bureau)}
    sections = [made(bureau, member_id, write) for made in SECTIONS]
    return {
        "member_id": member_id,
        "member": member_name(bureau, member_id, write) if member_id else None,
        "furnishers": [
            {"member_id": one, "name": member_name(bureau, one, write), "sent": sent.get(one)}
            for one, member in bureau.members.items()
            if Role.FURNISHER in member.roles or one in sent
        ],
        "files": [row | {"name": member_name(bureau, row["member_id"], write)} for row in file_rows(files, write)],
        "following": files[-1]["receipt_id"] if len(files) == LIST_MOST else None,
        "rules": rule_rows(findings_by_rule(bureau, member_id), write),
        "sections": [section for section in sections if section is not None],
    }


async def regulator_file(request: Asking) -> Reply:
    """GET /regulator/files/{receipt_id}: what became of a file of any furnisher."""
    session = _regulator(request)
    if not isinstance(session, Session):
        return session
    return await report_page(request, session, None, home="/regulator")
