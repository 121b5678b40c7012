"""What do staff see of their own account, and who sees what staff did?

Setting password and second factor at the first sign-in, one's own account with what happened on it, and for those who audit
what all accounts did.  No page gives anybody a role: that is done from the terminal alone.
"""

from typing import Any

from openbureau.core.staff import STAFF_NAMES, Capability
from openbureau.jobs.staff.accounts import list_events
from openbureau.jobs.staff.enter import Enrolling, EnrolRefused, enrol_staff, secret_address
from openbureau.web.api.people import check_origin
from openbureau.web.desk import Asking, desk_of
from openbureau.web.pages.session import Session
from openbureau.web.pages.signed import ENROL, N_, begin_entered, home_of, open_session, staff_able
from openbureau.web.replies import Reply, language_of, page, redirect
from openbureau.web.trouble import Trouble

_LONGEST = 128
_MOST_OWN = 20
EVENT_WORDS = {
    "added": N_("account made"),
    "recovered": N_("new one-time code made"),
    "granted": N_("role given"),
    "revoked": N_("role taken"),
    "closed": N_("account closed"),
    "enrolled": N_("password and second factor set"),
    "signed-in": N_("signed in"),
    "failed": N_("sign-in failed"),
    "replayed": N_("a code was used twice"),
}
"""What an event of an account is called."""


async def account_page(request: Asking) -> Reply:
    """GET /staff: one's own account."""
    session = open_session(request)
    if session is None or session.staff is None:
        return redirect("/sign-in?as=staff&next=/staff")
    desk, language = desk_of(request), language_of(request)
    at = 0 if language == "zh-CN" else 1
    found = await desk.do(lambda: list_events(desk.bureau, session.staff, most=_MOST_OWN)) if session.epoch else []
    words = {
        "handle": session.staff,
        "roles": [STAFF_NAMES[role][at] for role in session.who.split()],
        "events": [_row(one) for one in found],
        "is_account": bool(session.epoch),
    }
    return page(request, "staff.html", words, session=session)


async def events_page(request: Asking) -> Reply:
    """GET /staff/events: what was done by and to all accounts."""
    try:
        session, _ = staff_able(request, Capability.AUDIT)
    except Trouble:
        return redirect("/sign-in?as=staff&next=/staff/events")
    desk = desk_of(request)
    found = await desk.do(list_events, desk.bureau)
    return page(request, "staff_events.html", {"events": [_row(one) for one in found]}, session=session)


def _row(event: Any) -> dict[str, Any]:
    return {"at": event.at, "handle": event.handle, "what": EVENT_WORDS[event.kind], "detail": event.detail}


def _enrolling(request: Asking) -> tuple[Session, Enrolling] | None:
    session = open_session(request)
    if session is None or session.aside[:1] != (ENROL,):
        return None
    return session, Enrolling(*session.aside[1:])


async def enrol_page(request: Asking) -> Reply:
    """GET /staff/enrol: set password and second factor, after a one-time code."""
    match _enrolling(request):
        case (session, enrolling):
            return _form(request, session, enrolling)
        case _:
            return redirect("/sign-in?as=staff")


def _form(request: Asking, session: Session, enrolling: Enrolling, *, refused: EnrolRefused | None = None) -> Reply:
    secret = enrolling.secret
    words = {
        "handle": enrolling.handle,
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "address": secret_address(enrolling, desk_of(request).bureau.act.origin),
        "refused": refused,
    }
    return page(request, "staff_enrol.html", words, status=422 if refused else 200, session=session)


async def do_enrol(request: Asking) -> Reply:
    """POST /staff/enrol: once for each one-time code; then one is in."""
    match _enrolling(request):
        case (session, enrolling):
            form = dict(await request.form())
            check_origin(request, session, _field(form, "token"))
            return await _enrol(request, (session, enrolling), form)
        case _:
            return redirect("/sign-in?as=staff")


async def _enrol(request: Asking, begun: tuple[Session, Enrolling], form: dict[str, Any]) -> Reply:
    desk, (session, enrolling) = desk_of(request), begun
    password = _field(form, "password")
    if password != _field(form, "again"):
        refused = EnrolRefused("The two passwords differ.", "两次输入的密码不一致。")
        return _form(request, session, enrolling, refused=refused)
    made = await desk.do(enrol_staff, desk.bureau, enrolling, password, _field(form, "factor"))
    if isinstance(made, EnrolRefused):
        return _form(request, session, enrolling, refused=made)
    desk.sessions.end(session)
    entered = begin_entered(desk.sessions, made)
    return redirect(home_of(entered.who), cookies=[desk.sessions.cookie(entered)])


def _field(form: dict[str, Any], name: str) -> str:
    value = form.get(name, "")
    return value.replace("\x00", "")[:_LONGEST] if isinstance(value, str) else ""
