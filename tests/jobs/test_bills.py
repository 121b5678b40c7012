"""Is a bill whole, the same for ever, bound to the log, and given back where nothing was owed?"""

import csv
import hashlib
import io
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from jsonschema import Draft202012Validator

from openbureau.core.invoice import Line, make_invoice, render_invoice, summary_leaf
from openbureau.core.products import Options
from openbureau.jobs.billing.close import BillMisbehaviour, BillRefused, close_month
from openbureau.jobs.billing.credit import credit_wrong_answers
from openbureau.jobs.billing.dispute import Dispute, NotDecided, NotDisputed, decide_dispute, disputes, open_dispute
from openbureau.jobs.billing.invoices import Invoice, invoice_of, invoices
from openbureau.jobs.billing.printed import print_csv, print_pdf
from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.furnishing.load import furnish
from openbureau.jobs.inquiry.answer import answer_inquiry
from openbureau.jobs.inquiry.outcome import Answered
from openbureau.jobs.log.export import export
from openbureau.jobs.log.prove import proof
from openbureau.jobs.log.sequence import sequence
from openbureau.tlog.entry import parse_entry
from openbureau.tlog.merkle import check_inclusion, leaf_hash
from openbureau.watch.verify import verify
from world import FIRM, PEOPLE, World, jsonl

MONTH = "2026-11"
AFTER = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)
"""Eight in the morning of the first of December in Beijing."""
OPERATOR = "operator"
SCHEMA = Path(__file__).parents[2] / "docs" / "specs" / "invoice.schema.json"


def ask(world: World, name: str = "good", member: str = "bank-alpha", **changes: Any) -> str:
    """An answered inquiry under a fresh consent, a minute later; its id."""
    world.clock.forward(minutes=0 if "received_at" in changes else 1)
    person = FIRM if name == "firm" else PEOPLE[name]
    give_consent(world.bureau, world.subject_id(person), member_id=member, purpose="loan-approval", months=3)
    made = answer_inquiry(world.request(person, member=member, **changes), world.bureau)
    assert isinstance(made, Answered)
    return made.inquiry_id


def correct_late(world: World, member: str = "bank-alpha") -> None:
    """bank-alpha corrects the last month of the late person's account, an hour later."""
    world.clock.forward(hours=1)
    rows = [
        {"record": "correction", "target": "month", "key": "P0002-1", "reason": "system", "decided_on": "2026-11-23",
         "month": "2026-10", "field": field, "old_value": old, "new_value": new}
        for field, old, new in (("status", "4", "N"), ("overdue_fen", "1600000", "0"))
    ]  # fmt: skip
    assert furnish(world.bureau, member, jsonl(rows))[1].counts == {}


def shown(world: World, member: str = "bank-alpha", month: str = MONTH) -> Invoice:
    """A member's invoice."""
    found = invoice_of(world.bureau, member, month)
    assert found is not None
    return found


def closed(world: World, month: str = MONTH, at: datetime = AFTER) -> Any:
    """The month closed, after its end."""
    world.clock.at = max(world.clock.at, at)
    return close_month(world.bureau, month, by=OPERATOR)


def test_a_running_month_is_shown_as_it_stands(world: World) -> None:
    """Open, with every charge, whether or not its leaf has its place yet; another member's is another bill."""
    mine = [ask(world), ask(world, "plain"), ask(world, "firm")]
    ask(world, member="bank-beta")
    told = shown(world).to_json()
    assert not shown(world).is_closed
    assert {line["inquiry_id"] for line in told["lines"]} == set(mine)
    assert told["totals"]["total_fen"] == 100 + 100 + 900
    assert {line["log_index"] for line in told["lines"]} == {None}
    sequence(world.bureau)
    for line in shown(world).to_json()["lines"]:
        text = proof(world.bureau, bytes.fromhex(line["leaf"]))
        assert text is not None
        assert f"index {line['log_index']}\n" in text
    assert [(one["month"], one["state"]) for one in invoices(world.bureau, "bank-alpha")] == [(MONTH, "open")]
    assert invoice_of(world.bureau, "micro-gamma", MONTH) is None


def test_a_closed_month_is_bound_to_the_log(world: World) -> None:
    """The entry of the month has the root over salted summaries and the sums of all; each member can prove its own."""
    for member in ("bank-alpha", "bank-beta", "micro-gamma"):
        ask(world, member=member)
    made = closed(world)
    sequence(world.bureau)
    assert made.said["invoices"] == 3
    assert made.said["totals"]["total_fen"] == 100 + 100 + 50
    assert proof(world.bureau, bytes.fromhex(made.leaf)) is not None
    for member in ("bank-alpha", "bank-beta", "micro-gamma"):
        found = shown(world, member)
        told = found.proof
        assert told is not None
        entry = parse_entry(told["entry"].encode())
        said = json.loads(entry.content)
        assert (entry.kind, said, leaf_hash(told["entry"].encode()).hex()) == ("billing", made.said, made.leaf)
        assert told["summary"]["invoice"] == hashlib.sha256(found.content).hexdigest()
        assert told["summary"]["totals"] == found.to_json()["totals"]
        check_inclusion(
            summary_leaf(bytes.fromhex(told["salt"]), told["summary"]),
            index=told["place"],
            size=told["size"],
            proof=[bytes.fromhex(one) for one in told["path"]],
            root=bytes.fromhex(said["root"]),
        )
        assert member not in told["entry"]


def test_closing_again_makes_the_same_bytes(world: World) -> None:
    """Made again from the charges a closed month is the kept bytes, whatever happened since; nothing is written twice."""
    ask(world, "late", member="bank-beta")
    ask(world)
    first = closed(world)
    before = [shown(world, member).content for member in ("bank-alpha", "bank-beta")]
    correct_late(world)
    credit_wrong_answers(world.bureau)
    again = closed(world)
    assert (again.said, again.leaf, again.is_repeat, first.is_repeat) == (first.said, first.leaf, True, False)
    assert [shown(world, member).content for member in ("bank-alpha", "bank-beta")] == before


def test_a_changed_invoice_is_noticed(world: World) -> None:
    """Bytes that were changed behind our back are not what the charges come to, and are not shown."""
    ask(world)
    closed(world)
    with psycopg.connect(world.url) as connection:
        connection.execute("alter table bureau.invoice disable trigger all")
        connection.execute("update bureau.invoice set content = convert_to(replace(convert_from(content, 'UTF8'), "
                           "'\"total_fen\":100', '\"total_fen\":1'), 'UTF8')")  # fmt: skip
    with pytest.raises(BillMisbehaviour):
        closed(world)
    with pytest.raises(AssertionError):
        shown(world)


def test_a_closed_month_takes_nothing_more(world: World) -> None:
    """Neither a charge nor a credit note, nor a change of what is kept."""
    ask(world)
    closed(world)
    with psycopg.connect(world.url) as connection:
        for statement in (
            "insert into bureau.charge select subject_id, gen_random_uuid(), member_id, bill_month from bureau.charge",
            "insert into bureau.credit_note select subject_id, inquiry_id, member_id, bill_month from bureau.charge",
            "update bureau.invoice set place = 7",
            "delete from bureau.bill_month",
        ):
            with pytest.raises(psycopg.DatabaseError) as trouble, connection.transaction():
                connection.execute(statement)
            assert trouble.value.sqlstate in {"OB004", "OB001"}, statement


def test_a_month_is_closed_in_its_turn(world: World) -> None:
    """Not before its end and some hours, not before an earlier month, and only if it is a month."""
    ask(world)
    with pytest.raises(BillRefused, match="before 2026-11-30T22:00:00Z"):
        close_month(world.bureau, MONTH, by=OPERATOR)
    world.clock.at = datetime(2026, 11, 30, 21, 59, 59, tzinfo=UTC)
    with pytest.raises(BillRefused, match="before"):
        close_month(world.bureau, MONTH, by=OPERATOR)
    world.clock.at = datetime(2027, 1, 2, tzinfo=UTC)
    with pytest.raises(BillRefused, match="2026-11 is not closed yet"):
        close_month(world.bureau, "2026-12", by=OPERATOR)
    assert not close_month(world.bureau, MONTH, by=OPERATOR).is_repeat
    assert close_month(world.bureau, "2026-12", by=OPERATOR).said["invoices"] == 0
    with pytest.raises(BillRefused, match="closed already"):
        close_month(world.bureau, "2026-10", by=OPERATOR)
    with pytest.raises(BillRefused, match="is not a month"):
        close_month(world.bureau, "2026-13", by=OPERATOR)


def test_two_who_close_at_once(world: World) -> None:
    """One closes, the others find it closed: one entry in the log."""
    ask(world)
    world.clock.at = AFTER
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda _: close_month(world.bureau, MONTH, by=OPERATOR), range(4)))
    assert sorted(one.is_repeat for one in made) == [False, True, True, True]
    assert len({one.leaf for one in made}) == 1
    with psycopg.connect(world.url) as connection:
        (count,) = connection.execute("select count(*) from bureau.bill_month").fetchone() or (0,)
    assert count == 1


def test_charges_without_a_place_in_the_log_wait(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A month whose leaves are not signed yet is not closed."""
    ask(world)
    monkeypatch.setattr("openbureau.jobs.billing.close.sequence", lambda _: 0)
    with pytest.raises(BillRefused, match="place in the log"):
        closed(world)


def test_a_charge_that_vanished_is_noticed(world: World) -> None:
    """Fewer charges than the lanes numbered: the month is not closed."""
    ask(world)
    ask(world, "plain")
    with psycopg.connect(world.url) as connection:
        connection.execute("alter table bureau.charge disable trigger all")
        connection.execute(
            "delete from bureau.charge where inquiry_id = (select inquiry_id from bureau.charge limit 1)"
        )
    with pytest.raises(BillMisbehaviour, match="lanes"):
        closed(world)


def test_a_wrong_answer_is_given_back_without_being_asked(world: World) -> None:
    """The lineage of a correction makes a credit note that names charge, log entry and the event that shows it; once."""
    asked = ask(world, "late", member="bank-beta")
    ask(world, "plain", member="bank-beta")
    correct_late(world)
    assert credit_wrong_answers(world.bureau) == 1
    assert credit_wrong_answers(world.bureau) == 0
    told = shown(world, "bank-beta").to_json()
    (note,) = told["credits"]
    assert (note["inquiry_id"], note["reason"], note["credit_fen"]) == (asked, "wrong-answer", 100)
    with psycopg.connect(world.url) as connection:
        (evidence,) = connection.execute("select leaf_hash from bureau.correction_told").fetchone() or (b"",)
    assert note["evidence"] == evidence.hex()
    assert told["totals"] == {
        "charges": 2, "list_fen": 200, "discount_fen": 0, "net_fen": 200, "credit_fen": 100, "total_fen": 100,
    }  # fmt: skip


def test_who_furnished_the_wrong_value_pays_for_its_own_answer(world: World) -> None:
    """An asker whose own correction it is gets nothing back."""
    ask(world, "late", member="bank-alpha")
    correct_late(world)
    assert credit_wrong_answers(world.bureau) == 0


def test_a_score_that_stayed_right_is_not_given_back(world: World) -> None:
    """The file was wrong and the score was not: a charge for a score stands."""
    ask(world, "late", member="bank-beta")
    correct_late(world)
    with psycopg.connect(world.url) as connection:
        connection.execute("alter table bureau.charge disable trigger all")
        connection.execute("update bureau.charge set product = 'score'")
    credit_wrong_answers_of = credit_wrong_answers(world.bureau)
    with psycopg.connect(world.url) as connection:
        rows = connection.execute(
            "select score_before, score_after, reasons_changed from bureau.answer_touched"
        ).fetchall()
    (before, after, changed) = rows[0]
    assert credit_wrong_answers_of == int(changed or before != after)


def test_after_closing_a_credit_goes_into_the_next_month(world: World) -> None:
    """The closed invoice stays; the next one gives back, and may owe more than it asks for."""
    ask(world, "late", member="bank-beta")
    closed(world)
    before = shown(world, "bank-beta").content
    correct_late(world)
    assert credit_wrong_answers(world.bureau) == 1
    assert shown(world, "bank-beta").content == before
    told = shown(world, "bank-beta", "2026-12").to_json()
    assert (told["credits"][0]["month"], told["totals"]["total_fen"]) == (MONTH, -100)
    made = closed(world, "2026-12", datetime(2027, 1, 1, tzinfo=UTC))
    assert made.said["totals"]["total_fen"] == -100


def test_a_late_answer_costs_nothing(world: World) -> None:
    """Asked long before it was answered: an answer without a charge, with the rule that says so."""
    given = world.clock.at
    world.clock.forward(seconds=6)
    ask(world, received_at=given)
    assert invoice_of(world.bureau, "bank-alpha", MONTH) is None
    ask(world, received_at=world.clock.at)
    assert shown(world).to_json()["totals"]["charges"] == 1


def test_a_dispute_is_kept_decided_and_given_back(world: World) -> None:
    """Opened with reasons, decided with reasons, both kept; upheld, a credit note in the open month."""
    asked = ask(world)
    closed(world)
    made = open_dispute(
        world.bureau, "bank-alpha", MONTH, inquiry_id=asked, reason="late-answer", words="It took a minute."
    )
    assert isinstance(made, Dispute)
    assert (made.is_upheld, (made.decide_by - made.opened_at).days) == (None, 20)
    world.clock.forward(days=21)
    assert [one.is_overdue for one in disputes(world.bureau)] == [True]
    decided = decide_dispute(world.bureau, made.dispute_id, is_upheld=True, words="Our clock agrees.", by=OPERATOR)
    assert isinstance(decided, Dispute)
    (kept,) = disputes(world.bureau, "bank-alpha")
    assert (kept.words, kept.decision, kept.is_upheld, kept.is_overdue) == (
        "It took a minute.",
        "Our clock agrees.",
        True,
        False,
    )
    assert disputes(world.bureau, "bank-beta") == []
    (note,) = shown(world, month="2026-12").to_json()["credits"]
    assert (note["reason"], note["credit_fen"], note["evidence"]) == ("late-answer", 100, None)
    assert (
        decide_dispute(world.bureau, made.dispute_id, is_upheld=False, words="No.", by=OPERATOR)
        is NotDecided.DECIDED_BEFORE
    )


def test_a_rejected_dispute_gives_nothing_back(world: World) -> None:
    """The decision is kept; the bill stands."""
    asked = ask(world)
    made = open_dispute(world.bureau, "bank-alpha", MONTH, inquiry_id=asked, reason="not-asked", words="Not us.")
    assert isinstance(made, Dispute)
    decide_dispute(world.bureau, made.dispute_id, is_upheld=False, words="Your key asked.", by=OPERATOR)
    assert shown(world).to_json()["credits"] == []
    assert [one.to_json()["state"] for one in disputes(world.bureau, "bank-alpha")] == ["rejected"]


def test_what_cannot_be_disputed(world: World) -> None:
    """Another's line, a line of no bill, one disputed or given back before, one closed too long ago."""
    asked, wrong = ask(world, member="bank-beta"), ask(world, "late", member="bank-beta")
    words = {"reason": "other", "words": "Why?"}

    def told(member: str, inquiry_id: str, month: str = MONTH) -> Any:
        return open_dispute(world.bureau, member, month, inquiry_id=inquiry_id, **words)

    assert told("bank-alpha", asked) is NotDisputed.NO_SUCH_LINE
    assert told("bank-beta", asked, "2026-10") is NotDisputed.NO_SUCH_LINE
    assert told("bank-beta", asked, "November") is NotDisputed.NO_SUCH_LINE
    assert isinstance(told("bank-beta", asked), Dispute)
    assert told("bank-beta", asked) is NotDisputed.DISPUTED_BEFORE
    correct_late(world)
    credit_wrong_answers(world.bureau)
    assert told("bank-beta", wrong) is NotDisputed.CREDITED_BEFORE
    later = ask(world, "plain", member="bank-beta")
    closed(world)
    world.clock.forward(days=61)
    assert told("bank-beta", later) is NotDisputed.TOO_LATE
    nobody = "00000000-0000-4000-8000-000000000000"
    decided = decide_dispute(world.bureau, nobody, is_upheld=True, words="?", by=OPERATOR)
    assert decided is NotDecided.NO_SUCH_DISPUTE


def test_disputes_are_sealed(world: World) -> None:
    """What a member wrote is not to be read in the database."""
    asked = ask(world)
    made = open_dispute(world.bureau, "bank-alpha", MONTH, inquiry_id=asked, reason="other", words="a telling sentence")
    assert isinstance(made, Dispute)
    decide_dispute(world.bureau, made.dispute_id, is_upheld=False, words="a telling reply", by=OPERATOR)
    with psycopg.connect(world.url) as connection:
        rows = connection.execute(
            "select d::text || e::text from bureau.bill_dispute d join bureau.bill_decision e using (dispute_id)"
        ).fetchall()
    assert b"telling".hex() not in str(rows)


def test_a_member_reads_no_other_members_bills(world: World) -> None:
    """Row-level security: the billing role sees the rows of the member it is bound to, and writes no other's."""
    asked = ask(world)
    open_dispute(world.bureau, "bank-alpha", MONTH, inquiry_id=asked, reason="other", words="Why?")
    closed(world)
    with world.bureau.store.connection("billing") as connection:
        for table in ("invoice", "charge", "bill_dispute"):
            for tenant, rows in (("bank-alpha", 1), ("bank-beta", 0), ("", 0)):
                with connection.transaction():
                    connection.execute("select set_config('bureau.tenant', %s, true)", [tenant])
                    found = connection.execute(f"select count(*) from bureau.{table}").fetchone()
                    assert found == (rows,), (table, tenant)
        with connection.transaction(), pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(
                "insert into bureau.credit_note values (gen_random_uuid(), gen_random_uuid(), 'bank-alpha', "
                "'2027-01', 'late-answer', null, now(), 'x')"
            )


def test_the_watcher_recounts_closed_months(world: World, tmp_path: Path) -> None:
    """From an export alone: two closed months with wrong answers given back in both hold; one price moved does not."""
    for name in ("late", "plain", "firm"):
        ask(world, name, member="bank-beta")
    ask(world, "late", member="micro-gamma")
    closed(world)
    correct_late(world)
    ask(world, "good", member="micro-gamma")
    closed(world, "2026-12", datetime(2027, 1, 1, tzinfo=UTC))
    sequence(world.bureau)
    export(world.bureau, tmp_path)
    verdict = verify(tmp_path, now=world.clock.at)
    found = {one.name: one for one in verdict.checks}["bills"]
    assert (verdict.status, found.ok, found.count) == ("ok", True, 2), found
    path = tmp_path / "openings" / "bills.jsonl"
    assert path.read_text().count("wrong-answer") == 2
    path.write_text(path.read_text().replace('"price_fen": 900', '"price_fen": 90'))
    assert [one.name for one in verify(tmp_path, now=world.clock.at).checks if one.ok is False] == ["bills"]


def test_an_invoice_prints_the_same_for_ever(world: World) -> None:
    """PDF/A in both languages, byte for byte; the spreadsheet's amounts add up to its total and name every log entry."""
    ask(world, "late", member="bank-beta")
    ask(world, "firm", member="bank-beta")
    correct_late(world)
    credit_wrong_answers(world.bureau)
    running = print_pdf(world.bureau, shown(world, "bank-beta"), "en")
    closed(world)
    found = shown(world, "bank-beta")
    Draft202012Validator(json.loads(SCHEMA.read_text())).validate(found.to_json())
    made = {language: print_pdf(world.bureau, found, language) for language in ("zh-CN", "en")}
    assert all(one.startswith(b"%PDF-1.7") and b"pdfaid:part" in one for one in made.values())
    assert len({*made.values(), running}) == 3
    world.clock.forward(days=40)
    assert print_pdf(world.bureau, shown(world, "bank-beta"), "zh-CN") == made["zh-CN"]
    sheet = print_csv(found)
    assert sheet == print_csv(shown(world, "bank-beta"))
    rows = list(csv.DictReader(io.StringIO(sheet.decode())))
    assert [row["kind"] for row in rows] == ["charge", "charge", "credit", "total"]
    assert sum(int(row["amount_fen"]) for row in rows[:-1]) == int(rows[-1]["amount_fen"]) == 900
    assert all(len(row["leaf"]) == 64 and row["inquiry_id"] and row["log_index"] for row in rows[:-1])


def test_a_spreadsheet_shows_the_discount() -> None:
    """What the tiers take off is a row of its own."""
    lines = [
        Line(0, n, date(2026, 11, 1), "report", "fee.crc.personal", 100, "CNY", f"i{n}", "ab" * 32, n)
        for n in (1, 2, 3)
    ]
    tiers = {MONTH: ((0, 100), (1, 50))}
    made = make_invoice({"id": "x"}, MONTH, lines=lines, credited=[], left={}, tiers=tiers)
    rows = list(csv.DictReader(io.StringIO(print_csv(Invoice(render_invoice(made), None)).decode())))
    assert [(row["kind"], row["amount_fen"]) for row in rows[-2:]] == [("discount", "-100"), ("total", "200")]


def test_a_long_invoice_prints_its_first_lines(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A PDF has so many lines and says how many more there are."""
    ask(world)
    ask(world, "plain")
    whole = print_pdf(world.bureau, shown(world), "en")
    monkeypatch.setattr("openbureau.jobs.billing.printed.PRINTED_MOST", 1)
    assert print_pdf(world.bureau, shown(world), "en") != whole


def test_a_report_covers_what_is_less_and_no_past_moment(world: World) -> None:
    """After a charged report its score and a repeat are free; the file as known at a past moment is charged by itself, once."""
    ask(world)
    past = Options(as_of=world.clock.at)
    ask(world, product="score")
    ask(world)
    for _ in range(2):
        ask(world, options=past)
    told = shown(world).to_json()
    assert [line["product"].partition(";")[0] for line in told["lines"]] == ["report", "report"]
    assert len({line["product"] for line in told["lines"]}) == 2
