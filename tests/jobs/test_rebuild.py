"""Rebuild from the receipts: the same facts, the same hash, whatever was killed, repeated or refused on the way."""

import os
import random

import psycopg
import pytest

from openbureau.core.furnishing import batch
from openbureau.core.furnishing.finding import Finding
from openbureau.core.furnishing.records import Piece
from openbureau.jobs.context import open_bureau
from openbureau.jobs.furnishing import load as loading
from openbureau.jobs.furnishing import rebuild as rebuilding
from openbureau.jobs.furnishing import receive
from openbureau.jobs.furnishing.load import load_file, resume_loads
from openbureau.jobs.furnishing.rebuild import rebuild
from openbureau.jobs.furnishing.receive import receive_file
from openbureau.jobs.furnishing.state import state_hash
from openbureau.jobs.inquiry.answer import answer_inquiry
from openbureau.jobs.log.sequence import sequence
from openbureau.jobs.subject.diary import diary
from openbureau.store.database import create_database
from openbureau.store.rebuild import OWN, REPLAYED, RebuildRefused, kept_tables
from openbureau.store.subject import subject_of_identifier
from world import PEOPLE, alpha_file, gamma_file, jsonl, loan, make_world, months, subject_record


def owner(url, statement, *words):
    """A statement past every guard, as a thief with the administrator's password would run it."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")
        return connection.execute(statement, words)


def load(world, records, member="bank-alpha"):
    """Receive and load records."""
    return load_file(world.bureau, receive_file(world.bureau, member, jsonl(records)).receipt_id)


def lived(world, monkeypatch):
    """A bureau with a past: small chunks, a repeat, refused and corrected records, a killed load, two late subjects."""
    monkeypatch.setattr(receive, "CHUNK_PIECES", 31)
    early = [loan(PEOPLE["good"], 9), *months("P0001-9", "NN"), {**subject_record(PEOPLE["good"]), "id_number": "1"}]
    load(world, early, "platform-delta")
    load(world, alpha_file())
    world.clock.forward(hours=1)
    load(world, gamma_file(), "micro-gamma")
    load(world, alpha_file())
    world.clock.forward(days=1)
    load(world, [*months("P0001-1", "M", first="2025-03"), loan(PEOPLE["late"], limit_fen=1)])
    killed = receive_file(world.bureau, "platform-delta", jsonl([subject_record(PEOPLE["good"]), *early[:3]] * 12))
    _killed_load(world, killed.receipt_id, monkeypatch)
    world.clock.forward(days=1)
    load(world, [subject_record(PEOPLE["thin"]) | {"name": "别名"}], "platform-delta")
    resume_loads(world.bureau)


def _killed_load(world, receipt_id, monkeypatch):
    with monkeypatch.context() as patch:
        original, calls = loading.apply_batch, iter(range(100))

        def wrapped(*words, **named):
            if next(calls) == 1:
                raise KeyboardInterrupt
            return original(*words, **named)

        patch.setattr(loading, "apply_batch", wrapped)
        with pytest.raises(KeyboardInterrupt):
            load_file(world.bureau, receipt_id)


@pytest.fixture(scope="module")
def past(server, tmp_path_factory):
    """A world that has lived."""
    url = create_database(server.url(), f"past_{os.getpid()}")
    world = make_world(tmp_path_factory.mktemp("past"), url, files={})
    with pytest.MonkeyPatch.context() as patch:
        lived(world, patch)
    yield world
    world.bureau.store.close()


def test_a_rebuild_reaches_the_same_state(past, new_database):
    """Every table of facts, after repeats, refusals, corrections and a killed load."""
    made = rebuild(past.bureau, past.url, new_database())
    assert made.source == made.target
    assert made.is_same
    assert made.differs == 0
    assert made.steps > 10
    assert {section.name for section in made.source.sections if section.rows} >= {
        "subject",
        "month_fact",
        "tradeline_fact",
    }


def test_a_rebuild_with_new_ids_reaches_the_same_state(past, new_database):
    """The hash does not rest on our ids, keys or salts."""
    into = new_database()
    made = rebuild(past.bureau, past.url, into, with_ids=False)
    assert made.is_same
    ids = "select array_agg(subject_id order by subject_id) from bureau.subject"
    with psycopg.connect(past.url) as left, psycopg.connect(into) as right:
        assert left.execute(ids).fetchone() != right.execute(ids).fetchone()


def test_a_rebuilt_bureau_goes_on(past, new_database):
    """Chains, log, diary and answers are where they were: the rebuilt database can take over."""
    answer_inquiry(past.request(PEOPLE["good"]), past.bureau)
    sequence(past.bureau)
    into = new_database()
    seen = []
    assert rebuild(past.bureau, past.url, into, tell=lambda *told: seen.append(told)).is_same
    assert ("replay", 1, seen[-2][2]) in seen
    again = open_bureau(past.bureau.settings, into, clock=past.clock)
    try:
        with again.store.connection("loader") as connection:
            blind = again.id_blind("cn-id", PEOPLE["good"].id_number)
            subject_id = subject_of_identifier(connection, "cn-id", blind)
        assert diary(again, subject_id) == diary(past.bureau, subject_id)
        answer_inquiry(past.request(PEOPLE["good"]), again)
        assert sequence(again) > 0
        changed = months("P0001-1", "M", first="2025-04")
        load_file(again, receive_file(again, "bank-alpha", jsonl(changed)).receipt_id)
    finally:
        again.store.close()


CHANGES = (
    "update bureau.month_fact set balance_fen = 7 where ctid = (select ctid from bureau.month_fact limit 1)",
    "update bureau.tradeline_fact set five_class = '5' where ctid = (select ctid from bureau.tradeline_fact limit 1)",
    "update bureau.tradeline_current set statuses = 'C' || substr(statuses, 2) where statuses <> ''",
    "update bureau.identifier set name_blind = sha256(name_blind)",
    "update bureau.month_fact set known_at = known_at + interval '1 microsecond'",
    "update bureau.month_fact set receipt_id = (select min(receipt_id::text)::uuid from bureau.receipt)",
    "update bureau.subject set adult_on = '2000-01-01'",
    "update bureau.furnished_account set subject_id = (select min(subject_id::text)::uuid from bureau.subject)",
    "delete from bureau.month_fact where ctid = (select ctid from bureau.month_fact limit 1)",
)


def test_one_fact_changed_by_hand_is_another_state(world):
    """Whatever is changed past the door shows in the hash; asking twice changes nothing."""
    found = [state_hash(world.bureau).hash, state_hash(world.bureau).hash]
    assert found[0] == found[1]
    for change in CHANGES:
        owner(world.url, change)
        found.append(state_hash(world.bureau).hash)
    assert len(set(found)) == len(CHANGES) + 1


def test_a_rebuild_undoes_what_was_changed_by_hand(world, new_database):
    """The receipts know better: the rebuilt state is the one from before the hand."""
    before = state_hash(world.bureau)
    owner(world.url, "update bureau.month_fact set status = '7', overdue_fen = 1 where mod(month, 5) = 0")
    made = rebuild(world.bureau, world.url, new_database())
    assert not made.is_same
    assert made.target == before


def test_a_killed_rebuild_goes_on(past, new_database, monkeypatch):
    """Killed in the copying and twice in the replay: the fourth start ends with the same hash."""
    into = new_database()
    for name, at in (("copy_table", 4), ("mark_done", 6), ("mark_done", 11)):
        original, calls = getattr(rebuilding, name), iter(range(1, 1000))

        def dies(*words, original=original, calls=calls, at=at, **named):
            if next(calls) == at:
                raise KeyboardInterrupt
            return original(*words, **named)

        with monkeypatch.context() as patch:
            patch.setattr(rebuilding, name, dies)
            with pytest.raises(KeyboardInterrupt):
                rebuild(past.bureau, past.url, into)
    assert rebuild(past.bureau, past.url, into).is_same


def test_receipts_without_recorded_steps_are_replayed_by_their_order(new_world, new_database, monkeypatch):
    """What was loaded before steps were recorded, killed half-way, is still rebuilt."""
    monkeypatch.setattr(receive, "CHUNK_PIECES", 11)
    world = new_world(files={})
    load(world, alpha_file())
    world.clock.forward(minutes=1)
    load(world, gamma_file(), "micro-gamma")
    owner(world.url, "delete from bureau.load_step")
    into = new_database()
    original, calls = rebuilding.mark_done, iter(range(1, 100))

    def dies(*words):
        if next(calls) == 9:
            raise KeyboardInterrupt
        return original(*words)

    with monkeypatch.context() as patch:
        patch.setattr(rebuilding, "mark_done", dies)
        with pytest.raises(KeyboardInterrupt):
            rebuild(world.bureau, world.url, into)
    assert rebuild(world.bureau, world.url, into).is_same


def test_a_record_refused_under_older_checks_stays_out(new_world, new_database, monkeypatch):
    """The replay follows what was decided then, not what today's checks would say."""
    world = new_world(files={})
    load(world, alpha_file())
    with monkeypatch.context() as patch:
        stricter = lambda update, number, context: (Finding(number, "no-limit", "limit_fen"),)  # noqa: E731
        patch.setattr(batch, "check", stricter)
        load(world, gamma_file(), "micro-gamma")
    assert rebuild(world.bureau, world.url, new_database()).is_same


def test_loads_that_die_chunk_by_chunk_are_replayed_in_their_order(new_world, new_database, monkeypatch):
    """Three files of one member, asked for in any order and killed again and again: what took effect is what is replayed."""
    monkeypatch.setattr(receive, "CHUNK_PIECES", 3)
    world = new_world()
    dice = random.Random(7)
    files = []
    for _ in range(3):
        world.clock.forward(minutes=1)
        rows = [row for status in "N123" for row in months("P0001-1", status, first=f"2025-0{dice.randint(1, 4)}")]
        dice.shuffle(rows)
        files.append(receive_file(world.bureau, "bank-alpha", jsonl(rows)).receipt_id)
    original = loading.read_chunk
    for receipt_id in (files[2], files[1], files[2]):
        calls = iter(range(100))

        def dies(*words, calls=calls):
            if next(calls) == 2:
                raise KeyboardInterrupt
            return original(*words)

        with monkeypatch.context() as patch:
            patch.setattr(loading, "read_chunk", dies)
            with pytest.raises(KeyboardInterrupt):
                load_file(world.bureau, receipt_id)
    resume_loads(world.bureau)
    assert rebuild(world.bureau, world.url, new_database()).is_same


@pytest.mark.parametrize(
    "content", ["create table public.shop (id int)", "create schema other; create table other.a (b int)"]
)
def test_nothing_is_rebuilt_over_something(world, new_database, content):
    """A database with any table of another origin is left as it is."""
    into = new_database()
    with psycopg.connect(into, autocommit=True) as connection:
        connection.execute(content)
    with pytest.raises(RebuildRefused, match="not empty"):
        rebuild(world.bureau, world.url, into)


def test_nothing_is_rebuilt_over_another_bureau_or_itself(new_world):
    """Not over another installation, not into the same database."""
    world, other = new_world(), new_world()
    with pytest.raises(RebuildRefused, match="not empty"):
        rebuild(world.bureau, world.url, other.url)
    with pytest.raises(RebuildRefused, match="itself"):
        rebuild(world.bureau, world.url, world.url)


def test_every_table_is_kept_or_replayed(shared_world):
    """A table with a receipt's facts in it is replayed, never copied: a new one has to be placed."""
    with psycopg.connect(shared_world.url) as connection:
        kept = set(kept_tables(connection))
        rows = connection.execute("select tablename from pg_tables where schemaname = 'bureau'").fetchall()
    names = {name for (name,) in rows}
    assert kept | REPLAYED | OWN == names
    assert not {name for name in kept if name.endswith(("_fact", "_current")) or name.startswith("furnished_")}


def test_pieces_are_what_they_were():
    """A chunk read back for a replay is the chunk that was received."""
    pieces = [Piece(b"a", True, True), Piece(b"", True, False)]
    packed = receive.pack_chunk(pieces, bytes(64))
    assert receive.unpack_chunk(packed) == (pieces, bytes(64))
