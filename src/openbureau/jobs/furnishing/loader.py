"""Load received files in the background, one after another, whatever was going on when the process began.

`Loader` runs in a thread until it is stopped.  Promises: what was received is loaded even if the process that received it
was killed, a member's files in the order in which they came; a file that another process loads is left to it; a file that
cannot be loaded holds up no other member's; corrections are told and traced, and rules that were cut short are finished.
"""

import threading
from collections.abc import Callable

from openbureau.jobs.context import Bureau
from openbureau.jobs.furnishing.correct import tell_corrections
from openbureau.jobs.furnishing.correct_rule import resume_rules
from openbureau.jobs.furnishing.lineage import trace_corrections
from openbureau.jobs.furnishing.load import load_if_free, waiting_loads
from openbureau.store.doors import end_expired_uploads

WAIT_SECONDS = 30.0
TRIES_APART = 20


class Loader:
    """Loads in a thread until stopped."""

    def __init__(
        self, bureau: Bureau, seconds: float = 1.0, *, tell: Callable[[Exception], None] = lambda _: None
    ) -> None:
        self._bureau, self._seconds, self._tell = bureau, seconds, tell
        self._stop, self._wanted = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="loader", daemon=True)
        self._failed: dict[str, int] = {}
        self.trouble: Exception | None = None

    def wake(self) -> None:
        """There is something to load now."""
        self._wanted.set()

    def round(self) -> int:
        """Load whatever waits; how many files came to their end here."""
        done = 0
        self._failed = {name: left - 1 for name, left in self._failed.items() if left > 1}
        for receipt_id in waiting_loads(self._bureau):
            if self._stop.is_set():
                break
            if receipt_id in self._failed:
                continue
            try:
                done += load_if_free(self._bureau, receipt_id)
            except Exception as trouble:  # noqa: BLE001  (no other member must wait for this one; it is tried again later)
                self._failed[receipt_id] = TRIES_APART
                self._say(trouble)
        resume_rules(self._bureau)
        tell_corrections(self._bureau)
        trace_corrections(self._bureau)
        with self._bureau.store.connection("loader") as connection:
            end_expired_uploads(connection, self._bureau.clock())
        return done

    def _say(self, trouble: Exception) -> None:
        self.trouble = trouble
        self._tell(trouble)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self.round()
                if not self._failed:
                    self.trouble = None
            except Exception as trouble:  # noqa: BLE001  (the database may be away for a while; the next round tries again)
                self._say(trouble)
            self._wanted.wait(self._seconds)
            self._wanted.clear()

    def __enter__(self) -> "Loader":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._wanted.set()
        self._thread.join(timeout=WAIT_SECONDS)
