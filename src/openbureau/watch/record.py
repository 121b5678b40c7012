"""Was this one record sent, unchanged, when, and by whom?

Reads a proof of `openbureau prove-record`, offline.  The record with its salt leads to the root of its file, the root stands in
one leaf, the leaf in the signed log; and the bureau's own receipt says the same.  Whose keys these are is told by the
policy file: from elsewhere when given, else the proof's own, and then the verdict says so.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from openbureau.core.act import ActRefused, FoundingAct, open_act
from openbureau.core.leaf import SCHEMA, EventKind
from openbureau.tlog.canonical import canonical
from openbureau.tlog.commitment import Opening, OpeningRefused, check_opening, record_leaf
from openbureau.tlog.cosignature import cosigners
from openbureau.tlog.entry import parse_entry
from openbureau.tlog.merkle import ProofRefused, check_inclusion, leaf_hash
from openbureau.tlog.note import NoteRefused
from openbureau.tlog.policy import Policy, parse_policy
from openbureau.tlog.proof import check_proof, parse_proof
from openbureau.tlog.strict import Malformed, parse_base64, parse_hash
from openbureau.watch.verdict import Check, Evidence, Tally, Verdict, status_of

FORMAT = "openbureau/record-proof/1"
RECEIPT_FORMAT = "openbureau/file-receipt/1"
STATEMENT = b"openbureau file receipt\n"
_STATED = frozenset(
    {"receipt", "member", "received_at", "file_format", "bytes", "pieces", "root", "leaf", "log", "signature"}
)
_REFUSALS = (Malformed, NoteRefused, ProofRefused, OpeningRefused, ActRefused, InvalidSignature)
_SHAPES = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError)
PROMISES = {
    "act": ("The founding act is the pinned one, and names the log's key.", "创立文件即所锁定的文件，并载明日志密钥。"),
    "log": ("The log's key has signed a tree that holds the receipt's entry.", "日志密钥签署的树中含有该回执的记录。"),
    "opening": ("The entry says who furnished what root, and when.", "该记录载明何机构于何时报送了哪个根哈希。"),
    "record": ("The record with its salt leads to this root.", "该条记录及其随机盐可导出此根哈希。"),
    "receipt": ("The bureau's signed receipt says the same.", "本机构签署的回执内容一致。"),
}


def verify_record(content: bytes, *, policy: str | None = None) -> Verdict:
    """The verdict on a proof of one record, or on the receipt of a file, given as the bytes of its document."""
    try:
        told = json.loads(content)
        if told["format"] not in {FORMAT, RECEIPT_FORMAT}:
            raise ValueError("another format")
        trusted = parse_policy(policy if policy is not None else told["policy"])
    except (*_SHAPES, Malformed) as trouble:
        return _unreadable(trouble)
    reading = _Reading(told, trusted)
    checks = tuple(
        _made(name, step)
        for name, step in (
            ("act", reading.act),
            ("log", reading.log),
            ("opening", reading.opening),
            *((("record", reading.record),) if told["format"] == FORMAT else ()),
            ("receipt", reading.receipt),
        )
    )
    notes = [] if policy is not None else [_OWN_POLICY]
    if reading.is_logged and reading.fields:
        said = reading.fields
        notes.append(Evidence(said["actor"], f"furnished at {said['time']}", f"于 {said['time']} 报送"))
    return Verdict(status_of(checks), checks, reading.origin, reading.size, reading.root, tuple(notes))


_OWN_POLICY = Evidence(
    "policy",
    "the proof's own policy file was used: hold it against the bureau's published one, or give one with --policy",
    "使用了证明自带的信任策略：请与本机构公布的策略核对，或以 --policy 指定",
)


def _unreadable(trouble: Exception) -> Verdict:
    evidence = Evidence("file", f"is no proof of a record: {type(trouble).__name__}", "不是记录证明文件")
    promise = {"en": "The file is a proof of a record.", "zh": "该文件是记录证明。"}
    return Verdict("broken", (Check("form", False, promise, (evidence,), 1),))


def _made(name: str, step: Callable[[Tally], None]) -> Check:
    """One check; what is malformed breaks the promise it belongs to."""
    tally = Tally()
    tally.count = 1
    try:
        step(tally)
    except _REFUSALS as trouble:
        tally.wrong(name, str(trouble) or "a signature does not stand", "不成立")
    except _SHAPES as trouble:
        tally.wrong(name, f"is malformed ({type(trouble).__name__})", "格式不正确")
    english, chinese = PROMISES[name]
    return tally.check(name, {"en": english, "zh": chinese})


class _Reading:
    """The document, read step by step; a later step rests only on what earlier ones have proved."""

    def __init__(self, told: dict[str, Any], policy: Policy) -> None:
        self._told, self._policy = told, policy
        self._act: FoundingAct | None = None
        self.is_logged = False
        self.fields: dict[str, str] = {}
        self.origin, self.size, self.root = "", 0, ""

    def act(self, tally: Tally) -> None:
        """Signed by its members, pinned by the policy, and of this log."""
        act = open_act(self._told["act"])
        keys = [key for key in self._policy.logs if key.render() == act.body["keys"]["log"] and key.name == act.origin]
        if act.hash != self._policy.founding_act:
            tally.wrong("act", "is not the founding act that the policy pins", "不是信任策略锁定的创立文件")
        elif not keys:
            tally.wrong("policy", "trusts another log key than the act names", "信任的日志密钥与创立文件不同")
        else:
            self._act = act
            self.origin = act.origin

    def log(self, tally: Tally) -> None:
        """The entry is in a tree that the trusted key signed, witnessed as the policy asks."""
        if self._told["log_proof"] is None:
            tally.lacking("log_proof", "the entry is not in a checkpoint yet", "该记录尚未列入检查点")
            return
        proof = parse_proof(self._told["log_proof"])
        entry = parse_base64(self._told["entry"])
        key = next((key for key in self._policy.logs if key.name == self.origin), self._policy.logs[0])
        checkpoint = check_proof(proof, entry, key)
        if checkpoint.origin != key.name:
            tally.wrong("log_proof", "is of another log", "属于其他日志")
            return
        seen = cosigners(proof.checkpoint, self._policy.keys)
        if not self._policy.is_met(seen):
            tally.wrong("log_proof", "lacks the witnesses that the policy asks for", "缺少信任策略要求的见证方")
            return
        self.is_logged = True
        self.size, self.root = checkpoint.size, checkpoint.root.hex()

    def opening(self, tally: Tally) -> None:
        """The entry's commitment opens to a furnishing."""
        entry = parse_entry(parse_base64(self._told["entry"]))
        opening = Opening.from_json(self._told["opening"])
        if entry.commitment is None:
            tally.wrong("entry", "is no event", "不是事件记录")
            return
        fields = check_opening(opening, entry.commitment, SCHEMA)
        if fields["kind"] != EventKind.FURNISHING or not all(fields[name] for name in ("actor", "time", "request")):
            tally.wrong("opening", "shows no furnishing", "并非报送事件")
            return
        self.fields = fields

    def record(self, tally: Tally) -> None:
        """Every piece leads to the root that the entry names."""
        pieces = self._told["pieces"]
        tally.count = len(pieces)
        root = bytes.fromhex(self.fields["request"])
        size = int(self._told["statement"]["pieces"])
        if not pieces:
            tally.wrong("pieces", "there is no record in it", "其中没有记录")
        for piece in pieces:
            check_inclusion(
                record_leaf(parse_hash(piece["salt"]), parse_base64(piece["content"])),
                index=piece["place"],
                size=size,
                proof=[parse_hash(one) for one in piece["path"]],
                root=root,
            )

    def receipt(self, tally: Tally) -> None:
        """Our signature stands under the same file, member, time and leaf."""
        stated = self._told["statement"]
        if set(stated) != _STATED:
            tally.wrong("statement", "is no receipt", "不是回执")
            return
        if self._act is None or not self.fields:
            tally.lacking("statement", "its key or its entry is not proved", "其密钥或记录未获证明")
            return
        unsigned = {name: value for name, value in stated.items() if name != "signature"}
        key = Ed25519PublicKey.from_public_bytes(parse_base64(self._act.body["keys"]["response"]))
        key.verify(parse_base64(stated["signature"]), STATEMENT + canonical(unsigned))
        same = {
            "member": self.fields["actor"],
            "received_at": self.fields["time"],
            "root": self.fields["request"],
            "leaf": leaf_hash(parse_base64(self._told["entry"])).hex(),
            "log": self.origin,
        }
        for name, value in same.items():
            if stated[name] != value:
                tally.wrong("statement", f"its {name} is another than the log's", f"其 {name} 与日志不一致")
        datetime.strptime(stated["received_at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
