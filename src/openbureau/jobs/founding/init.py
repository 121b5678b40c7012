"""Found an installation: keys, act, first leaf, tokens.

The act names members with their public keys and everything that is in force, is signed by every founding member, pinned
outside the database and put into the log as entry 0.  In the sandbox the members' keys are made here; in live they come
signed from the members, and this duty only checks them.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from openbureau.config import LIVE, Settings, create_keys, read_pin, read_scorecards, write_pin
from openbureau.core.act import ActRefused, draft_act, open_act, sign_act
from openbureau.core.member import Member
from openbureau.core.permit import Policies
from openbureau.core.scorecard import scorecard_digest
from openbureau.jobs.context import prepare
from openbureau.jobs.ids import new_id
from openbureau.law.policies import load_policies
from openbureau.law.reader import load_law
from openbureau.store import log
from openbureau.store.sealing import Random
from openbureau.tlog.canonical import canonical
from openbureau.tlog.entry import render_system
from openbureau.tlog.merkle import leaf_hash
from openbureau.tlog.note import VerifierKey, verifier_key
from openbureau.tlog.strict import render_base64
from openbureau.tlog.vrf import vrf_public

Signer = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Plan:
    """Who founds what."""

    installation: str
    origin: str
    members: tuple[Member, ...]
    signers: Mapping[str, Signer]


def sandbox_signer(random: Random) -> tuple[bytes, Signer]:
    """A made-up member's key: public half, and a function that signs."""
    private = Ed25519PrivateKey.from_private_bytes(random(32))
    return private.public_key().public_bytes_raw(), private.sign


def found(settings: Settings, url: str, plan: Plan, *, now: datetime, random: Random) -> dict[str, str]:
    """Found the installation; a bearer token for each member (shown once, kept as hashes only).

    `ActRefused` where there is an act already, or where the act would not be valid.
    """
    if read_pin(settings.home) is not None:
        raise ActRefused(f"{settings.home} holds a founding act already; an installation is founded once")
    if settings.mode == LIVE and not plan.signers:
        raise ActRefused("a live act is signed by its members with keys of their own")
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys = create_keys(settings.keys_dir, settings.mode, random)
    law = load_law(settings.regime)
    policies = Policies(load_policies(settings.regime, law))
    key = verifier_key(plan.origin, keys.key("log"))
    response = Ed25519PrivateKey.from_private_bytes(keys.key("response")).public_key().public_bytes_raw()
    body = draft_act(
        installation=plan.installation,
        origin=plan.origin,
        mode=settings.mode,
        made_on=now.date(),
        regime=settings.regime,
        digests={
            "law_digest": law.digest,
            "policy_digest": policies.digest,
            "scorecards": {name: scorecard_digest(content) for name, content in read_scorecards().items()},
        },
        keys=_public_keys(key, vrf_public(keys.key("vrf")), response),
        members=plan.members,
    )
    act = sign_act(body, plan.signers)
    prepare(settings, url)
    tokens = {member.member_id: random(24).hex() for member in plan.members}
    _keep(url, act, tokens, now, random)
    write_pin(settings.home, open_act(act).hash)
    return tokens


def _public_keys(log_key: VerifierKey, vrf: bytes, response: bytes) -> dict[str, str]:
    return {"log": log_key.render(), "vrf": render_base64(vrf), "response": render_base64(response)}


def _keep(url: str, act: dict[str, Any], tokens: Mapping[str, str], now: datetime, random: Random) -> None:
    """Act, leaf and tokens in one transaction, as the administrator: no other role can write them."""
    opened = open_act(act)
    entry = render_system("act", act)
    span = (now - timedelta(minutes=1), now + timedelta(days=366))
    with psycopg.connect(url) as connection:
        if log.founding_act(connection) is not None:
            raise ActRefused("this database holds a founding act already")
        log.add_act(connection, 0, opened.hash, canonical(act).decode(), leaf_hash(entry))
        log.add_pending(
            connection, new_id(datetime(2000, 1, 1, tzinfo=UTC), random), entry, datetime(2000, 1, 1, tzinfo=UTC)
        )
        for member_id, token in tokens.items():
            log.add_token(connection, hashlib.sha256(token.encode()).digest(), member_id, span)


def load_plan(text: str) -> dict[str, Any]:
    """An act signed elsewhere, as JSON; `ActRefused` when it is not valid."""
    act: dict[str, Any] = json.loads(text)
    open_act(act)
    return act


def sandbox_plan(members: Sequence[Member], *, random: Random, origin: str, installation: str) -> Plan:
    """The plan of a sandbox: every member gets a key made here."""
    signers: dict[str, Signer] = {}
    named = []
    for member in members:
        public, sign = sandbox_signer(random)
        signers[member.member_id] = sign
        named.append(
            Member(
                member.member_id, member.name_zh, member.name_en, member.kind, member.roles, member.purposes,
                member.is_active, member.contract_from, member.contract_until, public,
            )
        )  # fmt: skip
    return Plan(installation, origin, tuple(named), signers)


def contract_term(today: date) -> tuple[date, date]:
    """From and until of a sandbox contract: a year either side."""
    return today - timedelta(days=366), today + timedelta(days=366)
