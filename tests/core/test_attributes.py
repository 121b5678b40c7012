"""Is each figure what its name says, and does it lead back to records?"""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.files import MONTH, file_of, inquiry, line, random_file
from core.plain_attributes import plain_attributes
from openbureau.core.attribute_list import ATTRIBUTES, BY_NAME, FAMILIES
from openbureau.core.attributes import compute


def figures(*lines_: object, **more: object) -> dict[str, int | str | None]:
    """The attributes of a file of these accounts, as numbers or special codes."""
    found = compute(file_of(*lines_, **more), MONTH)  # type: ignore[arg-type]
    return {name: told.special or told.value for name, told in found.items()}


def test_every_attribute_agrees_with_the_slow_reckoning() -> None:
    """On 1,500 random files every attribute equals the second reckoning, special codes too; each takes many values."""
    source = random.Random(20261124)
    seen: dict[str, Counter[object]] = {info.name: Counter() for info in ATTRIBUTES}
    for _ in range(1_500):
        held = random_file(source)
        expected = plain_attributes(held, MONTH)
        found = compute(held, MONTH)
        assert set(found) == set(expected) == set(BY_NAME)
        for name, told in found.items():
            assert (told.special or told.value) == expected[name], (name, held)
            seen[name][expected[name]] += 1
    for name, values in seen.items():
        assert len(values) >= 3, (name, values)


def test_a_value_is_a_number_or_a_special_code() -> None:
    """Never both, never neither; whole and not negative; sources are accounts of the file."""
    source = random.Random(4)
    for _ in range(300):
        held = random_file(source)
        known = {account.tradeline_id for account in held.tradelines}
        for told in compute(held, MONTH).values():
            assert (told.value is None) != (told.special is None)
            assert told.value is None or (type(told.value) is int and told.value >= 0)
            assert set(told.sources) <= known
            assert len(set(told.sources)) == len(told.sources)


@pytest.mark.parametrize(
    "name", ["worst_12", "worst_24", "late_accounts_12", "late_share_24", "past_due_now", "written_off"]
)
def test_a_fault_leads_back_to_its_accounts(name: str) -> None:
    """A figure that can cost points names the account it comes from and no other."""
    bad = line("NNNNNNNNN123B", tradeline_id="t-bad")
    found = compute(file_of(line(), bad, line("NN", tradeline_id="t-new")), MONTH)[name]
    assert found.value
    assert found.sources == ("t-bad",)


def test_nothing_after_the_month_counts() -> None:
    """Months after the inquiry's month change no figure of the payment record."""
    source = random.Random(7)
    names = (
        "worst_12",
        "worst_24",
        "months_since_late",
        "late_accounts_12",
        "late_share_24",
        "on_time_run",
        "written_off",
    )
    for _ in range(200):
        held = random_file(source)
        longer = tuple(
            replace(account, statuses=account.statuses.ljust(MONTH + 1 - account.first_month) + "B7")
            if account.statuses
            else account
            for account in held.tradelines
        )
        before, after = compute(held, MONTH), compute(replace(held, tradelines=longer), MONTH)
        for name in names:
            assert before[name] == after[name], name


@given(st.integers(0, 70))
def test_the_windows_have_whole_months(ago: int) -> None:
    """A delay counts in the window of 12 or 24 months exactly while it is at most so many months ago."""
    statuses = "N" * 71
    place = len(statuses) - ago
    late = line(statuses[:place] + ("3" if ago else "") + statuses[place + 1 :])
    found = figures(late)
    assert found["worst_12"] == (3 if 1 <= ago <= 12 else 0)
    assert found["worst_24"] == (3 if 1 <= ago <= 24 else 0)
    assert found["months_since_late"] == (ago or "never-late")
    assert found["on_time_run"] == (ago - 1 if ago else 71)


def test_an_account_without_months_has_no_history() -> None:
    """It neither makes the record long nor the run of good months endless."""
    found = figures(line("", first_month=0))
    assert (found["history_months"], found["on_time_run"], found["late_share_24"]) == (0, 0, "too-new")
    both = figures(line("", first_month=0), line("NNN"))
    assert (both["history_months"], both["on_time_run"]) == (3, 3)


def test_an_empty_file_has_no_record() -> None:
    """Everything but the inquiries is `no-record`."""
    found = figures()
    assert {name for name, told in found.items() if told != "no-record"} == {"inquiries_3", "lenders_asked_3"}
    assert found["inquiries_3"] == found["lenders_asked_3"] == 0


def test_one_search_for_credit_is_one_inquiry() -> None:
    """Repeats by one lender for one purpose in a month are joined; refused and other looks do not count."""
    asked = (
        inquiry(1), inquiry(2), inquiry(3, purpose="card-approval"), inquiry(4, member_id="bank-gamma"),
        inquiry(5, asked_at=datetime(2026, 10, 30, tzinfo=UTC)), inquiry(6, purpose="post-loan"),
        inquiry(7, outcome="refused", member_id="x"), inquiry(8, outcome="no-hit", member_id="y"),
        inquiry(9, asked_at=datetime(2026, 7, 31, tzinfo=UTC), member_id="z"),
    )  # fmt: skip
    found = figures(line(), inquiries=asked)
    assert (found["inquiries_3"], found["lenders_asked_3"]) == (4, 2)


def test_utilisation_is_of_open_revolving_limits() -> None:
    """Loans, closed cards and cards without a limit stay out; 200 % is the most."""
    card = line("N", account_type="R2", limit_fen=1_000, balances=(300,), tradeline_id="t-card")
    over = line("N", account_type="R1", limit_fen=1_000, balances=(9_000,), tradeline_id="t-over")
    closed = line("N", account_type="R2", limit_fen=1_000, closed_on=date(2026, 1, 1))
    assert figures(card, closed, line("N"))["utilisation"] == 300
    assert figures(card, over)["utilisation"] == 2000
    assert figures(card, over)["highest_utilisation"] == 2000
    assert compute(file_of(card, over), MONTH)["highest_utilisation"].sources == ("t-over",)
    assert figures(closed, line("N"))["utilisation"] == "no-record"


def test_the_list_is_complete() -> None:
    """Names are one each; families are known; both languages and a unit are there."""
    assert len(BY_NAME) == len(ATTRIBUTES)
    for info in ATTRIBUTES:
        assert info.family in FAMILIES
        assert info.zh
        assert info.en
        assert info.unit
        assert any("\u4e00" <= char <= "\u9fff" for char in info.zh)
    assert {info.family for info in ATTRIBUTES} == set(FAMILIES)
