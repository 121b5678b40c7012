"""Does what the bureau sent prove what it should?  The lender's own check of receipts, proofs and deliveries.

Rests on what was pinned once (`Trust`), never on what the bureau says of itself today.  Promises: an answer whose bytes,
receipt, opening or signature do not belong together is refused; so is a proof without the quorum of the policy's witnesses.
"""

import base64
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from openbureau.client_answers import Answer, Confirmed, NotVerified, Receipt, Refusal
from openbureau.core.answer.kept import kept_answer
from openbureau.core.answer.receipt import (
    ReceiptRefused,
    Trust,
    check_outcome,
    check_place,
    check_promise,
    deadline_of,
    leaf_of,
    open_trust,
    opened_entry,
)
from openbureau.tlog.strict import parse_base64

__all__ = [
    "Trust", "check_inclusion_of", "check_receipt", "is_late", "keep_answer", "load_trust", "read_trust", "verify_webhook",
]  # fmt: skip
WEBHOOK_SECONDS = 300


def read_trust(policy: str, act: str | bytes) -> Trust:
    """What to trust, from the policy file and the founding act that it pins; ValueError where they do not belong together.

    Both lie in every export (`policy`, `system/founding-act.json`); take the policy from a second place, such as the committee.
    """
    return open_trust(policy, json.loads(act))


def load_trust(directory: Path) -> Trust:
    """The same from an export's directory."""
    return read_trust(
        (directory / "policy").read_text("utf-8"), (directory / "system" / "founding-act.json").read_bytes()
    )


@contextmanager
def _proving(evidence: Mapping[str, Any]) -> Iterator[None]:
    """What does not hold is `NotVerified`, with the evidence to keep."""
    try:
        yield
    except ReceiptRefused as trouble:
        raise NotVerified(str(trouble), evidence) from None


def check_receipt(
    trust: Trust, receipt: Receipt, *, wanted: Mapping[str, str], answer: bytes | None
) -> dict[str, str]:  # fmt: skip
    """The opened fields of a receipt; `NotVerified` unless they are those `wanted`, with this very answer (None: a refusal)."""
    with _proving({"receipt": msgspec.to_builtins(receipt)}):
        entry, fields = opened_entry(receipt.entry, receipt.opening)
        check_outcome(fields, wanted, answer)
        check_promise(trust, msgspec.to_builtins(receipt.promise), leaf_of(entry))
    return fields


def check_inclusion_of(trust: Trust, receipt: Receipt, proof: str) -> Confirmed:
    """The place of a receipt's leaf under a checkpoint that the policy accepts; else `NotVerified`."""
    with _proving({"receipt": msgspec.to_builtins(receipt), "proof": proof}):
        place = check_place(trust, parse_base64(receipt.entry), proof, log=receipt.promise.log)
    return Confirmed(place.index, place.size, proof)


def is_late(receipt: Receipt, now: float | None = None) -> bool:
    """Has the deadline of the promise passed?"""
    at = datetime.now(UTC) if now is None else datetime.fromtimestamp(now, UTC)
    return at > deadline_of(receipt.promise.deadline)


def keep_answer(trust: Trust, told: Answer | Refusal, confirmed: Confirmed | None = None) -> bytes:
    """A file that proves an answer or a refusal by itself, for years: `openbureau watch check-answer FILE`.

    It holds the answer, so keep it like one.  Without `confirmed` the record's place in the log is still to be shown.
    """
    if told.delivered is None:
        raise ValueError("this answer was not kept as it was delivered")
    return kept_answer(
        told.delivered.body, told.delivered.signed, proof=confirmed.proof if confirmed else None,
        policy=trust.policy_text, act=trust.act,
    )  # fmt: skip


def verify_webhook(
    trust: Trust, headers: Mapping[str, str], body: bytes, *, now: float | None = None
) -> dict[str, Any]:
    """The event of a delivery (Standard Webhooks, `v1a`) that the bureau signed within five minutes; else `NotVerified`.

    Answer 2xx only then, and remember `webhook-id`: the same event may come again.
    """
    held = {name.lower(): value for name, value in headers.items()}
    event_id, stamp = held.get("webhook-id", ""), held.get("webhook-timestamp", "")
    evidence = {"webhook-id": event_id, "webhook-timestamp": stamp}
    at = time.time() if now is None else now
    if not stamp.isascii() or not stamp.isdigit() or abs(at - int(stamp)) > WEBHOOK_SECONDS:
        raise NotVerified("the delivery is of another time", evidence)
    key = Ed25519PublicKey.from_public_bytes(trust.response_key)
    for signature in held.get("webhook-signature", "").split():
        kind, _, text = signature.partition(",")
        try:
            if kind == "v1a":
                key.verify(base64.b64decode(text, validate=True), f"{event_id}.{stamp}.".encode() + body)
                return dict(msgspec.json.decode(body))
        except (InvalidSignature, ValueError):
            continue
    raise NotVerified("the bureau did not sign this delivery", evidence)
