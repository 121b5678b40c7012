"""Turn waiting leaves into the signed log, again and again.

One call signs what waits; `Ticker` does so every half second in a thread until it is stopped.  After `LogMisbehaviour`
nothing more is signed, and the trouble is kept for the operator to see.
"""

import threading

from openbureau.jobs.context import Bureau
from openbureau.jobs.log.quorum import meet
from openbureau.store.log import LogMisbehaviour, Sequencer, latest_head
from openbureau.tlog.checkpoint import Checkpoint, sign_checkpoint


def sequencer(bureau: Bureau) -> Sequencer:
    """The sequencer of this installation's log."""
    private = bureau.keys.key("log")

    def sign(checkpoint: Checkpoint) -> str:
        return sign_checkpoint(checkpoint, bureau.log_key, private)

    return Sequencer(bureau.act.origin, sign=sign, key=bureau.log_key, head_file=bureau.settings.head_file)


def sequence(bureau: Bureau) -> int:
    """Sign everything that waits; how many leaves.

    `NotCleared` where the log has witnesses and this process has not heard from enough of them (`jobs/log/publish.py`).
    """
    if bureau.act.quorum is not None:
        bureau.witnessing.check()
    total = 0
    worker = sequencer(bureau)
    with bureau.store.connection("sequencer") as connection:
        meet(bureau.witnessing, head.size if (head := latest_head(connection)) else 0)
        while count := worker.run(connection, bureau.clock()):
            total += count
    return total


class Ticker:
    """Sequences in a thread until stopped."""

    def __init__(self, bureau: Bureau, seconds: float = 0.5) -> None:
        self._bureau, self._seconds = bureau, seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sequencer", daemon=True)
        self.trouble: Exception | None = None

    def _run(self) -> None:
        while not self._stop.wait(self._seconds):
            try:
                sequence(self._bureau)
                self.trouble = None
            except LogMisbehaviour as trouble:
                self.trouble = trouble
                return
            except Exception as trouble:  # noqa: BLE001  (the database may be away for a while; the next tick tries again)
                self.trouble = trouble

    def __enter__(self) -> "Ticker":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(timeout=30)
