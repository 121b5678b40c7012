"""How does an event enter a person's own chain?  Read where the chain stands, make the leaf, record; again if it moved."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from openbureau.core.leaf import NO_LEAF, Event, Leaf
from openbureau.jobs.context import Bureau
from openbureau.jobs.ids import new_id
from openbureau.store.database import Connection
from openbureau.store.inquiry import Recorded
from openbureau.store.subject import EventRecord, OwnFacts, own_facts, record_event

TRIES = 40


class NoSubject(LookupError):
    """No subject of this id is held."""


class ChainBusy(RuntimeError):
    """The person's chain kept moving; nothing was recorded; try again."""


class AlreadyDone(RuntimeError):
    """The same was recorded before, by somebody who was quicker; nothing was recorded now."""


def held(connection: Connection, subject_id: str, now: datetime) -> OwnFacts:
    """A subject, or `NoSubject`."""
    found = own_facts(connection, subject_id, now)
    if found is None:
        raise NoSubject("no subject of this id is held")
    return found


def add_event(
    bureau: Bureau,
    connection: Connection,
    subject_id: str,
    *,
    event: Callable[[OwnFacts], Event],
    more: Callable[[EventRecord], EventRecord] = lambda made: made,
) -> tuple[Leaf, OwnFacts]:
    """Record an event of a person; its leaf, and the facts it rests on.  `AlreadyDone` where it can be done once only."""
    now = bureau.clock()
    for _ in range(TRIES):
        found = held(connection, subject_id, now)
        made = event(found)
        prev = found.head.hex() if found.seq else NO_LEAF
        leaf = bureau.leaf(replace(made, label=found.label.hex(), seq=found.seq + 1, prev=prev))
        key = bureau.data_key(found.wrapped_key, f"subject/{subject_id}")
        record = EventRecord(
            subject_id=subject_id,
            event_id=new_id(now, bureau.random),
            kind=made.kind.value,
            at=made.at,
            seq=found.seq + 1,
            actor=made.actor,
            sealed=bureau.seal_event(leaf, key),
            leaf_hash=leaf.leaf_hash,
            entry=leaf.entry,
        )
        match record_event(connection, more(record)):
            case Recorded.RECORDED:
                return leaf, found
            case Recorded.TAKEN:
                raise AlreadyDone("this was recorded before")
            case Recorded.STALE:
                continue
    raise ChainBusy("the chain kept moving; nothing was recorded; try again")
