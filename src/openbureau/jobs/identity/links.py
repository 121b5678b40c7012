"""Link two subjects, and undo it exactly.

Nothing moves: each keeps its rows, and the file is assembled over the linked set.  Promises: a link, its end and a look by
staff at both stand in both chains, in one transaction; after the undo each file is what it was, byte for byte.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from openbureau.core.leaf import NO_LEAF, Event, EventKind
from openbureau.core.pricing import FREE
from openbureau.core.staff import StaffRole, staff_actor
from openbureau.jobs.context import Bureau
from openbureau.jobs.ids import new_id
from openbureau.jobs.subject.chain import TRIES, ChainBusy, held
from openbureau.store.database import Connection
from openbureau.store.identity import NotLinkable, PairRecord, Side, open_links, record_pair
from openbureau.store.inquiry import Recorded
from openbureau.store.subject import OwnFacts

__all__ = ["Linking", "NotLinkable", "add_pair", "link", "link_within", "unlink", "unlink_within"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Linking:
    """Why two are linked: on which kind of decision, with which evidence (no personal value), how sure, by whom."""

    kind: str = "desk"
    evidence: Mapping[str, Any]
    probability: float
    decided_by: Sequence[str]


def link(bureau: Bureau, one: str, other: str, *, why: Linking) -> str:
    """Link two subjects; the id of the link."""
    with bureau.store.connection("linkage") as connection:
        for _ in range(TRIES):
            link_id = link_within(bureau, connection, (one, other), why=why)
            if link_id is not None:
                return link_id
    raise ChainBusy("a chain kept moving; nothing was recorded; try again")


def link_within(bureau: Bureau, connection: Connection, pair: tuple[str, str], *, why: Linking) -> str | None:
    """Link two subjects within the caller's transaction; None when a chain moved meanwhile."""
    link_id = new_id(bureau.clock(), bureau.random)
    content = json.dumps(why.evidence, sort_keys=True).encode()

    def event(theirs: OwnFacts) -> Event:
        made = _event(bureau, EventKind.LINK, theirs, by=why.decided_by)
        return replace(made, basis=why.kind, inputs=link_id, request=hashlib.sha256(content).hexdigest())

    words = {
        "link_id": link_id,
        "link_kind": why.kind,
        "evidence": why.evidence,
        "probability": why.probability,
        "decided_by": tuple(why.decided_by),
    }
    return link_id if _try(bureau, connection, pair, event=(EventKind.LINK, event), words=words) else None


def unlink(bureau: Bureau, one: str, other: str, *, decided_by: Sequence[str]) -> str:
    """End the link between two subjects; the id of the link that ended.  `NotLinkable` where there is none."""
    with bureau.store.connection("linkage") as connection:
        for _ in range(TRIES):
            link_id = unlink_within(bureau, connection, (one, other), decided_by=decided_by)
            if link_id is not None:
                return link_id
    raise ChainBusy("a chain kept moving; nothing was recorded; try again")


def unlink_within(
    bureau: Bureau, connection: Connection, pair: tuple[str, str], *, decided_by: Sequence[str]
) -> str | None:
    """End a link within the caller's transaction; None when a chain moved meanwhile."""
    found = next((held for held in open_links(connection, pair[0]) if held.other_id == pair[1]), None)
    if found is None:
        raise NotLinkable("there is no link between these two")

    def event(theirs: OwnFacts) -> Event:
        made = _event(bureau, EventKind.UNLINK, theirs, by=decided_by)
        return replace(made, basis=found.kind, inputs=found.link_id)

    words = {"link_id": found.link_id, "decided_by": tuple(decided_by)}
    return found.link_id if _try(bureau, connection, pair, event=(EventKind.UNLINK, event), words=words) else None


def add_pair(bureau: Bureau, connection: Connection, pair: tuple[str, str], *, event: Event) -> None:
    """Record the same event in two chains: a look by staff at both files."""
    for _ in range(TRIES):
        if _try(bureau, connection, pair, event=(event.kind, lambda _: event), words={}):
            return
    raise ChainBusy("a chain kept moving; nothing was recorded; try again")


def _event(bureau: Bureau, kind: EventKind, other: OwnFacts, *, by: Sequence[str]) -> Event:
    """What the events of link and undo have in common: the other's label, so that both chains can be compared."""
    return Event(
        kind=kind,
        at=bureau.clock(),
        actor=staff_actor(StaffRole.REVIEWER),
        actor_user=",".join(by) or "-",
        purpose="identity-review",
        product="identity",
        regime=bureau.settings.regime,
        basis_ref=other.label.hex(),
        price=FREE,
        notice="diary",
    )


_Made = tuple[EventKind, Callable[[OwnFacts], Event]]


def _try(
    bureau: Bureau, connection: Connection, pair: tuple[str, str], *, event: _Made, words: Mapping[str, Any]
) -> bool:
    """One try to write both sides; False when a chain moved meanwhile."""
    now = bureau.clock()
    kind, make = event
    left_id, right_id = sorted(pair)
    left, right = held(connection, left_id, now), held(connection, right_id, now)
    sides = []
    for subject_id, mine, theirs in ((left_id, left, right), (right_id, right, left)):
        prev = mine.head.hex() if mine.seq else NO_LEAF
        leaf = bureau.leaf(replace(make(theirs), label=mine.label.hex(), seq=mine.seq + 1, prev=prev))
        key = bureau.data_key(mine.wrapped_key, f"subject/{subject_id}")
        sealed = bureau.seal_event(leaf, key)
        event_id = new_id(now, bureau.random)
        sides.append(Side(subject_id, event_id, mine.seq + 1, leaf.leaf_hash, leaf.entry, sealed))
    actor = staff_actor(StaffRole.REVIEWER)
    made = PairRecord(kind=kind.value, at=now, actor=actor, left=sides[0], right=sides[1], **words)
    return record_pair(connection, made) is Recorded.RECORDED
