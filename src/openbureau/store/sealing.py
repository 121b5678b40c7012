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
VERSION = b"\x01"


class SealBroken(RuntimeError):
    """A sealed value does not open: wrong key, wrong place, or changed bytes."""


def seal(key: bytes, content: bytes, *, place: str, random: Random) -> bytes:
    """version || nonce || ciphertext, bound to `place` (table/row)."""
    nonce = random(12)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, content, place.encode())


def unseal(key: bytes, sealed: bytes, *, place: str) -> bytes:
    """The content; `SealBroken` if it was not sealed under this key at this place."""
    if sealed[:1] != VERSION:
        raise SealBroken("a sealed value of an unknown version")
    try:
        return AESGCM(key).decrypt(sealed[1:13], sealed[13:], place.encode())
    except InvalidTag:
        raise SealBroken("a sealed value does not open here") from None


def wrap_key(root: bytes, key: bytes, *, place: str, random: Random) -> bytes:
    """A data key as it is stored."""
    return seal(root, key, place=f"key/{place}", random=random)


def unwrap_key(root: bytes, wrapped: bytes, *, place: str) -> bytes:
    """The data key again."""
    return unseal(root, wrapped, place=f"key/{place}")


def blind(index_key: bytes, *parts: str) -> bytes:
    """A keyed hash of normalised values, by which rows are found without being readable."""
    return hmac.digest(index_key, "\x00".join(parts).encode(), "sha256")
