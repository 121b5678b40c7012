"""The sequencer: what it signs, and when it refuses to sign."""

import threading

import psycopg
import pytest

from openbureau.jobs.ids import new_id
from openbureau.jobs.log.sequence import Ticker, sequence
from openbureau.store.log import LogMisbehaviour, add_pending, entry_bundle, latest_head, stored_tiles
from openbureau.tlog.checkpoint import open_checkpoint
from openbureau.tlog.entry import render_event
from openbureau.tlog.merkle import EMPTY_ROOT, Tree, leaf_hash
from openbureau.tlog.tile import ENTRIES, TileAddress, parse_bundle, tiles_of

EMPTY: dict = {}


@pytest.fixture
def bare(new_world):
    """A founded bureau without files."""
    return new_world(files=EMPTY)


def put(world, count, start=0):
    """Leaves that wait."""
    made = [render_event((start + at).to_bytes(32, "big")) for at in range(count)]
    with psycopg.connect(world.url) as connection:
        for entry in made:
            add_pending(connection, new_id(world.clock.at, world.bureau.random), entry, world.clock.at)
    return made


def tamper(world, statement, *values):
    """What a superuser of the database can do."""
    with psycopg.connect(world.url) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute(statement, values)


def head_of(world):
    with world.bureau.store.connection("sequencer") as connection:
        return latest_head(connection)


@pytest.mark.parametrize("count", [0, 1, 254, 255, 256, 257, 700])
def test_the_signed_root_is_that_of_all_entries_in_order(bare, count):
    """Entry 0 is the act; the others follow in the order of their arrival."""
    made = put(bare, count)
    assert sequence(bare.bureau) == count + 1
    head = head_of(bare)
    signed = open_checkpoint(head.checkpoint.encode(), bare.bureau.log_key)
    with bare.bureau.store.connection("auditor") as connection:
        tiles = stored_tiles(connection)
        entries = []
        for address in tiles_of(head.size):
            if address.level == ENTRIES:
                entries += parse_bundle(entry_bundle(connection, address), address.width)
            else:
                assert len(tiles(address)) == address.width * 32
    assert entries[1:] == made
    tree = Tree()
    tree.append([leaf_hash(entry) for entry in entries])
    assert (signed.size, signed.root) == (count + 1, tree.root()) == (head.size, head.root)
    assert signed.root != EMPTY_ROOT


def test_many_small_runs_give_the_same_root_as_one(new_world):
    """Growth in steps and growth at once meet."""
    world = new_world(files=EMPTY)
    sequence(world.bureau)
    act = head_of(world).root
    made = []
    for start, count in ((0, 1), (1, 254), (255, 3), (258, 300), (558, 1)):
        made += put(world, count, start)
        sequence(world.bureau)
    assert head_of(world).size == 560
    with psycopg.connect(world.url) as connection:
        rows = connection.execute("select entry from bureau.log_entry order by leaf_index").fetchall()
    tree = Tree()
    tree.append([leaf_hash(row[0]) for row in rows])
    assert head_of(world).root == tree.root() != act
    assert [row[0] for row in rows[1:]] == made


def test_sequencers_at_once_give_each_leaf_one_place(bare):
    """Four sequencers: contiguous indexes, none twice."""
    put(bare, 400)
    threads = [threading.Thread(target=sequence, args=(bare.bureau,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sequence(bare.bureau)
    with psycopg.connect(bare.url) as connection:
        indexes = [row[0] for row in connection.execute("select leaf_index from bureau.log_entry order by 1")]
    assert indexes == list(range(401))


def test_an_altered_tile_stops_the_signing(bare):
    """The stored tiles no longer lead to the signed root."""
    put(bare, 10)
    sequence(bare.bureau)
    tamper(bare, "update bureau.log_tile set content = set_byte(content, 5, (get_byte(content, 5) + 1) %% 256)")
    put(bare, 1, 10)
    with pytest.raises(LogMisbehaviour, match="do not lead to the signed root"):
        sequence(bare.bureau)
    assert head_of(bare).size == 11


def test_a_restored_older_database_signs_nothing(bare):
    """The head kept outside the database is larger than the database's."""
    sequence(bare.bureau)
    put(bare, 5)
    sequence(bare.bureau)
    tamper(bare, "delete from bureau.log_head where size > 1")
    put(bare, 1, 5)
    with pytest.raises(LogMisbehaviour, match="restored from an older copy"):
        sequence(bare.bureau)


@pytest.mark.parametrize("is_lost", [True, False])
def test_what_a_crash_left_unwritten_is_written_by_the_next_run(bare, is_lost):
    """The file outside catches up with the database although nothing waits, so that a restore is noticed."""
    file = bare.bureau.settings.head_file
    sequence(bare.bureau)
    older = file.read_bytes()
    put(bare, 2)
    sequence(bare.bureau)
    newer = file.read_bytes()
    file.unlink() if is_lost else file.write_bytes(older)
    assert sequence(bare.bureau) == 0
    assert file.read_bytes() == newer != older
    tamper(bare, "delete from bureau.log_head where size > 1")
    with pytest.raises(LogMisbehaviour, match="restored from an older copy"):
        sequence(bare.bureau)


def test_a_second_root_for_the_same_size_is_never_signed(bare):
    """A head rewritten in the database differs from the one kept outside."""
    sequence(bare.bureau)
    tamper(bare, "update bureau.log_head set root = %s", leaf_hash(b"x"))
    put(bare, 1)
    with pytest.raises(LogMisbehaviour, match="two roots for size"):
        sequence(bare.bureau)


def test_a_forged_head_is_noticed_even_without_the_outside_copy(bare):
    """The checkpoint's own signature counts, not the columns beside it."""
    put(bare, 3)
    sequence(bare.bureau)
    bare.bureau.settings.head_file.unlink()
    tamper(bare, "update bureau.log_tile set content = overlay(content placing %s from 1)", leaf_hash(b"y"))
    put(bare, 1, 3)
    with pytest.raises(LogMisbehaviour):
        sequence(bare.bureau)


def test_the_ticker_signs_what_waits_and_keeps_the_trouble(bare):
    """Leaves are signed within seconds; after misbehaviour the trouble can be seen."""
    import time

    with Ticker(bare.bureau, seconds=0.02) as ticker:
        put(bare, 3)
        end = time.monotonic() + 20
        while (head := head_of(bare)) is None or head.size < 4:
            assert time.monotonic() < end
            time.sleep(0.02)
        tamper(bare, "update bureau.log_tile set content = overlay(content placing %s from 1)", leaf_hash(b"y"))
        put(bare, 1, 3)
        while ticker.trouble is None:
            assert time.monotonic() < end
            time.sleep(0.02)
        assert isinstance(ticker.trouble, LogMisbehaviour)


def test_tiles_are_served_only_as_far_as_the_log_is_signed(bare):
    """Leaves that wait are in no tile."""
    from openbureau.jobs.log.prove import tile

    sequence(bare.bureau)
    put(bare, 4)
    assert tile(bare.bureau, TileAddress(ENTRIES, 0, 1)) is not None
    assert tile(bare.bureau, TileAddress(ENTRIES, 0, 2)) is None
    assert tile(bare.bureau, TileAddress(0, 1, 1)) is None
