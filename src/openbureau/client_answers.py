"""What does a member get back from the bureau, as types?

Answers and refusals are values, told apart by type; trouble is an exception that says what happened and what cures it.  New
fields of a newer bureau are passed over.  Not done here: sending, checking (`client.py`, `client_check.py`).
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeAlias

import msgspec

from openbureau.core.products import Options, product_text


class Person(msgspec.Struct, frozen=True):
    """Whom to ask about.  `id_kind` is `cn-id` for people and `cn-uscc` for firms."""

    id_number: str
    name: str
    id_kind: str = "cn-id"


class Inquiry(msgspec.Struct, frozen=True, omit_defaults=True):
    """What to ask: one person, one purpose, one product.

    `actor_user` is your own pseudonym for the person who asks, never a name; `months` goes with a report (60 on request),
    `questions` with the product `question`; `as_of` is a past instant with its zone, as known at which is asked.
    """

    subject: Person
    purpose: str
    product: str = "report"
    actor_user: str = "-"
    months: int | None = None
    questions: tuple[str, ...] = ()
    as_of: datetime | None = None

    def __post_init__(self) -> None:
        """`ValueError` for an instant without its zone."""
        if self.as_of is not None and self.as_of.tzinfo is None:
            raise ValueError("as_of is an instant with its zone; write datetime(..., tzinfo=UTC)")

    @property
    def body(self) -> bytes:
        """The body to send: the same inquiry is the same bytes."""
        return body_of(self, self.subject)

    @property
    def logged(self) -> dict[str, str]:
        """What of it stands in the log."""
        product = product_text(self.product, Options(self.months, self.questions, self.as_of))
        return logged_fields(self.body, purpose=self.purpose, product=product, actor_user=self.actor_user)


def body_of(wish: msgspec.Struct, subject: Person) -> bytes:
    """A wish about a person as canonical bytes; what is not wished is left out, but of the person nothing."""
    made: dict[str, Any] = msgspec.to_builtins(wish)
    made["subject"] = msgspec.structs.asdict(subject)
    return msgspec.json.encode(made, order="sorted")


def logged_fields(sent: bytes, **fields: str) -> dict[str, str]:
    """Fields of a leaf that the sender of these bytes knows."""
    return {"request": hashlib.sha256(sent).hexdigest(), **fields}


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


class BlockChanges(msgspec.Struct, frozen=True):
    """One block of a file: records that came, ids of those that went, records whose fields or months read otherwise."""

    new: tuple[dict[str, Any], ...] = ()
    gone: tuple[str, ...] = ()
    changed: tuple[dict[str, Any], ...] = ()


class Changes(msgspec.Struct, frozen=True):
    """What changed since your last look (`since`) under the same consent; `inquiries` has only what came, your own among it."""

    since: datetime
    accounts: BlockChanges = BlockChanges()
    linked_duties: BlockChanges = BlockChanges()
    public_records: BlockChanges = BlockChanges()
    inquiries: BlockChanges = BlockChanges()


class Delivered(msgspec.Struct, frozen=True):
    """What came over the wire: the body byte for byte, and what the bureau signed of it (None: a sandbox's bare token)."""

    body: bytes
    signed: dict[str, str] | None = None


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
    delivered: Delivered | None = None
    """To be kept as evidence: `keep_answer`."""

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

    @property
    def changes(self) -> Changes | None:
        """What the product `changes` tells; None where there was no earlier look, or for another product."""
        found = self.blocks
        if found.get("changes") is None:
            return None
        return msgspec.convert({**found["changes"], "since": found["since"]}, Changes)


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
    delivered: Delivered | None = None


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
