"""Does a witness's signature cover what it saw and when, with either kind of key?"""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey
from hypothesis import given
from hypothesis import strategies as st

from openbureau.tlog.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from openbureau.tlog.cosignature import check_cosignatures, cosign_checkpoint, cosigners, own_lines
from openbureau.tlog.note import (
    COSIGNATURE,
    ED25519,
    ML_DSA_44,
    NoteRefused,
    VerifierKey,
    parse_vkey,
    signature_line,
    split_note,
    verifier_key,
)

SEED, OTHER = bytes(range(32)), bytes(range(1, 33))
KEY = verifier_key("made.example/log", SEED)
HEAD = Checkpoint("made.example/log", 7, bytes(32))
NOTE = sign_checkpoint(HEAD, KEY, SEED).encode()
KINDS = {"ed25519": COSIGNATURE, "ml-dsa-44": ML_DSA_44}
WITNESS = {kind: verifier_key("witness.example", OTHER, kind) for kind in KINDS.values()}
every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))


def with_line(key: VerifierKey, *, at: int = 1_700_000_000, note: bytes = NOTE) -> bytes:
    return note + cosign_checkpoint(note, key, OTHER, at=at).encode()


@every_kind
def test_a_witness_cosigns_with_time(kind: int) -> None:
    """A cosignature names its witness and its time, and leaves the log's own signature as it was."""
    both = with_line(WITNESS[kind])
    assert open_checkpoint(both, KEY) == HEAD
    assert check_cosignatures(both, (WITNESS[kind],)) == {"witness.example": 1_700_000_000}
    assert check_cosignatures(both, ()) == {}
    assert check_cosignatures(NOTE, (WITNESS[kind],)) == {}


@every_kind
def test_the_kind_that_is_not_known_is_passed_over(kind: int) -> None:
    """Two lines of one witness: a reader that trusts one key reads that line alone."""
    both = with_line(WITNESS[ML_DSA_44], at=6, note=with_line(WITNESS[COSIGNATURE], at=5))
    assert check_cosignatures(both, (WITNESS[kind],)) == {"witness.example": 5 if kind == COSIGNATURE else 6}
    assert check_cosignatures(both, tuple(WITNESS.values())) == {"witness.example": 6}


def test_each_key_is_told_apart() -> None:
    """Two keys of one name are two signatures."""
    both = with_line(WITNESS[ML_DSA_44], at=6, note=with_line(WITNESS[COSIGNATURE], at=5))
    assert cosigners(both, tuple(WITNESS.values())) == {WITNESS[COSIGNATURE]: 5, WITNESS[ML_DSA_44]: 6}


def test_of_a_witnesss_answer_its_own_lines_are_kept() -> None:
    """Lines of strangers are dropped, a line twice is one, and what is no signature lines is refused."""
    keys = tuple(WITNESS.values())
    lines = [cosign_checkpoint(NOTE, key, OTHER, at=5) for key in keys]
    strange = cosign_checkpoint(NOTE, verifier_key("strange.example", SEED, COSIGNATURE), SEED, at=5)
    made, found = own_lines(NOTE, "".join([strange, *lines, lines[0]]).encode(), keys)
    assert (made, found) == ("".join(lines), dict.fromkeys(keys, 5))
    assert own_lines(NOTE, strange.encode(), keys) == ("", {})
    for bad in (b"", b"\n", NOTE, NOTE + lines[0].encode(), b"x\n", lines[0].encode()[:-1], b"\xff"):
        with pytest.raises(NoteRefused):
            own_lines(NOTE, bad, keys)
    with pytest.raises(NoteRefused):
        own_lines(NOTE, cosign_checkpoint(NOTE, WITNESS[COSIGNATURE], SEED, at=5).encode(), keys)


@pytest.mark.parametrize("change", [b"\x00" * 72, b"\x00" * 8, b"\x00" * 73, b"\x00" * 2428])
@every_kind
def test_a_broken_cosignature_refuses_the_note(kind: int, change: bytes) -> None:
    """A known witness's line that does not hold is not passed over."""
    note = NOTE + signature_line(WITNESS[kind], change).encode()
    with pytest.raises(NoteRefused):
        check_cosignatures(note, (WITNESS[kind],))


@every_kind
def test_a_cosignature_of_another_time_is_refused(kind: int) -> None:
    """The time stands under the signature."""
    key = WITNESS[kind]
    early, late = (split_note(with_line(key, at=at))[1][1].content for at in (5, 6))
    with pytest.raises(NoteRefused):
        check_cosignatures(NOTE + signature_line(key, late[:8] + early[8:]).encode(), (key,))


@every_kind
@pytest.mark.parametrize(
    "other",
    [Checkpoint("made.example/log", 8, bytes(32)), Checkpoint("made.example/log", 7, bytes(31) + b"\x01")],
    ids=["size", "root"],
)
def test_a_cosignature_of_another_head_is_refused(kind: int, other: Checkpoint) -> None:
    """Size and root stand under the signature."""
    key = WITNESS[kind]
    line = signature_line(key, split_note(with_line(key))[1][1].content)
    with pytest.raises(NoteRefused):
        check_cosignatures(sign_checkpoint(other, KEY, SEED).encode() + line.encode(), (key,))


def test_ml_dsa_covers_names() -> None:
    """The post-quantum message names cosigner and log: the same key under another name signs something else."""
    key = WITNESS[ML_DSA_44]
    renamed = verifier_key("other.example", OTHER, ML_DSA_44)
    content = split_note(with_line(key))[1][1].content
    with pytest.raises(NoteRefused):
        check_cosignatures(NOTE + signature_line(renamed, content).encode(), (renamed,))
    elsewhere = verifier_key("made.example/log2", SEED)
    note = sign_checkpoint(Checkpoint("made.example/log2", 7, bytes(32)), elsewhere, SEED).encode()
    with pytest.raises(NoteRefused):
        check_cosignatures(note + signature_line(key, content).encode(), (key,))


def test_a_time_beyond_63_bits_is_refused() -> None:
    """The specification's limit, even under a signature that stands."""
    key = WITNESS[COSIGNATURE]
    with pytest.raises(NoteRefused):
        check_cosignatures(with_line(key, at=1 << 63), (key,))


@every_kind
def test_a_vkey_comes_back(kind: int) -> None:
    """Written and read again; a key of the wrong length for its type is refused."""
    text = WITNESS[kind].render()
    assert parse_vkey(text) == WITNESS[kind]
    short = VerifierKey("witness.example", kind, WITNESS[kind].public[:-1]).render()
    with pytest.raises(NoteRefused):
        parse_vkey(short)


@given(st.sampled_from([ED25519, COSIGNATURE, ML_DSA_44]), st.binary(max_size=80))
def test_keys_of_other_lengths_are_refused(kind: int, public: bytes) -> None:
    """Only 32 bytes make an Ed25519 key, only 1312 an ML-DSA-44 key."""
    text = VerifierKey("a.example", kind, public).render()
    if len(public) == 32 and kind != ML_DSA_44:
        assert parse_vkey(text).public == public
    else:
        with pytest.raises(NoteRefused):
            parse_vkey(text)


@pytest.mark.parametrize("length", [1, 255, 256])
def test_a_name_under_ml_dsa_fits_in_a_length_byte(length: int) -> None:
    """Names of 1 to 255 bytes are signed and read; a longer one is refused by signer and reader."""
    key = verifier_key("w" * length, OTHER, ML_DSA_44)
    if length < 256:
        assert check_cosignatures(NOTE + cosign_checkpoint(NOTE, key, OTHER, at=9).encode(), (key,)) == {key.name: 9}
        return
    with pytest.raises(NoteRefused, match="1 to 255 bytes"):
        cosign_checkpoint(NOTE, key, OTHER, at=9)
    with pytest.raises(NoteRefused, match="1 to 255 bytes"):
        check_cosignatures(NOTE + signature_line(key, bytes(8 + 2420)).encode(), (key,))


def test_the_signed_bytes_are_the_specifications() -> None:
    """Both messages, spelt out here once more and checked with the bare algorithms."""
    both = with_line(WITNESS[ML_DSA_44], at=258, note=with_line(WITNESS[COSIGNATURE], at=258))
    _, first, second = split_note(both)[1]
    assert first.content[:8] == second.content[:8] == bytes([0, 0, 0, 0, 0, 0, 1, 2])
    message = b"cosignature/v1\ntime 258\nmade.example/log\n7\n" + base64.b64encode(bytes(32)) + b"\n"
    Ed25519PublicKey.from_public_bytes(WITNESS[COSIGNATURE].public).verify(first.content[8:], message)
    message = (
        b"subtree/v1\n\0" + b"\x0fwitness.example" + bytes([0, 0, 0, 0, 0, 0, 1, 2]) + b"\x10made.example/log"
        + bytes(8) + bytes([0, 0, 0, 0, 0, 0, 0, 7]) + bytes(32)
    )  # fmt: skip
    MLDSA44PublicKey.from_public_bytes(WITNESS[ML_DSA_44].public).verify(second.content[8:], message)


@every_kind
def test_the_latest_time_is_still_read(kind: int) -> None:
    """The last second below 2**63 is a time."""
    latest = (1 << 63) - 1
    assert check_cosignatures(with_line(WITNESS[kind], at=latest), (WITNESS[kind],)) == {"witness.example": latest}


def test_a_log_key_is_no_witness() -> None:
    """The log's own line is not a cosignature, even where its key stands among the witnesses; no name is no name."""
    assert check_cosignatures(NOTE, (KEY,)) == {}
    with pytest.raises(NoteRefused, match="1 to 255 bytes"):
        cosign_checkpoint(NOTE, VerifierKey("", ML_DSA_44, WITNESS[ML_DSA_44].public), OTHER, at=1)
