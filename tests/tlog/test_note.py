"""Are notes signed and read exactly as the public format says?"""

import base64

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from hypothesis import given
from hypothesis import strategies as st

from openbureau.tlog.note import (
    COSIGNATURE,
    LARGEST_NOTE,
    ML_DSA_44,
    NoteRefused,
    open_note,
    parse_vkey,
    sign_note,
    signature_line,
    split_note,
    verifier_key,
)
from tlog.vectors import C2SP_CHECKPOINT, C2SP_LINES, C2SP_VKEY, NOTE_LINE, NOTE_PRIVATE, NOTE_TEXT, NOTE_VKEY

SEED = bytes(range(32))
KEY = verifier_key("made.example/log", SEED)
NOTE = sign_note("one line\n", KEY, SEED).encode()


def test_published_note_is_made_and_opened() -> None:
    """The published key signs the published text with the published signature, byte for byte."""
    key, private = parse_vkey(NOTE_VKEY), base64.b64decode(NOTE_PRIVATE)[1:]
    assert verifier_key("PeterNeumann", private) == key
    note = sign_note(NOTE_TEXT, key, private)
    assert note == f"{NOTE_TEXT}\n{NOTE_LINE}"
    assert open_note(note.encode(), [key]) == (NOTE_TEXT, (key,))


def test_published_keys_come_back() -> None:
    """The keys of the specifications are read, and written back as they were."""
    for text in (NOTE_VKEY, C2SP_VKEY):
        assert parse_vkey(text).render() == text
    assert parse_vkey(C2SP_VKEY).key_id.hex() == "530d903a"


def test_published_checkpoint_has_two_signatures() -> None:
    """The example with two lines of one name splits into text and both."""
    text, signatures = split_note(f"{C2SP_CHECKPOINT}\n{C2SP_LINES}".encode())
    assert text == C2SP_CHECKPOINT
    assert [signature.key_id.hex() for signature in signatures] == ["033de0ae", "a292ea05"]


@pytest.mark.parametrize(
    "text",
    [
        "", "name", "name+00000000", NOTE_VKEY[:-1], NOTE_VKEY.replace("c74f20a3", "c74f20a4"),
        NOTE_VKEY.replace("c74f20a3", "C74F20A3"), NOTE_VKEY.replace("Peter", "Pe er"), NOTE_VKEY + "=",
        NOTE_VKEY.replace("+ARpc", "+BRpc"), NOTE_VKEY.replace("+ARpc", "+CRpc"), "+c74f20a3+AAAA", NOTE_VKEY + "\n",
    ],
)  # fmt: skip
def test_malformed_keys_are_refused(text: str) -> None:
    """A key with another id, type, name or spelling is refused."""
    with pytest.raises(NoteRefused):
        parse_vkey(text)


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"]), max_size=60))
def test_notes_come_back(words: str) -> None:
    """Any text that ends with a newline is signed and opened again."""
    text = words + "\n"
    assert open_note(sign_note(text, KEY, SEED).encode(), [KEY]) == (text, (KEY,))


@given(st.integers(0, len(NOTE) - 1), st.integers(0, 7))
def test_every_flipped_bit_is_refused(at: int, bit: int) -> None:
    """No single bit of a note can change without the note being refused."""
    changed = bytearray(NOTE)
    changed[at] ^= 1 << bit
    with pytest.raises(NoteRefused):
        open_note(bytes(changed), [KEY])


@given(st.binary(max_size=200))
def test_no_bytes_make_reading_raise(content: bytes) -> None:
    """Any bytes are split, or refused with the note's own refusal."""
    for note in (content, NOTE[:20] + content, NOTE + content):
        try:
            split_note(note)
        except NoteRefused:
            continue
        assert note.endswith(b"\n")


@pytest.mark.parametrize(
    "note",
    [
        NOTE[:-1], NOTE + b"\n", NOTE + b"x\n", NOTE.replace(b"\n\n", b"\n"), NOTE.replace(b"\n", b"\r\n"),
        NOTE.replace("\u2014".encode(), b"-"), NOTE.replace(b"one", b"o\x00e"), NOTE.replace(b"one", b"o\tne"),
        NOTE.replace(b"one", b"o\x7fe"), NOTE.replace(b" made", b"  made"), b"\xff" + NOTE, b"\n\n", b"",
        "a\n\n\u2014 name AAAA\n".encode(), "a\n\n\u2014 name AAAAAA==\n".encode(), "a\n\n\u2014 name !!!!!!!!\n".encode(),
        bytes(LARGEST_NOTE + 1),
    ],
)  # fmt: skip
def test_malformed_notes_are_refused(note: bytes) -> None:
    """Missing or doubled line ends, control characters and other dashes are refused."""
    with pytest.raises(NoteRefused):
        open_note(note, [KEY])


def test_other_spellings_of_base64_are_refused() -> None:
    """The last character of a signature has one spelling; its sisters with the same bytes are refused."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    text = NOTE.decode()
    assert text.endswith("=\n")
    pads = len(text) - len(text.rstrip("=\n")) - 1
    place = len(text) - 2 - pads
    first = alphabet.index(text[place])
    sister = text[:place] + alphabet[first ^ 1] + text[place + 1 :]
    assert base64.b64decode(sister.split()[-1]) == base64.b64decode(text.split()[-1])
    with pytest.raises(NoteRefused):
        split_note(sister.encode())


def test_unknown_keys_are_passed_over() -> None:
    """A line of an unknown key does not matter; a note with none but unknown keys is refused."""
    other = verifier_key("other.example", bytes(32))
    both = NOTE + signature_line(other, bytes(64)).encode()
    assert open_note(both, [KEY])[1] == (KEY,)
    with pytest.raises(NoteRefused):
        open_note(both, [other])
    with pytest.raises(NoteRefused):
        open_note(NOTE, [other])
    with pytest.raises(NoteRefused):
        open_note(NOTE, [])


def test_a_known_key_that_fails_refuses_the_note() -> None:
    """One good signature does not heal a bad one of another trusted key."""
    other = verifier_key("other.example", bytes(32))
    bad = NOTE + signature_line(other, bytes(64)).encode()
    with pytest.raises(NoteRefused):
        open_note(bad, [KEY, other])


def test_a_key_counts_once() -> None:
    """The same signature twice is one signer, and a cosigning key signs no plain note."""
    line = NOTE.split(b"\n\n")[1]
    assert open_note(NOTE + line, [KEY])[1] == (KEY,)
    with pytest.raises(NoteRefused):
        open_note(NOTE, [verifier_key("made.example/log", SEED, COSIGNATURE)])


def test_too_many_signatures_are_refused() -> None:
    """A note may carry a hundred lines and no more."""
    line = NOTE.split(b"\n\n")[1]
    assert len(split_note(NOTE + line * 99)[1]) == 100
    with pytest.raises(NoteRefused):
        split_note(NOTE + line * 100)


@pytest.mark.parametrize("text", ["no end", "a\x00b\n", "a\r\n", ""])
def test_texts_that_cannot_be_signed(text: str) -> None:
    """A text without its newline, or with control characters, is not signed."""
    with pytest.raises(NoteRefused):
        sign_note(text, KEY, SEED)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\x01"])
def test_names_that_no_key_can_have(name: str) -> None:
    """A key name has no blank, plus sign or control character."""
    with pytest.raises(NoteRefused):
        verifier_key(name, SEED)


def test_an_algorithm_that_is_not_installed_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the installed cryptography has no ML-DSA, a note is refused with the reason."""

    class Absent:
        """What a library says whose OpenSSL is too old."""

        @staticmethod
        def from_public_bytes(_: bytes) -> None:
            raise UnsupportedAlgorithm("not in this build")

    monkeypatch.setattr("openbureau.tlog.note.MLDSA44PublicKey", Absent)
    key = verifier_key("w.example/w", SEED, ML_DSA_44)
    with pytest.raises(NoteRefused, match="cannot check the key of"):
        key.check(b"message", bytes(2420))
