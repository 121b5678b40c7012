"""Consents as pages: choose, read the notice, tick each point, agree; answer what a lender asks; withdraw in one step.

Every form works without JavaScript and carries its session's token.  What changes something is answered with a redirect; a
code alone is shown at once, because it is kept nowhere.
"""

from typing import Any

import msgspec

from openbureau.core.consent.terms import POINTS
from openbureau.jobs.consent.confirm import Asked, asked_of, decline_consent, make_code
from openbureau.jobs.consent.withdraw import consents, consequences
from openbureau.jobs.monitor.own import monitors_on
from openbureau.web.api.bodies import ConsentBody
from openbureau.web.api.consents import confirmed, give, id_of, noticed, request_notice, settled, withdraw
from openbureau.web.desk import Asking, desk_of
from openbureau.web.pages.consents_view import asked_row, consents_view, monitors_view
from openbureau.web.pages.mine import checked_form, field_of, mine_or_sign_in
from openbureau.web.pages.session import Session
from openbureau.web.pages.views import articles
from openbureau.web.problems import ProblemRow
from openbureau.web.replies import Reply, language_of, page, redirect
from openbureau.web.trouble import Trouble

_DONE = ("given", "withdrawn", "confirmed", "declined")
_SIGN_IN = "/sign-in?next=/me/consents"
_RULES = ("crr.inquiry.consent", "pipl.consent.withdraw", "pipl.consent.past_stays_valid")


async def consents_page(request: Asking) -> Reply:
    """GET /me/consents: what lenders ask, what one agreed to, how to agree, how to withdraw and what that stops."""
    match mine_or_sign_in(request):
        case (session, subject_id):
            return await _consents(request, session, subject_id)
        case reply:
            return reply


async def _consents(
    request: Asking, session: Session, subject_id: str, *, row: ProblemRow | None = None, code: dict[str, Any] | None = None
) -> Reply:  # fmt: skip
    desk, language = desk_of(request), language_of(request)
    held = await desk.do(consents, desk.bureau, subject_id)
    asked = await desk.do(asked_of, desk.bureau, subject_id)
    rows = [(one, consequences(desk.bureau, one)) for one in held]
    words = consents_view(desk.bureau, rows, asked, desk.paper.formats[language])
    watching = await desk.do(monitors_on, desk.bureau, subject_id)
    words["monitors"] = monitors_view(desk.bureau, watching, desk.paper.formats[language])
    said = request.query_params.get("done")
    words |= {"done": said if said in _DONE else None, "problem": row, "code": code}
    words["articles"] = articles(desk.bureau, _RULES)
    return page(request, "consents.html", words, status=row.status if row else 200, session=session)


def _wish(values: Any) -> ConsentBody:
    """What a form or address asks to agree to; what is missing has a value that no consent can have."""
    member_id, _, purpose = field_of(values, "whom").partition("|")
    months = field_of(values, "months")
    extent = field_of(values, "extent")
    return ConsentBody(
        member_id, purpose, int(months[:4]) if months.isdecimal() else 0, extent == "once",
        ("report", "monitoring") if extent == "monitored" else ("report",),
        tuple(point for point in POINTS if values.get(f"point-{point}") == "yes"),
        field_of(values, "notice"),
        "en" if values.get("language") == "en" else "zh-CN",
    )  # fmt: skip


async def notice_page(request: Asking) -> Reply:
    """GET /me/consents/new: the notice for what was chosen, with each point to tick."""
    match mine_or_sign_in(request):
        case (session, _):
            return await _notice(request, session, _wish(request.query_params))
        case reply:
            return reply


async def _notice(request: Asking, session: Session, wish: ConsentBody, *, row: ProblemRow | None = None) -> Reply:
    desk, language = desk_of(request), language_of(request)
    shown = msgspec.structs.replace(wish, months=min(max(wish.months, 1), 1200))
    try:
        told = await desk.do(noticed, desk.bureau, shown, language)
    except Trouble as trouble:
        return await _consents(request, session, session.subject_id or "", row=trouble.row)
    extent = "once" if wish.is_one_time else "monitored" if "monitoring" in wish.products else "continuing"
    fields = {
        "whom": f"{wish.member_id}|{wish.purpose}", "months": str(wish.months), "extent": extent,
        "notice": told["version"], "language": language,
    }  # fmt: skip
    words = {
        "notice": told, "fields": fields, "problem": row, "ticked": wish.points, "action": "/me/consents", "asked": None,
    }  # fmt: skip
    return page(request, "consent_notice.html", words, status=row.status if row else 200, session=session)


async def do_give(request: Asking) -> Reply:
    """POST /me/consents: give a consent."""
    session, form = await checked_form(request)
    if session.subject_id is None:
        return redirect(_SIGN_IN)
    desk, wish = desk_of(request), _wish(form)
    try:
        await desk.do(give, desk.bureau, session.subject_id, wish)
    except Trouble as trouble:
        return await _notice(request, session, wish, row=trouble.row)
    return redirect("/me/consents?done=given", cookies=[desk.sessions.cookie(session)])


async def do_withdraw(request: Asking) -> Reply:
    """POST /me/consents/{id}/withdraw: one step."""
    session, _ = await checked_form(request)
    if session.subject_id is None:
        return redirect(_SIGN_IN)
    desk = desk_of(request)
    try:
        await desk.do(withdraw, desk.bureau, session.subject_id, str(request.path_params["consent_id"]))
    except Trouble as trouble:
        return await _consents(request, session, session.subject_id, row=trouble.row)
    return redirect("/me/consents?done=withdrawn", cookies=[desk.sessions.cookie(session)])


async def request_page(request: Asking) -> Reply:
    """GET /me/consents/requests/{id}: what a lender asks, with the notice and each point."""
    match mine_or_sign_in(request):
        case (session, subject_id):
            return await _request(request, session, subject_id)
        case reply:
            return reply


async def _request(
    request: Asking, session: Session, subject_id: str, *, row: ProblemRow | None = None, ticked: tuple[str, ...] = ()
) -> Reply:
    desk, language, consent_id = desk_of(request), language_of(request), id_of(request)
    found: list[Asked] = await desk.do(asked_of, desk.bureau, subject_id)
    asked = next(
        (one for one in found if one.artefact.consent.consent_id == consent_id and one.state == "pending"), None
    )
    if asked is None:
        raise Trouble("no-such-consent")
    told = await desk.do(request_notice, desk.bureau, asked, language)
    words = {
        "notice": told, "fields": {}, "problem": row, "ticked": ticked, "action": f"/me/consents/requests/{consent_id}",
        "asked": asked_row(desk.bureau, asked, desk.paper.formats[language]),
    }  # fmt: skip
    return page(request, "consent_notice.html", words, status=row.status if row else 200, session=session)


async def do_answer(request: Asking) -> Reply:
    """POST /me/consents/requests/{id}: yes, point by point, or no."""
    session, form = await checked_form(request)
    if session.subject_id is None:
        return redirect(_SIGN_IN)
    desk, consent_id = desk_of(request), id_of(request)
    ticked = _wish(form).points
    try:
        if form.get("answer") == "no":
            await desk.do(settled, desk.bureau, decline_consent, session.subject_id, consent_id)
            done = "declined"
        else:
            await desk.do(confirmed, desk.bureau, session.subject_id, consent_id, ticked)
            done = "confirmed"
    except Trouble as trouble:
        if trouble.row.code == "no-such-consent":
            raise
        return await _request(request, session, session.subject_id, row=trouble.row, ticked=ticked)
    return redirect(f"/me/consents?done={done}", cookies=[desk.sessions.cookie(session)])


async def do_code(request: Asking) -> Reply:
    """POST /me/consents/codes: a code to say to one lender; shown once."""
    session, form = await checked_form(request)
    if session.subject_id is None:
        return redirect(_SIGN_IN)
    desk, member_id = desk_of(request), field_of(form, "lender")
    try:
        code, until = await desk.do(settled, desk.bureau, make_code, session.subject_id, member_id)
    except Trouble as trouble:
        return await _consents(request, session, session.subject_id, row=trouble.row)
    shown = {"code": code, "until": until, "member_id": member_id}
    return await _consents(request, session, session.subject_id, code=shown)
