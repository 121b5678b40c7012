"""How fast may a member and its users ask?

Buckets of requests a second in this process, quotas of recorded inquiries a day from the database, and the slow-down of a
user whose conduct is in question.  Promises: the same numbers for every member, from the law of the day; no further call on
the way of a request (counts are read beside it, every few seconds); a request that is held back touches nobody's data and
is not recorded; a slowed user is told by a header of every answer.
"""

import asyncio
import math
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from openbureau.jobs.abuse.paces import SETTLED, Caller, Limits, Paces, day_begins, limits_of, read_paces
from openbureau.jobs.context import Bureau
from openbureau.jobs.inquiry.outcome import HeldBack
from openbureau.web.trouble import Trouble

READ_SECONDS = 5
BURST_SECONDS = 2
MOST_BUCKETS = 20_000
DAY = timedelta(days=1)
Do = Callable[..., Awaitable[Any]]


@dataclass(slots=True)
class _Bucket:
    """Tokens left, and when they were counted."""

    tokens: float
    at: float

    def wait(self, rate: float, now: float) -> float:
        """Take one: 0, or the seconds until there will be one."""
        most = max(rate * BURST_SECONDS, 1.0)
        self.tokens = min(most, self.tokens + max(now - self.at, 0.0) * rate)
        self.at = now
        if self.tokens < 1:
            return (1 - self.tokens) / rate
        self.tokens -= 1
        return 0.0


class Pacer:
    """The limits of one process."""

    def __init__(self, bureau: Bureau) -> None:
        self._bureau = bureau
        self._buckets: dict[Caller, _Bucket] = {}
        self._paces = Paces({}, {}, {})
        self._base: dict[Caller, int] = {}
        self._before: dict[Caller, int] = {}
        self._since: dict[Caller, int] = {}
        self._settled = self._next = datetime.min.replace(tzinfo=UTC)
        self._reading: asyncio.Task[None] | None = None
        self._lock = threading.Lock()

    @property
    def is_idle(self) -> bool:
        """Is no reading under way?"""
        return self._reading is None or self._reading.done()

    async def turn(self, do: Do) -> "Turn":
        """The turn of one request.  Counts are read beside the requests; the first of a process waits for them."""
        await self._freshen(do, self._bureau.clock())
        return Turn(self)

    def take(self, member_id: str, user: str) -> HeldBack | None:
        """Let a request through, or say how long it has to wait.  Called in the threads of jobs."""
        with self._lock:
            now, (limits, divisor) = self._bureau.clock(), self._limits(member_id, user)
            held = self._too_fast(member_id, user, limits, divisor=divisor) or self._used_up(
                now, limits, divisor=divisor, callers=((member_id, ""), (member_id, user))
            )
            if held is None:
                for caller in ((member_id, ""), (member_id, user)):
                    self._since[caller] = self._since.get(caller, 0) + 1
            return held

    def headers(self, member_id: str, user: str) -> dict[str, str]:
        """What a member is told with every answer: what is left of the day, and a slow-down with its case."""
        now, (limits, divisor) = self._bureau.clock(), self._limits(member_id, user)
        ends = _until_tomorrow(now)
        lefts = (
            f'"{whose}";r={max(most - self._asked(caller), 0)};t={ends}'
            for whose, caller, most in _quotas(limits, divisor, ((member_id, ""), (member_id, user)))
        )
        told = {"RateLimit": ", ".join(lefts)}
        slow = self._paces.slow.get((member_id, user))
        if slow is not None and divisor > 1:
            told["OpenBureau-Slowed"] = (
                f'rule="{slow.rule}", case="{slow.case_id}", until="{slow.until:%Y-%m-%dT%H:%M:%SZ}"'
            )
        return told

    def _limits(self, member_id: str, user: str) -> tuple[Limits, int]:
        now, slow = self._bureau.clock(), self._paces.slow.get((member_id, user))
        return limits_of(self._bureau, now), slow.divisor if slow and slow.until > now else 1

    def _too_fast(self, member_id: str, user: str, limits: Limits, *, divisor: int) -> HeldBack | None:
        now = self._bureau.clock().timestamp()
        if len(self._buckets) > MOST_BUCKETS:
            self._buckets = {caller: one for caller, one in self._buckets.items() if now - one.at < BURST_SECONDS}
        for caller, rate in (((member_id, ""), limits.member_rate), ((member_id, user), limits.user_rate / divisor)):
            bucket = self._buckets.setdefault(caller, _Bucket(max(rate * BURST_SECONDS, 1.0), now))
            if (wait := bucket.wait(rate, now)) > 0:
                return HeldBack(False, "user" if caller[1] else "member", rate, math.ceil(wait))
        return None

    def _used_up(
        self, now: datetime, limits: Limits, *, divisor: int, callers: tuple[Caller, Caller]
    ) -> HeldBack | None:
        for whose, caller, most in _quotas(limits, divisor, callers):
            if self._asked(caller) >= most:
                return HeldBack(True, whose, most, _until_tomorrow(now))
        return None

    def _asked(self, caller: Caller) -> int:
        """Inquiries of today: as last read, and what was let through here since."""
        return sum(counts.get(caller, 0) for counts in (self._base, self._paces.young, self._before, self._since))

    async def _freshen(self, do: Do, now: datetime) -> None:
        """Read the counts beside the requests; the first request of a process waits for them."""
        if now < self._next:
            return
        is_first, begun = self._settled.year == 1, day_begins(now)
        if self._settled < begun:
            self._base, self._before, self._since, self._settled = {}, {}, {}, begun
            self._paces = Paces({}, {}, self._paces.slow)
        if self.is_idle:
            with self._lock:  # what is let through from here on is counted here; what was before, by the database
                self._before, self._since = self._since, {}
            self._reading = asyncio.get_running_loop().create_task(self._read(do, now))
        if is_first and self._reading is not None:
            await self._reading

    async def _read(self, do: Do, now: datetime) -> None:
        since, settled = self._settled, max(self._settled, now - SETTLED)
        read: Paces = await do(read_paces, self._bureau, since, (settled, now - timedelta(microseconds=1)))
        if self._settled != since:
            return  # the day ended meanwhile
        for caller, count in _with_members(read.settled).items():
            self._base[caller] = self._base.get(caller, 0) + count
        self._paces = Paces({}, _with_members(read.young), read.slow)
        self._before, self._settled = {}, settled
        self._next = now + timedelta(seconds=READ_SECONDS)


class Turn:
    """One request: asked once its member is known, it keeps the headers that its answer carries."""

    def __init__(self, pacer: Pacer) -> None:
        self._pacer = pacer
        self.headers: dict[str, str] = {}

    def __call__(self, member_id: str, user: str) -> HeldBack | None:
        """As `Pacer.take`."""
        held = self._pacer.take(member_id, user)
        self.headers = self._pacer.headers(member_id, user)
        return held


def _quotas(limits: Limits, divisor: int, callers: tuple[Caller, Caller]) -> tuple[tuple[str, Caller, int], ...]:
    return (
        ("member-day", callers[0], limits.member_quota),
        ("user-day", callers[1], max(limits.user_quota // divisor, 1)),
    )


def _until_tomorrow(now: datetime) -> int:
    return math.ceil((day_begins(now) + DAY - now).total_seconds())


def held_back(held: HeldBack, headers: Mapping[str, str]) -> Trouble:
    """What a member is told whose request was held back."""
    unit = "per_day" if held.is_quota else "per_second"
    return Trouble(
        "quota-reached" if held.is_quota else "rate-limited",
        detail=f"{held.limit}: {held.most:g} / {'d' if held.is_quota else 's'}",
        told={"limit": held.limit, unit: held.most},
        headers={**headers, "Retry-After": str(held.wait_seconds)},
    )


def _with_members(asked: Any) -> dict[Caller, int]:
    """The counts of users, and of each member as a whole (under the empty user, which no request can carry)."""
    found = dict(asked)
    for (member_id, _), count in asked.items():
        found[member_id, ""] = found.get((member_id, ""), 0) + count
    return found
