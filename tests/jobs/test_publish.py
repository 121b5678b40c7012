"""Is a head published with its quorum or not at all, whatever single witnesses do?"""

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from openbureau.jobs.ids import new_id
from openbureau.jobs.log.export import export
from openbureau.jobs.log.prove import checkpoint, policy, proof
from openbureau.jobs.log.publish import LONGEST_PAUSE, PATIENCE, REFRESH, Publisher
from openbureau.jobs.log.quorum import NotCleared
from openbureau.jobs.log.sequence import sequence
from openbureau.store.log import add_pending, latest_head
from openbureau.store.witness.cosigned import cosigned_head, witness_states
from openbureau.tlog.checkpoint import open_checkpoint
from openbureau.tlog.cosignature import cosign_checkpoint, cosigners
from openbureau.tlog.entry import render_event
from openbureau.tlog.merkle import leaf_hash
from openbureau.tlog.policy import parse_policy
from openbureau.tlog.proof import check_proof, parse_proof
from openbureau.tlog.witness import parse_request
from openbureau.watch.foundation import Witnesses
from openbureau.watch.heads import compare
from openbureau.watch.verify import verify
from openbureau.web.witnesses import HttpWire, sign_and_publish
from watching import Said, Watching, watching
from world import World

EMPTY: dict[str, Any] = {}
_made = 0


@pytest.fixture(scope="module")
def watched(server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Watching]]:
    """One founded bureau without files whose log has four witnesses, three of them needed."""
    from openbureau.store.database import create_database
    from world import make_world

    with watching(tmp_path_factory.mktemp("witnesses")) as held:
        world = make_world(
            tmp_path_factory.mktemp("home"),
            create_database(server.url(), "published"),
            files=EMPTY,
            witnesses=held.quorum,
        )
        held.serve(world.bureau)
        sign_and_publish(world.bureau, held.addresses)
        yield world, held
        world.bureau.store.close()


def put(world: World, count: int = 1) -> list[bytes]:
    """Leaves that wait."""
    global _made  # noqa: PLW0603  (each leaf is another)
    made = []
    with psycopg.connect(world.url) as connection:
        for _ in range(count):
            _made += 1
            made.append(render_event(_made.to_bytes(32, "big")))
            add_pending(connection, new_id(world.clock.at, world.bureau.random), made[-1], world.clock.at)
    return made


def publisher(
    world: World, addresses: dict[str, str], *, patience: float = PATIENCE, seconds: float = 4.0
) -> Publisher:
    wire = HttpWire(world.bureau.settings.mode, seconds=seconds)
    return Publisher(world.bureau, wire, addresses=addresses, patience=patience, longest_pause=0.0)


def standings(world: World) -> dict[str, str]:
    with world.bureau.store.connection("api") as connection:
        return {name: one.standing for name, one in witness_states(connection).items()}


def published(world: World) -> tuple[int, set[str]]:
    """Size of the published head, and whose signatures it carries; its policy holds."""
    text = checkpoint(world.bureau)
    assert text is not None
    rules = parse_policy(policy(world.bureau))
    found = cosigners(text.encode(), rules.keys)
    assert rules.is_met(found)
    return open_checkpoint(text.encode(), world.bureau.log_key).size, {key.name for key in found}


def signed_size(world: World) -> int:
    with world.bureau.store.connection("api") as connection:
        head = latest_head(connection)
    return head.size if head else 0


def test_what_is_published_carries_its_quorum_and_holds_for_everybody(
    watched: tuple[World, Watching], tmp_path: Path
) -> None:
    """Checkpoint, proof and export carry both signatures of each; watcher and comparison of heads accept them."""
    world, held = watched
    (entry,) = put(world)
    sign_and_publish(world.bureau, held.addresses)
    assert published(world) == (signed_size(world), set(held.names))
    text = proof(world.bureau, leaf_hash(entry))
    assert text is not None
    rules = parse_policy(policy(world.bureau))
    check_proof(parse_proof(text), entry, rules.logs[0])
    assert rules.is_met(cosigners(parse_proof(text).checkpoint, rules.keys))
    export(world.bureau, tmp_path)
    found = {check.name: check for check in verify(tmp_path, now=world.clock.at).checks}["witnesses"]
    assert (found.ok, found.count) == (True, 4)
    assert compare([str(tmp_path), *held.addresses.values()], policy(world.bureau)).status == "ok"


def test_the_watcher_asks_for_the_quorum_whatever_the_policy_file_says(
    watched: tuple[World, Watching], tmp_path: Path
) -> None:
    """Too few signatures, a policy file that asks for none, a broken one, one too old: each is told."""
    world, _ = watched

    def told(policy: str | None = None, **later: float) -> str:
        now = world.clock.at + timedelta(**later)
        return verify(tmp_path, now=now, most_age=timedelta(hours=1), checks=(Witnesses,), policy=policy).status

    export(world.bureau, tmp_path)
    assert (told(), told(hours=2)) == ("ok", "old")
    whole = (tmp_path / "checkpoint").read_text()
    head, _, lines = whole.partition("\n\n")
    kept = lines.splitlines(keepends=True)
    (tmp_path / "checkpoint").write_text(f"{head}\n\n{''.join(kept[:5])}")  # the log's own line and two witnesses
    assert told() == "broken"
    named = (tmp_path / "policy").read_text().splitlines(keepends=True)
    (tmp_path / "policy").write_text("".join(named[:2]) + "quorum none\n")
    assert told() == "broken", "the act names them, whatever a policy file leaves out"
    (tmp_path / "checkpoint").write_text(f"{head}\n\n{lines}")
    assert told() == "ok"
    (tmp_path / "checkpoint").write_text(f"{head}\n\n{''.join(kept[:8])}{kept[8][:-6]}AAA=\n")
    assert told() == "broken"


def test_a_proof_waits_for_the_witnesses_and_not_for_ever(watched: tuple[World, Watching]) -> None:
    """While they are away for long the log's own signature is shown, so that the promise of the receipt can be checked."""
    world, held = watched
    (entry,) = put(world)
    sequence(world.bureau)
    assert proof(world.bureau, leaf_hash(entry)) is None
    before = published(world)
    world.clock.forward(seconds=31)
    text = proof(world.bureau, leaf_hash(entry))
    assert text is not None
    rules = parse_policy(policy(world.bureau))
    assert not rules.is_met(cosigners(parse_proof(text).checkpoint, rules.keys))
    assert published(world) == before, "the published head stays one with its quorum"
    sign_and_publish(world.bureau, held.addresses)
    assert published(world)[0] == before[0] + 1


def test_one_may_be_away_and_two_may_not(watched: tuple[World, Watching]) -> None:
    """Three of four are enough; with two nothing new is published, and what was published stays."""
    world, held = watched
    put(world)
    away = dict(held.addresses) | {held.names[3]: "http://127.0.0.1:1"}
    sequence(world.bureau)
    assert publisher(world, away).publish() is not None
    assert published(world)[1] == set(held.names[:3])
    assert standings(world)[held.names[3]] == "no-connection"
    size = published(world)[0]
    put(world)
    sequence(world.bureau)
    alone = publisher(world, {name: held.addresses[name] for name in held.names[:2]})
    assert alone.publish() is None
    assert published(world)[0] == size
    assert standings(world)[held.names[2]] == "no-address"
    assert publisher(world, held.addresses).publish() is not None


def lines_of(held: Watching, note: bytes, *, at: int, keys: int = 2, of: int = 0) -> bytes:
    """Lines that a witness could make, without asking it to remember."""
    one = held.witnesses[of]
    kinds = list(one.keys)[:keys]
    return "".join(cosign_checkpoint(note, one.keys[kind], one._seeds[kind], at=at) for kind in kinds).encode()


Lie = Callable[[World, Watching, bytes], Said]


def _lie(make: Callable[[int, Watching, bytes], Said]) -> Lie:
    return lambda world, held, asked: make(int(world.clock.at.timestamp()), held, parse_request(asked).note)


TEXT = "text/plain"
LIES: dict[str, tuple[str, Lie]] = {
    "garbage": ("broken-signature", _lie(lambda _at, _held, _note: (200, TEXT, b"\x00\xff" * 400))),
    "nothing": ("broken-signature", _lie(lambda _at, _held, _note: (200, TEXT, b""))),
    "a whole note": ("broken-signature", _lie(lambda at, held, note: (200, TEXT, note + lines_of(held, note, at=at)))),
    "strangers' lines": ("not-all-keys", _lie(lambda at, held, note: (200, TEXT, lines_of(held, note, at=at, of=1)))),
    "one key of two": ("not-all-keys", _lie(lambda at, held, note: (200, TEXT, lines_of(held, note, at=at, keys=1)))),
    "the time altered": (
        "broken-signature",
        _lie(lambda at, held, note: (200, TEXT, lines_of(held, note, at=at).replace(b"AAAA", b"AAAB", 1))),
    ),
    "of another day": ("other-time", _lie(lambda at, held, note: (200, TEXT, lines_of(held, note, at=at - 86_400)))),
    "of tomorrow": ("other-time", _lie(lambda at, held, note: (200, TEXT, lines_of(held, note, at=at + 86_400)))),
    "another size": (
        "broken-signature",
        _lie(lambda at, held, note: (200, TEXT, lines_of(held, note.replace(b"\n", b"\n1", 1), at=at))),
    ),
    "too much": ("too-large", _lie(lambda _at, _held, _note: (200, TEXT, b"x" * 100_000))),
    "a malformed request": ("malformed", _lie(lambda _at, _held, _note: (400, TEXT, b""))),
    "the log did not sign": ("not-signed", _lie(lambda _at, _held, _note: (403, TEXT, b""))),
    "no such log": ("unknown-log", _lie(lambda _at, _held, _note: (404, TEXT, b""))),
    "no consistency": ("not-consistent", _lie(lambda _at, _held, _note: (422, TEXT, b""))),
    "a conflict without a size": ("garbage", _lie(lambda _at, _held, _note: (409, TEXT, b"7\n"))),
    "a size that is none": ("garbage", _lie(lambda _at, _held, _note: (409, "text/x.tlog.size", b"+7\n"))),
    "a size that moves": (
        "size-moves",
        lambda _world, _held, asked: (409, "text/x.tlog.size", b"2\n" if parse_request(asked).old == 1 else b"1\n"),
    ),
    "it saw more": ("ahead", _lie(lambda _at, _held, _note: (409, "text/x.tlog.size", b"999999999\n"))),
    "a fault of its own": ("status-500", _lie(lambda _at, _held, _note: (500, TEXT, b""))),
    "elsewhere": ("status-302", _lie(lambda _at, _held, _note: (302, TEXT, b""))),
}  # fmt: skip


@pytest.mark.parametrize("name", LIES)
def test_a_witness_that_lies_costs_its_own_signature_alone(watched: tuple[World, Watching], name: str) -> None:
    """Whatever one of the four says, the head is published with the other three, and signing goes on."""
    world, held = watched
    expected, lie = LIES[name]
    put(world)
    sequence(world.bureau)
    address = held.liar(lambda asked: lie(world, held, asked))
    made = publisher(world, dict(held.addresses) | {held.names[0]: address}).publish()
    assert made is not None
    assert published(world) == (signed_size(world), set(held.names[1:]))
    assert standings(world)[held.names[0]] == expected
    put(world)
    assert sequence(world.bureau) == 1
    assert publisher(world, held.addresses).publish() is not None
    assert published(world)[1] == set(held.names)


@pytest.mark.parametrize("way", ["stalls", "drips"])
def test_a_witness_that_stalls_holds_up_nobody(watched: tuple[World, Watching], way: str) -> None:
    """Its thread waits, the round does not; a second round does not ask it while it is being asked."""
    world, held = watched
    put(world)
    sequence(world.bureau)
    asked: list[bytes] = []

    def say(body: bytes) -> Said:
        asked.append(body)
        return 200, TEXT, b"x" * 200

    address = held.liar(say, stall=3.0 if way == "stalls" else 0.0, drip=way == "drips")
    one = publisher(world, dict(held.addresses) | {held.names[0]: address}, seconds=1.0)
    assert one.publish() is not None
    put(world)
    sequence(world.bureau)
    assert one.publish() is not None
    assert published(world) == (signed_size(world), set(held.names[1:]))
    assert len(asked) <= 1


def test_a_forgotten_size_is_asked_for(watched: tuple[World, Watching]) -> None:
    """What the table says of a witness is a guess: the witness itself knows, and is asked again from there."""
    world, held = watched
    put(world, 3)
    sequence(world.bureau)
    with psycopg.connect(world.url) as connection:
        connection.execute(
            "update bureau.witness_state set size = case name when %s then 2 else 0 end", [held.names[0]]
        )
    assert publisher(world, held.addresses).publish() is not None
    assert published(world) == (signed_size(world), set(held.names))


def test_a_witness_that_follows_a_log_since_today_signs(watched: tuple[World, Watching]) -> None:
    """404 until it follows, then from size 0; the table forgets what another witness of that name had seen."""
    world, held = watched
    folder = held.witnesses[0].home / "heads"
    shutil.rmtree(folder)
    folder.mkdir()
    put(world)
    sequence(world.bureau)
    assert publisher(world, held.addresses).publish() is not None
    assert published(world)[1] == set(held.names)


def test_the_same_head_is_cosigned_again_so_that_its_age_is_told(watched: tuple[World, Watching]) -> None:
    """Nothing within half a minute, then new times under the same tree, in the same row."""
    world, held = watched
    put(world)
    sequence(world.bureau)
    one = publisher(world, held.addresses)
    first = one.publish()
    world.clock.forward(seconds=REFRESH.total_seconds() + 1)
    second = one.publish()
    assert first is not None
    assert second is not None
    assert second.size == first.size
    assert second.at > first.at
    with psycopg.connect(world.url) as connection:
        rows = connection.execute("select note, cosigned_at from bureau.cosigned_head where size = %s", [first.size])
        assert rows.fetchall() == [(second.note, second.at)]


def test_old_heads_make_room(watched: tuple[World, Watching]) -> None:
    """Of those older than an hour the last of each day stays."""
    world, held = watched
    for _ in range(3):
        put(world)
        sign_and_publish(world.bureau, held.addresses)
    last = signed_size(world)
    world.clock.forward(hours=30)
    put(world)
    sign_and_publish(world.bureau, held.addresses)
    with psycopg.connect(world.url) as connection:
        rows = connection.execute("select size from bureau.cosigned_head order by size desc").fetchall()
    assert [size for (size,) in rows] == [last + 1, last, last - 1], "today's, and the last of the day before"


def test_who_failed_is_asked_later_and_later(watched: tuple[World, Watching]) -> None:
    """A witness that is away is not asked in every round."""
    world, held = watched
    put(world)
    sequence(world.bureau)
    asked: list[bytes] = []

    def say(body: bytes) -> Said:
        asked.append(body)
        return 500, TEXT, b""

    addresses = dict(held.addresses) | {held.names[0]: held.liar(say)}
    one = Publisher(world.bureau, HttpWire("sandbox"), addresses=addresses)
    for _ in range(4):
        one.publish()
    assert len(asked) == 1
    assert LONGEST_PAUSE < 60


def test_no_leaf_is_signed_before_the_witnesses_have_said_what_they_saw(watched: tuple[World, Watching]) -> None:
    """A process that starts asks first, and a quorum has to answer: among so many is one that saw what any quorum saw."""
    world, held = watched
    put(world)
    world.bureau.witnessing.is_cleared = False
    with pytest.raises(NotCleared):
        sequence(world.bureau)
    publisher(world, {name: held.addresses[name] for name in held.names[:2]}).publish()
    with pytest.raises(NotCleared):
        sequence(world.bureau)
    publisher(world, {name: held.addresses[name] for name in held.names[:3]}).publish()
    assert sequence(world.bureau) == 1
    assert publisher(world, held.addresses).publish() is not None


def test_only_one_of_two_publishers_asks(watched: tuple[World, Watching]) -> None:
    """Where another process is at it, a round is left to it."""
    world, held = watched
    put(world)
    sequence(world.bureau)
    with world.bureau.store.connection("sequencer") as connection:
        connection.execute("select pg_advisory_lock(7203116)")
        try:
            assert publisher(world, held.addresses).publish(is_alone=True) is None
        finally:
            connection.execute("select pg_advisory_unlock(7203116)")
    assert publisher(world, held.addresses).publish(is_alone=True) is not None


def test_the_operators_file_says_where_witnesses_are(watched: tuple[World, Watching]) -> None:
    """Read anew in each round; a line that is none is named."""
    from openbureau.config import SettingsError

    world, held = watched
    put(world)
    sequence(world.bureau)
    path = world.bureau.settings.witnesses_file
    one = Publisher(world.bureau, HttpWire("sandbox"), longest_pause=0.0)
    assert one.publish() is None
    path.write_text("# ours\n" + "".join(f"{name} {address}/\n" for name, address in held.addresses.items()))
    assert one.publish() is not None
    path.write_text("w1.example ftp://nowhere\n")
    with pytest.raises(SettingsError, match="NAME ADDRESS"):
        one.publish()
    path.unlink()


def test_live_speaks_https_only() -> None:
    """A plain address is not spoken to."""
    assert HttpWire("live").add("http://127.0.0.1:1", b"").trouble == "not-https"


def test_the_cosigned_table_is_written_by_its_function_alone(watched: tuple[World, Watching]) -> None:
    """No role changes or deletes a published head; the function that does so keeps the newest."""
    world, _ = watched
    with psycopg.connect(world.url) as connection:
        rows = connection.execute(
            "select r.rolname from pg_roles r where r.rolname like 'openbureau\\_%%' and r.rolname <> 'openbureau_owner' "
            "and not r.rolsuper and (has_table_privilege(r.oid, 'bureau.cosigned_head', 'insert') "
            "or has_table_privilege(r.oid, 'bureau.cosigned_head', 'update') "
            "or has_table_privilege(r.oid, 'bureau.cosigned_head', 'delete'))"
        ).fetchall()
        able = connection.execute(
            "select r.rolname from pg_roles r where r.rolname like 'openbureau\\_%%' and r.rolname <> 'openbureau_owner' "
            "and not r.rolsuper "
            "and has_function_privilege(r.oid, 'bureau.put_cosigned_head(bigint, text, timestamptz)', 'execute')"
        ).fetchall()
    assert rows == []
    assert able == [("openbureau_sequencer",)]
    with world.bureau.store.connection("api") as connection:
        assert cosigned_head(connection) is not None


def test_the_act_names_its_witnesses(watched: tuple[World, Watching]) -> None:
    """With both keys of each; the policy file says the same."""
    world, held = watched
    assert world.bureau.act.quorum == held.quorum
    assert json.dumps(world.bureau.act.body["witnesses"]) == json.dumps(held.quorum.to_json())
    assert set(parse_policy(policy(world.bureau)).keys) == {key for keys in held.quorum.witnesses for key in keys}
