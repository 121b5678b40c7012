"""Does the witness protocol say yes to a log that continues, and to nothing else?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbureau.tlog.checkpoint import Checkpoint, sign_checkpoint
from openbureau.tlog.merkle import EMPTY_ROOT, Frontier, Tree, leaf_hash, prove_consistency
from openbureau.tlog.note import verifier_key
from openbureau.tlog.strict import Malformed
from openbureau.tlog.witness import AddCheckpoint, Standing, consider, parse_request, render_request

SEED, OTHER = bytes(range(32)), bytes(range(1, 33))
KEY = verifier_key("made.example/log", SEED)
LOGS = {KEY.name: KEY}
LEAVES = [leaf_hash(str(at).encode()) for at in range(40)]


def head(size: int, leaves: list[bytes] = LEAVES) -> Checkpoint:
    return Checkpoint(KEY.name, size, Frontier().extended(leaves[:size]).root() if size else EMPTY_ROOT)


def signed(checkpoint: Checkpoint) -> bytes:
    return sign_checkpoint(checkpoint, KEY, SEED).encode()


def proof(old: int, new: int, leaves: list[bytes] = LEAVES) -> tuple[bytes, ...]:
    tree = Tree()
    tree.append(leaves[:new])
    return tuple(prove_consistency(tree.read, old, new)) if 0 < old < new else ()


def asked(old: int, new: int, *, seen: int | None) -> Standing:
    request = AddCheckpoint(old, proof(old, new), signed(head(new)))
    return consider(request, LOGS, {} if seen is None else {KEY.name: head(seen)}).standing


@given(st.integers(0, 40), st.integers(0, 40))
def test_a_log_that_continues_is_taken(seen: int, new: int) -> None:
    """With the size that was seen and the proof from it; never a smaller tree."""
    expected = Standing.TAKEN if new >= seen else Standing.MALFORMED
    assert asked(seen, new, seen=seen) is expected


def test_the_first_head_of_a_log_needs_no_proof() -> None:
    """A witness that has seen nothing of a log begins at zero."""
    assert asked(0, 12, seen=None) is Standing.TAKEN
    assert asked(3, 12, seen=None) is Standing.OTHER_SIZE


def test_another_size_is_told_with_what_was_seen() -> None:
    """The caller learns the size from which it has to prove."""
    found = consider(AddCheckpoint(5, proof(5, 12), signed(head(12))), LOGS, {KEY.name: head(7)})
    assert (found.standing, found.seen, found.head) == (Standing.OTHER_SIZE, 7, None)


def test_two_roots_of_one_size_are_never_both_signed() -> None:
    """The same size with another root is another history."""
    forged = Checkpoint(KEY.name, 7, bytes(32))
    found = consider(AddCheckpoint(7, (), signed(forged)), LOGS, {KEY.name: head(7)})
    assert found.standing is Standing.OTHER_ROOT


def test_another_history_is_refused() -> None:
    """A larger tree that does not begin with what was seen has no proof."""
    others = [leaf_hash(b"x"), *LEAVES[1:]]
    note = signed(head(12, others))
    found = consider(AddCheckpoint(7, proof(7, 12, others), note), LOGS, {KEY.name: head(7)})
    assert found.standing is Standing.NOT_CONSISTENT


def test_an_unknown_log_and_a_wrong_signature() -> None:
    """Neither learns what was seen."""
    other = verifier_key("other.example", OTHER)
    note = sign_checkpoint(Checkpoint("other.example", 1, bytes(32)), other, OTHER).encode()
    assert consider(AddCheckpoint(0, (), note), LOGS, {}).standing is Standing.UNKNOWN_LOG
    forger = verifier_key(KEY.name, OTHER)
    forged = sign_checkpoint(head(9), forger, OTHER).encode()
    found = consider(AddCheckpoint(0, (), forged), LOGS, {KEY.name: head(7)})
    assert (found.standing, found.seen) == (Standing.NOT_SIGNED, None)


def test_a_request_comes_back() -> None:
    """Written and read again."""
    note = signed(head(12))
    body = render_request(7, proof(7, 12), note)
    assert parse_request(body) == AddCheckpoint(7, proof(7, 12), note)
    assert consider(parse_request(render_request(0, (), b"no note")), LOGS, {}).standing is Standing.MALFORMED


@pytest.mark.parametrize(
    "body",
    [
        b"", b"old 7\n", b"old 07\n\n", b"old -1\n\n", b"old  7\n\n", b"OLD 7\n\n", b"7\n\n", b"old 7\nAAAA\n\n",
        b"old 7\n" + (b"A" * 43 + b"=\n") * 64 + b"\n", b"old 7\r\n\n", b"old \xd9\xa7\n\n", b"old 7\n" + b"A" * (1 << 20),
    ],
)  # fmt: skip
def test_malformed_requests_are_refused(body: bytes) -> None:
    """Other spellings of a size, other hashes, more than 63 of them, other line ends."""
    with pytest.raises(Malformed):
        parse_request(body)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    """Never another exception."""
    try:
        request = parse_request(body)
    except Malformed:
        return
    assert consider(request, LOGS, {}).standing is not Standing.TAKEN
