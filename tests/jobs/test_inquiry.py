"""A lender's inquiry, from the request to the record."""

import hashlib
import json
import threading
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from openbureau.core.leaf import SCHEMA
from openbureau.core.refusal import RefusalCode
from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.consent.withdraw import withdraw_consent
from openbureau.jobs.context import Bureau
from openbureau.jobs.inquiry.answer import answer_inquiry
from openbureau.jobs.inquiry.charges import charges
from openbureau.jobs.inquiry.outcome import Answered, KeyConflict, NotSignedIn, Refused
from openbureau.jobs.subject.diary import diary
from openbureau.tlog.commitment import Opening, check_opening
from openbureau.tlog.entry import parse_entry
from openbureau.tlog.merkle import leaf_hash
from openbureau.tlog.strict import parse_base64
from world import FIRM, PEOPLE, UNKNOWN

GOOD, PLAIN = PEOPLE["good"], PEOPLE["plain"]
MONTH = "2026-11"


def agree(world, person=GOOD, **changes):
    given = {"member_id": "bank-alpha", "purpose": "loan-approval"} | changes
    return give_consent(world.bureau, world.subject_id(person), **given)


def ask(world, person=GOOD, **changes):
    return answer_inquiry(world.request(person, **changes), world.bureau)


def count(world, table):
    with psycopg.connect(world.url) as connection:
        return connection.execute(f"select count(*) from bureau.{table}").fetchone()[0]


def test_without_consent_it_is_refused_with_the_article_and_recorded(world):
    """The thread's first half: refused, quoted, logged, free."""
    before = count(world, "leaf_pending")
    refused = ask(world)
    assert isinstance(refused, Refused)
    assert refused.code is RefusalCode.NO_CONSENT
    assert {cited["article"] for cited in refused.refusal["citations"]} == {"18", "23"}
    assert any(cited["quote"] and "书面同意" in cited["quote"] for cited in refused.refusal["citations"])
    assert count(world, "leaf_pending") == before + 1
    assert count(world, "inquiry") == 1
    assert charges(world.bureau, "bank-alpha", MONTH) == []
    assert [entry.kind for entry in diary(world.bureau, world.subject_id(GOOD))] == ["inquiry-refused"]


def test_with_consent_it_is_answered_charged_once_and_in_the_diary(world):
    """The thread's second half: report, score, reasons, one charge, one leaf."""
    agree(world)
    answered = ask(world)
    assert isinstance(answered, Answered)
    report = json.loads(answered.answer)
    assert 350 <= report["score"]["value"] <= 950
    assert len(report["score"]["reasons"]) <= 4
    assert (
        report["score"]["sum"]["base"] + sum(row["points"] for row in report["score"]["points"])
        == (report["score"]["sum"]["total"])
    )
    (charge,) = charges(world.bureau, "bank-alpha", MONTH)
    assert charge["inquiry_id"] == answered.inquiry_id
    assert charge["amount_fen"] == 100
    assert [entry.kind for entry in diary(world.bureau, world.subject_id(GOOD))] == ["inquiry", "consent-given"]


def test_the_receipt_opens_to_what_was_done(world):
    """The lender can show: this leaf, these fields, this answer."""
    agree(world)
    answered = ask(world)
    entry = parse_base64(answered.receipt["entry"])
    assert leaf_hash(entry).hex() == answered.receipt["promise"]["leaf"]
    opening = Opening.from_json(answered.receipt["opening"])
    fields = check_opening(opening, parse_entry(entry).commitment, SCHEMA)
    assert fields["response"] == hashlib.sha256(answered.answer).hexdigest()
    assert fields["kind"] == "inquiry"
    assert "label" not in fields
    assert "seq" not in fields


def _withdrawn(world):
    given = agree(world)
    withdraw_consent(world.bureau, world.subject_id(GOOD), given.consent_id)


@pytest.mark.parametrize(
    ("code", "prepare", "changes"),
    [
        ("member-not-active", None, {"member": "bank-closed"}),
        ("purpose-not-in-contract", None, {"purpose": "guarantor-check"}),
        ("no-consent", None, {}),
        ("no-consent", lambda w: agree(w, member_id="bank-beta"), {}),
        ("purpose-not-covered", lambda w: agree(w, purpose="card-approval"), {}),
        ("consent-withdrawn", _withdrawn, {}),
        ("consent-expired", lambda w: (agree(w, months=1), w.clock.forward(days=40)), {}),
        ("consent-used", lambda w: (agree(w, is_one_time=True), ask(w)), {}),
        ("identity-not-confirmed", agree, {"name": "别人"}),
        ("file-frozen", lambda w: (agree(w), _set(w, "is_frozen = true")), {}),
        ("subject-deceased", lambda w: (agree(w), _set(w, "deceased_on = '2026-01-01'")), {}),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_each_refusal_is_told_recorded_and_free(world, code, prepare, changes):
    """Every lawful no on real storage: its code, an article, a leaf, no charge for it."""
    if prepare:
        prepare(world)
    paid, leaves = len(charges(world.bureau, "bank-alpha", MONTH)), count(world, "leaf_pending")
    refused = ask(world, **changes)
    assert isinstance(refused, Refused)
    assert refused.code == code
    assert refused.refusal["citations"]
    assert count(world, "leaf_pending") == leaves + 1
    assert len(charges(world.bureau, "bank-alpha", MONTH)) == paid
    assert refused.receipt["opening"]["opened"]["kind"][1] == "inquiry-refused"
    assert refused.receipt["opening"]["opened"]["price"][1].endswith(";0;CNY;free")


def _set(world, change):
    with psycopg.connect(world.url) as connection:
        connection.execute(f"update bureau.subject set {change}")


def test_a_minor_is_refused(world):
    """Also with a consent."""
    minor = PEOPLE["minor"]
    agree(world, minor)
    refused = ask(world, minor)
    assert isinstance(refused, Refused)
    assert refused.code == "subject-minor"


def test_nobody_on_file_cannot_be_told_from_no_consent(world):
    """Whether a person is on file at all is told only after the permit."""
    unknown, known = ask(world, UNKNOWN), ask(world, GOOD)
    assert isinstance(unknown, Refused)
    assert isinstance(known, Refused)
    assert unknown.refusal == known.refusal
    assert set(unknown.receipt) == set(known.receipt)
    assert set(unknown.receipt["opening"]["opened"]) == set(known.receipt["opening"]["opened"])


def test_a_bad_identity_number_is_refused_like_an_unknown_one(world):
    """No oracle for which numbers exist."""
    refused = ask(world, replace(GOOD, id_number="12345"))
    assert isinstance(refused, Refused)
    assert refused.code == "no-consent"


def test_until_a_permit_no_key_is_unwrapped_and_no_file_decoded(world, monkeypatch):
    """Promise 1: every refusal is decided without opening anything."""
    agree(world, PLAIN)
    _set(world, "is_frozen = true")

    def forbidden(*_args, **_words):
        raise AssertionError("personal data was opened without a permit")

    monkeypatch.setattr(Bureau, "data_key", forbidden)
    monkeypatch.setattr("openbureau.jobs.inquiry.recording.decode_file", forbidden)
    for person, changes in ((GOOD, {}), (PLAIN, {}), (UNKNOWN, {}), (GOOD, {"member": "bank-closed"})):
        assert isinstance(ask(world, person, **changes), Refused)
    _set(world, "is_frozen = false")
    with pytest.raises(AssertionError, match="without a permit"):
        ask(world, PLAIN)


def test_before_the_member_may_ask_at_all_no_subject_is_searched(world, monkeypatch):
    """A suspended member and a purpose outside the contract never reach the facts."""

    def forbidden(*_args, **_words):
        raise AssertionError("somebody was looked for")

    monkeypatch.setattr("openbureau.jobs.inquiry.answer.facts", forbidden)
    assert isinstance(ask(world, member="bank-closed"), Refused)
    assert isinstance(ask(world, purpose="guarantor-check"), Refused)
    with pytest.raises(AssertionError, match="looked for"):
        ask(world)


def test_a_wrong_token_records_nothing(world):
    """There is nobody of whom an inquiry could be recorded."""
    before = count(world, "leaf_pending")
    assert isinstance(answer_inquiry(replace(world.request(GOOD), token="nonsense"), world.bureau), NotSignedIn)
    assert count(world, "leaf_pending") == before


def test_an_expired_token_is_none(world):
    """Tokens last a year."""
    request = world.request(GOOD)
    world.clock.forward(days=367)
    assert isinstance(answer_inquiry(request, world.bureau), NotSignedIn)


def test_the_same_key_gives_the_same_bytes_and_one_charge(world):
    """Also a refusal is replayed, not decided again."""
    agree(world)
    request = world.request(GOOD)
    first = answer_inquiry(request, world.bureau)
    world.clock.forward(hours=1)
    second = answer_inquiry(request, world.bureau)
    assert second.is_replay
    assert (first.answer, first.receipt) == (second.answer, second.receipt)
    assert len(charges(world.bureau, "bank-alpha", MONTH)) == 1
    refused = world.request(PLAIN)
    once = answer_inquiry(refused, world.bureau)
    agree(world, PLAIN)
    again = answer_inquiry(refused, world.bureau)
    assert isinstance(again, Refused)
    assert again.receipt == once.receipt
    assert again.is_replay


def test_the_same_key_with_another_body_is_a_conflict(world):
    """Nothing is read or recorded."""
    agree(world)
    request = world.request(GOOD)
    answer_inquiry(request, world.bureau)
    before = count(world, "leaf_pending")
    assert isinstance(answer_inquiry(replace(request, body=b"other"), world.bureau), KeyConflict)
    assert count(world, "leaf_pending") == before


def test_a_key_is_forgotten_after_its_term(world):
    """After the house rule's hours the key may be used anew."""
    agree(world)
    request = world.request(GOOD)
    first = answer_inquiry(request, world.bureau)
    world.clock.forward(days=8)
    second = answer_inquiry(request, world.bureau)
    assert isinstance(second, Answered)
    assert not second.is_replay
    assert first.inquiry_id != second.inquiry_id


def test_two_members_may_use_the_same_key(world):
    """Keys belong to their member."""
    agree(world)
    agree(world, member_id="bank-beta")
    one = world.request(GOOD, idempotency_key="same")
    two = world.request(GOOD, idempotency_key="same", member="bank-beta")
    assert isinstance(answer_inquiry(one, world.bureau), Answered)
    assert isinstance(answer_inquiry(two, world.bureau), Answered)


def test_repeats_within_the_window_are_charged_once(world):
    """One charge for the same person and member within the rule's days; then another."""
    agree(world)
    for _ in range(3):
        assert isinstance(ask(world), Answered)
    assert len(charges(world.bureau, "bank-alpha", MONTH)) == 1
    days = world.bureau.rulebook(world.clock.at.date()).rule("fee.dedup.personal_days").value
    world.clock.forward(days=days + 31)
    assert isinstance(ask(world), Answered)
    later = (world.clock.at + timedelta(hours=8)).strftime("%Y-%m")
    assert len(charges(world.bureau, "bank-alpha", later)) == 1


def test_twenty_at_once_with_one_key_give_one_record_and_one_answer(world):
    """Concurrent identical inquiries: one leaf, one charge, twenty equal answers."""
    agree(world)
    request = world.request(GOOD)
    before = count(world, "leaf_pending")
    outcomes = at_once(20, lambda _: answer_inquiry(request, world.bureau))
    answers = {outcome.answer for outcome in outcomes if isinstance(outcome, Answered)}
    assert len(answers) == 1
    assert all(isinstance(outcome, Answered) for outcome in outcomes)
    assert count(world, "leaf_pending") == before + 1
    assert len(charges(world.bureau, "bank-alpha", MONTH)) == 1


def test_many_at_once_on_one_person_keep_the_chain_whole(world):
    """Two lenders, many keys, one person: each recorded once, the chain without a gap, one charge a lender."""
    agree(world)
    agree(world, member_id="bank-beta")
    requests = [world.request(GOOD, member=("bank-alpha", "bank-beta")[at % 2]) for at in range(24)]
    outcomes = at_once(24, lambda at: answer_inquiry(requests[at], world.bureau))
    answered = [outcome for outcome in outcomes if isinstance(outcome, Answered)]
    entries = diary(world.bureau, world.subject_id(GOOD))
    assert len(answered) == sum(entry.kind == "inquiry" for entry in entries)
    assert len(answered) >= 20
    assert [entry.seq for entry in entries] == list(range(len(entries), 0, -1))
    assert len(charges(world.bureau, "bank-alpha", MONTH)) == 1
    assert len(charges(world.bureau, "bank-beta", MONTH)) == 1


def at_once(number, act):
    """The outcomes of `number` calls that start together."""
    gate, outcomes = threading.Barrier(number), []

    def run(at):
        gate.wait()
        outcomes.append(act(at))

    threads = [threading.Thread(target=run, args=(at,)) for at in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_a_withdrawal_between_decision_and_record_refuses(world, monkeypatch):
    """What the decision rested on is checked again in the recording transaction."""
    from openbureau.jobs.inquiry import answer as page

    given = agree(world)
    real, done = page.record_answer, []

    def withdraw_first(*args, **words):
        if not done:
            done.append(withdraw_consent(world.bureau, world.subject_id(GOOD), given.consent_id))
        return real(*args, **words)

    monkeypatch.setattr(page, "record_answer", withdraw_first)
    refused = ask(world)
    assert isinstance(refused, Refused)
    assert refused.code == "consent-withdrawn"
    assert charges(world.bureau, "bank-alpha", MONTH) == []


def test_a_firm_is_answered_on_its_own_table(world):
    """Unified social credit code, firm scorecard, firm tariff."""
    agree(world, FIRM)
    answered = ask(world, FIRM)
    assert isinstance(answered, Answered)
    report = json.loads(answered.answer)
    assert report["identity"]["kind"] == "enterprise"
    assert report["score"]["scorecard"].startswith("firms-")
    (charge,) = charges(world.bureau, "bank-alpha", MONTH)
    assert charge["rule"] == "fee.crc.enterprise"


def test_other_lenders_are_masked_with_letters(world):
    """Who else lends to the person is not told to a lender."""
    agree(world, PEOPLE["busy"], member_id="bank-beta")
    answered = ask(world, PEOPLE["busy"], member="bank-beta")
    text = answered.answer.decode()
    assert "bank-alpha" not in text
    assert "micro-gamma" not in text
    names = {account["furnisher"] for account in json.loads(answered.answer)["accounts"]}
    assert len(names) == 2
    assert not names & set(world.bureau.members)


def test_answers_are_kept_sealed(world):
    """The stored outcome cannot be read from the table."""
    agree(world)
    answered = ask(world)
    with psycopg.connect(world.url) as connection:
        rows = connection.execute("select outcome_sealed from bureau.inquiry").fetchall()
        identity = connection.execute("select identity_sealed from bureau.subject").fetchall()
    number = GOOD.id_number.encode()
    assert rows
    assert all(number not in row[0] and answered.answer[:40] not in row[0] for row in rows)
    assert all(number not in row[0] for row in identity)
