"""What exactly did a person agree to, and who has signed that they did?

A consent as an artefact: one recipient, one purpose in one wording, products, days, the notice that was shown, and each
point that was agreed to by itself; canonical JSON, signed by whoever collected it.  The published schema is
docs/specs/consent.schema.json, the page docs/specs/consent.md.

Promises: an artefact that is opened here is of the schema and coherent in itself; its bytes, and so its hash and
signature, are a function of its content (RFC 8785); nothing here knows a day or a member.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final, Literal

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from openbureau.core.consent.terms import BUREAU, PAPER, POINTS, WEB, Point, kinds_of, points_for
from openbureau.core.products import MONITORING
from openbureau.core.purpose import WORDINGS
from openbureau.core.subject import normalize_id
from openbureau.tlog.canonical import canonical
from openbureau.tlog.strict import Malformed, parse_base64, render_base64

SCHEMA: Final = "openbureau-consent/1"
_TEXT = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
_ID = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
_INSTANT = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$")]
_HASH = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
_NAME = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


class Frequency(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How often: `value` answers in a `unit`."""

    unit: Literal["term"]
    value: Literal[1]


class DataLife(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long the lender keeps what it was given: as long as the purpose needs, or so many months."""

    unit: Literal["purpose", "month"]
    value: Annotated[int, msgspec.Meta(ge=1, le=1200)] | None


class Agreed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The purpose with the wording that was shown."""

    code: _NAME
    version: Annotated[int, msgspec.Meta(ge=1)]
    zh: _TEXT
    en: _TEXT


class Whose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who consents."""

    id_kind: _NAME
    id_number: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]


class Institution(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The lender that may ask, by its id and names."""

    member_id: _NAME
    name_zh: _TEXT
    name_en: _TEXT


class Provider(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The bureau that answers: the origin of its log and its name."""

    origin: _TEXT
    name: _TEXT


class Collector(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who took the consent, and how.  `bureau` with `web`; a member's id with the others."""

    id: _NAME
    channel: Literal["web", "lender-online", "paper"]


class Shown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The notice that the person had before them, and in which language."""

    version: _NAME
    language: Literal["zh-CN", "en"]


class Confirmation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One point that the person agreed to by itself, and the rule that asks for it."""

    point: Literal["purpose", "provide", "sensitive", "monitoring"]
    rule: Annotated[str, msgspec.Meta(pattern=r"^[a-z_.]{1,60}$")]


class Consent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was agreed to."""

    schema: Literal["openbureau-consent/1"]
    consent_id: _ID
    made_at: _INSTANT
    starts_on: date
    ends_on: date
    mode: Literal["view"]
    fetch: Literal["one-time", "continuing"]
    frequency: Frequency | None
    purpose: Agreed
    products: Annotated[list[Literal["report", "score", "attributes", "question", "changes", "monitoring"]],
                        msgspec.Meta(min_length=1, max_length=6)]  # fmt: skip
    data_kinds: Annotated[list[_NAME], msgspec.Meta(min_length=1, max_length=20)]
    data_life: DataLife
    subject: Whose
    consumer: Institution
    provider: Provider
    collector: Collector
    notice: Shown
    confirmations: Annotated[list[Confirmation], msgspec.Meta(min_length=1, max_length=8)]
    document_hash: _HASH | None


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The collector's signature over the consent, and the public key that it belongs to (both base64)."""

    algorithm: Literal["Ed25519"]
    public_key: Annotated[str, msgspec.Meta(max_length=44)]
    value: Annotated[str, msgspec.Meta(max_length=88)]


class Artefact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A consent with its signature."""

    consent: Consent
    signature: Signature


@dataclass(frozen=True, slots=True)
class Flaw:
    """Where an artefact is not as it should be, what is wrong, in both languages; never with the value that was sent."""

    pointer: str
    en: str
    zh: str


class ArtefactRefused(ValueError):
    """Not an artefact of a consent; `flaws` says where and why."""

    def __init__(self, *flaws: Flaw) -> None:
        super().__init__("; ".join(f"{flaw.pointer or '/'} {flaw.en}" for flaw in flaws))
        self.flaws = flaws


_decode = msgspec.json.Decoder(Artefact).decode
_PLACE = re.compile(r" - at `\$\.?([^`]*)`\Z")
_MISSING = re.compile(r"missing required field `(\w+)`")


def open_artefact(content: bytes) -> Artefact:
    """An artefact from its JSON; `ArtefactRefused` for another form, or where its parts contradict each other."""
    try:
        found = _decode(content)
    except msgspec.ValidationError as trouble:
        raise ArtefactRefused(_flaw(str(trouble))) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ArtefactRefused(Flaw("", "is not JSON", "不是有效的 JSON")) from None
    if flaws := tuple(contradictions(found.consent)):
        raise ArtefactRefused(*flaws)
    return found


def _flaw(said: str) -> Flaw:
    """The place that the decoder names; its words may repeat what was sent, so ours stand instead."""
    at, missing = _PLACE.search(said), _MISSING.search(said)
    place = re.sub(r"[.\[\]]+", "/", at.group(1)).strip("/") if at else ""
    pointer = "".join(f"/{part}" for part in (place, missing.group(1) if missing else "") if part)
    if missing:
        return Flaw(pointer, "is missing", "缺失")
    return Flaw(pointer, "does not fit the schema", "不符合格式约定")


def contradictions(consent: Consent) -> Iterable[Flaw]:
    """Where the parts of a consent do not fit each other."""
    for pointer, is_wrong, en, zh in (
        ("/ends_on", consent.ends_on < consent.starts_on, "is before the first day", "早于起始日"),
        ("/frequency", (consent.frequency is not None) != (consent.fetch == "one-time"),
         "is one answer for a one-time consent and null for another", "一次性同意为一次，其他为 null"),
        ("/data_life", (consent.data_life.value is None) != (consent.data_life.unit == "purpose"),
         "has a number of months, or the unit `purpose` and none", "须为月数；以 purpose 表示时无数值"),
        ("/products", len(set(consent.products)) != len(consent.products) or not set(consent.products) - {MONITORING},
         "names each product once, and one besides monitoring", "产品不得重复，且须含监测以外的产品"),
        ("/fetch", MONITORING in consent.products and consent.fetch == "one-time",
         "is continuing where changes are monitored", "监测须为持续性同意"),
        ("/data_kinds", consent.data_kinds != kinds_of(consent.products), "are not those of the products", "与产品不符"),
        ("/purpose", not _is_wording(consent.purpose), "is not a wording that was ever agreed", "不是约定过的用途表述"),
        ("/subject/id_number", normalize_id(consent.subject.id_kind, consent.subject.id_number) is None,
         "is not a number of this kind of paper", "不是该类证件的有效号码"),
        ("/collector", (consent.collector.id == BUREAU) != (consent.collector.channel == WEB),
         "is the bureau on its page, and a member elsewhere", "网页由征信机构收集，其他渠道由机构收集"),
        ("/document_hash", (consent.document_hash is not None) != (consent.collector.channel == PAPER),
         "belongs to paper, and to paper alone", "纸质同意须有原件哈希，其他渠道没有"),
        ("/confirmations", not _are_points(consent.confirmations),
         "name each point once, with its rule", "每项确认一次，并载明其依据"),
    ):  # fmt: skip
        if is_wrong:
            yield Flaw(f"/consent{pointer}", en, zh)


def _is_wording(purpose: Agreed) -> bool:
    return (purpose.version, purpose.zh, purpose.en) in {
        (row.version, row.zh, row.en) for row in WORDINGS.get(purpose.code, ())
    }


def _are_points(confirmations: Sequence[Confirmation]) -> bool:
    named = {one.point for one in confirmations}
    return len(named) == len(confirmations) and all(POINTS[one.point].rule == one.rule for one in confirmations)


def missing_points(consent: Consent) -> tuple[Point, ...]:
    """The points that the person has not agreed to and that the law asks for."""
    agreed = {one.point for one in consent.confirmations}
    return tuple(point for point in points_for(consent.products) if point.code not in agreed)


def message_of(consent: Consent) -> bytes:
    """What the collector signs."""
    return b"openbureau consent\n" + canonical(plain(consent))


def plain(value: Consent | Artefact) -> Any:
    """The JSON value of a consent or artefact."""
    return msgspec.to_builtins(value)


def sign_consent(consent: Consent, sign: Callable[[bytes], bytes], public_key: bytes) -> Artefact:
    """The artefact: the consent under the signature of its collector."""
    value = render_base64(sign(message_of(consent)))
    return Artefact(consent, Signature("Ed25519", render_base64(public_key), value))


def artefact_bytes(artefact: Artefact) -> bytes:
    """The canonical bytes of an artefact: what is kept, handed out and hashed."""
    return canonical(plain(artefact))


def artefact_hash(artefact: Artefact) -> bytes:
    """SHA-256 of the canonical bytes: the `request` field of the consent's leaf."""
    return hashlib.sha256(artefact_bytes(artefact)).digest()


def is_signed(artefact: Artefact, keys: Iterable[bytes]) -> bool:
    """Is the signature good, under one of the collector's own keys?"""
    try:
        key, value = parse_base64(artefact.signature.public_key), parse_base64(artefact.signature.value)
        if key not in set(keys):
            return False
        Ed25519PublicKey.from_public_bytes(key).verify(value, message_of(artefact.consent))
    except (Malformed, InvalidSignature, ValueError):
        return False
    return True


def json_schema() -> dict[str, Any]:
    """The published JSON Schema (draft 2020-12) of an artefact."""
    found = msgspec.json.schema(Artefact)
    parts = found.pop("$defs")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:openbureau:consent:1",
        "title": "Consent artefact, openbureau-consent/1",
        **found,
        "$defs": dict(sorted(parts.items())),
    }
