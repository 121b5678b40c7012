"""Which act founded this installation, and is it valid?

The founding act names members with their public keys, the log's keys and its witnesses, rule set, policies, tariff and
scorecards, and is signed by every founding member.  Its hash is entry 0 of the log and stands in the
watcher's policy file and in a file outside the database: whoever owns the database can stop the bureau, but not make a
valid act (design, decision 5).
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from openbureau.core.member import CONTACT_DUTIES, Contact, Member, Role
from openbureau.core.sign_in.keys import MOST_KEYS, Keyring, founding_keyring, key_json, parse_key
from openbureau.tlog.canonical import canonical
from openbureau.tlog.policy import Quorum, parse_quorum
from openbureau.tlog.strict import Malformed, parse_base64, render_base64

SCHEMA = "openbureau-act/1"
_KEYS = {
    "schema", "act", "installation", "origin", "mode", "made_on", "regime", "law_digest", "policy_digest", "scorecards",
    "keys", "members",
}  # fmt: skip
_WITNESSES = "witnesses"
"""Named by every act of a live installation; a sandbox may do without."""


class ActRefused(ValueError):
    """The act is not valid: the installation answers nothing."""


@dataclass(frozen=True)
class FoundingAct:
    """A founding act whose signatures hold."""

    body: Mapping[str, Any]
    signatures: Mapping[str, bytes]
    members: Mapping[str, Member]
    quorum: Quorum | None = None
    """The witnesses of its log; None for a sandbox that has none."""

    @cached_property
    def hash(self) -> bytes:
        """SHA-256 of the canonical signed act; reckoned once, for every inquiry names it."""
        return hashlib.sha256(canonical(self.to_json())).digest()

    @property
    def origin(self) -> str:
        """The log's name."""
        return str(self.body["origin"])

    @property
    def mode(self) -> str:
        """`sandbox` or `live`."""
        return str(self.body["mode"])

    def keyring(self, member_id: str) -> Keyring:
        """The keys that the act gives a member: where the chain of its key statements begins."""
        member = self.members[member_id]
        return founding_keyring(member_id, member.verify_key, member.keys, act_hash=self.hash)

    def to_json(self) -> dict[str, Any]:
        """The act as it stands in the log."""
        return {
            "body": dict(self.body),
            "signatures": {name: render_base64(signature) for name, signature in self.signatures.items()},
        }


def draft_act(
    *,
    installation: str,
    origin: str,
    mode: str,
    made_on: date,
    regime: str,
    digests: Mapping[str, Any],
    keys: Mapping[str, str],
    members: tuple[Member, ...],
    witnesses: Quorum | None = None,
) -> dict[str, Any]:
    """The body that the members sign.  `digests` holds law_digest, policy_digest and scorecards (id to hash)."""
    named = {_WITNESSES: witnesses.to_json()} if witnesses else {}
    return named | {
        "schema": SCHEMA,
        "act": "founding",
        "installation": installation,
        "origin": origin,
        "mode": mode,
        "made_on": made_on.isoformat(),
        "regime": regime,
        **digests,
        "keys": dict(keys),
        "members": [_member_json(member) for member in sorted(members, key=lambda member: member.member_id)],
    }


def sign_act(
    body: Mapping[str, Any],
    sign: Mapping[str, Callable[[bytes], bytes]],
    *,
    earlier: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The signed act; `sign` holds each member's own signing function, `earlier` the signatures it carries already."""
    message = _message(body)
    made = {name: render_base64(one(message)) for name, one in sign.items()}
    return {"body": dict(body), "signatures": dict(earlier or {}) | made}


def _message(body: Mapping[str, Any]) -> bytes:
    return b"openbureau founding act\n" + canonical(dict(body))


def open_act(value: Any) -> FoundingAct:
    """The act, if its form is right and every member's signature holds; else `ActRefused`."""
    try:
        body, signatures = value["body"], value["signatures"]
        if set(value) != {"body", "signatures"} or set(body) - {_WITNESSES} != _KEYS or body["schema"] != SCHEMA:
            raise ActRefused("not a founding act of a form this program knows")
        if body["act"] != "founding" or body["mode"] not in {"sandbox", "live"}:
            raise ActRefused("the act is a founding act, of a sandbox or of a live installation")
        members = {member.member_id: member for member in map(_member, body["members"])}
        quorum = parse_quorum(body[_WITNESSES]) if _WITNESSES in body else None
        made = {str(name): parse_base64(text) for name, text in signatures.items()}
        message = _message(body)
    except (KeyError, TypeError, ValueError, AttributeError, Malformed) as trouble:
        if isinstance(trouble, ActRefused):
            raise
        raise ActRefused("the act is malformed") from trouble
    if len(members) != len(body["members"]) or not members:
        raise ActRefused("each member stands in the act once, and there is at least one")
    if quorum is None and body["mode"] != "sandbox":
        raise ActRefused("the act of a live installation names the witnesses of its log")
    if quorum is not None and body["mode"] != "sandbox" and any(name.startswith("sandbox-") for name in quorum.names):
        raise ActRefused("a sandbox's own witnesses watch no live installation")
    if set(made) != set(members):
        raise ActRefused("every founding member signs, and nobody else")
    for name, signature in made.items():
        try:
            Ed25519PublicKey.from_public_bytes(members[name].verify_key).verify(signature, message)
        except (InvalidSignature, ValueError):
            raise ActRefused(f"the signature of {name} does not stand under this act") from None
    return FoundingAct(body, made, members, quorum)


def parse_members(values: Any) -> tuple[Member, ...]:
    """Members as they are written for an act; `ActRefused` where one is not."""
    try:
        return tuple(map(_member, values))
    except (KeyError, TypeError, ValueError, Malformed) as trouble:
        raise ActRefused(f"a member is not written as an act writes it: {trouble}") from trouble


def _member_json(member: Member) -> dict[str, Any]:
    return {
        "member_id": member.member_id,
        "name_zh": member.name_zh,
        "name_en": member.name_en,
        "kind": member.kind,
        "roles": sorted(member.roles),
        "purposes": sorted(member.purposes),
        "is_active": member.is_active,
        "contract_from": member.contract_from.isoformat(),
        "contract_until": member.contract_until.isoformat(),
        "verify_key": render_base64(member.verify_key),
        "licence_no": member.licence_no,
        "contacts": [{"duty": one.duty, "email": one.email, "phone": one.phone} for one in member.contacts],
        "keys": [key_json(key) for key in member.keys],
    }


def _member(value: Mapping[str, Any]) -> Member:
    """A member as an act writes it; acts of before there were machines' keys have none of the last three."""
    made = Member(
        member_id=str(value["member_id"]),
        name_zh=str(value["name_zh"]),
        name_en=str(value["name_en"]),
        kind=str(value["kind"]),
        roles=frozenset(Role(role) for role in value["roles"]),
        purposes=frozenset(map(str, value["purposes"])),
        is_active=value["is_active"] is True,
        contract_from=date.fromisoformat(value["contract_from"]),
        contract_until=date.fromisoformat(value["contract_until"]),
        verify_key=parse_base64(value["verify_key"]),
        licence_no=str(value.get("licence_no", "")),
        contacts=tuple(
            Contact(str(one["duty"]), str(one["email"]), str(one["phone"])) for one in value.get("contacts", ())
        ),
        keys=tuple(map(parse_key, value.get("keys", ()))),
    )
    if not {one.duty for one in made.contacts} <= set(CONTACT_DUTIES):
        raise ValueError(f"the duty of a contact is one of {', '.join(CONTACT_DUTIES)}")
    apart = {key.kid for key in made.keys}, {key.public_key for key in made.keys} | {made.verify_key}
    if len(apart[0]) != len(made.keys) or len(apart[1]) != len(made.keys) + 1 or len(made.keys) > MOST_KEYS:
        raise ValueError(f"a member has at most {MOST_KEYS} keys, each another, none of them its seal")
    return made
