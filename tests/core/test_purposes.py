"""Purposes have wordings with versions; a change outdates what was agreed to before."""

from datetime import date

import pytest

from openbureau.core import purpose
from openbureau.core.purpose import (
    PURPOSES,
    WORDINGS,
    Wording,
    check_wordings,
    is_outdated,
    purpose_version,
    wording_on,
)

FIRST, NEXT = date(2013, 3, 15), date(2027, 1, 1)


def test_every_purpose_has_a_wording_in_both_languages():
    """From the Regulation's first day on."""
    assert set(WORDINGS) == {name for name, purpose in PURPOSES.items() if not purpose.by_order}
    for name in WORDINGS:
        assert purpose_version(name, FIRST) == 1
        assert wording_on(name, date(2026, 11, 25)).zh


def test_the_version_is_a_function_of_the_day_and_a_change_outdates(monkeypatch):
    """On its first day a new wording holds, and a consent to the old one needs renewing; the day before it does not."""
    old = WORDINGS["post-loan"][0]
    monkeypatch.setitem(purpose.WORDINGS, "post-loan", (old, Wording(2, NEXT, "新", "new")))
    assert (purpose_version("post-loan", date(2026, 12, 31)), purpose_version("post-loan", NEXT)) == (1, 2)
    assert not is_outdated("post-loan", 1, date(2026, 12, 31))
    assert is_outdated("post-loan", 1, NEXT)
    assert is_outdated("post-loan", 2, date(2026, 12, 31))
    assert not is_outdated("loan-approval", 1, NEXT)


@pytest.mark.parametrize(("name", "day"), [("curiosity", NEXT), ("post-loan", date(2013, 3, 14))])
def test_there_is_no_wording_for_anything_else(name, day):
    """An unknown purpose, and a day before the Regulation."""
    with pytest.raises(LookupError):
        wording_on(name, day)


@pytest.mark.parametrize(
    "rows",
    [
        (),
        (Wording(2, FIRST, "一", "one"),),
        (Wording(1, FIRST, "一", "one"), Wording(3, NEXT, "二", "two")),
        (Wording(1, NEXT, "一", "one"), Wording(2, FIRST, "二", "two")),
        (Wording(1, FIRST, "一", "one"), Wording(2, FIRST, "二", "two")),
        (Wording(1, FIRST, "", "one"),),
        (Wording(1, FIRST, "一", ""),),
    ],
)
def test_a_table_of_wordings_with_a_gap_is_not_loaded(rows):
    """No version, a number left out, days that fall back or stand still, one language only."""
    with pytest.raises(ValueError, match="post-loan"):
        check_wordings(WORDINGS | {"post-loan": rows})


def test_a_purpose_without_a_wording_is_not_loaded():
    """Nobody can agree to what was not written down."""
    with pytest.raises(ValueError, match="post-loan"):
        check_wordings({name: rows for name, rows in WORDINGS.items() if name != "post-loan"})
