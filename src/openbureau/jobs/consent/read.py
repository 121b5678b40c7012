"""Hand out the artefact of a consent: to the person, and to the lender that it names; nobody else learns that it exists."""

from dataclasses import dataclass

from openbureau.core.member import Member
from openbureau.jobs.consent.record import ConsentRefused
from openbureau.jobs.context import Bureau
from openbureau.law.workdays import civil_day
from openbureau.store.consent import SealedArtefact, artefact_of, consent_standing, intent_of
from openbureau.store.inquiry import NO_SUBJECT
from openbureau.store.sealing import unseal

_NOBODY = ""
"""No member is called so."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a member is told of a consent it sent or is named in.

    `received`: the person has not answered, or is not on file, or said no: nobody is told which; `lapsed`: that time is over;
    `in-force`, `withdrawn`, `expired`: it was given; `given`: to another lender, for which this member took it.
    """

    state: str
    artefact: bytes | None
    """Canonical JSON, once the consent was given."""


def own_artefact(bureau: Bureau, subject_id: str, consent_id: str) -> bytes:
    """The artefact of a person's own consent, canonical; `ConsentRefused` where there is none."""
    with bureau.store.connection("api") as connection:
        found = artefact_of(connection, consent_id, subject_id=subject_id, member_id=_NOBODY)
    if found is None:
        raise ConsentRefused("there is no artefact of this consent", code="no-such-consent")
    return _open(bureau, found, consent_id)


def members_consent(bureau: Bureau, member: Member, consent_id: str) -> Standing:
    """A consent as a member that it names, or that collected it, may see it; `ConsentRefused` where there is none."""
    now = bureau.clock()
    with bureau.store.connection("api") as connection:
        found = artefact_of(connection, consent_id, subject_id=NO_SUBJECT, member_id=member.member_id)
        if found is None:
            intent = intent_of(connection, member.member_id, consent_id)
            if intent is None:
                raise ConsentRefused("there is no such consent", code="no-such-consent")
            return Standing("received" if now < intent.expires_at else "lapsed", None)
        term = consent_standing(connection, member.member_id, consent_id)
    state = "given"
    if term is not None:
        _, last, ended_at = term
        state = "withdrawn" if ended_at else "in-force" if civil_day(now) <= last else "expired"
    return Standing(state, _open(bureau, found, consent_id))


def _open(bureau: Bureau, found: SealedArtefact, consent_id: str) -> bytes:
    key = bureau.data_key(found.wrapped_key, f"subject/{found.subject_id}")
    return unseal(key, found.sealed, place=f"consent/{consent_id}")
