"""Made-up users whose conduct is known: how many of those who abuse are found, and how many honest ones are troubled?"""

from datetime import date, datetime, timedelta

import pytest

from openbureau.core.abuse import BEIJING, AbuseRule, bounds_of, find_abuse
from openbureau.lab.country import make_country
from openbureau.lab.inquiry.users import inquiries_of, make_users
from openbureau.law.reader import load_law

UNTIL = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 23, 59, tzinfo=BEIJING)
BOUNDS = bounds_of(load_law().on(UNTIL))
MEMBERS = make_country(1, people=1, firms=0, months=6, until=UNTIL).furnishers
Pairs = set[tuple[str, str, AbuseRule]]


def judged(seed: int) -> tuple[Pairs, Pairs]:
    """Who breaks which rule: as known, and as found."""
    users = make_users(MEMBERS)
    known = {(user.member_id, user.name, rule) for user in users for rule in user.breaks}
    seen = set()
    for member_id in MEMBERS:
        facts = [
            fact for user in users if user.member_id == member_id for fact in inquiries_of(user, seed, until=UNTIL)
        ]
        found = find_abuse(facts, BOUNDS, now=NOW, sees_accounts=True)
        seen |= {(member_id, one.user, one.rule) for one in found}
    return known, seen


def test_on_a_fixed_seed_all_are_found_and_nobody_is_troubled() -> None:
    """Precision and recall are whole on seed 2021."""
    known, seen = judged(2021)
    assert len(known) == 8
    assert seen == known


@pytest.mark.parametrize("seed", range(12))
def test_recall_and_precision_hold_on_other_seeds(seed: int) -> None:
    """On any seed every abuser is found by a rule, and at least nine findings in ten are right."""
    known, seen = judged(seed)
    assert {pair[:2] for pair in known} <= {pair[:2] for pair in seen}
    assert len(known & seen) * 10 >= len(seen) * 9
    assert len(known & seen) >= len(known) - 1


def test_the_same_seed_gives_the_same_inquiries() -> None:
    """A user's inquiries hang on seed and name alone, lie in order of days, and end on the last day."""
    user = make_users(MEMBERS)[0]
    one, other = (list(inquiries_of(user, 5, until=UNTIL)) for _ in range(2))
    assert one == other
    days = [fact.at.date() for fact in one]
    assert days == sorted(days)
    assert days[-1] == UNTIL
    assert timedelta(days=30) < UNTIL - days[0] < timedelta(days=36)
