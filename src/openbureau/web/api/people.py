"""What does a person see and decide about themselves, as data?

The same duties as the pages of `pages/mine.py`, for programs (consents: `consents.py`): a signed-in session, and for
everything that changes something the session's token in X-CSRF-Token, which every answer here carries.
"""

from typing import Any

import msgspec

from openbureau.jobs.subject.diary import DiaryEntry, diary
from openbureau.jobs.subject.own_report import own_report
from openbureau.web.desk import Asking, desk_of
from openbureau.web.pages.session import Session, is_trusted
from openbureau.web.pages.signed import SIGN_IN, open_session
from openbureau.web.replies import JSON, PRIVATE, Reply, raw
from openbureau.web.trouble import Trouble


def signed_in(request: Asking) -> tuple[Session, str]:
    """The session and the person of a request; `Trouble` where nobody is signed in."""
    session = open_session(request)
    if session is None or session.subject_id is None:
        raise Trouble("sign-in-needed", headers=SIGN_IN)
    return session, session.subject_id


def check_origin(request: Asking, session: Session, token: str | None) -> None:
    """`Trouble` unless the request comes from a page of this session."""
    headers = request.headers
    if not is_trusted(
        session, token, origin=headers.get("origin"), host=headers.get("host", ""), site=headers.get("sec-fetch-site")
    ):
        raise Trouble("form-not-trusted")


def told(request: Asking, session: Session, value: Any, *, status: int = 200) -> Reply:
    """A value for a signed-in person, with the token of their session."""
    cookies = [desk_of(request).sessions.cookie(session)]
    headers = PRIVATE | {"X-CSRF-Token": session.token}
    return raw(msgspec.json.encode(value), JSON, status=status, headers=headers, cookies=cookies)


async def report(request: Asking) -> Reply:
    """GET /v1/me/report: one's own report; that it was shown is logged before it is shown."""
    session, subject_id = signed_in(request)
    desk = desk_of(request)
    return told(request, session, await desk.do(own_report, desk.bureau, subject_id))


async def own_diary(request: Asking) -> Reply:
    """GET /v1/me/diary: everything that happened to one's file, newest first."""
    session, subject_id = signed_in(request)
    desk = desk_of(request)
    entries = await desk.do(diary, desk.bureau, subject_id)
    return told(request, session, {"entries": [entry_json(entry) for entry in entries]})


def entry_json(entry: DiaryEntry) -> dict[str, Any]:
    """An entry of the diary as plain JSON."""
    return {
        "at": entry.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "kind": entry.kind,
        "actor": entry.actor,
        "actor_name": {"en": entry.actor_en, "zh": entry.actor_zh},
        "purpose": entry.purpose,
        "lender": entry.lender.member_id if entry.lender else None,
        "seq": entry.seq,
        "product": entry.product,
        "price": entry.price,
        "refusal": entry.refusal.value if entry.refusal else None,
        "citations": [{"en": cited.render("en"), "zh": cited.render("zh")} for cited in entry.citations],
        "leaf": entry.leaf_hash,
        "leaf_index": entry.leaf_index,
        "proof": f"/v1/proofs/{entry.leaf_hash}",
    }
