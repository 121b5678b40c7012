"""Answer a lender's inquiry.  The page to read first.

Promises kept here, in this order:

1. No personal data is read before the member may ask at all (`admit`, then `permit.may_ask`).
2. Until the core returns a `Permit`, no data key is unwrapped and no row of a file is decoded.
3. Nothing leaves before its record is durable: the outcome is returned after the commit.
4. A refusal is recorded like an answer.  It is a value, not an exception, so it is never rolled back.
5. Nothing is answered while witnesses have not seen the log for longer than the house rule allows (decision 0034).
6. The same idempotency key gives the same bytes and one charge; with another body it is a conflict.

Not done here: signing in people, sequencing the log (`jobs/log/sequence.py`), delivering notices.
"""

from collections.abc import Callable
from datetime import datetime

from openbureau.core import permit
from openbureau.core.decision.order import Order
from openbureau.core.outcome import Ambiguous, Decision, Match, NoMatch, Permit, Refusal, Search
from openbureau.core.permit import OrderFacts, PermitFacts, SubjectFlags
from openbureau.core.sign_in.request import SignInRefused
from openbureau.core.subject import normalize_id, normalize_name
from openbureau.jobs.context import Bureau
from openbureau.jobs.inquiry.outcome import (
    Answered,
    KeyConflict,
    NoQuorum,
    NotSignedIn,
    Outcome,
    Pace,
    Refused,
    TooBusy,
    at_any_pace,
)
from openbureau.jobs.inquiry.recording import Asked, Beside, record_answer, record_refusal, replay
from openbureau.jobs.inquiry.request import InquiryRequest
from openbureau.jobs.log.quorum import is_without_quorum
from openbureau.jobs.member.recognise import admitted_member
from openbureau.law.workdays import civil_day
from openbureau.store.database import Connection
from openbureau.store.inquiry import Admitted, Facts, facts
from openbureau.store.standing.batch import used_key

TRIES = 40
LANES = 256


def answer_inquiry(
    request: InquiryRequest, bureau: Bureau, pace: Pace = at_any_pace, *, beside: Callable[[Beside], None] | None = None
) -> Outcome:
    """Answer or refuse one inquiry, recorded before it leaves; or say why nobody could be answered.

    `pace` is asked whether this member's user may ask now.  `beside` writes what belongs to an outcome in its transaction; not
    for the repeat of an earlier one.
    """
    now = bureau.clock()
    with bureau.store.connection("api") as connection:
        try:
            admitted = admitted_member(
                bureau, connection, request.presented, key=request.idempotency_key, request_hash=request.request_hash
            )
        except SignInRefused as trouble:
            return NotSignedIn(trouble)
        if (held := pace(admitted.member_id, request.actor_user)) is not None:
            return held
        return _answer(bureau, connection, request, (admitted, now), beside=beside)


def answer_for(
    bureau: Bureau, connection: Connection, request: InquiryRequest, *, member_id: str, pace: Pace = at_any_pace
) -> Outcome:
    """The same for a member that signed in when it left the request with us: a line of its file.  What was answered before
    is told again at any pace."""
    now = bureau.clock()
    admitted = used_key(connection, member_id, key=request.idempotency_key, request_hash=request.request_hash, now=now)
    return _answer(bureau, connection, request, (admitted, now), pace=pace)


def _answer(
    bureau: Bureau, connection: Connection, request: InquiryRequest, caller: tuple[Admitted, datetime], *,
    beside: Callable[[Beside], None] | None = None, pace: Pace = at_any_pace,
) -> Outcome:  # fmt: skip
    """From the caller on: what the key says, the pace of what is new, may this member ask at all, then the facts."""
    admitted, now = caller
    if admitted.is_conflict:
        return KeyConflict()
    if admitted.stored is not None:
        return replay(bureau, admitted.stored)
    if (held := pace(admitted.member_id, request.actor_user)) is not None:
        return held
    rulebook = bureau.rulebook(civil_day(now))
    member = bureau.members[admitted.member_id]
    return answer_admitted(bureau, connection, Asked(request, member, now, rulebook, beside=beside))


def _may_begin(bureau: Bureau, asked: Asked) -> Refusal | None:
    """May the member ask this at all, whoever is meant?"""
    request = asked.request
    if request.order is not None:
        return permit.may_order(bureau.policies, asked.rulebook, order_facts(asked, request.order, None))
    return permit.may_ask(
        bureau.policies, asked.rulebook, asked.member, purpose=request.purpose, product=request.product
    )  # fmt: skip


def answer_admitted(bureau: Bureau, connection: Connection, asked: Asked) -> Outcome:
    """From the member's own right on; once more from the facts whenever what they say moved before it was recorded."""
    if is_without_quorum(bureau, connection, asked.at):
        return NoQuorum()
    if (refusal := _may_begin(bureau, asked)) is not None:
        return _settled(bureau, connection, record_refusal(bureau, connection, asked, refusal, found=None), asked)
    for _ in range(TRIES):
        lane = bureau.random(1)[0] % LANES
        found = _find(bureau, connection, asked, lane)
        outcome = _decide(bureau, connection, asked.at_lane(lane), found)
        if outcome is not None:
            return _settled(bureau, connection, outcome, asked)
    return TooBusy()


def _find(bureau: Bureau, connection: Connection, asked: Asked, lane: int) -> Facts | None:
    """The subject with this identity number and everything the decision needs, in one call."""
    blinds = _blinds(bureau, asked)
    if blinds is None:
        return None
    found = facts(
        connection,
        asked.member.member_id,
        id_kind=asked.request.id_kind,
        id_blind=blinds[0],
        name_blind=blinds[1],
        bill_month=asked.bill_month,
        lane=lane,
        now=asked.at,
    )
    is_another = asked.past is not None and found is not None and found.subject_id != asked.past.holder_id
    return None if is_another else found


def _blinds(bureau: Bureau, asked: Asked) -> tuple[bytes, bytes] | None:
    """Under what number and name the subject is found: as sent, or those of the one that an earlier answer was about."""
    if asked.past is not None:
        return asked.past.id_blind, asked.past.name_blind
    request = asked.request
    number = normalize_id(request.id_kind, request.id_number)
    if number is None:
        return None
    return bureau.id_blind(request.id_kind, number), bureau.name_blind(number, normalize_name(request.name))


def _decide(bureau: Bureau, connection: Connection, asked: Asked, found: Facts | None) -> Outcome | None:
    """The core's decision, recorded; None when it went stale."""
    match _decision(bureau, asked, found):
        case Refusal() as refusal:
            return record_refusal(bureau, connection, asked, refusal, found=found if is_shown(found) else None)
        case Permit() as permitted:
            if found is None:
                raise AssertionError("a permit without a subject")
            return record_answer(bureau, connection, asked, permitted, found=found)


def _decision(bureau: Bureau, asked: Asked, found: Facts | None) -> Decision:
    """Under a consent; for a court or an authority by its document."""
    if asked.request.order is not None:
        return permit.decide_order(bureau.policies, asked.rulebook, order_facts(asked, asked.request.order, found))
    return permit.decide(bureau.policies, asked.rulebook, permit_facts(asked, found))


def is_shown(found: Facts | None) -> bool:
    """Is a refusal told to the one who was found?  Not where several claim the number and no name tells them apart."""
    return found is not None and (not found.rivals or bool(found.consents))


def permit_facts(asked: Asked, found: Facts | None) -> PermitFacts:
    """What the core is told: nothing that would need a key."""
    return PermitFacts(
        member=asked.member,
        purpose=asked.request.purpose,
        today=asked.rulebook.day,
        search=_search(found),
        flags=SubjectFlags(found.is_frozen, found.is_deceased, found.adult_on, found.has_running_account)
        if found
        else None,
        consents=found.consents if found else (),
        product=asked.request.product,
    )


def order_facts(asked: Asked, order: Order, found: Facts | None) -> OrderFacts:
    """What the core is told of a look-up by a court or an authority."""
    return OrderFacts(
        asked.member, asked.request.purpose, asked.rulebook.day, _search(found), order.document, order.deferral
    )  # fmt: skip


def _search(found: Facts | None) -> Search:
    """How the search for the subject ended."""
    if found is None:
        return NoMatch()
    if found.rivals:
        return Ambiguous((found.subject_id, *found.rivals))
    return Match(found.subject_id, found.name_agrees)


def _settled(bureau: Bureau, connection: Connection, outcome: Outcome | None, asked: Asked) -> Outcome:
    """The outcome; where another request with the same key was quicker, what that one was told."""
    if isinstance(outcome, Answered | Refused):
        return outcome
    again = used_key(
        connection,
        asked.member.member_id,
        key=asked.request.idempotency_key,
        request_hash=asked.request.request_hash,
        now=asked.at,
    )
    if again.is_conflict:
        return KeyConflict()
    if again.stored is not None:
        return replay(bureau, again.stored)
    return TooBusy()
