"""Is a log's head read strictly, and signed by its own key alone?"""

import pytest

from openbureau.tlog.checkpoint import (
    Checkpoint,
    open_checkpoint,
    parse_checkpoint,
    sign_checkpoint,
)
from openbureau.tlog.merkle import EMPTY_ROOT
from openbureau.tlog.note import COSIGNATURE, NoteRefused, sign_note, verifier_key
from tlog.vectors import C2SP_CHECKPOINT

SEED, OTHER = bytes(range(32)), bytes(range(1, 33))
KEY = verifier_key("made.example/log", SEED)
WITNESS = verifier_key("witness.example", OTHER, COSIGNATURE)
HEAD = Checkpoint("made.example/log", 7, bytes(32))


def test_published_checkpoint_comes_back() -> None:
    """The example of the specification is read and written back as it was."""
    found = parse_checkpoint(C2SP_CHECKPOINT)
    assert (found.origin, found.size) == ("example.com/behind-the-sofa", 20_852_163)
    assert found.render() == C2SP_CHECKPOINT


def test_a_signed_checkpoint_opens() -> None:
    """Signed by the key of the log's name, it opens under that key."""
    assert open_checkpoint(sign_checkpoint(HEAD, KEY, SEED).encode(), KEY) == HEAD


ROOT = "A" * 43 + "="


@pytest.mark.parametrize(
    "text",
    [
        f"a\n7\n{ROOT}", f"a\n07\n{ROOT}\n", f"a\n+7\n{ROOT}\n", f"a\n-7\n{ROOT}\n", f"a\n7_0\n{ROOT}\n", f"a\n 7\n{ROOT}\n",
        f"a\n\u0667\n{ROOT}\n", f"a\n{1 << 63}\n{ROOT}\n", f"\n7\n{ROOT}\n", f"a b\n7\n{ROOT}\n", f"a+b\n7\n{ROOT}\n",
        f"a\n7\n{ROOT}\nextension\n", f"a\n7\n{ROOT[:-1]}\n", f"a\n7\n{'A' * 42}B=\n", f"a\n7\n{'A' * 40}\n", f"a\n0\n{ROOT}\n",
        "a\n7\n", "",
    ],
)  # fmt: skip
def test_malformed_checkpoints_are_refused(text: str) -> None:
    """Leading zeroes, signs, other digits, extension lines, other spellings of a root: refused."""
    with pytest.raises(NoteRefused):
        parse_checkpoint(text)


def test_the_empty_log_has_its_own_root() -> None:
    """Size zero goes with the root of the empty tree and no other."""
    head = Checkpoint("a", 0, EMPTY_ROOT)
    assert parse_checkpoint(head.render()) == head


def test_only_the_logs_own_key_signs() -> None:
    """A key of another name neither signs nor opens the log's checkpoint."""
    other = verifier_key("other.example", OTHER)
    with pytest.raises(NoteRefused):
        sign_checkpoint(HEAD, other, OTHER)
    with pytest.raises(NoteRefused):
        open_checkpoint(sign_note(HEAD.render(), other, OTHER).encode(), other)


def test_a_checkpoint_has_nothing_behind_its_third_line() -> None:
    """Not even a line that does not end."""
    text = Checkpoint("made.example/log", 7, bytes(32)).render()
    assert parse_checkpoint(text).size == 7
    for more in ("x", "x\n", "\n"):
        with pytest.raises(NoteRefused):
            parse_checkpoint(text + more)
