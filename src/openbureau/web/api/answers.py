"""How does a lender get an earlier answer again?

By its number, as it was delivered, to the member that got it; recorded and free.  The hash of the delivered bytes stands beside
them, the same that stands in the leaf of the first time.
"""

import uuid
from typing import Any

import msgspec

from openbureau.core.member import Member
from openbureau.jobs.inquiry.again import Erased, NoSuchAnswer, answer_again
from openbureau.jobs.inquiry.contents import hash_hex
from openbureau.jobs.inquiry.outcome import Answered, HeldBack, NoQuorum, Refused
from openbureau.web.api.lenders import member_of, no_quorum, refused
from openbureau.web.desk import Asking, desk_of
from openbureau.web.paces import held_back
from openbureau.web.replies import JSON, PRIVATE, Reply, raw
from openbureau.web.trouble import Trouble

_encode = msgspec.json.Encoder().encode


async def one_answer(request: Asking) -> Reply:
    """GET /v1/inquiries/{inquiry_id}: an earlier answer of the asking member, bit for bit, where it may still be shown."""
    outcome, paced = await again(request, await member_of(request))
    if isinstance(outcome, Refused):
        return refused(request, outcome, paced)
    told: dict[str, Any] = {
        "inquiry_id": outcome.inquiry_id,
        "again": number_of(request),
        "answer_hash": hash_hex(outcome.answer),
        "answer": msgspec.Raw(outcome.answer),
        "receipt": outcome.receipt,
    }
    return raw(_encode(told), JSON, headers=PRIVATE | paced)


async def again(request: Asking, member: Member) -> tuple[Answered | Refused, dict[str, str]]:
    """The earlier answer that the address names, told again, and the pacer's headers; `Trouble` where there is none."""
    desk = desk_of(request)
    turn = await desk.pacer.turn(desk.do)
    outcome = await desk.do(answer_again, desk.bureau, member, number_of(request), turn)
    match outcome:
        case Answered() | Refused():
            desk.figures.outcome("answered" if isinstance(outcome, Answered) else outcome.code.value)
            return outcome, turn.headers
        case NoSuchAnswer():
            raise Trouble("no-such-answer")
        case Erased():
            told = {"answer_hash": outcome.answer_hash, "leaf": outcome.leaf, "erased_at": outcome.erased_at}
            raise Trouble("answer-erased", told=told)
        case HeldBack():
            raise held_back(outcome, turn.headers)
        case NoQuorum():
            raise no_quorum(desk)
        case _:
            raise Trouble("too-busy", headers={"Retry-After": "1"})


def number_of(request: Asking) -> str:
    """The number of the inquiry in the address; `Trouble` for what is none."""
    try:
        return str(uuid.UUID(str(request.path_params["inquiry_id"])))
    except ValueError:
        raise Trouble("no-such-answer") from None
