"""Erasing a person: what goes, what stays, and who may."""

import io
import json
import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import errors, sql

from openbureau.jobs.batch.receive import Batch, receive_batch
from openbureau.jobs.batch.results import read_results
from openbureau.jobs.batch.work import work_batches
from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.erasure.erase import Erased, erase
from openbureau.jobs.erasure.order import ordered_by_person
from openbureau.jobs.furnishing.load import furnish
from openbureau.jobs.furnishing.prove_record import NoRecord, prove_record
from openbureau.jobs.furnishing.rebuild import rebuild
from openbureau.jobs.identity.links import Linking, link, unlink
from openbureau.jobs.inquiry.again import Erased as AnswerErased
from openbureau.jobs.inquiry.again import answer_again
from openbureau.jobs.inquiry.answer import answer_inquiry
from openbureau.jobs.inquiry.outcome import Answered, Refused
from openbureau.jobs.log.export import export
from openbureau.jobs.log.sequence import sequence
from openbureau.jobs.subject.own_report import own_report
from openbureau.store.erasure import rows
from openbureau.watch.record import verify_record
from openbureau.watch.verify import verify
from openbureau.web.api.standing.batches import line_reader
from world import PEOPLE, World, jsonl, months

POLICY = "{};permit;erasure-by-request"
GOOD, LATE, BUSY = PEOPLE["good"], PEOPLE["late"], PEOPLE["busy"]


def lived(world: World) -> tuple[str, Answered]:
    """A person who consented and was asked about, answered and charged."""
    subject = world.subject_id(GOOD)
    give_consent(world.bureau, subject, member_id="bank-alpha", purpose="loan-approval")
    found = answer_inquiry(world.request(GOOD), world.bureau)
    assert isinstance(found, Answered)
    sequence(world.bureau)
    return subject, found


def erased(world: World, subject: str) -> Erased:
    return erase(
        world.bureau, ordered_by_person(world.bureau, subject, policy=POLICY.format(world.bureau.policies.digest))
    )


def rows_about(world: World, subject: str) -> dict[str, int]:
    """Tables that hold rows about a subject, by any column that can name one."""
    found = {}
    with psycopg.connect(world.url) as connection:
        places = connection.execute(
            "select table_name, column_name from information_schema.columns where table_schema = 'bureau' "
            "and column_name in ('subject_id', 'other_id', 'holder_id') order by 1, 2"
        ).fetchall()
        for table, column in places:
            query = sql.SQL("select count(*) from bureau.{} where {} = %s").format(
                sql.Identifier(table), sql.Identifier(column)
            )
            row = connection.execute(query, [subject]).fetchone()
            if row and row[0]:
                found[str(table)] = int(row[0])
    return found


def test_a_person_is_erased_and_what_the_law_keeps_stays(world: World) -> None:
    """Nothing of the person is left but that an answer was given and paid, and that the file was erased."""
    subject, found = lived(world)
    done = erased(world, subject)
    assert (done.events, done.answers, done.receipts) == (2, 1, 1)
    assert done.records == 26
    assert rows_about(world, subject) == {
        "answer_erased": 1, "charge": 1, "erased_leaf": 2, "erasure": 1, "erasure_order": 1, "event": 1, "inquiry": 1,
    }  # fmt: skip
    with psycopg.connect(world.url) as connection:
        kept = connection.execute(
            "select outcome, consent_id, outcome_sealed, product from bureau.inquiry where subject_id = %s", [subject]
        ).fetchone()
        assert kept == ("answered", None, b"", "report")
        assert connection.execute("select count(*) from bureau.erasing").fetchone() == (0,)
    again = answer_again(world.bureau, world.bureau.members["bank-alpha"], found.inquiry_id)
    assert isinstance(again, AnswerErased)
    assert again.leaf == done.certificates[0].leaf.leaf_hash.hex()
    asked = answer_inquiry(world.request(GOOD), world.bureau)
    assert isinstance(asked, Refused)
    assert asked.refusal["code"] == "no-consent"


def shown(world: World, tmp_path: Path) -> Any:
    """What the watcher finds in a fresh export."""
    export(world.bureau, tmp_path)
    return verify(tmp_path, now=world.clock.at)


def test_the_log_still_verifies(world: World, tmp_path: Path) -> None:
    """Tree, chains, lanes, bills and all that is shown of others hold; the closed entries are accepted for the erasure."""
    subject, _ = lived(world)
    other = world.subject_id(PEOPLE["plain"])
    give_consent(world.bureau, other, member_id="bank-alpha", purpose="loan-approval")
    assert isinstance(answer_inquiry(world.request(PEOPLE["plain"]), world.bureau), Answered)
    erased(world, subject)
    found = shown(world, tmp_path)
    assert [(check.name, check.evidence) for check in found.checks if check.ok is not True] == []


PARTY = {
    "record": "party", "account_no": "P0001-1", "subject_ref": "P0002", "role": "co-borrower", "as_of_on": "2026-10-31",
}  # fmt: skip


def accounts_of(world: World, subject: str) -> Any:
    """A person's accounts as their own report shows them."""
    return own_report(world.bureau, subject)["accounts"]


def test_a_joint_account_stays_for_the_others(world: World, new_database: Callable[[], str]) -> None:
    """The co-borrower keeps the account, and goes on getting its months; a rebuild comes to the same facts."""
    good, late = world.subject_id(GOOD), world.subject_id(LATE)
    furnish(world.bureau, "bank-alpha", jsonl([PARTY]))
    before = accounts_of(world, late)
    assert len(before) == 2
    erased(world, good)
    assert accounts_of(world, late) == before
    world.clock.forward(days=1)
    _, told = furnish(world.bureau, "bank-alpha", jsonl(months("P0001-1", "N", first="2026-11")))
    assert told is not None
    assert (told.progress.accepted, told.findings) == (1, ())
    assert rows_about(world, good) == {"erasure": 1, "erasure_order": 1, "event": 1, "furnished_account": 1}
    made = rebuild(world.bureau, world.url, new_database())
    assert made.is_same, [
        one for one in zip(made.source.sections, made.target.sections, strict=True) if one[0] != one[1]
    ]
    erased(world, late)
    assert "furnished_account" not in rows_about(world, good)
    again = rebuild(world.bureau, world.url, new_database())
    assert again.is_same


def test_the_erased_are_not_made_again(world: World, new_database: Callable[[], str]) -> None:
    """A rebuild from the receipts that are left reaches the erased database, with the same ids and with new ones."""
    for person in (GOOD, BUSY):
        erased(world, world.subject_id(person))
    for with_ids in (True, False):
        made = rebuild(world.bureau, world.url, new_database(), with_ids=with_ids)
        assert made.is_same
        assert made.differs == 0


def test_linked_records_go_together(world: World, tmp_path: Path) -> None:
    """A person is the set of linked subjects: an order for one erases all, each with an entry of its own."""
    good, busy = world.subject_id(GOOD), world.subject_id(BUSY)
    link(world.bureau, good, busy, why=Linking(evidence={}, probability=0.9, decided_by=("reviewer-1",)))
    done = erased(world, good)
    assert len(done.certificates) == 2
    for subject in (good, busy):
        assert "subject" not in rows_about(world, subject)
    assert shown(world, tmp_path).status == "ok"


def test_what_was_undone_before_stays_apart(world: World, tmp_path: Path) -> None:
    """Somebody who was linked once keeps their file, and an answer that rested on the other's consent is accepted still."""
    good, busy = world.subject_id(GOOD), world.subject_id(BUSY)
    first, last = sorted((good, busy))
    give_consent(world.bureau, last, member_id="bank-alpha", purpose="loan-approval")
    link(world.bureau, good, busy, why=Linking(evidence={}, probability=0.9, decided_by=("reviewer-1",)))
    assert isinstance(answer_inquiry(world.request(GOOD), world.bureau), Answered)
    unlink(world.bureau, good, busy, decided_by=("reviewer-1",))
    erased(world, last)
    assert accounts_of(world, first)
    assert shown(world, tmp_path).status == "ok"


def test_the_rest_of_a_file_still_proves(world: World) -> None:
    """Records of others are proved against the root as before; an erased one says so."""
    with world.bureau.store.connection("loader") as connection:
        receipt = next(one for one in rows.held_receipts(connection) if one.member_id == "bank-alpha")
    good = world.subject_id(GOOD)
    before = prove_record(world.bureau, receipt.receipt_id, 2)
    erased(world, good)
    after = prove_record(world.bureau, receipt.receipt_id, 2)
    assert after["pieces"] == before["pieces"]
    assert verify_record(json.dumps(after).encode()).status == "ok"
    with pytest.raises(NoRecord, match="erasure"):
        prove_record(world.bureau, receipt.receipt_id, 1)
    with world.bureau.store.connection("loader") as connection:
        changed = next(one for one in rows.held_receipts(connection) if one.receipt_id == receipt.receipt_id)
    assert changed.wrapped_key != receipt.wrapped_key


def test_lines_of_kept_files_of_inquiries_go(world: World) -> None:
    """A lender's file keeps its lines but those that name the person."""
    lines = [
        json.dumps({"subject": {"id_kind": "cn-id", "id_number": one.id_number, "name": one.name},
                    "purpose": "loan-approval", "actor_user": "u-1"}).encode()
        for one in (GOOD, LATE)
    ]  # fmt: skip
    batch = receive_batch(
        world.bureau, "bank-alpha", io.BytesIO(b"\n".join(lines) + b"\n"), key="k", read=line_reader(world.bureau)
    )
    assert isinstance(batch, Batch)
    work_batches(world.bureau)
    assert erased(world, world.subject_id(GOOD)).lines == 1
    told, _ = read_results(world.bureau, "bank-alpha", batch.batch_id)
    assert [one.problem["code"] if one.problem else None for one in told] == ["erased", None]


def test_a_crash_leaves_everything(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed at any step, the erasure has done nothing, and the next try does all of it."""
    subject, _ = lived(world)
    before = rows_about(world, subject)
    order = ordered_by_person(world.bureau, subject, policy=POLICY.format(world.bureau.policies.digest))
    for name in ("erase_openings", "erase_answers", "erase_rows", "end_erasure", "rekey_receipt"):
        place = "openbureau.jobs.erasure.receipts" if name == "rekey_receipt" else "openbureau.store.erasure.rows"
        with monkeypatch.context() as patch:
            patch.setattr(f"{place}.{name}", crash)
            with pytest.raises(KeyboardInterrupt):
                erase(world.bureau, order)
        assert rows_about(world, subject) == before | {"erasure_order": 1}
        assert accounts_of(world, subject)
        before = rows_about(world, subject)
    assert "subject" not in rows_about(world, subject) if erase(world.bureau, order).rows else False


def crash(*_: object, **__: object) -> None:
    """As a process that is killed."""
    raise KeyboardInterrupt


def test_an_order_serves_once_and_names_its_subject(world: World) -> None:
    """Without an order, under another's, or a second time: the database refuses."""
    subject, _ = lived(world)
    order = ordered_by_person(world.bureau, world.subject_id(LATE), policy="-")
    for wrong in (replace(order, subject_id=subject), replace(order, subject_id=subject, order_id=str(uuid.uuid4()))):
        with pytest.raises(psycopg.Error) as caught:
            erase(world.bureau, wrong)
        assert caught.value.sqlstate == "OB007"
    assert accounts_of(world, subject)


@pytest.mark.parametrize(
    "statement",
    [
        "select bureau.erase_rows('{0}')",
        "select bureau.erase_openings('{0}', '{{}}', '{{}}')",
        "select bureau.erase_answers('{0}', '', now(), '{{}}', '{{}}')",
        "select bureau.rekey_receipt('{0}', '')",
        "select bureau.reseal_chunk('{0}', 0, '')",
        "select bureau.reseal_batch('{0}', 0, '', '')",
        "select bureau.erase_words('{0}', '{{}}', '{{}}')",
        "select bureau.begin_erasure('{0}', '{0}', '{0}', 'request', 'file', '', '', now(), 1, '', '{0}', '', '')",
        "select bureau.begin_erasure('{0}', '{0}', null, 'term', 'file', '', '', now(), 1, '', '{0}', '', '')",
    ],
)
def test_the_eraser_can_do_nothing_by_itself(shared_world: World, statement: str) -> None:
    """No function of the eraser destroys anything without an act, and no other role may call them."""
    subject = shared_world.subject_id(GOOD)
    with shared_world.bureau.store.connection("eraser") as connection, pytest.raises(psycopg.Error) as caught:
        connection.execute(statement.format(subject))
    assert caught.value.sqlstate in {"OB007", "23514"}
    for role in ("api", "loader", "auditor", "keeper", "courier"):
        with shared_world.bureau.store.connection(role) as connection, pytest.raises(errors.InsufficientPrivilege):
            connection.execute(statement.format(subject))


@pytest.mark.parametrize("table", ["subject", "event", "erasure", "erasing", "erasure_order", "erased_leaf"])
def test_the_eraser_reads_nothing(shared_world: World, table: str) -> None:
    """It may call its functions, and that is all; and it cannot write an order for itself."""
    with shared_world.bureau.store.connection("eraser") as connection:
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute(sql.SQL("select * from bureau.{}").format(sql.Identifier(table)))
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute(
                "select bureau.order_erasure(%s, %s, 'request', 'subject', '-', '', '-', '{x}', now())",
                [str(uuid.uuid4()), str(uuid.uuid4())],
            )


KEPT = {"erasing", "erasure", "erasure_order", "erased_leaf", "answer_erased", "event", "inquiry", "charge", "credit_note",
        "bill_dispute", "furnished_account"}  # fmt: skip
"""Tables that keep a row about a person after an erasure; each of them has its words in docs/specs/erasure.md."""


def test_every_table_about_people_is_reached(shared_world: World) -> None:
    """A new table with a subject in it is emptied without anybody thinking of it, or stands in the list above."""
    text = (Path(rows.__file__).parents[1] / "migrations" / "0035_pre_erasure.sql").read_text()
    named = re.search(r"c\.relname <> all \(array\[(.*?)\]\)", text, re.DOTALL)
    assert named is not None
    assert set(re.findall(r"'(\w+)'", named[1])) == KEPT
    page = (Path(__file__).parents[2] / "docs" / "specs" / "erasure.md").read_text()
    assert [name for name in sorted(KEPT - {"erasing"}) if f"`{name}`" not in page] == []
    with psycopg.connect(shared_world.url) as connection:
        blind = {
            row[0] for row in connection.execute(
                "select table_name from information_schema.columns where table_schema = 'bureau' and column_name like '%blind%'"
            )
        }  # fmt: skip
        whose = {
            row[0] for row in connection.execute(
                "select table_name from information_schema.columns where table_schema = 'bureau' and column_name = 'subject_id'"
            )
        }  # fmt: skip
    assert blind - whose == {"consent_intent", "marked_person"}, "blind indexes that no subject id leads to"
