"""What is kept of a member's feed, and of the way of its events to the member's address?

Promises: a feed's positions are without gap and are seen in their order, because each is taken under a lock that lasts until
its transaction ends; a delivery is held by one at a time under a lease that runs out by itself; a member sees its own only.
"""

from dataclasses import dataclass
from datetime import datetime

from openbureau.store.database import Connection
from openbureau.store.query import sql


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """Something that a member is told.  It names nobody: `about` is the monitor or batch, `reference` the member's own."""

    position: int
    event_id: str
    kind: str
    about: str
    trigger: str | None
    reason: str | None
    reference: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where a member is told; `allowed_rate` events a minute, None for as many as there are."""

    url: str
    allowed_rate: int | None
    confirmed_at: datetime
    ended_at: datetime | None
    end_reason: str | None


@dataclass(frozen=True, slots=True)
class Due:
    """An event that is to be handed over now, under a lease."""

    member_id: str
    url: str
    tries: int
    leased_until: datetime
    event: FeedEvent


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """How far an event has come on its way."""

    event_id: str
    position: int
    kind: str
    state: str
    tries: int
    due_at: datetime
    tried_at: datetime | None
    answer: int | None
    trouble: str | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """How an attempt ended, and what is next."""

    state: str
    tries: int
    due_at: datetime
    tried_at: datetime
    answer: int | None
    trouble: str | None


def add_feed_event(
    connection: Connection, member_id: str, event_id: str, *, kind: str, about: str, reference: str, at: datetime,
    trigger: str | None = None, reason: str | None = None,
) -> int:  # fmt: skip
    """Tell a member something; its place in the feed.  Call last in a transaction: it holds the member's feed until the end."""
    words = [member_id, event_id, kind, about, trigger, reason, reference, at]
    row = connection.execute(sql("add_feed_event"), words).fetchone()
    return int(row[0]) if row else 0


def feed_after(connection: Connection, member_id: str, position: int, most: int) -> list[FeedEvent]:
    """Events of a member's feed after a place, in order."""
    rows = connection.execute(sql("feed_after"), [member_id, position, most])
    return [FeedEvent(row[0], str(row[1]), row[2], str(row[3]), *row[4:]) for row in rows]


def feed_one(connection: Connection, member_id: str, event_id: str) -> FeedEvent | None:
    """One event of a member's feed."""
    row = connection.execute(sql("feed_one"), [member_id, event_id]).fetchone()
    return FeedEvent(row[0], str(row[1]), row[2], str(row[3]), *row[4:]) if row else None


def set_webhook(connection: Connection, member_id: str, url: str, *, allowed_rate: int | None, now: datetime) -> None:
    """From now on a member is told there."""
    connection.execute(sql("set_webhook"), [member_id, url, allowed_rate, now])


def find_webhook(connection: Connection, member_id: str) -> Webhook | None:
    """Where a member is told, or was."""
    row = connection.execute(sql("find_webhook"), [member_id]).fetchone()
    return Webhook(*row) if row else None


def end_webhook(connection: Connection, member_id: str, *, reason: str, now: datetime) -> bool:
    """A member is told nowhere any more; False where it was not."""
    return connection.execute(sql("end_webhook"), [now, reason, member_id]).rowcount == 1


def claim_deliveries(connection: Connection, *, now: datetime, until: datetime, most: int) -> list[Due]:
    """Events that are due, at most one a member; ours until an instant."""
    rows = connection.execute(sql("claim_deliveries"), {"now": now, "until": until, "most": most})
    return [
        Due(member_id, url, tries, leased, FeedEvent(position, str(event_id), kind, str(about), *rest))
        for event_id, member_id, url, tries, leased, position, kind, about, *rest in rows
    ]


def settle_delivery(connection: Connection, due: Due, made: Attempt) -> bool:
    """How an attempt ended; False where the lease had run out and somebody else holds it."""
    words = [
        made.state, made.tries, made.due_at, made.tried_at, made.answer, made.trouble, due.event.event_id, due.leased_until,
    ]  # fmt: skip
    return connection.execute(sql("settle_delivery"), words).rowcount == 1


def deliveries_of(
    connection: Connection, member_id: str, *, before: int | None, state: str | None, one: str | None, most: int
) -> list[DeliveryRow]:
    """Deliveries of a member, newest first."""
    words = {"member": member_id, "before": before, "state": state, "one": one, "most": most}
    return [DeliveryRow(str(row[0]), *row[1:]) for row in connection.execute(sql("deliveries_of"), words)]


def replay_delivery(connection: Connection, member_id: str, event_id: str, now: datetime) -> bool:
    """Let an event set out again; False where this member has none of that id."""
    words = {"member": member_id, "one": event_id, "now": now}
    return connection.execute(sql("replay_delivery"), words).rowcount == 1
