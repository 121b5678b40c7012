"""What does the log's signed head say?

C2SP tlog-checkpoint 1.0: a signed note of three lines: origin, size, root.  Extension lines are refused.
"""

from dataclasses import dataclass

from openbureau.tlog.merkle import EMPTY_ROOT
from openbureau.tlog.note import NoteRefused, VerifierKey, open_note, sign_note
from openbureau.tlog.strict import Malformed, parse_decimal, parse_hash, render_base64


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: its name, its number of entries, its root."""

    origin: str
    size: int
    root: bytes

    def render(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{render_base64(self.root)}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the three lines; `NoteRefused` for any other form."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3]:
        raise NoteRefused("a checkpoint has three lines: origin, size, root")
    origin, size_text, root_text = lines[:3]
    if not origin or " " in origin or "+" in origin:
        raise NoteRefused("the origin is empty or has a blank or a plus sign")
    try:
        found = Checkpoint(origin, parse_decimal(size_text), parse_hash(root_text))
    except Malformed as trouble:
        raise NoteRefused(f"the checkpoint's size or root is malformed: {trouble}") from None
    if found.size == 0 and found.root != EMPTY_ROOT:
        raise NoteRefused("an empty log has the root of the empty tree")
    return found


def sign_checkpoint(checkpoint: Checkpoint, key: VerifierKey, private: bytes) -> str:
    """The checkpoint as a signed note.  The key's name must be the log's origin."""
    if key.name != checkpoint.origin:
        raise NoteRefused("the log's key carries the log's name")
    return sign_note(checkpoint.render(), key, private)


def open_checkpoint(note: bytes, key: VerifierKey) -> Checkpoint:
    """The checkpoint, if the log's key signed it and it speaks of the log of that name."""
    text, _ = open_note(note, [key])
    found = parse_checkpoint(text)
    if found.origin != key.name:
        raise NoteRefused("the checkpoint is of another log")
    return found
