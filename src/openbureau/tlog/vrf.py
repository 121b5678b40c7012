"""Which name does this person have in the log, and can nobody else compute it?

ECVRF-EDWARDS25519-SHA512-TAI of RFC 9381 (suite 0x03) on libsodium's point operations.  A secret key gives exactly one
output for an input; the proof shows that it is the right one; without the key nobody can compute it.

The label of a person is the first 32 bytes of the output for the bytes of their subject id.  Point operations run
over public values except the key's own scalar; libsodium multiplies in constant time.
"""

import hashlib
from functools import lru_cache

from nacl.bindings import (
    crypto_core_ed25519_add,
    crypto_core_ed25519_is_valid_point,
    crypto_core_ed25519_scalar_add,
    crypto_core_ed25519_scalar_mul,
    crypto_core_ed25519_scalar_reduce,
    crypto_core_ed25519_sub,
    crypto_scalarmult_ed25519_base_noclamp,
    crypto_scalarmult_ed25519_noclamp,
)
from nacl.exceptions import RuntimeError as SodiumRefused

SUITE = b"\x03"
PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
_EIGHT = (8).to_bytes(32, "little")
PROOF_SIZE = 80
LABEL_SIZE = 32
_EIGHT = (8).to_bytes(32, "little")


class VrfFault(ValueError):
    """A key or proof cannot be used."""


def _clamped(secret: bytes) -> tuple[bytes, bytes]:
    if len(secret) != 32:
        raise VrfFault("a VRF key is 32 bytes long")
    digest = hashlib.sha512(secret).digest()
    scalar = bytearray(digest[:32])
    scalar[0] &= 248
    scalar[31] = scalar[31] & 127 | 64
    return crypto_core_ed25519_scalar_reduce(bytes(scalar) + bytes(32)), digest[32:]


@lru_cache(maxsize=4)
def _key(secret: bytes) -> tuple[bytes, bytes, bytes]:
    """Scalar, prefix for nonces, public key."""
    scalar, prefix = _clamped(secret)
    return scalar, prefix, crypto_scalarmult_ed25519_base_noclamp(scalar)


def vrf_public(secret: bytes) -> bytes:
    """The public key of a 32-byte secret (the Ed25519 public key, RFC 8032)."""
    return _key(secret)[2]


def _times_eight(point: bytes) -> bytes:
    for _ in range(3):
        point = crypto_core_ed25519_add(point, point)
    return point


_IDENTITY = b"\x01" + bytes(31)


def _encode_to_curve(public: bytes, alpha: bytes) -> bytes:
    """Try-and-increment, RFC 9381 section 5.4.1.1."""
    for counter in range(256):
        attempt = SUITE + b"\x01" + public + alpha + bytes([counter]) + b"\x00"
        candidate = hashlib.sha512(attempt).digest()[:32]
        if not _is_canonical(candidate):
            continue
        try:
            point = _times_eight(candidate)
        except SodiumRefused:
            continue
        if point != _IDENTITY:
            return point
    raise VrfFault("no point was found for this input")


def _is_canonical(point: bytes) -> bool:
    """Is the encoded coordinate below the prime (RFC 8032 section 5.1.3)?"""
    return int.from_bytes(point, "little") & (2**255 - 1) < PRIME


def _challenge(*points: bytes) -> bytes:
    """RFC 9381 section 5.4.3: 16 bytes, as a 32-byte scalar."""
    digest = hashlib.sha512(SUITE + b"\x02" + b"".join(points) + b"\x00").digest()
    return digest[:16] + bytes(16)


def vrf_prove(secret: bytes, alpha: bytes) -> bytes:
    """The 80-byte proof for an input (RFC 9381 section 5.1)."""
    scalar, prefix, public = _key(secret)
    point = _encode_to_curve(public, alpha)
    gamma = crypto_scalarmult_ed25519_noclamp(scalar, point)
    nonce = crypto_core_ed25519_scalar_reduce(hashlib.sha512(prefix + point).digest())
    challenge = _challenge(
        public,
        point,
        gamma,
        crypto_scalarmult_ed25519_base_noclamp(nonce),
        crypto_scalarmult_ed25519_noclamp(nonce, point),
    )
    answer = crypto_core_ed25519_scalar_add(nonce, crypto_core_ed25519_scalar_mul(challenge, scalar))
    return gamma + challenge[:16] + answer


def vrf_own_output(secret: bytes, alpha: bytes) -> bytes:
    """The output for an input without its proof: for whoever holds the key and proves later (RFC 9381 section 5.2)."""
    scalar, _, public = _key(secret)
    eightfold = crypto_core_ed25519_scalar_mul(
        _EIGHT, scalar
    )  # the point lies in the group of prime order: 8 (x H) is (8 x) H
    return _hashed(crypto_scalarmult_ed25519_noclamp(eightfold, _encode_to_curve(public, alpha)))


def vrf_output(proof: bytes) -> bytes:
    """The 64-byte output of a proof that has been made or checked (RFC 9381 section 5.2)."""
    return _output(proof[:32])


def _output(gamma: bytes) -> bytes:
    return _hashed(_times_eight(gamma))


def _hashed(point: bytes) -> bytes:
    return hashlib.sha512(SUITE + b"\x03" + point + b"\x00").digest()


def vrf_verify(public: bytes, alpha: bytes, proof: bytes) -> bytes | None:
    """The output if the proof holds under the key, else None (RFC 9381 section 5.3, with key validation)."""
    if len(public) != 32 or len(proof) != PROOF_SIZE:
        return None
    gamma, challenge, answer = proof[:32], proof[32:48] + bytes(16), proof[48:]
    if int.from_bytes(answer, "little") >= ORDER or not _is_canonical(public) or not _is_canonical(gamma):
        return None
    try:
        # libsodium's test also refuses points outside the main subgroup, which is what key validation asks for.
        if not crypto_core_ed25519_is_valid_point(public) or _times_eight(gamma) == _IDENTITY:
            return None
        point = _encode_to_curve(public, alpha)
        left = crypto_core_ed25519_sub(crypto_scalarmult_ed25519_base_noclamp(answer), _times(challenge, public))
        right = crypto_core_ed25519_sub(crypto_scalarmult_ed25519_noclamp(answer, point), _times(challenge, gamma))
    except (SodiumRefused, VrfFault):
        return None
    return vrf_output(proof) if _challenge(public, point, gamma, left, right) == challenge else None


def _times(scalar: bytes, point: bytes) -> bytes:
    return crypto_scalarmult_ed25519_noclamp(scalar, point)


def label_of(output: bytes) -> bytes:
    """The 32-byte label under which a person's events stand in the log."""
    return output[:LABEL_SIZE]
