"""Tell a lender an answer that it was given before.

The answer is found by its number, for the member that got it and no other.  Promises: it is told again only with a permit
of today, for the purpose for which it was given; the bytes are those that left, or nothing; telling it again is an inquiry of
its own, with a leaf in the person's diary and no price; after an erasure only the hash and the leaf of that are told.
"""

from dataclasses import dataclass

from openbureau.core.member import Member
from openbureau.core.products import Options, product_of
from openbureau.jobs.context import Bureau
from openbureau.jobs.ids import new_id
from openbureau.jobs.inquiry.answer import answer_admitted
from openbureau.jobs.inquiry.outcome import Outcome, Pace, at_any_pace
from openbureau.jobs.inquiry.recording import Asked
from openbureau.jobs.inquiry.request import InquiryRequest
from openbureau.law.workdays import civil_day
from openbureau.store.past.answers import ErasedAnswer, past_answer


@dataclass(frozen=True, slots=True)
class NoSuchAnswer:
    """No answer of this number went to this member."""


@dataclass(frozen=True, slots=True)
class Erased:
    """The person's data was erased by law: the hash of the answer and the leaf of the erasure are all that is left."""

    answer_hash: str
    leaf: str
    erased_at: str


def answer_again(
    bureau: Bureau, member: Member, inquiry_id: str, pace: Pace = at_any_pace
) -> Outcome | NoSuchAnswer | Erased:
    """An earlier answer of this member as it was delivered, recorded before it leaves; or why not.

    `pace` is asked whether this member may ask now.
    """
    if (held := pace(member.member_id, "-")) is not None:
        return held
    now = bureau.clock()
    with bureau.store.connection("api") as connection:
        past = past_answer(connection, member.member_id, inquiry_id)
        if past is None:
            return NoSuchAnswer()
        if isinstance(past, ErasedAnswer):
            told = past.erased_at.strftime("%Y-%m-%dT%H:%M:%SZ")
            return Erased(past.answer_hash.hex(), past.leaf_hash.hex(), told)
        request = InquiryRequest(
            token="",
            idempotency_key=f"again-{new_id(now, bureau.random)}",
            body=f"GET /v1/inquiries/{inquiry_id}".encode(),
            id_kind=past.id_kind,
            id_number="-",
            name="-",
            purpose=past.purpose,
            product=product_of(past.product),
            options=Options(again=inquiry_id),
        )
        return answer_admitted(
            bureau, connection, Asked(request, member, now, bureau.rulebook(civil_day(now)), past=past)
        )
