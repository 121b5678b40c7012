"""Does a secret key give one output and no other, as RFC 9381 says?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbureau.tlog import vrf
from openbureau.tlog.vrf import (
    ORDER,
    PRIME,
    VrfFault,
    label_of,
    vrf_output,
    vrf_own_output,
    vrf_prove,
    vrf_public,
    vrf_verify,
)
from tlog.vectors import VRF

SECRET = bytes(range(32))
PUBLIC = vrf_public(SECRET)
PROOF = vrf_prove(SECRET, b"somebody")


@pytest.mark.parametrize(("secret", "public", "alpha", "proof", "output"), VRF)
def test_published_vectors(secret: str, public: str, alpha: str, proof: str, output: str) -> None:
    """Public key, proof and output are the published ones."""
    secret_key, text = bytes.fromhex(secret), bytes.fromhex(alpha)
    assert vrf_public(secret_key).hex() == public
    assert vrf_prove(secret_key, text).hex() == proof
    assert vrf_output(bytes.fromhex(proof)).hex() == output
    found = vrf_verify(bytes.fromhex(public), text, bytes.fromhex(proof))
    assert found is not None
    assert found.hex() == output
    assert label_of(found) == found[:32]


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=64))
def test_every_proof_holds(secret: bytes, alpha: bytes) -> None:
    """What is proved is verified, with one output, and for no other input or key."""
    proof = vrf_prove(secret, alpha)
    assert vrf_verify(vrf_public(secret), alpha, proof) == vrf_output(proof)
    assert vrf_verify(vrf_public(secret), alpha + b"x", proof) is None
    assert vrf_verify(PUBLIC, alpha, proof) is None or secret == SECRET


@given(st.integers(0, 639))
def test_every_flipped_bit_is_refused(bit: int) -> None:
    """No single bit of a proof can change."""
    changed = bytearray(PROOF)
    changed[bit // 8] ^= 1 << bit % 8
    assert vrf_verify(PUBLIC, b"somebody", bytes(changed)) is None


def test_the_answer_has_one_spelling() -> None:
    """The scalar plus the group's order is the same number and is refused."""
    answer = int.from_bytes(PROOF[48:], "little") + ORDER
    assert vrf_verify(PUBLIC, b"somebody", PROOF[:48] + answer.to_bytes(32, "little")) is None


SMALL = [
    b"\x01" + bytes(31), bytes(32), bytes.fromhex("ec" + "ff" * 30 + "7f"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
]  # fmt: skip


@pytest.mark.parametrize("point", [*SMALL, (PRIME + 1).to_bytes(32, "little"), b"\xff" * 32])
def test_small_and_misspelt_points_are_refused(point: bytes) -> None:
    """Neither as key nor in a proof: such points would let one key have two outputs."""
    assert vrf_verify(point, b"somebody", PROOF) is None
    assert vrf_verify(PUBLIC, b"somebody", point + PROOF[32:]) is None


@given(st.binary(max_size=40), st.binary(max_size=90))
def test_no_bytes_make_verifying_raise(public: bytes, proof: bytes) -> None:
    """Any bytes are refused, never an exception."""
    assert vrf_verify(public, b"a", proof) is None
    assert vrf_verify(PUBLIC, b"a", (proof * 80)[:80] if proof else bytes(80)) is None


@pytest.mark.parametrize("secret", [b"", bytes(31), bytes(33)])
def test_a_secret_has_32_bytes(secret: bytes) -> None:
    """A key of another length is a fault."""
    with pytest.raises(VrfFault):
        vrf_prove(secret, b"")


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=40))
def test_who_holds_the_key_needs_no_proof_for_the_output(secret: bytes, alpha: bytes) -> None:
    """The output made without a proof is the output of the proof."""
    assert vrf_own_output(secret, alpha) == vrf_output(vrf_prove(secret, alpha))


def found_points(monkeypatch: pytest.MonkeyPatch, candidates: list[bytes]) -> bytes:
    """The point for an input when the hash gives these candidates, one after the other, and then the last for ever."""
    given = iter(candidates)
    last = [candidates[-1]]

    class Chosen:
        """A hash whose outcome is chosen: what no input is known to give."""

        def __init__(self, _: bytes) -> None:
            self.found = next(given, last[0])

        def digest(self) -> bytes:
            return self.found + bytes(32)

    monkeypatch.setattr(vrf.hashlib, "sha512", Chosen)
    return vrf._encode_to_curve(PUBLIC, b"")


def test_only_canonical_points_of_the_large_group_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A coordinate at or beyond the prime, one that is on no curve and one of a small order are passed over."""
    good = vrf.crypto_scalarmult_ed25519_base_noclamp((9).to_bytes(32, "little"))
    beyond = [number.to_bytes(32, "little") for number in (PRIME, PRIME + 1, 2**255 - 1)]
    off_the_curve = (2).to_bytes(32, "little")
    small = [(1).to_bytes(32, "little"), bytes(32)]
    eight = vrf.crypto_scalarmult_ed25519_base_noclamp((72).to_bytes(32, "little"))
    assert found_points(monkeypatch, [*beyond, off_the_curve, *small, good]) == eight


def test_the_search_for_a_point_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """After 256 candidates without a point there is none, for prover and verifier alike."""
    with pytest.raises(VrfFault, match="no point was found"):
        found_points(monkeypatch, [PRIME.to_bytes(32, "little")])
    assert found_points(monkeypatch, [PRIME.to_bytes(32, "little")] * 255 + [PUBLIC]) is not None
    with pytest.raises(VrfFault):
        found_points(monkeypatch, [PRIME.to_bytes(32, "little")] * 256 + [PUBLIC])
    assert vrf_verify(PUBLIC, b"somebody", PROOF) is None
