"""Members that hold keys of their own, for tests: they sign consents as they would at home."""

from dataclasses import replace
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from openbureau.core.consent.artefact import (
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
    artefact_bytes,
    sign_consent,
)
from openbureau.core.consent.notice import notice_on
from openbureau.core.consent.terms import kinds_of, points_for
from openbureau.core.member import Role
from openbureau.core.purpose import wording_on
from openbureau.jobs.ids import new_id
from openbureau.law.workdays import add_months, civil_day
from world import Person, World

KEYS = {
    name: Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
    for number, name in enumerate(("bank-alpha", "bank-beta", "micro-gamma", "platform-delta", "bank-closed"), start=1)
}


def with_keys(world: World) -> World:
    """The same world, whose members sign with the keys above; the platform collects consents for lenders."""
    members = {
        name: replace(member, verify_key=KEYS[name].public_key().public_bytes_raw()) if name in KEYS else member
        for name, member in world.bureau.members.items()
    }
    platform = members["platform-delta"]
    members["platform-delta"] = replace(platform, roles=platform.roles | {Role.COLLECTOR})
    world.bureau = replace(world.bureau, act=replace(world.bureau.act, members=members), _keyrings={})
    return world


def consent(world: World, person: Person, **changes: Any) -> Consent:
    """A consent as a lender's own form makes it today."""
    bureau = world.bureau
    today = civil_day(world.clock())
    lender = bureau.members[changes.pop("lender", "bank-beta")]
    purpose, products = changes.pop("purpose", "loan-approval"), changes.pop("products", ["report"])
    worded, is_once = wording_on(purpose, today), changes.pop("once", False)
    made = Consent(
        schema="openbureau-consent/1",
        consent_id=new_id(world.clock(), bureau.random),
        made_at=world.clock().strftime("%Y-%m-%dT%H:%M:%SZ"),
        starts_on=today,
        ends_on=add_months(today, 3),
        mode="view",
        fetch="one-time" if is_once else "continuing",
        frequency=Frequency("term", 1) if is_once else None,
        purpose=Agreed(purpose, worded.version, worded.zh, worded.en),
        products=products,
        data_kinds=kinds_of(products),
        data_life=DataLife("month", 6),
        subject=Whose("cn-id", person.id_number, person.name),
        consumer=Institution(lender.member_id, lender.name_zh, lender.name_en),
        provider=Provider(bureau.act.origin, "Test bureau"),
        collector=Collector(changes.pop("collector", lender.member_id), changes.pop("channel", "lender-online")),
        notice=Shown(notice_on(today).version, "zh-CN"),
        confirmations=[Confirmation(point.code, point.rule) for point in points_for(products)],
        document_hash=changes.pop("document_hash", None),
    )
    return msgspec.structs.replace(made, **changes)


def signed(made: Consent, by: str | None = None) -> bytes:
    """The artefact under the key of its collector, or of another."""
    return artefact_bytes(sealed(made, by))


def sealed(made: Consent, by: str | None = None) -> Artefact:
    """The same, not yet bytes."""
    key = KEYS[by or made.collector.id]
    return sign_consent(made, key.sign, key.public_key().public_bytes_raw())
