"""Be a witness: see heads of logs, and sign that each continues the one before.

A folder holds everything: two seeds, the keys of the logs that are followed, and the last head of each.  Promises: a head is
on disk before its signature leaves; comparing with the head before and storing the new one are one step, also between
processes and after a kill; a witness never signs a smaller or another tree than one it has signed.
"""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from openbureau.tlog.checkpoint import Checkpoint, parse_checkpoint
from openbureau.tlog.cosignature import cosign_checkpoint
from openbureau.tlog.note import (
    COSIGNATURE,
    ML_DSA_44,
    VerifierKey,
    parse_vkey,
    signature_line,
    split_note,
    verifier_key,
)
from openbureau.tlog.strict import Malformed
from openbureau.tlog.witness import Considered, Standing, consider, parse_request

SEEDS = {COSIGNATURE: "ed25519.seed", ML_DSA_44: "ml-dsa-44.seed"}
_LOGS, _HEADS, _LOCK, _NAME = "logs", "heads", "lock", "name"


class WitnessRefused(RuntimeError):
    """The folder is not a witness's, or cannot become one; the message says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How a request stands, and the signature lines where it was taken."""

    considered: Considered
    lines: str = ""


class Witness:
    """The witness that lives in a folder."""

    def __init__(self, home: Path) -> None:
        if not (home / _NAME).is_file():
            raise WitnessRefused(f"{home} is no witness's folder; make one with --name")
        self.home = home
        self.name = (home / _NAME).read_text("utf-8").strip()
        self._seeds = {kind: _seed(home / file) for kind, file in SEEDS.items() if (home / file).exists()}
        self.keys = {kind: verifier_key(self.name, seed, kind) for kind, seed in self._seeds.items()}

    @classmethod
    def create(cls, home: Path, name: str, random: Callable[[int], bytes]) -> "Witness":
        """Make a witness of this name in a new or empty folder, with a key of each kind."""
        if home.exists() and any(home.iterdir()):
            raise WitnessRefused(f"{home} is not empty; a witness is made in a folder of its own")
        seeds = {kind: random(32) for kind in SEEDS}
        for kind, seed in seeds.items():
            verifier_key(name, seed, kind)  # a name that is none is refused before anything is written
        for folder in (home, home / _LOGS, home / _HEADS):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for kind, seed in seeds.items():
            _write(home / SEEDS[kind], seed.hex().encode() + b"\n")
        _write(home / _NAME, name.encode() + b"\n")
        return cls(home)

    def follow(self, vkey: str) -> VerifierKey:
        """Sign for the log of this key from now on.  A log's key is never exchanged for another."""
        key = parse_vkey(vkey.strip())
        with self._locked():
            known = self._logs().get(key.name)
            if known is not None and known != key:
                raise WitnessRefused(f"the log {key.name} is known under another key")
            _write(self.home / _LOGS / _place(key.name), key.render().encode() + b"\n")
        return key

    def add(self, body: bytes, *, at: int) -> Answer:
        """Consider a request of the protocol at a time in whole seconds; keep the head, then sign it."""
        try:
            request = parse_request(body)
        except Malformed:
            return Answer(Considered(Standing.MALFORMED))
        with self._locked():
            logs = self._logs()
            considered = consider(request, logs, self._heads(logs))
            if considered.head is None:
                return Answer(considered)
            note = _bare(request.note, logs[considered.head.origin])
            signed = (cosign_checkpoint(note, key, self._seeds[kind], at=at) for kind, key in self.keys.items())
            lines = "".join(signed)
            _write(self.home / _HEADS / _place(considered.head.origin), note + lines.encode())
        return Answer(considered, lines)

    def checkpoint(self, place: str) -> bytes | None:
        """The last head of the log whose origin has this hash (64 hex digits), with our signatures; None for none."""
        if len(place) != 64 or any(char not in "0123456789abcdef" for char in place):
            return None
        path = self.home / _HEADS / place
        return path.read_bytes() if path.exists() else None

    def _logs(self) -> dict[str, VerifierKey]:
        keys = [parse_vkey(path.read_text("utf-8").strip()) for path in sorted((self.home / _LOGS).glob("?" * 64))]
        return {key.name: key for key in keys}

    def _heads(self, logs: dict[str, VerifierKey]) -> dict[str, Checkpoint]:
        found = {}
        for name in logs:
            path = self.home / _HEADS / _place(name)
            if path.exists():
                found[name] = parse_checkpoint(split_note(path.read_bytes())[0])
        return found

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One at a time, whichever process."""
        with (self.home / _LOCK).open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _bare(note: bytes, log: VerifierKey) -> bytes:
    """The note with the log's own signature alone: what others signed is theirs to keep."""
    text, signatures = split_note(note)
    own = next(one for one in signatures if (one.name, one.key_id) == (log.name, log.key_id))
    return f"{text}\n{signature_line(log, own.content)}".encode()


def _place(origin: str) -> str:
    return hashlib.sha256(origin.encode()).hexdigest()


def _seed(path: Path) -> bytes:
    if path.stat().st_mode & 0o077:
        raise WitnessRefused(f"{path} is readable by others; set its mode to 0600")
    try:
        seed = bytes.fromhex(path.read_text("ascii").strip())
    except ValueError:
        raise WitnessRefused(f"{path} is no seed in hex") from None
    if len(seed) != 32:
        raise WitnessRefused(f"{path} is no seed of 32 bytes")
    return seed


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, and on disk when this returns."""
    draft = path.with_name(path.name + ".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
