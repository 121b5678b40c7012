"""Record that a person consents: to one lender, for one purpose, until a day (Regulation Art. 18, PIPL Art. 23).

The consent is an event of the person's chain; an inquiry rests on its leaf, which holds the hash of the artefact.
Promises: bundled consents do not exist: one recipient, one purpose, one object; without each point that the law asks to be
agreed to by itself nothing is recorded; a longer term than our house rule's is not recorded.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime

from openbureau.core.consent.artefact import (
    SCHEMA,
    Agreed,
    Artefact,
    Collector,
    Confirmation,
    Consent,
    DataLife,
    Frequency,
    Institution,
    Provider,
    Shown,
    Whose,
    sign_consent,
)
from openbureau.core.consent.notice import notice_on
from openbureau.core.consent.terms import BUREAU, WEB, kinds_of, points_for
from openbureau.core.decision.entitlement import GIVE
from openbureau.core.member import Member, Role
from openbureau.core.products import Product
from openbureau.core.purpose import EMPLOYMENT, PURPOSES, wording_on
from openbureau.core.report import Identity
from openbureau.jobs.consent.record import ConsentRefused, Given, record_consent
from openbureau.jobs.consent.show import check_notice, wanted_products
from openbureau.jobs.context import Bureau
from openbureau.jobs.ids import new_id
from openbureau.jobs.inquiry.contents import identity_of, response_key
from openbureau.jobs.leave import leave_of_person
from openbureau.law.workdays import add_months, civil_day
from openbureau.store.sealing import unseal
from openbureau.store.subject import OwnFacts

__all__ = ["ConsentRefused", "Given", "check_points", "give_consent", "lender_of", "written_consent"]


def lender_of(bureau: Bureau, member_id: str, purpose: str) -> Member:
    """The lender (for employment, the employer) with this purpose in its contract; `ConsentRefused` where there is none."""
    member = bureau.members.get(member_id)
    if member is None or (Role.EMPLOYER if purpose == EMPLOYMENT else Role.LENDER) not in member.roles:
        raise ConsentRefused("there is no such lender; choose one from the list")
    if purpose not in PURPOSES or purpose not in member.purposes:
        raise ConsentRefused("this lender's contract has no such purpose; choose one from the list")
    return member


def check_points(products: Collection[str], points: Collection[str]) -> None:
    """`ConsentRefused`, with the rules that ask for them, unless each point was agreed to."""
    missing = [point for point in points_for(products) if point.code not in points]
    if missing:
        rules = tuple(point.rule for point in missing)
        raise ConsentRefused("each point is agreed to by itself", code="consent-point-missing", rules=rules)


def give_consent(
    bureau: Bureau,
    subject_id: str,
    *,
    member_id: str,
    purpose: str,
    months: int = 12,
    is_one_time: bool = False,
    products: Collection[str] = (Product.REPORT,),
    points: Collection[str] | None = None,
    language: str = "zh-CN",
    notice_version: str | None = None,
) -> Given:
    """Record the consent of a signed-in person.

    `points`: what the person agreed to by itself; None where the caller has shown and had ticked every one of them.
    `notice_version`: the notice that was shown; None for the one that holds today.
    """
    policy = leave_of_person(bureau, GIVE)
    lender = lender_of(bureau, member_id, purpose)
    now = bureau.clock()
    today = civil_day(now)
    most = bureau.rulebook(today).typed.consent_months_most.number
    if not 1 <= months <= most:
        raise ConsentRefused(f"a consent lasts between 1 and {most} months")
    wanted = wanted_products(products, is_one_time=is_one_time)
    if points is not None:
        check_points(wanted, points)
    if notice_version not in {None, notice_on(today).version}:
        raise ConsentRefused(
            "another notice holds by now; read it first", code="notice-outdated", rules=("pipl.notice.changes",)
        )
    check_notice(bureau, lender, today)
    consent_id, ends_on = new_id(now, bureau.random), add_months(today, months)

    def artefact(found: OwnFacts, key: bytes) -> Artefact:
        identity = identity_of(unseal(key, found.identity_sealed, place=f"identity/{subject_id}"))
        made = written_consent(
            bureau, identity, lender, at=now, wanted=wanted, purpose=purpose, ends_on=ends_on, is_one_time=is_one_time,
            consent_id=consent_id, language=language,
        )  # fmt: skip
        sign = response_key(bureau)
        return sign_consent(made, sign.sign, sign.public_key().public_bytes_raw())

    return record_consent(bureau, subject_id, artefact, actor="subject", basis="consent", policy=policy)


def written_consent(
    bureau: Bureau, identity: Identity, lender: Member, *, at: datetime, wanted: tuple[str, ...], purpose: str,
    ends_on: date, is_one_time: bool, consent_id: str, language: str,
) -> Consent:  # fmt: skip
    """What a person agrees to on our page, in full."""
    today = civil_day(at)
    worded = wording_on(purpose, today)
    return Consent(
        schema=SCHEMA,
        consent_id=consent_id,
        made_at=at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        starts_on=today,
        ends_on=ends_on,
        mode="view",
        fetch="one-time" if is_one_time else "continuing",
        frequency=Frequency("term", 1) if is_one_time else None,
        purpose=Agreed(purpose, worded.version, worded.zh, worded.en),
        products=list(wanted),  # type: ignore[arg-type]
        data_kinds=kinds_of(wanted),
        data_life=DataLife("purpose", None),
        subject=Whose(identity.id_kind, identity.id_number, identity.name),
        consumer=Institution(lender.member_id, lender.name_zh, lender.name_en),
        provider=Provider(bureau.act.origin, str(bureau.act.body["installation"])),
        collector=Collector(BUREAU, WEB),
        notice=Shown(notice_on(today).version, "en" if language == "en" else "zh-CN"),
        confirmations=[Confirmation(point.code, point.rule) for point in points_for(wanted)],  # type: ignore[arg-type]
        document_hash=None,
    )
