"""Does an answer prove what it should?  The one check of receipts, for a lender's program and for the watcher alike.

Rests on what was pinned once (`Trust`), never on what the bureau says of itself today.  Promises: each function checks one
thing, returns what it proved, and raises `ReceiptRefused` with
words in both languages for anything else, whatever bytes it is given.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from openbureau.core.act import ActRefused, open_act
from openbureau.core.leaf import NONE, SCHEMA, EventKind
from openbureau.core.sign_in.message import RESPONSE_TAG, body_digest
from openbureau.tlog.canonical import NotCanonical, canonical
from openbureau.tlog.commitment import Opening, OpeningRefused, check_opening
from openbureau.tlog.cosignature import cosigners
from openbureau.tlog.entry import parse_entry
from openbureau.tlog.merkle import ProofRefused, leaf_hash
from openbureau.tlog.note import NoteRefused, VerifierKey
from openbureau.tlog.policy import Policy, parse_policy
from openbureau.tlog.proof import check_proof, parse_proof
from openbureau.tlog.strict import Malformed, parse_base64

PROMISE = b"openbureau promise\n"
_DEADLINE = "%Y-%m-%dT%H:%M:%SZ"
_SHAPES = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError)


class ReceiptRefused(ValueError):
    """Something does not belong together; the message says what, in English and (`zh`) Chinese."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en, self.zh = en, zh


@dataclass(frozen=True, slots=True)
class Trust:
    """What a member pinned when it joined: the bureau's response key, and the policy with the log's key.

    `policy_text` and `act` are the papers that it was read from, to be kept beside what they prove.
    """

    response_key: bytes
    policy: Policy
    policy_text: str = ""
    act: Mapping[str, Any] | None = None

    @property
    def origin(self) -> str:
        """The log's name."""
        return self.policy.logs[0].name

    def log_key(self, name: str) -> VerifierKey | None:
        """The trusted key of a log."""
        return next((key for key in self.policy.logs if key.name == name), None)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands: index, and size, root and text of the checkpoint under which it is proved."""

    index: int
    size: int
    root: bytes
    checkpoint: str


def open_trust(policy: str, act: Any) -> Trust:
    """What to trust, from a policy file and the founding act that it pins; `ReceiptRefused` where they do not fit."""
    try:
        pinned, opened = parse_policy(policy), open_act(act)
        key = parse_base64(str(opened.body["keys"]["response"]))
    except (ActRefused, Malformed, NoteRefused, NotCanonical, *_SHAPES) as trouble:
        raise ReceiptRefused(_words(trouble), "策略文件或创立文件不成立") from None
    if pinned.founding_act != opened.hash:
        raise ReceiptRefused("the founding act is not the one that the policy pins", "不是信任策略锁定的创立文件")
    if opened.body["keys"].get("log") not in {one.render() for one in pinned.logs}:
        raise ReceiptRefused("the policy trusts another log key than the act names", "信任的日志密钥与创立文件不同")
    return Trust(key, pinned, policy, act)


def _words(trouble: Exception) -> str:
    return str(trouble) or type(trouble).__name__


def opened_entry(entry: str, opening: Any) -> tuple[bytes, dict[str, str]]:
    """An event's entry and what is opened of it."""
    try:
        content = parse_base64(entry)
        commitment = parse_entry(content).commitment or b""  # a system entry opens to nothing
        return content, check_opening(Opening.from_json(opening), commitment, SCHEMA)
    except (Malformed, OpeningRefused, *_SHAPES) as trouble:
        raise ReceiptRefused(f"the receipt does not open: {_words(trouble)}", "回执无法打开日志记录") from None


def check_outcome(fields: Mapping[str, str], wanted: Mapping[str, str], answer: bytes | None) -> None:
    """The log tells of this very answer (None: of a refusal), and of an inquiry as `wanted`."""
    outcome = {
        "kind": (EventKind.INQUIRY if answer is not None else EventKind.INQUIRY_REFUSED).value,
        "response": hashlib.sha256(answer).hexdigest() if answer is not None else NONE,
    }
    for name, value in (outcome | dict(wanted)).items():
        if fields.get(name) != value:
            raise ReceiptRefused(f"the log's {name} is not that of this inquiry", f"日志记录的 {name} 与本次查询不符")


def check_promise(trust: Trust, promise: Mapping[str, str], leaf: bytes) -> datetime:
    """The bureau signed that this leaf will be in this log; the deadline."""
    said = {name: promise.get(name, "") for name in ("leaf", "deadline", "log")}
    if said["leaf"] != leaf.hex() or trust.log_key(said["log"]) is None:
        raise ReceiptRefused("the promise speaks of another leaf or another log", "承诺所指的记录或日志不符")
    try:
        key = Ed25519PublicKey.from_public_bytes(trust.response_key)
        key.verify(parse_base64(promise.get("signature", "")), PROMISE + canonical(said))
    except (InvalidSignature, Malformed, NotCanonical, *_SHAPES):
        raise ReceiptRefused("the bureau did not sign this promise", "承诺的签名不成立") from None
    return deadline_of(said["deadline"])


def deadline_of(text: str) -> datetime:
    """The instant of a deadline."""
    try:
        found = datetime.strptime(text, _DEADLINE).replace(tzinfo=UTC)
    except (ValueError, TypeError):
        raise ReceiptRefused("the deadline is no time", "期限格式不正确") from None
    if found.strftime(_DEADLINE) != text:
        raise ReceiptRefused("the deadline is no time", "期限格式不正确")
    return found


def check_place(trust: Trust, entry: bytes, proof: str, *, log: str | None = None) -> Place:
    """The entry is under a checkpoint of the log (the policy's first otherwise) that the policy accepts."""
    key = trust.log_key(trust.origin if log is None else log)
    if key is None:
        raise ReceiptRefused("the policy does not trust this log", "信任策略不含该日志")
    try:
        parsed = parse_proof(proof)
        checkpoint = check_proof(parsed, entry, key)
        signers = cosigners(parsed.checkpoint, trust.policy.keys)
    except (Malformed, ProofRefused, NoteRefused, *_SHAPES) as trouble:
        raise ReceiptRefused(f"the proof does not hold: {_words(trouble)}", "证明不成立") from None
    if checkpoint.origin != key.name:
        raise ReceiptRefused("the proof is of another log", "证明属于其他日志")
    if not trust.policy.is_met(signers):
        raise ReceiptRefused("the checkpoint lacks the policy's quorum of witnesses", "检查点缺少策略要求的见证方")
    return Place(parsed.index, checkpoint.size, checkpoint.root, parsed.checkpoint.decode())


def check_delivered(trust: Trust, body: bytes, base: str, *, signature: str) -> None:
    """The bureau signed this body as its answer (RFC 9421: `base` is the signature base as it was verified)."""
    lines = base.split("\n")
    digests = [line.removeprefix('"content-digest": ') for line in lines if line.startswith('"content-digest": ')]
    if digests != [body_digest(body)]:
        raise ReceiptRefused("the body is not the one whose digest was signed", "正文与所签摘要不符")
    if not lines[-1].startswith('"@signature-params": ') or not lines[-1].endswith(f';tag="{RESPONSE_TAG}"'):
        raise ReceiptRefused("what was signed is no answer", "所签内容不是答复")
    try:
        Ed25519PublicKey.from_public_bytes(trust.response_key).verify(parse_base64(signature), base.encode("ascii"))
    except (InvalidSignature, Malformed, UnicodeEncodeError, *_SHAPES):
        raise ReceiptRefused("the bureau did not sign this answer", "答复的签名不成立") from None


def leaf_of(entry: bytes) -> bytes:
    """The leaf hash of an entry."""
    return leaf_hash(entry)
