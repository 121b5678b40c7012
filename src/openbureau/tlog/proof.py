"""Can this receipt be checked without asking anyone?

C2SP tlog-proof: one text with the entry's index, its audit path and the signed checkpoint, and optionally our opening.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from openbureau.tlog.checkpoint import Checkpoint, open_checkpoint
from openbureau.tlog.merkle import ProofRefused, check_inclusion, leaf_hash
from openbureau.tlog.note import VerifierKey
from openbureau.tlog.strict import Malformed, parse_base64, parse_decimal, parse_hash, render_base64

HEAD = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class Proof:
    """An entry's place in a signed tree."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None


def render_proof(index: int, hashes: Sequence[bytes], checkpoint: bytes, *, extra: bytes | None = None) -> str:
    """The text of a `.tlog-proof` file."""
    lines = [HEAD]
    if extra is not None:
        lines.append(f"extra {render_base64(extra)}")
    lines.append(f"index {index}")
    lines.extend(map(render_base64, hashes))
    return "\n".join(lines) + "\n\n" + checkpoint.decode()


def parse_proof(text: str) -> Proof:
    """Read a proof strictly; `Malformed` for any other form."""
    head, mark, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not mark or lines.pop(0) != HEAD:
        raise Malformed(f"a proof begins with {HEAD} and has an empty line before its checkpoint")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = parse_base64(lines.pop(0).removeprefix("extra "))
    if not lines or not lines[0].startswith("index "):
        raise Malformed("a proof names its index")
    index = parse_decimal(lines.pop(0).removeprefix("index "))
    if len(lines) > 63:
        raise Malformed("a proof has at most 63 hashes")
    return Proof(index, tuple(map(parse_hash, lines)), checkpoint.encode(), extra)


def check_proof(proof: Proof, entry: bytes, key: VerifierKey) -> Checkpoint:
    """The checkpoint under which the entry is proved; `ProofRefused` or `NoteRefused` if it is not."""
    checkpoint = open_checkpoint(proof.checkpoint, key)
    if proof.index >= checkpoint.size:
        raise ProofRefused("the entry lies beyond the checkpoint")
    check_inclusion(
        leaf_hash(entry),
        index=proof.index,
        size=checkpoint.size,
        proof=proof.hashes,
        root=checkpoint.root,
    )
    return checkpoint
