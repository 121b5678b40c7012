"""Bring a made-up person for every outcome into a sandbox, ready for each of its lenders.

They come the way everybody comes: furnished in a file, consents and a freeze as events of their chains, an inquiry that uses
a consent up.  Promises: run twice, they are there once; nothing of this exists in a live installation.
"""

import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec

from openbureau.config import SANDBOX
from openbureau.core.furnishing.write import render_jsonl
from openbureau.core.leaf import Event, EventKind
from openbureau.core.member import Member, Role
from openbureau.core.subject import PERSON_ID
from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.consent.withdraw import consents, withdraw_consent
from openbureau.jobs.context import Bureau
from openbureau.jobs.founding.sandbox import NotSandbox
from openbureau.jobs.furnishing.load import furnish
from openbureau.jobs.inquiry.answer import answer_inquiry
from openbureau.jobs.inquiry.request import InquiryRequest
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
from openbureau.law.workdays import civil_day
from openbureau.store.staff import mark_made_up_deceased
from openbureau.store.subject import subject_of_identifier

LONG_AGO = timedelta(days=70)
Step = Callable[[Bureau, str, Member], object]


def plant_outcomes(bureau: Bureau, tokens: Mapping[str, str]) -> tuple[OutcomePerson, ...]:
    """The people for every outcome; made now where they are not here yet.  `tokens`: the lenders that may ask."""
    if bureau.settings.mode != SANDBOX:
        raise NotSandbox("made-up people exist in the sandbox only")
    if _subject(bureau, OUTCOMES[0]) is None:
        _send(bureau, outcome_records(civil_day(bureau.clock())))
        for person in OUTCOMES:
            _bring_about(bureau, person, tokens)
        _send(bureau, rival_records())
    return OUTCOMES


def outcome_rows(people: Iterable[OutcomePerson]) -> list[dict[str, Any]]:
    """The table as plain JSON: whom to ask about, and what comes of it."""
    return [
        {"case": one.key, "subject": one.subject, "purpose": PURPOSE, "outcome": str(one.outcome), "handle": one.handle,
         "en": one.words[0], "zh": one.words[1]}
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
        for member_id in tokens if state in _FOR_A_LENDER or state is State.ASKED else ():
            member = bureau.members[member_id]
            if not (member.is_active and {PURPOSE, OTHER_PURPOSE} <= member.purposes and Role.LENDER in member.roles):
                continue
            if state is State.ASKED:
                _ask(bureau, person, tokens[member_id])
            else:
                _FOR_A_LENDER[state](bureau, subject_id, member)


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


_FOR_A_LENDER: Mapping[State, Step] = {
    State.CONSENTED: lambda bureau, subject_id, member: give_consent(
        bureau, subject_id, member_id=member.member_id, purpose=PURPOSE
    ),
    State.CONSENTED_ONCE: lambda bureau, subject_id, member: give_consent(
        bureau, subject_id, member_id=member.member_id, purpose=PURPOSE, is_one_time=True
    ),
    State.CONSENTED_OTHER: lambda bureau, subject_id, member: give_consent(
        bureau, subject_id, member_id=member.member_id, purpose=OTHER_PURPOSE
    ),
    State.CONSENTED_BEFORE: _consent_long_ago,
    State.WITHDRAWN: _withdraw,
}
_OF_THE_PERSON: Mapping[State, Callable[[Bureau, str], None]] = {State.FROZEN: _freeze, State.DECEASED: _mark_deceased}
