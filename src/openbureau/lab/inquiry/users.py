"""How do the made-up members' people ask?  Honest desks and systems, and a few users who abuse what they may do.

Each user has a story; chance comes from the seed and the user alone.  Known truth comes with it: which user breaks which
rule of conduct.  Among the honest ones are those that are easily mistaken: a decision system that never sleeps, a campaign
with few takers, an evening shift, the collection of running loans, a clerk whose applicants come back.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from openbureau.core.abuse import BEIJING, AbuseRule, InquiryFact
from openbureau.core.refusal import RefusalCode
from openbureau.lab.chance import own_key, source, whole

DAYS = 35
WEEK = 7


@dataclass(frozen=True, slots=True)
class Habit:
    """How a user asks on a day: how many, at which hours, for what, and with what success (in percent)."""

    most: int
    hours: tuple[int, int]
    purposes: tuple[str, ...] = ("loan-approval",)
    followed: int = 45
    refused: int = 3
    related: int = 5
    people: int = 0
    """From how many people they choose; 0: always somebody new."""
    marked: int = 0
    rests: bool = True
    """Not on Saturdays and Sundays."""


_CLERK = Habit(14, (9, 18))
_CARDS = Habit(12, (9, 18), ("card-approval",), followed=35)
_ENGINE = Habit(160, (0, 23), ("loan-approval", "loan-approval", "card-approval"), followed=30, rests=False)
_CAMPAIGN = Habit(40, (9, 20), ("card-approval",), followed=12)
_EVENING = Habit(14, (15, 22), followed=30)
_RUNNING = Habit(30, (8, 18), ("post-loan",), followed=0, related=100, people=25)
_RETURNING = Habit(8, (9, 18), people=120)


@dataclass(frozen=True, slots=True)
class User:
    """One user of a member: habits before and within the last week, and the rules they break, if any."""

    member_id: str
    name: str
    before: Habit
    lately: Habit
    breaks: frozenset[AbuseRule] = frozenset()


def _turned(name: str, lately: Habit, *breaks: AbuseRule, before: Habit = _CLERK) -> Callable[[str], User]:
    return lambda member_id: User(member_id, name, before, lately, frozenset(breaks))


_HONEST: Mapping[str, Habit] = {
    "desk-1": _CLERK, "desk-2": _CLERK, "desk-3": _CARDS, "desk-4": _RETURNING, "engine-1": _ENGINE,
    "campaign": _CAMPAIGN, "evening": _EVENING, "running-loans": _RUNNING,
}  # fmt: skip
_ABUSERS: tuple[Callable[[str], User], ...] = (
    _turned("snoop", Habit(95, (9, 18), followed=1), AbuseRule.UNRELATED_PEOPLE, AbuseRule.NOTHING_FOLLOWS,
            before=Habit(20, (9, 18), followed=1)),
    _turned("gossip", Habit(14, (9, 18), marked=12), AbuseRule.MARKED_PEOPLE),
    _turned("night-owl", Habit(14, (22, 29), followed=30), AbuseRule.AFTER_HOURS),
    _turned("broker", Habit(9, (9, 18), followed=0), AbuseRule.NOTHING_FOLLOWS, before=Habit(9, (9, 18), followed=0)),
    _turned("drifter", Habit(14, (9, 18), ("post-loan",), related=2), AbuseRule.PURPOSE_DRIFT),
    _turned("fisher", Habit(16, (9, 18), refused=60), AbuseRule.FISHING),
    _turned("stalker", Habit(10, (9, 18), people=4), AbuseRule.SAME_PERSON),
)  # fmt: skip


def make_users(members: tuple[str, ...]) -> list[User]:
    """The users of these members: honest ones everywhere, and each abuser at one of them."""
    honest = [User(member, name, habit, habit) for member in members for name, habit in _HONEST.items()]
    return honest + [make(members[at % len(members)]) for at, make in enumerate(_ABUSERS)]


def inquiries_of(user: User, seed: int, *, until: date) -> Iterator[InquiryFact]:
    """What a user asked in the 35 days up to `until`, in order."""
    rng = source(seed, "user", user.member_id, user.name)
    for ago in range(DAYS - 1, -1, -1):
        day, habit = until - timedelta(days=ago), user.lately if ago < WEEK else user.before
        if habit.rests and day.weekday() >= 5:
            continue
        for _ in range(whole(rng, habit.most * 2 // 3, habit.most)):
            yield _inquiry(user, habit, rng=rng, day=day)


def _inquiry(user: User, habit: Habit, *, rng: Random, day: date) -> InquiryFact:
    at = datetime(day.year, day.month, day.day, tzinfo=BEIJING) + timedelta(
        hours=whole(rng, *habit.hours), minutes=whole(rng, 0, 59)
    )
    purpose = habit.purposes[int(rng.random() * len(habit.purposes))]
    number = whole(rng, 1, habit.people) if habit.people else whole(rng, 1, 10**9)
    is_refused, is_related = _chance(rng, habit.refused), _chance(rng, habit.related)
    is_marked, has_followed = _chance(rng, habit.marked), _chance(rng, habit.followed)
    return InquiryFact(
        at=at,
        user=user.name,
        purpose=purpose,
        person=own_key(user.member_id, user.name, number),
        outcome="refused" if is_refused else "answered",
        code=RefusalCode.NO_CONSENT.value if is_refused else None,
        is_marked=is_marked,
        is_related=is_related,
        has_followed=has_followed and not is_refused,
        leaf=own_key(user.member_id, user.name, at, number) * 4,
    )


def _chance(rng: Random, percent: int) -> bool:
    return rng.random() * 100 < percent
