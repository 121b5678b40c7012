"""How does a call to the bureau go, step by step, without sending anything?

The part of the client that sync and async share: calls as values, and a conversation as a generator.  It yields what to
send or how long to wait, is given what came back, and returns the answer.  Promises: a repeat carries the same idempotency key
and the same bytes, signed anew; nothing is repeated that could happen twice; what came is checked before it is returned.
"""

import random
import secrets
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

import msgspec

from openbureau.client_answers import ClientTrouble, NotVerified, ProblemTold, Unreachable
from openbureau.client_check import Trust
from openbureau.client_sign import (
    AnswerRefused,
    MemberKey,
    ProofKey,
    Sent,
    check_answer,
    new_proof_key,
    sign_request,
    token_request,
)

Result = TypeVar("Result")
AGAIN = frozenset({429, 500, 502, 503, 504})
LONGEST_WAIT = 60.0
EARLY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: status, headers by lower-case name, body; and the request it answers."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    sent: Sent


@dataclass(frozen=True, slots=True)
class Lost:
    """Nothing came back."""

    why: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait so many seconds."""

    seconds: float


Talk = Generator[Sent | Pause, Reply | Lost | None, Result]
"""A conversation: what to send or how long to wait goes out, what came back goes in, the result is returned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[Result]):
    """One call: what to send, and how to read what comes.  `told` are statuses that `read` takes as answers.

    `is_repeatable`: sent twice, it happens once, by its key or its nature.
    """

    method: str
    path: str
    read: Callable[[Reply], Result]
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    told: frozenset[int] = frozenset()
    is_repeatable: bool = True
    is_public: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """A static token of a sandbox."""

    value: str


@dataclass(frozen=True, slots=True)
class Patience:
    """How often to try, and the first pause in seconds; each further one is twice as long, give or take a quarter."""

    tries: int = 5
    first_pause: float = 0.5


@dataclass(slots=True)
class Talker:
    """One member's conversations with one bureau: its address, who speaks, whom it trusts, the token it holds."""

    url: str
    who: Token | MemberKey
    trust: Trust
    patience: Patience
    now: Callable[[], float]
    proof_key: ProofKey = field(default_factory=new_proof_key)
    _token: str = ""
    _until: float = 0.0

    def perform(self, call: Call[Result]) -> Talk[Result]:
        """The conversation of a call."""
        is_renewed = False
        for turn in range(self.patience.tries):
            if isinstance(self.who, MemberKey) and not call.is_public and self.now() >= self._until - EARLY_SECONDS:
                yield from self._sign_in(self.who)
            reply = yield self._sent(call)
            match reply:
                case Reply(status=401) if isinstance(self.who, MemberKey) and not is_renewed:
                    is_renewed, self._until = True, 0.0
                    continue
                case Reply() if reply.status not in AGAIN or reply.status in call.told:
                    return self._read(call, reply)
                case Reply() | Lost() | None:
                    if not call.is_repeatable and not _was_held_back(reply):
                        raise _gave_up(reply)
                    if turn + 1 < self.patience.tries:
                        yield Pause(self._pause(turn, reply))
                        continue
                    raise _gave_up(reply)
        raise Unreachable("the bureau took no sign-in; check the member's key and its clock")

    def _sign_in(self, key: MemberKey) -> Talk[None]:
        for turn in range(self.patience.tries):
            reply = yield token_request(key, self.proof_key, issuer=self.url, now=self.now())
            if isinstance(reply, Reply) and reply.status == 200:
                found: dict[str, Any] = msgspec.json.decode(reply.body)
                self._token, self._until = str(found["access_token"]), self.now() + float(found["expires_in"])
                return
            if isinstance(reply, Reply) and reply.status not in AGAIN:
                raise _problem(reply)
            if turn + 1 < self.patience.tries:
                yield Pause(self._pause(turn, reply))
                continue
            raise _gave_up(reply)

    def _sent(self, call: Call[Any]) -> Sent:
        url = self.url + call.path
        if call.is_public:
            return Sent(call.method, url, dict(call.headers), call.body)
        match self.who:
            case Token(value):
                return Sent(call.method, url, {**call.headers, "Authorization": f"Bearer {value}"}, call.body)
            case key:
                return sign_request(
                    key, self._token, call.method, url=url, proof_key=self.proof_key, headers=call.headers,
                    body=call.body, now=self.now(),
                )  # fmt: skip

    def _read(self, call: Call[Result], reply: Reply) -> Result:
        """Only what the bureau signed is read; a sandbox token asks for no signature where none came."""
        is_signed = "signature" in reply.headers
        if not call.is_public and (is_signed or isinstance(self.who, MemberKey)):
            try:
                check_answer(
                    self.trust.response_key, reply.sent, status=reply.status, headers=reply.headers, body=reply.body,
                    now=self.now(),
                )  # fmt: skip
            except (AnswerRefused, KeyError) as trouble:
                evidence = {"status": reply.status, "headers": dict(reply.headers), "body": reply.body}
                raise NotVerified(f"the answer is not signed by the bureau: {trouble}", evidence) from None
        if 200 <= reply.status < 300 or reply.status in call.told:
            return call.read(reply)
        raise _problem(reply)

    def _pause(self, turn: int, reply: Reply | Lost | None) -> float:
        asked = reply.headers.get("retry-after", "") if isinstance(reply, Reply) else ""
        if asked.isascii() and asked.isdigit():
            return min(float(asked), LONGEST_WAIT)
        spread = 0.75 + random.random() / 2  # noqa: S311  (spreads repeats; no secret)
        return min(self.patience.first_pause * 2.0**turn * spread, LONGEST_WAIT)


def _was_held_back(reply: Reply | Lost | None) -> bool:
    """Did the bureau say that it did nothing?"""
    return isinstance(reply, Reply) and reply.status in {429, 503}


def _gave_up(reply: Reply | Lost | None) -> ClientTrouble:
    if isinstance(reply, Reply):
        return _problem(reply)
    why = reply.why if reply is not None else "nothing came back"
    return Unreachable(f"{why}; send the same again with the same key")


def _problem(reply: Reply) -> ProblemTold:
    try:
        document = msgspec.json.decode(reply.body)
        code = str(document["type"]).rpartition("/")[2]
    except (msgspec.MsgspecError, UnicodeDecodeError, KeyError, TypeError):
        document, code = {}, "no-problem-document"
    return ProblemTold(code, reply.status, document)


def new_key() -> str:
    """A fresh idempotency key: keep it with your application until you have the answer."""
    return secrets.token_urlsafe(18)


def keyed(call: Call[Result], key: str | None) -> Call[Result]:
    """The call under an idempotency key."""
    return replace(call, headers={**call.headers, "Idempotency-Key": key or new_key()})
