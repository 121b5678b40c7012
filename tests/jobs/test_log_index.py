"""Does the hourly index say where every chain ends, once an hour, and can a person prove the end of theirs?"""

import threading
from uuid import UUID

import psycopg
import pytest

from openbureau.jobs.context import Bureau
from openbureau.jobs.inquiry.answer import answer_inquiry
from openbureau.jobs.log.index import (
    Indexed,
    Shown,
    committee_lines,
    entries_of,
    erase_ends,
    index_hourly,
    make_index,
    shard_of,
    show_end,
)
from openbureau.jobs.log.sequence import sequence
from openbureau.store.chain import index as store
from openbureau.store.log import latest_head, leaf_place
from openbureau.tlog.entry import parse_entry
from openbureau.tlog.index import AbsenceProof, EndProof, Epoch, Index, check_end, parse_end, parse_index
from openbureau.tlog.vrf import label_of, vrf_own_output
from world import PEOPLE, World


def asked(world: World, name: str, times: int = 1) -> str:
    """Refused inquiries: each is an event of the person's chain."""
    for _ in range(times):
        answer_inquiry(world.request(PEOPLE[name]), world.bureau)
    return world.subject_id(PEOPLE[name])


def label(bureau: Bureau, subject_id: str) -> bytes:
    return label_of(vrf_own_output(bureau.keys.key("vrf"), UUID(subject_id).bytes))


def shown(bureau: Bureau, subject_id: str, before: int | None = None) -> Shown:
    with bureau.store.connection("auditor") as connection:
        found = show_end(connection, subject_id, shard=shard_of(bureau), label=label(bureau, subject_id), before=before)
    assert found is not None
    return found


def kept(bureau: Bureau) -> int:
    with bureau.store.connection("auditor") as connection:
        return len(store.all_indexes(connection, shard_of(bureau)))


def made(bureau: Bureau) -> Indexed:
    found = make_index(bureau)
    assert found is not None
    return found


def whole(bureau: Bureau, epoch: Epoch) -> bytes:
    """The root made again from all events."""
    with bureau.store.connection("auditor") as connection:
        return Index(entries_of(connection, epoch, store.ends_at(connection, epoch))).root()


def test_an_index_holds_the_end_of_every_chain(shared_world: World) -> None:
    """Grown step by step it is what all events come to; its entry is in the log and reads back; a person's end is proved."""
    make_index(shared_world.bureau)
    first, other = asked(shared_world, "good", 3), asked(shared_world, "late")
    was = [isinstance(shown(shared_world.bureau, one).end, EndProof) for one in (first, other)]
    assert was == [False, False]
    one = made(shared_world.bureau)
    asked(shared_world, "good", 2)
    asked(shared_world, "thin")
    two = made(shared_world.bureau)
    assert (one.moved, two.moved) == (2, 2)
    assert two.said.labels == one.said.labels + 1
    for found in (one, two):
        assert whole(shared_world.bureau, found.said.epoch) == found.said.root
    with shared_world.bureau.store.connection("auditor") as connection:
        place = leaf_place(connection, bytes.fromhex(two.leaf))
    assert place is not None
    assert parse_index(parse_entry(place[1]).content) == two.said
    for subject_id, count, before in ((first, 5, None), (other, 1, None), (first, 3, one.said.epoch.size)):
        proof = shown(shared_world.bureau, subject_id, before)
        said = parse_index(parse_entry(proof.entry).content)
        assert isinstance(proof.end, EndProof)
        assert check_end(said, label(shared_world.bureau, subject_id), parse_end(proof.end.to_json())) == count
    nobody = shared_world.subject_id(PEOPLE["minor"])
    empty = shown(shared_world.bureau, nobody)
    assert isinstance(empty.end, AbsenceProof)
    assert check_end(two.said, label(shared_world.bureau, nobody), empty.end) == 0


def test_events_that_wait_are_of_the_next_index(shared_world: World) -> None:
    """What the signed log does not hold yet is in no index, though the chain counts it already."""
    make_index(shared_world.bureau)
    subject_id = asked(shared_world, "plain")
    sequence(shared_world.bureau)
    with shared_world.bureau.store.connection("auditor") as connection:
        head = latest_head(connection)
        assert head is not None
        asked(shared_world, "plain")
        moved = store.moved_ends(connection, Epoch(shard_of(shared_world.bureau), head.size))
    assert [(end.subject_id, end.seq) for end, _ in moved] == [(subject_id, 1)]
    made(shared_world.bureau)
    assert isinstance(end := shown(shared_world.bureau, subject_id).end, EndProof)
    assert end.count == 2


def test_an_hour_has_one_index(shared_world: World) -> None:
    """The duty makes the hour's index once, however often it comes round; the command makes more, but none of nothing new."""
    shared_world.clock.forward(hours=1)
    asked(shared_world, "good")
    assert index_hourly(shared_world.bureau) is not None
    asked(shared_world, "good")
    assert index_hourly(shared_world.bureau) is None
    assert make_index(shared_world.bureau) is not None
    shared_world.clock.forward(hours=1)
    assert index_hourly(shared_world.bureau) is not None
    assert index_hourly(shared_world.bureau) is None


def test_two_at_once_make_one_after_the_other(shared_world: World) -> None:
    """Several makers in the same moment: the duty makes one index."""
    shared_world.clock.forward(hours=1)
    asked(shared_world, "good")
    before = kept(shared_world.bureau)
    found: list[Indexed | None] = []
    threads = [threading.Thread(target=lambda: found.append(index_hourly(shared_world.bureau))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([one for one in found if one is not None]) == 1
    assert kept(shared_world.bureau) == before + 1


def test_a_maker_that_dies_leaves_nothing(shared_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed before the end of its transaction: no entry, no root; the next one makes it whole."""
    asked(shared_world, "good")
    before = kept(shared_world.bureau)
    real = store.add_index

    def dies(*words: object) -> None:
        real(*words)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "add_index", dies)
    with pytest.raises(KeyboardInterrupt):
        make_index(shared_world.bureau)
    monkeypatch.undo()
    assert kept(shared_world.bureau) == before
    found = made(shared_world.bureau)
    assert whole(shared_world.bureau, found.said.epoch) == found.said.root


def test_what_an_erasure_leaves(shared_world: World) -> None:
    """The person's row and secret are gone; every earlier index still verifies; later ones keep the label's place."""
    subject_id = asked(shared_world, "busy", 2)
    gone = label(shared_world.bureau, subject_id)
    asked(shared_world, "late")
    first = made(shared_world.bureau)
    asked(shared_world, "busy")
    second = made(shared_world.bureau)
    with shared_world.bureau.store.connection("eraser") as connection, connection.transaction():
        assert erase_ends(shared_world.bureau, connection, subject_id) == 1
        assert store.own_ends(connection, subject_id) == []
    asked(shared_world, "late")
    with psycopg.connect(shared_world.url) as administrator:
        administrator.execute("delete from bureau.label_head where subject_id = %s", [subject_id])
    third = made(shared_world.bureau)
    assert first.said.labels == second.said.labels == third.said.labels
    for found in (first, second, third):
        assert whole(shared_world.bureau, found.said.epoch) == found.said.root
    with shared_world.bureau.store.connection("auditor") as connection:
        lines = list(committee_lines(connection, shard_of(shared_world.bureau)))
    assert len(lines) == third.said.labels
    assert ['"secret"' in line for line in lines if gone.hex() in line] == [False]
    assert not any(subject_id in line for line in lines)
