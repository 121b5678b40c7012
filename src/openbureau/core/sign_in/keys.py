"""Which keys speak for a member, and since when?

The act names a member's seal (which signs acts) and the keys of its machines with their validity.  A machine's key is
added or ended by a statement that a valid key of the same member signed, or its seal; statements form a chain per
member that begins at the act's hash.  Promises: `follow_all` gives a key only where the whole chain from the act leads to
it, so a row written past us adds nothing; an end holds for ever.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from openbureau.tlog.canonical import NotCanonical, canonical
from openbureau.tlog.strict import Malformed, parse_base64, render_base64

SCHEMA = "openbureau-key/1"
SEAL = "seal"
"""How a statement names the member's seal as its signer; no machine's key has this kid."""
MOST_KEYS = 20
"""Keys of one member that are not over: a machine a key, with room for a change of each."""

_KID = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z")
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
_BODY = {"schema", "act", "member_id", "number", "prev", "made_at", "by", "add", "end"}


class KeyStatementRefused(ValueError):
    """A statement on keys is not valid at its place in the chain."""


@dataclass(frozen=True, slots=True)
class MemberKey:
    """One key of a member's machines: 32 bytes of Ed25519, valid from and until (excluded), or until it was ended."""

    kid: str
    public_key: bytes
    valid_from: datetime
    valid_until: datetime

    def is_valid(self, at: datetime) -> bool:
        """Does this key speak for its member at an instant?"""
        return self.valid_from <= at < self.valid_until


@dataclass(frozen=True, slots=True)
class Keyring:
    """A member's keys as the chain of its statements leaves them, and where the chain stands."""

    member_id: str
    act: str
    seal: bytes
    keys: Mapping[str, MemberKey]
    number: int
    head: str
    """Hash of the last statement, hex; of the act where there is none."""
    moved_at: datetime = _BEFORE_ALL
    """When the last statement was made: none after it may say that it was made earlier."""

    def valid(self, kid: str, at: datetime) -> MemberKey | None:
        """The key of this name, where it is valid at an instant."""
        key = self.keys.get(kid)
        return key if key is not None and key.is_valid(at) else None


def instant(at: datetime) -> str:
    """RFC 3339 in UTC, whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_instant(text: Any) -> datetime:
    """An instant in its one form; ValueError otherwise."""
    if not isinstance(text, str) or not _INSTANT.match(text):
        raise ValueError("not an instant in UTC to the second")
    return datetime.fromisoformat(text)


def key_json(key: MemberKey) -> dict[str, str]:
    """A key as an act and a statement write it."""
    return {
        "kid": key.kid,
        "public_key": render_base64(key.public_key),
        "valid_from": instant(key.valid_from),
        "valid_until": instant(key.valid_until),
    }


def parse_key(value: Any) -> MemberKey:
    """A key as it is written; ValueError, KeyError or TypeError where it is not one."""
    if set(value) != {"kid", "public_key", "valid_from", "valid_until"}:
        raise ValueError("a key has kid, public_key, valid_from and valid_until")
    kid = value["kid"]
    if not isinstance(kid, str) or not _KID.match(kid) or kid == SEAL:
        raise ValueError("a kid is 1 to 64 letters, digits, dots, lines, and not the word seal")
    key = MemberKey(
        kid, parse_base64(value["public_key"]), parse_instant(value["valid_from"]), parse_instant(value["valid_until"])
    )
    Ed25519PublicKey.from_public_bytes(key.public_key)
    if key.valid_from >= key.valid_until:
        raise ValueError("a key begins before it ends")
    return key


def founding_keyring(member_id: str, seal: bytes, keys: Iterable[MemberKey], *, act_hash: bytes) -> Keyring:
    """The keyring that the act gives."""
    return Keyring(member_id, act_hash.hex(), seal, {key.kid: key for key in keys}, 0, act_hash.hex())


def draft_statement(
    ring: Keyring, by: str, made_at: datetime, *, add: MemberKey | None = None, end: tuple[str, datetime] | None = None
) -> dict[str, Any]:  # fmt: skip
    """The body of the next statement of a member, signed by the key `by`: adds a key, or ends one at an instant."""
    return {
        "schema": SCHEMA,
        "act": ring.act,
        "member_id": ring.member_id,
        "number": ring.number + 1,
        "prev": ring.head,
        "made_at": instant(made_at),
        "by": by,
        "add": key_json(add) if add else None,
        "end": {"kid": end[0], "at": instant(end[1])} if end else None,
    }


def statement_message(body: Mapping[str, Any]) -> bytes:
    """The bytes that are signed."""
    return b"openbureau key statement\n" + canonical(dict(body))


def sign_statement(body: Mapping[str, Any], sign: Callable[[bytes], bytes]) -> dict[str, Any]:
    """The signed statement."""
    return {"body": dict(body), "signature": render_base64(sign(statement_message(body)))}


def statement_hash(statement: Mapping[str, Any]) -> str:
    """SHA-256 of a signed statement, hex: what the next one names as `prev`."""
    return hashlib.sha256(canonical(dict(statement))).hexdigest()


def follow(ring: Keyring, statement: Any) -> Keyring:
    """The keyring after one more statement; `KeyStatementRefused` where it is not the next valid one."""
    try:
        body, signature = statement["body"], parse_base64(statement["signature"])
        is_known = set(statement) == {"body", "signature"} and set(body) == _BODY and body["schema"] == SCHEMA
        made_at, by = parse_instant(body["made_at"]), body["by"]
        place = (body["act"], body["member_id"], body["number"], body["prev"])
        message = statement_message(body)
        is_plain = isinstance(by, str) and isinstance(body["number"], int) and not isinstance(body["number"], bool)
        hash_ = statement_hash(statement)
        added = parse_key(body["add"]) if body["add"] is not None else None
        ended = _end(body["end"]) if body["end"] is not None else None
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, Malformed, NotCanonical):
        raise KeyStatementRefused("the statement is malformed") from None
    if not is_known:
        raise KeyStatementRefused("not a key statement of a form this program knows")
    if not is_plain or place != (ring.act, ring.member_id, ring.number + 1, ring.head):
        raise KeyStatementRefused("the statement is not the next one of this member's chain")
    if made_at < ring.moved_at:
        raise KeyStatementRefused("the statement says that it was made before the one that it follows")
    _check_signer(ring, by, made_at, signed=(message, signature))
    if (added is None) == (ended is None):
        raise KeyStatementRefused("a statement adds one key or ends one")
    keys = _with(ring, added, made_at) if added else _without(ring, ended, made_at)
    return replace(ring, keys=keys, number=ring.number + 1, head=hash_, moved_at=made_at)


def _end(value: Any) -> tuple[str, datetime]:
    if set(value) != {"kid", "at"} or not isinstance(value["kid"], str):
        raise ValueError("an end names kid and at")
    return value["kid"], parse_instant(value["at"])


def _check_signer(ring: Keyring, by: str, made_at: datetime, *, signed: tuple[bytes, bytes]) -> None:
    key = ring.valid(by, made_at)
    public = ring.seal if by == SEAL else key.public_key if key else None
    if public is None:
        raise KeyStatementRefused("the statement is signed by a key that was not valid when it was made")
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signed[1], signed[0])
    except (InvalidSignature, ValueError):
        raise KeyStatementRefused("the signature does not stand under this statement") from None


def _with(ring: Keyring, added: MemberKey, made_at: datetime) -> dict[str, MemberKey]:
    known = {key.public_key for key in ring.keys.values()} | {ring.seal}
    if added.kid in ring.keys or added.public_key in known:
        raise KeyStatementRefused("this kid or this key was used before; take a new one")
    if added.valid_from < made_at:
        raise KeyStatementRefused("a key cannot begin before it was stated")
    if sum(key.valid_until > made_at for key in ring.keys.values()) >= MOST_KEYS:
        raise KeyStatementRefused(f"a member has at most {MOST_KEYS} keys; end one first")
    return dict(ring.keys) | {added.kid: added}


def _without(ring: Keyring, ended: tuple[str, datetime] | None, made_at: datetime) -> dict[str, MemberKey]:
    kid, at = ended or ("", made_at)
    key = ring.keys.get(kid)
    if key is None:
        raise KeyStatementRefused("no key of this member has this kid")
    if at < made_at or at >= key.valid_until:
        raise KeyStatementRefused("a key ends when that is stated or later, and before it would have ended")
    return dict(ring.keys) | {kid: replace(key, valid_until=at)}


def follow_all(ring: Keyring, texts: Iterable[str]) -> Keyring:
    """The keyring after all statements that follow; the first that does not follow, and all after it, change nothing."""
    for text in texts:
        try:
            ring = follow(ring, parse_statement(text))
        except KeyStatementRefused:
            return ring
    return ring


def parse_statement(text: str | bytes) -> Any:
    """A statement from its JSON text, in which no name stands twice; `KeyStatementRefused` where it is none."""
    try:
        return json.loads(text, object_pairs_hook=_no_twins)
    except (ValueError, RecursionError):
        raise KeyStatementRefused("the statement is not proper JSON") from None


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


@lru_cache(maxsize=4096)
def loaded_key(public_key: bytes) -> Ed25519PublicKey:
    """A public key ready to verify; parsed once."""
    return Ed25519PublicKey.from_public_bytes(public_key)


def render_key_file(member_id: str, kid: str, private: bytes) -> str:
    """A member's private key as a file: a JWK (RFC 8037) that also names its member."""
    public = Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    told = {"member_id": member_id, "kid": kid, "kty": "OKP", "crv": "Ed25519", "x": _url(public), "d": _url(private)}
    return json.dumps(told) + "\n"


def parse_key_file(text: str) -> tuple[str, str, Ed25519PrivateKey]:
    """Member, kid and private key of such a file; ValueError where it is none."""
    try:
        told = json.loads(text)
        private = Ed25519PrivateKey.from_private_bytes(_bytes(told["d"]))
        is_pair = private.public_key().public_bytes_raw() == _bytes(told["x"])
        kind, member_id, kid = (told["kty"], told["crv"]), str(told["member_id"]), str(told["kid"])
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        is_pair, kind, private, member_id, kid = False, ("", ""), None, "", ""
    if not is_pair or kind != ("OKP", "Ed25519") or private is None:
        raise ValueError("not a member's key file: a JSON Web Key (kty OKP, crv Ed25519, kid, x, d) with member_id")
    return member_id, kid, private


def _url(content: bytes) -> str:
    return render_base64(content).rstrip("=").translate(str.maketrans("+/", "-_"))


def _bytes(text: str) -> bytes:
    plain = text.translate(str.maketrans("-_", "+/"))
    return parse_base64(plain + "=" * (-len(plain) % 4))
