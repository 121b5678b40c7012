"""What does a person see and decide about themselves, as data?

The same duties as the pages of `pages/mine.py`, for programs: a signed-in session, and for everything that changes
something the session's token in X-CSRF-Token, which every answer here carries.
"""

import uuid
from datetime import date, datetime
from typing import Any, Protocol

import msgspec

from openbureau.jobs.consent.give import ConsentRefused, give_consent
from openbureau.jobs.consent.withdraw import consents, withdraw_consent
from openbureau.jobs.context import Bureau
from openbureau.jobs.subject.diary import DiaryEntry, diary
from openbureau.jobs.subject.own_report import own_report
from openbureau.law.workdays import civil_day
from openbureau.web.api.bodies import ConsentBody, read_consent
from openbureau.web.desk import Asking, desk_of
from openbureau.web.pages.session import Session, is_trusted
from openbureau.web.pages.signed import SIGN_IN, open_session
from openbureau.web.replies import JSON, PRIVATE, Reply, raw
from openbureau.web.trouble import Trouble


class HeldConsent(Protocol):
    """A consent as the jobs hand it over."""

    @property
    def consent_id(self) -> str:
        """Its id."""
        ...

    @property
    def member_id(self) -> str:
        """To whom."""
        ...

    @property
    def purpose(self) -> str:
        """For what."""
        ...

    @property
    def starts_on(self) -> date:
        """First day."""
        ...

    @property
    def ends_on(self) -> date:
        """Last day."""
        ...

    @property
    def is_one_time(self) -> bool:
        """For one inquiry only?"""
        ...

    @property
    def given_at(self) -> datetime:
        """When it was given."""
        ...

    @property
    def ended_at(self) -> datetime | None:
        """When it was withdrawn; None while it was not."""
        ...


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


def _told(request: Asking, session: Session, value: Any, *, status: int = 200) -> Reply:
    cookies = [desk_of(request).sessions.cookie(session)]
    headers = PRIVATE | {"X-CSRF-Token": session.token}
    return raw(msgspec.json.encode(value), JSON, status=status, headers=headers, cookies=cookies)


async def report(request: Asking) -> Reply:
    """GET /v1/me/report: one's own report; that it was shown is logged before it is shown."""
    session, subject_id = signed_in(request)
    desk = desk_of(request)
    return _told(request, session, await desk.do(own_report, desk.bureau, subject_id))


async def own_diary(request: Asking) -> Reply:
    """GET /v1/me/diary: everything that happened to one's file, newest first."""
    session, subject_id = signed_in(request)
    desk = desk_of(request)
    entries = await desk.do(diary, desk.bureau, subject_id)
    return _told(request, session, {"entries": [entry_json(entry) for entry in entries]})


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
        "price": entry.price,
        "refusal": entry.refusal.value if entry.refusal else None,
        "citations": [{"en": cited.render("en"), "zh": cited.render("zh")} for cited in entry.citations],
        "leaf": entry.leaf_hash,
        "leaf_index": entry.leaf_index,
        "proof": f"/v1/proofs/{entry.leaf_hash}",
    }


async def own_consents(request: Asking) -> Reply:
    """GET /v1/me/consents: the consents one gave, newest first."""
    session, subject_id = signed_in(request)
    desk = desk_of(request)
    held = await desk.do(consents, desk.bureau, subject_id)
    today = civil_day(desk.bureau.clock())
    return _told(request, session, {"consents": [consent_json(one, today) for one in held]})


def consent_json(held: HeldConsent, today: date) -> dict[str, Any]:
    """A consent as plain JSON."""
    return {
        "consent_id": held.consent_id,
        "member_id": held.member_id,
        "purpose": held.purpose,
        "starts_on": held.starts_on.isoformat(),
        "ends_on": held.ends_on.isoformat(),
        "is_one_time": held.is_one_time,
        "given_at": held.given_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "withdrawn_at": held.ended_at.strftime("%Y-%m-%dT%H:%M:%SZ") if held.ended_at else None,
        "state": consent_state(held, today),
    }


def consent_state(held: HeldConsent, today: date) -> str:
    """`in-force`, `withdrawn` or `expired`."""
    if held.ended_at is not None:
        return "withdrawn"
    return "in-force" if today <= held.ends_on else "expired"


async def add_consent(request: Asking) -> Reply:
    """POST /v1/me/consents: give a consent."""
    session, subject_id = signed_in(request)
    check_origin(request, session, request.headers.get("x-csrf-token"))
    body = read_consent(await request.body())
    desk = desk_of(request)
    given = await desk.do(give, desk.bureau, subject_id, body)
    return _told(request, session, given, status=201)


def give(bureau: Bureau, subject_id: str, body: ConsentBody) -> dict[str, Any]:
    """Record a consent; `Trouble` where it cannot be."""
    try:
        made = give_consent(
            bureau, subject_id, member_id=body.member_id, purpose=body.purpose, months=body.months,
            is_one_time=body.is_one_time,
        )  # fmt: skip
    except ConsentRefused:
        raise Trouble("consent-not-possible") from None
    leaf = made.leaf_hash.hex()
    return {
        "consent_id": made.consent_id, "ends_on": made.ends_on.isoformat(), "leaf": leaf, "proof": f"/v1/proofs/{leaf}"
    }  # fmt: skip


async def end_consent(request: Asking) -> Reply:
    """POST /v1/me/consents/{id}/withdraw: withdraw a consent, in one step."""
    session, subject_id = signed_in(request)
    check_origin(request, session, request.headers.get("x-csrf-token"))
    desk = desk_of(request)
    leaf = await desk.do(withdraw, desk.bureau, subject_id, str(request.path_params["consent_id"]))
    return _told(request, session, {"leaf": leaf, "proof": f"/v1/proofs/{leaf}"})


def withdraw(bureau: Bureau, subject_id: str, consent_id: str) -> str:
    """Record a withdrawal; the hash of its leaf; `Trouble` where there is nothing to withdraw."""
    try:
        return withdraw_consent(bureau, subject_id, str(uuid.UUID(consent_id))).hex()
    except (ValueError, ConsentRefused):
        raise Trouble("consent-not-possible") from None
