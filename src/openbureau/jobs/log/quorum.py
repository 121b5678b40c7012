"""Since when is the log without a quorum of its witnesses, and may this process sign?

One `Witnessing` a process, kept beside the bureau: what the publisher found, and the instant that inquiries look at.  Promises:
asking costs an inquiry nothing but a comparison; the database is asked at most once a second, whatever comes in.
"""

import threading
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from openbureau.law.workdays import civil_day
from openbureau.store.database import Connection
from openbureau.store.log import LogMisbehaviour
from openbureau.store.witness.cosigned import QuorumState, quorum_state, witness_states

if TYPE_CHECKING:
    from openbureau.jobs.context import Bureau

LOOK_SECONDS = 1.0


class NotCleared(RuntimeError):
    """Not enough witnesses have said yet what they saw last: until they do, nothing is signed here."""


@dataclass
class Witnessing:
    """What a process knows of the witnesses of its log."""

    is_cleared: bool = False
    """Have enough witnesses said that they saw no more than is held here?"""
    trouble: LogMisbehaviour | None = None
    """They saw more, or something else, and hold our signature on it."""
    largest: int = 0
    """The largest head that was met here: one that is smaller later was restored under a running process."""
    _state: QuorumState = field(default_factory=lambda: QuorumState(0, None, None))
    _looked: float = -LOOK_SECONDS
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self) -> None:
        """`LogMisbehaviour` or `NotCleared` unless this process may sign."""
        if self.trouble is not None:
            raise self.trouble
        if not self.is_cleared:
            raise NotCleared(
                "the witnesses were not asked yet, or too few of them answer; nothing is signed until they do"
            )

    def forget(self) -> None:
        """Look again at the next question."""
        self._looked = time.monotonic() - LOOK_SECONDS

    def lacking_seconds(self, connection: Connection, now: datetime) -> float:
        """For how long something of the log has been without a quorum: 0 where nothing is."""
        if time.monotonic() - self._looked >= LOOK_SECONDS and self._lock.acquire(blocking=False):
            try:
                self._state, self._looked = quorum_state(connection), time.monotonic()
            finally:
                self._lock.release()
        since = self._state.lacking_since
        return max((now - since).total_seconds(), 0.0) if since else 0.0


def is_without_quorum(bureau: "Bureau", connection: Connection, now: datetime) -> bool:
    """Has something of the log been without a quorum for longer than the rule allows?  Never where it has no witnesses."""
    if bureau.act.quorum is None:
        return False
    longest = bureau.rulebook(civil_day(now)).typed.quorum_lost_stop_seconds.number
    return bureau.witnessing.lacking_seconds(connection, now) > longest


def witness_health(bureau: "Bureau", connection: Connection) -> dict[str, Any]:
    """How the log stands with its witnesses, for whoever looks after it; nothing of it is secret."""
    quorum, now = bureau.act.quorum, bureau.clock()
    if quorum is None:
        return {"needed": 0, "named": 0, "is_well": True, "witnesses": []}
    state, known = quorum_state(connection), witness_states(connection)
    rows = [
        {
            "name": name,
            "standing": known[name].standing if name in known else "not-asked",
            "size": known[name].size if name in known else 0,
            "cosigned_seconds_ago": _ago(known[name].cosigned_at if name in known else None, now),
            "is_own": name.startswith("sandbox-"),
        }
        for name in quorum.names
    ]
    fresh = [one for one in rows if one["standing"] == "cosigned"]
    return {
        "needed": quorum.needed,
        "named": len(rows),
        "published_size": state.size,
        "published_seconds_ago": _ago(state.cosigned_at, now),
        "lacking_seconds": _ago(state.lacking_since, now) or 0,
        "answers_stopped": is_without_quorum(bureau, connection, now),
        "is_well": len(fresh) >= quorum.needed and bureau.witnessing.trouble is None,
        "witnesses": rows,
    }


def _ago(at: datetime | None, now: datetime) -> int | None:
    return None if at is None else max(int((now - at).total_seconds()), 0)


def meet(witnessing: Witnessing, size: int) -> None:
    """Note the size of a head that is held here; `LogMisbehaviour` where a larger one was held before."""
    if size < witnessing.largest:
        raise LogMisbehaviour(
            f"the database held a head of size {witnessing.largest} and now holds {size}: it was restored from an older copy "
            "while this ran; stop it, restore a newer copy, and start again"
        )
    witnessing.largest = size
