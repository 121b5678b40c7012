"""How does a member collect a consent by program?  It signs what a person agreed to, sends it, and shows originals.

Builders of `Call` values, shared by both clients.  The artefact is that of docs/specs/consent.md.  Promise: what could
not stand by itself as a consent (a point that was not agreed to, days, kinds, wording) is not signed.
"""

import hashlib
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, Literal
from urllib.parse import quote

import msgspec

from openbureau.client_answers import NotVerified, Person
from openbureau.client_calls import Call, Reply
from openbureau.client_duties import JSON, decoded
from openbureau.client_sign import MemberKey
from openbureau.core.consent.artefact import (
    SCHEMA,
    ArtefactRefused,
    Flaw,
    artefact_bytes,
    missing_points,
    open_artefact,
)
from openbureau.core.consent.artefact import sign_consent as signed_by
from openbureau.core.consent.notice import notice_on
from openbureau.core.consent.terms import KINDS_OF, ONLINE, PAPER, POINTS, kinds_of
from openbureau.core.purpose import wording_on
from openbureau.law.workdays import civil_day


class ConsentTaken(msgspec.Struct, frozen=True, kw_only=True):
    """A consent as you took it from a person: what was shown to them and what they agreed to, point by point.

    `lender` is its id and names (zh, en) as the act has them; `bureau` the log's origin and the bureau's name.  Paper has the
    SHA-256 of its original in `document_hash`.  `keep_months`: how long you keep what you were given; None while the purpose
    needs it.
    """

    subject: Person
    lender: tuple[str, str, str]
    bureau: tuple[str, str]
    purpose: str
    starts_on: date
    ends_on: date
    points: Sequence[str]
    products: Sequence[str] = ("report",)
    is_one_time: bool = False
    language: Literal["zh-CN", "en"] = "zh-CN"
    keep_months: int | None = None
    document_hash: str | None = None
    consent_id: str = ""


class ConsentSent(msgspec.Struct, frozen=True):
    """All that is told to who sent a consent, whoever it is about."""

    consent_id: str
    artefact_hash: str
    state: str


class ConsentStanding(msgspec.Struct, frozen=True):
    """How a consent stands (docs/specs/consent.md), with the bytes of its artefact once it was given."""

    consent_id: str
    state: str
    artefact: bytes | None


class _Standing(msgspec.Struct):
    consent_id: str
    state: str
    artefact: msgspec.Raw


class ConsentSample(msgspec.Struct, frozen=True):
    """An original that you are asked to show, by a day."""

    sample_id: str
    consent_id: str
    document_hash: str
    seed: str
    asked_at: datetime
    due_on: date
    state: str


class _Samples(msgspec.Struct):
    samples: tuple[ConsentSample, ...]


def sign_consent(key: MemberKey, taken: ConsentTaken, *, now: datetime | None = None) -> bytes:
    """The artefact of a consent, signed with your key: its canonical bytes, to be kept and sent.

    Purpose and notice stand in the wording of its first day, the kinds of data are those of its products.  `ArtefactRefused`
    says, place by place, why it could not stand; `LookupError` for a purpose that has no wording on that day.
    """
    at = now or datetime.now(UTC)
    unsigned = {"algorithm": "Ed25519", "public_key": "", "value": ""}
    made = open_artefact(msgspec.json.encode({"consent": _plain(key, taken, at), "signature": unsigned})).consent
    flaws = [
        Flaw("/consent/confirmations", f"lacks the point {point.code}", f"缺少 {point.code} 这一项")
        for point in missing_points(made)
    ]
    if made.starts_on < civil_day(at):
        flaws.append(Flaw("/consent/starts_on", "is before the day on which it is signed", "早于签署之日"))
    if flaws:
        raise ArtefactRefused(*flaws)
    return artefact_bytes(signed_by(made, key.private.sign, key.private.public_key().public_bytes_raw()))


def _plain(key: MemberKey, taken: ConsentTaken, at: datetime) -> dict[str, Any]:
    worded = wording_on(taken.purpose, taken.starts_on)
    return {
        "schema": SCHEMA,
        "consent_id": taken.consent_id or str(uuid.uuid4()),
        "made_at": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "starts_on": taken.starts_on.isoformat(),
        "ends_on": taken.ends_on.isoformat(),
        "mode": "view",
        "fetch": "one-time" if taken.is_one_time else "continuing",
        "frequency": {"unit": "term", "value": 1} if taken.is_one_time else None,
        "purpose": {"code": taken.purpose, "version": worded.version, "zh": worded.zh, "en": worded.en},
        "products": list(taken.products),
        "data_kinds": kinds_of(KINDS_OF.keys() & set(taken.products)),
        "data_life": {"unit": "month" if taken.keep_months else "purpose", "value": taken.keep_months},
        "subject": msgspec.structs.asdict(taken.subject),
        "consumer": dict(zip(("member_id", "name_zh", "name_en"), taken.lender, strict=True)),
        "provider": dict(zip(("origin", "name"), taken.bureau, strict=True)),
        "collector": {"id": key.member_id, "channel": PAPER if taken.document_hash else ONLINE},
        "notice": {"version": notice_on(taken.starts_on).version, "language": taken.language},
        "confirmations": [
            {"point": point, "rule": POINTS[point].rule if point in POINTS else "unknown"} for point in taken.points
        ],
        "document_hash": taken.document_hash,
    }


def send_consent(artefact: bytes, code: str | None = None) -> Call[ConsentSent]:
    """Send a signed consent; `code` is one that the person gave you.  The same again gets the same reply."""
    body = b'{"artefact":%b%b}' % (artefact, b',"code":' + msgspec.json.encode(code) if code else b"")
    digest = hashlib.sha256(artefact).hexdigest()

    def read(reply: Reply) -> ConsentSent:
        sent = decoded(reply, ConsentSent)
        if sent.artefact_hash != digest:
            raise NotVerified("another consent was received than was sent", {"artefact_hash": sent.artefact_hash})
        return sent

    return Call(method="POST", path="/v1/consents", read=read, body=body, headers=JSON)


def consent(consent_id: str) -> Call[ConsentStanding]:
    """How a consent stands."""

    def read(reply: Reply) -> ConsentStanding:
        found = decoded(reply, _Standing)
        artefact = bytes(found.artefact)
        return ConsentStanding(found.consent_id, found.state, None if artefact == b"null" else artefact)

    return Call(method="GET", path=f"/v1/consents/{quote(consent_id, safe='')}", read=read)


def consent_samples() -> Call[tuple[ConsentSample, ...]]:
    """The originals that you are asked to show."""
    path = "/v1/members/me/consent-samples"
    return Call(method="GET", path=path, read=lambda reply: decoded(reply, _Samples).samples)


def show_original(sample_id: str, document: bytes) -> Call[dict[str, str]]:
    """Show an original, byte for byte; the first that you send counts.  Returns its `sample_id` and `state`."""
    path = f"/v1/members/me/consent-samples/{quote(sample_id, safe='')}"
    headers = {"Content-Type": "application/octet-stream"}
    return Call(
        method="POST", path=path, read=lambda reply: decoded(reply, dict[str, str]), body=document, headers=headers
    )
