"""Do two installations hold the same furnished facts?

One SHA-256 over every fact that came from furnishers: what it says, whose it is, when it held, when it was known, from which
receipt.  Subjects and tradelines are named by blind indexes, never by our ids, and neither keys nor salts are covered, so
that a rebuild which draws other ids and seals under other nonces reaches the same hash (N19).

Streams in a fixed order out of one snapshot, in constant memory.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from openbureau.jobs.context import Bureau
from openbureau.store.rebuild import STATE_SECTIONS, state_snapshot

FORMAT = "openbureau/state/1"


@dataclass(frozen=True, slots=True)
class Section:
    """One table's part of the state."""

    name: str
    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class State:
    """The hash over all sections, and each section's own, so that a difference has a place."""

    hash: str
    sections: tuple[Section, ...]

    def to_json(self) -> dict[str, Any]:
        """`{"state": hex, "sections": {name: {"rows": n, "digest": hex}}}`."""
        return {
            "state": self.hash,
            "sections": {one.name: {"rows": one.rows, "digest": one.digest} for one in self.sections},
        }


def state_hash(bureau: Bureau, *, tell: Callable[[str], None] = lambda _: None) -> State:
    """The state of all furnished facts, in one snapshot."""
    made = []
    whole = hashlib.sha256(f"{FORMAT}\n".encode())
    with bureau.store.connection("loader") as connection, state_snapshot(connection) as read:
        for name in STATE_SECTIONS:
            digest, rows = hashlib.sha256(), 0
            for block in read(name):
                digest.update(block)
                rows += block.count(b"\n")
            made.append(Section(name, rows, digest.hexdigest()))
            whole.update(f"{name} {rows} {digest.hexdigest()}\n".encode())
            tell(f"{name}: {rows} rows")
    return State(whole.hexdigest(), tuple(made))
