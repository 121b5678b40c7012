"""How does a lender's program ask the bureau?  The Python client: `Bureau`, and `AsyncBureau` with the same calls.

    bureau = Bureau(url, who=Token(token), trust=load_trust(Path("trust")))
    told = bureau.ask(Inquiry(Person(number, name), "loan-approval"))

Promises: an answer or refusal is given only after its signature and receipt were checked; a repeat is made with the same
idempotency key, so nothing is charged or recorded twice; a refusal is a value, trouble an exception; nothing of a person stands
in an exception, a log or an address.  docs/guide/sdk.md tells it from the beginning.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from typing import Any, TypeVar

import httpx2

from openbureau import client_duties as duties
from openbureau.client_answers import (
    Answer,
    Citation,
    ClientTrouble,
    Confirmed,
    Inquiry,
    NotVerified,
    NotYet,
    Person,
    ProblemTold,
    Receipt,
    Refusal,
    Score,
    Told,
    Unreachable,
)
from openbureau.client_calls import Call, Lost, Patience, Pause, Reply, Talk, Talker, Token, new_key
from openbureau.client_check import Trust, load_trust, read_trust, verify_webhook
from openbureau.client_duties import BatchLine, BatchState, Event, Events
from openbureau.client_sign import MemberKey, Sent, load_member_key, read_member_key

__all__ = [
    "Answer", "AsyncBureau", "BatchLine", "BatchState", "Bureau", "Citation", "ClientTrouble", "Confirmed", "Event",
    "Events", "Inquiry", "MemberKey", "NotVerified", "NotYet", "Patience", "Person", "ProblemTold", "Receipt", "Refusal",
    "Score", "Token", "Told", "Trust", "Unreachable", "load_member_key", "load_trust", "new_key", "read_member_key",
    "read_trust", "verify_webhook",
]  # fmt: skip
SECONDS = 30.0
Result = TypeVar("Result")


def _reply(sent: Sent, answer: httpx2.Response) -> Reply:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return Reply(answer.status_code, headers, answer.content, sent)


def _checked(url: str) -> str:
    if not url.startswith(("https://", "http://")):
        raise ValueError(f"{url!r} is no address of a bureau; write https://host")
    return url.rstrip("/")


class Bureau:
    """One member's way to the bureau; use it as a context, and from several threads if you like.

    `who` is a `MemberKey`, or in a sandbox a `Token`; `trust` what was pinned.  Every call raises `ProblemTold` where the
    bureau did not take it, `Unreachable` where it could not be reached, `NotVerified` where what came does not hold.
    """

    def __init__(
        self, url: str, *, who: Token | MemberKey, trust: Trust, patience: Patience | None = None,
        seconds: float = SECONDS, now: Callable[[], float] | None = None,
    ) -> None:  # fmt: skip
        self._talker = Talker(_checked(url), who, trust, patience or Patience(), now or time.time)
        self._http = httpx2.Client(timeout=seconds, follow_redirects=False)
        self._sleep = time.sleep

    def run(self, call: Call[Result]) -> Result:
        """Carry out any call of `client_duties`."""
        talk: Talk[Result] = self._talker.perform(call)
        came: Reply | Lost | None = None
        while True:
            try:
                step = talk.send(came)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            came = self._step(step)

    def _step(self, step: Sent | Pause) -> Reply | Lost | None:
        if isinstance(step, Pause):
            self._sleep(step.seconds)
            return None
        try:
            return _reply(
                step, self._http.request(step.method, step.url, headers=dict(step.headers), content=step.body)
            )
        except httpx2.TransportError as trouble:
            return Lost(type(trouble).__name__)

    def ask(self, inquiry: Inquiry, *, key: str | None = None) -> Told:
        """An answer or a refusal, checked.  With a `key` of your own (`new_key`) you may ask again after a crash."""
        return self.run(duties.ask(self._talker.trust, inquiry, key))

    def confirm(self, receipt: Receipt) -> Confirmed | NotYet:
        """Is the record of an inquiry in the log?  A second or two after the answer it is."""
        return self.run(duties.confirm(self._talker.trust, receipt, self._talker.now()))

    def send_batch(self, inquiries: Iterable[tuple[str, Inquiry]], *, key: str | None = None) -> BatchState:
        """Many inquiries as one file, each with your own name for it."""
        return self.run(duties.send_batch(inquiries, key))

    def batch(self, batch_id: str) -> BatchState:
        """How far a batch is."""
        return self.run(duties.batch(batch_id))

    def batch_results(self, batch_id: str) -> Iterator[BatchLine]:
        """The results of a batch that is over, line by line."""
        after = 0
        while page := self.run(duties.batch_results(batch_id, after)):
            yield from page
            after = page[-1].line

    def alerts(self, after: str = "") -> Events:
        """What happened since; keep `next` and go on there."""
        return self.run(duties.alerts(after))

    def charges(self, month: str) -> list[dict[str, Any]]:
        """What you owe for a month (`YYYY-MM`), charge by charge."""
        return list(self.run(duties.read_json("/v1/members/me/charges", month=month))["charges"])

    def cases(self) -> list[dict[str, Any]]:
        """What is asked about the conduct of your users."""
        return list(self.run(duties.read_json("/v1/members/me/cases"))["cases"])

    def explain_case(self, case_id: str, words: str) -> None:
        """Explain a case to the committee."""
        self.run(duties.explain_case(case_id, words))

    def read(self, path: str, **query: str) -> dict[str, Any]:
        """Anything else that a member may read as JSON."""
        return self.run(duties.read_json(path, **query))

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> "Bureau":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncBureau:
    """The same for asyncio: every call is awaited, results of a batch are iterated with `async for`."""

    def __init__(
        self, url: str, *, who: Token | MemberKey, trust: Trust, patience: Patience | None = None,
        seconds: float = SECONDS, now: Callable[[], float] | None = None,
    ) -> None:  # fmt: skip
        self._talker = Talker(_checked(url), who, trust, patience or Patience(), now or time.time)
        self._http = httpx2.AsyncClient(timeout=seconds, follow_redirects=False)
        self._sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def run(self, call: Call[Result]) -> Result:
        """Carry out any call of `client_duties`."""
        talk: Talk[Result] = self._talker.perform(call)
        came: Reply | Lost | None = None
        while True:
            try:
                step = talk.send(came)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            came = await self._step(step)

    async def _step(self, step: Sent | Pause) -> Reply | Lost | None:
        if isinstance(step, Pause):
            await self._sleep(step.seconds)
            return None
        try:
            sent = self._http.request(step.method, step.url, headers=dict(step.headers), content=step.body)
            return _reply(step, await sent)
        except httpx2.TransportError as trouble:
            return Lost(type(trouble).__name__)

    async def ask(self, inquiry: Inquiry, *, key: str | None = None) -> Told:
        """As `Bureau.ask`."""
        return await self.run(duties.ask(self._talker.trust, inquiry, key))

    async def confirm(self, receipt: Receipt) -> Confirmed | NotYet:
        """As `Bureau.confirm`."""
        return await self.run(duties.confirm(self._talker.trust, receipt, self._talker.now()))

    async def send_batch(self, inquiries: Iterable[tuple[str, Inquiry]], *, key: str | None = None) -> BatchState:
        """As `Bureau.send_batch`."""
        return await self.run(duties.send_batch(inquiries, key))

    async def batch(self, batch_id: str) -> BatchState:
        """As `Bureau.batch`."""
        return await self.run(duties.batch(batch_id))

    async def batch_results(self, batch_id: str) -> AsyncIterator[BatchLine]:
        """As `Bureau.batch_results`."""
        after = 0
        while page := await self.run(duties.batch_results(batch_id, after)):
            for line in page:
                yield line
            after = page[-1].line

    async def alerts(self, after: str = "") -> Events:
        """As `Bureau.alerts`."""
        return await self.run(duties.alerts(after))

    async def charges(self, month: str) -> list[dict[str, Any]]:
        """As `Bureau.charges`."""
        return list((await self.run(duties.read_json("/v1/members/me/charges", month=month)))["charges"])

    async def cases(self) -> list[dict[str, Any]]:
        """As `Bureau.cases`."""
        return list((await self.run(duties.read_json("/v1/members/me/cases")))["cases"])

    async def explain_case(self, case_id: str, words: str) -> None:
        """As `Bureau.explain_case`."""
        await self.run(duties.explain_case(case_id, words))

    async def read(self, path: str, **query: str) -> dict[str, Any]:
        """As `Bureau.read`."""
        return await self.run(duties.read_json(path, **query))

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> "AsyncBureau":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
