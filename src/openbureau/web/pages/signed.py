"""Who is signed in, and where do they go?

A session is of a person, of a member's desk, or of staff with a role.  Promises: a page of one audience opens to no
other; after signing in one goes to a page of ours, never to an address from outside.
"""

from openbureau.core.staff import StaffRole
from openbureau.jobs.context import Bureau
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
    "member": (("/furnisher", N_("Files")),),
    StaffRole.REGULATOR: (("/regulator", N_("Furnishers")),),
    StaffRole.REVIEWER: (("/desk", N_("Cases")),),
}
"""The pages of each audience, the first of them its home."""
KINDS = ("person", "member", "staff")
"""As what one may sign in."""
SIGN_IN = {"WWW-Authenticate": 'Session realm="openbureau", sign-in="/sign-in"'}


def home_of(who: str, wished: object = None) -> str:
    """Where somebody goes after signing in: the wished page where it is theirs, their first page otherwise."""
    places = [place for place, _ in PLACES.get(who, (("/", ""),))]
    return str(wished) if wished in places else places[0]


def begin(bureau: Bureau, sessions: Sessions, kind: str, pair: tuple[str, str]) -> Session | None:
    """A new session for a right pair of handle and code; None for a wrong one."""
    if kind == "member":
        member_id = sign_in_desk(bureau, *pair)
        return sessions.begin(member_id=member_id) if member_id else None
    if kind == "staff":
        staff = sign_in_staff(bureau, *pair)
        return sessions.begin(staff=(staff.handle, staff.role.value)) if staff else None
    subject_id = sign_in(bureau, *pair)
    return sessions.begin(subject_id) if subject_id else None


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
    if session is None or session.staff is None or session.role != role.value:
        raise Trouble("sign-in-needed", headers=SIGN_IN)
    return session, Staff(session.staff, role)
