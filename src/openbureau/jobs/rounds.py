"""Do a duty again and again beside what else this process does.

A thread that goes round until it is stopped: at once when woken, else after a pause.  Promises: trouble in a round is told
and does not end the rounds; on stopping, a round that has begun comes to its end.
"""

import threading
from collections.abc import Callable

WAIT_SECONDS = 30.0


class Rounds:
    """A duty in a thread.  `duty` is given a question that it asks between its steps: was it stopped meanwhile?"""

    def __init__(
        self, name: str, duty: Callable[[Callable[[], bool]], object], *, seconds: float = 1.0,
        tell: Callable[[Exception], None] = lambda _: None,
    ) -> None:  # fmt: skip
        self._duty, self._seconds, self._tell = duty, seconds, tell
        self._stop, self._wanted = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def wake(self) -> None:
        """There is something to do now."""
        self._wanted.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._duty(self._stop.is_set)
            except Exception as trouble:  # noqa: BLE001  (the database may be away for a while; the next round tries again)
                self._tell(trouble)
            self._wanted.wait(self._seconds)
            self._wanted.clear()

    def __enter__(self) -> "Rounds":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._wanted.set()
        self._thread.join(timeout=WAIT_SECONDS)
