"""How can an inquiry end?  Every way out of `answer_inquiry`, as values.

An exception is left for faults only: a broken promise of our own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from openbureau.core.refusal import RefusalCode
from openbureau.core.sign_in.request import SignInRefused


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer was recorded and may leave.  `answer` is canonical JSON; its SHA-256 stands in the leaf."""

    inquiry_id: str
    answer: bytes
    receipt: dict[str, Any]
    is_replay: bool = False
    subject_id: str | None = None
    """Under whom it is recorded: for our own use, never told."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A lawful no, recorded, logged and free of charge."""

    inquiry_id: str
    code: RefusalCode
    refusal: dict[str, Any]
    receipt: dict[str, Any]
    is_replay: bool = False
    subject_id: str | None = None


@dataclass(frozen=True, slots=True)
class KeyConflict:
    """The idempotency key was used before with another body.  Nothing was read or recorded."""


@dataclass(frozen=True, slots=True)
class NotSignedIn:
    """Not shown to be a member's.  Nobody of whom an inquiry could be recorded has asked."""

    trouble: SignInRefused


@dataclass(frozen=True, slots=True)
class TooBusy:
    """The person's chain kept moving under us; nothing was recorded.  The same key may be sent again."""


@dataclass(frozen=True, slots=True)
class NoQuorum:
    """Too few witnesses have seen the log for too long: no answer leaves.  Our fault and no lawful no: nothing was read about
    anybody, nothing recorded.  The same key may be sent again."""


@dataclass(frozen=True, slots=True)
class HeldBack:
    """The member or its user asks too fast, or has used up the day.  Nothing was read or recorded.

    `limit` says whose and which; `most` is its number; `wait_seconds` until the same may be sent again.
    """

    is_quota: bool
    limit: str
    most: float
    wait_seconds: int


Outcome = Answered | Refused | KeyConflict | NotSignedIn | TooBusy | NoQuorum | HeldBack
Pace = Callable[[str, str], HeldBack | None]
"""May this member's user ask now?  Asked once the member is known, before anything about anybody is read."""


def at_any_pace(_member_id: str, _user: str) -> None:
    """No limit: for duties that count elsewhere."""
