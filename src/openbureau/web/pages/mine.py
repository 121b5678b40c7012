"""What does a person see and decide about themselves, as pages?

Sign-in, one's own report, who looked at the file, consents.  Every form works without JavaScript, carries its session's
token, and is answered with a redirect, so that a repeat of the page repeats nothing.
"""

from typing import Any

from openbureau.jobs.consent.withdraw import consents
from openbureau.jobs.subject.diary import diary
from openbureau.jobs.subject.own_report import own_report
from openbureau.web.api.bodies import ConsentBody
from openbureau.web.api.people import check_origin, give, signed_in, withdraw
from openbureau.web.api.public import checkpoint_age, log_state
from openbureau.web.desk import Asking, desk_of
from openbureau.web.pages.session import Session
from openbureau.web.pages.signed import KINDS, after_sign_in, begin, home_of, open_session
from openbureau.web.pages.views import articles, consents_view, diary_view, report_view
from openbureau.web.problems import PROBLEMS, ProblemRow
from openbureau.web.replies import Reply, language_of, page, redirect
from openbureau.web.trouble import Trouble

_LONGEST = 64
_STAFF_PAGES = {"/regulator", "/desk", "/staff", "/staff/events"}


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
    session, form = await _checked_form(request)
    handle, code = _field(form, "handle").strip().upper(), _field(form, "code")
    address = request.client.host if request.client else "-"
    wish = (_kind(form.get("as")), _field(form, "next"))
    if (seconds := desk.limits.wait(handle, address)) > 0:
        reply = _form(request, session, wish, row=PROBLEMS["too-many-sign-ins"])
        reply.headers["Retry-After"] = str(seconds)
        return reply
    made = await desk.do(begin, desk.bureau, desk.sessions, wish[0], (handle, code, _field(form, "factor")))
    if made is None:
        desk.limits.failed(handle, address)
        return _form(request, session, wish, row=PROBLEMS["sign-in-not-right"])
    desk.limits.succeeded(handle)
    desk.sessions.end(session)
    return redirect(after_sign_in(made, wish[1]), cookies=[desk.sessions.cookie(made)])


async def do_sign_out(request: Asking) -> Reply:
    """POST /sign-out: the session ends here and in the browser."""
    desk = desk_of(request)
    session, _ = await _checked_form(request)
    desk.sessions.end(session)
    return redirect("/", cookies=[desk.sessions.no_cookie()])


async def _checked_form(request: Asking) -> tuple[Session, dict[str, Any]]:
    """Session and fields of a form that comes from a page of ours; `Trouble` otherwise."""
    session = open_session(request)
    form = dict(await request.form())
    if session is None:
        raise Trouble("form-not-trusted")
    check_origin(request, session, _field(form, "token"))
    return session, form


def _field(form: dict[str, Any], name: str) -> str:
    value = form.get(name, "")
    return value[:_LONGEST] if isinstance(value, str) else ""


def _mine(request: Asking) -> tuple[Session, str] | Reply:
    """Who is signed in; a way to sign in where nobody is."""
    try:
        return signed_in(request)
    except Trouble:
        return redirect(f"/sign-in?next={request.url.path}")


async def report_page(request: Asking) -> Reply:
    """GET /me/report: one's own report, every institution by name."""
    match _mine(request):
        case (session, subject_id):
            desk, language = desk_of(request), language_of(request)
            found = await desk.do(own_report, desk.bureau, subject_id)
            words = report_view(desk.bureau, found, desk.paper.formats[language])
            return page(request, "report.html", words, session=session)
        case reply:
            return reply


async def diary_page(request: Asking) -> Reply:
    """GET /me/diary: who looked, when, why, and what the law said."""
    match _mine(request):
        case (session, subject_id):
            desk, language = desk_of(request), language_of(request)
            entries = await desk.do(diary, desk.bureau, subject_id)
            words = diary_view(entries, desk.paper, language)
            return page(request, "diary.html", words, session=session)
        case reply:
            return reply


async def consents_page(request: Asking) -> Reply:
    """GET /me/consents: what one agreed to, how to agree, how to withdraw and what that stops."""
    match _mine(request):
        case (session, subject_id):
            return await _consents(request, session, subject_id)
        case reply:
            return reply


async def _consents(request: Asking, session: Session, subject_id: str, *, row: ProblemRow | None = None) -> Reply:
    desk, language = desk_of(request), language_of(request)
    held = await desk.do(consents, desk.bureau, subject_id)
    words = consents_view(desk.bureau, held, desk.paper.formats[language])
    said = request.query_params.get("done")
    words |= {"done": said if said in {"given", "withdrawn"} else None, "problem": row}
    words["articles"] = articles(
        desk.bureau, ("crr.inquiry.consent", "pipl.consent.withdraw", "pipl.consent.past_stays_valid")
    )
    return page(request, "consents.html", words, status=row.status if row else 200, session=session)


async def do_give(request: Asking) -> Reply:
    """POST /me/consents: give a consent."""
    session, form = await _checked_form(request)
    if session.subject_id is None:
        return redirect("/sign-in?next=/me/consents")
    member_id, _, purpose = _field(form, "whom").partition("|")
    months = _field(form, "months")
    body = ConsentBody(member_id, purpose, int(months) if months.isdecimal() else 0, form.get("once") == "yes")
    desk = desk_of(request)
    try:
        await desk.do(give, desk.bureau, session.subject_id, body)
    except Trouble as trouble:
        return await _consents(request, session, session.subject_id, row=trouble.row)
    return redirect("/me/consents?done=given", cookies=[desk.sessions.cookie(session)])


async def do_withdraw(request: Asking) -> Reply:
    """POST /me/consents/{id}/withdraw: one step."""
    session, _ = await _checked_form(request)
    if session.subject_id is None:
        return redirect("/sign-in?next=/me/consents")
    desk = desk_of(request)
    try:
        await desk.do(withdraw, desk.bureau, session.subject_id, str(request.path_params["consent_id"]))
    except Trouble as trouble:
        return await _consents(request, session, session.subject_id, row=trouble.row)
    return redirect("/me/consents?done=withdrawn", cookies=[desk.sessions.cookie(session)])
