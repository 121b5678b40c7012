"""Is what only the person sees read as it was handed over, and are late bills shown no longer than they may be?"""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.files import MONTH
from core.test_report_blocks import ACTIVITY
from openbureau.core.answer.own import Activity, PlatformUse, activity_blocks, decode_activity, visible_activity
from openbureau.core.credit_file import month_end, month_of_text

LATE, _ = ACTIVITY.uses
JANUARY = month_of_text("2021-01")
OVER = date(2026, 1, 31)
"""The fifth anniversary of the end of January 2021."""


def use(month: int, **changes: object) -> PlatformUse:
    """A month of one service without delay, with changes."""
    plain = replace(LATE, month=month, bills=3, bills_late=0, overdue_fen=0, adverse_notified_on=None)
    return replace(plain, **changes)  # type: ignore[arg-type]


def late(month: int, **changes: object) -> PlatformUse:
    """A month with a late bill that is still owed at its end."""
    return use(month, **{"bills_late": 1, "overdue_fen": 500, "adverse_notified_on": date(2021, 2, 1)} | changes)


def shown(*months: PlatformUse, today: date) -> list[bool]:
    """Which of the months, newest first, still have their figures?"""
    seen = visible_activity(Activity(months), retention_years=5, today=today).uses
    assert [one.month for one in seen] == [one.month for one in months]
    return [one == was for one, was in zip(seen, months, strict=True)]


def test_what_the_store_hands_over_is_read() -> None:
    """Each list becomes values in its order; a text without them is nothing."""
    raw = {
        "u": [["platform-delta", "pay-later", MONTH - 1, "16+", "2", 3, 1, 40_000, "2026-10-02", "2026-01-05", "2026-01-04"],
              ["platform-delta", "pay-later", MONTH - 2, "6-15", None, None, None, None, None, "2026-01-05", "2026-01-04"]],
        "b": [["platform-delta", MONTH - 1, "sole-trader", 9_000_000, 1, 40, 30, 20, 900, 0, None, None]],
    }  # fmt: skip
    assert decode_activity(json.dumps(raw).encode()) == ACTIVITY
    assert decode_activity(b'{"u":null,"b":null}') == Activity()


def test_a_late_bill_goes_after_its_term_and_its_month_stays() -> None:
    """On the fifth anniversary it is there, on every day after its figures are not: what was used and spent stays."""
    settled = late(JANUARY, overdue_fen=0)
    assert shown(settled, today=OVER) == [True]
    assert shown(settled, today=OVER + timedelta(days=1)) == [False]
    (seen,) = visible_activity(Activity((settled,)), retention_years=5, today=date(2099, 1, 1)).uses
    assert seen == replace(settled, bills_late=None, overdue_fen=None, adverse_notified_on=None)
    assert (seen.bills, seen.active_band, seen.spend_band) == (3, "16+", "2")


def test_a_delay_goes_on_until_a_month_shows_it_over() -> None:
    """Still owed: shown. A run ends with its last month; a month that says nothing of bills neither ends nor breaks it."""
    far = date(2099, 1, 1)
    silent = use(JANUARY + 1, bills=None, bills_late=None, overdue_fen=None)
    assert shown(late(JANUARY), today=far) == [True]
    assert shown(silent, late(JANUARY), today=far) == [True, True]
    assert shown(use(JANUARY + 2), silent, late(JANUARY), today=OVER + timedelta(days=1)) == [True, True, False]
    run = (use(JANUARY + 3), late(JANUARY + 2), silent, late(JANUARY))
    march = date(2026, 3, 31)
    assert shown(*run, today=march) == [True, True, True, True]
    assert shown(*run, today=march + timedelta(days=1)) == [True, False, True, False]


def test_a_delay_that_was_over_within_its_month_does_not_wait_for_the_next() -> None:
    """Paid late in January and again in March: each has its own end."""
    both = (late(JANUARY + 2, overdue_fen=0), late(JANUARY, overdue_fen=0))
    assert shown(*both, today=OVER + timedelta(days=1)) == [True, False]


def test_one_service_says_nothing_of_another() -> None:
    """That rent is in order does not end what is owed for the telephone."""
    other = use(JANUARY + 1, service="telecom")
    assert shown(other, late(JANUARY), today=date(2099, 1, 1)) == [True, True]


@given(
    st.lists(st.sampled_from([(None, None), (0, 0), (0, None), (1, None), (1, 0), (1, 5), (0, 5)]), max_size=12),
    st.dates(date(2020, 1, 1), date(2035, 1, 1)),
)
def test_nothing_late_is_shown_beyond_its_term_and_nothing_else_is_hidden(
    figures: list[tuple[int | None, int | None]], today: date
) -> None:
    """By another way of counting: for each late month its end is looked for from that month on."""
    rising = [use(JANUARY + at, bills_late=bills, overdue_fen=owed) for at, (bills, owed) in enumerate(figures)]
    told = shown(*reversed(rising), today=today)[::-1]
    for at, one in enumerate(rising):
        end = None
        for here, later in enumerate(rising[at:], start=at):
            rest = [other for other in rising[here + 1 :] if other.is_adverse or other.is_in_order]
            if later.is_adverse and (later.overdue_fen == 0 or (rest and rest[0].is_in_order)):
                end = month_end(later.month)
                break
        is_over = (
            one.is_adverse
            and end is not None
            and today
            > end.replace(year=end.year + 5, day=min(end.day, 28)) + (timedelta(days=end.day - min(end.day, 28)))
        )
        assert told[at] is not is_over


@pytest.mark.parametrize("block", ["platform_use", "business"])
def test_no_key_of_a_consent_is_told(block: str) -> None:
    """The furnisher's key of the consent stays inside; its days are told."""
    (first, *_) = activity_blocks(ACTIVITY)[block]
    assert "consent_given_on" in first
    assert not {"consent_key", "consent_ref", "subject_ref"} & set(first)
