"""Found an installation: keys, act, first leaf, tokens.

The act names members with their public keys and everything that is in force, is signed by every founding member, pinned
outside the database and put into the log as entry 0.  In the sandbox the members' keys are made here and kept as files for
whoever plays them; in live they come signed from the members, and this duty only checks them.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from openbureau.config import SANDBOX, Settings, create_keys, read_pin, read_scorecards, write_pin, write_private
from openbureau.core.act import ActRefused, FoundingAct, draft_act, open_act, sign_act
from openbureau.core.member import Member
from openbureau.core.permit import Policies
from openbureau.core.scorecard import scorecard_digest
from openbureau.core.sign_in.keys import SEAL, MemberKey, render_key_file
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
from openbureau.tlog.policy import Quorum
from openbureau.tlog.strict import render_base64
from openbureau.tlog.vrf import vrf_public

MEMBERS = "members"
"""The folder of the sandbox's home that holds its members' keys: `<member>.key` for machines, `<member>.seal` for acts."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Who founds what."""

    installation: str
    origin: str
    members: tuple[Member, ...]
    witnesses: Quorum | None = None


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
        witnesses=plan.witnesses,
    )


def found(settings: Settings, url: str, act: Any, *, now: datetime, random: Random) -> dict[str, str]:
    """Found the installation by an act that all its members signed.

    In the sandbox, a bearer token for each member (kept as hashes only); in live none: members sign in with their keys.

    `ActRefused` where there is an act already, where this one is not valid, or where its body is not what this
    installation would draft: other keys, another rule set, another mode.
    """
    opened = open_act(act)
    plan = Plan(str(opened.body["installation"]), opened.origin, tuple(opened.members.values()), opened.quorum)
    expected = draft(settings, plan, on=date.fromisoformat(opened.body["made_on"]), random=random)
    differing = sorted(name for name in expected if expected[name] != opened.body[name])
    if differing:
        raise ActRefused(f"the act was not drafted by this installation: {', '.join(differing)} differ; draft it anew")
    prepare(settings, url)
    given = opened.members if settings.mode == SANDBOX else ()
    tokens = {member_id: random(24).hex() for member_id in given}
    _keep(url, opened, tokens, now=now, random=random)
    write_pin(settings.home, opened.hash)
    return tokens


def found_sandbox(settings: Settings, url: str, plan: Plan, *, now: datetime, random: Random) -> dict[str, str]:
    """Found a sandbox.  Its members' seals and keys are made here and kept in `home/members`, readable by the owner only."""
    if settings.mode != SANDBOX:
        raise ActRefused("a live act is signed by its members with keys of their own")
    seals = {member.member_id: Ed25519PrivateKey.from_private_bytes(random(32)) for member in plan.members}
    members = tuple(
        _with_sandbox_keys(settings, member, seals[member.member_id], random=random) for member in plan.members
    )
    body = draft(settings, replace(plan, members=members), on=civil_day(now), random=random)
    act = sign_act(body, {name: seal.sign for name, seal in seals.items()})
    return found(settings, url, act, now=now, random=random)


def _with_sandbox_keys(settings: Settings, member: Member, seal: Ed25519PrivateKey, *, random: Random) -> Member:
    """A made-up member with its seal and one machine's key, both kept for whoever plays it."""
    private, kid = random(32), f"{member.member_id}-1"
    folder = settings.home / MEMBERS
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(folder / f"{member.member_id}.key", render_key_file(member.member_id, kid, private))
    write_private(
        folder / f"{member.member_id}.seal", render_key_file(member.member_id, SEAL, seal.private_bytes_raw())
    )
    public = Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    begins, ends = (datetime.combine(day, time(), UTC) for day in (member.contract_from, member.contract_until))
    key = MemberKey(kid, public, begins, ends)
    return replace(member, verify_key=seal.public_key().public_bytes_raw(), keys=(key,))


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
