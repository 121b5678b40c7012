"""The reviewer's desk as pages: the list of cases, one case with its files side by side, the decision, the undo.

Promises: the list shows nothing of any person; whoever opens a case has left an event in each person's chain before the page
is written; every form works without scripts, carries its session's token, and is answered with a redirect.
"""

from collections.abc import Callable
from typing import Any

from openbureau.core.identity.documents import DOCUMENTS
from openbureau.core.identity.rules import Choice
from openbureau.core.staff import StaffRole
from openbureau.jobs.identity.desk import DeskRefused, Said, cases, decide_case, undo_link, view_case
from openbureau.jobs.identity.links import NotLinkable
from openbureau.jobs.staff.sign_in import Staff
from openbureau.web.api.furnishers import as_uuid
from openbureau.web.api.people import check_origin
from openbureau.web.desk import Asking, desk_of
from openbureau.web.pages.review_view import case_view, list_view
from openbureau.web.pages.session import Session
from openbureau.web.pages.signed import staff_signed_in
from openbureau.web.problems import PROBLEMS
from openbureau.web.replies import Reply, language_of, page, redirect
from openbureau.web.trouble import Trouble

_LONGEST = 2000
_DONE = ("decided", "waiting", "undone")


def _reviewer(request: Asking) -> tuple[Session, Staff] | Reply:
    try:
        return staff_signed_in(request, StaffRole.REVIEWER)
    except Trouble:
        return redirect("/sign-in?as=staff&next=/desk")


async def desk_page(request: Asking) -> Reply:
    """GET /desk: the cases, those that wait for this reviewer first."""
    match _reviewer(request):
        case (session, staff):
            desk, language = desk_of(request), language_of(request)
            rows = await desk.do(cases, desk.bureau, staff)
            words = list_view(rows, desk.paper.formats[language])
            said = request.query_params.get("done")
            return page(request, "desk.html", words | {"done": said if said in _DONE else None}, session=session)
        case reply:
            return reply


async def case_page(request: Asking) -> Reply:
    """GET /desk/{id}: one case, the look recorded."""
    match _reviewer(request):
        case (session, staff):
            return await _case(request, session, staff)
        case reply:
            return reply


async def _case(request: Asking, session: Session, staff: Staff, *, problem: str | None = None) -> Reply:
    desk, language = desk_of(request), language_of(request)
    try:
        found = await desk.do(view_case, desk.bureau, staff, _case_id(request))
    except LookupError:
        raise Trouble("no-such-case") from None
    words = case_view(found, desk.paper.formats[language], DOCUMENTS)
    row = PROBLEMS[problem] if problem else None
    return page(request, "desk_case.html", words | {"problem": row}, status=row.status if row else 200, session=session)


async def _form(request: Asking) -> tuple[Session, Staff, dict[str, Any]] | Reply:
    """Session, reviewer and fields of a form of ours; a way to sign in for anybody else."""
    match _reviewer(request):
        case (session, staff):
            form = dict(await request.form())
            check_origin(request, session, _field(form, "token"))
            return session, staff, form
        case reply:
            return reply


def _field(form: dict[str, Any], name: str) -> str:
    value = form.get(name, "")
    return value.replace("\x00", "")[: _LONGEST + 1] if isinstance(value, str) else ""


async def do_decide(request: Asking) -> Reply:
    """POST /desk/{id}/decide: what this reviewer says."""

    def decide(staff: Staff, case_id: str, form: dict[str, Any]) -> object:
        if _field(form, "choice") not in set(Choice):
            raise DeskRefused("choose one of the decisions")
        said = Said(
            Choice(_field(form, "choice")),
            _field(form, "reason"),
            is_stolen=form.get("stolen") == "yes",
            holder_id=_field(form, "holder") or None,
        )
        return decide_case(desk_of(request).bureau, staff, case_id, said=said)

    return await _acted(request, decide, done="decided")


async def do_undo(request: Asking) -> Reply:
    """POST /desk/{id}/undo: end the link that came of this case."""

    def undo(staff: Staff, case_id: str, form: dict[str, Any]) -> None:
        undo_link(desk_of(request).bureau, staff, case_id, reason=_field(form, "reason"))

    return await _acted(request, undo, done="undone")


async def _acted(request: Asking, act: Callable[[Staff, str, dict[str, Any]], object], *, done: str) -> Reply:
    """Do what the form of a case asks and go back to the list; the case again where it cannot be done."""
    match await _form(request):
        case (session, staff, form):
            desk = desk_of(request)
            try:
                await desk.do(act, staff, _case_id(request), form)
            except (DeskRefused, NotLinkable):
                return await _case(request, session, staff, problem="decision-not-taken")
            except LookupError:
                raise Trouble("no-such-case") from None
            return redirect(f"/desk?done={done}", cookies=[desk.sessions.cookie(session)])
        case reply:
            return reply


def _case_id(request: Asking) -> str:
    found = as_uuid(request.path_params["case_id"])
    if found is None:
        raise Trouble("no-such-case")
    return found
