"""Can a database that was put back from a copy begin a second history under one name?

Real copies of real tables, real witnesses over HTTP; the file outside the database lost or as old as the copy.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from openbureau.jobs.context import open_bureau
from openbureau.jobs.ids import new_id
from openbureau.jobs.log.export import export
from openbureau.jobs.log.prove import checkpoint
from openbureau.jobs.log.publish import Publisher
from openbureau.jobs.log.quorum import NotCleared
from openbureau.jobs.log.restore import RestoreRefused, restore_log
from openbureau.jobs.log.sequence import sequence
from openbureau.store.log import LogMisbehaviour, add_pending
from openbureau.tlog.checkpoint import open_checkpoint
from openbureau.tlog.entry import parse_entry, render_event
from openbureau.web.witnesses import HttpWire, sign_and_publish
from watching import Watching, watching
from world import World

TABLES = ("leaf_pending", "log_entry", "log_tile", "log_head", "cosigned_head", "witness_state")
EMPTY: dict[str, Any] = {}


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Watching]:
    """Four witnesses, three needed."""
    with watching(tmp_path / "witnesses") as made:
        yield made


@pytest.fixture
def world(new_world: Callable[..., World], held: Watching) -> World:
    """A bureau with a few signed and cosigned leaves."""
    made = new_world(files=EMPTY, witnesses=held.quorum)
    held.serve(made.bureau)
    put(made, 0, 3)
    sign_and_publish(made.bureau, held.addresses)
    return made


def put(world: World, start: int, count: int) -> None:
    with psycopg.connect(world.url) as connection:
        for at in range(start, start + count):
            add_pending(
                connection,
                new_id(world.clock.at, world.bureau.random),
                render_event(at.to_bytes(32, "big")),
                world.clock.at,
            )


def copied(world: World) -> dict[str, bytes]:
    """A copy of what the log keeps in the database."""
    with psycopg.connect(world.url) as connection:
        found = {}
        for name in TABLES:
            with connection.cursor().copy(f"copy bureau.{name} to stdout (format binary)") as copy:
                found[name] = b"".join(bytes(piece) for piece in copy)
    return found


def restored(world: World, copy: dict[str, bytes]) -> None:
    """What an administrator does with a backup: everything as it was."""
    with psycopg.connect(world.url) as connection:
        connection.execute("set session_replication_role = replica")
        for name, content in copy.items():
            connection.execute(f"delete from bureau.{name}")
            with connection.cursor().copy(f"copy bureau.{name} from stdin (format binary)") as into:
                into.write(content)


def started_again(world: World) -> World:
    """A new process over the same home and database."""
    world.bureau.store.close()
    world.bureau = open_bureau(world.bureau.settings, world.url, clock=world.clock)
    return world


def size(world: World) -> int:
    text = checkpoint(world.bureau)
    return open_checkpoint(text.encode(), world.bureau.log_key).size if text else 0


@pytest.mark.parametrize("file", ["kept", "lost", "as old as the copy"])
def test_after_a_restore_nothing_is_signed(world: World, held: Watching, file: str) -> None:
    """The witnesses have seen more, under our own signature: the message says what to do, and the log stays as it was."""
    copy, head_file = copied(world), world.bureau.settings.head_file
    old = head_file.read_text()
    put(world, 10, 4)
    sign_and_publish(world.bureau, held.addresses)
    seen = size(world)
    restored(world, copy)
    if file == "lost":
        head_file.unlink()
    elif file != "kept":
        head_file.write_text(old)
    started_again(world)
    put(world, 20, 2)
    with pytest.raises(LogMisbehaviour, match="restored from an older copy"):
        sign_and_publish(world.bureau, held.addresses)
    with pytest.raises(LogMisbehaviour):
        sequence(world.bureau)
    assert size(world) == seen - 4
    assert Publisher(world.bureau, HttpWire("sandbox"), addresses=held.addresses).publish() is None


def test_an_empty_database_signs_no_second_history(world: World, held: Watching) -> None:
    """As if founded anew: the witnesses show what was signed under this name."""
    restored(world, {name: _empty(world, name) for name in TABLES})
    world.bureau.settings.head_file.unlink()
    started_again(world)
    put(world, 20, 2)
    with pytest.raises(LogMisbehaviour, match="seen a head of size 4"):
        sign_and_publish(world.bureau, held.addresses)


def _empty(world: World, name: str) -> bytes:
    with (
        psycopg.connect(world.url) as connection,
        connection.cursor().copy(f"copy (select * from bureau.{name} where false) to stdout (format binary)") as copy,
    ):
        return b"".join(bytes(piece) for piece in copy)


def test_a_newer_copy_goes_on(world: World, held: Watching) -> None:
    """A copy that holds what the witnesses saw is the same history, and the log grows on it."""
    put(world, 10, 4)
    sign_and_publish(world.bureau, held.addresses)
    copy = copied(world)
    restored(world, copy)
    started_again(world)
    put(world, 20, 2)
    sign_and_publish(world.bureau, held.addresses)
    assert size(world) == 10


def test_with_too_few_witnesses_a_restored_bureau_waits(world: World, held: Watching) -> None:
    """Two of four: what a quorum saw may lie with the two others."""
    copy = copied(world)
    put(world, 10, 4)
    sign_and_publish(world.bureau, held.addresses)
    restored(world, copy)
    world.bureau.settings.head_file.unlink()
    started_again(world)
    with pytest.raises(NotCleared):
        sign_and_publish(world.bureau, dict.fromkeys(held.names, "http://127.0.0.1:1"))
    with pytest.raises(NotCleared):
        sequence(world.bureau)


def test_a_bare_claim_stops_nothing(world: World, held: Watching) -> None:
    """A witness that says it saw more and shows nothing of ours costs its own signature."""
    started_again(world)
    lie = held.liar(lambda _asked: (409, "text/x.tlog.size", b"999999\n"))
    put(world, 20, 1)
    sign_and_publish(world.bureau, held.addresses | {held.names[0]: lie})
    assert size(world) == 5


def test_a_second_root_under_our_signature_ends_the_signing(world: World, held: Watching) -> None:
    """A database rewritten to another history of the same length: the witnesses hold the first, signed by us."""
    copy = copied(world)
    put(world, 10, 4)
    sign_and_publish(world.bureau, held.addresses)
    restored(world, copy)
    world.bureau.settings.head_file.unlink()
    started_again(world)
    world.bureau.witnessing.is_cleared = True  # as if nobody had asked
    put(world, 30, 4)
    sequence(world.bureau)
    Publisher(world.bureau, HttpWire("sandbox"), addresses=held.addresses).publish()
    with pytest.raises(LogMisbehaviour, match="two histories"):
        sequence(world.bureau)


def test_a_restore_under_a_running_process_is_noticed(world: World, held: Watching) -> None:
    """The file outside put back with it: what the process itself has met is larger."""
    copy, old = copied(world), world.bureau.settings.head_file.read_text()
    put(world, 10, 4)
    sign_and_publish(world.bureau, held.addresses)
    sequence(world.bureau)
    restored(world, copy)
    world.bureau.settings.head_file.write_text(old)
    put(world, 20, 1)
    with pytest.raises(LogMisbehaviour, match="while this ran"):
        sequence(world.bureau)


def test_entries_come_back_from_a_copy_and_the_one_history_goes_on(
    world: World, held: Watching, tmp_path: Path
) -> None:
    """Restored, stopped, got back from an export, and the witnesses sign on; what still waited here is not doubled."""
    backup = copied(world)
    put(world, 10, 300)
    (entry,) = (render_event((20).to_bytes(32, "big")),)
    before_export = copied(world)
    sign_and_publish(world.bureau, held.addresses)
    export(world.bureau, tmp_path / "copy")
    seen = size(world)
    restored(world, backup | {"leaf_pending": before_export["leaf_pending"]})
    world.bureau.settings.head_file.unlink()
    started_again(world)
    with pytest.raises(LogMisbehaviour):
        sign_and_publish(world.bureau, held.addresses)
    assert restore_log(world.bureau, tmp_path / "copy").to_json() == {"held": 4, "size": seen}
    started_again(world)
    sign_and_publish(world.bureau, held.addresses)
    assert size(world) == seen + 1, "the incident, and nothing twice"
    with psycopg.connect(world.url) as connection:
        rows = connection.execute("select leaf_index from bureau.log_entry where entry = %s", [entry]).fetchall()
        last = connection.execute("select entry from bureau.log_entry order by leaf_index desc limit 1").fetchone()
    assert len(rows) == 1
    assert last is not None
    assert b'"from":4' in bytes(last[0])
    assert parse_entry(bytes(last[0])).kind == "incident"


def test_a_copy_that_does_not_belong_here_brings_nothing_back(world: World, held: Watching, tmp_path: Path) -> None:
    """Of an older head, with an altered entry, under a head that we did not sign, without tiles: refused, nothing changed."""
    backup = copied(world)
    export(world.bureau, tmp_path / "old")
    put(world, 10, 4)
    sign_and_publish(world.bureau, held.addresses)
    export(world.bureau, tmp_path / "good")
    put(world, 14, 2)
    sign_and_publish(world.bureau, held.addresses)
    newest = world.bureau.settings.head_file.read_text()
    restored(world, backup)
    started_again(world)
    for name, words in (("old", "nothing to get back"), ("good", "find a newer copy")):
        with pytest.raises(RestoreRefused, match=words):
            restore_log(world.bureau, tmp_path / name)
    world.bureau.settings.head_file.unlink()
    bundle = next(path for path in (tmp_path / "good" / "tile" / "entries").rglob("*") if path.is_file())
    whole = bundle.read_bytes()
    bundle.write_bytes(whole[:-20] + bytes([whole[-20] ^ 1]) + whole[-19:])
    with pytest.raises(RestoreRefused, match="another root"):
        restore_log(world.bureau, tmp_path / "good")
    bundle.unlink()
    with pytest.raises(RestoreRefused, match="cannot be read"):
        restore_log(world.bureau, tmp_path / "good")
    place = tmp_path / "good" / "checkpoint"
    place.write_text(place.read_text().replace("\n8\n", "\n9\n"))
    with pytest.raises(RestoreRefused, match="not one of this log"):
        restore_log(world.bureau, tmp_path / "good")
    assert copied(world)["log_entry"] == backup["log_entry"]
    assert newest
