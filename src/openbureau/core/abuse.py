"""Does somebody at a member ask in a way that needs an explanation?

Pure rules over the inquiries of one member: who asked, for what, when, about whom, how it ended, and whether an account
followed.  Promises: a finding is a question, never a verdict: each comes with its figures, its inquiries (by the hashes of
their leaves), the article it rests on and what may innocently explain it; people are told apart, never named.  The
bounds are house rules (decision 0027).  Not done here: opening cases, slowing anybody down (`jobs/abuse/watch.py`).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from statistics import median

from openbureau.core.purpose import PURPOSES
from openbureau.core.refusal import RefusalCode
from openbureau.law.rules import Rulebook
from openbureau.law.workdays import civil_day

BEIJING = timezone(timedelta(hours=8))
MOST_EVIDENCE = 100
POST_LOAN = "post-loan"
WANTING = frozenset(
    {
        RefusalCode.NO_CONSENT, RefusalCode.PURPOSE_NOT_COVERED, RefusalCode.CONSENT_WITHDRAWN,
        RefusalCode.CONSENT_EXPIRED, RefusalCode.CONSENT_USED, RefusalCode.IDENTITY_NOT_CONFIRMED,
    }
)  # fmt: skip
"""Refusals that say: the person did not agree to this, or is not who was named."""


class AbuseRule(StrEnum):
    """Which conduct is asked about.  Names are kept for ever: cases carry them."""

    UNRELATED_PEOPLE = "unrelated-people"
    MARKED_PEOPLE = "marked-people"
    AFTER_HOURS = "after-hours"
    NOTHING_FOLLOWS = "nothing-follows"
    PURPOSE_DRIFT = "purpose-drift"
    FISHING = "fishing"
    SAME_PERSON = "same-person"


@dataclass(frozen=True, slots=True)
class Conduct:
    """What a rule is about: title, a possible innocent explanation (English, Chinese), the rules of law it rests on."""

    title: tuple[str, str]
    explanation: tuple[str, str]
    cites: tuple[str, ...]


CONDUCT: Mapping[AbuseRule, Conduct] = {
    AbuseRule.UNRELATED_PEOPLE: Conduct(
        ("Far more people without an account than colleagues ask about", "单日查询的无关人数远超同事"),
        ("A new automated system, or a campaign, asks under one pseudonym.", "新的自动化系统或营销活动使用同一代号查询。"),
        ("crr.inquiry.consent", "crr.security.measures"),
    ),
    AbuseRule.MARKED_PEOPLE: Conduct(
        ("Several people in the public eye", "查询多名受特别保护的人士"),
        ("The user serves private-banking clients.", "该用户服务私人银行客户。"),
        ("crr.use.purpose_limit", "crr.security.measures"),
    ),
    AbuseRule.AFTER_HOURS: Conduct(
        ("Mostly at night", "多在夜间查询"),
        ("A night shift, a batch window, or a branch in another time zone.", "夜班、批处理时段或位于其他时区的分支。"),
        ("crr.security.measures",),
    ),
    AbuseRule.NOTHING_FOLLOWS: Conduct(
        ("Applications that hardly ever lead to an account", "以申请为由查询，却几乎没有开户"),
        ("A strict product, or accounts furnished late or by another member.", "审批严格，或账户报送较迟、由其他机构报送。"),
        ("crr.inquiry.consent", "crr.use.purpose_limit"),
    ),
    AbuseRule.PURPOSE_DRIFT: Conduct(
        ("The purposes are no longer what they were", "查询用途明显改变"),
        ("The user moved to another desk, or a product began or ended.", "用户调岗，或产品上线、下线。"),
        ("crr.use.purpose_limit",),
    ),
    AbuseRule.FISHING: Conduct(
        ("Many refusals for want of consent or identity", "因无同意或身份不符而被多次拒绝"),
        ("A fault in the member's own consent system, or a test gone astray.", "机构的同意登记系统故障，或误用正式地址测试。"),
        ("crr.inquiry.consent", "crr.inquiry.no_unlawful_supply"),
    ),
    AbuseRule.SAME_PERSON: Conduct(
        ("The same person again and again", "反复查询同一人"),
        ("One person applies for several products, or a system tries anew.", "同一人申请多项产品，或系统换用新键重试。"),
        ("crr.use.purpose_limit", "crr.inquiry.consent"),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class InquiryFact:
    """One inquiry as conduct sees it.  `person` tells people apart and names nobody; None where nobody was found.

    `is_related`: an account with this lender was open when it asked; `has_followed`: one was opened afterwards, in time.
    """

    at: datetime
    user: str
    purpose: str
    person: str | None
    outcome: str
    code: str | None
    is_marked: bool
    is_related: bool
    has_followed: bool
    leaf: str
    is_alert: bool = False
    """Told by us, at our hour, of a file that is watched."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The house rules by which conduct is looked at; each field names the rule `house.abuse.FIELD`."""

    window_days: int
    baseline_days: int
    follow_days: int
    unrelated_people: int
    peer_multiple: int
    peers_least: int
    marked_people: int
    night_from: int
    night_until: int
    night_inquiries: int
    night_percent: int
    fishing_refusals: int
    fishing_percent: int
    unfollowed_inquiries: int
    followed_percent: int
    drift_inquiries: int
    drift_percent: int
    same_person: int

    @property
    def lookback(self) -> timedelta:
        """How far back facts are needed."""
        return timedelta(days=self.window_days + self.baseline_days)


def bounds_of(rulebook: Rulebook) -> Bounds:
    """The bounds that hold on a day."""
    return Bounds(**{field.name: rulebook.rule(f"house.abuse.{field.name}").number for field in fields(Bounds)})


@dataclass(frozen=True, slots=True)
class AbuseFinding:
    """One user's conduct that needs an explanation.  `figures` are what was counted; `evidence` leaf hashes, newest first.

    `slows`: sure enough that the user is slowed down until somebody has looked.
    """

    rule: AbuseRule
    user: str
    figures: Mapping[str, int]
    evidence: tuple[str, ...]
    slows: bool = True


@dataclass(frozen=True, slots=True)
class _User:
    """One user's inquiries: of the window, of the time before, and applications old enough for an account to follow."""

    name: str
    recent: Sequence[InquiryFact]
    before: Sequence[InquiryFact]
    ripe: Sequence[InquiryFact]

    @property
    def followed_percent(self) -> int:
        """The share of ripe applications that an account followed."""
        return _percent(sum(fact.has_followed for fact in self.ripe), len(self.ripe))

    @property
    def busiest_day(self) -> Sequence[InquiryFact]:
        """One inquiry for each person without an account, on the day with most of them."""
        days: dict[date, dict[str, InquiryFact]] = defaultdict(dict)
        for fact in self.recent:
            if not fact.is_related:
                days[civil_day(fact.at)][fact.person or fact.leaf] = fact
        return list(max(days.values(), key=len, default={}).values())


Found = tuple[Mapping[str, int], Iterable[InquiryFact]] | None


def find_abuse(
    facts: Iterable[InquiryFact], bounds: Bounds, *, now: datetime, sees_accounts: bool
) -> tuple[AbuseFinding, ...]:
    """What needs an explanation in the inquiries of one member, by user and rule.

    `facts` reach back at least `bounds.lookback`; `sees_accounts`: the member furnishes, so an account would be seen.
    """
    users = _users(facts, bounds, now)
    busiest = {user.name: len(user.busiest_day) for user in users}
    found = []
    for user in users:
        others = [count for name, count in busiest.items() if name != user.name]
        for rule, look in _RULES.items():
            if (seen := look(user, bounds)) is not None:
                found.append(_finding(rule, user, seen))
        if (seen := _unrelated(user, bounds, others=others, sees_accounts=sees_accounts)) is not None:
            is_known = sees_accounts and len(user.ripe) >= bounds.unfollowed_inquiries
            found.append(_finding(AbuseRule.UNRELATED_PEOPLE, user, seen, slows=is_known))
        if sees_accounts and (seen := _nothing_follows(user, bounds)) is not None:
            found.append(_finding(AbuseRule.NOTHING_FOLLOWS, user, seen))
    return tuple(found)


def _users(facts: Iterable[InquiryFact], bounds: Bounds, now: datetime) -> list[_User]:
    held: dict[str, list[InquiryFact]] = defaultdict(list)
    for fact in facts:
        if now - bounds.lookback <= fact.at <= now:
            held[fact.user].append(fact)
    begin, ripe_by = now - timedelta(days=bounds.window_days), now - timedelta(days=bounds.follow_days)
    return [
        _User(
            name,
            [fact for fact in theirs if fact.at > begin],
            [fact for fact in theirs if fact.at <= begin],
            [fact for fact in theirs if fact.at <= ripe_by and _is_application(fact)],
        )
        for name, theirs in sorted(held.items())
    ]


def _is_application(fact: InquiryFact) -> bool:
    return fact.outcome == "answered" and not fact.is_related and PURPOSES[fact.purpose].counts


def _finding(rule: AbuseRule, user: _User, seen: Found, *, slows: bool = True) -> AbuseFinding:
    figures, facts = seen or ({}, ())
    newest = sorted(facts, key=lambda fact: fact.at, reverse=True)[:MOST_EVIDENCE]
    return AbuseFinding(rule, user.name, figures, tuple(fact.leaf for fact in newest), slows)


def _percent(part: int, whole: int) -> int:
    return part * 100 // whole if whole else 0


def _unrelated(user: _User, bounds: Bounds, *, others: Sequence[int], sees_accounts: bool) -> Found:
    """Many people on one day, far more than colleagues, and no accounts to show for it."""
    day = user.busiest_day
    middle = int(median(others)) if others else 0
    if len(day) < bounds.unrelated_people or len(day) < bounds.peer_multiple * middle:
        return None
    if not sees_accounts and len(others) < bounds.peers_least:
        return None
    is_productive = len(user.ripe) >= bounds.unfollowed_inquiries and user.followed_percent >= bounds.followed_percent
    return None if is_productive else ({"people": len(day), "colleagues": middle}, day)


def _nothing_follows(user: _User, bounds: Bounds) -> Found:
    if len(user.ripe) < bounds.unfollowed_inquiries or user.followed_percent >= bounds.followed_percent:
        return None
    if not user.recent:
        return None  # what has stopped needs no case
    return {"applications": len(user.ripe), "followed_percent": user.followed_percent}, user.ripe


def _marked(user: _User, bounds: Bounds) -> Found:
    seen = [fact for fact in user.recent if fact.is_marked and not fact.is_related]
    people = len({fact.person for fact in seen})
    return ({"people": people, "inquiries": len(seen)}, seen) if people >= bounds.marked_people else None


def _after_hours(user: _User, bounds: Bounds) -> Found:
    asked = [fact for fact in user.recent if not fact.is_alert]
    seen = [fact for fact in asked if _is_night(fact.at, bounds)]
    percent = _percent(len(seen), len(asked))
    if len(seen) < bounds.night_inquiries or percent < bounds.night_percent:
        return None
    return {"inquiries": len(seen), "percent": percent}, seen


def _is_night(at: datetime, bounds: Bounds) -> bool:
    hour = at.astimezone(BEIJING).hour
    return hour >= bounds.night_from or hour < bounds.night_until


def _fishing(user: _User, bounds: Bounds) -> Found:
    seen = [fact for fact in user.recent if fact.code in WANTING]
    percent = _percent(len(seen), len(user.recent))
    if len(seen) < bounds.fishing_refusals or percent < bounds.fishing_percent:
        return None
    return {"refusals": len(seen), "percent": percent}, seen


def _drift(user: _User, bounds: Bounds) -> Found:
    """Total variation distance between the shares of purposes now and before."""
    if min(len(user.recent), len(user.before)) < bounds.drift_inquiries:
        return None
    now, before = Counter(fact.purpose for fact in user.recent), Counter(fact.purpose for fact in user.before)
    size, size_before = len(user.recent), len(user.before)
    apart = sum(abs(now[name] * size_before - before[name] * size) for name in now | before)
    percent = apart * 50 // (size * size_before)
    if percent < bounds.drift_percent:
        return None
    grown = {name for name in now if now[name] * size_before > before[name] * size}
    return {"percent": percent, "inquiries": size}, [fact for fact in user.recent if fact.purpose in grown]


def _same_person(user: _User, bounds: Bounds) -> Found:
    held: dict[str, list[InquiryFact]] = defaultdict(list)
    for fact in user.recent:
        if fact.person is not None and fact.purpose != POST_LOAN:
            held[fact.person].append(fact)
    seen = max(held.values(), key=len, default=[])
    return ({"inquiries": len(seen)}, seen) if len(seen) >= bounds.same_person else None


_RULES: Mapping[AbuseRule, Callable[[_User, Bounds], Found]] = {
    AbuseRule.MARKED_PEOPLE: _marked,
    AbuseRule.AFTER_HOURS: _after_hours,
    AbuseRule.PURPOSE_DRIFT: _drift,
    AbuseRule.FISHING: _fishing,
    AbuseRule.SAME_PERSON: _same_person,
}
