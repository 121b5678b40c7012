"""Can a receipt be checked with the log's key alone?"""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbureau.tlog.checkpoint import Checkpoint, sign_checkpoint
from openbureau.tlog.merkle import ProofRefused, Tree, leaf_hash, prove_inclusion
from openbureau.tlog.note import NoteRefused, verifier_key
from openbureau.tlog.proof import Proof, check_proof, parse_proof, render_proof
from openbureau.tlog.strict import Malformed

SEED = bytes(range(32))
KEY = verifier_key("made.example/log", SEED)
ENTRIES = [f"entry {number}".encode() for number in range(21)]
TREE = Tree()
TREE.append([leaf_hash(entry) for entry in ENTRIES])
NOTE = sign_checkpoint(Checkpoint(KEY.name, TREE.size, TREE.root()), KEY, SEED).encode()


def proof_of(index: int, extra: bytes | None = None) -> str:
    """The text of a proof."""
    return render_proof(index, prove_inclusion(TREE.read, index, TREE.size), NOTE, extra=extra)


@pytest.mark.parametrize("index", range(21))
def test_proofs_come_back_and_hold(index: int) -> None:
    """Each entry's proof is written, read, and holds for this entry alone."""
    proof = parse_proof(proof_of(index, extra=b"opening" if index % 2 else None))
    assert (proof.index, proof.extra) == (index, b"opening" if index % 2 else None)
    assert check_proof(proof, ENTRIES[index], KEY).size == 21
    with pytest.raises(ProofRefused):
        check_proof(proof, ENTRIES[index - 1], KEY)


def test_the_published_form() -> None:
    """First the format's name, then extra, index, hashes, an empty line, and the checkpoint."""
    lines = proof_of(3, extra=b"x").split("\n")
    assert lines[:3] == ["c2sp.org/tlog-proof@v1", "extra eA==", "index 3"]
    assert lines[8] == ""
    assert lines[9] == KEY.name


TEXT = proof_of(3)


@pytest.mark.parametrize(
    "text",
    [
        "", TEXT.replace("@v1", "@v2"), TEXT.replace("index 3", "index 03"), TEXT.replace("index 3\n", ""),
        TEXT.replace("\n\n", "\n"),
        TEXT.replace("index 3", "index 3\nextra eA=="), TEXT.replace("index 3", "index 3\nAAAA"), "\n" + TEXT,
        TEXT.replace("index 3", "extra !\nindex 3"), TEXT.replace("index 3", "index 3" + f"\n{'A' * 43}=" * 64),
        TEXT.replace("index 3", "index -3"),
    ],
)  # fmt: skip
def test_malformed_proofs_are_refused(text: str) -> None:
    """Another head, order, number or hash is refused."""
    with pytest.raises(Malformed):
        parse_proof(text)


@given(st.binary(max_size=300))
def test_no_text_makes_reading_raise(content: bytes) -> None:
    """Any text is a proof or refused; what is a proof is checked or refused."""
    text = content.decode("utf-8", "replace")
    for whole in (text, TEXT[:40] + text, TEXT.replace("index 3", f"index {text}"), TEXT + text):
        try:
            proof = parse_proof(whole)
        except Malformed:
            continue
        with suppress(ProofRefused, NoteRefused):
            assert check_proof(proof, ENTRIES[3], KEY).size == 21


def test_a_foreign_checkpoint_or_index_is_refused() -> None:
    """Another key's checkpoint, another tree's checkpoint and an index beyond the tree are refused."""
    proof = parse_proof(TEXT)
    with pytest.raises(NoteRefused):
        check_proof(proof, ENTRIES[3], verifier_key(KEY.name, bytes(32)))
    small = sign_checkpoint(Checkpoint(KEY.name, 3, TREE.root(3)), KEY, SEED).encode()
    with pytest.raises(ProofRefused, match="beyond"):
        check_proof(Proof(3, proof.hashes, small), ENTRIES[3], KEY)
    earlier = sign_checkpoint(Checkpoint(KEY.name, 8, TREE.root(8)), KEY, SEED).encode()
    with pytest.raises(ProofRefused):
        check_proof(Proof(3, proof.hashes, earlier), ENTRIES[3], KEY)


HASH = f"{'A' * 43}=\n"


@pytest.mark.parametrize(
    "text",
    ["c2sp.org/tlog-proof@v1\n5\n\n", "c2sp.org/tlog-proof@v1\n\n", "c2sp.org/tlog-proof@v1\nextra eA==\n\n",
     "c2sp.org/tlog-proof@v1\nextra eA==\n5\n\n", "c2sp.org/tlog-proof@v1\nindex 5\n", "c2sp.org/tlog-proof@v1\nindex 5"],
)  # fmt: skip
def test_a_proof_names_its_index_and_has_an_end(text: str) -> None:
    """A bare number is no index; without an empty line there is no checkpoint."""
    with pytest.raises(Malformed, match=r"names its index|an empty line"):
        parse_proof(text)


def test_a_proof_has_at_most_63_hashes() -> None:
    """63 are read, 64 are not."""
    assert len(parse_proof(f"c2sp.org/tlog-proof@v1\nindex 5\n{HASH * 63}\n").hashes) == 63
    with pytest.raises(Malformed, match="at most 63"):
        parse_proof(f"c2sp.org/tlog-proof@v1\nindex 5\n{HASH * 64}\n")
