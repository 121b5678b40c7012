"""After an erasure the whole database is walked, page by page and segment by segment, and nothing of the person is found."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from openbureau.core.staff import StaffRole
from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.context import Bureau
from openbureau.jobs.erasure.decide import decide_erasure
from openbureau.jobs.erasure.erase import Erased
from openbureau.jobs.founding.sandbox import add_sign_in
from openbureau.jobs.furnishing.load import furnish
from openbureau.jobs.inquiry.answer import answer_inquiry
from openbureau.jobs.inquiry.outcome import Answered
from openbureau.jobs.log.export import export
from openbureau.jobs.staff.sign_in import Staff
from openbureau.store.launcher import Launcher
from openbureau.watch.verify import verify
from world import CODE, Person, World, jsonl, loan, make_world, months, person_id, subject_record

HIDDEN = Person("P8888-CANARY", person_id(888, "19680806"), "欧阳隐踪")
ACCOUNT, PHONE, LIMIT = "CANARY-ACCOUNT-88", "13888888088", 7_654_321_987
WORDS = {"name": HIDDEN.name, "number": HIDDEN.id_number, "phone": PHONE, "account": ACCOUNT, "ref": HIDDEN.handle}


def records() -> list[dict[str, Any]]:
    """What a furnisher sent of the person, with values that nobody else has."""
    about = subject_record(HIDDEN) | {"phone": PHONE}
    return [about, loan(HIDDEN, account_no=ACCOUNT, limit_fen=LIMIT), *months(ACCOUNT, "N" * 24)]


@pytest.fixture
def lived(server: Launcher, tmp_path: Path) -> Iterator[World]:
    """The person was furnished, consented, was asked about; in a server of its own, so that all files are read."""
    launcher = Launcher(tmp_path / "own" / "database", tell=lambda _: None)
    for parent in (tmp_path, tmp_path / "own"):
        parent.mkdir(exist_ok=True)
        parent.chmod(0o755)
    launcher.start()
    try:
        world = make_world(tmp_path / "home", launcher.url())
        furnish(world.bureau, "bank-alpha", jsonl(records()))
        add_sign_in(world.bureau, handle=HIDDEN.handle, code=CODE, id_kind="cn-id", id_number=HIDDEN.id_number)
        give_consent(world.bureau, world.subject_id(HIDDEN), member_id="bank-alpha", purpose="loan-approval")
        assert isinstance(answer_inquiry(world.request(HIDDEN), world.bureau), Answered)
        yield world
        world.bureau.store.close()
    finally:
        launcher.stop()


def raw_values(world: World, subject: str) -> dict[str, bytes]:
    """What is stored of the person as bytes: keys as they are wrapped, sealed identity, blind indexes."""
    with psycopg.connect(world.url) as connection:
        row = connection.execute(
            "select s.wrapped_key, s.identity_sealed, i.blind, i.name_blind from bureau.subject s join bureau.identifier i "
            "using (subject_id) where subject_id = %s", [subject],
        ).fetchone()  # fmt: skip
        events = connection.execute("select sealed from bureau.event where subject_id = %s", [subject]).fetchall()
    assert row is not None
    names = ("wrapped key", "sealed identity", "blind index", "blind name")
    return dict(zip(names, map(bytes, row), strict=True)) | {
        f"opening {at}": bytes(one[0]) for at, one in enumerate(events)
    }


def forms(words: dict[str, str], values: dict[str, bytes]) -> dict[str, bytes]:
    """Everything that is searched for: words as text and as hex, bytes as they are and as hex, the amount as eight bytes."""
    made = {name: word.encode() for name, word in words.items()}
    made |= {"amount": LIMIT.to_bytes(8, "little"), "amount as text": str(LIMIT).encode()}
    made |= values
    return made | {f"{name} in hex": value.hex().encode() for name, value in made.items() if "amount" not in name}


def in_tables(world: World, sought: dict[str, bytes]) -> list[str]:
    """Every row of every table of every schema, as text."""
    found = []
    with psycopg.connect(world.url) as connection:
        tables = connection.execute(
            "select schemaname, tablename from pg_tables where tablename not in ('pg_authid', 'pg_shadow')"
        ).fetchall()
        assert len(tables) > 130
        for name in tables:
            text = "\n".join(
                str(row[0])
                for row in connection.execute(sql.SQL("select t::text from {} t").format(sql.Identifier(*name)))
            ).encode()
            found += [f"{what} in {'.'.join(name)}" for what, value in sought.items() if value in text]
    return found


def in_files(folder: Path, sought: dict[str, bytes]) -> list[str]:
    """Every byte of every file below a folder."""
    found, count = [], 0
    for path in folder.rglob("*"):
        if path.is_file():
            count += 1
            content = path.read_bytes()
            found += [f"{what} in {path.relative_to(folder)}" for what, value in sought.items() if value in content]
    assert count
    return found


def opened(bureau: Bureau, sought: dict[str, bytes]) -> list[str]:
    """Every furnished record that is left, in clear."""
    from openbureau.jobs.furnishing.receive import stored_chunks
    from openbureau.store.erasure.rows import held_receipts

    found = []
    with bureau.store.connection("loader") as connection:
        for receipt in held_receipts(connection):
            key = bureau.data_key(receipt.wrapped_key, f"receipt/{receipt.receipt_id}")
            for pieces, _ in stored_chunks(connection, receipt.receipt_id, key):
                content = b"".join(piece.content for piece in pieces)
                found += [f"{what} in a receipt" for what, value in sought.items() if value in content]
    return found


def scrub(url: str) -> None:
    """What the operator does after an erasure: rows and statistics rewritten, the log of the database switched and emptied."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in (
            "analyze", "vacuum (full, freeze)", "vacuum (full, freeze) pg_catalog.pg_statistic",
            "alter system set wal_recycle = off", "alter system set min_wal_size = '32MB'", "select pg_reload_conf()",
            "checkpoint", "select pg_switch_wal()", "checkpoint", "select pg_switch_wal()", "checkpoint",
        ):  # fmt: skip
            connection.execute(statement)


@pytest.mark.slow
def test_nothing_of_the_person_is_found_anywhere(lived: World, tmp_path: Path) -> None:
    """Tables of every schema, heap and log files, the home, an export, the furnished records in clear."""
    subject = lived.subject_id(HIDDEN)
    sought = forms(WORDS, raw_values(lived, subject))
    data = tmp_path / "own"
    assert in_files(data, {"wrapped key": sought["wrapped key"], "amount": sought["amount"]})
    assert {one.partition(" in ")[0] for one in opened(lived.bureau, sought)} >= {
        "name",
        "number",
        "phone",
        "account",
        "ref",
    }
    done = decide_erasure(lived.bureau, subject, Staff("reviewer-1", StaffRole.REVIEWER), reason="unlawful")
    assert isinstance(done, Erased)
    scrub(lived.url)
    assert in_tables(lived, sought) == []
    assert opened(lived.bureau, sought) == []
    export(lived.bureau, tmp_path / "export")
    assert in_files(tmp_path / "export", sought) == []
    assert in_files(lived.bureau.settings.home, sought) == []
    assert in_files(data, sought) == []
    assert verify(tmp_path / "export", now=lived.clock.at).status == "ok"


def test_nothing_of_the_person_is_found_in_the_tables(shared_world: World) -> None:
    """The quick walk: every table of every schema, and the furnished records in clear."""
    bureau = shared_world.bureau
    furnish(bureau, "bank-alpha", jsonl(records()))
    add_sign_in(bureau, handle=HIDDEN.handle, code=CODE, id_kind="cn-id", id_number=HIDDEN.id_number)
    subject = shared_world.subject_id(HIDDEN)
    give_consent(bureau, subject, member_id="bank-alpha", purpose="loan-approval")
    assert isinstance(answer_inquiry(shared_world.request(HIDDEN), bureau), Answered)
    sought = forms(WORDS, raw_values(shared_world, subject))
    assert {one.rpartition(".")[2] for one in in_tables(shared_world, sought)} >= {
        "subject",
        "identifier",
        "tradeline_fact",
    }
    assert isinstance(
        decide_erasure(bureau, subject, Staff("reviewer-1", StaffRole.REVIEWER), reason="unlawful"), Erased
    )
    with psycopg.connect(shared_world.url, autocommit=True) as connection:
        connection.execute("analyze")
    assert in_tables(shared_world, sought) == []
    assert opened(bureau, sought) == []
