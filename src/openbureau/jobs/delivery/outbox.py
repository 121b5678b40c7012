"""Which events are due at which address, and what follows from how an attempt ended?

Promises: an event is handed over at least once, under the same id and with the same bytes; attempts are further and further
apart, with chance between them, and end after a number that a house rule gives; an address that says it is gone is asked no
more.  Nothing here speaks HTTP: the courier of `web/deliver.py` does, and says how it went.
"""

from dataclasses import dataclass
from datetime import timedelta

from openbureau.jobs.context import Bureau
from openbureau.law.rules import TypedRules
from openbureau.law.workdays import civil_day
from openbureau.store.standing import delivery as store
from openbureau.store.standing.delivery import Attempt, Due

__all__ = ["Due", "Handed", "due_now", "settle"]

LEASE_SECONDS = 60
WAITING, DELIVERED, DEAD = "waiting", "delivered", "dead"


@dataclass(frozen=True, slots=True)
class Handed:
    """How an attempt ended: was it taken, what was answered (None for nothing), what went wrong, in one word.

    `is_gone`: the address wants nothing any more.  `wait_seconds`: it asked to be left alone for so long.
    """

    is_taken: bool
    answer: int | None = None
    trouble: str | None = None
    is_gone: bool = False
    wait_seconds: int = 0


def due_now(bureau: Bureau, most: int) -> list[Due]:
    """Events to hand over now, at most one a member, ours for a minute."""
    now = bureau.clock()
    with bureau.store.connection("courier") as connection:
        return store.claim_deliveries(connection, now=now, until=now + timedelta(seconds=LEASE_SECONDS), most=most)


def settle(bureau: Bureau, due: Due, handed: Handed) -> Attempt:
    """Note how an attempt ended, and when the next is due."""
    now = bureau.clock()
    typed = bureau.rulebook(civil_day(now)).typed
    tries = due.tries + 1
    state, due_at = DELIVERED, now
    if not handed.is_taken:
        is_over = handed.is_gone or tries >= typed.webhook_tries_most.number
        state, due_at = (DEAD, now) if is_over else (WAITING, now + _pause(bureau, typed, tries, handed))
    made = Attempt(state, tries, due_at, now, handed.answer, handed.trouble)
    with bureau.store.connection("courier") as connection, connection.transaction():
        is_ours = store.settle_delivery(connection, due, made)
        if is_ours and handed.is_gone:
            store.end_webhook(connection, due.member_id, reason="gone", now=now)
    return made


def _pause(bureau: Bureau, typed: TypedRules, tries: int, handed: Handed) -> timedelta:
    """Twice as long each time up to the longest, and of that between a half and the whole, by chance."""
    longest = typed.webhook_longest_wait_seconds.number
    whole = min(typed.webhook_first_wait_seconds.number << min(tries - 1, 30), longest)
    chance = int.from_bytes(bureau.random(4), "big") / (1 << 32)
    return timedelta(seconds=max(whole * (1 + chance) / 2, min(handed.wait_seconds, longest)))
