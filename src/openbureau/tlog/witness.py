"""What does a witness answer to a new head?

C2SP tlog-witness, `add-checkpoint`: the caller sends the size it believes the witness has seen, a consistency proof and the
checkpoint.  Here the request is read and decided; keeping the head and signing are the caller's, in one atomic step.

Promises: never a yes to a smaller or another tree than the one seen before; a log that is not known, or whose key did not
sign, learns nothing of what was seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from openbureau.tlog.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from openbureau.tlog.merkle import EMPTY_ROOT, ProofRefused, check_consistency
from openbureau.tlog.note import NoteRefused, VerifierKey, split_note
from openbureau.tlog.strict import Malformed, parse_decimal, parse_hash, render_base64

MOST_HASHES = 63
LARGEST_REQUEST = 1 << 20


class Standing(Enum):
    """How a request stands; each is one answer of the protocol."""

    TAKEN = "taken"
    MALFORMED = "malformed"
    UNKNOWN_LOG = "unknown-log"
    NOT_SIGNED = "not-signed"
    OTHER_SIZE = "other-size"
    OTHER_ROOT = "other-root"
    NOT_CONSISTENT = "not-consistent"


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A request: the size seen before, the proof from it, and the checkpoint as it came."""

    old: int
    proof: tuple[bytes, ...]
    note: bytes


@dataclass(frozen=True, slots=True)
class Considered:
    """The decision; `head` is the new head where it is taken, `seen` the size to tell where another was expected."""

    standing: Standing
    head: Checkpoint | None = None
    seen: int | None = None


def render_request(old: int, proof: Sequence[bytes], note: bytes) -> bytes:
    """The body of `add-checkpoint`."""
    return "".join((f"old {old}\n", *(f"{render_base64(hash_)}\n" for hash_ in proof), "\n")).encode() + note


def parse_request(body: bytes) -> AddCheckpoint:
    """Read a body strictly; `Malformed` for any other form."""
    if len(body) > LARGEST_REQUEST:
        raise Malformed("the request is too large")
    head, mark, note = body.partition(b"\n\n")
    try:
        first, *rest = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise Malformed("the lines before the checkpoint are not ASCII") from None
    if not mark or not first.startswith("old ") or len(rest) > MOST_HASHES:
        raise Malformed("a request has a line `old SIZE`, at most 63 hashes, an empty line and a checkpoint")
    return AddCheckpoint(parse_decimal(first.removeprefix("old ")), tuple(map(parse_hash, rest)), note)


def consider(request: AddCheckpoint, logs: Mapping[str, VerifierKey], seen: Mapping[str, Checkpoint]) -> Considered:
    """The decision on a request, by the known logs' keys and the heads that were cosigned before, by origin."""
    try:
        claimed = parse_checkpoint(split_note(request.note)[0])
    except NoteRefused:
        return Considered(Standing.MALFORMED)
    key = logs.get(claimed.origin)
    if key is None:
        return Considered(Standing.UNKNOWN_LOG)
    try:
        head = open_checkpoint(request.note, key)
    except NoteRefused:
        return Considered(Standing.NOT_SIGNED)
    return _continues(request, head, seen.get(head.origin) or Checkpoint(head.origin, 0, EMPTY_ROOT))


def _continues(request: AddCheckpoint, head: Checkpoint, before: Checkpoint) -> Considered:
    if request.old > head.size:
        return Considered(Standing.MALFORMED)
    if request.old != before.size:
        return Considered(Standing.OTHER_SIZE, seen=before.size)
    if head.size == before.size and head.root != before.root:
        return Considered(Standing.OTHER_ROOT, seen=before.size)
    if before.size == 0 and head.size:
        return Considered(Standing.NOT_CONSISTENT) if request.proof else Considered(Standing.TAKEN, head)
    try:
        check_consistency(old=before.size, old_root=before.root, new=head.size, new_root=head.root, proof=request.proof)
    except ProofRefused:
        return Considered(Standing.NOT_CONSISTENT)
    return Considered(Standing.TAKEN, head)
