"""What fires a trigger, from which mark, and what an alert may say: values in, values out."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from openbureau.core.credit_file import CreditFile, InquiryEntry, Tradeline
from openbureau.core.monitor.triggers import TRIGGERS, Limits, compare, is_bad, overdue_months

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
LIMITS = Limits(worse_months=2, exposure_percent=30, exposure_fen=3_000_000, inquiries=3, score_points=40)
ME = "bank-alpha"


def line(number=1, statuses="NN", balance=1_000_000, **changes):
    count = len(statuses)
    made = Tradeline(
        tradeline_id=f"line-{number}", furnisher_id="micro-gamma", account_type="D1", business_type="91", role="borrower",
        opened_on=date(2026, 9, 1), closed_on=None, due_on=None, currency="CNY", limit_fen=5_000_000, account_status="1",
        five_class="1", as_of_on=date(2026, 10, 31), first_month=2026 * 12 + 10 - count, statuses=statuses,
        balances=(balance,) * count, dues=(0,) * count, paids=(0,) * count, overdues=(0,) * count, known_at=NOW,
    )  # fmt: skip
    return replace(made, **changes)


def asked(number=1, days=1, **changes):
    made = InquiryEntry(f"asked-{number}", "bank-beta", "loan-approval", NOW - timedelta(days=days), "answered")
    return replace(made, **changes)


def file(*lines, inquiries=()):
    return CreditFile("s", "person", tuple(lines), tuple(inquiries), (), NOW, True)


def after(before, now, old_score=None, new_score=None):
    """What the change from one file to another fires."""
    marks, nothing = compare(None, before, old_score, member_id=ME, limits=LIMITS, today=TODAY)
    assert nothing == ()
    return compare(marks, now, new_score, member_id=ME, limits=LIMITS, today=TODAY)


def fired(*words):
    return [one.trigger for one in after(*words)[1]]


def test_nothing_changed_fires_nothing():
    """Also where all is bad: it was so before."""
    bad = file(line(statuses="57", account_status="4"), inquiries=[asked(n) for n in range(5)])
    assert fired(bad, bad, (400, 1), (400, 1)) == []


@pytest.mark.parametrize(
    ("before", "now", "code"),
    [
        (file(), file(line()), "new-account"),
        (file(line()), file(line(statuses="N1")), "new-overdue"),
        (file(line(statuses="11")), file(line(statuses="113")), "worse-overdue"),
        (file(line()), file(line(account_status="4")), "bad-debt"),
        (file(line()), file(line(statuses="NB")), "bad-debt"),
        (file(line(balance=10_000_000)), file(line(balance=13_000_000)), "exposure-growth"),
        (file(), file(inquiries=[asked(n) for n in range(3)]), "many-inquiries"),
    ],
    ids=["account", "overdue", "worse", "status", "month", "exposure", "inquiries"],
)
def test_each_trigger_fires_alone_and_tells_what_its_row_names(before, now, code):
    """Nothing but the fields of the table."""
    (one,) = after(before, now)[1]
    assert one.trigger == code
    assert set(one.told) == set(TRIGGERS[code].tells)


def test_a_collection_account_is_new_and_bad():
    """Both are told."""
    assert fired(file(), file(line(account_type="C1", balance=0))) == ["new-account", "bad-debt"]


def test_the_score_fires_from_its_limit_on():
    """Points and band; one point less is silent; without a score there is nothing to fall from."""
    (one,) = after(file(), file(), (700, 4), (660, 3))[1]
    assert (one.trigger, one.told) == ("score-fall", {"points": 40, "band": 3})
    assert fired(file(), file(), (700, 4), (661, 3)) == []
    assert fired(file(), file(), None, (400, 1)) == []
    assert fired(file(), file(), (700, 4), None) == []


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (file(), file(line(furnisher_id=ME))),
        (file(line(furnisher_id=ME)), file(line(furnisher_id=ME, statuses="N7", account_status="4"))),
        (file(line(statuses="11")), file(line(statuses="112"))),
        (file(line(balance=10_000_000)), file(line(balance=12_999_999))),
        (file(line(balance=1_000_000)), file(line(balance=3_999_999))),
        (file(line(balance=0)), file(line(balance=9_000_000, currency="USD"))),
        (file(), file(inquiries=[asked(n) for n in range(2)])),
        (file(), file(inquiries=[asked(n, member_id=ME) for n in range(5)])),
        (file(), file(inquiries=[asked(n, days=31) for n in range(5)])),
        (file(), file(inquiries=[asked(n, outcome="refused") for n in range(5)])),
        (file(), file(inquiries=[asked(n, purpose="post-loan") for n in range(5)])),
        (file(line(statuses="11")), file(line(statuses="1N"))),
        (file(line(statuses="1N")), file(line(statuses="1N#"))),
        (file(line()), file()),
    ],
)
def test_what_is_below_a_limit_or_the_lenders_own_fires_nothing(before, now):
    """One condition of each trigger is missing."""
    assert fired(before, now) == []


def test_worsening_is_measured_from_what_was_told():
    """Month by month it is told every second time; after it got better, anew."""
    marks, _ = compare(None, file(line(statuses="1")), None, member_id=ME, limits=LIMITS, today=TODAY)
    told = []
    for statuses in ("12", "123", "1234", "12345", "12345N", "12345N1", "12345N12", "12345N123"):
        marks, fires = compare(marks, file(line(statuses=statuses)), None, member_id=ME, limits=LIMITS, today=TODAY)
        told.append([one.trigger for one in fires])
    worse, new = ["worse-overdue"], ["new-overdue"]
    assert told == [[], worse, [], worse, [], new, [], worse]


def test_growth_and_fall_are_measured_from_what_was_told():
    """Small steps add up until they are told; a fall of balances or a rise of the score moves the mark."""
    limits = {"member_id": ME, "limits": LIMITS, "today": TODAY}
    marks, _ = compare(None, file(line(balance=10_000_000)), (700, 4), **limits)
    told = []
    for balance, score in ((12_000_000, 690), (13_500_000, 655), (13_500_000, 640), (5_000_000, 720), (9_000_000, 680)):
        marks, fires = compare(marks, file(line(balance=balance)), (score, 3), **limits)
        told.append([one.trigger for one in fires])
    both = ["exposure-growth", "score-fall"]
    assert told == [[], both, [], [], both]


def test_the_same_state_has_the_same_key():
    """However often it is looked at, and another state has another."""
    one = after(file(), file(line(statuses="N1")))[1]
    same = after(file(), file(line(statuses="N1")))[1]
    other = after(file(), file(line(2, statuses="N1")))[1]
    assert [fire.key for fire in one] == [fire.key for fire in same]
    assert {fire.key for fire in one}.isdisjoint({fire.key for fire in other})


def test_a_closed_account_is_not_overdue_and_an_unknown_month_says_nothing():
    """The newest known month counts."""
    assert overdue_months(line(statuses="2#")) == 2
    assert overdue_months(line(statuses="22", closed_on=TODAY)) == 0
    assert overdue_months(line(statuses="", balances=())) == 0
    assert not is_bad(line(account_type="R2", account_status="4"))
    assert is_bad(line(account_type="R2", account_status="5"))


def test_no_trigger_tells_of_a_freeze_a_dispute_or_a_correction():
    """And each is named in both languages."""
    for row in TRIGGERS.values():
        assert row.en
        assert row.zh
        assert not {"freeze", "dispute", "correction", "statement"} & set(row.code.split("-"))
