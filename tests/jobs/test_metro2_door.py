"""A Metro 2 file through the door: receipt, facts, the same file again, the next month, a load killed half-way."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from core.metro2_files import FORMS, OTHER, made
from openbureau.cli import check
from openbureau.core.furnishing.offline import check_file
from openbureau.core.furnishing.schema import rule_pack_hash
from openbureau.core.metro2.read import Form, split_form
from openbureau.core.metro2.write import CLEAN, render_file
from openbureau.jobs.furnishing import receive
from openbureau.jobs.furnishing.load import acceptance_json, furnish, load_file, resume_loads
from openbureau.jobs.furnishing.receive import FurnishingReceipt, receive_file, stored_chunks
from openbureau.tlog.commitment import record_leaves
from openbureau.tlog.merkle import Frontier
from world import World

MEMBER = "bank-alpha"


@pytest.fixture
def bare(new_world: Any) -> World:
    """A founded bureau without files."""
    world: World = new_world(files={})
    return world


def file(*records: dict[str, Any], form: Form = CLEAN) -> io.BytesIO:
    return io.BytesIO(b"".join(render_file(records, form)))


def person(number: int, **changes: Any) -> dict[str, Any]:
    return made(consumer_account_number=f"L-{number}", social_security_number=123_450_001 + number, **changes)


def lines(world: World) -> list[tuple[Any, ...]]:
    """What is held, account by account."""
    with psycopg.connect(world.url) as connection:
        return connection.execute(
            "select i.kind, c.account_type, c.currency, c.limit_fen, c.account_status, c.first_month, c.statuses, c.balances "
            "from bureau.tradeline_current c join bureau.identifier i using (subject_id) order by c.limit_fen, i.blind"
        ).fetchall()


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_every_form_is_received_and_loaded(bare: World, form: Form) -> None:
    """One salted leaf a record, every record accounted for, the facts in place; the same file again changes nothing."""
    records = [person(at, highest_credit=10_000 + at) for at in range(5)]
    received, accepted = furnish(bare.bureau, MEMBER, file(*records, form=form))
    assert isinstance(received, FurnishingReceipt)
    assert accepted is not None
    held = accepted.progress
    assert (held.records, held.accepted, held.refused, accepted.counts, held.is_done) == (5, 5, 0, {}, True)
    assert (held.added, held.changed, held.unchanged) == (5 * 3, 0, 0)
    found = lines(bare)
    assert [(row[0], row[1], row[2], row[3], row[4]) for row in found] == [
        ("us-ssn", "D1", "USD", 1_000_000 + 100 * at, "1") for at in range(5)
    ]
    assert {row[6] for row in found} == {"N" * 25}
    assert {(row[5], row[7][-1]) for row in found} == {(2024 * 12 + 9, 900_000)}
    with bare.bureau.store.connection("loader") as connection:
        key = bare.bureau.data_key(held.wrapped_key, f"receipt/{received.receipt_id}")
        frontier, pieces = Frontier(), []
        for part, salts in stored_chunks(connection, received.receipt_id, key):
            frontier = frontier.extended(record_leaves(salts, [piece.content for piece in part]))
            pieces += part
    assert (len(pieces), frontier.root().hex()) == (7, received.root)
    received, accepted = furnish(bare.bureau, MEMBER, file(*records, form=form))
    assert accepted is not None
    assert (accepted.progress.added, accepted.progress.changed, accepted.progress.unchanged) == (0, 0, 5 * 3)
    assert accepted.progress.is_repeat
    assert lines(bare) == found


def test_the_next_months_file_adds_a_month_and_keeps_the_amounts(bare: World) -> None:
    """The history of the next file repeats the month before without its amounts: what is known stays."""
    furnish(bare.bureau, MEMBER, file(person(1)))
    bare.clock.forward(hours=1)
    after = person(1, date_account_information="2026-11-20", date_last_payment="2026-11-15", current_balance=8_600)
    _, accepted = furnish(bare.bureau, MEMBER, file(after))
    assert accepted is not None
    # a new month, the tradeline of a new day; 23 months of the history and the subject as they were
    assert (accepted.progress.added, accepted.progress.changed) == (1, 1)
    (row,) = lines(bare)
    assert row[6] == "N" * 26
    assert row[7][-2:] == [900_000, 860_000]


def test_clean_offline_is_accepted_at_the_door(bare: World) -> None:
    """The same findings, counts and rule pack offline and at the door, for good and bad records alike."""
    records = [
        person(1), person(2, account_status="71"), person(3, date_birth=b"02301980"), person(4, ecoa_code="W"),
        person(5, payment_history_profile="10" + "0" * 22, date_first_delinquency="2026-08-01"),
    ]  # fmt: skip
    checked = check_file(file(*records), bare.bureau.rulebook(bare.clock().date()), most=100)
    _, accepted = furnish(bare.bureau, MEMBER, file(*records))
    assert accepted is not None
    told = acceptance_json(bare.bureau, accepted)
    assert (checked.records, checked.accepted, checked.refused) == (told["records"], told["accepted"], told["refused"])
    assert (told["accepted"], told["refused"]) == (2, 3)
    assert checked.rule_pack == told["rule_pack"] == rule_pack_hash()
    # what is held tells one thing more: the adverse month that stayed out leaves a gap
    assert [(one.record_no, one.rule, one.field) for one in checked.shown] == [
        (one["record"], one["rule"], one["field"] or "") for one in told["findings"] if one["rule"] != "month-gap"
    ]
    assert "MADEUP" not in json.dumps(told)
    assert "12345000" not in json.dumps(told)


def test_a_strangers_record_changes_no_account(bare: World) -> None:
    """The same account number under another person: refused whole, months too; nobody's history changes."""
    furnish(bare.bureau, MEMBER, file(person(1)))
    before = lines(bare)
    stranger = person(1, payment_history_profile="E" * 24, current_balance=1)
    stranger["base"]["social_security_number"] = 123_459_999
    _, accepted = furnish(bare.bureau, MEMBER, file(stranger))
    assert accepted is not None
    assert accepted.counts == {"account-of-another": 1}
    assert (accepted.progress.refused, accepted.progress.changed) == (1, 0)
    assert lines(bare) == before


def test_two_people_of_one_record_are_two_subjects(bare: World) -> None:
    """J1 and J2 bring subjects of their own, under their own numbers."""
    joint = person(1, ecoa_code="2", others={"j1": [OTHER], "j2": [{**OTHER, "social_security_number": 123_456_781}]})
    furnish(bare.bureau, MEMBER, file(joint))
    with psycopg.connect(bare.url) as connection:
        assert connection.execute("select count(*) from bureau.identifier where kind = 'us-ssn'").fetchone() == (3,)


@pytest.mark.parametrize("stop", [1, 2, 3])
def test_a_load_killed_half_way_goes_on(bare: World, monkeypatch: pytest.MonkeyPatch, stop: int) -> None:
    """Killed after any chunk: the rest is loaded, nothing twice, and the trailer still counts the whole file."""
    monkeypatch.setattr(receive, "CHUNK_PIECES", 2)
    records = [person(at, highest_credit=10_000 + at) for at in range(5)]
    received = receive_file(bare.bureau, MEMBER, file(*records))
    assert isinstance(received, FurnishingReceipt)
    seen = 0

    def killed(_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == stop:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_file(bare.bureau, received.receipt_id, progress=killed)
    (made_,) = resume_loads(bare.bureau)
    held = made_.progress
    assert (held.records, held.accepted, held.added, held.findings, held.is_done) == (5, 5, 5 * 3, 0, True)
    again = load_file(bare.bureau, received.receipt_id)
    assert again.progress == held
    assert len(lines(bare)) == 5


def test_a_file_cut_in_the_middle_is_told_once(bare: World) -> None:
    """No trailer: one finding on the file, however often the load is asked for; the whole records are taken."""
    content = file(person(1), person(2)).getvalue()
    cut = content[: len(content) - 427 - 100]
    received, accepted = furnish(bare.bureau, MEMBER, io.BytesIO(cut))
    assert isinstance(received, FurnishingReceipt)
    assert accepted is not None
    assert accepted.counts == {"m2-too-short": 1, "m2-length-differs": 1, "m2-trailer-missing": 1}
    assert (accepted.progress.accepted, accepted.progress.refused) == (1, 1)
    assert load_file(bare.bureau, received.receipt_id).counts == accepted.counts


def test_a_file_of_another_format_is_no_metro2(bare: World) -> None:
    """A wish for Metro 2 that the file does not fulfil is a finding, not a receipt."""
    received, accepted = furnish(bare.bureau, MEMBER, io.BytesIO(b'{"record":"month"}\n'), format="metro2")
    assert accepted is None
    assert getattr(received, "rule", "") == "m2-not-metro2"
    assert list(split_form([], CLEAN, 10)) == []


def test_the_command_checks_metro2_and_tells_the_rule_pack(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`openbureau check FILE --format metro2`: clean is 0, a finding is not, and a format that is none is refused."""
    path = tmp_path / "file.m2"
    on = date(2026, 11, 24)
    for records, status, refused in (([person(1)], 0, 0), ([person(1, date_birth=b"02301980")], 1, 1)):
        path.write_bytes(file(*records).getvalue())
        assert check(path, format="metro2", on=on, is_json=True) == status
        told = json.loads(capsys.readouterr().out)
        assert (told["refused"], told["rule_pack"]) == (refused, rule_pack_hash())
    assert check(path, format="metro3", on=on, is_json=True) == 1
    (one,) = json.loads(capsys.readouterr().out)["shown"]
    assert (one["rule"], "metro2" in one["hint"]) == ("unknown-format", True)
