"""Keys in versions: everything opens during and after a rotation, and the old file is of no use to anybody."""

import io
import json
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from jobs.collecting import consent, signed, with_keys
from openbureau.config import FileKeyStore, KeyRefused, key_file
from openbureau.core.monitor.triggers import TRIGGERS, Watch
from openbureau.core.products import Options
from openbureau.core.staff import StaffRole
from openbureau.jobs.batch.receive import receive_batch
from openbureau.jobs.consent.collect import collect_consent
from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.context import Bureau
from openbureau.jobs.furnishing.load import furnish
from openbureau.jobs.furnishing.upload import begin as begin_upload
from openbureau.jobs.inquiry.answer import answer_inquiry
from openbureau.jobs.inquiry.outcome import Answered, Refused
from openbureau.jobs.keys import rotate as rotation
from openbureau.jobs.keys.rotate import FIXED, RotationRefused, remove, rotate
from openbureau.jobs.log.export import export
from openbureau.jobs.log.sequence import sequence
from openbureau.jobs.monitor.start import start_monitor
from openbureau.jobs.staff.accounts import add_account
from openbureau.jobs.subject.diary import diary
from openbureau.jobs.subject.own_report import own_report
from openbureau.store.keys import WRAPPED, RotationBusy, one_rotation
from openbureau.tlog.entry import parse_entry
from openbureau.watch.verify import verify
from openbureau.web.api.standing.batches import line_reader
from world import PEOPLE, World, jsonl, loan, months, subject_record

GOOD = PEOPLE["good"]


class Killed(BaseException):
    """The process ended here."""


@pytest.fixture
def lived(world: World) -> tuple[World, Any, Any]:
    """A world with something in every table that has a wrapped key, an answer and a refusal to repeat."""
    give_consent(world.bureau, world.subject_id(GOOD), member_id="bank-alpha", purpose="loan-approval")
    asked, refused = world.request(GOOD), world.request(PEOPLE["late"])
    outcomes = answer_inquiry(asked, world.bureau), answer_inquiry(refused, world.bureau)
    assert isinstance(outcomes[0], Answered)
    assert isinstance(outcomes[1], Refused)
    begin_upload(world.bureau, "bank-alpha", 100)
    add_account(world.bureau, "reviewer-1", frozenset({StaffRole.REVIEWER}))
    line = {"subject": {"id_kind": "cn-id", "id_number": GOOD.id_number, "name": GOOD.name}, "purpose": "loan-approval"}
    read = line_reader(world.bureau)
    content = io.BytesIO(json.dumps(line | {"actor_user": "night"}, ensure_ascii=False).encode() + b"\n")
    receive_batch(world.bureau, "bank-alpha", content, key="file-1", read=read)
    give_consent(
        world.bureau,
        world.subject_id(GOOD),
        member_id="bank-alpha",
        purpose="post-loan",
        products=("report", "monitoring"),
    )
    watch = Options(watch=Watch(tuple(TRIGGERS), "loan-7"))
    asked_to_watch = world.request(GOOD, purpose="post-loan", product="alert", options=watch)
    assert isinstance(start_monitor(asked_to_watch, world.bureau), Answered)
    collect_consent(with_keys(world).bureau, world.bureau.members["bank-beta"], signed(consent(world, PEOPLE["busy"])))
    return world, (asked, outcomes[0].answer), (refused, outcomes[1].inquiry_id)


def opens(world: World, bureau: Bureau, answered: Any, refused: Any) -> None:
    """Reads what was sealed before, and seals something new."""
    asked, content = answered
    again = answer_inquiry(asked, bureau)
    assert isinstance(again, Answered)
    assert again.answer == content
    told = answer_inquiry(refused[0], bureau)
    assert isinstance(told, Refused)
    assert told.inquiry_id == refused[1]
    subject = world.subject_id(GOOD)
    assert own_report(bureau, subject)
    assert diary(bureau, subject)
    world.clock.at += timedelta(seconds=1)
    lines = [subject_record(GOOD), loan(GOOD), *months(f"{GOOD.handle}-1", "N" * 24, first="2024-10")]
    assert furnish(bureau, "bank-alpha", jsonl(lines))[1] is not None


def versions(world: World) -> dict[str, set[int]]:
    """The versions that each table's wrapped keys say."""
    with psycopg.connect(world.url) as connection:
        return {
            table: {
                row[0] for row in connection.execute(f"select bureau.wrapped_version(wrapped_key) from bureau.{table}")
            }
            for table in WRAPPED
        }


def fresh(bureau: Bureau) -> Bureau:
    """The same installation as a process sees it that starts now."""
    return replace(bureau, keys=FileKeyStore(bureau.settings.keys_dir, bureau.settings.mode))


def test_every_table_with_a_wrapped_key_is_known_and_guarded(shared_world: World) -> None:
    """A new table cannot be forgotten by a rotation, nor take rows under a retired key."""
    with psycopg.connect(shared_world.url) as connection:
        found = connection.execute(
            "select c.relname, exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgname = 'no_retired_key') "
            "from pg_class c join pg_attribute a on a.attrelid = c.oid where a.attname = 'wrapped_key' and c.relkind = 'r' "
            "and c.relnamespace = 'bureau'::regnamespace"
        ).fetchall()
    assert {name for name, _ in found} == set(WRAPPED) == set(rotation.PLACES)
    assert all(is_guarded for _, is_guarded in found)


def test_after_a_rotation_everything_opens_without_the_old_key(lived: tuple[World, Any, Any]) -> None:
    """Old answers, refusals, diaries and files; for the process that ran all the while, and for one that starts now."""
    world, answered, refused = lived
    before = (world.bureau.settings.keys_dir / "root.key").read_text()
    done = rotate(world.bureau, "root")
    assert (done.version, done.went_on) == (2, False)
    assert done.rewrapped > len(PEOPLE)
    assert all(found <= {2} for found in versions(world).values())
    assert set(versions(world)) == {name for name, found in versions(world).items() if found == {2}}, (
        "a table was empty"
    )
    opens(world, world.bureau, answered, refused)
    remove(world.bureau, 1)
    assert not key_file(world.bureau.settings.keys_dir, "root", 1).exists()
    opens(world, fresh(world.bureau), answered, refused)
    assert before not in {path.read_text() for path in world.bureau.settings.keys_dir.iterdir()}
    again = rotate(fresh(world.bureau), "root")
    assert again.version == 3
    opens(world, world.bureau, answered, refused)
    with pytest.raises(KeyRefused, match="root"):
        fresh(world.bureau).keys.key("root", 1)


@pytest.mark.parametrize(
    ("where", "at"), [("begin_rotation", 0), ("rewrap", 0), ("rewrap", 3), ("retire", 0), ("end_rotation", 0)]
)
def test_a_killed_rotation_goes_on(
    lived: tuple[World, Any, Any], monkeypatch: pytest.MonkeyPatch, where: str, at: int
) -> None:
    """Killed anywhere: a running bureau reads both versions meanwhile, and the next call ends the same rotation."""
    world, answered, refused = lived
    monkeypatch.setattr(rotation, "BATCH", 3)
    calls = 0

    def counted(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*words: Any, **named: Any) -> Any:
            nonlocal calls
            if calls == at:
                raise Killed
            calls += 1
            return original(*words, **named)

        return call

    with monkeypatch.context() as patched:
        patched.setattr(rotation.store, where, counted(getattr(rotation.store, where)))
        with pytest.raises(Killed):
            rotate(world.bureau, "root")
    opens(world, world.bureau, answered, refused)
    opens(world, fresh(world.bureau), answered, refused)
    if where != "end_rotation":
        with pytest.raises(RotationRefused, match="not retired"):
            remove(world.bureau, 1)
    done = rotate(fresh(world.bureau), "root")
    assert (done.version, done.went_on) == (2, True)
    assert all(found <= {2} for found in versions(world).values())
    remove(world.bureau, 1)
    opens(world, fresh(world.bureau), answered, refused)


def test_a_bureau_answers_and_furnishes_all_the_while(
    lived: tuple[World, Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two rotations under inquiries, files and reads of a process that knows nothing of them: none fails."""
    world, answered, refused = lived
    monkeypatch.setattr(rotation, "BATCH", 1)
    subject, is_over = world.subject_id(GOOD), threading.Event()

    def serve(number: int) -> int:
        done = 0
        while not is_over.is_set() or not done:
            made = answer_inquiry(world.request(GOOD), world.bureau)
            assert isinstance(made, Answered), made
            assert own_report(world.bureau, subject)
            try:
                begin_upload(world.bureau, "bank-alpha", 100 + number)
            except psycopg.errors.DatabaseError as trouble:
                assert trouble.sqlstate == "OB006", "begun just before the retirement: to be repeated"  # noqa: PT017
            done += 1
        return done

    with ThreadPoolExecutor(3) as pool:
        serving = [pool.submit(serve, number) for number in range(3)]
        try:
            made = [rotate(fresh(world.bureau), "root").version for _ in range(2)]
        finally:
            is_over.set()
        assert min(one.result() for one in serving) >= 1
    assert made == [2, 3]
    for version in (1, 2):
        remove(fresh(world.bureau), version)
    opens(world, fresh(world.bureau), answered, refused)


def test_nothing_is_written_under_a_retired_key(lived: tuple[World, Any, Any]) -> None:
    """A process that still wraps under the old key is refused by the database, whatever it believes."""
    world, _, _ = lived

    class Old(FileKeyStore):
        def version(self, name: str) -> int:
            return 1

    old = replace(world.bureau, keys=Old(world.bureau.settings.keys_dir, "sandbox"))
    rotate(world.bureau, "root")
    with pytest.raises(psycopg.errors.DatabaseError) as caught:
        begin_upload(old, "bank-alpha", 100)
    assert caught.value.sqlstate == "OB006"


def test_a_row_under_an_unknown_place_stops_the_rotation(
    lived: tuple[World, Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be wrapped anew keeps the old key from being retired, and is said."""
    world, _, _ = lived
    monkeypatch.setattr(
        rotation.store, "WRAPPED", {name: place for name, place in WRAPPED.items() if name != "receipt"}
    )
    with pytest.raises(RotationRefused, match="rows are wrapped under an older key"):
        rotate(world.bureau, "root")
    with pytest.raises(RotationRefused, match="not retired"):
        remove(world.bureau, 1)


def test_only_the_wrapping_of_a_receipt_can_change(lived: tuple[World, Any, Any]) -> None:
    """The rest of the row is append-only as before, for its owner too."""
    world, _, _ = lived
    with psycopg.connect(world.url, autocommit=True) as connection:
        for statement in ("update bureau.receipt set bytes = bytes", "delete from bureau.receipt"):
            with pytest.raises(psycopg.errors.DatabaseError) as caught:
                connection.execute(statement)
            assert caught.value.sqlstate == "OB001"


def test_other_keys_get_versions_too(lived: tuple[World, Any, Any]) -> None:
    """What was sealed under the older event key opens; what is sealed now says the newer one."""
    world, answered, refused = lived
    assert rotate(world.bureau, "event").version == 2
    opens(world, world.bureau, answered, refused)
    assert world.bureau.open_own(world.bureau.seal_own(b"x", "p"), "p") == b"x"
    assert world.bureau.seal_own(b"x", "p")[:3] == b"\x02\x00\x02"
    assert rotate(world.bureau, "session").version == 2
    assert world.bureau.keys.key("session") != world.bureau.keys.key("session", 1)


@pytest.mark.parametrize("name", [*FIXED, "nonsense"])
def test_some_keys_are_not_rotated(shared_world: World, name: str) -> None:
    """With the reason, and no file is made."""
    with pytest.raises(RotationRefused, match=r"not rotated|no key"):
        rotate(shared_world.bureau, name)
    assert shared_world.bureau.keys.version("log") == 1


def test_one_process_rotates_at_a_time(shared_world: World) -> None:
    """A second one is told."""
    with (
        shared_world.bureau.store.connection("keeper") as connection,
        one_rotation(connection),
        pytest.raises(RotationBusy),
    ):
        rotate(shared_world.bureau, "root")


def test_a_rotation_is_in_the_log_without_key_material(lived: tuple[World, Any, Any], tmp_path: Any) -> None:
    """Begun, ended, removed: each a `key` entry that names key, version and time; the watcher accepts the export."""
    world, _, _ = lived
    rotate(world.bureau, "root")
    remove(world.bureau, 1)
    sequence(world.bureau)
    with psycopg.connect(world.url) as connection:
        entries = [
            parse_entry(row[0]) for row in connection.execute("select entry from bureau.log_entry order by leaf_index")
        ]
    told = [json.loads(entry.content) for entry in entries if entry.kind == "key"]
    assert [(one["what"], one["version"], one["step"]) for one in told] == [
        ("root", 2, "begun"), ("root", 2, "ended"), ("root", 1, "removed"),
    ]  # fmt: skip
    assert all(set(one) == {"schema", "what", "version", "step", "at"} for one in told)
    export(world.bureau, tmp_path)
    verdict = verify(tmp_path, now=world.clock.at)
    assert verdict.status == "ok", [check for check in verdict.checks if check.ok is False]


def test_a_key_file_follows_the_rules_of_key_files(shared_world: World, tmp_path: Any) -> None:
    """A version that others can read, or of another mode, is refused; versions are found by number, whatever is missing."""
    for number, mode in ((2, 0o600), (11, 0o644)):
        path = key_file(tmp_path, "root", number)
        path.write_text(f"sandbox {os.urandom(32).hex()}\n")
        path.chmod(mode)
    keys = FileKeyStore(tmp_path, "sandbox")
    assert keys.versions("root") == (11, 2)
    assert keys.version("root") == 11
    assert len(keys.key("root", 2)) == 32
    with pytest.raises(KeyRefused, match="readable by others"):
        keys.key("root")
    with pytest.raises(KeyRefused, match="sandbox key"):
        FileKeyStore(tmp_path, "live").key("root", 2)
