"""Were all of us shown the same log?

Reads the head of one log at several places (its own server, witnesses, exports, files that somebody kept) and joins each
smaller one to the largest by a consistency proof from the log's tiles.  Promises: two heads of one size with two roots, or
one that does not continue another, are `broken`, and both signed texts are the evidence; a place that cannot be read is
`cannot-tell`, never passed over.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from openbureau.tlog.checkpoint import Checkpoint, open_checkpoint
from openbureau.tlog.cosignature import cosigners
from openbureau.tlog.merkle import ProofRefused, check_consistency, prove_consistency
from openbureau.tlog.note import LARGEST_NOTE, NoteRefused
from openbureau.tlog.policy import Policy, parse_policy
from openbureau.tlog.strict import Malformed
from openbureau.tlog.tile import WIDTH, TileAddress, TileRefused, hash_reader
from openbureau.watch.verdict import Check, Evidence, Tally, Trouble, Verdict, missing, status_of
from openbureau.watch.wire import fetch

PROMISES = {
    "read": ("Every place could be asked.", "每个地点均可读取。"),
    "signed": ("Every head is signed with the log's own key.", "每个摘要均由日志自己的密钥签名。"),
    "witnesses": ("As many witnesses as the policy asks for saw one of the heads.", "所需数量的见证方见过其中一个摘要。"),
    "one-log": ("All heads lie on one log: everybody was shown the same history.", "所有摘要属于同一日志：各方所见历史一致。"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """A head, where it was shown, and its text."""

    place: str
    note: bytes
    head: Checkpoint


def compare(places: list[str], policy_text: str) -> Verdict:
    """The verdict on the heads at these places, by a policy file; `Malformed` where that is none."""
    policy = parse_policy(policy_text)
    tallies = {name: Tally() for name in PROMISES}
    shown = list(_heads(places, policy, tallies))
    _witnessed(shown, policy, tallies["witnesses"])
    newest = max(shown, key=lambda one: one.head.size, default=None)
    if newest is not None:
        _join(shown, newest, places, tally=tallies["one-log"])
    checks = tuple(_check(name, tally) for name, tally in tallies.items())
    notes = tuple(Evidence(one.place, f"size {one.head.size}", f"大小 {one.head.size}") for one in shown)
    head = newest.head if newest else Checkpoint("", 0, b"")
    return Verdict(status_of(checks), checks, head.origin, head.size, head.root.hex(), notes)


def _check(name: str, tally: Tally) -> Check:
    english, chinese = PROMISES[name]
    return tally.check(name, {"en": english, "zh": chinese})


def _heads(places: list[str], policy: Policy, tallies: dict[str, Tally]) -> Iterator[Shown]:
    key = policy.logs[0]
    for place in places:
        tallies["read"].count += 1
        try:
            note = _note(place, key.name)
        except Trouble as met:
            tallies["read"].trouble(met)
            continue
        try:
            head = open_checkpoint(note, key)
        except (NoteRefused, Malformed) as trouble:
            tallies["signed"].wrong(place, str(trouble), "签名不成立")
            continue
        tallies["signed"].count += 1
        yield Shown(place, note, head)


def _note(place: str, origin: str) -> bytes:
    """The head that a place shows: of a bureau or a copy of its files, or of a witness."""
    if not place.startswith(("http://", "https://")):
        path = Path(place)
        try:
            return (path / "checkpoint" if path.is_dir() else path).read_bytes()
        except OSError:
            raise missing(place, "cannot be read", "无法读取") from None
    try:
        return fetch(f"{place.rstrip('/')}/checkpoint", most=LARGEST_NOTE)
    except Trouble:
        of_log = hashlib.sha256(origin.encode()).hexdigest()
        return fetch(f"{place.rstrip('/')}/{of_log}/checkpoint", most=LARGEST_NOTE)


def _witnessed(shown: list[Shown], policy: Policy, tally: Tally) -> None:
    is_met = policy.quorum == "none"
    for one in shown:
        try:
            seen = cosigners(one.note, policy.keys)
        except NoteRefused as trouble:
            tally.wrong(one.place, str(trouble), "见证签名不成立")
            continue
        tally.count += len(seen)
        is_met = is_met or policy.is_met(seen)
    if not is_met:
        tally.wrong("policy", "no head has its quorum of witnesses", "没有摘要达到见证方数量")


def _join(shown: list[Shown], newest: Shown, places: list[str], *, tally: Tally) -> None:
    """Each head against the newest."""
    for one in shown:
        tally.count += 1
        if one.head.size == newest.head.size:
            if one.head.root != newest.head.root:
                _split(one, newest, tally)
            continue
        try:
            _continues(one.head, newest.head, places)
        except Trouble as met:
            tally.trouble(met)
        except (ProofRefused, TileRefused):
            _split(one, newest, tally)


def _split(one: Shown, other: Shown, tally: Tally) -> None:
    """The evidence: both signed heads, whole."""
    texts = "\n".join(each.note.decode("utf-8", "replace").rstrip() for each in (one, other))
    tally.wrong(
        f"{one.place} / {other.place}", f"two histories of one log:\n{texts}", f"同一日志出现两个历史：\n{texts}"
    )


def _continues(old: Checkpoint, new: Checkpoint, places: list[str]) -> None:
    """`ProofRefused` unless the tiles of the newer log join the two.  Every log continues the empty one."""
    if old.size == 0:
        return
    read = hash_reader(_tiles(places), new.size)
    proof = prove_consistency(read, old.size, new.size)
    check_consistency(old=old.size, old_root=old.root, new=new.size, new_root=new.root, proof=proof)


def _tiles(places: list[str]) -> Callable[[TileAddress], bytes]:
    """Tiles from the first place that has them."""

    def read(address: TileAddress) -> bytes:
        for place in places:
            try:
                content = _tile(place, address.path)
            except Trouble:
                continue
            if len(content) == address.width * 32:
                return content
        raise missing(address.path, "no place shows this tile, so the heads cannot be joined", "没有地点提供该哈希块")

    return read


def _tile(place: str, path: str) -> bytes:
    if place.startswith(("http://", "https://")):
        return fetch(f"{place.rstrip('/')}/{path}", most=WIDTH * 32)
    try:
        return (Path(place) / path).read_bytes()
    except OSError:
        raise missing(path) from None
