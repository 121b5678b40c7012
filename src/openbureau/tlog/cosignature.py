"""Which witnesses saw this head, and when?

C2SP tlog-cosignature.  Type 0x04: an Ed25519 signature over `cosignature/v1`, a time line and the body of the note.  Type
0x06: an ML-DSA-44 signature over a `cosigned_message` that names the cosigner, the time, the log, the size and the root.
A witness may sign with both; the second line is passed over by whoever does not know it.

Promises: a line of an unknown key is passed over; one of a known key that fails refuses the whole note.
"""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from openbureau.tlog.checkpoint import Checkpoint, parse_checkpoint
from openbureau.tlog.note import COSIGNERS, ML_DSA_44, NoteRefused, VerifierKey, signature_line, split_note

_LABEL = b"subtree/v1\n\0"
_SIZES = {ML_DSA_44: 2420}
_ED25519_SIZE = 64
_LATEST = (1 << 63) - 1


def cosign_checkpoint(note: bytes, key: VerifierKey, private: bytes, *, at: int) -> str:
    """A witness's signature line over a checkpoint, at a time in whole seconds; `private` is a seed of 32 bytes."""
    text, _ = split_note(note)
    message = _message(key, at, text, head=parse_checkpoint(text))
    signer = MLDSA44PrivateKey.from_seed_bytes if key.kind == ML_DSA_44 else Ed25519PrivateKey.from_private_bytes
    return signature_line(key, at.to_bytes(8, "big") + signer(private).sign(message))


def check_cosignatures(note: bytes, keys: tuple[VerifierKey, ...]) -> dict[str, int]:
    """Which of these witnesses cosigned, with whichever of its keys, and when last (seconds)."""
    found: dict[str, int] = {}
    for key, at in cosigners(note, keys).items():
        found[key.name] = max(at, found.get(key.name, at))
    return found


def cosigners(note: bytes, keys: tuple[VerifierKey, ...]) -> dict[VerifierKey, int]:
    """Which of these keys cosigned, and when (seconds).  A known key whose signature fails refuses the note."""
    text, signatures = split_note(note)
    head = parse_checkpoint(text)
    known = {(key.name, key.key_id): key for key in keys if key.kind in COSIGNERS}
    found: dict[VerifierKey, int] = {}
    for signature in signatures:
        key = known.get((signature.name, signature.key_id))
        if key is None:
            continue
        at = int.from_bytes(signature.content[:8], "big")
        size = 8 + _SIZES.get(key.kind, _ED25519_SIZE)
        if (
            len(signature.content) != size
            or at > _LATEST
            or not key.check(_message(key, at, text, head=head), signature.content[8:])
        ):
            raise NoteRefused(f"the cosignature of {key.name} does not stand under this checkpoint")
        found[key] = max(at, found.get(key, at))
    return found


def own_lines(note: bytes, lines: bytes, keys: tuple[VerifierKey, ...]) -> tuple[str, dict[VerifierKey, int]]:
    """Of the lines that a witness answered, those by its own keys, and when each signed.

    `NoteRefused` where the answer is no signature lines, or one by a key of its own does not stand under the checkpoint.
    """
    text, signatures = split_note(b"-\n\n" + lines)
    if text != "-\n":
        raise NoteRefused("a witness answers with signature lines and nothing else")
    known = {(key.name, key.key_id): key for key in keys}
    own = {key: one.content for one in signatures if (key := known.get((one.name, one.key_id))) is not None}
    made = "".join(signature_line(key, content) for key, content in own.items())
    return made, cosigners(note + made.encode(), keys)


def _message(key: VerifierKey, at: int, text: str, *, head: Checkpoint) -> bytes:
    """What a cosigner signs."""
    if key.kind != ML_DSA_44:
        return f"cosignature/v1\ntime {at}\n{text}".encode()
    return b"".join(
        (
            _LABEL,
            _opaque(key.name),
            at.to_bytes(8, "big"),
            _opaque(head.origin),
            (0).to_bytes(8, "big"),
            head.size.to_bytes(8, "big"),
            head.root,
        )
    )


def _opaque(text: str) -> bytes:
    """`opaque<1..2^8-1>` (RFC 8446, section 3.4): a length byte and the bytes."""
    content = text.encode()
    if not 1 <= len(content) <= 255:
        raise NoteRefused("a name under ML-DSA-44 has 1 to 255 bytes")
    return bytes([len(content)]) + content
