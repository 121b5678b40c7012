"""Ask at a member's desk, and see what the member asked lately.

For a member that is signed in at its desk: no token.  Promises: the same way and the same records as by the API; the list
names inquiries and nobody who was asked about.
"""

from dataclasses import dataclass
from datetime import datetime

from openbureau.jobs.context import Bureau
from openbureau.jobs.inquiry.answer import answer_for
from openbureau.jobs.inquiry.outcome import Outcome, Pace
from openbureau.jobs.inquiry.request import InquiryRequest
from openbureau.store.inquiry import member_inquiries

LIST_MOST = 50


@dataclass(frozen=True, slots=True)
class AskedLately:
    """One inquiry of a member, without the person."""

    inquiry_id: str
    at: datetime
    user: str
    purpose: str
    product: str
    outcome: str
    code: str | None


def ask_at_desk(bureau: Bureau, member_id: str, request: InquiryRequest, *, pace: Pace) -> Outcome:
    """Answer or refuse what a member's desk asks; the same key and body again give the same bytes."""
    if (held := pace(member_id, request.actor_user)) is not None:
        return held
    with bureau.store.connection("api") as connection:
        return answer_for(bureau, connection, request, member_id=member_id)


def asked_lately(bureau: Bureau, member_id: str) -> list[AskedLately]:
    """The last inquiries of a member, newest first."""
    with bureau.store.connection("api") as connection:
        rows = member_inquiries(connection, member_id, LIST_MOST)
    return [AskedLately(str(row[0]), *row[1:]) for row in rows]
