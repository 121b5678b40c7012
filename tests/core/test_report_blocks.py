"""Does a report show what it may, to whom it may, in the same bytes every time?"""

import json
import os
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.files import MEMBERS, MONTH, NOW, file_of, inquiry, line, random_file
from openbureau.config import read_scorecards
from openbureau.core.answer.own import Activity, Business, PlatformUse
from openbureau.core.answer.summary import by_account_type, inquiry_summary
from openbureau.core.attributes import compute
from openbureau.core.credit_file import UNKNOWN, CreditFile, Statement
from openbureau.core.report import (
    Header,
    Identity,
    for_lender,
    lender_report,
    masked,
    own_report,
    render_answer,
)
from openbureau.core.scorecard import Score, parse_scorecard, score, scorecard_digest
from openbureau.tlog.canonical import canonical

GOLDEN = Path(__file__).parent / "golden"
REGOLD = os.environ.get("OPENBUREAU_REGOLD") == "1"
CONTENT = read_scorecards()["people-expert-1"]
BLOCKS = (
    "schema", "synthetic", "header", "identity", "score", "summary", "public_summary", "inquiry_summary", "accounts",
    "linked_duties", "public_records", "statements", "inquiries", "inquiries_elsewhere", "notice",
)  # fmt: skip
OWN_BLOCKS = (*BLOCKS[:-1], "platform_use", "business", "notice")
ACTIVITY = Activity(
    (PlatformUse("platform-delta", "pay-later", MONTH - 1, "16+", "2", 3, 1, 40_000, date(2026, 10, 2), date(2026, 1, 5),
                 date(2026, 1, 4)),
     PlatformUse("platform-delta", "pay-later", MONTH - 2, "6-15", None, None, None, None, None, date(2026, 1, 5),
                 date(2026, 1, 4))),
    (Business("platform-delta", MONTH - 1, "sole-trader", 9_000_000, 1, 40, 30, 20, 900, 0, None, None),),
)  # fmt: skip
ASKER = "bank-alpha"
HEADER = Header("0192f0c1-0000-7000-8000-0000000000ff", NOW, ASKER, "loan-approval", "report")
IDENTITY = Identity("person", "cn-id", "990101198802140012", "甄良")
NOTICE = "for reference only"


def scored(held: CreditFile) -> Score:
    """The score of a file under the packaged table for people."""
    return score(parse_scorecard(CONTENT), scorecard_digest(CONTENT), compute(held, MONTH))


def lender(held: CreditFile, *, months: int = 24, header: Header = HEADER) -> dict[str, Any]:
    """The lender's report on a file."""
    return lender_report(header, IDENTITY, held, score=scored(held), months=months, reference_only=NOTICE)


def own(held: CreditFile, *, months: int = 24) -> dict[str, Any]:
    """The person's own report on a file."""
    return own_report(
        HEADER, IDENTITY, held, score=scored(held), months=months, reference_only=NOTICE, activity=ACTIVITY
    )


def told_file() -> CreditFile:
    """A file with something in every block."""
    card = line(
        "NNNN11NN" + "N" * 20, tradeline_id="t-card", furnisher_id="bank-beta", account_type="R2", business_type="81",
        due_on=None, limit_fen=3_000_000, balances=(1_200_000,) * 28, opened_on=date(2024, 6, 1),
    )  # fmt: skip
    old = line(
        "NNN2NC", tradeline_id="t-old", furnisher_id="micro-delta", first_month=MONTH - 30, closed_on=date(2024, 11, 20),
        account_status="3", balances=(9, 8, 7, 6, UNKNOWN, 0), role="co-borrower",
    )  # fmt: skip
    asked = (
        inquiry(1, member_id="bank-gamma"),
        inquiry(2, member_id="bank-beta", asked_at=datetime(2026, 3, 1, 9, tzinfo=UTC), purpose="card-approval"),
        inquiry(3, member_id="bank-alpha", outcome="refused"),
        inquiry(4, member_id="bank-alpha", purpose="post-loan"),
    )
    said = Statement("t-old", "已与机构协商，款项因住院延误。", NOW)
    return replace(file_of(line(tradeline_id="t-own"), card, old, inquiries=asked), statements=(said,))


def walk(value: Any) -> Iterator[Any]:
    """Every value inside a JSON value."""
    yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in inner:
        yield from walk(item)


@pytest.mark.parametrize("name", ["lender", "own", "no-hit", "not-enough-data"])
def test_golden_reports(name: str) -> None:
    """The report is, byte for byte, the one that was looked at and kept (OPENBUREAU_REGOLD=1 writes them anew)."""
    thin = file_of(line("N", first_month=MONTH - 1))
    made = {
        "lender": lambda: lender(told_file()),
        "own": lambda: own(told_file(), months=60),
        "no-hit": lambda: lender(file_of()),
        "not-enough-data": lambda: lender(thin),
    }[name]()
    path = GOLDEN / f"report-{name}.json"
    text = json.dumps(made, ensure_ascii=False, indent=1) + "\n"
    if REGOLD:
        path.write_text(text, "utf-8")
    kept = path.read_text("utf-8")
    assert text == kept
    assert render_answer(made) == canonical(json.loads(kept))


def test_blocks_stand_in_their_order() -> None:
    """Header, identity, score, summaries, accounts, inquiries, statements, notice; the person's own has two more."""
    assert tuple(lender(told_file())) == tuple(lender(file_of())) == BLOCKS
    assert tuple(own(told_file())) == tuple(own(file_of())) == OWN_BLOCKS


def test_no_other_lender_shows_in_a_lenders_report() -> None:
    """On 300 random files neither the id of another institution nor a part of it stands anywhere in the report."""
    source = random.Random(20)
    met = 0
    for _ in range(300):
        held = random_file(source)
        content = render_answer(lender(held)).decode()
        others = {account.furnisher_id for account in held.tradelines} | {asked.member_id for asked in held.inquiries}
        met += len(others - {ASKER}) > 1
        assert not [name for name in others - {ASKER} if name in content or name.split("-")[1] in content]
    assert met >= 100


def test_letters_are_stable_within_a_report_and_mean_nothing_beyond() -> None:
    """One institution has one pair of letters in accounts and inquiries; two have two; in another report others."""
    made = lender(told_file())
    by_account = {account["tradeline_id"]: account["furnisher"] for account in made["accounts"]}
    by_inquiry = [asked["by"] for asked in made["inquiries"]]
    assert by_account["t-own"] == ASKER
    assert by_account["t-card"] == by_inquiry[1]
    assert by_inquiry[2] == by_inquiry[3] == ASKER
    letters = {by_account["t-card"], by_account["t-old"], by_inquiry[0]}
    assert len(letters) == 3
    assert all(len(pair) == 2 and pair.isupper() for pair in letters)
    turned = replace(told_file(), tradelines=told_file().tradelines[::-1])
    again = {account["tradeline_id"]: account["furnisher"] for account in lender(turned)["accounts"]}
    assert again["t-old"] != by_account["t-old"]


@given(st.lists(st.integers(0, 500).map(str), max_size=576))
def test_masks_tell_institutions_apart(names: list[str]) -> None:
    """As many pairs of letters as institutions; no I and no O, which look like digits."""
    mask = masked(names)
    assert set(mask) == set(names)
    assert len(set(mask.values())) == len(mask)
    assert not [pair for pair in mask.values() if len(pair) != 2 or set(pair) & set("IO")]


def test_the_asker_sees_its_own_accounts_by_name() -> None:
    """Which are its own depends on who asks."""
    header = replace(HEADER, member_id="bank-beta")
    names = [account["furnisher"] for account in lender(told_file(), header=header)["accounts"]]
    assert names[1] == "bank-beta"
    assert ASKER not in render_answer(lender(told_file(), header=header)).decode()


def test_the_own_report_hides_nothing() -> None:
    """The person reads every institution by name."""
    source = random.Random(17)
    for _ in range(100):
        held = random_file(source)
        made = own(held)
        assert [account["furnisher"] for account in made["accounts"]] == [
            line_.furnisher_id for line_ in held.tradelines
        ]
        assert [asked["by"] for asked in made["inquiries"]] == [asked.member_id for asked in held.inquiries]
    assert set(MEMBERS) >= {account["furnisher"] for account in own(told_file())["accounts"]}


@pytest.mark.parametrize("months", [1, 24, 60])
@pytest.mark.parametrize("newest", [MONTH, MONTH - 1, MONTH - 30])
@pytest.mark.parametrize("count", [0, 1, 24, 60])
def test_a_report_shows_so_many_months(months: int, newest: int, count: int) -> None:
    """Never more than asked for, the newest ones, and each at its own month."""
    statuses = ("N1" * 30)[:count]
    held = line(statuses, first_month=newest - count + 1, overdues=tuple(range(count)))
    shown = lender(file_of(held), months=months)["accounts"][0]["history"]
    year, month = map(int, shown["first_month"].split("-"))
    first = year * 12 + month - 1
    assert len(shown["statuses"]) == len(shown["overdue_fen"]) <= months
    for at, status in enumerate(shown["statuses"]):
        place = first + at - held.first_month
        assert (status, shown["overdue_fen"][at]) == (held.statuses[place], held.overdues[place])
    if newest >= MONTH - 1:
        assert len(shown["statuses"]) == min(count, months)


def test_a_month_without_a_row_is_a_stroke_and_an_unknown_amount_is_none() -> None:
    """No blank and no sentinel number leaves the house."""
    shown = lender(file_of(line("N N", overdues=(0, UNKNOWN, 5))))["accounts"][0]["history"]
    assert shown["statuses"] == "N/N"
    assert shown["overdue_fen"] == [0, None, 5]


def test_reports_hold_whole_numbers_only_and_are_canonical() -> None:
    """On 300 random files: no fraction anywhere, and the bytes are those of RFC 8785."""
    source = random.Random(8785)
    for _ in range(300):
        for made in (lender(held := random_file(source)), own(held)):
            assert not [value for value in walk(made) if isinstance(value, float)]
            assert render_answer(made) == canonical(made)


@given(st.text(st.characters(codec="utf-8"), max_size=30))
def test_any_name_has_one_rendering(name: str) -> None:
    """Control characters, quotes and rare planes are written as RFC 8785 asks."""
    held = file_of(line())
    made = own_report(
        HEADER,
        replace(IDENTITY, name=name),
        held,
        score=scored(held),
        months=24,
        reference_only=NOTICE,
        activity=ACTIVITY,
    )
    assert render_answer(made) == canonical(made)
    assert json.loads(render_answer(made)) == made


def test_the_same_file_gives_the_same_bytes() -> None:
    """Nothing but the arguments goes into an answer."""
    assert render_answer(lender(told_file())) == render_answer(lender(told_file()))


def test_a_no_hit_is_an_answer_without_a_score() -> None:
    """Nobody on file: said so, no number, no blame."""
    made = lender(file_of())
    assert made["header"]["outcome"] == "no-hit"
    assert made["score"] is None
    assert made["accounts"] == []
    assert not any(made["summary"].values())
    assert lender(told_file())["header"]["outcome"] == "report"


@pytest.mark.parametrize("synthetic", [True, False])
def test_generated_people_are_stamped(synthetic: bool) -> None:
    """The stamp of the file stands in the report."""
    assert lender(replace(told_file(), synthetic=synthetic))["synthetic"] is synthetic


def test_the_summary_adds_open_accounts_by_kind_and_currency() -> None:
    """Closed accounts are counted but bring no amounts; two currencies are never added."""
    rows = by_account_type(
        (
            line("N", balances=(10,), overdues=(1,), limit_fen=100),
            line("N", balances=(20,), overdues=(2,), limit_fen=200),
            line("N", balances=(40,), overdues=(4,), limit_fen=400, closed_on=date(2026, 1, 1)),
            line("N", balances=(80,), overdues=(8,), limit_fen=800, currency="USD"),
            line("N", balances=(5,), overdues=(0,), limit_fen=50, account_type="R2"),
        )
    )
    told = [(row["account_type"], row["currency"], *list(row.values())[2:]) for row in rows]
    assert told == [("D1", "CNY", 3, 2, 300, 30, 3), ("D1", "USD", 1, 1, 800, 80, 8), ("R2", "CNY", 1, 1, 50, 5, 0)]


def test_the_inquiry_summary_counts_applications() -> None:
    """Only answered applications count; refusals are counted apart; a month has thirty-one days."""
    today = date(2026, 11, 24)
    asked = (
        inquiry(1), inquiry(2, member_id="bank-gamma", asked_at=datetime(2026, 10, 25, tzinfo=UTC)),
        inquiry(3, asked_at=datetime(2026, 10, 24, tzinfo=UTC)), inquiry(4, purpose="post-loan"),
        inquiry(5, outcome="refused"), inquiry(6, outcome="no-hit"),
    )  # fmt: skip
    assert inquiry_summary(asked, today, str.upper) == {
        "last": {"asked_on": "2026-11-24", "by": "BANK-BETA", "purpose": "loan-approval"},
        "last_month": {
            "inquiries": 2, "lenders": 2, "loan": {"inquiries": 2, "lenders": 2}, "card": {"inquiries": 0, "lenders": 0},
        },
        "last_two_years": {"inquiries": 3, "lenders": 2, "post_loan": 1, "guarantor": 0, "merchant": 0},
        "refused": 1,
    }  # fmt: skip


def test_points_lead_back_to_accounts_of_the_report() -> None:
    """Every account named beside a point stands in the report."""
    source = random.Random(3)
    for _ in range(100):
        made = lender(random_file(source))
        known = {account["tradeline_id"] for account in made["accounts"]}
        parts = made["score"]["points"] if made["score"] else []
        assert all(set(part["tradelines"]) <= known for part in parts)


def test_a_lender_does_not_read_that_a_court_looked() -> None:
    """Look-ups by courts and authorities are left out for a lender, and told to the person."""
    held = file_of(line(), inquiries=(inquiry(1), inquiry(2, purpose="judicial"), inquiry(3, purpose="official")))
    assert [seen.inquiry_id for seen in for_lender(held).inquiries] == ["i-1"]
    assert for_lender(file_of(line())) == file_of(line())
    assert [row["reason"] for row in own(held)["inquiries"]] == ["02", "09", None]
