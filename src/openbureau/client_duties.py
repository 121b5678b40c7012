"""Which calls can a member make, and how is each answer read?

Builders of `Call` values and readers of replies: pure, shared by both clients.  An inquiry's answer or refusal is returned only
when its receipt belongs to it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from openbureau.client_answers import (
    Answer,
    Citation,
    Confirmed,
    Delivered,
    Header,
    Inquiry,
    NotVerified,
    NotYet,
    ProblemTold,
    Receipt,
    Refusal,
    Told,
)
from openbureau.client_calls import Call, Reply, keyed
from openbureau.client_check import Trust, check_inclusion_of, check_receipt, is_late
from openbureau.client_sign import what_was_signed

JSON = {"Content-Type": "application/json"}
REFUSED = frozenset({403})


class _Answered(msgspec.Struct):
    inquiry_id: str
    answer: msgspec.Raw
    receipt: Receipt


class _Head(msgspec.Struct):
    header: Header
    synthetic: bool = False


class _Refused(msgspec.Struct):
    type: str
    title: str
    cure: str
    receipt: Receipt
    citations: tuple[Citation, ...] = ()


class BatchState(msgspec.Struct, frozen=True):
    """How far a file of inquiries is."""

    batch_id: str
    state: str
    lines: int
    worked: int
    answered: int
    refused: int
    problems: int

    @property
    def is_over(self) -> bool:
        """Can the results be fetched?"""
        return self.state in {"done", "cancelled"}


class BatchLine(msgspec.Struct, frozen=True):
    """One line of a batch: `answer` (bytes as logged, else empty) with its receipt, or a refusal, or the line's problem."""

    line: int
    key: str | None = None
    inquiry_id: str | None = None
    answer: msgspec.Raw = msgspec.Raw(b"")
    receipt: Receipt | None = None
    refusal: dict[str, Any] | None = None
    problem: dict[str, Any] | None = None


class Event(msgspec.Struct, frozen=True):
    """What happened since: a CloudEvent, whose content is fetched."""

    id: str
    type: str
    subject: str
    time: str
    data: dict[str, Any]


class Events(msgspec.Struct, frozen=True):
    """A page of events; `next` is where to go on."""

    events: tuple[Event, ...]
    next: str
    is_more: bool


def ask(trust: Trust, inquiry: Inquiry, key: str | None) -> Call[Told]:
    """An inquiry under an idempotency key of its own."""
    return keyed(told_call(trust, "/v1/inquiries", inquiry.body, wanted=inquiry.logged), key)


def told_call(trust: Trust, path: str, body: bytes, *, wanted: Mapping[str, str]) -> Call[Told]:
    """Whatever is answered or refused like an inquiry; the receipt has these fields, or nothing is returned."""

    def read(reply: Reply) -> Told:
        return read_refusal(trust, reply, wanted) if reply.status == 403 else read_answer(trust, reply, wanted)

    return Call(method="POST", path=path, read=read, body=body, headers=JSON, told=REFUSED)


def read_answer(trust: Trust, reply: Reply, wanted: Mapping[str, str]) -> Answer:
    """An answer, checked against its receipt."""
    found = decoded(reply, _Answered)
    content = bytes(found.answer)
    check_receipt(trust, found.receipt, wanted=wanted, answer=content)
    head = msgspec.json.decode(content, type=_Head)
    return Answer(
        found.inquiry_id, content, found.receipt, head.header, head.synthetic,
        reply.headers.get("idempotent-replayed") == "true", reply.headers.get("openbureau-slowed"), _delivered(reply),
    )  # fmt: skip


def read_refusal(trust: Trust, reply: Reply, wanted: Mapping[str, str]) -> Refusal:
    """A refusal by law, checked against its receipt; a door that is shut is `ProblemTold`."""
    try:
        found = msgspec.json.decode(reply.body, type=_Refused)
    except msgspec.MsgspecError:
        document = read_document(reply)
        raise ProblemTold(str(document.get("type", "")).rpartition("/")[2], reply.status, document) from None
    check_receipt(trust, found.receipt, wanted=wanted, answer=None)
    return Refusal(
        found.type.rpartition("/")[2], found.title, found.cure, found.receipt.inquiry_id, found.receipt,
        found.citations, reply.headers.get("idempotent-replayed") == "true", _delivered(reply),
    )  # fmt: skip


def _delivered(reply: Reply) -> Delivered:
    """The reply as evidence; what signed it was checked before it was read."""
    signed = (
        what_was_signed(reply.sent, status=reply.status, headers=reply.headers)
        if "signature" in reply.headers
        else None
    )
    return Delivered(reply.body, signed)


def read_document(reply: Reply) -> dict[str, Any]:
    """Any JSON object; an empty one where there is none."""
    try:
        return dict(msgspec.json.decode(reply.body))
    except (msgspec.MsgspecError, UnicodeDecodeError, TypeError, ValueError):
        return {}


Shape = TypeVar("Shape")


def decoded(reply: Reply, shape: type[Shape]) -> Shape:
    """A reply of the agreed shape, else `NotVerified`."""
    try:
        return msgspec.json.decode(reply.body, type=shape)
    except msgspec.MsgspecError as trouble:
        raise NotVerified(f"the answer has another shape than agreed: {trouble}", {"status": reply.status}) from None


def confirm(trust: Trust, receipt: Receipt, now: float | None = None) -> Call[Confirmed | NotYet]:
    """Is the record of an inquiry in the log?"""

    def read(reply: Reply) -> Confirmed | NotYet:
        if reply.status != 404:
            return check_inclusion_of(trust, receipt, reply.body.decode())
        if is_late(receipt, now):
            raise NotVerified(
                "the deadline has passed and the record is not in the log", {"receipt": msgspec.to_builtins(receipt)}
            )
        return NotYet(receipt.promise.deadline)

    path = f"/v1/proofs/{quote(receipt.promise.leaf)}"
    return Call(method="GET", path=path, read=read, told=frozenset({404}), is_public=True)


def send_batch(inquiries: Iterable[tuple[str, Inquiry]], key: str | None) -> Call[BatchState]:
    """Many inquiries as one file; each with your own name for its line."""
    lines = [
        msgspec.json.encode({"key": name, **msgspec.json.decode(inquiry.body)}, order="sorted") + b"\n"
        for name, inquiry in inquiries
    ]
    call = Call(
        method="POST", path="/v1/batches", read=_batch, body=b"".join(lines),
        headers={"Content-Type": "application/jsonl"},
    )  # fmt: skip
    return keyed(call, key)


def batch(batch_id: str) -> Call[BatchState]:
    """How far a batch is."""
    return Call(method="GET", path=f"/v1/batches/{quote(batch_id, safe='')}", read=_batch)


def _batch(reply: Reply) -> BatchState:
    return decoded(reply, BatchState)


def batch_results(batch_id: str, after: int = 0) -> Call[Sequence[BatchLine]]:
    """A page of results after a line; none means that there are no more."""

    def read(reply: Reply) -> Sequence[BatchLine]:
        return msgspec.json.Decoder(BatchLine).decode_lines(reply.body)

    return Call(method="GET", path=f"/v1/batches/{quote(batch_id, safe='')}/results?after={after}", read=read)


def alerts(after: str = "") -> Call[Events]:
    """Events after a place: `next` of the page before; from the beginning without."""
    path = after or "/v1/alerts"
    if not path.startswith("/v1/alerts"):
        raise ValueError("go on at `next` of the page before")

    def read(reply: Reply) -> Events:
        return decoded(reply, Events)

    return Call(method="GET", path=path, read=read)


def explain_case(case_id: str, words: str) -> Call[dict[str, Any]]:
    """Your explanation of a case about one of your users."""
    body = msgspec.json.encode({"case_id": case_id, "words": words})
    return Call(
        method="POST", path="/v1/members/me/cases", read=read_document, body=body, headers=JSON, is_repeatable=False
    )


def read_json(path: str, **query: str) -> Call[dict[str, Any]]:
    """Anything that a member may read at an address that answers JSON: charges, invoices, cases and so on."""
    return Call(method="GET", path=f"{path}?{urlencode(query)}" if query else path, read=read_document)
