"""How are witnesses reached?  C2SP tlog-witness over HTTP.

The operator names the addresses, so private ones are allowed; in live only https.  Promises: no redirect, no proxy, a small
answer, a short time also for one that comes byte by byte; whatever comes back is a value, never an exception.
"""

import hashlib
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx2

from openbureau.config import LIVE
from openbureau.jobs.context import Bureau
from openbureau.jobs.log.publish import NoAnswer, Publisher, Told
from openbureau.jobs.log.sequence import sequence
from openbureau.tlog.strict import Malformed, parse_decimal
from openbureau.tlog.witness import Standing

SECONDS = 4.0
LARGEST_ANSWER = 64 << 10
SIZE_TYPE = "text/x.tlog.size"
_STANDINGS = {
    400: Standing.MALFORMED, 403: Standing.NOT_SIGNED, 404: Standing.UNKNOWN_LOG, 422: Standing.NOT_CONSISTENT,
}  # fmt: skip
ROUND_SECONDS = 2.0
"""The pause between two rounds: how long a head waits, at most, before its witnesses are asked."""


class HttpWire:
    """Witnesses over HTTP; one client for all of them, whose connections stay open."""

    def __init__(self, mode: str, *, seconds: float = SECONDS) -> None:
        self._mode, self._seconds = mode, seconds
        self._client = httpx2.Client(
            timeout=httpx2.Timeout(seconds), trust_env=False, follow_redirects=False, http2=False,
            headers={"Accept-Encoding": "identity"},
        )  # fmt: skip

    def close(self) -> None:
        """Let the connections go."""
        self._client.close()

    def add(self, address: str, body: bytes) -> Told:
        """As the protocol of the publisher promises."""
        try:
            status, media_type, content = self._speak("POST", f"{address}/add-checkpoint", body)
        except NoAnswer as trouble:
            return Told(None, trouble=str(trouble))
        if status == 200:
            return Told(Standing.TAKEN, lines=content)
        if status == 409:
            return _conflict(media_type, content)
        known = _STANDINGS.get(status)
        return Told(known) if known else Told(None, trouble=f"status-{status}")

    def head(self, address: str, origin: str) -> bytes | None:
        """As the protocol of the publisher promises."""
        place = hashlib.sha256(origin.encode()).hexdigest()
        status, _, content = self._speak("GET", f"{address}/{place}/checkpoint", b"")
        if status == 404:
            return None
        if status != 200:
            raise NoAnswer(f"status-{status}")
        return content

    def _speak(self, method: str, url: str, body: bytes) -> tuple[int, str, bytes]:
        if self._mode == LIVE and not url.startswith("https://"):
            raise NoAnswer("not-https")
        try:
            with self._client.stream(method, url, content=body) as answer:
                content = _read(answer.iter_raw(), time.monotonic() + self._seconds)
                return answer.status_code, answer.headers.get("content-type", ""), content
        except httpx2.TimeoutException:
            raise NoAnswer("too-slow") from None
        except httpx2.HTTPError as trouble:
            raise NoAnswer("no-connection" if isinstance(trouble, httpx2.NetworkError) else "not-http") from None
        except NoAnswer:
            raise
        except (OSError, ValueError, httpx2.InvalidURL):
            raise NoAnswer("no-connection") from None


def _read(pieces: Iterator[bytes], until: float) -> bytes:
    content = b""
    for piece in pieces:
        content += piece
        if len(content) > LARGEST_ANSWER:
            raise NoAnswer("too-large")
        if time.monotonic() > until:
            raise NoAnswer("too-slow")
    return content


def _conflict(media_type: str, content: bytes) -> Told:
    """409 says which size the witness has seen."""
    if media_type.partition(";")[0].strip() != SIZE_TYPE:
        return Told(None, trouble="garbage")
    try:
        return Told(Standing.OTHER_SIZE, seen=parse_decimal(content.decode("ascii").removesuffix("\n")))
    except (Malformed, UnicodeDecodeError):
        return Told(None, trouble="garbage")


@contextmanager
def publishing(bureau: Bureau, addresses: Mapping[str, str] | None = None) -> Iterator[Publisher]:
    """A publisher of this bureau that speaks HTTP; `addresses` as it takes them."""
    wire = HttpWire(bureau.settings.mode)
    try:
        yield Publisher(bureau, wire, addresses=addresses)
    finally:
        wire.close()


@contextmanager
def signing(bureau: Bureau, addresses: Mapping[str, str] | None = None) -> Iterator[None]:
    """In the block the log may be signed: the witnesses were asked what they saw, and cosign at its end what was signed in it.

    `NotCleared` where too few witnesses answer, once something is to be signed.
    """
    with publishing(bureau, addresses) as publisher:
        publisher.publish()
        yield
        sequence(bureau)
        publisher.publish()


def sign_and_publish(bureau: Bureau, addresses: Mapping[str, str] | None = None) -> None:
    """Sign what waits, and have it cosigned."""
    with signing(bureau, addresses):
        pass
