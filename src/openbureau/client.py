"""How does a lender's program ask the bureau?  The Python client: `Bureau`, and `AsyncBureau` with the same calls.

    bureau = Bureau(url, who=Token(token), trust=load_trust(Path("trust")))
    told = bureau.ask(Inquiry(Person(number, name), "loan-approval"))

Promises: an answer or refusal is given only after its signature and receipt were checked; a repeat is made with the same
idempotency key, so nothing is charged or recorded twice; a refusal is a value, trouble an exception; nothing of a person stands
in an exception, a log or an address.  docs/guide/sdk.md tells it from the beginning.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import httpx2

from openbureau import client_consent as consenting
from openbureau import client_duties as duties
from openbureau import client_member as affairs
from openbureau.client_answers import (
    Answer,
    BlockChanges,
    Changes,
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
from openbureau.client_check import Trust, keep_answer, load_trust, read_trust, verify_webhook
from openbureau.client_consent import ConsentSample, ConsentSent, ConsentStanding, ConsentTaken, sign_consent
from openbureau.client_duties import BatchLine, BatchState, Event, Events
from openbureau.client_member import Delivery, Invoice, InvoiceRow, Monitor, Watch
from openbureau.client_sign import MemberKey, Sent, load_member_key, read_member_key
from openbureau.core.consent.artefact import ArtefactRefused

__all__ = [
    "Answer", "ArtefactRefused", "AsyncBureau", "BatchLine", "BatchState", "BlockChanges", "Bureau", "Changes",
    "Citation", "ClientTrouble", "Confirmed", "ConsentSample", "ConsentSent", "ConsentStanding", "ConsentTaken",
    "Delivery", "Event", "Events", "Inquiry", "Invoice", "InvoiceRow", "MemberKey", "Monitor", "NotVerified",
    "NotYet", "Patience", "Person", "ProblemTold", "Receipt", "Refusal", "Score", "Token", "Told", "Trust",
    "Unreachable", "Watch", "keep_answer", "load_member_key", "load_trust", "new_key", "read_member_key", "read_trust",
    "sign_consent", "verify_webhook",
]  # fmt: skip
SECONDS = 30.0
Result = TypeVar("Result")
Given = ParamSpec("Given")


def _reply(sent: Sent, answer: httpx2.Response) -> Reply:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return Reply(answer.status_code, headers, answer.content, sent)


def _checked(url: str) -> str:
    if not url.startswith(("https://", "http://")):
        raise ValueError(f"{url!r} is no address of a bureau; write https://host")
    return url.rstrip("/")


def _way(duty: Callable[Given, Call[Result]]) -> Callable[Concatenate["Bureau", Given], Result]:
    """A method that carries out a call; typed, and told, as the call is."""

    @wraps(duty)
    def method(bureau: "Bureau", /, *given: Given.args, **more: Given.kwargs) -> Result:
        return bureau.run(duty(*given, **more))

    return method


def _awaited(
    duty: Callable[Given, Call[Result]],
) -> Callable[Concatenate["AsyncBureau", Given], Coroutine[Any, Any, Result]]:
    """The same, to be awaited."""

    @wraps(duty)
    async def method(bureau: "AsyncBureau", /, *given: Given.args, **more: Given.kwargs) -> Result:
        return await bureau.run(duty(*given, **more))

    return method


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

    monitors, stop_monitor = _way(affairs.monitors), _way(affairs.stop_monitor)
    send_consent, consent = _way(consenting.send_consent), _way(consenting.consent)
    consent_samples, show_original = _way(consenting.consent_samples), _way(consenting.show_original)
    invoices, invoice = _way(affairs.invoices), _way(affairs.invoice)
    invoice_csv, invoice_pdf = _way(affairs.invoice_csv), _way(affairs.invoice_pdf)
    deliveries, replay_delivery = _way(affairs.deliveries), _way(affairs.replay_delivery)

    def again(self, earlier: str | Receipt) -> Told:
        """An earlier answer bit for bit, by its number or, better, by its receipt; its bytes have the hash in the log."""
        return self.run(affairs.again(self._talker.trust, earlier))

    def begin_monitor(self, watch: Watch, *, key: str | None = None) -> Told:
        """Watch a borrower's file: answered or refused like an inquiry."""
        return self.run(affairs.begin_monitor(self._talker.trust, watch, key))

    def alert(self, alert_id: str) -> Answer:
        """What an alert tells, by the `id` of its event."""
        return self.run(affairs.alert(self._talker.trust, alert_id))

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

    monitors, stop_monitor = _awaited(affairs.monitors), _awaited(affairs.stop_monitor)
    send_consent, consent = _awaited(consenting.send_consent), _awaited(consenting.consent)
    consent_samples, show_original = _awaited(consenting.consent_samples), _awaited(consenting.show_original)
    invoices, invoice = _awaited(affairs.invoices), _awaited(affairs.invoice)
    invoice_csv, invoice_pdf = _awaited(affairs.invoice_csv), _awaited(affairs.invoice_pdf)
    deliveries, replay_delivery = _awaited(affairs.deliveries), _awaited(affairs.replay_delivery)

    async def again(self, earlier: str | Receipt) -> Told:
        """As `Bureau.again`."""
        return await self.run(affairs.again(self._talker.trust, earlier))

    async def begin_monitor(self, watch: Watch, *, key: str | None = None) -> Told:
        """As `Bureau.begin_monitor`."""
        return await self.run(affairs.begin_monitor(self._talker.trust, watch, key))

    async def alert(self, alert_id: str) -> Answer:
        """As `Bureau.alert`."""
        return await self.run(affairs.alert(self._talker.trust, alert_id))

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> "AsyncBureau":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
