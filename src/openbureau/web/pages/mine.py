"""What does a person see and decide about themselves, as pages?

Sign-in, one's own report, who looked at the file (consents: `consents.py`).  Every form works without JavaScript, carries
its session's token, and is answered with a redirect, so that a repeat of the page repeats nothing.
"""

from typing import Any

from openbureau.jobs.subject.diary import diary
from openbureau.jobs.subject.own_report import own_report
from openbureau.web.api.people import check_origin, signed_in
from openbureau.web.api.public import checkpoint_age, log_state
from openbureau.web.desk import Asking, desk_of
from openbureau.web.pages.session import Session
from openbureau.web.pages.signed import KINDS, after_sign_in, begin, home_of, open_session
from openbureau.web.pages.views import diary_view, report_view
from openbureau.web.problems import PROBLEMS, ProblemRow
from openbureau.web.replies import Reply, language_of, page, redirect
from openbureau.web.trouble import Trouble

_LONGEST = 64
_STAFF_PAGES = {"/regulator", "/desk", "/staff", "/staff/events", "/staff/bills", "/staff/samples"}


async def home(request: Asking) -> Reply:
    """GET /: what this is, and where each reader goes on."""
    desk = desk_of(request)
    state = await desk.do(log_state, desk)
    age = checkpoint_age(desk.bureau.settings.head_file)
    words = {"log": state, "age": age, "origin": desk.bureau.act.origin, "act": desk.bureau.act.hash.hex()}
    return page(request, "home.html", words, session=open_session(request))


async def sign_in_page(request: Asking) -> Reply:
    """GET /sign-in: the form."""
    session = open_session(request)
    after, kind = request.query_params.get("next"), request.query_params.get("as")
    if session and session.who:
        return redirect(home_of(session.who, after))
    return _form(request, session or desk_of(request).sessions.begin(), (_kind(kind, after), str(after or "")))


def _form(request: Asking, session: Session, wish: tuple[str, str], *, row: ProblemRow | None = None) -> Reply:
    kind, after = wish
    words = {"next": after, "problem": row, "kind": kind, "kinds": KINDS}
    return page(request, "sign_in.html", words, status=row.status if row else 200, session=session)


def _kind(asked: object, after: object = None) -> str:
    """As what somebody signs in: as they say, or as whoever the page they came from is for."""
    if asked in KINDS:
        return str(asked)
    return "member" if after == "/furnisher" else "staff" if after in _STAFF_PAGES else "person"


async def do_sign_in(request: Asking) -> Reply:
    """POST /sign-in: handle and code; a right pair begins a new session."""
    desk = desk_of(request)
    session, form = await checked_form(request)
    handle, code = field_of(form, "handle").strip().upper(), field_of(form, "code")
    address = request.client.host if request.client else "-"
    wish = (_kind(form.get("as")), field_of(form, "next"))
    if (seconds := desk.limits.wait(handle, address)) > 0:
        reply = _form(request, session, wish, row=PROBLEMS["too-many-sign-ins"])
        reply.headers["Retry-After"] = str(seconds)
        return reply
    made = await desk.do(begin, desk.bureau, desk.sessions, wish[0], (handle, code, field_of(form, "factor")))
    if made is None:
        desk.limits.failed(handle, address)
        return _form(request, session, wish, row=PROBLEMS["sign-in-not-right"])
    desk.limits.succeeded(handle)
    desk.sessions.end(session)
    return redirect(after_sign_in(made, wish[1]), cookies=[desk.sessions.cookie(made)])


async def do_sign_out(request: Asking) -> Reply:
    """POST /sign-out: the session ends here and in the browser."""
    desk = desk_of(request)
    session, _ = await checked_form(request)
    desk.sessions.end(session)
    return redirect("/", cookies=[desk.sessions.no_cookie()])


async def checked_form(request: Asking) -> tuple[Session, dict[str, Any]]:
    """Session and fields of a form that comes from a page of ours; `Trouble` otherwise."""
    session = open_session(request)
    form = dict(await request.form())
    if session is None:
        raise Trouble("form-not-trusted")
    check_origin(request, session, field_of(form, "token"))
    return session, form


def field_of(form: dict[str, Any], name: str) -> str:
    """A short field of a form; empty where it is missing."""
    value = form.get(name, "")
    return value.replace("\x00", "")[:_LONGEST] if isinstance(value, str) else ""


def mine_or_sign_in(request: Asking) -> tuple[Session, str] | Reply:
    """Who is signed in; a way to sign in where nobody is."""
    try:
        return signed_in(request)
    except Trouble:
        return redirect(f"/sign-in?next={request.url.path}")


async def report_page(request: Asking) -> Reply:
    """GET /me/report: one's own report, every institution by name."""
    match mine_or_sign_in(request):
        case (session, subject_id):
            desk, language = desk_of(request), language_of(request)
            found = await desk.do(own_report, desk.bureau, subject_id)
            words = report_view(desk.bureau, found, desk.paper.formats[language])
            return page(request, "report.html", words, session=session)
        case reply:
            return reply


async def diary_page(request: Asking) -> Reply:
    """GET /me/diary: who looked, when, why, and what the law said."""
    match mine_or_sign_in(request):
        case (session, subject_id):
            desk, language = desk_of(request), language_of(request)
            entries = await desk.do(diary, desk.bureau, subject_id)
            words = diary_view(entries, desk.paper, language)
            return page(request, "diary.html", words, session=session)
        case reply:
            return reply
