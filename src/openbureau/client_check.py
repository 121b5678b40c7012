"""Does what the bureau sent prove what it should?  The lender's own check of receipts, proofs and deliveries.

Rests on what was pinned once (`Trust`), never on what the bureau says of itself today.  Promises: an answer whose bytes,
receipt, opening or signature do not belong together is refused; so is a proof without the quorum of the policy's witnesses.
"""

import base64
import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from openbureau.client_answers import Confirmed, NotVerified, Receipt
from openbureau.core.act import ActRefused, open_act
from openbureau.core.leaf import SCHEMA
from openbureau.tlog.canonical import canonical
from openbureau.tlog.commitment import Opening, OpeningRefused, check_opening
from openbureau.tlog.cosignature import check_cosignatures
from openbureau.tlog.entry import parse_entry
from openbureau.tlog.merkle import ProofRefused, leaf_hash
from openbureau.tlog.note import NoteRefused
from openbureau.tlog.policy import Policy, parse_policy
from openbureau.tlog.proof import check_proof, parse_proof
from openbureau.tlog.strict import Malformed, parse_base64

WEBHOOK_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Trust:
    """What a member pinned when it joined: the bureau's response key, and the policy with the log's key."""

    response_key: bytes
    policy: Policy

    @property
    def origin(self) -> str:
        """The log's name."""
        return self.policy.logs[0].name


def read_trust(policy: str, act: str | bytes) -> Trust:
    """What to trust, from the policy file and the founding act that it pins; ValueError where they do not belong together.

    Both lie in every export (`policy`, `system/founding-act.json`); take the policy from a second place, such as the committee.
    """
    pinned = parse_policy(policy)
    try:
        opened = open_act(json.loads(act))
    except ActRefused as trouble:
        raise ValueError(str(trouble)) from None
    if pinned.founding_act != opened.hash:
        raise ValueError("the founding act is not the one that the policy pins")
    return Trust(parse_base64(str(opened.body["keys"]["response"])), pinned)


def load_trust(directory: Path) -> Trust:
    """The same from an export's directory."""
    return read_trust(
        (directory / "policy").read_text("utf-8"), (directory / "system" / "founding-act.json").read_bytes()
    )


def check_receipt(
    trust: Trust, receipt: Receipt, *, wanted: Mapping[str, str], answer: bytes | None
) -> dict[str, str]:  # fmt: skip
    """The opened fields of a receipt; `NotVerified` unless they are those `wanted`, with this very answer (None: a refusal)."""
    evidence = {"receipt": msgspec.to_builtins(receipt)}
    try:
        entry = parse_base64(receipt.entry)
        commitment = parse_entry(entry).commitment or b""
        fields = check_opening(Opening.from_json(receipt.opening), commitment, SCHEMA)
    except (Malformed, OpeningRefused) as trouble:
        raise NotVerified(f"the receipt does not open: {trouble}", evidence) from None
    outcome = {
        "kind": "inquiry" if answer is not None else "inquiry-refused",
        "response": hashlib.sha256(answer).hexdigest() if answer is not None else "-",
    }
    for name, value in (outcome | dict(wanted)).items():
        if fields.get(name) != value:
            raise NotVerified(f"the log's {name} is not that of this inquiry", evidence)
    _check_promise(trust, receipt, leaf_hash(entry), evidence=evidence)
    return fields


def _check_promise(trust: Trust, receipt: Receipt, leaf: bytes, *, evidence: Mapping[str, Any]) -> None:
    promise = receipt.promise
    message = b"openbureau promise\n" + canonical(
        {"leaf": promise.leaf, "deadline": promise.deadline, "log": promise.log}
    )
    if promise.leaf != leaf.hex() or promise.log != trust.origin:
        raise NotVerified("the promise speaks of another leaf or another log", evidence)
    try:
        Ed25519PublicKey.from_public_bytes(trust.response_key).verify(parse_base64(promise.signature), message)
    except (InvalidSignature, Malformed):
        raise NotVerified("the bureau did not sign this promise", evidence) from None


def check_inclusion_of(trust: Trust, receipt: Receipt, proof: str) -> Confirmed:
    """The place of a receipt's leaf under a checkpoint that the policy accepts; else `NotVerified`."""
    evidence = {"receipt": msgspec.to_builtins(receipt), "proof": proof}
    try:
        parsed = parse_proof(proof)
        checkpoint = check_proof(parsed, parse_base64(receipt.entry), trust.policy.logs[0])
        signers = check_cosignatures(parsed.checkpoint, tuple(trust.policy.witnesses.values()))
    except (Malformed, ProofRefused, NoteRefused) as trouble:
        raise NotVerified(f"the proof does not hold: {trouble}", evidence) from None
    if not trust.policy.is_met(frozenset(signers)):
        raise NotVerified("the checkpoint lacks the policy's quorum of witnesses", evidence)
    return Confirmed(parsed.index, checkpoint.size, proof)


def is_late(receipt: Receipt, now: float | None = None) -> bool:
    """Has the deadline of the promise passed?"""
    deadline = datetime.strptime(receipt.promise.deadline, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    return (time.time() if now is None else now) > deadline.timestamp()


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
