"""What does a member get back from the bureau, as types?

Answers and refusals are values, told apart by type; trouble is an exception that says what happened and what cures it.  New
fields of a newer bureau are passed over.  Not done here: sending, checking (`client.py`, `client_check.py`).
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

import msgspec


class Person(msgspec.Struct, frozen=True):
    """Whom to ask about.  `id_kind` is `cn-id` for people and `cn-uscc` for firms."""

    id_number: str
    name: str
    id_kind: str = "cn-id"


class Inquiry(msgspec.Struct, frozen=True, omit_defaults=True):
    """What to ask: one person, one purpose, one product.

    `actor_user` is your own pseudonym for the person who asks, never a name; `months` goes with a report (60 on request),
    `questions` with the product `question`.
    """

    subject: Person
    purpose: str
    product: str = "report"
    actor_user: str = "-"
    months: int | None = None
    questions: tuple[str, ...] = ()

    @property
    def body(self) -> bytes:
        """The body to send: the same inquiry is the same bytes."""
        made: dict[str, Any] = msgspec.to_builtins(self)
        made["subject"] = msgspec.structs.asdict(self.subject)
        return msgspec.json.encode(made, order="sorted")


class Promise(msgspec.Struct, frozen=True):
    """The bureau's signed word that a leaf will be in the log by a deadline."""

    leaf: str
    deadline: str
    log: str
    signature: str


class Receipt(msgspec.Struct, frozen=True):
    """The receipt of an answer or a refusal: keep it, it is your proof."""

    inquiry_id: str
    entry: str
    opening: dict[str, Any]
    promise: Promise


class Header(msgspec.Struct, frozen=True):
    """Who asked, for what, what came of it: `report`, `no-hit` and so on."""

    outcome: str
    made_at: str
    asked_by: str
    purpose: str
    product: str


class Score(msgspec.Struct, frozen=True):
    """A score.  `value` is None where there is not enough to tell; `reasons` are codes, the weightiest first."""

    scorecard: str
    value: int | None = None
    note: str | None = None
    reasons: tuple[dict[str, Any], ...] = ()


class Answer(msgspec.Struct, frozen=True):
    """An answer whose receipt was checked.  `content` are its bytes exactly as they stand in the log by hash."""

    inquiry_id: str
    content: bytes
    receipt: Receipt
    header: Header
    synthetic: bool
    is_replay: bool
    slowed: str | None = None
    """The case for which this user is slowed down, as the bureau tells it."""

    @property
    def is_no_hit(self) -> bool:
        """Is nothing held on the person?"""
        return self.header.outcome == "no-hit"

    @property
    def blocks(self) -> dict[str, Any]:
        """Everything that the answer says, as plain JSON: `accounts`, `attributes`, `answers` and so on."""
        return dict(msgspec.json.decode(self.content))

    @property
    def score(self) -> Score | None:
        """The score of a report or of the product `score`; None where there is none."""
        found = self.blocks.get("score")
        return msgspec.convert(found, Score) if found is not None else None

    @property
    def answers(self) -> dict[str, str]:
        """The answers to questions, by the question's id."""
        return {row["id"]: row["answer"] for row in self.blocks.get("answers", ())}


class Citation(msgspec.Struct, frozen=True):
    """An article and its words."""

    instrument: dict[str, str]
    article: str
    quote: str | None = None
    gist: str | None = None


class Refusal(msgspec.Struct, frozen=True):
    """A lawful no, recorded and free.  `code` is kept for ever; `cure` says what would help."""

    code: str
    title: str
    cure: str
    inquiry_id: str
    receipt: Receipt
    citations: tuple[Citation, ...]
    is_replay: bool


Told: TypeAlias = Answer | Refusal
"""How an inquiry ends."""


class Confirmed(msgspec.Struct, frozen=True):
    """The record of an inquiry is in the log, at this place, in a tree of this size.  Keep `proof` beside the receipt."""

    leaf_index: int
    tree_size: int
    proof: str


class NotYet(msgspec.Struct, frozen=True):
    """The record waits for the log; ask again before `deadline`."""

    deadline: str


class ClientTrouble(Exception):
    """Something kept an inquiry from ending.  The message says what, and what cures it; never who was asked about."""


class Unreachable(ClientTrouble):
    """The bureau could not be reached, or had no time, as often as was tried.  Send the same again with the same key."""


class NotVerified(ClientTrouble):
    """What came does not prove what it should.  Do not use it; keep `evidence` and tell the committee."""

    def __init__(self, message: str, evidence: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.evidence = dict(evidence)


class ProblemTold(ClientTrouble):
    """The bureau did not take the request: its problem document, with code, status and, field by field, the cures."""

    def __init__(self, code: str, status: int, document: Mapping[str, Any]) -> None:
        errors = "; ".join(
            f"{row.get('pointer') or 'body'} {row['what']['en']}: {row['cure']['en']}"
            for row in document.get("errors", ())
        )
        words = errors or str(document.get("cure") or document.get("detail") or "")
        super().__init__(f"{document.get('title') or code} ({status} {code}). {words}".strip())
        self.code, self.status, self.document = code, status, dict(document)
