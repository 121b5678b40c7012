"""Does the tree give the published roots and proofs, and refuse everything else?"""

import base64
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbureau.tlog.merkle import (
    EMPTY_ROOT,
    Frontier,
    ProofRefused,
    Tree,
    check_consistency,
    check_inclusion,
    leaf_hash,
    node_hash,
    prove_consistency,
    prove_inclusion,
)
from tlog.vectors import CT_CONSISTENCY, CT_INCLUSION, CT_LEAVES, CT_ROOTS

MOST = 70


def tree_of(size: int) -> Tree:
    """A tree of `size` different leaves."""
    tree = Tree()
    tree.append([leaf_hash(str(number).encode()) for number in range(size)])
    return tree


BIG = tree_of(MOST)


def naive_root(hashes: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word."""
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return sha256(b"\x01" + naive_root(hashes[:split]) + naive_root(hashes[split:])).digest()


def test_published_roots() -> None:
    """The reference tree of Certificate Transparency has its published roots, and the empty tree SHA-256 of nothing."""
    tree = Tree()
    assert tree.root() == EMPTY_ROOT == sha256(b"").digest()
    for size, (leaf, root) in enumerate(zip(CT_LEAVES, CT_ROOTS, strict=True), 1):
        tree.append([leaf_hash(leaf)])
        assert (tree.size, tree.root().hex()) == (size, root)


def test_published_proofs() -> None:
    """The published proofs are those that are made here, and are accepted."""
    tree = Tree()
    tree.append([leaf_hash(leaf) for leaf in CT_LEAVES])
    for index, size, leaf, path in CT_INCLUSION:
        proof = [base64.b64decode(text) for text in path]
        assert prove_inclusion(tree.read, index, size) == proof
        assert leaf_hash(CT_LEAVES[index]) == base64.b64decode(leaf)
        check_inclusion(
            base64.b64decode(leaf), index=index, size=size, proof=proof, root=bytes.fromhex(CT_ROOTS[size - 1])
        )
    for old, new, path in CT_CONSISTENCY:
        proof = [base64.b64decode(text) for text in path]
        assert prove_consistency(tree.read, old, new) == proof
        roots = {"old_root": bytes.fromhex(CT_ROOTS[old - 1]), "new_root": bytes.fromhex(CT_ROOTS[new - 1])}
        check_consistency(old=old, new=new, proof=proof, **roots)


def test_every_root_is_the_recursive_one() -> None:
    """The root over every prefix is the one of the recursive definition, and the frontier's too."""
    hashes = [BIG.read(0, number) for number in range(MOST)]
    for size in range(MOST + 1):
        assert BIG.root(size) == naive_root(hashes[:size]) == Frontier().extended(hashes[:size]).root()


def test_every_inclusion_proof_holds_for_its_leaf_alone() -> None:
    """For every size and index the proof holds; for the next index, size or leaf it does not."""
    for size in range(1, MOST + 1):
        root = BIG.root(size)
        for index in range(size):
            proof, leaf = prove_inclusion(BIG.read, index, size), BIG.read(0, index)
            check_inclusion(leaf, index=index, size=size, proof=proof, root=root)
            with pytest.raises(ProofRefused):
                check_inclusion(leaf, index=(index + 1) % size or size, size=size, proof=proof, root=root)
            with pytest.raises(ProofRefused):
                check_inclusion(leaf, index=index, size=size, proof=proof, root=BIG.root(size - 1))
            with pytest.raises(ProofRefused):
                check_inclusion(leaf_hash(b"else"), index=index, size=size, proof=proof, root=root)
            for other in (proof[:-1], [*proof, root], [root, *proof]):
                if other != proof:
                    with pytest.raises(ProofRefused):
                        check_inclusion(leaf, index=index, size=size, proof=other, root=root)


def test_every_consistency_proof_holds_for_its_sizes_alone() -> None:
    """For every pair of sizes the proof holds; shortened, lengthened or with swapped roots it does not."""
    for new in range(1, MOST + 1):
        for old in range(1, new):
            proof, roots = prove_consistency(BIG.read, old, new), (BIG.root(old), BIG.root(new))
            check_consistency(old=old, old_root=roots[0], new=new, new_root=roots[1], proof=proof)
            for wrong in (proof[:-1], [*proof, roots[0]], [roots[0], *proof]):
                with pytest.raises(ProofRefused):
                    check_consistency(old=old, old_root=roots[0], new=new, new_root=roots[1], proof=wrong)
            with pytest.raises(ProofRefused):
                check_consistency(old=old, old_root=roots[1], new=new, new_root=roots[0], proof=proof)


@pytest.mark.parametrize("size", [2, 7, 13, 64])
def test_every_flipped_bit_is_refused(size: int) -> None:
    """One bit of a proof, root or leaf: refused, whichever it is."""
    index = size // 3
    proof, root, leaf = prove_inclusion(BIG.read, index, size), BIG.root(size), BIG.read(0, index)
    for at in range(256 * (len(proof) + 2)):
        which, bit = divmod(at, 256)
        hashes = [*proof, root, leaf]
        changed = bytearray(hashes[which])
        changed[bit // 8] ^= 1 << bit % 8
        hashes[which] = bytes(changed)
        with pytest.raises(ProofRefused):
            check_inclusion(hashes[-1], index=index, size=size, proof=hashes[:-2], root=hashes[-2])
    old = size // 2 + 1 if size > 2 else 1
    steps, old_root = prove_consistency(BIG.read, old, size), BIG.root(old)
    for at in range(256 * (len(steps) + 2)):
        which, bit = divmod(at, 256)
        hashes = [*steps, old_root, root]
        changed = bytearray(hashes[which])
        changed[bit // 8] ^= 1 << bit % 8
        hashes[which] = bytes(changed)
        with pytest.raises(ProofRefused):
            check_consistency(old=old, old_root=hashes[-2], new=size, new_root=hashes[-1], proof=hashes[:-2])


def test_proofs_of_nothing_are_refused() -> None:
    """Entries outside the tree and growing backwards have no proof, made or checked."""
    root = BIG.root(4)
    for index, size in ((4, 4), (-1, 4), (0, 0)):
        with pytest.raises(ProofRefused):
            prove_inclusion(BIG.read, index, size)
        with pytest.raises(ProofRefused):
            check_inclusion(BIG.read(0, 0), index=index, size=size, proof=[], root=root)
    with pytest.raises(ProofRefused):
        prove_consistency(BIG.read, 5, 4)
    with pytest.raises(ProofRefused):
        check_consistency(old=5, old_root=BIG.root(5), new=4, new_root=root, proof=[])
    with pytest.raises(ProofRefused):
        check_inclusion(BIG.read(0, 0)[:31], index=0, size=1, proof=[], root=BIG.root(1))
    with pytest.raises(ProofRefused):
        check_consistency(old=1, old_root=b"", new=2, new_root=BIG.root(2), proof=[BIG.read(0, 1)])


@pytest.mark.parametrize(
    ("old", "old_root", "new", "new_root", "proof"),
    [
        (3, BIG.root(3), 3, BIG.root(4), []),
        (3, BIG.root(3), 3, BIG.root(3), [BIG.root(3)]),
        (0, BIG.root(1), 3, BIG.root(3), []),
        (0, EMPTY_ROOT, 0, BIG.root(1), []),
        (0, BIG.root(1), 0, BIG.root(1), []),
        (0, EMPTY_ROOT, 3, BIG.root(3), []),
        (0, EMPTY_ROOT, 3, BIG.root(3), [BIG.root(3)]),
        (3, BIG.root(3), 5, BIG.root(5), []),
    ],
)
def test_trivial_consistency_is_strict(
    old: int, old_root: bytes, new: int, new_root: bytes, proof: list[bytes]
) -> None:
    """Equal sizes need equal roots and no hash; from an empty tree nothing is proved."""
    with pytest.raises(ProofRefused):
        check_consistency(old=old, old_root=old_root, new=new, new_root=new_root, proof=proof)


def test_equal_and_empty_trees_are_consistent() -> None:
    """A tree continues itself, the empty one too."""
    check_consistency(old=3, old_root=BIG.root(3), new=3, new_root=BIG.root(3), proof=[])
    check_consistency(old=0, old_root=EMPTY_ROOT, new=0, new_root=EMPTY_ROOT, proof=[])


def test_reading_beyond_the_tree_fails() -> None:
    """A subtree that is not complete has no hash."""
    with pytest.raises(IndexError):
        tree_of(3).read(1, 1)
    with pytest.raises(IndexError):
        tree_of(3).read(5, 0)


@given(st.lists(st.lists(st.binary(min_size=32, max_size=32), max_size=20), max_size=8))
def test_frontier_equals_tree(batches: list[list[bytes]]) -> None:
    """In whatever batches leaves come, frontier and tree have one root, and the stored frontier is the same one."""
    tree, frontier = Tree(), Frontier()
    for batch in batches:
        tree.append(batch)
        frontier = Frontier.from_bytes(frontier.extended(batch).to_bytes())
    assert (frontier.size, frontier.root()) == (tree.size, tree.root())


@given(st.binary(max_size=200))
def test_stored_frontier_is_read_strictly(stored: bytes) -> None:
    """Any other bytes are refused with ValueError, or are the canonical form of a frontier."""
    try:
        assert Frontier.from_bytes(stored).to_bytes() == stored
    except ValueError:
        pass
    else:
        assert len(stored) >= 8


@given(st.integers(0, 80), st.integers(0, 80), st.lists(st.binary(min_size=30, max_size=33), max_size=8))
def test_checking_never_raises_anything_else(first: int, second: int, proof: list[bytes]) -> None:
    """Random proofs are refused and nothing else."""
    with pytest.raises(ProofRefused):
        check_inclusion(bytes(32), index=first, size=second, proof=proof, root=bytes(31) + b"\x07")
    with pytest.raises(ProofRefused):
        check_consistency(old=first, old_root=bytes(32), new=second, new_root=b"\x09" * 32, proof=proof)


@pytest.mark.parametrize("size", [0, 1, 6])
def test_nothing_is_needed_to_show_what_is_trivial(size: int) -> None:
    """From the empty tree and to the same tree a proof has no hash."""
    assert prove_consistency(BIG.read, size, size) == []
    assert prove_consistency(BIG.read, 0, size) == []


@pytest.mark.parametrize(("index", "size"), [(-1, 4), (4, 4), (5, 4), (0, 0), (-1, 0)])
def test_what_lies_outside_is_told_as_such(index: int, size: int) -> None:
    """Whether or not the hashes would lead somewhere."""
    with pytest.raises(ProofRefused, match="is not in a tree of"):
        prove_inclusion(BIG.read, index, size)
    with pytest.raises(ProofRefused, match="is not in a tree of"):
        check_inclusion(BIG.read(0, 3), index=index, size=size, proof=[], root=BIG.root(4))


@pytest.mark.parametrize(("old", "new"), [(-1, 4), (-1, -1), (5, 4)])
def test_what_does_not_grow_is_told_as_such(old: int, new: int) -> None:
    """Sizes below zero and trees that shrink have no proof."""
    with pytest.raises(ProofRefused, match="is no prefix"):
        prove_consistency(BIG.read, old, new)
    with pytest.raises(ProofRefused, match="cannot continue"):
        check_consistency(old=old, old_root=BIG.root(4), new=new, new_root=BIG.root(4), proof=[])


def test_a_proof_that_is_too_long_is_refused_where_it_leads_to_the_root() -> None:
    """A hash more than index and size ask for is refused although the hashes fit."""
    leaf, more = leaf_hash(b"a"), leaf_hash(b"b")
    for root in (node_hash(leaf, more), node_hash(more, leaf)):
        with pytest.raises(ProofRefused, match="too long"):
            check_inclusion(leaf, index=0, size=1, proof=[more], root=root)
    pair = node_hash(leaf, more)
    for new_root in (node_hash(pair, leaf), node_hash(leaf, pair)):
        with pytest.raises(ProofRefused, match="too long"):
            check_consistency(old=1, old_root=node_hash(leaf, leaf), new=2, new_root=new_root, proof=[more, leaf])


def test_a_hash_of_another_length_is_refused_where_it_leads_to_the_root() -> None:
    """31 or 33 bytes hash as well as 32 do."""
    leaf = leaf_hash(b"a")
    for other in (b"x" * 31, b"x" * 33, b""):
        with pytest.raises(ProofRefused, match="32 bytes"):
            check_inclusion(leaf, index=0, size=2, proof=[other], root=node_hash(leaf, other))
        with pytest.raises(ProofRefused, match="32 bytes"):
            check_inclusion(other, index=0, size=2, proof=[leaf], root=node_hash(other, leaf))
        with pytest.raises(ProofRefused, match="32 bytes"):
            check_consistency(old=1, old_root=leaf, new=2, new_root=node_hash(leaf, other), proof=[other])
        with pytest.raises(ProofRefused, match="32 bytes"):
            check_consistency(old=1, old_root=other, new=2, new_root=node_hash(other, leaf), proof=[leaf])
