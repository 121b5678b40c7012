"""Consents as data: what a person gives, confirms, declines and withdraws; what members send, read and show the originals of.

A person's changes carry the token of their session.  What a member is told of a consent that it sent is the same whether or
not the person is on file.
"""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

import msgspec

from openbureau.core.consent.artefact import ArtefactRefused
from openbureau.jobs.consent.collect import collect_consent
from openbureau.jobs.consent.confirm import Asked, asked_of, confirm_consent, decline_consent, make_code
from openbureau.jobs.consent.give import give_consent, lender_of
from openbureau.jobs.consent.read import members_consent, own_artefact
from openbureau.jobs.consent.record import ConsentRefused, Given
from openbureau.jobs.consent.sample import answer, own_samples
from openbureau.jobs.consent.show import show_notice
from openbureau.jobs.consent.withdraw import Consequences, HeldConsent, consents, consequences, withdraw_consent
from openbureau.jobs.context import Bureau
from openbureau.law.rules import Citation
from openbureau.law.workdays import add_months, civil_day
from openbureau.web.api.bodies import (
    ConsentBody,
    field_trouble,
    read_code_wish,
    read_collected,
    read_consent,
    read_points,
)
from openbureau.web.api.lenders import member_of
from openbureau.web.api.people import check_origin, signed_in, told
from openbureau.web.desk import Asking, desk_of
from openbureau.web.replies import JSON, PRIVATE, Reply, json_reply, language_of, raw
from openbureau.web.trouble import Trouble

Done = TypeVar("Done")


def settled(bureau: Bureau, duty: Callable[..., Done], *words: Any, **named: Any) -> Done:
    """Do a duty of consents; `Trouble` with the articles where it is refused, with the places where a body does not fit."""
    try:
        return duty(bureau, *words, **named)
    except ConsentRefused as refused:
        cited = bureau.rulebook(civil_day(bureau.clock())).cite(*refused.rules)
        raise Trouble(refused.code, told={"citations": citations_json(cited)} if cited else {}) from None
    except ArtefactRefused as refused:
        cure = {"en": "See docs/specs/consent.md and its schema.", "zh": "请参阅 docs/specs/consent.md 及其格式。"}
        errors = [
            {"pointer": f"/artefact{flaw.pointer}", "what": {"en": flaw.en, "zh": flaw.zh}, "cure": cure}
            for flaw in refused.flaws
        ]
        raise Trouble("fields-not-valid", told={"errors": errors}) from None


def citations_json(cited: tuple[Citation, ...]) -> list[dict[str, str]]:
    """Articles in both languages."""
    return [{"en": one.render("en"), "zh": one.render("zh")} for one in cited]


def id_of(request: Asking, name: str = "consent_id", *, code: str = "no-such-consent") -> str:
    """An id of the address; `Trouble` where it is none."""
    try:
        return str(uuid.UUID(str(request.path_params[name])))
    except ValueError:
        raise Trouble(code) from None


# ----------------------------------------------------------------------------------------------------------------- people


async def own_consents(request: Asking) -> Reply:
    """GET /v1/me/consents: the consents one gave, and what lenders ask for, newest first."""
    session, subject_id = signed_in(request)
    desk = desk_of(request)
    held = await desk.do(consents, desk.bureau, subject_id)
    asked = await desk.do(asked_of, desk.bureau, subject_id)
    today = civil_day(desk.bureau.clock())
    rows = [
        consent_json(one, today) | {"on_withdrawal": consequences_json(consequences(desk.bureau, one))} for one in held
    ]
    return told(request, session, {"consents": rows, "requests": [asked_json(one) for one in asked]})


def consent_json(held: HeldConsent, today: date) -> dict[str, Any]:
    """A consent as plain JSON."""
    return {
        "consent_id": held.consent_id,
        "member_id": held.member_id,
        "purpose": held.purpose,
        "purpose_version": held.purpose_version,
        "products": list(held.products),
        "starts_on": held.starts_on.isoformat(),
        "ends_on": held.ends_on.isoformat(),
        "is_one_time": held.is_one_time,
        "collector": held.collector,
        "channel": held.channel,
        "notice_version": held.notice_version,
        "given_at": held.given_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "withdrawn_at": held.ended_at.strftime("%Y-%m-%dT%H:%M:%SZ") if held.ended_at else None,
        "state": consent_state(held, today),
    }


def consent_state(held: HeldConsent, today: date) -> str:
    """`in-force`, `withdrawn` or `expired`."""
    if held.ended_at is not None:
        return "withdrawn"
    return "in-force" if today <= held.ends_on else "expired"


def consequences_json(found: Consequences) -> dict[str, Any]:
    """What a withdrawal does, as plain JSON."""
    return {
        "inquiries_stop": found.stops_inquiries,
        "monitoring_stops": found.stops_monitoring,
        "answers_stay": found.answers_stay,
        "citations": citations_json(found.citations),
    }


def asked_json(asked: Asked) -> dict[str, Any]:
    """A lender's request as plain JSON."""
    return {
        "state": asked.state,
        "asked_at": asked.asked_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "until": asked.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "consent": msgspec.to_builtins(asked.artefact.consent),
    }


async def notice(request: Asking) -> Reply:
    """GET /v1/me/consent-notice: what one is told before consenting, and the points to agree to one by one."""
    session, _ = signed_in(request)
    desk, asked = desk_of(request), request.query_params
    months = str(asked.get("months", "3"))
    if not months.isdecimal() or not 1 <= int(months[:5]) <= 1200:
        raise field_trouble(
            "?months",
            {"en": "must be a whole number of months, one or more", "zh": "须为整月数，至少为一"},
            {"en": "Send it in digits.", "zh": "请以数字发送。"},
        )
    products = tuple(filter(None, str(asked.get("products", "report")).split(",")))
    wish = ConsentBody(str(asked.get("member_id", "")), str(asked.get("purpose", "")), int(months), products=products)
    found = await desk.do(noticed, desk.bureau, wish, language_of(request))
    for point in found["points"]:
        (point["citation"],) = citations_json((point["citation"],))
    return told(request, session, found)


def noticed(bureau: Bureau, wish: ConsentBody, language: str) -> dict[str, Any]:
    """The notice for what is wished; `Trouble` where there can be no such consent."""

    def shown(bureau: Bureau) -> dict[str, Any]:
        today = civil_day(bureau.clock())
        lender = lender_of(bureau, wish.member_id, wish.purpose)
        term = (today, add_months(today, wish.months))
        return show_notice(bureau, lender, purpose=wish.purpose, products=wish.products, term=term, language=language)

    return settled(bureau, shown)


def request_notice(bureau: Bureau, asked: Asked, language: str) -> dict[str, Any]:
    """The notice for what a lender asks; `Trouble` where there can be no such consent any more."""
    consent = asked.artefact.consent

    def shown(bureau: Bureau) -> dict[str, Any]:
        lender = lender_of(bureau, consent.consumer.member_id, consent.purpose.code)
        term = (consent.starts_on, consent.ends_on)
        return show_notice(
            bureau, lender, purpose=consent.purpose.code, products=consent.products, term=term, language=language
        )

    return settled(bureau, shown)


async def add_consent(request: Asking) -> Reply:
    """POST /v1/me/consents: give a consent."""
    session, subject_id = signed_in(request)
    check_origin(request, session, request.headers.get("x-csrf-token"))
    body = read_consent(await request.body())
    desk = desk_of(request)
    return told(request, session, await desk.do(give, desk.bureau, subject_id, body), status=201)


def give(bureau: Bureau, subject_id: str, body: ConsentBody) -> dict[str, Any]:
    """Record a consent; `Trouble` where it cannot be."""
    return given_json(
        settled(
            bureau, give_consent, subject_id, member_id=body.member_id, purpose=body.purpose, months=body.months,
            is_one_time=body.is_one_time, products=body.products, points=body.points, language=body.language,
            notice_version=body.notice_version,
        )
    )  # fmt: skip


def given_json(made: Given) -> dict[str, Any]:
    """A recorded consent as plain JSON."""
    leaf = made.leaf_hash.hex()
    return {
        "consent_id": made.consent_id, "ends_on": made.ends_on.isoformat(), "leaf": leaf, "proof": f"/v1/proofs/{leaf}"
    }  # fmt: skip


async def one_artefact(request: Asking) -> Reply:
    """GET /v1/me/consents/{id}: the artefact, byte for byte as its hash stands in the leaf."""
    session, subject_id = signed_in(request)
    desk, consent_id = desk_of(request), id_of(request)
    content = await desk.do(settled, desk.bureau, own_artefact, subject_id, consent_id)
    headers = PRIVATE | {
        "X-CSRF-Token": session.token,
        "Content-Disposition": f'attachment; filename="{consent_id}.json"',
    }
    return raw(content, JSON, headers=headers, cookies=[desk.sessions.cookie(session)])


async def end_consent(request: Asking) -> Reply:
    """POST /v1/me/consents/{id}/withdraw: withdraw a consent, in one step."""
    session, subject_id = signed_in(request)
    check_origin(request, session, request.headers.get("x-csrf-token"))
    desk = desk_of(request)
    leaf = await desk.do(withdraw, desk.bureau, subject_id, str(request.path_params["consent_id"]))
    return told(request, session, {"leaf": leaf, "proof": f"/v1/proofs/{leaf}"})


def withdraw(bureau: Bureau, subject_id: str, consent_id: str) -> str:
    """Record a withdrawal; the hash of its leaf; `Trouble` where there is nothing to withdraw."""
    try:
        known = str(uuid.UUID(consent_id))
    except ValueError:
        raise Trouble("consent-not-possible") from None
    return settled(bureau, withdraw_consent, subject_id, known).hex()


async def confirm(request: Asking) -> Reply:
    """POST /v1/me/consent-requests/{id}/confirm: say yes to what a lender asks, point by point."""
    session, subject_id = signed_in(request)
    check_origin(request, session, request.headers.get("x-csrf-token"))
    points = read_points(await request.body())
    desk, consent_id = desk_of(request), id_of(request)
    made = await desk.do(confirmed, desk.bureau, subject_id, consent_id, points)
    return told(request, session, given_json(made), status=201)


def confirmed(bureau: Bureau, subject_id: str, consent_id: str, points: tuple[str, ...]) -> Given:
    """Record a confirmation; `Trouble` where it cannot be."""
    return settled(bureau, confirm_consent, subject_id, consent_id, points=points)


async def decline(request: Asking) -> Reply:
    """POST /v1/me/consent-requests/{id}/decline: say no to what a lender asks; nobody is told."""
    session, subject_id = signed_in(request)
    check_origin(request, session, request.headers.get("x-csrf-token"))
    desk, consent_id = desk_of(request), id_of(request)
    await desk.do(settled, desk.bureau, decline_consent, subject_id, consent_id)
    return told(request, session, {"consent_id": consent_id, "state": "declined"})


async def add_code(request: Asking) -> Reply:
    """POST /v1/me/consent-codes: a code to say to one lender; it stands for one's confirmation, once."""
    session, subject_id = signed_in(request)
    check_origin(request, session, request.headers.get("x-csrf-token"))
    member_id = read_code_wish(await request.body())
    desk = desk_of(request)
    code, until = await desk.do(settled, desk.bureau, make_code, subject_id, member_id)
    found = {"code": code, "member_id": member_id, "until": until.strftime("%Y-%m-%dT%H:%M:%SZ")}
    return told(request, session, found, status=201)


# ---------------------------------------------------------------------------------------------------------------- members


async def send_consent(request: Asking) -> Reply:
    """POST /v1/consents: a consent that this member took and signed; the reply tells nothing of the person."""
    member = await member_of(request)
    body = read_collected(await request.body())
    desk = desk_of(request)

    def collect() -> dict[str, str]:
        made = settled(desk.bureau, collect_consent, member, bytes(body.artefact), code=body.code)
        return {"consent_id": made.consent_id, "artefact_hash": made.artefact_hash, "state": "received"}

    return json_reply(await desk.do(collect), status=202)


async def read_standing(request: Asking) -> Reply:
    """GET /v1/consents/{id}: how a consent stands that this member sent or that names it; its artefact once it was given."""
    member = await member_of(request)
    desk, consent_id = desk_of(request), id_of(request)
    found = await desk.do(settled, desk.bureau, members_consent, member, consent_id)
    artefact = msgspec.Raw(found.artefact) if found.artefact else None
    return json_reply({"consent_id": consent_id, "state": found.state, "artefact": artefact})


async def asked_samples(request: Asking) -> Reply:
    """GET /v1/members/me/consent-samples: the originals that this member is asked to show."""
    member = await member_of(request)
    desk = desk_of(request)
    rows = [
        {
            "sample_id": one.sample_id, "consent_id": one.consent_id, "document_hash": one.document_hash.hex(),
            "seed": one.seed, "asked_at": one.asked_at.strftime("%Y-%m-%dT%H:%M:%SZ"), "due_on": one.due_on.isoformat(),
            "state": state,
        }
        for one, state in await desk.do(own_samples, desk.bureau, member)
    ]  # fmt: skip
    return json_reply({"member_id": member.member_id, "samples": rows})


async def show_original(request: Asking) -> Reply:
    """POST /v1/members/me/consent-samples/{id}: the original itself, as the body; compared, and kept sealed."""
    member = await member_of(request)
    desk, sample_id = desk_of(request), id_of(request, "sample_id", code="no-such-sample")
    document = await request.body()
    state = await desk.do(settled, desk.bureau, answer, member, sample_id, document)
    return json_reply({"sample_id": sample_id, "state": state})
