"""Who is signed in, and where do they go?

A session is of a person, of a member's desk, or of staff with a role.  Promises: a page of one audience opens to no
other; after signing in one goes to a page of ours, never to an address from outside.
"""

from openbureau.core.staff import CAPABILITIES, Capability, StaffRole
from openbureau.jobs.context import Bureau
from openbureau.jobs.staff.enter import Enrolling, Entered, enter_staff, is_still_staff
from openbureau.jobs.staff.sign_in import Staff, sign_in_desk, sign_in_staff
from openbureau.jobs.subject.sign_in import sign_in
from openbureau.web.desk import Asking, desk_of
from openbureau.web.pages.session import Session, Sessions
from openbureau.web.trouble import Trouble


def N_(message: str) -> str:  # noqa: N802  (gettext's own name for: to be translated where it is shown)
    """Mark a sentence for the catalogue."""
    return message


PLACES: dict[str, tuple[tuple[str, str], ...]] = {
    "person": (("/me/report", N_("My report")), ("/me/diary", N_("Who looked")), ("/me/consents", N_("Consents"))),
    "member": (
        ("/furnisher", N_("Files")),
        ("/lender", N_("Ask")),
        ("/lender/bills", N_("Bills")),
        ("/lender/deliveries", N_("Deliveries")),
        ("/lender/cases", N_("Conduct")),
    ),
    StaffRole.REGULATOR: (("/regulator", N_("Furnishers")), ("/cases", N_("Conduct"))),
    StaffRole.REVIEWER: (("/desk", N_("Cases")),),
    StaffRole.BILLING: (("/staff/bills", N_("Bills")),),
    StaffRole.AUDITOR: (("/staff/events", N_("What staff did")), ("/staff/samples", N_("Originals"))),
    StaffRole.COMMITTEE: (
        ("/cases", N_("Conduct")),
        ("/staff/events", N_("What staff did")),
        ("/staff/samples", N_("Originals")),
    ),
}
"""The pages of each audience, the first of them its home.  Every account of staff has its own page besides."""
_OWN_ACCOUNT = ("/staff", N_("My account"))
KINDS = ("person", "member", "staff")
"""As what one may sign in."""
ENROL = "enrol"
"""A half-done sign-in: password and second factor are still to be set."""
SIGN_IN = {"WWW-Authenticate": 'Session realm="openbureau", sign-in="/sign-in"'}


def places_of(who: str) -> tuple[tuple[str, str], ...]:
    """The pages of somebody; of staff with several roles those of each."""
    roles = [role for role in who.split() if role in set(StaffRole)]
    places = [place for one in who.split() for place in PLACES.get(one, ())] + [_OWN_ACCOUNT for _ in roles[:1]]
    return tuple(dict.fromkeys(places))


def home_of(who: str, wished: object = None) -> str:
    """Where somebody goes after signing in: the wished page where it is theirs, their first page otherwise."""
    places = [place for place, _ in places_of(who)] or ["/"]
    return str(wished) if wished in places else places[0]


def begin(bureau: Bureau, sessions: Sessions, kind: str, words: tuple[str, str, str]) -> Session | None:
    """A new session for a handle, its code and for staff a second factor; None where they do not fit."""
    handle, code, _ = words
    if kind == "member":
        member_id = sign_in_desk(bureau, handle, code)
        return sessions.begin(member_id=member_id) if member_id else None
    if kind == "staff":
        return _begin_staff(bureau, sessions, words)
    subject_id = sign_in(bureau, handle, code)
    return sessions.begin(subject_id) if subject_id else None


def _begin_staff(bureau: Bureau, sessions: Sessions, words: tuple[str, str, str]) -> Session | None:
    """Sandbox staff by code; everybody else by an account, in one step or with one more."""
    staff = sign_in_staff(bureau, *words[:2])
    if staff is not None:
        return sessions.begin(staff=(staff.handle, staff.role.value))
    match enter_staff(bureau, words[0].strip().lower(), *words[1:]):
        case Entered() as entered:
            return begin_entered(sessions, entered)
        case Enrolling(handle, one_time, secret):
            return sessions.begin(aside=(ENROL, handle, one_time, secret))
        case _:
            return None


def begin_entered(sessions: Sessions, entered: Entered) -> Session:
    """The session of staff who came in with both factors."""
    return sessions.begin(staff=(entered.handle, " ".join(entered.roles)), epoch=entered.epoch)


def after_sign_in(session: Session, wished: object) -> str:
    """Where a new session goes: home, or to what is still to be done."""
    return "/staff/enrol" if session.aside else home_of(session.who, wished)


async def end_if_over(request: Asking) -> None:
    """A session of an account that was closed, renewed or given other roles is none, from this request on."""
    session = open_session(request)
    if session is None or session.staff is None or not session.epoch:
        return
    desk, roles = desk_of(request), tuple(session.who.split())
    if not await desk.do(is_still_staff, desk.bureau, session.staff, roles, session.epoch):
        desk.sessions.end(session)


def open_session(request: Asking) -> Session | None:
    """The session that a request carries, whoever's it is."""
    desk = desk_of(request)
    return desk.sessions.open(request.cookies.get(desk.sessions.cookie_name))


def member_signed_in(request: Asking) -> tuple[Session, str]:
    """The session and the member of a desk; `Trouble` where none is signed in."""
    session = open_session(request)
    if session is None or session.member_id is None or session.member_id not in desk_of(request).bureau.members:
        raise Trouble("sign-in-needed", headers=SIGN_IN)
    return session, session.member_id


def staff_signed_in(request: Asking, role: StaffRole) -> tuple[Session, Staff]:
    """The session and the staff of a role; `Trouble` for everybody else."""
    session = open_session(request)
    if session is None or session.staff is None or role.value not in session.who.split():
        raise Trouble("sign-in-needed", headers=SIGN_IN)
    return session, Staff(session.staff, role)


def staff_able(request: Asking, capability: Capability) -> tuple[Session, Staff]:
    """The session and the staff of the first role that can do something; `Trouble` for everybody else."""
    session = open_session(request)
    held = [StaffRole(role) for role in session.who.split()] if session and session.staff else []
    able = [role for role in held if capability in CAPABILITIES[role]]
    if session is None or session.staff is None or not able:
        raise Trouble("sign-in-needed", headers=SIGN_IN)
    return session, Staff(session.staff, able[0])
