"""How are direct identifiers kept?

AES-256-GCM under a key of the person's own, which is itself wrapped under the root key; blind indexes by HMAC-SHA256
under another key for look-ups.  Associated data name table and row, so that a ciphertext cannot be moved.

Promises: destroying the wrapped key destroys everything sealed under it.  Sealing takes its nonce from the caller's
source of randomness.
"""

import hmac
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

Random = Callable[[int], bytes]
VERSION, NAMED = b"\x01", b"\x02"
"""A value under the first version of its key, or under one that it names in two more bytes."""


class SealBroken(RuntimeError):
    """A sealed value does not open: wrong key, wrong place, or changed bytes."""


def seal(key: bytes, content: bytes, *, place: str, random: Random, version: int = 1) -> bytes:
    """Form, key version where it is not the first, nonce, ciphertext; bound to `place` (table/row)."""
    nonce = random(12)
    return _head(version) + nonce + AESGCM(key).encrypt(nonce, content, place.encode())


def unseal(key: bytes, sealed: bytes, *, place: str) -> bytes:
    """The content; `SealBroken` if it was not sealed under this key at this place."""
    start = len(_head(key_version(sealed)))
    try:
        return AESGCM(key).decrypt(sealed[start : start + 12], sealed[start + 12 :], place.encode())
    except (InvalidTag, ValueError):
        raise SealBroken("a sealed value does not open here") from None


def key_version(sealed: bytes) -> int:
    """The version of the key under which a value was sealed; `SealBroken` for a form that is not known."""
    if sealed[:1] == VERSION:
        return 1
    if sealed[:1] == NAMED and len(sealed) > 3:
        return int.from_bytes(sealed[1:3], "big")
    raise SealBroken("a sealed value of an unknown version")


def _head(version: int) -> bytes:
    return VERSION if version == 1 else NAMED + version.to_bytes(2, "big")


def wrap_key(root: bytes, key: bytes, *, place: str, random: Random, version: int = 1) -> bytes:
    """A data key as it is stored, saying which version of the root key opens it."""
    return seal(root, key, place=f"key/{place}", random=random, version=version)


def unwrap_key(root: bytes, wrapped: bytes, *, place: str) -> bytes:
    """The data key again."""
    return unseal(root, wrapped, place=f"key/{place}")


def blind(index_key: bytes, *parts: str) -> bytes:
    """A keyed hash of normalised values, by which rows are found without being readable."""
    return hmac.digest(index_key, "\x00".join(parts).encode(), "sha256")
