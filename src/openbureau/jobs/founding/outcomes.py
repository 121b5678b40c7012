"""Bring a made-up person for every outcome into a sandbox, ready for each of its lenders.

They come the way everybody comes: furnished in a file, consents and a freeze as events of their chains, an inquiry that uses
a consent up.  Two consents are such as no duty of ours enters: one that nobody confirmed, one to words that no purpose has.
Promises: run twice, they are there once; an older sandbox gets those that it lacks; nothing of this exists in a live
installation.
"""

import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import structs

from openbureau.config import SANDBOX
from openbureau.core.consent.artefact import Artefact, Collector, Consent, sign_consent
from openbureau.core.consent.terms import ONLINE
from openbureau.core.decision.entitlement import GIVE
from openbureau.core.furnishing.write import render_jsonl
from openbureau.core.leaf import Event, EventKind
from openbureau.core.member import Member, Role
from openbureau.core.products import Product
from openbureau.core.purpose import EMPLOYMENT
from openbureau.core.sign_in.keys import parse_key_file
from openbureau.core.subject import PERSON_ID
from openbureau.jobs.consent.give import give_consent, written_consent
from openbureau.jobs.consent.record import record_consent
from openbureau.jobs.consent.withdraw import consents, withdraw_consent
from openbureau.jobs.context import Bureau
from openbureau.jobs.founding.init import MEMBERS
from openbureau.jobs.founding.sandbox import NotSandbox
from openbureau.jobs.furnishing.load import furnish
from openbureau.jobs.ids import new_id
from openbureau.jobs.inquiry.answer import answer_inquiry
from openbureau.jobs.inquiry.contents import identity_of, response_key
from openbureau.jobs.inquiry.request import InquiryRequest
from openbureau.jobs.leave import leave_of_person
from openbureau.jobs.subject.chain import add_event
from openbureau.lab.inquiry.outcomes import (
    OTHER_PURPOSE,
    OUTCOMES,
    PURPOSE,
    OutcomePerson,
    State,
    outcome_records,
    rival_records,
)
from openbureau.law.workdays import add_months, civil_day
from openbureau.store.sealing import unseal
from openbureau.store.staff import mark_made_up_deceased
from openbureau.store.subject import OwnFacts, subject_of_identifier

LONG_AGO = timedelta(days=70)
NO_WORDING = 1_000
"""A version that no purpose will reach."""
_CONTRACTS = {Role.LENDER: frozenset({PURPOSE, OTHER_PURPOSE}), Role.EMPLOYER: frozenset({EMPLOYMENT})}
"""The purposes that a member needs in its contract to be consented to."""
Step = Callable[[Bureau, str, Member], object]


def plant_outcomes(bureau: Bureau, tokens: Mapping[str, str]) -> tuple[OutcomePerson, ...]:
    """The people for every outcome; made now where they are not here yet.  `tokens`: the members that may ask."""
    if bureau.settings.mode != SANDBOX:
        raise NotSandbox("made-up people exist in the sandbox only")
    people = [one for one in OUTCOMES if one.months is not None and _subject(bureau, one) is None]
    if people:
        _send(bureau, outcome_records(people, civil_day(bureau.clock())))
        for person in people:
            _bring_about(bureau, person, tokens)
    if any(State.CLAIMED in one.states for one in people):
        _send(bureau, rival_records(people))
    return OUTCOMES


def outcome_rows(people: Iterable[OutcomePerson]) -> list[dict[str, Any]]:
    """The table as plain JSON: whom to ask about, and what comes of it."""
    return [
        {"case": one.key, "asker": one.asker.value, "subject": one.subject, "purpose": one.purpose, "product": one.product,
         "address": one.address, "outcome": str(one.outcome), "handle": one.handle, "en": one.words[0], "zh": one.words[1]}
        for one in people
    ]  # fmt: skip


def _subject(bureau: Bureau, person: OutcomePerson) -> str | None:
    with bureau.store.connection("loader") as connection:
        return subject_of_identifier(connection, PERSON_ID, bureau.id_blind(PERSON_ID, person.id_number))


def _send(bureau: Bureau, records: Iterable[dict[str, Any]]) -> None:
    furnisher = next(one for one in bureau.members.values() if one.is_active and Role.FURNISHER in one.roles)
    furnish(bureau, furnisher.member_id, io.BytesIO(b"".join(map(render_jsonl, records))))


def _bring_about(bureau: Bureau, person: OutcomePerson, tokens: Mapping[str, str]) -> None:
    subject_id = _subject(bureau, person)
    if subject_id is None:
        return
    for state in person.states:
        if state in _OF_THE_PERSON:
            _OF_THE_PERSON[state](bureau, subject_id)
        for member_id in tokens if state in _FOR_A_MEMBER or state is State.ASKED else ():
            member = bureau.members[member_id]
            if not (member.is_active and person.asker in member.roles and _CONTRACTS[person.asker] <= member.purposes):
                continue
            if state is State.ASKED:
                _ask(bureau, person, tokens[member_id])
            else:
                _FOR_A_MEMBER[state](bureau, subject_id, member)


def _ask(bureau: Bureau, person: OutcomePerson, token: str) -> None:
    subject = person.subject
    asked = InquiryRequest(
        token=token,
        idempotency_key=bureau.random(12).hex(),
        body=msgspec.json.encode({"subject": subject, "purpose": PURPOSE}),
        id_kind=subject["id_kind"],
        id_number=subject["id_number"],
        name=subject["name"],
        purpose=PURPOSE,
    )
    answer_inquiry(asked, bureau)


def _consent_long_ago(bureau: Bureau, subject_id: str, member: Member) -> None:
    at = bureau.clock() - LONG_AGO
    then = replace(bureau, clock=lambda: at)
    give_consent(then, subject_id, member_id=member.member_id, purpose=PURPOSE, months=1)


def _consent_in_other_words(bureau: Bureau, subject_id: str, member: Member) -> None:
    """To a wording that no purpose has: no second one holds yet, so none is out of date by itself."""
    key = response_key(bureau)
    words = {"version": NO_WORDING, "zh": "（沙盒）另一版表述。", "en": "(Sandbox) Another wording."}

    def other(consent: Consent) -> Consent:
        return structs.replace(consent, purpose=structs.replace(consent.purpose, **words))

    _enter(bureau, subject_id, member, key, change=other)


def _enter_unconfirmed(bureau: Bureau, subject_id: str, member: Member) -> None:
    """As a row that came from elsewhere: what a member collects here counts nothing, and is not entered, until confirmed."""
    folder = bureau.settings.home / MEMBERS
    _, _, key = parse_key_file((folder / f"{member.member_id}.key").read_text("utf-8"))
    taken = Collector(member.member_id, ONLINE)
    _enter(bureau, subject_id, member, key, change=lambda consent: structs.replace(consent, collector=taken))


def _enter(
    bureau: Bureau, subject_id: str, member: Member, key: Ed25519PrivateKey, *, change: Callable[[Consent], Consent]
) -> None:
    """A consent for `PURPOSE` that is changed before it is signed."""
    now = bureau.clock()

    def artefact(found: OwnFacts, data_key: bytes) -> Artefact:
        identity = identity_of(unseal(data_key, found.identity_sealed, place=f"identity/{subject_id}"))
        made = change(
            written_consent(
                bureau, identity, member, at=now, wanted=(Product.REPORT.value,), purpose=PURPOSE,
                ends_on=add_months(civil_day(now), 12), is_one_time=False, consent_id=new_id(now, bureau.random),
                language="zh-CN",
            )
        )  # fmt: skip
        return sign_consent(made, key.sign, key.public_key().public_bytes_raw())

    policy = leave_of_person(bureau, GIVE)
    record_consent(bureau, subject_id, artefact, actor="subject", basis="consent", policy=policy)


def _withdraw(bureau: Bureau, subject_id: str, member: Member) -> None:
    for consent in consents(bureau, subject_id):
        if consent.member_id == member.member_id and consent.ended_at is None:
            withdraw_consent(bureau, subject_id, consent.consent_id)


def _freeze(bureau: Bureau, subject_id: str) -> None:
    event = Event(kind=EventKind.FREEZE, at=bureau.clock(), actor="subject", regime=bureau.settings.regime)
    with bureau.store.connection("api") as connection:
        add_event(bureau, connection, subject_id, event=lambda _: event)


def _mark_deceased(bureau: Bureau, subject_id: str) -> None:
    with bureau.store.connection("loader") as connection:
        mark_made_up_deceased(connection, subject_id, civil_day(bureau.clock()))


_FOR_A_MEMBER: Mapping[State, Step] = {
    State.CONSENTED: lambda bureau, subject_id, member: give_consent(
        bureau, subject_id, member_id=member.member_id, purpose=PURPOSE
    ),
    State.CONSENTED_ONCE: lambda bureau, subject_id, member: give_consent(
        bureau, subject_id, member_id=member.member_id, purpose=PURPOSE, is_one_time=True
    ),
    State.CONSENTED_OTHER: lambda bureau, subject_id, member: give_consent(
        bureau, subject_id, member_id=member.member_id, purpose=OTHER_PURPOSE
    ),
    State.CONSENTED_LESS: lambda bureau, subject_id, member: give_consent(
        bureau, subject_id, member_id=member.member_id, purpose=PURPOSE, products=(Product.QUESTION,)
    ),
    State.CONSENTED_WORK: lambda bureau, subject_id, member: give_consent(
        bureau, subject_id, member_id=member.member_id, purpose=EMPLOYMENT, products=(Product.QUESTION,)
    ),
    State.CONSENTED_OTHER_WORDING: _consent_in_other_words,
    State.ENTERED: _enter_unconfirmed,
    State.CONSENTED_BEFORE: _consent_long_ago,
    State.WITHDRAWN: _withdraw,
}
_OF_THE_PERSON: Mapping[State, Callable[[Bureau, str], None]] = {State.FROZEN: _freeze, State.DECEASED: _mark_deceased}
