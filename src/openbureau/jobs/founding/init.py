"""Found an installation: keys, act, first leaf, tokens.

The act names members with their public keys and everything that is in force, is signed by every founding member, pinned
outside the database and put into the log as entry 0.  In the sandbox the members' keys are made here; in live they come
signed from the members, and this duty only checks them.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from openbureau.config import SANDBOX, Settings, create_keys, read_pin, read_scorecards, write_pin
from openbureau.core.act import ActRefused, FoundingAct, draft_act, open_act, sign_act
from openbureau.core.member import Member
from openbureau.core.permit import Policies
from openbureau.core.scorecard import scorecard_digest
from openbureau.jobs.context import prepare
from openbureau.jobs.ids import new_id
from openbureau.law.policies import load_policies
from openbureau.law.reader import load_law
from openbureau.law.workdays import civil_day
from openbureau.store import log
from openbureau.store.database import administrator
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


def sandbox_signer(random: Random) -> tuple[bytes, Signer]:
    """A made-up member's key: public half, and a function that signs."""
    private = Ed25519PrivateKey.from_private_bytes(random(32))
    return private.public_key().public_bytes_raw(), private.sign


def draft(settings: Settings, plan: Plan, *, on: date, random: Random) -> dict[str, Any]:
    """Make the keys that are missing; the body that every founding member signs with a key of its own.

    `ActRefused` where the installation is founded already.
    """
    if read_pin(settings.home) is not None:
        raise ActRefused(f"{settings.home} holds a founding act already; an installation is founded once")
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys = create_keys(settings.keys_dir, settings.mode, random)
    law = load_law(settings.regime)
    policies = Policies(load_policies(settings.regime, law))
    response = Ed25519PrivateKey.from_private_bytes(keys.key("response")).public_key().public_bytes_raw()
    return draft_act(
        installation=plan.installation,
        origin=plan.origin,
        mode=settings.mode,
        made_on=on,
        regime=settings.regime,
        digests={
            "law_digest": law.digest,
            "policy_digest": policies.digest,
            "scorecards": {name: scorecard_digest(content) for name, content in read_scorecards().items()},
        },
        keys=_public_keys(verifier_key(plan.origin, keys.key("log")), vrf_public(keys.key("vrf")), response),
        members=plan.members,
    )


def found(settings: Settings, url: str, act: Any, *, now: datetime, random: Random) -> dict[str, str]:
    """Found the installation by an act that all its members signed; a bearer token for each (kept as hashes only).

    `ActRefused` where there is an act already, where this one is not valid, or where its body is not what this
    installation would draft: other keys, another rule set, another mode.
    """
    opened = open_act(act)
    plan = Plan(str(opened.body["installation"]), opened.origin, tuple(opened.members.values()))
    expected = draft(settings, plan, on=date.fromisoformat(opened.body["made_on"]), random=random)
    differing = sorted(name for name in expected if expected[name] != opened.body[name])
    if differing:
        raise ActRefused(f"the act was not drafted by this installation: {', '.join(differing)} differ; draft it anew")
    prepare(settings, url)
    tokens = {member_id: random(24).hex() for member_id in opened.members}
    _keep(url, opened, tokens, now=now, random=random)
    write_pin(settings.home, opened.hash)
    return tokens


def found_sandbox(settings: Settings, url: str, plan: Plan, *, now: datetime, random: Random) -> dict[str, str]:
    """Found a sandbox whose members' keys are made here and forgotten after the signing."""
    if settings.mode != SANDBOX:
        raise ActRefused("a live act is signed by its members with keys of their own")
    pairs = {member.member_id: sandbox_signer(random) for member in plan.members}
    members = tuple(replace(member, verify_key=pairs[member.member_id][0]) for member in plan.members)
    body = draft(settings, replace(plan, members=members), on=civil_day(now), random=random)
    act = sign_act(body, {name: sign for name, (_, sign) in pairs.items()})
    return found(settings, url, act, now=now, random=random)


def _public_keys(log_key: VerifierKey, vrf: bytes, response: bytes) -> dict[str, str]:
    return {"log": log_key.render(), "vrf": render_base64(vrf), "response": render_base64(response)}


def _keep(url: str, act: FoundingAct, tokens: Mapping[str, str], *, now: datetime, random: Random) -> None:
    """Act, leaf and tokens in one transaction, as the administrator: no other role can write them."""
    entry = render_system("act", act.to_json())
    span = (now - timedelta(minutes=1), now + timedelta(days=366))
    with administrator(url) as connection:
        if log.founding_act(connection) is not None:
            raise ActRefused("this database holds a founding act already")
        log.add_act(connection, 0, act.hash, canonical(act.to_json()).decode(), leaf=leaf_hash(entry))
        log.add_pending(connection, new_id(now, random), entry, now)
        for member_id, token in tokens.items():
            log.add_token(connection, hashlib.sha256(token.encode()).digest(), member_id, span)


def contract_term(today: date) -> tuple[date, date]:
    """From and until of a sandbox contract: a year either side."""
    return today - timedelta(days=366), today + timedelta(days=366)
