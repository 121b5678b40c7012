"""How can an inquiry end?  Every way out of `answer_inquiry`, as values.

An exception is left for faults only: a broken promise of our own.
"""

from dataclasses import dataclass
from typing import Any

from openbureau.core.refusal import RefusalCode


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
    """No valid token.  Nobody of whom an inquiry could be recorded has asked."""


@dataclass(frozen=True, slots=True)
class TooBusy:
    """The person's chain kept moving under us; nothing was recorded.  The same key may be sent again."""


Outcome = Answered | Refused | KeyConflict | NotSignedIn | TooBusy
