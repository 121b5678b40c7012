"""Shares, parties, guarantees, use of platforms, business, inquiries by others and public records reach the right subject."""

import threading
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from openbureau.jobs.furnishing import receive
from openbureau.jobs.furnishing.load import furnish, load_file
from openbureau.jobs.subject.as_of import credit_file
from world import FIRM, PEOPLE, jsonl, loan, month_names, months, subject_record

EMPTY: dict[str, Any] = {}
GOOD, LATE = PEOPLE["good"], PEOPLE["late"]
AGREED = {"consent_ref": "c-1", "consent_given_on": "2026-01-05", "notice_on": "2026-01-05"}
SHARE = {"record": "share", "account_no": "P0001-1", "funder": "bank-alpha", "share_bp": 7000, "as_of_on": "2026-10-31"}
PARTY = {
    "record": "party",
    "account_no": "P0001-1",
    "subject_ref": "P0002",
    "role": "co-borrower",
    "as_of_on": "2026-10-31",
}
GUARANTEE = {
    "record": "guarantee", "guarantee_no": "g-1", "subject_ref": "P0002", "account_no": "P0001-1", "guarantee_kind": "1",
    "starts_on": "2024-11-05", "ends_on": "2027-11-05", "currency": "CNY", "amount_fen": 100, "outstanding_fen": 50,
    "guarantee_status": "1", "as_of_on": "2026-10-31",
}  # fmt: skip
USE = {
    "record": "platform-use", "subject_ref": "P0001", "month": "2026-09", "service": "payment", "active_band": "16+",
    "spend_band": "2", "bills": 3, "bills_late": 0, **AGREED,
}  # fmt: skip
BUSINESS = {
    "record": "business", "subject_ref": "F0001", "month": "2026-09", "trader_kind": "enterprise", "turnover_fen": 9_000_000,
    "refund_fen": 1, "orders": 40, "customers": 30, "active_days": 20, "largest_bp": 900, "penalties": 0,
}  # fmt: skip
INQUIRY = {
    "record": "outside-inquiry", "inquiry_no": "i-1", "subject_ref": "P0001", "asked_on": "2026-09-03", "asked_by": "b-77",
    "asker_kind": "11", "reason": "02",
}  # fmt: skip
PUBLIC = {
    "record": "public-record", "public_no": "p-1", "subject_ref": "P0002", "public_kind": "enforcement",
    "issuer": "虚构市人民法院", "case_no": "(2025)虚0101执1号", "decided_on": "2025-05-06", "amount_fen": 5_000_000,
    "public_status": "1", "adverse_notified_on": "2026-11-01", "as_of_on": "2026-10-31",
}  # fmt: skip
KINDS = {
    "share_fact": SHARE, "party_fact": PARTY, "guarantee_fact": GUARANTEE, "platform_use_fact": USE, "business_fact": BUSINESS,
    "outside_inquiry_fact": INQUIRY, "public_record_fact": PUBLIC,
}  # fmt: skip


def opening() -> list[dict[str, Any]]:
    """Two people, a firm, one account with three months."""
    people = [subject_record(person) for person in (GOOD, LATE, FIRM)]
    return [*people, loan(GOOD), *months("P0001-1", "NNN", first="2026-07")]


@pytest.fixture
def bare(new_world):
    """A world without files but the opening."""
    world = new_world(files=EMPTY)
    load(world, opening())
    world.clock.forward(hours=1)
    return world


def load(world, records, member="bank-alpha"):
    """The acceptance of records."""
    _, made = furnish(world.bureau, member, jsonl(records))
    held = made.progress
    assert held.records == held.accepted + held.refused == len(records)
    assert held.added + held.changed + held.unchanged == held.accepted
    return made


def rows(world, statement: str):
    """Rows as the administrator sees them."""
    with psycopg.connect(world.url) as connection:
        return connection.execute(statement).fetchall()


@pytest.mark.parametrize("table", KINDS)
def test_a_kind_is_kept_once_and_again_only_when_it_changes(bare, table):
    """New is one fact under its subject with its receipt; the same again none; a change a second version; both stay."""
    record = KINDS[table]
    made = load(bare, [record])
    assert (made.progress.added, made.counts) == (1, {})
    bare.clock.forward(hours=1)
    again = load(bare, [record])
    assert (again.progress.added, again.progress.changed, again.progress.unchanged) == (0, 0, 1)
    changes: dict[str, Any] = {
        "share_fact": {"share_bp": 3000}, "party_fact": {"liability_fen": 7}, "guarantee_fact": {"outstanding_fen": 40},
        "platform_use_fact": {"spend_band": "3"}, "business_fact": {"orders": 41}, "outside_inquiry_fact": {"reason": "03"},
        "public_record_fact": {"issuer": "虚构县人民法院"},
    }  # fmt: skip
    bare.clock.forward(hours=1)
    assert load(bare, [record | changes[table]]).progress.changed == 1
    kept = rows(bare, f"select subject_id, known_at, receipt_id from bureau.{table} order by known_at")
    assert len(kept) == 2
    assert str(kept[0][2]) == made.receipt_id
    name = {"P0001": GOOD, "P0002": LATE, "F0001": FIRM}[record.get("subject_ref", "P0001")]
    assert {str(row[0]) for row in kept} == {bare_subject(bare, name)}


def bare_subject(world, person) -> str:
    """The subject of a person of this world."""
    kind = "cn-uscc" if person.handle.startswith("F") else "cn-id"
    blind = world.bureau.id_blind(kind, person.id_number)
    with psycopg.connect(world.url) as connection:
        found = connection.execute("select subject_id from bureau.identifier where blind = %s", [blind]).fetchone()
    return str(found[0])


@pytest.mark.parametrize("record", KINDS.values(), ids=KINDS)
def test_what_nobody_can_be_found_for_is_a_finding(bare, record):
    """An unknown subject, or an unknown account, keeps the record out and says so."""
    name = "subject_ref" if record["record"] != "share" else "account_no"
    made = load(bare, [record | {name: "nobody"}])
    rule = "unknown-account" if name == "account_no" else "unknown-subject-ref"
    assert made.counts == {rule: 1}


def test_a_party_holds_rows_of_its_own_and_they_go_on(bare):
    """A co-borrower's file has the account with its months, then follows the account until the part ends."""
    load(bare, [PARTY])
    bare.clock.forward(hours=1)
    late = bare_subject(bare, LATE)
    (line,) = credit_file(bare.bureau, late, bare.clock()).tradelines
    (main,) = credit_file(bare.bureau, bare_subject(bare, GOOD), bare.clock()).tradelines
    assert (line.role, line.statuses, line.tradeline_id) == ("co-borrower", "NNN", main.tradeline_id)
    made = load(bare, [loan(GOOD, five_class="2"), *months("P0001-1", "1", first="2026-10")])
    assert (made.progress.added, made.progress.changed) == (1, 1)
    bare.clock.forward(hours=1)
    (line,) = credit_file(bare.bureau, late, bare.clock()).tradelines
    assert (line.statuses, line.five_class, line.role) == ("NNN1", "2", "co-borrower")
    bare.clock.forward(days=1)
    load(bare, [PARTY | {"ended_on": "2026-11-20", "as_of_on": "2026-11-21"}, *months("P0001-1", "2", first="2026-11")])
    bare.clock.forward(hours=1)
    (line,) = credit_file(bare.bureau, late, bare.clock()).tradelines
    assert (line.statuses, str(line.closed_on)) == ("NNN1", "2026-11-20")
    assert credit_file(bare.bureau, bare_subject(bare, GOOD), bare.clock()).tradelines[0].statuses == "NNN12"
    shown = rows(bare, "select role, statuses, closed_on is null from bureau.tradeline_current order by role")
    assert shown == [("borrower", "NNN12", True), ("co-borrower", "NNN1", False)]


def test_a_party_was_no_party_before_we_knew(bare):
    """As of a moment before the record of the part, the file of the party is empty."""
    before = bare.clock()
    bare.clock.forward(hours=1)
    load(bare, [PARTY])
    assert credit_file(bare.bureau, bare_subject(bare, LATE), before + timedelta(seconds=1)).is_empty


def test_case_numbers_lie_sealed(bare):
    """Neither authority nor case number stands in the table."""
    load(bare, [PUBLIC])
    (row,) = rows(bare, "select words_sealed, words_blind from bureau.public_record_fact")
    assert all(b"0101" not in bytes(cell) for cell in row)


def test_not_taken_yet_is_said(bare):
    """An answer to a dispute that nothing applies gets a finding, never silence."""
    answer = {"record": "dispute-answer", "dispute_no": "d", "answer": "deleted", "decided_on": "2026-11-20"}
    assert load(bare, [answer]).counts == {"not-taken-yet": 1}


def test_months_that_load_while_a_party_is_added_reach_the_party(bare):
    """Whichever comes first, copied or followed, the party's file ends with every month of the account."""
    names = month_names("2025-01", 12)
    jobs = [[PARTY], *([row] for row in months("P0001-1", "N" * 12, first=names[0]))]
    threads = [threading.Thread(target=load, args=(bare, records)) for records in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    shown = rows(bare, "select role, statuses from bureau.tradeline_current order by role")
    assert [(role, statuses.replace(" ", "").count("N")) for role, statuses in shown] == [
        ("borrower", 15),
        ("co-borrower", 15),
    ]


def test_a_load_killed_between_chunks_keeps_what_it_had(bare, monkeypatch):
    """Every kind goes on where it was, nothing twice."""
    monkeypatch.setattr(receive, "CHUNK_PIECES", 2)
    received = receive.receive_file(bare.bureau, "bank-alpha", jsonl(list(KINDS.values())))
    seen: list[int] = []

    class Killed(Exception):
        """The process is gone."""

    def killed(progress):
        seen.append(progress.next_chunk)
        if len(seen) == 2:
            raise Killed

    with pytest.raises(Killed):
        load_file(bare.bureau, received.receipt_id, progress=killed)
    made = load_file(bare.bureau, received.receipt_id)
    assert (made.progress.is_done, made.progress.added, made.counts) == (True, len(KINDS), {})
    for table in KINDS:
        assert rows(bare, f"select count(*) from bureau.{table}") == [(1,)]


@pytest.mark.parametrize("table", ["subject_claim", *KINDS])
def test_facts_are_append_only(bare, table):
    """Neither the trigger nor the grants let a fact be changed or removed."""
    with psycopg.connect(bare.url) as connection, pytest.raises(psycopg.Error) as caught:
        connection.execute(f"delete from bureau.{table}")
    assert caught.value.sqlstate == "OB001"
    for role in ("api", "loader", "billing", "auditor"):
        with bare.bureau.store.connection(role) as connection:
            asked = "select has_table_privilege(%s, 'UPDATE') or has_table_privilege(%s, 'DELETE')"
            assert connection.execute(asked, [f"bureau.{table}"] * 2).fetchone() == (False,)
