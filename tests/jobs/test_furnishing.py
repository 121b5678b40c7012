"""A furnished file: receipt, findings, facts; twice, killed, wrong."""

import io
import random
from datetime import timedelta

import psycopg
import pytest

from openbureau.core.credit_file import decode_file
from openbureau.core.furnishing.finding import Finding
from openbureau.core.furnishing.parquet import write_parquet
from openbureau.core.furnishing.records import Piece
from openbureau.core.furnishing.write import render_csv
from openbureau.core.outcome import Refusal
from openbureau.jobs.furnishing import receive
from openbureau.jobs.furnishing.load import NoReceipt, acceptance, furnish, load_file, resume_loads
from openbureau.jobs.furnishing.receive import FurnishingReceipt, pack_chunk, receive_file, stored_chunks, unpack_chunk
from openbureau.jobs.subject.as_of import credit_file
from openbureau.store.subject import own_facts, subject_of_identifier
from openbureau.tlog.commitment import record_leaves
from openbureau.tlog.merkle import Frontier
from world import PEOPLE, alpha_file, gamma_file, jsonl, loan, months, subject_record

EMPTY: dict = {}
FACTS = (
    "subject",
    "identifier",
    "tradeline_fact",
    "month_fact",
    "tradeline_current",
    "furnished_subject",
    "furnished_account",
)


@pytest.fixture
def bare(new_world):
    """A founded bureau without files."""
    return new_world(files=EMPTY)


def counts(world):
    with psycopg.connect(world.url) as connection:
        return {table: connection.execute(f"select count(*) from bureau.{table}").fetchone()[0] for table in FACTS}


def state(world):
    """What is held, without ids that are made anew each time."""
    with psycopg.connect(world.url) as connection:
        lines = connection.execute(
            "select i.kind, i.blind, c.furnisher_id, c.opened_on, c.account_status, c.statuses, c.balances, c.overdues "
            "from bureau.tradeline_current c join bureau.identifier i using (subject_id) order by 2, 3, 4, 6"
        ).fetchall()
        facts = connection.execute(
            "select i.blind, m.month, m.status, m.balance_fen, m.overdue_fen from bureau.month_fact m "
            "join bureau.identifier i using (subject_id) order by 1, 2, 3, 4"
        ).fetchall()
    return lines, facts


def only_subject(world, person):
    """The subject behind a made-up person."""
    blind = world.bureau.id_blind("cn-id", person.id_number)
    with world.bureau.store.connection("loader") as connection:
        return subject_of_identifier(connection, "cn-id", blind)


def load(world, records, member="bank-alpha", **words):
    _, made = furnish(world.bureau, member, jsonl(records), **words)
    return made


def test_every_record_is_accepted_or_found(bare):
    """Accepted and refused records account for every line; the rest of the file goes in."""
    records = alpha_file()
    records[3] = records[3] | {"id_number": "990101198802140012"}
    records.insert(9, {**loan(PEOPLE["good"], 7), "account_status": "9"})
    made = load(bare, records)
    held = made.progress
    assert held.is_done
    assert held.records == len(records) == held.accepted + held.refused
    assert held.added + held.changed + held.unchanged == held.accepted
    assert {"bad-identity-number", "unknown-code"} <= set(made.counts)
    assert sum(made.counts.values()) == held.findings


def test_the_same_file_twice_changes_nothing(bare):
    """The second receipt says so, is logged, and every fact stays as it was."""
    load(bare, alpha_file())
    before, held = counts(bare), state(bare)
    made = load(bare, alpha_file())
    assert made.progress.is_repeat
    assert made.progress.added == made.progress.changed == 0
    assert made.progress.unchanged == made.progress.accepted > 0
    assert counts(bare) == before
    assert state(bare) == held


def test_a_corrected_month_is_a_new_version(bare):
    """The old fact stays known as of then; the projection shows the new one."""
    load(bare, alpha_file())
    before = counts(bare)["month_fact"]
    bare.clock.forward(days=1)
    changed = months("P0001-1", "M", first="2025-03")
    made = load(bare, changed)
    assert (made.progress.changed, made.progress.added) == (1, 0)
    assert counts(bare)["month_fact"] == before + 1
    with psycopg.connect(bare.url) as connection:
        statuses = connection.execute(
            "select statuses from bureau.tradeline_current c join bureau.furnished_account a using (subject_id, tradeline_id)"
            " where position('M' in statuses) > 0"
        ).fetchall()
    assert len(statuses) == 1
    assert statuses[0][0].index("M") == 4


def test_a_file_as_of_a_moment_is_what_was_known_then(bare):
    """From the ledger: before the first file nothing, then the first version, then what is shown today; never another."""
    before = bare.clock()
    bare.clock.forward(hours=1)
    load(bare, alpha_file())
    subject_id = only_subject(bare, PEOPLE["good"])
    first = bare.clock()
    bare.clock.forward(days=1)
    load(bare, [*months("P0001-1", "M", first="2025-03"), loan(PEOPLE["good"], five_class="2", as_of_on="2026-11-20")])
    bare.clock.forward(days=1)
    assert credit_file(bare.bureau, subject_id, before).is_empty
    old = credit_file(bare.bureau, subject_id, first + timedelta(seconds=1)).tradelines[0]
    assert (old.statuses[4], old.five_class) == ("N", "1")
    new = credit_file(bare.bureau, subject_id, bare.clock()).tradelines[0]
    assert (new.statuses[4], new.five_class) == ("M", "2")
    with bare.bureau.store.connection("api") as connection:
        shown = own_facts(connection, subject_id, bare.clock())
    held = decode_file(shown.file, subject_id=subject_id, kind="person", as_of=bare.clock(), synthetic=True)
    assert held.tradelines == (new,)
    assert credit_file(bare.bureau, "00000000-0000-0000-0000-000000000000", bare.clock()) is None


def test_todays_retention_applies_to_what_was_known_then(bare):
    """An adverse run of years ago was known then, and is shown to nobody after its term."""
    person = PEOPLE["late"]
    line = loan(person, opened_on="2018-11-05", closed_on="2021-06-30", account_status="3", as_of_on="2021-06-30")
    load(bare, [subject_record(person), line, *months(f"{person.handle}-1", "N12NC", first="2021-01")])
    at, subject_id = bare.clock() + timedelta(seconds=1), only_subject(bare, person)
    bare.clock.forward(days=1)
    assert not set("12") & set(credit_file(bare.bureau, subject_id, at).tradelines[0].statuses)


def test_order_of_months_and_of_files_does_not_matter(new_world):
    """Months sent backwards and in two files give the same file as sent at once."""
    one, two = new_world(files=EMPTY), new_world(files=EMPTY)
    load(one, alpha_file())
    records = alpha_file()
    rest = [record for record in records if record["record"] == "month"]
    random.Random(7).shuffle(rest)
    load(two, [record for record in records if record["record"] != "month"] + rest[:50])
    load(two, rest[50:])
    assert [row[1:] for row in state(one)[0]].sort() == [row[1:] for row in state(two)[0]].sort()
    assert sorted(row[5] for row in state(one)[0]) == sorted(row[5] for row in state(two)[0])


def test_two_furnishers_with_the_same_person_meet_in_one_subject(bare):
    """The identity number decides, not the furnisher's own key."""
    load(bare, alpha_file())
    load(bare, gamma_file(), member="micro-gamma")
    assert counts(bare)["subject"] == 7
    with psycopg.connect(bare.url) as connection:
        rows = connection.execute(
            "select count(distinct furnisher_id) from bureau.tradeline_current group by subject_id order by 1 desc"
        ).fetchall()
    assert rows[0][0] == 2


@pytest.mark.parametrize(
    ("records", "rule"),
    [
        ([loan(PEOPLE["good"])], "unknown-subject-ref"),
        (months("nowhere-1", "N"), "unknown-account"),
        (
            [subject_record(PEOPLE["good"]), subject_record(PEOPLE["late"]) | {"subject_ref": "P0001"}],
            "subject-mismatch",
        ),
        (
            [
                subject_record(PEOPLE["good"]),
                subject_record(PEOPLE["late"]),
                loan(PEOPLE["good"]),
                loan(PEOPLE["late"], account_no="P0001-1"),
            ],
            "account-of-another",
        ),
        ([subject_record(PEOPLE["good"]), subject_record(PEOPLE["good"]) | {"name": "别名"}], "id-name-conflict"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_cannot_be_placed_is_a_finding(bare, records, rule):
    """Unknown subject, unknown account, a key that means another person, an account of another, another name."""
    made = load(bare, records)
    assert list(made.counts) == [rule]
    held = made.progress
    assert held.records == len(records) == held.accepted + held.refused


def test_a_member_that_may_not_furnish_is_refused_before_a_byte_is_kept(bare):
    """No receipt, a refusal with its article."""
    refused = receive_file(bare.bureau, "bank-beta", jsonl(alpha_file()))
    assert isinstance(refused, Refusal)
    assert refused.citations
    with psycopg.connect(bare.url) as connection:
        assert connection.execute("select count(*) from bureau.receipt").fetchone()[0] == 0


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", "账户".encode("utf-16"), b"a,b,c\n1,2,3\n", b"PAR1garbage"])
def test_what_is_no_file_of_ours_is_one_clear_finding(bare, content):
    """Empty, binary, another encoding, unknown columns, a broken container: one finding, nothing kept."""
    received, made = furnish(bare.bureau, "bank-alpha", io.BytesIO(content))
    if isinstance(received, Finding):
        assert made is None
    else:
        assert made.progress.accepted == 0
        assert made.findings


def test_csv_and_parquet_give_the_same_facts_as_json_lines(new_world):
    """One format, three spellings."""
    worlds = [new_world(files=EMPTY) for _ in range(3)]
    load(worlds[0], alpha_file())
    for kind in ("subject", "tradeline", "month"):
        rows = [record for record in alpha_file() if record["record"] == kind]
        _, made = furnish(worlds[1].bureau, "bank-alpha", io.BytesIO(b"".join(render_csv(kind, rows))))
        assert made.progress.accepted == len(rows), made.findings
        container = io.BytesIO()
        write_parquet(container, kind, rows)
        container.seek(0)
        _, made = furnish(worlds[2].bureau, "bank-alpha", container)
        assert made.progress.accepted == len(rows), made.findings
    shapes = [sorted(row[2:] for row in state(world)[0]) for world in worlds]
    assert shapes[0] == shapes[1] == shapes[2]
    assert len(shapes[0]) == 6


def test_a_load_killed_between_chunks_goes_on_where_it_was(bare, monkeypatch):
    """Progress stands in the chunk's transaction: nothing is lost, nothing twice."""
    monkeypatch.setattr(receive, "CHUNK_PIECES", 20)
    received = receive_file(bare.bureau, "bank-alpha", jsonl(alpha_file()))
    assert isinstance(received, FurnishingReceipt)
    seen = []

    class Killed(Exception):
        pass

    def killed(progress):
        seen.append(progress.next_chunk)
        if len(seen) == 3:
            raise Killed

    with pytest.raises(Killed):
        load_file(bare.bureau, received.receipt_id, progress=killed)
    half = counts(bare)["month_fact"]
    (made,) = resume_loads(bare.bureau)
    assert made.progress.is_done
    assert half < counts(bare)["month_fact"]
    assert made.progress.records == len(alpha_file()) == made.progress.accepted
    assert made.progress.added == len(alpha_file())
    assert resume_loads(bare.bureau) == []


def test_the_same_receipt_loaded_twice_at_once_counts_once(bare, monkeypatch):
    """Two processes share the chunks; each chunk is applied by one."""
    import threading

    monkeypatch.setattr(receive, "CHUNK_PIECES", 10)
    received = receive_file(bare.bureau, "bank-alpha", jsonl(alpha_file()))
    threads = [threading.Thread(target=load_file, args=(bare.bureau, received.receipt_id)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made = load_file(bare.bureau, received.receipt_id)
    assert made.progress.records == len(alpha_file()) == made.progress.added


def test_the_receipt_proves_every_record_and_is_sealed(bare):
    """The bytes come back untouched, their salted leaves lead to the logged root, and the table shows none of them."""
    received = receive_file(bare.bureau, "bank-alpha", jsonl(alpha_file()))
    with bare.bureau.store.connection("loader") as connection:
        from openbureau.store.furnishing import find_receipt

        held = find_receipt(connection, received.receipt_id)
        key = bare.bureau.data_key(held.wrapped_key, f"receipt/{received.receipt_id}")
        content, frontier = b"", Frontier()
        for pieces, salts in stored_chunks(connection, received.receipt_id, key):
            contents = [piece.content for piece in pieces]
            content += b"".join(contents)
            each = [salts[at : at + 32] for at in range(0, len(salts), 32)]
            assert len(set(each)) == len(each)
            frontier = frontier.extended(record_leaves(salts, contents))
    assert content == jsonl(alpha_file()).getvalue()
    assert frontier.root().hex() == received.root
    assert received.opening["opened"]["request"][1] == received.root
    with psycopg.connect(bare.url) as connection:
        rows = connection.execute("select sealed from bureau.receipt_chunk").fetchall()
    assert all(b"P0001" not in row[0] for row in rows)


def test_packed_chunks_unpack(bare):
    """Whole records, parts of one too long, empty lines."""
    pieces = [
        Piece(b"one\n", True, True),
        Piece(b"", True, True),
        Piece(b"x" * 70_000, True, False),
        Piece(b"y", False, False),
    ]
    salts = bytes(32 * len(pieces))
    assert unpack_chunk(pack_chunk(pieces, salts)) == (pieces, salts)


def test_another_member_does_not_see_the_acceptance(bare):
    """A receipt of another is no receipt."""
    made = load(bare, alpha_file())
    assert acceptance(bare.bureau, made.receipt_id, member_id="bank-alpha").progress.is_done
    with pytest.raises(NoReceipt):
        acceptance(bare.bureau, made.receipt_id, member_id="micro-gamma")


def test_findings_hold_no_personal_values(bare):
    """Neither number nor name stands in what is stored about a bad record."""
    bad = subject_record(PEOPLE["good"]) | {"id_number": "990101198802140012", "phone": "13800138000" * 9}
    load(bare, [bad])
    with psycopg.connect(bare.url) as connection:
        rows = connection.execute("select rule, field, hint from bureau.finding").fetchall()
    assert rows
    assert all("990101" not in str(row) and "138001" not in str(row) and bad["name"] not in str(row) for row in rows)
