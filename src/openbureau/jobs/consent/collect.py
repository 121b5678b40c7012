"""Take a consent that a member collected: on line, until the person confirms it here; or on paper, whose original it keeps.

Promises: the reply is the same whether or not the person is on file, and whatever they do; nothing that a member collected
on line counts before the person has confirmed it; what is not signed by the member's own key is not taken; a lender asks
the same person for the same purpose once in a while and no oftener (NDR Art. 22(5)).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from openbureau.core.consent.artefact import Artefact, Consent, artefact_bytes, artefact_hash, is_signed, open_artefact
from openbureau.core.consent.notice import notice_on
from openbureau.core.consent.terms import PAPER, WEB
from openbureau.core.decision.entitlement import CONFIRM, may_record_consent
from openbureau.core.member import Member
from openbureau.core.outcome import Refusal
from openbureau.core.purpose import is_outdated
from openbureau.core.refusal import RefusalCode
from openbureau.core.sign_in.keys import Keyring
from openbureau.core.subject import normalize_id, normalize_name
from openbureau.jobs.consent.give import check_points, lender_of
from openbureau.jobs.consent.record import ConsentRefused, record_consent
from openbureau.jobs.context import Bureau
from openbureau.jobs.leave import granted, leave_of_person
from openbureau.jobs.member.keys import held_keys
from openbureau.jobs.subject.chain import AlreadyDone
from openbureau.law.rules import Rulebook
from openbureau.law.workdays import BEIJING, add_months, civil_day
from openbureau.store.consent import IntentRecord, Kept, add_intent, carrier_of, intent_of, is_code
from openbureau.store.database import Connection
from openbureau.store.sealing import seal

_SKEW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Collected:
    """All that a collector is told."""

    consent_id: str
    artefact_hash: str


def collect_consent(bureau: Bureau, member: Member, content: bytes, *, code: str | None = None) -> Collected:
    """Take what a member signed; `code` is one that the person gave it, and stands for their confirmation.

    `ArtefactRefused` where it is no artefact, `ConsentRefused` where it cannot stand.
    """
    artefact = open_artefact(content)
    now = bureau.clock()
    rulebook = bureau.rulebook(civil_day(now))
    policy = check_collected(bureau, member, artefact, now=now)
    with bureau.store.connection("api") as connection:
        carrier, made = _intent(bureau, connection, artefact, now=now)
        code_blind = blind_code(bureau, carrier, code) if carrier and code else None
        is_coded = code_blind is not None and is_code(
            connection, carrier or "", code_blind, lender_id=made.lender_id, at=now
        )
        quiet = timedelta(0) if is_coded else timedelta(days=rulebook.typed.consent_quiet_days.number)
        match add_intent(connection, made, quiet_since=now - quiet):
            case Kept.OTHER:
                raise ConsentRefused("another consent was sent under this id", code="consent-id-used")
            case Kept.TOO_SOON:
                raise ConsentRefused(
                    "this person was asked for this a short while ago", code="consent-asked-already",
                    rules=("ndr.consent.no_nagging", "house.consent_quiet_days"),
                )  # fmt: skip
            case Kept.KEPT | Kept.AGAIN:
                pass
        kept = intent_of(connection, made.member_id, made.consent_id)
    stands = kept is not None and kept.outcome is None and now < kept.expires_at
    if carrier is not None and stands and (made.channel == PAPER or is_coded):
        policy = policy if made.channel == PAPER else leave_of_person(bureau, CONFIRM)
        _attach(bureau, carrier, artefact, code_blind=code_blind if is_coded else None, policy=policy)
    return Collected(made.consent_id, made.artefact_hash.hex())


def _attach(bureau: Bureau, subject_id: str, artefact: Artefact, *, code_blind: bytes | None, policy: str) -> None:
    """Into the chain: by the member for paper, by the person for a code of theirs."""
    is_paper = artefact.consent.collector.channel == PAPER
    try:
        record_consent(
            bureau,
            subject_id,
            lambda _found, _key: artefact,
            actor=artefact.consent.collector.id if is_paper else "subject",
            basis="paper" if is_paper else "consent",
            policy=policy,
            confirmed_by=None if is_paper else "code",
            code_blind=code_blind,
        )
    except AlreadyDone:
        return  # somebody was quicker: the person on their page, or the same message sent twice


def _intent(
    bureau: Bureau, connection: Connection, artefact: Artefact, *, now: datetime
) -> tuple[str | None, IntentRecord]:
    """Who carries the number and name, if anybody; and the record that is kept in either case."""
    consent = artefact.consent
    number = normalize_id(consent.subject.id_kind, consent.subject.id_number) or ""
    id_blind = bureau.id_blind(consent.subject.id_kind, number)
    name_blind = bureau.name_blind(number, normalize_name(consent.subject.name))
    place = intent_place(consent.consent_id)
    key, wrapped = bureau.new_data_key(place)
    made = IntentRecord(
        member_id=consent.collector.id,
        consent_id=consent.consent_id,
        lender_id=consent.consumer.member_id,
        purpose=consent.purpose.code,
        id_kind=consent.subject.id_kind,
        id_blind=id_blind,
        name_blind=name_blind,
        channel=consent.collector.channel,
        artefact_hash=artefact_hash(artefact),
        wrapped_key=wrapped,
        artefact_sealed=seal(key, artefact_bytes(artefact), place=place, random=bureau.random),
        asked_at=now,
        expires_at=_expiry(consent, bureau.rulebook(civil_day(now)), now),
    )
    return carrier_of(connection, consent.subject.id_kind, id_blind, name_blind), made


def _expiry(consent: Consent, rulebook: Rulebook, now: datetime) -> datetime:
    """When an unanswered request lapses; paper waits as long as the consent itself."""
    end = datetime.combine(consent.ends_on + timedelta(days=1), time(), BEIJING).astimezone(UTC)
    if consent.collector.channel == PAPER:
        return end
    return min(end, now + timedelta(days=rulebook.typed.consent_pending_days.number))


def intent_place(consent_id: str) -> str:
    """Where the key of an intent belongs."""
    return f"intent/{consent_id}"


def blind_code(bureau: Bureau, subject_id: str, code: str) -> bytes:
    """How a person's code is kept."""
    return bureau.own_key("consent-code", subject_id, "".join(code.split()).upper())


def check_collected(bureau: Bureau, member: Member, artefact: Artefact, *, now: datetime) -> str:
    """What permits it; `ConsentRefused` unless this member may send this today: its own signature, a lender and purpose under
    contract, the notice and wording of the day, days that can stand, every point agreed to.
    """
    consent = artefact.consent
    lender = lender_of(bureau, consent.consumer.member_id, consent.purpose.code)
    found = may_record_consent(
        bureau.policies, bureau.rulebook(civil_day(now)), member, recipient=lender, purpose=consent.purpose.code
    )
    code = found.code if isinstance(found, Refusal) else None
    if code is RefusalCode.ROLE_NOT_ENTITLED or consent.collector.id != member.member_id:
        raise ConsentRefused(
            "a lender sends consents to itself, a collector those it took for lenders", code="consent-not-yours"
        )
    if code is not None:
        raise ConsentRefused(
            "a contract is not in force: the sender's, or the lender's for this purpose", code=code.value
        )
    if not is_signed(artefact, signing_keys(held_keys(bureau, member.member_id), now)):
        raise ConsentRefused("the signature is not by a key of this member", code="consent-not-signed")
    named = (consent.consumer.name_zh, consent.consumer.name_en, consent.provider.origin)
    if named != (lender.name_zh, lender.name_en, bureau.act.origin) or consent.collector.channel == WEB:
        raise ConsentRefused("lender, bureau and channel are named as they are in the act")
    check_terms(bureau, consent, now=now)
    check_points(consent.products, [one.point for one in consent.confirmations])
    return granted(found)


def signing_keys(ring: Keyring, at: datetime) -> list[bytes]:
    """The keys under which a member signs consents at an instant: those of its machines that are valid, and its seal."""
    return [ring.seal, *(key.public_key for key in ring.keys.values() if key.is_valid(at))]


def check_terms(bureau: Bureau, consent: Consent, *, now: datetime) -> None:
    """`ConsentRefused` unless days, notice and wording can stand today."""
    today = civil_day(now)
    made_at = _instant(consent.made_at)
    most = bureau.rulebook(today).typed.consent_months_most.number
    made_on: date | None = civil_day(made_at) if made_at else None
    is_in_time = made_at is not None and made_on is not None and made_at <= now + _SKEW and made_on <= consent.starts_on
    if not is_in_time or not today <= consent.ends_on <= add_months(consent.starts_on, most):
        raise ConsentRefused(f"a consent is made before it begins, has not ended, and lasts at most {most} months")
    if consent.notice.version != notice_on(consent.starts_on).version:
        raise ConsentRefused(
            "the notice is not the one that holds", code="notice-outdated", rules=("pipl.notice.changes",)
        )
    if is_outdated(consent.purpose.code, consent.purpose.version, today):
        raise ConsentRefused(
            "the purpose has another wording by now", code="notice-outdated", rules=("pipl.consent.renew_on_change",)
        )


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
