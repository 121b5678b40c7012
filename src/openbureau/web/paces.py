"""How fast may a member and its users ask?

Buckets of requests a second in this process, quotas of recorded inquiries a day from the database, and the slow-down of a
user whose conduct is in question.  Promises: the same numbers for every member, from the law of the day; no further call on
the way of a request (counts are read beside it, every few seconds); a request that is held back touches nobody's data and
is not recorded; a slowed user is told by a header of every answer.
"""

import asyncio
import hashlib
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from openbureau.jobs.abuse.paces import SETTLED, Caller, Limits, Paces, day_begins, limits_of, read_paces
from openbureau.jobs.context import Bureau
from openbureau.jobs.member.recognise import recognise
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
        self._members: dict[bytes, tuple[str | None, datetime]] = {}
        self._paces = Paces({}, {}, {})
        self._base: dict[Caller, int] = {}
        self._before: dict[Caller, int] = {}
        self._since: dict[Caller, int] = {}
        self._settled = self._next = datetime.min.replace(tzinfo=UTC)
        self._reading: asyncio.Task[None] | None = None

    async def take(self, do: Do, member_id: str, user: str) -> dict[str, str]:
        """Let a request through: the headers that say how much is left.  `Trouble` where it has to wait."""
        now = self._bureau.clock()
        await self._freshen(do, now)
        limits, slow = limits_of(self._bureau, now), self._paces.slow.get((member_id, user))
        divisor = slow.divisor if slow and slow.until > now else 1
        told = {} if divisor == 1 or slow is None else {
            "OpenBureau-Slowed": f'rule="{slow.rule}", case="{slow.case_id}", until="{slow.until:%Y-%m-%dT%H:%M:%SZ}"'
        }  # fmt: skip
        self._check_rates(member_id, user, limits, divisor=divisor, told=told)
        told |= self._check_quotas(member_id, user, limits, divisor=divisor, told=told)
        for caller in ((member_id, ""), (member_id, user)):
            self._since[caller] = self._since.get(caller, 0) + 1
        return told

    async def take_by_token(self, do: Do, token: str, user: str) -> dict[str, str]:
        """The same for the member behind a token, which is remembered for a short while; nothing for nobody's token."""
        now, mark = self._bureau.clock(), hashlib.sha256(token.encode()).digest()
        member_id, until = self._members.get(mark, (None, now))
        if now >= until:
            member = await do(recognise, self._bureau, token)
            member_id = member.member_id if member else None
            if member_id is not None:
                self._members[mark] = (member_id, now + timedelta(seconds=READ_SECONDS))
        return await self.take(do, member_id, user) if member_id is not None else {}

    def _check_rates(self, member_id: str, user: str, limits: Limits, *, divisor: int, told: dict[str, str]) -> None:
        now = self._bureau.clock().timestamp()
        if len(self._buckets) > MOST_BUCKETS:
            self._buckets = {caller: one for caller, one in self._buckets.items() if now - one.at < BURST_SECONDS}
        for caller, rate in (((member_id, ""), limits.member_rate), ((member_id, user), limits.user_rate / divisor)):
            bucket = self._buckets.setdefault(caller, _Bucket(max(rate * BURST_SECONDS, 1.0), now))
            if (wait := bucket.wait(rate, now)) > 0:
                whose = "user" if caller[1] else "member"
                raise Trouble(
                    "rate-limited",
                    detail=f"{whose}: {rate:g} / s",
                    told={"limit": whose, "per_second": rate},
                    headers=told
                    | {"Retry-After": str(math.ceil(wait)), "RateLimit": f'"{whose}";r=0;t={math.ceil(wait)}'},
                )

    def _check_quotas(
        self, member_id: str, user: str, limits: Limits, *, divisor: int, told: dict[str, str]
    ) -> dict[str, str]:
        now = self._bureau.clock()
        left_seconds = math.ceil((day_begins(now) + DAY - now).total_seconds())
        lefts = []
        for whose, caller, most in (
            ("member-day", (member_id, ""), limits.member_quota),
            ("user-day", (member_id, user), limits.user_quota // divisor),
        ):
            left = most - self._asked(caller)
            lefts.append(f'"{whose}";r={max(left - 1, 0)};t={left_seconds}')
            if left <= 0:
                raise Trouble(
                    "quota-reached",
                    detail=f"{whose}: {most}",
                    told={"limit": whose, "per_day": most},
                    headers=told | {"Retry-After": str(left_seconds), "RateLimit": lefts[-1]},
                )
        return {"RateLimit": ", ".join(lefts)}

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
        if self._reading is None or self._reading.done():
            # What is let through from here on is counted here; what was before, by the database.
            self._before, self._since = self._since, {}
            self._reading = asyncio.get_running_loop().create_task(self._read(do, now))
        if is_first:
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


def _with_members(asked: Any) -> dict[Caller, int]:
    """The counts of users, and of each member as a whole (under the empty user, which no request can carry)."""
    found = dict(asked)
    for (member_id, _), count in asked.items():
        found[member_id, ""] = found.get((member_id, ""), 0) + count
    return found
