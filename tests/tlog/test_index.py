"""Does an index give each label one place, show an absent one by its neighbours, and keep its secret?"""

import hashlib
import hmac
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbureau.tlog.canonical import canonical
from openbureau.tlog.index import (
    PAGE,
    AbsenceProof,
    EndProof,
    Epoch,
    Index,
    IndexEntry,
    IndexRefused,
    Place,
    check_end,
    commit_end,
    erased_at,
    erased_commitment,
    index_leaf,
    page_root,
    paged_reader,
    parse_end,
    parse_index,
    salt_of,
)
from openbureau.tlog.merkle import EMPTY_ROOT, prove_inclusion
from openbureau.tlog.strict import Malformed

EPOCH = Epoch(2026, 1000)
AT = "2026-11-25T04:00:00Z"


def digest(number: int, what: str = "label") -> bytes:
    return hashlib.sha256(f"{what} {number}".encode()).digest()


def made(count: int) -> tuple[Index, IndexEntry]:
    """An index of so many labels, each with a count of its own."""
    index = Index(
        (digest(n), commit_end(salt_of(digest(n, "secret"), EPOCH), n + 1, digest(n, "head"))) for n in range(count)
    )
    return index, IndexEntry(EPOCH, count, index.root(), AT)


def proof_of(index: Index, number: int) -> EndProof:
    place = index.find(digest(number))
    assert isinstance(place, Place)
    return EndProof(place, salt_of(digest(number, "secret"), EPOCH), number + 1, digest(number, "head"))


def test_the_bytes_are_those_of_the_specification() -> None:
    """Salt, commitment, leaf and the erased one, spelled out."""
    secret, head, label = bytes(range(32)), b"\x07" * 32, b"\x09" * 32
    epoch = (2026).to_bytes(4, "big") + (1000).to_bytes(8, "big")
    salt = hmac.digest(secret, b"salt\x00" + epoch, "sha256")
    commitment = hashlib.sha256(b"bureau-log/idx/v1\x00" + salt + (5).to_bytes(8, "big") + head).digest()
    assert salt_of(secret, EPOCH) == salt
    assert commit_end(salt, 5, head) == commitment
    assert index_leaf(label, commitment) == hashlib.sha256(b"\x00bureau-log/idx/v1\x00" + label + commitment).digest()
    assert erased_commitment(secret, EPOCH) == hmac.digest(secret, b"erased\x00" + epoch, "sha256")


@pytest.mark.parametrize("count", [0, 1, 2, 3, 255, 256, 257, 600])
def test_every_label_has_its_place_and_every_other_has_none(count: int) -> None:
    """Each is proved with its count, through JSON and back; what is absent is proved by its neighbours."""
    index, entry = made(count)
    assert index.labels == sorted(index.labels)
    for number in {0, 1, count // 2, count - 2, count - 1} & set(range(count)):
        proof = proof_of(index, number)
        assert check_end(entry, digest(number), parse_end(proof.to_json())) == number + 1
    for label in (bytes(32), b"\xff" * 32, *(digest(n, "absent") for n in range(5))):
        absent = index.find(label)
        assert isinstance(absent, AbsenceProof)
        assert parse_end(absent.to_json()) == absent
        assert check_end(entry, label, absent) == 0
    assert index.root() == (EMPTY_ROOT if count == 0 else index.root())


@pytest.mark.parametrize("count", [1, 255, 256, 257, 512, 513, 1300])
def test_pages_give_the_same_proofs(count: int) -> None:
    """Kept in runs of 256, an index has the same hashes."""
    index, entry = made(count)
    pages = index.pages()
    assert [len(page) for page in pages[:-1]] == [PAGE * 64] * (len(pages) - 1)
    read = paged_reader(pages.__getitem__, [page_root(page) for page in pages[: count // PAGE]])
    for label in (index.labels[0], index.labels[count // 2], index.labels[-1]):
        whole = index.find(label)
        assert isinstance(whole, Place)
        assert tuple(prove_inclusion(read, whole.index, entry.labels)) == whole.hashes
        assert pages[whole.index // PAGE][whole.index % PAGE * 64 :][:64] == label + whole.commitment


INDEX, ENTRY = made(20)
PROOF = proof_of(INDEX, 4)
LABEL = digest(4)


@pytest.mark.parametrize(
    "proof",
    [
        replace(PROOF, count=4), replace(PROOF, count=6), replace(PROOF, head=digest(4, "other")),
        replace(PROOF, salt=digest(4, "salt")), proof_of(INDEX, 5),
        replace(PROOF, place=replace(PROOF.place, index=PROOF.place.index + 1)),
        replace(PROOF, place=replace(PROOF.place, hashes=PROOF.place.hashes[:-1])),
        replace(PROOF, place=replace(PROOF.place, hashes=(*PROOF.place.hashes, bytes(32)))),
        replace(PROOF, place=replace(PROOF.place, commitment=bytes(32))),
    ],
)  # fmt: skip
def test_another_end_is_refused(proof: EndProof) -> None:
    """Another count, head, salt, place or path."""
    with pytest.raises(IndexRefused):
        check_end(ENTRY, LABEL, proof)


@pytest.mark.parametrize(
    "entry", [replace(ENTRY, labels=3), replace(ENTRY, labels=600), replace(ENTRY, root=bytes(32)), made(21)[1]]
)
def test_a_proof_of_another_index_is_refused(entry: IndexEntry) -> None:
    """Under another root or another number of labels nothing is shown."""
    with pytest.raises(IndexRefused):
        check_end(entry, LABEL, PROOF)


def test_salts_of_two_indexes_differ() -> None:
    """The same end has another commitment in every index: a label's holder cannot poll."""
    secret = digest(1, "secret")
    salts = {salt_of(secret, Epoch(shard, size)) for shard in (2026, 2027) for size in (1, 2, 3)}
    assert len(salts) == 6


def neighbours(label: bytes) -> AbsenceProof:
    found = INDEX.find(label)
    assert isinstance(found, AbsenceProof)
    return found


def test_what_does_not_show_absence_is_refused() -> None:
    """Neighbours apart, on the same side, turned round, left out, or beside a label that stands there."""
    gap = next(n for n in range(100) if 0 < sum(one < digest(n, "absent") for one in INDEX.labels) < 18)
    label = digest(gap, "absent")
    good = neighbours(label)
    assert good.below is not None
    assert good.above is not None
    places = [found for one in INDEX.labels if isinstance(found := INDEX.find(one), Place)]
    after = places[good.above.index + 1]
    for proof in (
        AbsenceProof(good.below, after), AbsenceProof(good.above, after), AbsenceProof(good.above, good.below),
        AbsenceProof(None, good.above), AbsenceProof(good.below, None), AbsenceProof(None, None),
        AbsenceProof(good.below, replace(good.above, commitment=bytes(32))),
        AbsenceProof(replace(good.below, commitment=bytes(32)), good.above),
        AbsenceProof(None, replace(good.above, index=0)), AbsenceProof(replace(good.below, index=19), None),
    ):  # fmt: skip
        with pytest.raises(IndexRefused):
            check_end(ENTRY, label, proof)
    with pytest.raises(IndexRefused):
        check_end(ENTRY, good.above.label, good)
    with pytest.raises(IndexRefused):
        check_end(ENTRY, good.below.label, good)


def test_absence_from_an_empty_index() -> None:
    """No neighbours are enough only where there is no label at all."""
    empty = IndexEntry(EPOCH, 0, EMPTY_ROOT, AT)
    assert check_end(empty, LABEL, AbsenceProof(None, None)) == 0
    with pytest.raises(IndexRefused):
        check_end(replace(empty, root=bytes(32)), LABEL, AbsenceProof(None, None))


def test_a_label_stands_once() -> None:
    """Two entries for one label are no index."""
    with pytest.raises(Malformed):
        Index([(LABEL, bytes(32)), (LABEL, b"\x01" * 32)])


@pytest.mark.parametrize(("secret", "head"), [(bytes(31), bytes(32)), (bytes(33), bytes(32)), (bytes(32), bytes(31))])
def test_other_lengths_are_refused(secret: bytes, head: bytes) -> None:
    """Secrets, salts and heads are 32 bytes."""
    with pytest.raises(Malformed):
        commit_end(salt_of(secret, EPOCH), 1, head)
    with pytest.raises(Malformed):
        commit_end(bytes(31), 1, bytes(32))


def test_what_stands_for_an_erased_label() -> None:
    """Before: what it stood with, or nothing where it was not there yet; after: what the seed makes."""
    seed, before = digest(1, "seed"), {500: b"\x05" * 32, 700: b"\x07" * 32}
    at = {size: erased_at(seed, before, Epoch(2026, size)) for size in (400, 500, 600, 700, 800)}
    assert (at[400], at[500], at[600], at[700]) == (None, b"\x05" * 32, None, b"\x07" * 32)
    assert at[800] == erased_commitment(seed, Epoch(2026, 800))
    assert erased_at(seed, {}, EPOCH) == erased_commitment(seed, EPOCH)


SAID = ENTRY.to_json()


def test_an_entry_reads_back() -> None:
    """What is written is read."""
    assert parse_index(canonical(SAID)) == ENTRY


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "openbureau-index/2"}, {"size": -1}, {"size": "5"}, {"labels": True}, {"labels": 2**53}, {"shard": 1999},
        {"shard": 10000}, {"root": "AB" * 32}, {"root": "ab" * 31}, {"root": 5}, {"at": "2026-11-25 04:00:00"},
        {"at": "2026-11-25T04:00:00Z\n"}, {"at": None}, {"note": ""}, {"size": 5.0},
    ],
)  # fmt: skip
def test_misspelt_entries_are_refused(change: dict[str, Any]) -> None:
    """Another name, form or range."""
    with suppress(ValueError):
        content = canonical(SAID | change)
        with pytest.raises(Malformed):
            parse_index(content)
    for content in (
        canonical({k: v for k, v in SAID.items() if k != "root"}),
        canonical(SAID) + b" ",
        b"[]",
        b"\xff",
        b"5.5",
    ):
        with pytest.raises(Malformed):
            parse_index(content)


GOOD, GONE = PROOF.to_json(), neighbours(bytes(32)).to_json()


@pytest.mark.parametrize(
    "value",
    [
        None, [], {}, GOOD | {"note": 1}, GOOD | {"count": 0}, GOOD | {"count": True}, GOOD | {"count": 2**53},
        GOOD | {"head": "00"}, GOOD | {"head": 5}, GOOD | {"salt": 5}, GOOD | {"salt": "AA=="}, GOOD | {"place": None},
        GOOD | {"place": GOOD["place"] | {"index": -1}}, GOOD | {"place": GOOD["place"] | {"index": True}},
        GOOD | {"place": GOOD["place"] | {"label": "x"}}, GOOD | {"place": GOOD["place"] | {"label": 5}},
        GOOD | {"place": GOOD["place"] | {"hashes": {}}}, GOOD | {"place": GOOD["place"] | {"hashes": [5]}},
        GOOD | {"place": GOOD["place"] | {"commitment": 5}}, GOOD | {"place": GOOD["place"] | {"more": 5}},
        GONE | {"above": []}, GONE | {"more": None}, {"below": None},
    ],
)  # fmt: skip
def test_misspelt_proofs_are_refused(value: Any) -> None:
    """Another shape of either proof."""
    with pytest.raises(Malformed):
        parse_end(value)


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["place", "salt", "below"]), inner),
)


@given(st.binary(max_size=60), _values)
def test_nothing_makes_reading_raise(content: bytes, value: Any) -> None:
    """Any bytes and any JSON are read or refused."""
    with suppress(Malformed):
        parse_index(content)
    with suppress(Malformed):
        parse_end(value)
