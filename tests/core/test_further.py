"""Is what is held beside accounts read as it was handed over, and shown no longer than it may be?"""

import json
from base64 import b64encode
from dataclasses import replace
from datetime import date, timedelta

import pytest

from core.files import MONTH, NOW, SUBJECT, file_of, line
from openbureau.core.answer.summary import credit_summary, public_summary
from openbureau.core.credit_file import decode_file, visible
from openbureau.core.furnishing.codes import ADVERSE_PUBLIC, PUBLIC_KINDS
from openbureau.core.further import (
    Further,
    Guarantee,
    Part,
    PublicRecord,
    SealedWords,
    Share,
    visible_further,
    with_words,
)

WORDS = SealedWords(SUBJECT, b"key", b"sealed" * 20)
ENDED = date(2021, 11, 24)
DAY = timedelta(days=1)
DUTY = Guarantee("g-1", "bank-beta", None, "1", date(2024, 11, 5), None, "CNY", 100, 50, "1", date(2026, 10, 31))


def record(**changes: object) -> PublicRecord:
    """A public record, adverse and over, with changes."""
    plain = PublicRecord("p-1", "court-one", "penalty", date(2020, 1, 1), 500, "2", ENDED, date(2021, 12, 1), WORDS)
    return replace(plain, **changes)  # type: ignore[arg-type]


def shown(held: PublicRecord, today: date) -> bool:
    """May it be seen on a day?"""
    return bool(visible_further(Further(public_records=(held,)), retention_years=5, today=today).public_records)


def test_what_the_store_hands_over_is_read() -> None:
    """Every list of the text becomes values; a text without them is a file without them."""
    text = b64encode(WORDS.sealed).decode()
    wrapped = text[:76] + "\n" + text[76:]
    raw = {
        "t": [], "i": [],
        "f": {
            "g": [["g-1", "bank-beta", None, "1", "2024-11-05", None, "CNY", 100, 50, "1", "2026-10-31"]],
            "p": [["p-1", "court-one", "penalty", "2020-01-01", 500, "2", "2021-11-24", "2021-12-01", SUBJECT,
                   b64encode(b"key").decode(), wrapped]],
            "s": [["t-0", "bank-alpha", 7000]], "l": [["t-0", 40, None]],
            "o": [["o-1", "bank-beta", "b-77", "11", "02", "2026-09-03"]],
        },
    }  # fmt: skip
    held = decode_file(json.dumps(raw).encode(), subject_id=SUBJECT, kind="person", as_of=NOW, synthetic=True).further
    assert held.guarantees == (DUTY,)
    assert held.public_records == (record(),)
    assert (held.shares, held.parts) == ((Share("t-0", "bank-alpha", 7000),), (Part("t-0", 40, None),))
    assert held.outside[0].asked_by == "b-77"
    bare = decode_file(b'{"t":[],"i":[]}', subject_id=SUBJECT, kind="person", as_of=NOW, synthetic=True)
    assert bare.further == Further()


@pytest.mark.parametrize("kind", PUBLIC_KINDS)
def test_an_adverse_public_record_goes_after_its_term(kind: str) -> None:
    """On the fifth anniversary of its end it is there, on every day after it is not; what is not adverse stays."""
    held = record(public_kind=kind)
    last = ENDED.replace(year=2026)
    assert shown(held, last)
    assert shown(held, last + DAY) is (kind not in ADVERSE_PUBLIC)


def test_what_goes_on_stays_and_what_was_fulfilled_ends() -> None:
    """In effect without an end: shown. Fulfilled without a day: the day on which that was told counts."""
    assert shown(record(public_status="1", ended_on=None), date(2099, 1, 1))
    fulfilled = record(public_status="2", ended_on=None)
    assert shown(fulfilled, date(2026, 12, 1))
    assert not shown(fulfilled, date(2026, 12, 2))


def test_what_was_revoked_is_gone_at_once() -> None:
    """A record that does not hold is shown to nobody."""
    assert not shown(record(public_status="3"), date(2021, 12, 1))


def test_retention_of_a_file_reaches_public_records() -> None:
    """The one gate through which every file goes takes them out, too."""
    held = replace(file_of(line()), further=Further(public_records=(record(),)))
    assert visible(held, retention_years=5, today=date(2026, 11, 25)).further == Further()
    assert visible(held, retention_years=5, today=date(2026, 11, 24)) is held


def test_words_are_opened_one_by_one() -> None:
    """Authority and case number come from whoever holds the key, and are none before."""
    held = Further(public_records=(record(),))
    assert held.public_records[0].issuer is None
    opened = with_words(held, lambda one: ("虚构市人民法院", one.public_id)).public_records[0]
    assert (opened.issuer, opened.case_no) == ("虚构市人民法院", "p-1")


def test_summaries_add_what_is_known_by_currency() -> None:
    """Duties in force, by currency; an amount that nobody furnished is none, not zero."""
    duties = (DUTY, replace(DUTY, guarantee_id="g-2"), replace(DUTY, currency="USD", outstanding_fen=None),
              replace(DUTY, guarantee_status="3"))  # fmt: skip
    joint = line("N", role="co-borrower", balances=(7,), limit_fen=70)
    found = credit_summary(replace(file_of(joint), further=Further(guarantees=duties)), MONTH)["linked_duties"]
    assert [(row["role"], row["currency"], row["duties"], row["amount_fen"], row["balance_fen"]) for row in found] == [
        ("co-borrower", "CNY", 1, 70, 7), ("guarantee", "CNY", 2, 200, 100), ("guarantee", "USD", 1, 100, None),
    ]  # fmt: skip
    rows = public_summary((record(), record(amount_fen=None), record(public_kind="award", amount_fen=None)))
    assert rows == [
        {"kind": "award", "records": 1, "amount_fen": None}, {"kind": "penalty", "records": 2, "amount_fen": 500},
    ]  # fmt: skip


def test_the_credit_summary_counts_as_the_national_report_does() -> None:
    """Recovered and bad debts, the longest delay, loans and cards with their averages over six months."""
    late = line("N12N1", account_type="D1", overdues=(0, 5, 9, 0, 3), dues=(10, 20, 30, -1, 40))
    card = line("NN", account_type="R2", furnisher_id="bank-beta", balances=(100, 300), limit_fen=900)
    other = replace(card, tradeline_id="t-9", limit_fen=100)
    bad = line("B", account_type="R2", account_status="5", balances=(50,), closed_on=date(2026, 9, 1))
    debt = line("N", account_type="C1", balances=(8,))
    found = credit_summary(file_of(late, card, other, bad, debt), MONTH)
    assert found["recovered"] == [{"currency": "CNY", "accounts": 1, "balance_fen": 8}]
    assert found["bad_debts"] == [{"currency": "CNY", "accounts": 1, "balance_fen": 0}]
    assert found["overdue"][0] == {
        "account_type": "D1", "currency": "CNY", "accounts": 1, "months": 3, "highest_fen": 9, "longest_run": 2,
    }  # fmt: skip
    assert found["loans"][0]["average_due_6_fen"] == (10 + 20 + 30 + 40) // 4
    cards = found["cards"][0]
    assert (cards["institutions"], cards["accounts"], cards["limit_fen"], cards["highest_limit_fen"]) == (
        1,
        2,
        1000,
        1000,
    )
    assert cards["average_used_6_fen"] == (200 + 600) // 2
    assert found["by_business_type"] == [{"business_type": "91", "accounts": 5, "first_month": "2024-03"}]
