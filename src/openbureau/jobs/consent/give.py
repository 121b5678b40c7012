"""Record that a person consents: to one lender, for one purpose, until a day (Regulation Art. 18, PIPL Art. 23).

The consent is an event of the person's chain; an inquiry rests on its leaf.  A longer term than our house
rule's is not recorded; bundled consents do not exist: one recipient, one purpose, one object.
"""

from dataclasses import dataclass, replace
from datetime import date

from openbureau.core.leaf import Event, EventKind
from openbureau.core.member import Role
from openbureau.core.products import Product
from openbureau.core.purpose import PURPOSES, purpose_version
from openbureau.jobs.context import Bureau
from openbureau.jobs.ids import new_id
from openbureau.jobs.subject.chain import add_event
from openbureau.law.workdays import add_months, civil_day

NOTICE_VERSION = "notice-1"


class ConsentRefused(ValueError):
    """This consent cannot be recorded; the message says why and what can."""


@dataclass(frozen=True, slots=True)
class Given:
    """A recorded consent."""

    consent_id: str
    leaf_hash: bytes
    ends_on: date


def give_consent(
    bureau: Bureau, subject_id: str, *, member_id: str, purpose: str, months: int = 12, is_one_time: bool = False,
    products: tuple[str, ...] = (Product.REPORT,),
) -> Given:  # fmt: skip
    """Record the consent of a signed-in person."""
    member = bureau.members.get(member_id)
    if member is None or Role.LENDER not in member.roles:
        raise ConsentRefused("there is no such lender; choose one from the list")
    if purpose not in PURPOSES or purpose not in member.purposes:
        raise ConsentRefused("this lender's contract has no such purpose; choose one from the list")
    now = bureau.clock()
    today = civil_day(now)
    most = bureau.rulebook(today).typed.consent_months_most.number
    if not 1 <= months <= most:
        raise ConsentRefused(f"a consent lasts between 1 and {most} months")
    ends_on = add_months(today, months)
    consent_id = new_id(now, bureau.random)
    event = Event(
        kind=EventKind.CONSENT_GIVEN,
        at=now,
        actor="subject",
        purpose=purpose,
        product="once" if is_one_time else "continuing",
        regime=bureau.settings.regime,
        basis="consent",
        inputs=f"{member_id};{today};{ends_on};{NOTICE_VERSION};web",
    )
    with bureau.store.connection("api") as connection:
        leaf, _ = add_event(
            bureau,
            connection,
            subject_id,
            event=lambda _: event,
            more=lambda made: replace(
                made,
                consent_id=consent_id,
                member_id=member_id,
                purpose=purpose,
                starts_on=today,
                ends_on=ends_on,
                is_one_time=is_one_time,
                notice_version=NOTICE_VERSION,
                channel="web",
                products=tuple(str(one) for one in products),
                purpose_version=purpose_version(purpose, today),
            ),
        )
    return Given(consent_id, leaf.leaf_hash, ends_on)
