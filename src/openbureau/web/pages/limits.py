"""How often may somebody try to sign in?

Counts failed attempts in this process, by handle and by address, over a sliding window.  Not done here: limits across
several processes; a live installation leaves sign-in to its identity provider.
"""

from collections import deque
from collections.abc import Callable
from datetime import datetime

WINDOW_SECONDS = 300
MOST_PER_HANDLE = 5
MOST_PER_ADDRESS = 30
MOST_KEPT = 10_000


class SignInLimits:
    """Failed attempts of the last five minutes."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._failed: dict[tuple[str, str], deque[float]] = {}

    def wait(self, handle: str, address: str) -> int:
        """Seconds until this handle may be tried from this address again; 0 for now."""
        now = self._clock().timestamp()
        limits = ((("handle", handle), MOST_PER_HANDLE), (("address", address), MOST_PER_ADDRESS))
        return max(self._wait(key, most, now) for key, most in limits)

    def _wait(self, key: tuple[str, str], most: int, now: float) -> int:
        failed = self._failed.get(key)
        if failed is None:
            return 0
        while failed and now - failed[0] > WINDOW_SECONDS:
            failed.popleft()
        return int(WINDOW_SECONDS - (now - failed[-most])) + 1 if len(failed) >= most else 0

    def failed(self, handle: str, address: str) -> None:
        """Note a failed attempt."""
        now = self._clock().timestamp()
        if len(self._failed) > MOST_KEPT:
            self._failed = {
                key: kept for key, kept in self._failed.items() if kept and now - kept[-1] <= WINDOW_SECONDS
            }
        for key in (("handle", handle), ("address", address)):
            self._failed.setdefault(key, deque(maxlen=MOST_PER_ADDRESS)).append(now)

    def succeeded(self, handle: str) -> None:
        """Forget the failed attempts on a handle."""
        self._failed.pop(("handle", handle), None)
