"""What does a lender ask, and how is it answered?

The inquiry is the hot path: no session, no template, no second parse; the recorded answer leaves byte for byte as its
hash stands in the log.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from openbureau.jobs.inquiry.answer import answer_inquiry
from openbureau.jobs.inquiry.charges import charges
from openbureau.jobs.inquiry.outcome import (
    Answered,
    HeldBack,
    KeyConflict,
    NoQuorum,
    NotSignedIn,
    Outcome,
    Refused,
    TooBusy,
)
from openbureau.jobs.inquiry.request import InquiryRequest
from openbureau.law.workdays import civil_day
from openbureau.web.api.bodies import InquiryBody, check_wish, field_trouble, read_inquiry
from openbureau.web.desk import Asking, Desk, desk_of
from openbureau.web.gate import member_of, nobody, presented_by, signed_body
from openbureau.web.paces import Turn, held_back
from openbureau.web.problems import PROBLEMS, ProblemRow
from openbureau.web.replies import JSON, PRIVATE, Reply, json_reply, language_of, problem, raw
from openbureau.web.trouble import Trouble

__all__ = ["member_of"]

REPLAYED = PRIVATE | {"Idempotent-Replayed": "true"}
_KEY = re.compile(r"[!-~](?:[ -~]{0,198}[!-~])?\Z")
_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])\Z")
_encode = msgspec.json.Encoder().encode


async def ask(request: Asking) -> Reply:
    """POST /v1/inquiries: a report, or a refusal that quotes its article; recorded before it leaves."""
    desk = desk_of(request)
    received_at = desk.bureau.clock()
    presented = presented_by(request)
    key = idempotency_key(request)
    content = await signed_body(request, presented)
    body = read_inquiry(content)
    span = (desk.bureau.known_since, received_at)
    check_wish(body, desk.bureau.rulebook(civil_day(received_at)).typed, span)
    asked = request_of(body, content, token=presented.token, key=key)
    asked = replace(asked, shown=presented.shown, received_at=received_at)
    turn = await desk.pacer.turn(desk.do)
    return settled(request, await desk.do(answer_inquiry, asked, desk.bureau, turn), turn)


def settled(request: Asking, outcome: Outcome, turn: Turn) -> Reply:
    """How an inquiry ended, as it leaves; the headers tell of the pace."""
    desk = desk_of(request)
    match outcome:
        case Answered():
            desk.figures.outcome("replayed" if outcome.is_replay else "answered")
            return answered(outcome, turn.headers)
        case Refused():
            desk.figures.outcome(outcome.code.value)
            return refused(request, outcome, turn.headers)
        case KeyConflict():
            raise Trouble("idempotency-key-reused")
        case NotSignedIn():
            raise nobody(outcome.trouble)
        case TooBusy():
            raise Trouble("too-busy", headers={"Retry-After": "1"})
        case NoQuorum():
            raise no_quorum(desk)
        case HeldBack():
            desk.figures.outcome("held-back")
            raise held_back(outcome, turn.headers)


def no_quorum(desk: Desk) -> Trouble:
    """Answers have stopped for want of witnesses; counted, so that an operator sees it."""
    desk.figures.outcome("no-quorum")
    return Trouble("no-quorum", headers={"Retry-After": "60"})


def request_of(body: InquiryBody, content: bytes, *, token: str, key: str) -> InquiryRequest:
    """What a body asks, under an idempotency key; `content` is the body as received."""
    return InquiryRequest(
        token=token,
        idempotency_key=key,
        body=content,
        id_kind=body.subject.id_kind,
        id_number=body.subject.id_number,
        name=body.subject.name,
        purpose=body.purpose,
        product=body.product,
        actor_user=body.actor_user,
        options=body.options,
    )


def answered(outcome: Answered, paced: Mapping[str, str]) -> Reply:
    """The answer spliced in as it was recorded, with the headers of the pacer."""
    content = _encode(
        {"inquiry_id": outcome.inquiry_id, "answer": msgspec.Raw(outcome.answer), "receipt": outcome.receipt}
    )
    return raw(content, JSON, headers={**(REPLAYED if outcome.is_replay else PRIVATE), **paced})


def refused(request: Asking, outcome: Refused, paced: Mapping[str, str]) -> Reply:
    """A recorded refusal as a problem document: what, which articles, under which inquiry, with its receipt."""
    row, detail, told = told_of(outcome, language_of(request))
    headers = {**({"Idempotent-Replayed": "true"} if outcome.is_replay else {}), **paced}
    return problem(request, row, detail=detail, told=told, headers=headers)


def told_of(outcome: Refused, language: str) -> tuple[ProblemRow, str, dict[str, Any]]:
    """The parts of a refusal's problem document: its row, its detail, and what more it tells."""
    told = {
        "instance": f"urn:uuid:{outcome.inquiry_id}",
        "rules": outcome.refusal["rules"],
        "policy": outcome.refusal["policy"],
        "citations": outcome.refusal["citations"],
        "receipt": outcome.receipt,
    }
    return PROBLEMS[outcome.code.value], _detail(outcome.refusal["citations"], language), told


def _detail(citations: list[dict[str, Any]], language: str) -> str:
    """The first article in one sentence: where it stands and what it says."""
    if not citations:
        return ""
    cited = citations[0]
    words = cited["quote"] or cited["gist"]
    instrument, article = cited["instrument"], "" if cited["article"] == "-" else cited["article"]
    is_number = article[:1].isdigit()
    if language == "zh-CN":
        return f"《{instrument['zh']}》{f'第{article}条' if is_number else article}：{words}"
    return f"{instrument['en']}{f', Art. {article}' if is_number else f', {article}' if article else ''}: {words}"


def idempotency_key(request: Asking) -> str:
    """The key of a request that must have one; `Trouble` where it is missing or no key."""
    key = request.headers.get("idempotency-key")
    if key is None or not is_key(key):
        raise Trouble("idempotency-key-missing")
    return str(key)


def is_key(text: str) -> bool:
    """1 to 200 printable ASCII characters, no blank first or last."""
    return _KEY.match(text) is not None


async def own_charges(request: Asking) -> Reply:
    """GET /v1/members/me/charges?month=YYYY-MM: what the asking member owes for a month, charge by charge."""
    member = await member_of(request)
    month = request.query_params.get("month", "")
    if not _MONTH.match(month):
        raise field_trouble(
            "?month",
            {"en": "must be a month", "zh": "须为月份"},
            {"en": "Send it as YYYY-MM, for example 2026-11.", "zh": "请以 YYYY-MM 发送，例如 2026-11。"},
        )
    desk = desk_of(request)
    rows = await desk.do(charges, desk.bureau, member.member_id, month)
    return json_reply({"member_id": member.member_id, "month": month, "charges": rows})
