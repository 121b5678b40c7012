"""Conduct that needs an explanation: each rule finds its own, and nothing below its bounds."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from openbureau.core.abuse import (
    CONDUCT,
    MOST_EVIDENCE,
    AbuseFinding,
    AbuseRule,
    InquiryFact,
    bounds_of,
    find_abuse,
)
from openbureau.law.reader import load_law

BOOK = load_law().on(date(2026, 11, 24))
BOUNDS = bounds_of(BOOK)
NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # noon in Beijing
PLAIN = InquiryFact(
    at=NOW, user="desk-1", purpose="loan-approval", person="p", outcome="answered", code=None, is_marked=False,
    is_related=False, has_followed=False, leaf="-",
)  # fmt: skip
Facts = list[InquiryFact]


def ask(count: int, **changes: object) -> Facts:
    """So many inquiries, each about somebody else, one a minute before noon."""
    days = int(str(changes.pop("days_ago", 0)))
    at = NOW - timedelta(days=days)
    made = [
        replace(PLAIN, at=at - timedelta(minutes=number), person=f"p{days}-{number}", leaf=f"{days}-{number}")
        for number in range(count)
    ]
    return [replace(fact, **changes) for fact in made]  # type: ignore[arg-type]


def found(facts: Facts, *, sees_accounts: bool = True) -> dict[AbuseRule, AbuseFinding]:
    seen = find_abuse(facts, BOUNDS, now=NOW, sees_accounts=sees_accounts)
    return {one.rule: one for one in seen if one.user == "desk-1"}


def colleagues(count: int) -> Facts:
    return [fact for name in ("a", "b", "c") for fact in ask(count, user=name)]


def night(count: int) -> Facts:
    return ask(count, at=NOW - timedelta(hours=13), is_related=True)


def test_what_we_tell_at_night_is_no_conduct() -> None:
    """Alerts of watched files come at our hour: they are neither counted as nights nor hide the user's own."""
    facts = night(BOUNDS.night_inquiries)
    alerts = [replace(fact, is_alert=True) for fact in facts]
    assert AbuseRule.AFTER_HOURS not in found(alerts)
    by_day = [replace(fact, is_alert=True) for fact in ask(BOUNDS.night_inquiries * 20, is_related=True)]
    assert AbuseRule.AFTER_HOURS in found(facts + by_day)


def refused(count: int) -> Facts:
    return ask(count, outcome="refused", code="no-consent", is_related=True)


AT_BOUND: dict[AbuseRule, Callable[[int], Facts]] = {
    AbuseRule.UNRELATED_PEOPLE: lambda less: ask(BOUNDS.unrelated_people - less),
    AbuseRule.MARKED_PEOPLE: lambda less: ask(BOUNDS.marked_people - less, is_marked=True),
    AbuseRule.AFTER_HOURS: lambda less: night(BOUNDS.night_inquiries - less),
    AbuseRule.NOTHING_FOLLOWS: lambda less: (
        ask(BOUNDS.unfollowed_inquiries - less, days_ago=BOUNDS.follow_days) + ask(1)
    ),
    AbuseRule.PURPOSE_DRIFT: lambda less: (
        ask(BOUNDS.drift_inquiries - less, is_related=True)
        + ask(BOUNDS.drift_inquiries, days_ago=10, purpose="post-loan", is_related=True)
    ),
    AbuseRule.FISHING: lambda less: refused(BOUNDS.fishing_refusals - less),
    AbuseRule.SAME_PERSON: lambda less: ask(BOUNDS.same_person - less, person="one"),
}


@pytest.mark.parametrize("rule", AbuseRule)
def test_each_rule_finds_at_its_bound_and_not_below(rule: AbuseRule) -> None:
    """A rule speaks alone from its bound on, and is silent one inquiry below."""
    assert set(found(AT_BOUND[rule](0))) == {rule}
    assert found(AT_BOUND[rule](1)) == {}


@pytest.mark.parametrize(
    ("rule", "more"),
    [
        (AbuseRule.UNRELATED_PEOPLE, colleagues(BOUNDS.unrelated_people // BOUNDS.peer_multiple + 1)),
        (AbuseRule.UNRELATED_PEOPLE, ask(BOUNDS.unfollowed_inquiries, days_ago=20, has_followed=True)),
        (AbuseRule.AFTER_HOURS, ask(BOUNDS.night_inquiries + 1, is_related=True)),
        (AbuseRule.NOTHING_FOLLOWS, ask(2, days_ago=20, has_followed=True)),
        (AbuseRule.FISHING, ask(BOUNDS.fishing_refusals * 3, is_related=True)),
    ],
)
def test_what_speaks_for_a_user_is_heard(rule: AbuseRule, more: Facts) -> None:
    """Colleagues who ask as much, accounts that follow, a small share of all: none of these is asked about."""
    assert rule in found(AT_BOUND[rule](0))
    assert rule not in found(AT_BOUND[rule](0) + more)


@pytest.mark.parametrize("rule", [rule for rule in AbuseRule if rule is not AbuseRule.NOTHING_FOLLOWS])
def test_what_lies_before_the_window_is_over(rule: AbuseRule) -> None:
    """The same conduct a week and more ago opens nothing new."""
    old = [replace(fact, at=fact.at - timedelta(days=BOUNDS.window_days)) for fact in AT_BOUND[rule](0)]
    assert rule not in found(old)


def test_own_borrowers_are_not_strangers() -> None:
    """People who already have an account with the lender count neither as strangers nor as marked."""
    assert found(ask(60, is_related=True)) == {}
    assert AbuseRule.MARKED_PEOPLE not in found(ask(5, is_related=True, is_marked=True))


def test_post_loan_may_look_again() -> None:
    """Who watches a running loan asks about the same person again and again."""
    assert found(ask(BOUNDS.same_person * 3, person="one", purpose="post-loan", is_related=True)) == {}


def test_a_lender_whose_accounts_are_not_seen_is_compared_with_colleagues_only() -> None:
    """Without furnished accounts nothing can be said of what followed, and a lone user has nobody to be compared with."""
    many = ask(BOUNDS.unrelated_people * 2)
    assert found(many, sees_accounts=False) == {}
    assert set(found(many + colleagues(2), sees_accounts=False)) == {AbuseRule.UNRELATED_PEOPLE}
    assert AbuseRule.NOTHING_FOLLOWS not in found(AT_BOUND[AbuseRule.NOTHING_FOLLOWS](0), sees_accounts=False)


def test_a_new_user_with_many_people_is_asked_but_not_slowed() -> None:
    """Nobody knows yet whether accounts will follow: a case, no slow-down; with applications that led nowhere, both."""
    new = found(ask(BOUNDS.unrelated_people))
    assert new[AbuseRule.UNRELATED_PEOPLE].slows is False
    known = found(ask(BOUNDS.unrelated_people) + ask(BOUNDS.unfollowed_inquiries, days_ago=20))
    assert known[AbuseRule.UNRELATED_PEOPLE].slows is True


def test_evidence_is_the_newest_leaves() -> None:
    """A finding names its inquiries by their leaves, newest first and not without end, and no person."""
    finding = found(refused(MOST_EVIDENCE + 20))[AbuseRule.FISHING]
    assert finding.evidence == tuple(f"0-{number}" for number in range(MOST_EVIDENCE))
    assert finding.figures == {"refusals": MOST_EVIDENCE + 20, "percent": 100}


def test_every_rule_says_what_it_rests_on_and_what_may_explain_it() -> None:
    """Title and innocent explanation in both languages, and articles that hold today."""
    assert set(CONDUCT) == set(AbuseRule)
    for conduct in CONDUCT.values():
        assert all((*conduct.title, *conduct.explanation))
        assert len(BOOK.cite(*conduct.cites)) == len(conduct.cites) > 0
