"""Who signed this text?

The C2SP signed-note format (version 1.0): a text that ends with a newline, an empty line, then one line a signature:
em dash, space, key name, space, base64(4-byte key id || signature).  Ed25519 log keys are type 0x01, Ed25519
cosignatures type 0x04, ML-DSA-44 cosignatures (FIPS 204) type 0x06 (C2SP tlog-cosignature).

Promises: a signature line of an unknown key is passed over; one of a known key that fails refuses the whole note.
Signing takes the private key as an argument; this file keeps none.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from openbureau.tlog.strict import Malformed, parse_base64, render_base64

ED25519 = 0x01
COSIGNATURE = 0x04
ML_DSA_44 = 0x06
COSIGNERS = frozenset({COSIGNATURE, ML_DSA_44})
"""Types of keys that sign for witnesses."""
_KEY_SIZES = {ED25519: 32, COSIGNATURE: 32, ML_DSA_44: 1312}
MOST_SIGNATURES = 100
LARGEST_NOTE = 1_000_000
_NAME = re.compile(r"[^\s+\x00-\x1f\x7f]+\Z")
_LINE = re.compile(r"\u2014 (\S+) (\S+)\Z")


class NoteRefused(ValueError):
    """The note is malformed, or a signature that should hold does not."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with the name it signs for."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """First 4 bytes of SHA-256(name || 0x0A || type || public key)."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def render(self) -> str:
        """The vkey text: name+hex id+base64(type || key)."""
        return f"{self.name}+{self.key_id.hex()}+{render_base64(bytes([self.kind]) + self.public)}"

    def check(self, message: bytes, signature: bytes) -> bool:
        """Does this key's signature stand under the message?

        `NoteRefused` where the installed cryptography lacks the algorithm: that is no answer about the signature.
        """
        known = MLDSA44PublicKey if self.kind == ML_DSA_44 else Ed25519PublicKey
        try:
            known.from_public_bytes(self.public).verify(signature, message)
        except UnsupportedAlgorithm:
            raise NoteRefused(f"the cryptography installed here cannot check the key of {self.name}") from None
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line of a note: who claims to have signed, and the bytes after the key id."""

    name: str
    key_id: bytes
    content: bytes


def parse_vkey(text: str) -> VerifierKey:
    """Read a vkey text.  `NoteRefused` when its id does not belong to its key or its type is unknown."""
    parts = text.split("+", 2)
    if len(parts) != 3 or not _NAME.match(parts[0]) or not re.match(r"[0-9a-f]{8}\Z", parts[1]):
        raise NoteRefused("a verifier key reads name+8 hex digits+base64")
    try:
        blob = parse_base64(parts[2])
    except Malformed:
        raise NoteRefused("the key of the verifier key is not base64") from None
    if not blob or len(blob) - 1 != _KEY_SIZES.get(blob[0]):
        raise NoteRefused("the verifier key is of no known type")
    key = VerifierKey(parts[0], blob[0], blob[1:])
    if key.key_id.hex() != parts[1]:
        raise NoteRefused("the id of the verifier key does not belong to it")
    return key


def verifier_key(name: str, private: bytes, kind: int = ED25519) -> VerifierKey:
    """The public half of a 32-byte seed (of Ed25519, or of ML-DSA-44 for that kind), under a name."""
    if not _NAME.match(name):
        raise NoteRefused("a key name has no blank, no plus sign and no control character")
    maker = MLDSA44PrivateKey.from_seed_bytes if kind == ML_DSA_44 else Ed25519PrivateKey.from_private_bytes
    return VerifierKey(name, kind, maker(private).public_key().public_bytes_raw())


def sign_note(text: str, key: VerifierKey, private: bytes) -> str:
    """The note with one Ed25519 signature (type 0x01)."""
    check_text(text)
    signature = Ed25519PrivateKey.from_private_bytes(private).sign(text.encode())
    return f"{text}\n{signature_line(key, signature)}"


def signature_line(key: VerifierKey, signature: bytes) -> str:
    """One signature line, with its line end."""
    return f"\u2014 {key.name} {render_base64(key.key_id + signature)}\n"


def check_text(text: str) -> None:
    """`NoteRefused` unless the text ends with a newline and has no other control character."""
    if not text.endswith("\n") or any((ord(char) < 32 and char != "\n") or ord(char) == 127 for char in text):
        raise NoteRefused("a note's text ends with a newline and has no other control character")


def split_note(note: bytes) -> tuple[str, tuple[Signature, ...]]:
    """Text and signature lines, unchecked but strictly formed."""
    if len(note) > LARGEST_NOTE:
        raise NoteRefused("the note is too large")
    try:
        whole = note.decode("utf-8")
    except UnicodeDecodeError:
        raise NoteRefused("the note is not UTF-8") from None
    body, mark, tail = whole.rpartition("\n\n")
    if not mark or not tail.endswith("\n"):
        raise NoteRefused("a note has an empty line before its signatures, and ends with a newline")
    check_text(body + "\n")
    lines = tail[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise NoteRefused("the note has too many signatures")
    return body + "\n", tuple(_parse_line(line) for line in lines)


def _parse_line(line: str) -> Signature:
    found = _LINE.match(line)
    if not found or not _NAME.match(found[1]):
        raise NoteRefused("a signature line reads: em dash, space, name, space, base64")
    try:
        content = parse_base64(found[2])
    except Malformed:
        raise NoteRefused("a signature is not base64") from None
    if len(content) < 5:
        raise NoteRefused("a signature is too short")
    return Signature(found[1], content[:4], content[4:])


def open_note(note: bytes, keys: Sequence[VerifierKey]) -> tuple[str, tuple[VerifierKey, ...]]:
    """Text, and which of the given keys signed it.  `NoteRefused` if a known key's signature fails or none is there."""
    text, signatures = split_note(note)
    known = {(key.name, key.key_id): key for key in keys if key.kind == ED25519}
    signers: list[VerifierKey] = []
    for signature in signatures:
        key = known.get((signature.name, signature.key_id))
        if key is None or key in signers:
            continue
        if not key.check(text.encode(), signature.content):
            raise NoteRefused(f"the signature of {key.name} does not stand under this text")
        signers.append(key)
    if not signers:
        raise NoteRefused("no key that is trusted signed this note")
    return text, tuple(signers)
