"""Since when is the log without a quorum of its witnesses, and may this process sign?

One `Witnessing` a process, kept beside the bureau: what the publisher found, and the instant that inquiries look at.  Promises:
asking costs an inquiry nothing but a comparison; the database is asked at most once a second, whatever comes in.
"""

import threading
import time
from dataclasses import dataclass, field
from datetime import datetime

from openbureau.store.database import Connection
from openbureau.store.log import LogMisbehaviour
from openbureau.store.witness.cosigned import QuorumState, quorum_state

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


def meet(witnessing: Witnessing, size: int) -> None:
    """Note the size of a head that is held here; `LogMisbehaviour` where a larger one was held before."""
    if size < witnessing.largest:
        raise LogMisbehaviour(
            f"the database held a head of size {witnessing.largest} and now holds {size}: it was restored while this ran; "
            "stop it, restore a newer copy, and start again"
        )
    witnessing.largest = size
