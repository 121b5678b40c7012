"""What leaves with an answer: the report, the sealed copy, the receipt.

The receipt is a signed promise that the leaf will be in a checkpoint by a deadline, with an opening of the lender's own
fields; the proof follows within seconds under the leaf's hash.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from openbureau.core import attributes, scorecard
from openbureau.core.act import FoundingAct
from openbureau.core.answer.own import Activity
from openbureau.core.credit_file import CreditFile, month_number, visible
from openbureau.core.further import PublicRecord, with_words
from openbureau.core.leaf import LENDER_FIELDS, Leaf
from openbureau.core.outcome import Refusal
from openbureau.core.report import Header, Identity, lender_report, own_report, render_answer
from openbureau.core.scorecard import Score, Scorecard
from openbureau.jobs.context import Bureau
from openbureau.law.rules import Rulebook
from openbureau.law.workdays import civil_day
from openbureau.store.sealing import unseal
from openbureau.tlog.canonical import canonical
from openbureau.tlog.commitment import open_fields
from openbureau.tlog.strict import render_base64


def card_of(bureau: Bureau, subject_kind: str) -> tuple[Scorecard, str]:
    """The scorecard for a kind of subject, and its digest."""
    return next(found for found in bureau.scorecards.values() if found[0].subject_kind == subject_kind)


def score_of(bureau: Bureau, held: CreditFile) -> Score:
    """The score of what is visible in a file, for an inquiry at the moment as known at which it stands."""
    card, digest = card_of(bureau, held.kind)
    return scorecard.score(card, digest, attributes.compute(held, month_number(civil_day(held.as_of))))


def seen_today(bureau: Bureau, held: CreditFile, rulebook: Rulebook) -> CreditFile:
    """What of a file may be seen on the rulebook's day, whenever it was known; the words of public records opened."""
    seen = visible(held, retention_years=rulebook.typed.adverse_years.number, today=rulebook.day)
    if not seen.further.public_records:
        return seen
    return replace(seen, further=with_words(seen.further, lambda record: _words_of(bureau, record)))


def _words_of(bureau: Bureau, record: PublicRecord) -> tuple[str, str | None]:
    """Authority and case number, under the key of the subject that they were furnished for."""
    key = bureau.data_key(record.words.wrapped_key, f"subject/{record.words.subject_id}")
    return msgspec.json.decode(
        unseal(key, record.words.sealed, place=f"public-record/{record.public_id}"), type=tuple[str, str | None]
    )


def make_report(
    bureau: Bureau, seen: CreditFile, *, header: Header, identity: Identity, rulebook: Rulebook, months: int | None,
    activity: Activity | None = None,
) -> bytes:  # fmt: skip
    """The report as canonical JSON on what may be seen: scored, masked for a lender; with `activity` the person's own.

    `months` None for the number that was usual at the moment as known at which the file stands.
    """
    render = partial(own_report, activity=activity) if activity is not None else lender_report
    return render_answer(
        render(
            header,
            identity,
            seen,
            score=score_of(bureau, seen),
            months=months or bureau.rulebook(civil_day(seen.as_of)).typed.report_months.number,
            reference_only=rulebook.typed.reference_only.citation.quote,
        )
    )


def make_receipt(bureau: Bureau, leaf: Leaf, *, inquiry_id: str, at: datetime, rulebook: Rulebook) -> dict[str, Any]:
    """The receipt of a leaf for the lender who caused it."""
    deadline = (at + timedelta(seconds=rulebook.typed.merge_delay_seconds.number)).strftime("%Y-%m-%dT%H:%M:%SZ")
    promise = {"leaf": leaf.leaf_hash.hex(), "deadline": deadline, "log": bureau.act.origin}
    signature = response_key(bureau).sign(promise_message(promise))
    return {
        "inquiry_id": inquiry_id,
        "entry": render_base64(leaf.entry),
        "opening": open_fields(leaf.fields, leaf.salt, LENDER_FIELDS, made=leaf.commitment).to_json(),
        "promise": promise | {"signature": render_base64(signature)},
    }


_response_keys: dict[bytes, Ed25519PrivateKey] = {}


def response_key(bureau: Bureau) -> Ed25519PrivateKey:
    """The key that signs promises."""
    seed = bureau.keys.key("response")
    if seed not in _response_keys:
        _response_keys[seed] = Ed25519PrivateKey.from_private_bytes(seed)
    return _response_keys[seed]


def promise_message(promise: Mapping[str, str]) -> bytes:
    """The bytes that are signed: a fixed line, then canonical JSON of leaf, deadline and log."""
    return b"openbureau promise\n" + canonical(dict(promise))


def refusal_json(refusal: Refusal) -> dict[str, Any]:
    """A refusal as plain JSON: code, rules, and each article with its words."""
    return {
        "code": refusal.code.value,
        "rules": list(refusal.rule_ids),
        "policy": refusal.policy_digest,
        "citations": [
            {
                "instrument": {"en": cited.instrument_en, "zh": cited.instrument_zh},
                "number": cited.number,
                "article": cited.article,
                "quote": cited.quote or None,
                "gist": cited.gist or None,
            }
            for cited in refusal.citations
        ],
    }


def sealed_outcome(answer: bytes | None, refusal: dict[str, Any] | None, receipt: dict[str, Any]) -> bytes:
    """What is kept for a repeat: answer or refusal, and the receipt, as they left."""
    kept = {"answer": msgspec.Raw(answer or b"null"), "refusal": refusal, "receipt": receipt}
    return msgspec.json.encode(kept)


class _Kept(msgspec.Struct):
    answer: msgspec.Raw
    refusal: dict[str, Any] | None
    receipt: dict[str, Any]


def open_outcome(content: bytes) -> tuple[bytes, dict[str, Any] | None, dict[str, Any]]:
    """The inverse of `sealed_outcome`."""
    kept = msgspec.json.decode(content, type=_Kept)
    return bytes(kept.answer), kept.refusal, kept.receipt


def identity_of(content: bytes) -> Identity:
    """Who a subject is, from the unsealed identity."""
    found = json.loads(content)
    return Identity(found["kind"], found["id_kind"], found["id_number"], found["name"])


def hash_hex(content: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()


def verify_keys(act: FoundingAct) -> Mapping[str, str]:
    """The public keys that the act names."""
    return dict(act.body["keys"])
